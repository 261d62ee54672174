package repl

import (
	"time"

	"sockstep/sockets"
)

// Beside an inferred packet stand the states that it led its ends to, as far as the kernel says that it did: what an end came to
// by another's line is told there, and not at its own next one.

// An entered is a state that an end came to.
type entered struct {
	far   bool
	state string
}

// states are those that the ends came to, by the packet that led there; behind the last packet those that none led to.
func (i *inference) states(packets []sockets.Packet) [][]entered {
	all := make([][]entered, len(packets)+1)
	for _, end := range []struct {
		far      bool
		was, now tally
	}{{false, i.nearWas, i.nearNow}, {true, i.farWas, i.farNow}} {
		was, now := end.was, end.now
		if now.state == "" || now.state == was.state {
			continue
		}
		p := Passage{State: was.state}
		if was.state == "" {
			p.State = "CLOSE"
		}
		if was.finished {
			p.fin = uint32(2 + was.sent)
		}
		sent := make([]bool, len(packets))
		for n, k := range packets {
			sent[n] = (k.From == i.near.own.String()) != end.far
		}
		way, _ := p.between(packets, sent, now.state)
		for _, m := range way {
			all[m.packet] = append(all[m.packet], entered{end.far, m.state})
		}
		if way == nil {
			all[len(packets)] = append(all[len(packets)], entered{end.far, now.state})
		}
	}
	return all
}

// keepStates remembers for the ladder that ends came to states, here: a Traced that is no packet and no line.
func (e *Env) keepStates(k *sockets.Socket, i *inference, states []entered) {
	for _, x := range states {
		own, end := k, i.near
		if x.far {
			own, end = e.Session.endOf(i.far), i.far
		}
		if own == nil {
			continue
		}
		now := time.Now()
		e.Session.trace.keep(Traced{At: now, Until: now, Act: e.Act.Seq, Own: own, Proto: "tcp", Local: end.own, Peer: end.other, State: x.state})
	}
}
