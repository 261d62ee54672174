package render

import (
	"slices"

	"sockstep/sockets/names"
)

// A place is a box of the diagram. CLOSE stands in it twice, as in the RFC: before a connection and after it.
type place int

const (
	closed place = iota
	listen
	synSent
	synRecv
	established
	finWait1
	finWait2
	closing
	timeWait
	closeWait
	lastAck
	closedAgain
	places

	nowhere place = -1
)

// The states in the kernel's words, but for CLOSE, which everyone calls CLOSED.
var placeNames = [places]string{"CLOSED", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSING", "TIME_WAIT", "CLOSE_WAIT", "LAST_ACK", "CLOSED"}

// A transition is an arrow of the diagram: what happens, and behind the slash what is sent for it. Words in small
// letters are calls.
type transition struct {
	from, to place
	label    string
}

// The arrows of RFC 9293, figure 5, the likelier of two first, without the one from LISTEN to SYN_SENT: a send on a
// listening socket is refused.
var transitions = []transition{
	{closed, listen, "listen"},
	{closed, synSent, "connect/SYN"},
	{listen, synRecv, "SYN/SYN+ACK"},
	{listen, closed, "close"},
	{synSent, established, "SYN+ACK/ACK"},
	{synSent, synRecv, "SYN/SYN+ACK"},
	{synSent, closed, "close, RST"},
	{synRecv, established, "ACK"},
	{synRecv, finWait1, "close/FIN"},
	{synRecv, listen, "RST"},
	{established, finWait1, "close/FIN"},
	{established, closeWait, "FIN/ACK"},
	{finWait1, finWait2, "ACK"},
	{finWait1, closing, "FIN/ACK"},
	{finWait2, timeWait, "FIN/ACK"},
	{closing, timeWait, "ACK"},
	{timeWait, closedAgain, "2MSL"},
	{closeWait, lastAck, "close/FIN"},
	{lastAck, closedAgain, "ACK"},
}

// between is the transition from one place to another.
func between(from, to place) (int, bool) {
	i := slices.IndexFunc(transitions, func(t transition) bool { return t.from == from && t.to == to })
	return i, i >= 0
}

// placeOf finds the box of a state; after is where the socket was before.
func placeOf(state string, after place) place {
	s, ok := names.LookupState(state)
	if !ok {
		return nowhere
	}
	switch s.Name {
	case "NEW_SYN_RECV":
		return synRecv
	case "CLOSE", "BOUND_INACTIVE":
		if after > synRecv {
			return closedAgain
		}
		return closed
	}
	return place(slices.Index(placeNames[:], s.Name)) // -1 is nowhere
}

// route is the shortest way along the arrows, as the places after from; nil for none. From the lower box of CLOSE it
// goes on at the upper one: they are one state.
func route(from, to place) (way []place) {
	came := [places]place{}
	for i := range came {
		came[i] = nowhere
	}
	for queue := []place{from}; len(queue) > 0 && came[to] == nowhere; queue = queue[1:] {
		reach := func(next place) {
			if came[next] == nowhere {
				came[next] = queue[0]
				queue = append(queue, next)
			}
		}
		for _, t := range transitions {
			if t.from == queue[0] {
				reach(t.to)
			}
		}
		if queue[0] == closedAgain {
			reach(closed)
		}
	}
	if came[to] == nowhere {
		return nil
	}
	for at := to; at != from || len(way) == 0; at = came[at] {
		way = append(way, at)
	}
	slices.Reverse(way)
	return way
}
