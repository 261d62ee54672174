package repl

import (
	"strconv"

	"sockstep/sockets"
)

// A sending is what one end sent.
type sending struct {
	from, to   string
	seq        uint64 // relative, of what it sends next
	acked      uint64 // the number that the other end's last acknowledgement bears; 0 where that is not known
	data, acks int
	bytes      uint64
	again      int
	fin, rst   bool
	some       bool // data is in one segment or more
	joined     bool // the FIN goes with the last of the data
	bare       bool // the RST answers a segment of a connection that is no more: it acknowledges nothing (RFC 9293 3.10.7.1)
	late       bool // which of several segments its acknowledgements mean is not known
}

// sendings are what both ends sent, by the counts of each; of an end that is not the session's, by those of the other.
func (i *inference) sendings() (near, far sending) {
	near = sender(i.near, i.nearWas, &i.nearNow, i.farWas, i.farNow, i.nearLeft)
	if far = (sending{from: near.to, to: near.from, seq: 1 + i.nearWas.received}); i.farIsOurs {
		far = sender(i.far, i.farWas, &i.farNow, i.nearWas, i.nearNow, i.farLeft)
	} else {
		far.fin = !i.nearWas.closedBefore() && i.nearNow.closedBefore()
		far.seenBy(i.nearWas, i.nearNow)
		if !i.nearNow.counted && near.fin && i.nearNow.state != "FIN_WAIT1" {
			far.acks = 1
		}
		near.late = i.nearNow.dataIn-i.nearWas.dataIn > uint32(max(near.acks, 1))
	}
	switch { // the handshake's are told by themselves
	case i.nearOpens():
		near.acks = max(near.acks-1-bit(i.nearWas.state == ""), 0)
		far.acks = max(far.acks-1, 0)
	case i.farOpens():
		far.acks = max(far.acks-1, 0)
	}
	// Where a connection broke, the end that was closed did it; else the other. One that did not stand yet is just given up.
	was := i.nearWas
	broke := alive(was.state) && was.state != "SYN_SENT" && was.state != "TIME_WAIT" && !(was.state == "LAST_ACK" && was.finished) &&
		i.nearNow.state == "CLOSE" && !near.fin && !i.vague
	byNear := i.nearClosed && !i.nearGone
	near.rst, far.rst = broke && byNear, broke && !byNear
	if far.rst && i.sent > 0 && i.sent <= oneSegment && !i.nearGone {
		far.bare = was.state == "CLOSE_WAIT" || i.farWas.closing()
		if was.unsent == 0 { // it was the answer to this; the kernel's counts are gone with the connection
			near.data, near.bytes = 1, uint64(i.sent)
		}
	}
	return near, far
}

// sender is what an end sent.
func sender(end endOf, was tally, now *tally, otherWas, otherNow tally, left bool) sending {
	x := sending{from: end.own.String(), to: end.other.String(), seq: 1 + was.sent + uint64(bit(was.finished))}
	if now.state == "" {
		return x
	}
	x.fin = was.finishes(*now, left)
	switch {
	case now.counted:
		x.acked = now.acked
		x.data, x.bytes = int(now.dataOut-was.dataOut), now.sent-was.sent
		x.again = int(now.retransmitted - was.retransmitted)
		x.acks = int(now.out-was.out) - x.data
		if now.bytesAgain == was.bytesAgain { // what was sent again is a SYN or a FIN
			x.acks, x.again = x.acks-x.again, 0
		}
		x.unite(was)
	case otherNow.counted && otherWas.counted:
		x.seenBy(otherWas, otherNow)
		now.sent += x.bytes
		x.unite(was)
	default:
		if x.fin && was.unsent > 0 { // it went behind all that there was, in nobody knows how many
			x.bytes = uint64(was.unsent) - uint64(bit(was.closing()))
			x.data, x.joined = bit(x.bytes > 0), x.bytes > 0
			x.some = x.bytes > oneSegment
			now.sent += x.bytes
		}
		if now.state == "TIME_WAIT" && was.state != "TIME_WAIT" {
			x.acks = 1 // of the peer's FIN
		}
	}
	now.finished = was.finished || x.fin
	return x
}

// seenBy takes what an end sent from what the other one received.
func (x *sending) seenBy(was, now tally) {
	if !now.counted {
		return
	}
	x.data, x.bytes = int(now.dataIn-was.dataIn), now.received-was.received
	if now.closedBefore() && !was.closedBefore() && x.bytes > 0 {
		x.bytes-- // the FIN counts as one
	}
	x.acks = int(now.in-was.in) - x.data
	x.unite(tally{})
}

// unite settles whether a FIN went with data, and leaves what merely acknowledges. A FIN that is to be sent while data is
// not, goes with the last of it.
func (x *sending) unite(was tally) {
	behind := was.unsent > 0
	if was.closing() { // it is counted, too
		behind = was.unsent > 1
	}
	x.joined = x.fin && x.data > 0 && (x.acks == 0 || behind)
	x.acks = max(x.acks-bit(x.fin && !x.joined), 0)
}

// oneSegment is how many bytes surely went in one segment.
const oneSegment = 1200

// sentBy is how many bytes the line's call took to be sent.
func (e *Env) sentBy() (n int) {
	for _, st := range e.Act.Steps {
		if c, ok := st.(sockets.Call); ok && !c.Scaffold && c.Ret > 0 && (c.Op == "sendto" || c.Op == "sendmsg") {
			n += int(c.Ret)
		}
	}
	return n
}

// ack is what x acknowledges with what it sends now: all that was told of the other end, unless that knows better.
func (x *sending) ack(other *sending) uint32 {
	if other.acked > 0 {
		return uint32(min(other.seq, other.acked))
	}
	return uint32(other.seq)
}

// opening is what is new of the handshake that x began. How often a SYN was sent again is counted.
func (x *sending) opening(other *sending, was, now tally) (all []sockets.Packet) {
	if was.state == "" {
		all = append(all, sockets.Packet{From: x.from, To: x.to, Flags: "S"})
	}
	if now.bytesAgain == was.bytesAgain {
		for range now.retransmitted - was.retransmitted {
			all = append(all, sockets.Packet{From: x.from, To: x.to, Flags: "S", Retransmission: true, Marks: []string{"retransmission"}})
		}
	}
	if now.state == "SYN_SENT" || now.state == "CLOSE" {
		x.acks, other.acks = 0, 0
		return all
	}
	return append(all, sockets.Packet{From: x.to, To: x.from, Flags: "SA", Ack: 1}, sockets.Packet{From: x.from, To: x.to, Flags: "A", Seq: 1, Ack: 1})
}

// segments are those with data. How many bytes lay in which of several is not known, only in all of them.
func (x *sending) segments(other *sending) []sockets.Packet {
	if x.data == 0 {
		return nil
	}
	p := sockets.Packet{From: x.from, To: x.to, Flags: "PA", Seq: uint32(x.seq), Ack: x.ack(other), Len: int(x.bytes), Options: together(x.data)}
	if x.some {
		p.Options = []string{"one or more segments"}
	}
	if x.again > 0 {
		p.Options = append(p.Options, strconv.Itoa(x.again)+" sent again")
	}
	x.seq, x.data = x.seq+x.bytes, 0
	if x.joined {
		p.Flags, x.fin, x.seq = "FPA", false, x.seq+1
	}
	return []sockets.Packet{p}
}

// pure are those that only acknowledge; each is told once, and of several what the last one says. They wait for what they
// acknowledge, unless nothing more comes. Where it is not known what they say, they are not told.
func (x *sending) pure(other *sending, all bool) []sockets.Packet {
	number := other.acked
	if number == 0 || all {
		number = uint64(x.ack(other))
	}
	if x.acks == 0 || !all && (other.acked == 0 && (other.data > 0 || other.fin) || number > other.seq) {
		return nil
	}
	p := sockets.Packet{From: x.from, To: x.to, Flags: "A", Seq: uint32(x.seq), Ack: uint32(number), Options: together(x.acks)}
	if x.acks = 0; x.late {
		return nil
	}
	return []sockets.Packet{p}
}

// together says of how many segments a packet tells, where that is not one.
func together(n int) []string {
	if n == 1 {
		return nil
	}
	return []string{strconv.Itoa(n) + " segments"}
}

// finish is the FIN, where it goes by itself.
func (x *sending) finish(other *sending) []sockets.Packet {
	if !x.fin {
		return nil
	}
	p := sockets.Packet{From: x.from, To: x.to, Flags: "FA", Seq: uint32(x.seq), Ack: x.ack(other)}
	x.fin, x.seq = false, x.seq+1
	return []sockets.Packet{p}
}

// reset is the RST.
func (x *sending) reset(other *sending) []sockets.Packet {
	switch {
	case !x.rst:
		return nil
	case x.bare:
		return []sockets.Packet{{From: x.from, To: x.to, Flags: "R", Seq: uint32(x.seq)}}
	}
	return []sockets.Packet{{From: x.from, To: x.to, Flags: "RA", Seq: uint32(x.seq), Ack: uint32(other.seq)}}
}
