package lessons

import (
	"errors"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A madeCall is a call, and when the act was over that made it.
type madeCall struct {
	sockets.Call
	over time.Time
}

// calls gives the calls that the acts since the step began made for their own sake.
func (j *judge) calls() (all []madeCall) {
	for _, r := range j.record.recorded(j.since) {
		for _, st := range r.act.Steps {
			if c, ok := st.(sockets.Call); ok && !c.Scaffold {
				all = append(all, madeCall{c, r.over})
			}
		}
	}
	return all
}

// opNames are what a student calls a call, by the name that the system has for it.
var opNames = map[string][]string{"send": {"sendto"}, "recv": {"recvfrom"}, "read": {"recvfrom"}, "write": {"sendto"}, "accept": {"accept4"}}

func isOp(c sockets.Call, op string) bool { return c.Op == op || slices.Contains(opNames[op], c.Op) }

// onSocket reports whether a call's first argument is a socket.
func onSocket(c sockets.Call, s Socket) bool {
	first, _, _ := strings.Cut(c.Args, ",")
	fd, err := strconv.ParseInt(first, 10, 64)
	return err == nil && fd == s.FD
}

func (j *judge) call(is *CallIs, b bindings) Verdict {
	var of *Socket
	if is.Socket != "" {
		s, err := j.named(is.Socket, b)
		if err != nil {
			return untold(err)
		}
		of = &s
	}
	args := regexp.MustCompile(fill(is.Args, j.vars))
	n := 0
	var last *sockets.Call // of this op, that was otherwise
	var before time.Time
	hasty := false
	var elsewhere, otherwise *sockets.Call // on another socket; with other arguments
	for _, c := range j.calls() {
		switch {
		case !isOp(c.Call, is.Op):
			continue
		case of != nil && !onSocket(c.Call, *of):
			elsewhere = &c.Call
			continue
		case !args.MatchString(c.Args):
			otherwise = &c.Call
			continue
		}
		right, _, err := j.fits(is.Ret, c.Ret, b)
		if err != nil {
			return untold(err)
		}
		if is.Errno != "" && c.Errno != strings.TrimSuffix(is.Errno, "none") {
			right = false
		}
		if !right {
			last = &c.Call
			continue
		}
		if n > 0 && c.over.Sub(before) < time.Duration(is.Apart) {
			n, hasty = 0, true
		}
		n += max(c.Times, 1)
		before = c.over
	}
	times := is.Times
	if !times.Set() {
		times = "1.."
	}
	ok, must, err := j.fits(times, int64(n), b)
	switch count := strconv.Itoa(n); {
	case err != nil:
		return untold(err)
	case ok:
		return held()
	case n == 0 && last != nil:
		result := strconv.FormatInt(last.Ret, 10)
		if last.Errno != "" {
			result = last.Errno
		}
		meant := names.Text{}
		switch _, must, err := j.fits(is.Ret, 0, b); {
		case is.Errno != "" && is.Errno != "none":
			meant = names.T(", not "+is.Errno, "，而不是 "+is.Errno)
		case is.Ret.Set() && err == nil:
			meant = names.T(", not "+must.En, "，应为"+must.Zh)
		}
		return Verdict{near: 1, Seen: names.T(is.Op+" was called, but gave "+result+meant.En, "调用了 "+is.Op+"，但结果是 "+result+meant.Zh)}
	case hasty:
		t := time.Duration(is.Apart).String()
		return Verdict{near: 2, Seen: names.T("between two calls of "+is.Op+" was less time than "+t, "两次 "+is.Op+" 之间不到 "+t)}
	case n == 0 && otherwise != nil:
		c := otherwise.Op + "(" + otherwise.Args + ")"
		return Verdict{near: 1, Seen: names.T(c+" was called, which is not the call that is meant", "调用了 "+c+"，不是这里要的那个调用")}
	case n == 0 && elsewhere != nil:
		who := j.called(*elsewhere)
		return notYet(names.T(is.Op+" was called on "+who.En+", not on "+of.Name, is.Op+" 是在"+who.Zh+"上调用的，应在 "+of.Name+" 上"))
	case n == 0 && of != nil:
		return notYet(names.T("no "+is.Op+" on "+of.Name+" in this step yet", "这一步还没有在 "+of.Name+" 上调用过 "+is.Op))
	case n == 0:
		return notYet(names.T("no "+is.Op+" in this step yet", "这一步还没有调用过 "+is.Op))
	default:
		return Verdict{near: 1, Seen: names.T(is.Op+" was called so "+howOften(n)+", not "+must.En, "这样的 "+is.Op+" 调用了 "+count+" 次，应为"+must.Zh+" 次")}
	}
}

// called is what the learner calls the socket that a call was made on.
func (j *judge) called(c sockets.Call) names.Text {
	all, _ := j.sockets("")
	for _, s := range slices.Backward(all) { // of two that have had the number, the later one
		if onSocket(c, s) && s.Name != "" {
			return names.T(s.Name, " "+s.Name+" ")
		}
	}
	return names.T("another socket", "另一个套接字")
}

// howOften is a count in English.
func howOften(n int) string {
	if n == 1 {
		return "once"
	}
	return strconv.Itoa(n) + " times"
}

func (j *judge) packet(is *PacketIs) Verdict {
	n, any := j.packets(is)
	times := is.Times
	if !times.Set() {
		times = "1.."
	}
	ok, must, err := j.fits(times, int64(n), nil)
	if err != nil {
		return untold(err)
	}
	if ok && n > 0 {
		return held()
	}
	if err := j.world.Packets(j.whose("")); err != nil {
		return untold(err)
	}
	d := j.described(is)
	switch {
	case ok:
		return held()
	case n > 0:
		return Verdict{near: 1, Seen: names.T("packets so ("+d.En+") were seen "+howOften(n)+", not "+must.En, "这样的报文（"+d.Zh+"）看到了 "+strconv.Itoa(n)+" 个，应为"+must.Zh+" 个")}
	case any > 0:
		return Verdict{near: 1, Seen: names.T("of "+strconv.Itoa(any)+" packets in this step none was so: "+d.En, "这一步的 "+strconv.Itoa(any)+" 个报文里没有这样的："+d.Zh)}
	}
	return notYet(names.T("no packet was seen in this step yet", "这一步还没有看到报文"))
}

// described says in words which packet is meant.
func (j *judge) described(is *PacketIs) names.Text {
	var en, zh []string
	add := func(e, z string) { en, zh = append(en, e), append(zh, z) }
	if w := strings.TrimSpace(is.Proto + " " + is.Flags); w != "" {
		add(w, w)
	}
	if is.Len.Set() {
		if _, must, err := j.fits(is.Len, 0, nil); err == nil {
			add("with "+must.En+" bytes", "带"+must.Zh+" 字节")
		}
	}
	switch is.Direction {
	case "sent":
		add("sent here", "由这一端发出")
	case "received":
		add("received here", "由这一端收到")
	}
	for _, x := range []struct {
		is     *bool
		en, zh string
	}{{is.Retransmission, "retransmitted", "重传的"}, {is.Lost, "lost", "丢失的"}} {
		switch {
		case x.is == nil:
		case *x.is:
			add(x.en, x.zh)
		default:
			add("not "+x.en, "不是"+x.zh)
		}
	}
	if is.Source != "" {
		add(is.Source, is.Source)
	}
	if en == nil {
		add("any", "任意")
	}
	return names.T(strings.Join(en, ", "), strings.Join(zh, "、"))
}

// packets counts those since the step began that are so, and all.
func (j *judge) packets(is *PacketIs) (n, all int) {
	for _, a := range j.record.since(j.since) {
		for _, st := range a.Steps {
			p, ok := st.(sockets.Packet)
			if !ok {
				continue
			}
			all++
			long, _, _ := j.fits(is.Len, int64(p.Len), nil)
			if long && (is.Flags == "" || p.Flags == is.Flags) && (is.Proto == "" || p.Proto == is.Proto) && (is.Source == "" || p.Source == is.Source) &&
				(is.Direction == "" || p.Sent == (is.Direction == "sent")) && isSwitch(is.Retransmission, p.Retransmission) && isSwitch(is.Lost, p.Lost) {
				n++
			}
		}
	}
	return n, all
}

func isSwitch(want *bool, got bool) bool { return want == nil || *want == got }

func (j *judge) note(id string) Verdict {
	for _, a := range j.record.since(j.since) {
		if a.Noted(id) {
			return held()
		}
	}
	return notYet(names.T("nothing in this step was "+id+" yet", "这一步还没有出现 "+id))
}

func (j *judge) value(is *ValueIs, b bindings) Verdict {
	var all []sockets.Value
	if !is.Kept {
		for _, a := range j.record.since(j.since) {
			all = append(all, a.Value)
		}
	}
	kept, err := j.world.Kept(j.whose(""))
	if is.Kept {
		if err != nil {
			return untold(err)
		}
		all = append(all, kept...)
	}
	pattern := regexp.MustCompile(fill(is.Matches, j.vars))
	var last string
	for _, v := range all {
		if v.Type == sockets.NoValue && v.Text == "" || v.Type == sockets.SocketValue || IsEvent(v) {
			continue
		}
		fits, _, err := j.fits(is.Int, v.Int, b)
		if err != nil {
			return untold(err)
		}
		if (!is.Int.Set() || fits && v.Type == sockets.IntValue) && j.isText(is.Text, v) &&
			(is.Bytes == nil || string(v.Bytes) == fill(string(*is.Bytes), j.vars)) && pattern.MatchString(v.Text) {
			return held()
		}
		last = v.Text
	}
	switch {
	case is.Kept:
		return notYet(names.T("no such value is kept under a name", "还没有用名字保存这样的值"))
	case last == "":
		return notYet(names.T("no line of this step gave a value yet", "这一步还没有哪一行给出过值"))
	}
	if r := []rune(last); len(r) > 60 {
		last = string(r[:60]) + "…"
	}
	return Verdict{near: 1, Seen: names.T("the last value was "+last+", which is not the one meant", "上一个值是 "+last+"，不是要找的那个")}
}

func (j *judge) isText(want *Word, v sockets.Value) bool {
	if want == nil {
		return true
	}
	t := fill(string(*want), j.vars)
	return v.Text == t || v.Repr() == t
}

func (j *judge) failure(is *ErrorIs) Verdict {
	var last *sockets.Error
	for _, a := range j.record.since(j.since) {
		var e *sockets.Error
		if !errors.As(a.Err, &e) {
			continue
		}
		if (is.Op == "" || e.Op == is.Op) && (is.Errno == "" || e.Errno == is.Errno) && (is.Kind == "" || e.Kind == is.Kind) {
			return held()
		}
		last = e
	}
	want := strings.Join(strings.Fields(is.Op+" "+is.Errno+" "+is.Kind), " ")
	if last == nil {
		return notYet(names.T("no line of this step has failed ("+want+")", "这一步还没有哪一行失败（"+want+"）"))
	}
	got := strings.TrimSpace(last.Errno + " " + last.Kind)
	return Verdict{near: 1, Seen: names.T("a line failed with "+got+", not with "+want, "有一行以 "+got+" 失败，而不是 "+want)}
}

func (j *judge) file(is *FileIs) Verdict {
	path := fill(is.Path, j.vars)
	there, err := j.world.Exists(path)
	switch {
	case err != nil:
		return untold(err)
	case there == is.Exists:
		return held()
	case there:
		return notYet(names.T("the file "+path+" is there", "文件 "+path+" 还在"))
	}
	return notYet(names.T("there is no file "+path, "没有文件 "+path))
}
