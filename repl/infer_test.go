package repl

import (
	"fmt"
	"net/netip"
	"slices"
	"testing"
)

// Of an end that is another program's only what the near end's counts prove is told, in the order of cause: what was sent before
// an answer does not acknowledge it, and a peer that was still there breaks off by a RST that acknowledges.
func TestInferredOfOthers(t *testing.T) {
	own, other := netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")
	open := tally{state: "ESTABLISHED", counted: true, out: 2, in: 1}
	answered := tally{state: "ESTABLISHED", counted: true, out: 4, in: 3, dataOut: 1, dataIn: 1, sent: 5, received: 7}
	half := open
	half.state, half.received = "CLOSE_WAIT", 1
	for name, x := range map[string]struct {
		inference
		want []string
	}{
		"an echo": {inference{nearWas: open, nearNow: answered},
			[]string{"1 PA seq 1 ack 1 len 5", "2 A seq 1 ack 6 len 0", "2 PA seq 1 ack 6 len 7", "1 A seq 6 ack 8 len 0"}},
		"broken off": {inference{nearWas: open, nearNow: tally{state: "CLOSE"}, sent: 3},
			[]string{"1 PA seq 1 ack 1 len 3", "2 RA seq 1 ack 4 len 0"}},
		"nobody there": {inference{nearWas: half, nearNow: tally{state: "CLOSE", received: 1}, sent: 3},
			[]string{"1 PA seq 1 ack 2 len 3", "2 R seq 2 ack 0 len 0"}},
		"closed with unread bytes": {inference{nearWas: half, nearNow: tally{state: "CLOSE", received: 1}, nearClosed: true},
			[]string{"1 RA seq 1 ack 2 len 0"}},
	} {
		x.near, x.far = endOf{own, other}, endOf{other, own}
		var got []string
		for _, p := range x.packets() {
			got = append(got, fmt.Sprintf("%c %s seq %d ack %d len %d", p.From[len(p.From)-1], p.Flags, p.Seq, p.Ack, p.Len))
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
