package repl

import (
	"errors"
	"strings"

	"sockstep/sockets"
)

// A tally is what the kernel counted of one end of a connection.
type tally struct {
	state           string
	counted         bool // the kernel still counts: not in TIME_WAIT, nor after the end
	out, in         uint32
	dataOut, dataIn uint32
	sent, received  uint64 // bytes, each once
	retransmitted   uint32 // segments
	bytesAgain      uint64 // in them
	unsent          uint32 // bytes that wait to be sent, and the FIN behind them
	acked           uint64 // the number that the other end's last acknowledgement bears
	finished        bool   // its FIN was told
}

// count remembers what was counted of an end, and forgets it with the end.
func (t *trace) count(end endOf, now tally) {
	if now.state == "CLOSE" {
		delete(t.tallies, end)
		return
	}
	if t.tallies == nil {
		t.tallies = map[endOf]tally{}
	}
	t.tallies[end] = now
}

// count asks the kernel for the counts of an end. What it no longer knows stays as it was.
func count(kernel Kernel, end endOf, was tally) tally {
	now := was
	t, err := kernel.Connection(end.own, end.other)
	switch {
	case errors.Is(err, sockets.ErrGone):
		now.state, now.counted = "CLOSE", false
	case err != nil:
	case t.Info == nil:
		now.state, now.counted = t.State, false
	default:
		x := t.Info
		now.state, now.counted = t.State, true
		now.out, now.in, now.dataOut, now.dataIn = x.SegsOut, x.SegsIn, x.DataSegsOut, x.DataSegsIn
		now.sent, now.received = x.BytesSent-x.BytesRetrans, x.BytesReceived
		now.retransmitted, now.bytesAgain = x.TotalRetrans, x.BytesRetrans
		now.unsent = x.NotsentBytes
		now.acked = 1 + now.sent + uint64(bit(now.closing() && now.unsent == 0)) - uint64(t.SendQ-min(t.SendQ, x.NotsentBytes))
	}
	return now
}

// closing reports whether an end in this state has ended its side: its FIN is sent, or stands behind what is unsent.
func (t tally) closing() bool {
	return strings.HasPrefix(t.state, "FIN_WAIT") || t.state == "CLOSING" || t.state == "TIME_WAIT" || t.state == "LAST_ACK"
}

// closedBefore reports whether the peer's FIN has come in this state.
func (t tally) closedBefore() bool {
	return t.state == "CLOSE_WAIT" || t.state == "CLOSING" || t.state == "TIME_WAIT" || t.state == "LAST_ACK"
}

// finishes reports whether an end that went from one tally to the other has sent its FIN in between: not while bytes are unsent,
// for it stands behind them. From CLOSE_WAIT to CLOSE leads a FIN that was acknowledged at once as well as a RST, of either end:
// left says that it was the FIN.
func (t tally) finishes(now tally, left bool) bool {
	switch {
	case t.finished:
	case now.state == "CLOSE":
		return left && (t.state == "CLOSE_WAIT" || t.state == "LAST_ACK")
	case alive(t.state):
		return now.closing() && (!now.counted || now.unsent == 0)
	}
	return false
}

func alive(state string) bool { return state != "" && state != "CLOSE" && state != "LISTEN" }

func bit(b bool) int {
	if b {
		return 1
	}
	return 0
}
