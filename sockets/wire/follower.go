package wire

import (
	"net/netip"
	"time"
)

// A Follower follows TCP connections, each by its two addresses, and judges their segments one after the other, in the
// order in which they were captured. The zero Follower is ready.
type Follower struct {
	flows map[flow]*connection
}

// Seen is what a Follower makes of a segment.
type Seen struct {
	Conn           int // counts the connections between the same two addresses, from 1; 0 for a packet that is no TCP
	New            bool
	Middle         bool // the capture began after the SYN: the numbers are relative to the first ones seen
	Simultaneous   bool // both ends have sent a SYN before they saw the other's (RFC 9293 3.5)
	Client, Server netip.AddrPort
	FromClient     bool

	RelSeq, RelAck uint32      // relative to each end's first: a SYN is 0, the first byte 1
	crossed        bool        // this SYN has crossed the other's
	NextSeq        uint32      // RelSeq of what comes after this segment
	SACK           [][2]uint32 // the blocks of the SACK option, relative
	ScaledWindow   int         // the window in bytes, scaled as the ends agreed (RFC 7323 2.2)
	ScaleUnknown   bool        // the agreement was not seen: ScaledWindow is the field as it stands

	Retransmission bool // bytes, or a SYN or FIN, that were sent before
	Fast           bool // a retransmission that three duplicate ACKs asked for (RFC 5681 3.2)
	Spurious       bool // a retransmission of what the peer had acknowledged already
	Duplicate      bool // the very same packet once more: the network doubled it, or the capture saw it twice
	OutOfOrder     bool // late: a segment with later bytes came first
	Gap            bool // bytes before this segment were not seen, or not yet
	AckedUnseen    bool // it acknowledges bytes that the capture has not seen
	DupAck         int  // the how manieth duplicate ACK it is (RFC 5681 2); 0 for none
	DSACK          bool // it tells of bytes that arrived twice (RFC 2883)
	KeepAlive      bool // (RFC 9293 3.8.4)
	KeepAliveAck   bool
	ZeroWindow     bool // its sender can take no more
	WindowProbe    bool // it asks whether a zero window has opened (RFC 9293 3.8.6.1)
	WindowProbeAck bool
	WindowUpdate   bool // it tells of nothing but a new window
	WindowFull     bool // it fills the peer's window to the last byte
}

// Marks are the names of all that is remarkable about the segment, as sockets/names knows them.
func (s Seen) Marks() []string {
	var all []string
	for _, m := range []struct {
		name string
		set  bool
	}{
		{"retransmission", s.Retransmission}, {"fast-retransmission", s.Fast}, {"spurious-retransmission", s.Spurious},
		{"duplicate", s.Duplicate}, {"out-of-order", s.OutOfOrder}, {"gap", s.Gap}, {"acked-unseen", s.AckedUnseen},
		{"dup-ack", s.DupAck > 0}, {"dsack", s.DSACK}, {"keepalive", s.KeepAlive}, {"keepalive-ack", s.KeepAliveAck},
		{"zero-window", s.ZeroWindow}, {"window-probe", s.WindowProbe}, {"window-probe-ack", s.WindowProbeAck},
		{"window-update", s.WindowUpdate}, {"window-full", s.WindowFull}, {"simultaneous-open", s.crossed},
		{"capture-from-the-middle", s.Middle && s.New},
	} {
		if m.set {
			all = append(all, m.name)
		}
	}
	return all
}

// A flow is the two ends of a connection, the smaller address first.
type flow struct{ a, b netip.AddrPort }

// flowOf gives the flow between two ends, and the place of src in it.
func flowOf(src, dst netip.AddrPort) (flow, int) {
	if src.Compare(dst) <= 0 {
		return flow{src, dst}, 0
	}
	return flow{dst, src}, 1
}

// A connection is what is remembered of one: an end each for the flow's a and b.
type connection struct {
	number       int
	client       int // which end
	middle       bool
	simultaneous bool
	self         bool // a socket that is connected to itself: ends[0] is both ends
	ends         [2]end
	synAt        time.Time
	rtt          time.Duration // from the SYN to the ACK of its answer; 0 while unknown
}

// far is the end that me speaks with.
func (c *connection) far(me int) *end {
	if c.self {
		return &c.ends[me]
	}
	return &c.ends[1-me]
}

// An end is what is remembered of one direction.
type end struct {
	isn       uint32 // what relative numbers are relative to
	known     bool   // isn is
	syn       bool   // its SYN was seen
	synAck    bool
	wscale    uint8
	hasWScale bool

	sent   bool
	next   uint32 // what comes after the highest byte seen
	begin  uint32 // of the segment that had it
	holes  []hole // below next, and not seen
	passed time.Time

	heard

	asked  question
	recent [32]identity // the last packets, to find one that came twice
	count  int
}

// Heard is what an end has told the other.
type heard struct {
	hasAck bool
	ack    uint32 // the highest acknowledgement
	window uint16 // the last one, as on the wire
	dups   int    // duplicate ACKs of ack
}

// A hole is bytes that were not seen: from, and up to but not to.
type hole struct{ from, to uint32 }

// A question is a segment that is sent only to be answered.
type question uint8

const (
	askedNothing question = iota
	askedAlive
	askedWindow
)

// An identity is what is equal in a packet that came twice, and different in one that was sent twice.
type identity struct {
	seq, ack, id, tsval uint32
	flags               Flags
	window              uint16
	length              int
}

const (
	mostHoles   = 64
	maxWScale   = 14                   // RFC 7323 2.3
	reorderTime = 3 * time.Millisecond // how long a segment is merely late where the round-trip time is not known
)

// before reports whether a comes before b in sequence space, which goes round (RFC 9293 3.4).
func before(a, b uint32) bool { return int32(a-b) < 0 }

// onward reports whether a sender that is at a has gone on to b. It reaches back no further than the largest window, 1 GiB
// (RFC 7323 2.3); what seems to lie further back lies ahead, behind more than the capture has seen.
func onward(a, b uint32) bool { return a != b && a-b > 1<<30 }

// Forget drops what is known of the connection between two ends, in either order.
func (f *Follower) Forget(a, b netip.AddrPort) {
	key, _ := flowOf(a, b)
	delete(f.flows, key)
}

// connection finds the connection that a segment belongs to, or begins one.
func (f *Follower) connection(p *Packet) (c *connection, me int, isNew bool) {
	key, me := flowOf(p.Src, p.Dst)
	c = f.flows[key]
	if c != nil && !c.replacedBy(p.TCP, me) {
		return c, me, false
	}
	number := 1
	if c != nil {
		number = c.number + 1
	}
	c = &connection{number: number, client: me, self: p.Src == p.Dst}
	switch flags := p.TCP.Flags & (SYN | ACK); {
	case flags == SYN|ACK:
		c.client = 1 - me
	case flags&SYN == 0:
		c.middle = true
		if p.Src.Port() < p.Dst.Port() { // a server's port is usually the lower one
			c.client = 1 - me
		}
	}
	if f.flows == nil {
		f.flows = map[flow]*connection{}
	}
	f.flows[key] = c
	return c, me, true
}

// replacedBy reports whether a segment cannot be of this connection: it begins another one between the same ends.
func (c *connection) replacedBy(t *TCP, me int) bool {
	if !t.Flags.Has(SYN) || t.Flags.Has(RST) {
		return false
	}
	mine, peer := &c.ends[me], c.far(me)
	switch {
	case mine.syn && mine.isn == t.Seq:
		return false // once more, or the SYN+ACK of a simultaneous open
	case t.Flags.Has(ACK):
		// The answer to the SYN. A listener that uses cookies (RFC 4987 3.6) may answer a repeated one with another number.
		fresh := !mine.syn || mine.next == mine.isn+1
		return !fresh || !peer.syn || t.Ack != peer.isn+1 && t.Ack != peer.next
	case peer.syn && !peer.synAck && !mine.sent && c.client != me:
		return false // a simultaneous open
	}
	return true
}

// base makes sure that both ends have a number to be relative to.
func (c *connection) base(t *TCP, me int) {
	mine, peer := &c.ends[me], c.far(me)
	switch {
	case t.Flags.Has(SYN) && !t.Flags.Has(RST):
		if !mine.syn || mine.isn != t.Seq {
			*mine = end{isn: t.Seq, known: true, syn: true, wscale: min(t.Options.WScale, maxWScale), hasWScale: t.Options.HasWScale}
		}
		if peer.syn && !peer.synAck && !t.Flags.Has(ACK) && !c.self {
			c.simultaneous = true
		}
	case !mine.known && t.Flags.Has(RST) && t.Seq == 0 && peer.syn:
		mine.isn, mine.known = 0, true // a port where nobody listens has no numbers of its own (RFC 9293 3.10.7.1)
	case !mine.known:
		mine.isn, mine.known = t.Seq-1, true
	}
	if t.Flags.Has(ACK) && !peer.known {
		peer.isn, peer.known = t.Ack-1, true
	}
}
