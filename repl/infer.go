package repl

import (
	"errors"
	"net/netip"
	"slices"
	"time"

	"sockstep/sockets"
)

// Where packets cannot be captured they are inferred: from what the kernel counts of a connection before and after a line
// (TCP_INFO of tcp(7), by sock_diag), from its state, and from the errno. So it is known how many segments went, with how
// many bytes; not when, and of several not which came first. Each is labelled so.
//
//	counts before, counts after ─▶ what each end sent ─▶ put in the order in which one causes the next ─▶ steps of the act

// A tally is what the kernel counted of one end of a connection.
type tally struct {
	state           string
	counted         bool // the kernel still counts: not in TIME_WAIT, nor after the end
	out, in         uint32
	dataOut, dataIn uint32
	sent, received  uint64 // bytes, each once
	retransmitted   uint32 // segments
	finished        bool   // its FIN was told
}

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
	sent       int // bytes, by this line's call
}

// infer adds the packets that the line must have caused, where none are captured.
func (e *Env) infer() {
	s := e.Session
	if !s.trace.inferring || e.Act.Job > 0 {
		return
	}
	var done []endOf
	for _, u := range e.used {
		k := u.socket
		switch {
		case k.KindName() == "udp":
			e.inferDatagram(k)
		case k.KindName() != "tcp" || k.Backlog >= 0 || !k.Local.IP.IsValid():
		case k.Peer.IsZero():
			e.inferRefusal(k)
		default:
			near := endOf{endpoint(k.Local), endpoint(k.Peer)}
			if slices.Contains(done, near) || slices.Contains(done, endOf{near.other, near.own}) {
				continue
			}
			done = append(done, near)
			e.inferConnection(k, near)
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
	i.farIsOurs = i.farWas.state != "" || s.has(far)
	if i.farIsOurs {
		i.farNow = count(kernel, far, i.farWas)
	}
	if i.nearWas.state == "" && e.toward.IsZero() { // it was there before: what led to it is no matter of this line
		s.trace.count(near, i.nearNow)
		return
	}
	i.nearClosed = k.FD < 0
	i.nearLeft = (i.nearClosed || k.WriteEnd) && (i.farNow.state == "TIME_WAIT" || !i.farIsOurs && k.RecvQ == 0)
	i.farLeft = i.nearNow.state == "TIME_WAIT"
	i.sent = e.sentBy()
	for _, p := range i.packets() {
		p.Proto = "tcp"
		sent := p.From == near.own.String()
		e.addInferred(k, sent, p)
	}
	s.trace.count(near, i.nearNow)
	if i.farIsOurs {
		s.trace.count(far, i.farNow)
	}
}

// has reports whether an end is of this session, open or closed.
func (s *Session) has(end endOf) bool {
	is := func(k *sockets.Socket) bool {
		return k.KindName() == "tcp" && !k.Peer.IsZero() && endpoint(k.Local) == end.own && endpoint(k.Peer) == end.other
	}
	return slices.ContainsFunc(s.recent, is) || slices.ContainsFunc(s.after, func(a afterlife) bool { return is(a.socket) })
}

// count remembers what was counted of an end, and forgets it with the end.
func (t *trace) count(end endOf, now tally) {
	if now.state == "CLOSE" {
		delete(t.tallies, end)
		return
	}
	if t.tallies == nil {
		t.tallies = map[endOf]tally{}
	}
	t.tallies[end] = now
}

// count asks the kernel for the counts of an end. What it no longer knows stays as it was.
func count(kernel Kernel, end endOf, was tally) tally {
	now := was
	t, err := kernel.Connection(end.own, end.other)
	switch {
	case errors.Is(err, sockets.ErrGone):
		now.state, now.counted = "CLOSE", false
	case err != nil:
	case t.Info == nil:
		now.state, now.counted = t.State, false
	default:
		x := t.Info
		now.state, now.counted = t.State, true
		now.out, now.in, now.dataOut, now.dataIn = x.SegsOut, x.SegsIn, x.DataSegsOut, x.DataSegsIn
		now.sent, now.received, now.retransmitted = x.BytesSent-x.BytesRetrans, x.BytesReceived, x.TotalRetrans
	}
	return now
}

// packets puts what each end sent into the order in which one causes the next.
func (i *inference) packets() []sockets.Packet {
	var all []sockets.Packet
	near := i.sender(i.near, i.nearWas, &i.nearNow, i.nearLeft)
	far := i.mirror(&near)
	if i.farIsOurs {
		far = i.sender(i.far, i.farWas, &i.farNow, i.farLeft)
	}
	// Where a connection broke, the end that was closed did it; else the other.
	broke := alive(i.nearWas.state) && i.nearWas.state != "TIME_WAIT" && i.nearWas.state != "LAST_ACK" && i.nearNow.state == "CLOSE" && !near.fin
	near.rst, far.rst = broke && i.nearClosed, broke && !i.nearClosed
	if far.rst && i.sent > 0 && i.sent <= oneSegment { // it was the answer to this; the kernel's counts are gone with the connection
		near.data, near.bytes, far.bare = 1, uint64(i.sent), i.nearWas.state == "CLOSE_WAIT"
		if !far.bare { // it was still there, took this, and broke off by itself
			far.ack = near.seq + near.bytes
		}
	}
	if i.nearWas.state == "" {
		all = append(all, i.handshake(&near)...)
		if i.nearNow.state == "SYN_SENT" {
			return all
		}
		near.acks, far.acks, far.data = 0, 0, 0 // they are the handshake's
	}
	later := near.ack
	if near.data > 0 && i.nearWas.state != "" { // what the far end sent came after it
		near.ack = 1 + i.nearWas.received
	}
	all = append(all, near.segments()...)
	near.ack = later
	if far.data > 0 || len(all) > 0 && !near.fin {
		all = append(all, far.pure()...)
		all = append(all, far.segments()...)
	}
	all = append(all, near.pure()...)
	all = append(all, near.end()...)
	all = append(all, far.end()...)
	all = append(all, far.pure()...)
	return all
}

func (i *inference) handshake(near *sending) []sockets.Packet {
	own, other := i.near.own.String(), i.near.other.String()
	all := []sockets.Packet{{From: own, To: other, Flags: "S"}}
	for range i.nearNow.retransmitted {
		all = append(all, sockets.Packet{From: own, To: other, Flags: "S", Retransmission: true, Marks: []string{"retransmission"}})
	}
	near.again = 0
	if i.nearNow.state == "SYN_SENT" {
		return all
	}
	return append(all, sockets.Packet{From: other, To: own, Flags: "SA", Ack: 1}, sockets.Packet{From: own, To: other, Flags: "A", Seq: 1, Ack: 1})
}
