package repl

import (
	"strconv"
	"strings"

	"sockstep/sockets"
)

// A sending is what one end sent.
type sending struct {
	from, to   string
	seq, ack   uint64 // relative, of the first segment
	data, acks int
	bytes      uint64
	again      int
	fin, rst   bool
	bare       bool // the RST answers a segment of a connection that is no more: it acknowledges nothing (RFC 9293 3.10.7.1)
}

func (i *inference) sender(end endOf, was tally, now *tally, left bool) sending {
	x := sending{from: end.own.String(), to: end.other.String(), seq: 1 + was.sent + uint64(bit(was.finished)), ack: 1 + max(now.received, was.received)}
	if now.state == "" {
		return x
	}
	x.fin = !was.finished && finishes(was.state, now.state, left)
	if !now.counted {
		if now.state == "TIME_WAIT" && was.state != "TIME_WAIT" {
			x.acks = 1 // of the peer's FIN
			x.ack++
		}
	} else {
		x.data, x.bytes = int(now.dataOut-was.dataOut), now.sent-was.sent
		x.again = int(now.retransmitted - was.retransmitted)
		x.acks = max(int(now.out-was.out)-x.data-int(bit(x.fin)), 0)
	}
	now.finished = was.finished || x.fin
	return x
}

// mirror is what the far end sent, as the near end's counts tell.
func (i *inference) mirror(near *sending) sending {
	was, now := i.nearWas, i.nearNow
	x := sending{from: near.to, to: near.from, seq: 1 + was.received, ack: 1 + now.sent}
	if was.state == "" {
		return x
	}
	x.fin = !was.closedBefore() && now.closedBefore() && was.state != "TIME_WAIT"
	if now.counted {
		x.data, x.bytes = int(now.dataIn-was.dataIn), now.received-was.received
		if x.fin && x.bytes > 0 {
			x.bytes-- // the FIN counts as one
		}
		x.acks = max(int(now.in-was.in)-x.data-int(bit(x.fin)), 0)
	} else if near.fin && now.state != "FIN_WAIT1" {
		x.acks = 1
	}
	if near.fin {
		x.ack++
	}
	return x
}

// closedBefore reports whether the peer's FIN has come in this state.
func (t tally) closedBefore() bool {
	return t.state == "CLOSE_WAIT" || t.state == "CLOSING" || t.state == "TIME_WAIT" || t.state == "LAST_ACK"
}

func alive(state string) bool { return state != "" && state != "CLOSE" && state != "LISTEN" }

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

// finishes reports whether an end that went from one state to the other has sent its FIN in between. From CLOSE_WAIT to CLOSE
// leads a FIN that was acknowledged at once as well as a RST, of either end: left says that it was the FIN.
func finishes(was, now string, left bool) bool {
	switch was {
	case "ESTABLISHED", "SYN_RECV":
		return strings.HasPrefix(now, "FIN_WAIT") || now == "CLOSING" || now == "TIME_WAIT" || now == "LAST_ACK"
	case "CLOSE_WAIT":
		return now == "LAST_ACK" || now == "CLOSE" && left
	}
	return false
}

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}

// segments are those with data. How many bytes lay in which of several is not known, only in all of them.
func (x *sending) segments() []sockets.Packet {
	if x.data == 0 {
		return nil
	}
	p := sockets.Packet{From: x.from, To: x.to, Flags: "PA", Seq: uint32(x.seq), Ack: uint32(x.ack), Len: int(x.bytes), Options: together(x.data)}
	if x.again > 0 {
		p.Options = append(p.Options, strconv.Itoa(x.again)+" sent again")
	}
	x.seq, x.data = x.seq+x.bytes, 0
	return []sockets.Packet{p}
}

// pure are those that only acknowledge; each is told once, and of several what the last one says.
func (x *sending) pure() []sockets.Packet {
	if x.acks == 0 {
		return nil
	}
	p := sockets.Packet{From: x.from, To: x.to, Flags: "A", Seq: uint32(x.seq), Ack: uint32(x.ack), Options: together(x.acks)}
	x.acks = 0
	return []sockets.Packet{p}
}

// together says of how many segments a packet tells, where that is not one.
func together(n int) []string {
	if n == 1 {
		return nil
	}
	return []string{strconv.Itoa(n) + " segments"}
}

// end is its FIN or RST.
func (x *sending) end() []sockets.Packet {
	p := sockets.Packet{From: x.from, To: x.to, Seq: uint32(x.seq), Ack: uint32(x.ack)}
	switch {
	case x.fin:
		p.Flags = "FA"
		x.seq++
	case x.rst && x.bare:
		p.Flags, p.Ack = "R", 0
	case x.rst:
		p.Flags = "RA"
	default:
		return nil
	}
	x.fin, x.rst = false, false
	return []sockets.Packet{p}
}
