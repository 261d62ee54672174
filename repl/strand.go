package repl

import (
	"cmp"
	"net/netip"
	"slices"
	"strings"

	"sockstep/sockets"
)

// A Strand is the part of the story that happened between two addresses: the packets between them, and what lines did at both.
type Strand struct {
	Proto string
	Ends  [2]netip.AddrPort // who sent the first packet comes first
	Names [2]string         // of the session's sockets at them; "" where the end is not the session's
	Story []Traced          // in order
	Side  []int             // of each of it, whose it is: of a packet its sender's, of an act that of its socket

	sockets [2][]*sockets.Socket // that were at the ends, by the packets
}

// Strands are what was seen of a socket: of a connected one its connection, of a listening one those that came to it, of one
// that speaks with several one strand each. They are in the order in which they began.
func (e *Env) Strands(k *sockets.Socket) []Strand {
	log := e.Session.trace.log
	var all []Strand
	for _, x := range log {
		if !begins(x) || !concerns(x, k) || slices.ContainsFunc(all, func(s Strand) bool { return s.side(x) >= 0 }) {
			continue
		}
		sender, to := way(x)
		all = append(all, Strand{Proto: x.Proto, Ends: [2]netip.AddrPort{sender, to}})
	}
	taken := accepts(log)
	for i := range all {
		all[i].tell(log, k, taken)
	}
	return all
}

// begins reports whether x is a packet that can begin a strand: an error about another packet cannot.
func begins(x Traced) bool { return x.Packet != nil && x.Packet.Proto == x.Proto }

// concerns reports whether a packet is of k.
func concerns(x Traced, k *sockets.Socket) bool {
	proto := k.KindName()
	if speaksICMP(k) {
		return strings.HasPrefix(x.Proto, "icmp") && x.Own == k
	}
	own, peer := endpoint(k.Local), endpoint(k.Peer)
	of := func(s *sockets.Socket) bool { return s != nil && (s == k || s.Inherits == k) }
	switch {
	case x.Proto != proto:
		return false
	case !k.Peer.IsZero() && (x.Local == own && x.Peer == peer || x.Local == peer && x.Peer == own): // also before it was accepted
		return true
	}
	return of(x.Own) || of(x.Far) || reaches(x, k)
}

// reaches reports whether a datagram is for all who listen on its port, and k does: a group, or everybody on the network.
func reaches(x Traced, k *sockets.Socket) bool {
	_, to := way(x)
	a := to.Addr()
	everybody := a.IsMulticast() || a.Is4() && a.As4()[3] == 255
	return x.Proto == "udp" && k.KindName() == "udp" && everybody && x.Packet.Sent && x.Own != k && to.Port() == k.Local.Port && k.Local.Unspecified()
}

// accepts are the lines that took a connection from a listening socket: what they did is told at the connection.
func accepts(log []Traced) map[int]*sockets.Socket {
	all := map[int]*sockets.Socket{}
	for _, x := range log {
		if x.Packet == nil && x.Line != "" && x.Own.Inherits != nil {
			all[x.Act] = x.Own.Inherits
		}
	}
	return all
}

// way is from where to where a packet went.
func way(x Traced) (from, to netip.AddrPort) {
	if x.Packet.Sent {
		return x.Local, x.Peer
	}
	return x.Peer, x.Local
}

// side is whose the packet x is, where it is between the two ends: its sender's; -1 for a packet between others.
func (s *Strand) side(x Traced) int {
	from, to := way(x)
	switch {
	case x.Proto != s.Proto:
	case from == s.Ends[0] && to == s.Ends[1]:
		return 0
	case from == s.Ends[1] && to == s.Ends[0]:
		return 1
	}
	return -1
}

// once is the log without the packets of other connections that had the same two ends, before k's or after it: a port may be used
// again.
func (s *Strand) once(log []Traced, k *sockets.Socket) []Traced {
	if s.Proto != "tcp" || k.Backlog >= 0 {
		return log
	}
	var begin []int // where the connections do
	own := -1       // where k is met first
	for i, x := range log {
		if own < 0 && (x.Own == k || x.Far == k) {
			own = i
		}
		if !begins(x) || s.side(x) < 0 || x.Packet.Flags != "S" || x.Packet.Retransmission {
			continue
		}
		if n := len(begin); n == 0 || s.side(log[begin[n-1]]) == s.side(x) || s.over(log[begin[n-1]+1:i]) { // else it crosses the other's
			begin = append(begin, i)
		}
	}
	if len(begin) < 2 {
		return log
	}
	at := 0
	for i, b := range begin {
		if b <= own || i > 0 && k.Inherits == nil && begin[i-1] < own { // its SYN comes after its first line, that of an accepted one before
			at = i
		}
	}
	from, to := begin[at], len(log)
	if at+1 < len(begin) {
		to = begin[at+1]
	}
	last := -1 // packet of the one before
	gone := map[*sockets.Socket]bool{}
	for i, x := range log[:from] {
		if x.Packet != nil && s.side(x) >= 0 {
			last = i
		}
		if x.Packet == nil && x.Own != k && x.Own.Backlog < 0 {
			gone[x.Own] = x.Own.FD < 0
		}
	}
	var kept []Traced
	for i, x := range log {
		switch mine := i >= from && i < to; {
		case x.Packet == nil && x.Own != k && (i <= last || i >= to || gone[x.Own]), x.Packet != nil && s.side(x) >= 0 && !mine:
			continue
		case x.Packet != nil && mine: // who had the addresses before may still stand there
			if gone[x.Own] && x.Own.Inherits != nil {
				x.Own = x.Own.Inherits
			}
			if gone[x.Far] {
				x.Far = nil
			}
		}
		kept = append(kept, x)
	}
	return kept
}

// over reports whether packets other than a handshake's went between the ends.
func (s *Strand) over(log []Traced) bool {
	return slices.ContainsFunc(log, func(x Traced) bool {
		return x.Packet != nil && s.side(x) >= 0 && !strings.Contains(x.Packet.Flags, "S")
	})
}

// tell puts in what happened between the ends. taken are the lines that accepted, and by which listening socket.
func (s *Strand) tell(log []Traced, k *sockets.Socket, taken map[int]*sockets.Socket) {
	if speaksICMP(k) { // other sockets' messages go between the same two ends
		log = slices.DeleteFunc(slices.Clone(log), func(x Traced) bool { return x.Own != k })
	}
	log = s.once(log, k)
	for _, x := range log {
		if !begins(x) || s.side(x) < 0 {
			continue
		}
		own := s.side(x)
		if !x.Packet.Sent {
			own = 1 - own
		}
		s.met(own, x.Own)
		far := x.Far
		if reaches(x, k) { // of several it is the one that is asked for
			far = k
		}
		s.met(1-own, far)
	}
	for _, x := range log {
		side := -1
		switch {
		case x.Packet != nil:
			side = s.side(x)
		case x.Own.Backlog >= 0 && (x.Own != k || taken[x.Act] == x.Own):
		default:
			side = s.actor(x)
		}
		if side < 0 || x.Packet == nil && x.Proto == "udp" && x.Own.Peer.IsZero() && x.Peer.IsValid() && !s.spoken(x, side) {
			continue
		}
		s.Story, s.Side = append(s.Story, x), append(s.Side, side)
		if x.Packet == nil {
			s.met(side, x.Own)
		}
	}
	for side, at := range s.sockets {
		if len(at) > 0 {
			s.Names[side] = slices.MaxFunc(at, func(a, b *sockets.Socket) int { return cmp.Compare(nearness(a), nearness(b)) }).Name
		}
	}
}

// spoken reports whether a line that spoke with the other end can have done so here: it sent what is seen, or something had
// come. Another address of the same host may be meant, a group's or the network's.
func (s *Strand) spoken(x Traced, side int) bool {
	for i, y := range s.Story {
		if y.Packet != nil && (y.Act == x.Act || s.Side[i] != side) {
			return true
		}
	}
	return false
}

// nearness tells a connection's own socket from the listening one that it came to.
func nearness(k *sockets.Socket) int {
	if k.Backlog >= 0 {
		return 0
	}
	return 1
}

// met remembers that a socket was at an end.
func (s *Strand) met(side int, k *sockets.Socket) {
	if k != nil && !slices.Contains(s.sockets[side], k) {
		s.sockets[side] = append(s.sockets[side], k)
	}
}

// actor is the end at which a line did something that belongs here; -1 where it spoke with somebody else.
func (s *Strand) actor(x Traced) int {
	if !strings.HasPrefix(s.Proto, x.Proto) { // icmp is also icmp6
		return -1
	}
	for side, own := range s.Ends {
		other := s.Ends[1-side]
		here := x.Local == own || slices.Contains(s.sockets[side], x.Own)
		if !here {
			continue
		}
		if !x.Peer.IsValid() || x.Peer == other || own.Port() == 0 && x.Peer.Addr() == other.Addr() { // ICMP has no ports
			return side
		}
	}
	return -1
}
