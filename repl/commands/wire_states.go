package commands

import (
	"slices"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
)

// The ends of a ladder are followed by the packets alone, which are seen on their way: where the way is long, an end may send
// before it has what was sent to it. What it acknowledges tells what it had.
//
//	FIN ─────▶              this end's FIN bears an acknowledgement from before: it did not know of the other's
//	      ◀───── FIN
type followed struct {
	ends [2]repl.Passage
	late [2][]sockets.Packet // FINs on their way to an end that has sent without knowing of them
	been [2][]string         // where packets have led them in this connection: none goes back there
}

// onlyNewStates puts the states that packets prove beside them, from a connection's first SYN on, and leaves a state out that
// its end was in before.
func onlyNewStates(l sockets.Ladder) sockets.Ladder {
	var f followed
	for i := range l.Rungs {
		r := &l.Rungs[i]
		if r.Packet != nil {
			f.passed(r, answer(l.Rungs[i+1:], r.FromLeft))
			for side, states := range r.Ends { // also of those that are inferred
				if states != "" {
					f.ends[side].State = states[strings.LastIndex(states, " ")+1:]
					f.been[side] = append(f.been[side], strings.Split(states, ", ")...)
				}
			}
			continue
		}
		side := 1
		if r.FromLeft {
			side = 0
		}
		if r.Line == "" {
			// A line's last look may have been before the packets that it tells of.
			if r.State == f.ends[side].State || r.State == "LISTEN" || slices.Contains(f.been[side], r.State) {
				r.State = ""
			} else {
				f.ends[side].State = r.State
			}
		}
	}
	return l
}

// answer is the next packet of the other end, nil for none.
func answer(rungs []sockets.Rung, fromLeft bool) *sockets.Packet {
	for _, r := range rungs {
		if r.Packet != nil && r.FromLeft != fromLeft && r.Packet.Proto == "tcp" {
			return r.Packet
		}
	}
	return nil
}

// passed writes beside a packet the states that it led its ends to. next is what the other end sends after it.
func (f *followed) passed(r *sockets.Rung, next *sockets.Packet) {
	p := *r.Packet
	if p.Source == "inferred" || p.Proto != "tcp" {
		return
	}
	own, other := 1, 0
	if r.FromLeft {
		own, other = 0, 1
	}
	if p.Flags == "S" && !p.Retransmission && !f.opens(own) { // a connection begins
		*f = followed{}
		f.ends[own].State, f.ends[other].State = "CLOSE", "LISTEN"
	}
	var states [2][]string
	states[own] = append(f.arrived(own, &p), f.ends[own].Take(p, true)...)
	states[other] = f.arrived(other, next) // they were sent before p
	if strings.Contains(p.Flags, "F") && !p.Lost && next != nil && !covers(next, &p) {
		f.late[other] = append(f.late[other], p)
	} else {
		states[other] = append(states[other], f.ends[other].Take(p, false)...)
	}
	for side := range states {
		r.Ends[side] = strings.Join(states[side], ", ")
	}
}

// arrived takes what was on its way to an end, and has come there by the time that it sends a packet, nil where it sends no more.
func (f *followed) arrived(end int, packet *sockets.Packet) (states []string) {
	waits := f.late[end][:0]
	for _, fin := range f.late[end] {
		if packet == nil || covers(packet, &fin) {
			states = append(states, f.ends[end].Take(fin, false)...)
		} else {
			waits = append(waits, fin)
		}
	}
	f.late[end] = waits
	return states
}

// opens reports whether a SYN of this end is the second of a simultaneous open: the other end's own is on its way to it.
func (f *followed) opens(own int) bool {
	return f.ends[1-own].State == "SYN_SENT" && (f.ends[own].State == "LISTEN" || f.ends[own].State == "CLOSE")
}

// covers reports whether a packet acknowledges a FIN of the other end.
func covers(p, fin *sockets.Packet) bool {
	return strings.Contains(p.Flags, "R") || strings.Contains(p.Flags, "A") && int32(p.Ack-(fin.Seq+uint32(fin.Len)+1)) >= 0
}
