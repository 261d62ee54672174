package repl

import (
	"context"
	"fmt"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/wire"
)

// mostTraced bounds how many packets a session remembers for wire.
const mostTraced = 20000

// A trace is what a session saw go over the wire, and whose it was.
//
//	Wire ─▶ Drain ─▶ of a socket of this session? ─▶ Follower: relative numbers, what is odd ─▶ a step of the act
//	                                                                                       └──▶ the log, for wire and layers
type trace struct {
	wire      Wire // nil while nothing is looked at
	inferring bool // packets cannot be captured, and what must have gone is told instead
	tallies   map[endOf]tally
	unseen    *sockets.Error // why packets cannot be captured, once it was tried in vain
	off       bool           // nothing is to be looked at: the student's wish, or there is no way to
	stop      context.CancelFunc
	follower  wire.Follower
	ports     map[Port]bool
	pinged    []pinging                      // the hosts that ICMP was sent to, and by which socket
	spoken    map[*sockets.Socket]*spoken    // what was said so
	asked     map[netip.Addr]*sockets.Socket // the hosts whose card may be asked for (ARP, neighbour discovery), and for which socket
	holds     []hold
	fewest    int // how many holds there were when they were last pruned
	log       []Traced
	dropped   int // of the log, the oldest
	lost      int // frames that the kernel had no room for, since that was last told
	passed    map[*sockets.Socket]lookback

	connecting map[*sockets.Socket]connecting // by lines that are not over
	kept       []Frame                        // of these
	beside     []Traced                       // taken at the end of a job, to be told by the line that runs beside it
}

// Traced is one thing in the story of a connection: a packet, or what a line did at one end.
type Traced struct {
	At     time.Time
	Act    int             // the line's number; 0 for what belongs to none
	Line   string          // that line
	Own    *sockets.Socket // the session's own end; of a packet between two of them, the sender's
	Far    *sockets.Socket // of a packet, the other end where it is the session's, too
	Proto  string
	Local  netip.AddrPort  // of Own
	Peer   netip.AddrPort  // of an act, where it is known whom it spoke with
	Until  time.Time       // of an act, when it was over
	State  string          // and the state that it left its socket in
	Packet *sockets.Packet // nil for an act
	Frame  *Frame          // the packet's bytes
}

// toward makes the wire take what goes to a port that is about to be spoken to.
func (t *trace) toward(proto string, port uint16) {
	p := Port{proto, port}
	if t.wire == nil || port == 0 || t.ports[p] {
		return
	}
	if t.ports == nil {
		t.ports = map[Port]bool{}
	}
	t.ports[p] = true
	t.only()
}

// ask makes the wire take the search for a host's card: it comes before the first packet that goes to it.
func (t *trace) ask(host netip.Addr, k *sockets.Socket) {
	if t.wire == nil || !host.IsValid() || host.IsLoopback() || host.IsUnspecified() || host.IsMulticast() {
		return
	}
	if t.asked == nil {
		t.asked = map[netip.Addr]*sockets.Socket{}
	}
	t.asked[host] = k
	t.portless("arp")
}

// portless makes the wire take a protocol that has no ports.
func (t *trace) portless(proto string) {
	if p := (Port{Proto: proto}); !t.ports[p] {
		if t.ports == nil {
			t.ports = map[Port]bool{}
		}
		t.ports[p] = true
		t.only()
	}
}

// asker is the socket for which a card is searched.
func (t *trace) asker(p *wire.Packet) (k *sockets.Socket, sent, ok bool) {
	switch {
	case len(t.asked) == 0:
	case p.ARP != nil:
		if k, ok = t.asked[p.ARP.TargetIP]; ok {
			return k, true, true
		}
		k, ok = t.asked[p.ARP.SenderIP]
	case p.ICMP != nil && strings.HasPrefix(p.ICMP.Name(), "neighbor"):
		k, ok = t.asked[p.ICMP.Target]
		sent = p.ICMP.Name() == "neighbor-solicitation"
	}
	return k, sent, ok
}

func (t *trace) only() {
	all := make([]Port, 0, len(t.ports))
	for p := range t.ports {
		all = append(all, p)
	}
	slices.SortFunc(all, func(a, b Port) int { return int(a.Number) - int(b.Number) })
	_ = t.wire.Only(all) // where it cannot, what comes is still sifted here
}

func endpoint(a sockets.Address) netip.AddrPort {
	return netip.AddrPortFrom(a.IP.Unmap().WithZone(""), a.Port)
}

// take drains the wire and gives the session's own packets; began is what their times count from.
func (t *trace) take(began time.Time, act int, line string) []Traced {
	if t.wire == nil {
		return nil
	}
	t.letGo()
	frames, lost, _ := t.wire.Drain() // what is wrong with an interface is not the student's matter; what came before it is
	t.lost += lost
	if len(t.kept) > 0 {
		frames, t.kept = append(t.kept, frames...), nil
	}
	var mine []Traced
	for i := range frames {
		f := frames[i]
		about := &f.Packet
		if f.ICMP != nil && f.ICMP.Inner != nil {
			about = f.ICMP.Inner
		}
		if t.connects(about) && len(t.kept) < mostTraced {
			t.kept = append(t.kept, f)
			continue
		}
		k, sent, ok := t.owner(about.Proto, unmap(about.Src), unmap(about.Dst))
		if !ok {
			k, sent, ok = t.pinger(about)
		}
		if !ok {
			k, sent, ok = t.asker(about)
		}
		if !ok {
			continue
		}
		p := t.packet(&f, began)
		p.Socket, p.Sent = k.Name, sent != (about != &f.Packet) // an error about what was sent comes back
		local, peer := unmap(about.Src), unmap(about.Dst)
		if !sent {
			local, peer = peer, local
		}
		mine = append(mine, Traced{At: f.Time, Act: act, Line: line, Own: k, Far: t.far(about.Proto, local, peer), Proto: about.Proto, Local: local, Peer: peer, Packet: &p, Frame: &f})
	}
	t.keep(mine...)
	if len(t.beside) == 0 {
		return mine
	}
	for i := range t.beside {
		p := *t.beside[i].Packet
		p.After = max(t.beside[i].At.Sub(began.Round(0)), 0)
		t.beside[i].Packet = &p
	}
	mine, t.beside = append(t.beside, mine...), nil
	return mine
}

func unmap(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

func (t *trace) keep(what ...Traced) {
	t.log = append(t.log, what...)
	if len(t.log) > mostTraced { // a quarter goes at once, for what stays has to be moved
		over := len(t.log) - mostTraced*3/4
		t.log = slices.Delete(t.log, 0, over)
		t.dropped += over
	}
}

// packet is a frame as a step: its numbers relative, and what is odd about it.
func (t *trace) packet(f *Frame, began time.Time) sockets.Packet {
	p := sockets.Packet{Source: f.Source, Proto: f.Proto, From: f.Src.String(), To: f.Dst.String(), Len: f.PayloadLen,
		After: max(f.Time.Sub(began.Round(0)), 0), Lost: f.Lost, Checksum: f.Sum.String()}
	switch {
	case f.TCP != nil:
		s := t.follower.Judge(&f.Packet)
		p.Flags, p.Seq, p.Ack, p.Len = f.TCP.Flags.String(), s.RelSeq, s.RelAck, f.TCP.PayloadLen
		p.Retransmission, p.Duplicate, p.OutOfOrder = s.Retransmission, s.Duplicate, s.OutOfOrder
		p.Window = s.ScaledWindow
		p.Options = f.TCP.Options.Strings(sackBase(f.TCP, s))
		p.Marks = s.Marks()
	case f.ARP != nil:
		p.From, p.To, p.Flags = f.ARP.SenderIP.String(), f.ARP.TargetIP.String(), strings.TrimPrefix(f.ARP.Name(), "arp-")
	case f.ICMP != nil:
		p.From, p.To = f.Src.Addr().String(), f.Dst.Addr().String()
		p.Flags = f.ICMP.Name()
		if in := f.ICMP.Inner; in != nil {
			p.Options = []string{"about " + in.Proto + " " + in.Src.String() + " > " + in.Dst.String()}
		}
	}
	if f.TCP == nil {
		p.Duplicate, p.OutOfOrder = f.Copy, f.Late
		if f.Copy {
			p.Marks = append(p.Marks, "duplicate")
		}
		if f.Late {
			p.Marks = append(p.Marks, "out-of-order")
		}
	}
	if f.IsFragment() {
		p.Options = append(p.Options, fmt.Sprintf("fragment at %d", f.Fragment.Offset))
	}
	return p
}

// sackBase is what the blocks of a SACK option count from.
func sackBase(t *wire.TCP, s wire.Seen) uint32 {
	if len(s.SACK) == 0 || len(t.Options.SACK) == 0 {
		return 0
	}
	return t.Options.SACK[0][0] - s.SACK[0][0]
}

// packets adds what the act sent and caused to be sent.
func (e *Env) packets() {
	s := e.Session
	for _, u := range e.used {
		s.trace.know(u.socket)
	}
	s.trace.closed(s.recent)
	s.trace.prune(s.recent)
	besides := func(o *Env) bool { return o.Act.Job == 0 && len(o.used) > 0 }
	if e.Act.Job > 0 && s.held && slices.ContainsFunc(s.waiting, besides) {
		s.trace.beside = s.trace.take(e.began, 0, "") // the line that runs beside it tells them, in their order
		return
	}
	if e.Act.Job > 0 || !e.calls() { // it waited, or looked: what came meanwhile is told as it comes
		s.late()
		return
	}
	e.took()
	s.trace.missed(e.Act)
}

// took adds the packets that have come by now to a line that may have caused them.
func (e *Env) took() {
	if e.Act.Job > 0 || !e.calls() {
		return
	}
	for _, p := range e.Session.trace.take(e.began, e.Act.Seq, e.Act.Line) {
		e.Act.Add(*p.Packet)
	}
}

// missed tells of packets that could not be kept until they were looked at.
func (t *trace) missed(a *sockets.Act) {
	if t.lost > 0 {
		a.Note("packets-missed", "n", strconv.Itoa(t.lost))
		t.lost = 0
	}
}

// calls reports whether the line has made a call that was asked for: only such a one can have caused packets.
func (e *Env) calls() bool {
	return slices.ContainsFunc(e.Act.Steps, func(st sockets.Step) bool {
		c, ok := st.(sockets.Call)
		return ok && !c.Scaffold
	})
}

// traceAct remembers what the line did at its sockets, for the ladder. What only looks did nothing.
func (e *Env) traceAct() {
	if e.Session.innermost(e.Command, e.line).Group == Look {
		return
	}
	t := &e.Session.trace
	for _, u := range e.used {
		k := u.socket
		if k.Family == sockets.UNIX {
			e.deed(k)
			continue
		}
		if t.wire == nil && !t.inferring && (t.off || e.Session.openWire == nil) { // else it is looked at with the first packet
			continue
		}
		t.know(k)
		proto := k.KindName()
		switch {
		case speaksICMP(k):
			proto = "icmp"
		case proto != "tcp" && proto != "udp":
			continue
		}
		t.keep(Traced{At: e.began, Act: e.Act.Seq, Line: e.Act.Line, Own: k, Proto: proto,
			Local: endpoint(k.Local), Peer: e.spokeWith(k), Until: time.Now(), State: k.State})
	}
}

// spokeWith is the address that the line has spoken with by k: its peer, whom it sent to, or who sent what it received; the
// zero one where that is not known, or no address.
func (e *Env) spokeWith(k *sockets.Socket) netip.AddrPort {
	if !k.Peer.IsZero() {
		return endpoint(k.Peer)
	}
	own, to := endpoint(k.Local), endpoint(e.toward)
	if bound := to.Addr() == own.Addr() && (to.Port() == 0 || to == own); to.IsValid() && !bound {
		return to
	}
	for _, f := range e.Act.Value.Fields {
		if from, err := netip.ParseAddrPort(f.Value.Text); f.Name == "from" && err == nil {
			return unmap(from)
		}
	}
	return netip.AddrPort{}
}

// late tells of packets that belong to no line: a delayed ACK, the peer's FIN, a retransmission.
func (s *Session) late() {
	began := time.Now()
	if s.trace.wire == nil && len(s.after) == 0 {
		return
	}
	follows := began.Sub(s.followed) > soon
	var a *sockets.Act
	took := func() {
		for _, p := range s.trace.take(began, 0, "") {
			if a == nil {
				a = sockets.NewAct(0, "", s.observers...)
			}
			follows = true
			p.Packet.After = 0
			a.Add(*p.Packet)
		}
	}
	took()
	if s.trace.lost > 0 {
		if a == nil {
			a = sockets.NewAct(0, "", s.observers...)
		}
		s.trace.missed(a)
	}
	if follows && len(s.after) > 0 {
		if a == nil {
			a = sockets.NewAct(0, "", s.observers...)
		}
		s.follow(a, took)
	}
	switch {
	case a == nil:
	case a.Tells():
		s.post(a)
	default:
		s.untold = append(s.untold, a.Steps...)
	}
}

// Story is all that was seen, in order.
func (e *Env) Story() []Traced { return e.Session.trace.log }
