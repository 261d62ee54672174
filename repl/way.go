package repl

import (
	"net/netip"
	"strings"
	"time"

	"sockstep/sockets"
)

// The way of a TCP socket is the states that the kernel was seen to have it in, after each act. What lies between two looks is
// taken from the packets that were captured meanwhile: a SYN that went out has passed SYN_SENT.
//
//	look: CLOSE   SYN ▶   ◀ SYN+ACK   look: ESTABLISHED     ⇒ CLOSE, SYN_SENT, ESTABLISHED

// mostVisits bounds the way of a socket.
const mostVisits = 1 << 10

// A lookback is up to where in the log the packets of a socket are part of its way.
type lookback struct {
	passage Passage
	upTo    int // of all that was ever logged
}

// farthestBack bounds how much of the log is looked through for a socket that was not looked for before.
const farthestBack = 1 << 10

// enter says that k is in a state from now on.
func (s *Session) enter(a *sockets.Act, k *sockets.Socket, name, state string) {
	refused := state == "CLOSE" && k.State == state && a.Err != nil // a connect that failed was somewhere, too
	if k.State == state && !refused {
		return
	}
	a.Change(name, "state", k.State, state)
	if k.KindName() == "tcp" {
		way := s.passed(a, k, state)
		for _, v := range way {
			s.visit(k, v)
		}
		if len(way) == 0 && !refused {
			s.visit(k, sockets.Visit{State: state, Act: a.Seq, Line: a.Line, At: time.Since(s.began), Reset: s.mustBeReset(k, state)})
		}
	}
	k.State = state
}

// timeWaitLasts is how long the kernel keeps a connection in TIME_WAIT.
const timeWaitLasts = time.Minute

// mustBeReset reports whether only a RST can have led k from its state to another since it was last seen. A connection that
// this end has closed behind its peer may have been in LAST_ACK in between; TIME_WAIT lasts too long to be overlooked, where
// the kernel can be asked for it.
func (s *Session) mustBeReset(k *sockets.Socket, now string) bool {
	switch {
	case now != "CLOSE":
		return false
	case k.State == "CLOSE_WAIT":
		return k.FD >= 0 && !k.WriteEnd
	case strings.HasPrefix(k.State, "FIN_WAIT"):
		return s.openKernel != nil && s.blind == nil && (len(k.Way) == 0 || time.Since(s.began)-k.Way[len(k.Way)-1].At < timeWaitLasts)
	}
	return k.State == "ESTABLISHED"
}

func (s *Session) visit(k *sockets.Socket, v sockets.Visit) {
	if len(k.Way) < mostVisits {
		k.Way = append(k.Way, v)
	}
}

// passed is the way to a state that packets prove, up to that state; none where they do not.
func (s *Session) passed(a *sockets.Act, k *sockets.Socket, state string) (way []sockets.Visit) {
	t := &s.trace
	if t.wire == nil {
		return nil
	}
	back, known := t.passed[k]
	from := max(back.upTo-t.dropped, 0)
	if !known {
		from = max(len(t.log)-farthestBack, 0)
	}
	packets, sent, at := t.between(k, from)
	start := back.passage
	if start.State = k.State; k.State == "" && k.Inherits != nil {
		start.State = "LISTEN"
	}
	if !known && (start.State == "CLOSE" || start.State == "LISTEN") { // what was before belongs to an earlier one with the same addresses
		first := firstOfLast(packets, sent)
		packets, sent, at = packets[first:], sent[first:], at[first:]
	}
	found, now := start.between(packets, sent, state)
	back = lookback{now, t.dropped + len(t.log)}
	if n := len(found); n > 0 {
		back.upTo = t.dropped + at[found[n-1].packet] + 1
	}
	back.passage.State = state
	if t.passed == nil {
		t.passed = map[*sockets.Socket]lookback{}
	}
	if t.passed[k] = back; state == "CLOSE" && k.FD < 0 {
		delete(t.passed, k)
	}
	for _, m := range found {
		x := t.log[at[m.packet]]
		v := sockets.Visit{State: m.state, Act: x.Act, At: x.At.Sub(s.began), Reset: m.reset}
		if x.Act == a.Seq {
			v.Line = a.Line
		}
		way = append(way, v)
	}
	return way
}

// between are the packets of k's connection that were captured from a place in the log on, whether k sent them, and where they stand.
func (t *trace) between(k *sockets.Socket, from int) (packets []sockets.Packet, sent []bool, at []int) {
	own, other := endpoint(k.Local), endpoint(k.Peer)
	if k.Peer.IsZero() {
		other = endpoint(k.Toward)
	}
	for i := from; i < len(t.log); i++ {
		x := &t.log[i]
		if x.Packet == nil || x.Proto != "tcp" || x.Packet.Proto != "tcp" || x.Packet.Source == "inferred" {
			continue
		}
		switch {
		case isAt(x.Local, own) && x.Peer == other:
			packets, sent, at = append(packets, *x.Packet), append(sent, x.Packet.Sent), append(at, i)
		case x.Local == other && isAt(x.Peer, own):
			packets, sent, at = append(packets, *x.Packet), append(sent, !x.Packet.Sent), append(at, i)
		}
	}
	return packets, sent, at
}

// isAt reports whether a packet's address is a socket's own, which a connect that failed has taken back but for the port.
func isAt(a, own netip.AddrPort) bool {
	return a == own || own.Port() != 0 && a.Port() == own.Port() && own.Addr().IsUnspecified()
}

// firstOfLast is where the last connection of several with the same addresses begins: at its first SYN. That of the other end
// may cross it.
func firstOfLast(packets []sockets.Packet, sent []bool) int {
	first := -1
	for i := len(packets) - 1; i >= 0; i-- {
		syn := strings.Contains(packets[i].Flags, "S")
		switch opens := syn && !strings.Contains(packets[i].Flags, "A") && !packets[i].Retransmission; {
		case opens && first >= 0 && sent[i] == sent[first]: // the one before
			return first
		case opens:
			first = i
		case first >= 0 && !syn:
			return first
		}
	}
	return max(first, 0)
}
