package wire

// Judge says what a segment is within its connection. Only the numbers of the headers are looked at, and the times
// where they are set. What is no TCP gives the zero Seen.
//
// It judges as Wireshark does, but for one thing: it remembers which bytes were seen, so that a segment which fills a
// hole is told from one that repeats bytes.
func (f *Follower) Judge(p *Packet) Seen {
	if p.TCP == nil || p.TCP.HeaderLen < 20 {
		return Seen{}
	}
	c, me, isNew := f.connection(p)
	t := p.TCP
	was := c.simultaneous
	c.base(t, me)
	mine, peer := &c.ends[me], c.far(me)

	s := Seen{
		Conn: c.number, New: isNew, Middle: c.middle, Simultaneous: c.simultaneous, crossed: c.simultaneous && !was, FromClient: me == c.client,
		Client: p.Src, Server: p.Dst, RelSeq: t.Seq - mine.isn,
	}
	if !s.FromClient {
		s.Client, s.Server = p.Dst, p.Src
	}
	s.NextSeq = s.RelSeq + length(t)
	if t.Flags.Has(ACK) {
		s.RelAck = t.Ack - peer.isn
		for _, b := range t.Options.SACK {
			s.SACK = append(s.SACK, [2]uint32{b[0] - peer.isn, b[1] - peer.isn})
		}
		s.DSACK = isDSACK(t)
	}
	s.ScaledWindow, s.ScaleUnknown = mine.scaled(peer, t)
	s.ZeroWindow = t.Window == 0 && !t.Flags.Any(SYN|FIN|RST)

	if s.Duplicate = p.Copy || mine.again(p); s.Duplicate {
		return s // what it says was heard already
	}
	asked := c.sequence(p, me, &s)
	heard := mine.heard
	c.acknowledgement(t, me, &s)
	if p.Lost { // the peer goes on with what it has heard before
		mine.heard = heard
	}
	mine.asked = asked
	if s.FromClient && !isNew && c.rtt == 0 && peer.syn && !t.Flags.Has(SYN) {
		c.rtt = max(p.Time.Sub(c.synAt), 1)
	}
	if isNew {
		c.synAt = p.Time
	}
	return s
}

// length is how much a segment takes of sequence space: its bytes, and one each for SYN and FIN (RFC 9293 3.4).
func length(t *TCP) uint32 {
	n := uint32(t.PayloadLen)
	if t.Flags.Has(RST) {
		return 0
	}
	if t.Flags.Has(SYN) {
		n++
	}
	if t.Flags.Has(FIN) {
		n++
	}
	return n
}

// isDSACK reports whether the first block tells of bytes that arrived twice: below the acknowledgement, or within the
// second block (RFC 2883 4).
func isDSACK(t *TCP) bool {
	b := t.Options.SACK
	if len(b) == 0 {
		return false
	}
	return before(b[0][0], t.Ack) || len(b) > 1 && !before(b[0][0], b[1][0]) && !before(b[1][1], b[0][1])
}

// scaled is the window of a segment of e's in bytes. In a SYN it is never scaled, in a RST it is, as in all others; and scaling
// holds only where both have offered it (RFC 7323 2.2).
func (e *end) scaled(peer *end, t *TCP) (window int, unknown bool) {
	switch {
	case t.Flags.Has(SYN), t.Flags.Has(RST) && t.Window == 0:
		return int(t.Window), false
	case e.syn && !e.hasWScale, peer.syn && !peer.hasWScale:
		return int(t.Window), false
	case e.syn && peer.syn:
		return int(t.Window) << e.wscale, false
	}
	return int(t.Window), true
}

// again reports whether p is a packet that came before, and remembers it. A sender that numbers its packets gives one that
// it repeats another number; without numbers, as in IPv6, a doubled packet cannot be told from a repeated one. Its
// timestamp does not tell: what was lost is often sent again within the same tick of the clock.
func (e *end) again(p *Packet) bool {
	t := p.TCP
	id := identity{t.Seq, t.Ack, p.ID, t.Options.TSVal, t.Flags, t.Window, t.PayloadLen}
	if p.Family == 4 && p.ID != 0 {
		for i := range min(e.count, len(e.recent)) {
			if e.recent[i] == id {
				return true
			}
		}
	}
	e.recent[e.count%len(e.recent)] = id
	e.count++
	return false
}

// sequence judges what a segment sends.
func (c *connection) sequence(p *Packet, me int, s *Seen) question {
	mine, peer, t := &c.ends[me], c.far(me), p.TCP
	n := length(t)
	last := t.Seq + n
	// What asks has no byte, or one that was sent before within a longer segment: else it is just sent again.
	plain := mine.sent && peer.hasAck && (t.PayloadLen == 0 || t.PayloadLen == 1 && t.Seq != mine.begin) && !t.Flags.Any(SYN|FIN|RST)
	switch {
	case plain && peer.window == 0 && (t.Seq == peer.ack-1 || t.PayloadLen == 1 && t.Seq == mine.next):
		s.WindowProbe = true
		return askedWindow
	case plain && t.Seq == mine.next-1 && peer.ack == mine.next:
		s.KeepAlive = true
		return askedAlive
	case n == 0:
		if !mine.sent && !t.Flags.Has(RST) {
			mine.sent, mine.next = true, t.Seq
		}
		return askedNothing
	case !mine.sent:
		mine.sent, mine.next, mine.begin = true, last, t.Seq
	case t.Seq == mine.next:
		mine.next, mine.begin = last, t.Seq
	case onward(mine.next, t.Seq):
		s.Gap = true
		if len(mine.holes) < mostHoles {
			mine.holes = append(mine.holes, hole{mine.next, t.Seq})
		}
		mine.next, mine.begin, mine.passed = last, t.Seq, p.Time
	default:
		c.repeated(p, me, s)
	}
	if t.Flags.Has(SYN | ACK) {
		mine.synAck = true
	}
	if _, scaling := peer.scaled(mine, &TCP{}); t.PayloadLen > 0 && peer.hasAck && !scaling {
		window, _ := peer.scaled(mine, &TCP{Window: peer.window})
		s.WindowFull = window > 0 && last == peer.ack+uint32(window)
	}
	return askedNothing
}

// repeated judges a segment that begins below what was seen already.
func (c *connection) repeated(p *Packet, me int, s *Seen) {
	mine, peer, t := &c.ends[me], c.far(me), p.TCP
	last := t.Seq + length(t)
	filled := mine.fill(t.Seq, last)
	if before(mine.next, last) {
		mine.next, mine.begin = last, t.Seq
	}
	switch {
	case t.Flags.Has(SYN|ACK) && c.simultaneous && !mine.synAck:
		return // it repeats its SYN to acknowledge the other's
	case filled && p.Late, filled && p.Time.Sub(mine.passed) <= max(reorderTime, c.rtt) && peer.dups < 3:
		s.OutOfOrder = true
		return
	}
	s.Retransmission = true
	s.Fast = peer.dups >= 3 && t.Seq == peer.ack
	s.Spurious = peer.hasAck && !before(peer.ack, last)
}

// fill takes the bytes from a to b out of the holes; it reports whether some of them were in one.
func (e *end) fill(a, b uint32) bool {
	if len(e.holes) == 0 {
		return false
	}
	found := false
	var rest []hole
	for _, h := range e.holes {
		if !before(a, h.to) || !before(h.from, b) {
			rest = append(rest, h)
			continue
		}
		found = true
		if before(h.from, a) {
			rest = append(rest, hole{h.from, a})
		}
		if before(b, h.to) {
			rest = append(rest, hole{b, h.to})
		}
	}
	e.holes = rest[:min(len(rest), mostHoles)]
	return found
}

// acknowledgement judges what a segment says of the other direction.
func (c *connection) acknowledgement(t *TCP, me int, s *Seen) {
	mine, peer := &c.ends[me], c.far(me)
	if !t.Flags.Has(ACK) || t.Flags.Has(RST) {
		return
	}
	same := mine.hasAck && t.Ack == mine.ack
	if pure := length(t) == 0 && !s.KeepAlive && !s.WindowProbe; pure && same {
		c.repeatedAck(t, me, s)
	}
	if peer.sent && onward(peer.next, t.Ack) {
		s.AckedUnseen = true
		peer.next = t.Ack
	} else if !peer.sent {
		peer.sent, peer.next = true, t.Ack
	}
	switch {
	case !mine.hasAck || onward(mine.ack, t.Ack):
		mine.ack, mine.hasAck, mine.window, mine.dups = t.Ack, true, t.Window, 0
		peer.fill(t.Ack-1<<30, t.Ack) // what was acknowledged has arrived, seen here or not
	case same:
		mine.window = t.Window
	}
}

// repeatedAck judges a segment without data that acknowledges what was acknowledged before.
func (c *connection) repeatedAck(t *TCP, me int, s *Seen) {
	mine, peer := &c.ends[me], c.far(me)
	unchanged := t.Window == mine.window
	switch {
	case peer.asked == askedAlive:
		s.KeepAliveAck = true
	case peer.asked == askedWindow && t.Window == 0:
		s.WindowProbeAck = true
	case peer.sent && before(t.Ack, peer.next) && (unchanged || len(t.Options.SACK) > 0) && !s.DSACK && t.Window != 0:
		mine.dups++
		s.DupAck = mine.dups
	case !unchanged && t.Window != 0:
		s.WindowUpdate = true // also where it answers a probe: that cannot be told
	}
}
