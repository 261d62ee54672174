package commands

import (
	"testing"

	"sockstep/sockets"
)

// TestStatesDoNotGoBack: a line may have looked at its socket before the last packets that it tells of; its state then is none
// that the end comes to behind them.
func TestStatesDoNotGoBack(t *testing.T) {
	packet := func(left bool, flags string, seq, ack uint32) sockets.Rung {
		return sockets.Rung{FromLeft: left, Packet: &sockets.Packet{Proto: "tcp", Source: "captured", Flags: flags, Seq: seq, Ack: ack}}
	}
	l := onlyNewStates(sockets.Ladder{Rungs: []sockets.Rung{
		packet(true, "S", 0, 0), packet(false, "SA", 0, 1), packet(true, "A", 1, 1),
		{FromLeft: true, Line: "close k"},
		packet(true, "FA", 1, 1), packet(false, "FA", 1, 2), packet(true, "A", 2, 2),
		{FromLeft: true, State: "FIN_WAIT1"},
		{FromLeft: true, State: "CLOSE"},
	}})
	if s := l.Rungs[5].Ends[0]; s != "FIN_WAIT2, TIME_WAIT" {
		t.Errorf("the peer's FIN leads to %q", s)
	}
	if s := l.Rungs[7].State; s != "" {
		t.Errorf("behind TIME_WAIT comes %s", s)
	}
	if s := l.Rungs[8].State; s != "CLOSE" {
		t.Errorf("the end is %q", s)
	}
}
