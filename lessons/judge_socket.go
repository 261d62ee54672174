package lessons

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets/names"
)

// socket looks for a socket of which all is true that is asked for; each that is found is tried in turn.
func (j *judge) socket(is *SocketIs, as string, b bindings, next then) Verdict {
	all, err := j.sockets(is.Role)
	if err != nil {
		return j.goOn(untold(err), b, next)
	}
	if is.Is != "" {
		s, err := j.named(is.Is, b)
		if err != nil {
			return j.goOn(untold(err), b, next)
		}
		all = []Socket{s}
	}
	var fit []Socket
	best := Verdict{depth: j.depth, Seen: j.absent(is)}
	for i, s := range all {
		if as != "" && is.Is == "" && b.other(as, s.ID) { // what has a name already is not taken for another
			continue
		}
		m, err := j.mismatches(is, s, b)
		if err != nil {
			return j.goOn(untold(err), b, next)
		}
		if len(m.other) == 0 && len(m.wrong) == 0 {
			fit = append(fit, s)
			continue
		}
		v := Verdict{depth: j.depth, near: m.right - 100*len(m.other), Seen: telling(s, m.wrong)}
		if len(m.other) == 0 && (i == 0 || best.near == 0 || v.near > best.near) && !(s.Closed && (is.Closed == nil || s.Name == "")) {
			best = v
			best.near = max(v.near, 1)
		}
	}
	if is.Count.Set() {
		ok, must, err := j.fits(is.Count, int64(len(fit)), b)
		switch n := strconv.Itoa(len(fit)); {
		case err != nil:
			return j.goOn(untold(err), b, next)
		case !ok:
			d := describe(is, j.vars)
			return Verdict{depth: j.depth, near: 1, Seen: names.T(plural(d.En)+": there are "+n+", not "+must.En, d.Zh+"有 "+n+" 个，应为"+must.Zh+" 个")}
		case len(fit) == 0:
			return next(b)
		}
	}
	for i, s := range fit {
		with := b
		if as != "" {
			with = b.with(as, s.ID)
		}
		v := next(with)
		if v.Outcome != NotYet {
			return v
		}
		if i == 0 || better(v, best) {
			best = v
		}
	}
	return best
}

func (j *judge) noSocket(is *SocketIs, b bindings) Verdict {
	v := j.socket(is, "", b, func(bindings) Verdict { return held() })
	switch v.Outcome {
	case Held:
		return notYet(j.unwanted(&Expect{Socket: is}, b))
	case NotYet:
		return held()
	}
	return v
}

// A mismatch is what is wrong with a socket: other says that another one is meant, wrong what is not yet so.
type mismatch struct {
	other, wrong []names.Text
	right        int
}

// mismatches compares a socket with what is asked for.
func (j *judge) mismatches(is *SocketIs, s Socket, b bindings) (m mismatch, err error) {
	check := func(asked, ok bool, list *[]names.Text, t names.Text) {
		switch {
		case !asked:
		case ok:
			m.right++
		default:
			*list = append(*list, t)
		}
	}
	check(is.Kind != "", s.Kind == is.Kind, &m.other, names.T("is "+s.Kind, "是 "+s.Kind))
	check(is.Family != "", s.Family == is.Family, &m.other, names.T("is "+s.Family, "是 "+s.Family))
	check(is.Type != "", s.Type == is.Type, &m.other, names.T("is "+s.Type, "是 "+s.Type))
	if is.PeerOf != "" {
		o, err := j.named(is.PeerOf, b)
		if err != nil {
			return m, err
		}
		mirror := s.PeerOf == o.ID || s.PeerOf == "" && s.Local != "" && s.Peer != "" && s.Local == o.Peer && s.Peer == o.Local
		check(true, mirror && s.ID != o.ID, &m.other, names.T("is not the other end of "+o.Name, "不是 "+o.Name+" 的另一端"))
	}
	if is.From != "" {
		o, err := j.named(is.From, b)
		if err != nil {
			return m, err
		}
		check(true, s.From == o.ID, &m.other, names.T("was not accepted from "+o.Name, "不是从 "+o.Name+" accept 来的"))
	}
	closed := is.Closed != nil && *is.Closed
	switch {
	case closed:
		list := &m.wrong
		if is.Is == "" { // which of those that are open is to be closed, nobody knows
			list = &m.other
		}
		check(true, s.Closed, list, names.T("is still open", "还开着"))
	case s.Closed:
		check(true, false, &m.wrong, names.T("is closed", "已经关闭"))
		return m, nil
	}
	if s.NoState != "" && (is.State != "" || is.RecvQ.Set() && s.Backlog >= 0) {
		return m, errors.New(s.NoState)
	}
	j.addresses(is, s, check, &m)
	check(is.State != "", s.State == is.State, &m.wrong, names.T("is in "+orNone(s.State)+", not "+is.State, "处于 "+orNone(s.State)+"，而不是 "+is.State))
	if is.Blocking != nil {
		t := names.T("does not wait in its calls", "的调用不等待")
		if s.Blocking {
			t = names.T("still waits in its calls", "的调用仍会等待")
		}
		check(true, s.Blocking == *is.Blocking, &m.wrong, t)
	}
	return m, j.counts(is, s, b, check, &m)
}

func (j *judge) addresses(is *SocketIs, s Socket, check func(bool, bool, *[]names.Text, names.Text), m *mismatch) {
	local, peer := fill(is.Local, j.vars), fill(is.Peer, j.vars)
	t := names.T("has the address "+s.Local+", not "+local, "的地址是 "+s.Local+"，而不是 "+local)
	switch {
	case local == "none":
		t = names.T("has the address "+s.Local, "已经有地址 "+s.Local)
	case s.Local == "" && local == "any":
		t = names.T("has no address yet", "还没有地址")
	case s.Local == "":
		t = names.T("has no address yet, and "+local+" is meant", "还没有地址，应为 "+local)
	}
	check(is.Local != "", isAddress(local, s.Local), &m.wrong, t)
	t = names.T("is connected to "+s.Peer+", not "+peer, "连接到 "+s.Peer+"，而不是 "+peer)
	switch {
	case peer == "none":
		t = names.T("is connected to "+s.Peer+", and should not be", "已经连接到 "+s.Peer+"，而这里不该连接")
	case s.Peer == "":
		t = names.T("is not connected to "+strings.Replace(peer, "any", "anyone", 1), "还没有连接到 "+strings.Replace(peer, "any", "任何地址", 1))
	}
	check(is.Peer != "", isAddress(peer, s.Peer), &m.wrong, t)
}

func (j *judge) counts(is *SocketIs, s Socket, b bindings, check func(bool, bool, *[]names.Text, names.Text), m *mismatch) error {
	number := func(want Number, got int64, en, zh string) error {
		ok, must, err := j.fits(want, got, b)
		n := strconv.FormatInt(got, 10)
		check(want.Set(), ok, &m.wrong, names.Text{
			En: strings.NewReplacer("{n}", n, "{want}", must.En).Replace(en),
			Zh: strings.NewReplacer("{n}", n, "{want}", must.Zh).Replace(zh),
		})
		return err
	}
	if s.Backlog >= 0 {
		if err := number(is.RecvQ, int64(s.RecvQ), "has {n} clients waiting for accept, not {want}", "的全连接队列里有 {n} 个客户端，应为{want} 个"); err != nil {
			return err
		}
	} else if err := number(is.RecvQ, int64(s.RecvQ), "has {n} bytes waiting for recv, not {want}", "有 {n} 字节等待 recv，应为{want} 字节"); err != nil {
		return err
	}
	for _, c := range []struct {
		want   Number
		got    int64
		en, zh string
	}{
		{is.Fileno, s.FD, "has the number {n}, not {want}", "的编号是 {n}，应为{want}"},
		{is.SendQ, int64(s.SendQ), "has {n} bytes that the peer has not acknowledged, not {want}", "有 {n} 字节尚未被对端确认，应为{want} 字节"},
		{is.Backlog, int64(s.Backlog), "listens with a backlog of {n}, not {want}", "的 backlog 是 {n}，应为{want}"},
		{is.Sent, int64(s.Sent), "has sent {n} bytes, not {want}", "发送了 {n} 字节，应为{want} 字节"},
		{is.Received, int64(s.Received), "has received {n} bytes, not {want}", "接收了 {n} 字节，应为{want} 字节"},
	} {
		if err := number(c.want, c.got, c.en, c.zh); err != nil {
			return err
		}
	}
	if len(m.other) > 0 { // another socket is meant, and this one may not even have the option
		return nil
	}
	for _, name := range sortedKeys(is.Option) {
		v, err := j.world.Option(s, name)
		if err != nil {
			return err
		}
		if err := number(is.Option[name], v.Int, "has "+name+" {n}, not {want}", "的 "+name+" 是 {n}，应为{want}"); err != nil {
			return err
		}
	}
	return nil
}

func sortedKeys[V any](m map[string]V) []string {
	var all []string
	for k := range m {
		all = append(all, k)
	}
	slices.Sort(all)
	return all
}

// isAddress compares an address with what it must be: "*" stands for any part, "any" for one at all, "none" for none.
func isAddress(want, got string) bool {
	switch want {
	case "any":
		return got != ""
	case "none":
		return got == ""
	}
	if head, tail, wild := strings.Cut(want, "*"); wild {
		return len(got) >= len(head)+len(tail) && strings.HasPrefix(got, head) && strings.HasSuffix(got, tail)
	}
	return got == want
}

func orNone(s string) string {
	if s == "" {
		return "no state"
	}
	return s
}

// telling says of a socket what is not yet so.
func telling(s Socket, wrong []names.Text) names.Text {
	if s.Name == "" { // nothing names it any more
		s.Name = "?"
	}
	who := names.T(s.Name+" ("+s.Kind+")", s.Name+"（"+s.Kind+"）")
	if s.Local != "" {
		who = names.T(fmt.Sprintf("%s (%s, %s)", s.Name, s.Kind, s.Local), fmt.Sprintf("%s（%s，%s）", s.Name, s.Kind, s.Local))
	}
	t := names.Text{}
	for i, w := range wrong[:min(len(wrong), 2)] {
		if i > 0 {
			t.En, t.Zh = t.En+"; it ", t.Zh+"；它"
		} else {
			t.En, t.Zh = " ", ""
		}
		t.En, t.Zh = t.En+w.En, t.Zh+w.Zh
	}
	return names.Text{En: who.En + t.En, Zh: who.Zh + t.Zh}
}

// absent says that no socket comes near what is asked for.
// plural is several of a thing that is described as one.
func plural(one string) string {
	one = strings.TrimPrefix(strings.TrimPrefix(one, "an "), "a ")
	return strings.Replace(one, "socket", "sockets", 1)
}

func (j *judge) absent(is *SocketIs) names.Text {
	d := describe(is, j.vars)
	return names.T("there is no "+strings.TrimPrefix(strings.TrimPrefix(d.En, "an "), "a "), "没有"+d.Zh)
}

// describe writes what is asked for in a few words.
func describe(is *SocketIs, vars map[string]string) names.Text {
	kind := strings.TrimSpace(is.Kind)
	if kind == "" {
		kind = strings.TrimPrefix(strings.ToLower(strings.TrimPrefix(is.Type, "SOCK_")), "_")
	}
	d := names.T("an open socket", "打开的套接字")
	if kind != "" {
		d = names.T("an open "+kind+" socket", "打开的 "+kind+" 套接字")
	}
	if is.Closed != nil && *is.Closed {
		d = names.Text{En: strings.Replace(d.En, "an open", "a closed", 1), Zh: strings.Replace(d.Zh, "打开", "关闭", 1)}
	}
	if is.State != "" {
		d = names.T(d.En+" in "+is.State, "处于 "+is.State+" 的、"+d.Zh)
	}
	switch a := fill(is.Local, vars); a {
	case "":
	case "any":
		d = names.T(d.En+" with an address", "有地址的、"+d.Zh)
	case "none":
		d = names.T(d.En+" without an address", "不带地址的、"+d.Zh)
	default:
		d = names.T(d.En+" at "+a, "地址为 "+a+" 的、"+d.Zh)
	}
	if is.Peer == "none" {
		d = names.T(d.En+" that is not connected", "未连接的、"+d.Zh)
	} else if is.Peer != "" {
		a := strings.Replace(fill(is.Peer, vars), "any", "anyone", 1)
		d = names.T(d.En+" connected to "+a, "连接到 "+strings.Replace(a, "anyone", "某处", 1)+" 的、"+d.Zh)
	}
	if is.From != "" {
		d = names.T(d.En+" that accept gave", "由 accept 得到的、"+d.Zh)
	}
	return d
}
