package repl

import (
	"strings"

	"sockstep/sockets"
)

// A Passage follows one end of a TCP connection through its states by its packets alone, as RFC 9293, 3.10.7 has it. So a state
// that the kernel went through between two looks is known to have been passed, and need not be guessed.
type Passage struct {
	State string // in the kernel's words; where the first packet is not known, that of then
	fin   uint32 // the number that acknowledges our FIN; 0 until it went out
	syn   bool   // the other end's SYN was on its way before ours went out
}

// Take gives the states that a packet led to: none, one, or two where it did two things at once. sent says that it is this end's
// own; what was lost never came.
func (p *Passage) Take(k sockets.Packet, sent bool) (states []string) {
	has := func(flag string) bool { return strings.Contains(k.Flags, flag) }
	enter := func(state string) { p.State = state; states = append(states, state) }
	switch {
	case k.Lost && !sent || k.OutOfOrder && !sent && !has("R"):
		return nil
	case has("R"):
		switch p.State {
		case "CLOSE", "LISTEN", "TIME_WAIT", "":
		default:
			enter("CLOSE")
		}
		return states
	case sent:
		p.send(k, has, enter)
	default:
		p.receive(k, has, enter)
	}
	return states
}

func (p *Passage) send(k sockets.Packet, has func(string) bool, enter func(string)) {
	switch {
	case has("S") && has("A"):
		if p.State == "LISTEN" || p.State == "SYN_SENT" || p.State == "CLOSE" {
			enter("SYN_RECV")
		}
	case has("S"):
		if p.State == "CLOSE" || p.State == "LISTEN" {
			enter("SYN_SENT")
		}
	case has("F"):
		if p.fin = k.Seq + uint32(k.Len) + 1; p.State == "ESTABLISHED" || p.State == "SYN_RECV" {
			enter("FIN_WAIT1")
		} else if p.State == "CLOSE_WAIT" {
			enter("LAST_ACK")
		}
	}
}

func (p *Passage) receive(k sockets.Packet, has func(string) bool, enter func(string)) {
	if has("A") {
		ours := p.fin != 0 && int32(k.Ack-p.fin) >= 0 // our FIN has arrived
		switch {
		case p.State == "SYN_SENT" && has("S") && p.syn: // both have opened
			enter("SYN_RECV")
			enter("ESTABLISHED")
		case p.State == "SYN_SENT" && has("S"), p.State == "SYN_RECV": // by a SYN+ACK, too, where both have opened
			enter("ESTABLISHED")
		case p.State == "FIN_WAIT1" && ours:
			enter("FIN_WAIT2")
		case p.State == "CLOSING" && ours:
			enter("TIME_WAIT")
		case p.State == "LAST_ACK" && ours:
			enter("CLOSE")
		}
	}
	if has("S") && !has("A") {
		if p.syn = true; p.State == "SYN_SENT" { // the other end opens, too
			enter("SYN_RECV")
		}
	}
	if !has("F") {
		return
	}
	switch p.State {
	case "ESTABLISHED", "SYN_RECV":
		enter("CLOSE_WAIT")
	case "FIN_WAIT1":
		enter("CLOSING")
	case "FIN_WAIT2":
		enter("TIME_WAIT")
	}
}

// A milestone is a state that an end of a connection came to by a packet.
type milestone struct {
	state  string
	reset  bool // by a RST, where the diagram has no arrow for it
	packet int  // which one
}

// between completes the way of an end from where it was to where the kernel says that it is now, by the packets of that time:
// the states in their order, the last is the one that was seen. It is nil where the packets lead elsewhere: then they were not
// all seen, and the kernel is right.
func (p Passage) between(packets []sockets.Packet, sent []bool, seen string) (way []milestone, at Passage) {
	for i, k := range packets {
		was := p.State
		for _, state := range p.Take(k, sent[i]) {
			way = append(way, milestone{state, strings.Contains(k.Flags, "R") && was != "SYN_SENT", i})
			if state == seen {
				return way, p
			}
		}
	}
	return nil, p
}
