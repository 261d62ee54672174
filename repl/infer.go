package repl

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/sys"
)

// Where packets cannot be captured they are inferred: from what the kernel counts of a connection before and after a line
// (TCP_INFO of tcp(7), by sock_diag), from its state, and from the errno. So it is known how many segments went, with how
// many bytes; not when, and of several not which came first. Each is labelled so.
//
//	counts before, counts after ─▶ what each end sent ─▶ put in the order in which one causes the next ─▶ steps of the act

// An endOf is one of the two ends of a connection, by its own address and the other's.
type endOf struct{ own, other netip.AddrPort }

// An inference is what can be told of one connection in one act.
type inference struct {
	near, far  endOf
	nearWas    tally
	nearNow    tally
	farWas     tally
	farNow     tally
	farIsOurs  bool
	nearClosed bool // by this line
	nearLeft   bool // by a FIN, where it could have been by a RST as well
	farLeft    bool
	nearGone   bool // before this line
	vague      bool // its FIN may have made the other end send what was held back, which a RST has answered
	farFirst   bool // its bytes had come before this line
	sent       int  // bytes, by this line's call
}

// infer adds the packets that the line must have caused, where none are captured: at the sockets that it used, and at those
// that were stirred by it.
func (e *Env) infer(stirs []sys.Stir) {
	s := e.Session
	if !s.trace.inferring || e.Act.Job > 0 {
		return
	}
	var done []endOf
	connection := func(k *sockets.Socket) {
		near := endOf{endpoint(k.Local), endpoint(k.Peer)}
		if near.own == near.other || slices.Contains(done, near) || slices.Contains(done, endOf{near.other, near.own}) {
			return // what speaks with itself counts each segment on both sides
		}
		done = append(done, near)
		e.inferConnection(k, near)
	}
	for _, u := range e.used {
		k := u.socket
		switch {
		case k.KindName() == "udp":
			e.inferDatagram(k)
		case k.KindName() != "tcp" || k.Backlog >= 0 || !k.Local.IP.IsValid():
		case k.Peer.IsZero():
			e.inferRefusal(k)
		default:
			connection(k)
		}
	}
	for _, st := range stirs {
		if k, ok := s.byFD[st.FD]; ok && k.KindName() == "tcp" && k.Backlog < 0 && !k.Peer.IsZero() && !e.uses(k) && !s.busy(k) {
			connection(k)
		}
	}
}

// inferDatagram tells of a datagram that the kernel took.
func (e *Env) inferDatagram(k *sockets.Socket) {
	for _, st := range e.Act.Steps {
		c, ok := st.(sockets.Call)
		if !ok || c.Ret < 0 || c.Scaffold || c.Op != "sendto" && c.Op != "sendmsg" {
			continue
		}
		to := e.toward
		if to.IsZero() {
			to = k.Peer
		}
		if to.IP.IsValid() {
			e.addInferred(k, true, sockets.Packet{Proto: "udp", From: source(k.Local, to), To: to.String(), Len: int(c.Ret)})
		}
		return
	}
}

// inferRefusal tells of a SYN that was answered by a RST: that is what ECONNREFUSED means.
func (e *Env) inferRefusal(k *sockets.Socket) {
	var err *sockets.Error
	if !errors.As(e.Act.Err, &err) || err.Op != "connect" || err.Errno != "ECONNREFUSED" || !e.toward.IP.IsValid() {
		return
	}
	from, to := source(k.Local, e.toward), e.toward.String()
	e.addInferred(k, true, sockets.Packet{Proto: "tcp", From: from, To: to, Flags: "S"})
	e.addInferred(k, false, sockets.Packet{Proto: "tcp", From: to, To: from, Flags: "RA", Ack: 1})
}

// source is the address that packets from local to another bear, as far as it is known: a host speaks to itself from where it is spoken to.
func source(local, to sockets.Address) string {
	if local.Unspecified() && to.IP.IsLoopback() {
		local.IP = to.IP
	}
	return local.String()
}

func (e *Env) addInferred(k *sockets.Socket, sent bool, p sockets.Packet) {
	p.Source, p.Socket, p.Sent = "inferred", k.Name, sent
	e.Act.Add(p)
	local, peer := endpoint(k.Local), endpoint(k.Peer)
	if k.Peer.IsZero() {
		peer = endpoint(e.toward)
	}
	if k.Local.Unspecified() && peer.Addr().IsLoopback() { // as source has it
		local = netip.AddrPortFrom(peer.Addr(), local.Port())
	}
	e.Session.trace.keep(Traced{At: time.Now(), Act: e.Act.Seq, Line: e.Act.Line, Own: k, Far: e.Session.at(p.Proto, peer, local), Proto: p.Proto, Local: local, Peer: peer, Packet: &p})
}

// at is the session's socket at own that speaks with other: one that is connected to it, else one that speaks with any.
func (s *Session) at(proto string, own, other netip.AddrPort) (found *sockets.Socket) {
	for _, k := range s.recent {
		local := endpoint(k.Local)
		switch {
		case k.KindName() != proto || local.Port() != own.Port() || local.Addr() != own.Addr() && !k.Local.Unspecified():
		case !k.Peer.IsZero() && endpoint(k.Peer) == other:
			return k
		case k.Peer.IsZero():
			found = k
		}
	}
	return found
}

func (e *Env) inferConnection(k *sockets.Socket, near endOf) {
	s := e.Session
	far := endOf{near.other, near.own}
	kernel, err := s.kernel(k.Host, e.Act)
	if err != nil {
		return
	}
	i := inference{near: near, far: far, nearWas: s.trace.tallies[near], farWas: s.trace.tallies[far]}
	i.nearNow = count(kernel, near, i.nearWas)
	i.farIsOurs = i.farWas.state != "" || s.endOf(far) != nil
	if i.farIsOurs {
		i.farNow = count(kernel, far, i.farWas)
	}
	used := e.uses(k)
	if i.nearWas.state == "" && (e.toward.IsZero() || !used || i.nearNow.state == "CLOSE") { // it was there before: what led to it is no matter of this line
		s.trace.count(near, i.nearNow)
		return
	}
	i.nearClosed = k.FD < 0
	i.nearGone = wasGone(k, e.Act.Seq)
	i.nearLeft = (i.nearClosed || k.WriteEnd) && (i.farNow.state == "TIME_WAIT" || !i.farIsOurs && k.RecvQ == 0)
	i.vague = (i.nearClosed || k.WriteEnd) && i.farWas.unsent > 0 && k.RecvQ == 0
	i.farLeft = i.nearNow.state == "TIME_WAIT"
	if used {
		i.sent = e.sentBy()
		i.farFirst = i.sent > 0 && k.Received+uint64(max(k.RecvQ, 0)) > i.nearWas.received
	}
	e.looksAnew(k, i.nearNow)
	if o := s.endOf(far); o != nil {
		e.looksAnew(o, i.farNow)
	}
	packets := i.packets()
	states := i.states(packets)
	for n, p := range packets {
		p.Proto = "tcp"
		e.addInferred(k, p.From == near.own.String(), p)
		e.keepStates(k, &i, states[n])
	}
	e.keepStates(k, &i, states[len(packets)])
	s.trace.count(near, i.nearNow)
	if i.farIsOurs {
		s.trace.count(far, i.farNow)
	}
}

// looksAnew has the state of a socket that the line used looked at, where the kernel has another one than was last seen: beside a
// packet it is told already.
func (e *Env) looksAnew(k *sockets.Socket, now tally) {
	for n := range e.used {
		if e.used[n].socket == k && now.state != "" && now.state != k.State {
			e.used[n].look |= theState
		}
	}
}

// endOf is the session's socket at an end of a connection, open or closed; nil where it has none there.
func (s *Session) endOf(end endOf) *sockets.Socket {
	is := func(k *sockets.Socket) bool {
		return k.KindName() == "tcp" && k.Backlog < 0 && !k.Peer.IsZero() && endpoint(k.Local) == end.own && endpoint(k.Peer) == end.other
	}
	if n := slices.IndexFunc(s.recent, is); n >= 0 {
		return s.recent[n]
	}
	if n := slices.IndexFunc(s.after, func(a afterlife) bool { return is(a.socket) }); n >= 0 {
		return s.after[n].socket
	}
	return nil
}

// wasGone reports whether k's connection was over before a line: then it is not that line that has broken it.
func wasGone(k *sockets.Socket, act int) bool {
	for _, v := range slices.Backward(k.Way) {
		if v.Act != act {
			return v.State == "CLOSE"
		}
	}
	return false
}

// packets puts what each end sent into the order in which one causes the next: an acknowledgement stands after what it
// acknowledges.
func (i *inference) packets() []sockets.Packet {
	if i.nearNow.state == "" {
		return nil
	}
	near, far := i.sendings()
	var all []sockets.Packet
	add := func(p []sockets.Packet) { all = append(all, p...) }
	settle := func() { // those that can have been sent by now
		add(near.pure(&far, false))
		add(far.pure(&near, false))
	}
	switch {
	case i.nearOpens():
		add(near.opening(&far, i.nearWas, i.nearNow))
	case i.farOpens():
		add(far.opening(&near, i.farWas, i.farNow))
	}
	settle()
	if i.farFirst {
		add(far.segments(&near))
		settle()
	}
	add(near.segments(&far))
	settle()
	add(far.segments(&near))
	settle()
	if i.nearNow.state == "LAST_ACK" || i.nearWas.state == "ESTABLISHED" && i.nearNow.state == "CLOSE" {
		add(far.finish(&near)) // it closed behind the other
	}
	add(near.finish(&far))
	settle()
	add(far.finish(&near))
	add(near.pure(&far, true))
	add(far.pure(&near, true))
	add(near.reset(&far))
	add(far.reset(&near))
	return all
}

// nearOpens reports whether this line has seen the near end's handshake, or a part of it; farOpens is the same of the far end.
func (i *inference) nearOpens() bool { return i.nearWas.state == "" || i.nearWas.state == "SYN_SENT" }

func (i *inference) farOpens() bool { return i.farIsOurs && i.farWas.state == "SYN_SENT" }
