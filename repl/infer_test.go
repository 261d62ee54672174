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
	full := tally{state: "ESTABLISHED", counted: true, out: 6, in: 2, dataOut: 4, sent: 100, unsent: 50, acked: 31}
	ending := full
	ending.state, ending.unsent = "FIN_WAIT1", 51
	ended := tally{state: "FIN_WAIT1", counted: true, out: 8, in: 3, dataOut: 6, sent: 150, acked: 101}
	asked := tally{state: "SYN_SENT", counted: true, out: 1}
	answeredLate := tally{state: "ESTABLISHED", counted: true, out: 4, in: 1, retransmitted: 2, acked: 1}
	askedAgain := tally{state: "SYN_SENT", counted: true, out: 2, retransmitted: 1}
	for name, x := range map[string]struct {
		inference
		want []string
	}{
		"an echo": {inference{nearWas: open, nearNow: answered},
			[]string{"1 PA seq 1 ack 1 len 5", "2 A seq 1 ack 6 len 0", "2 PA seq 1 ack 6 len 7", "1 A seq 6 ack 8 len 0"}},
		"bytes that had come before": {inference{nearWas: open, nearNow: answered, farFirst: true},
			[]string{"2 PA seq 1 ack 1 len 7", "1 A seq 1 ack 8 len 0", "1 PA seq 1 ack 8 len 5", "2 A seq 8 ack 6 len 0"}},
		"broken off": {inference{nearWas: open, nearNow: tally{state: "CLOSE"}, sent: 3},
			[]string{"1 PA seq 1 ack 1 len 3", "2 RA seq 1 ack 4 len 0"}},
		"nobody there": {inference{nearWas: half, nearNow: tally{state: "CLOSE", received: 1}, sent: 3},
			[]string{"1 PA seq 1 ack 2 len 3", "2 R seq 2 ack 0 len 0"}},
		"closed with unread bytes": {inference{nearWas: half, nearNow: tally{state: "CLOSE", received: 1}, nearClosed: true},
			[]string{"1 RA seq 1 ack 2 len 0"}},
		"more than there is room for": {inference{nearWas: open, nearNow: full},
			[]string{"1 PA seq 1 ack 1 len 100", "2 A seq 1 ack 31 len 0"}},
		"ended over unsent bytes": {inference{nearWas: full, nearNow: ending}, nil},
		"room for them":           {inference{nearWas: ending, nearNow: ended}, []string{"2 A seq 1 ack 101 len 0", "1 FPA seq 101 ack 1 len 50"}},
		"no answer":               {inference{nearWas: asked, nearNow: askedAgain}, []string{"1 S again seq 0 ack 0 len 0"}},
		"an answer to the third": {inference{nearWas: asked, nearNow: answeredLate},
			[]string{"1 S again seq 0 ack 0 len 0", "1 S again seq 0 ack 0 len 0", "2 SA seq 0 ack 1 len 0", "1 A seq 1 ack 1 len 0"}},
		"broken off, or ended and then answered": {inference{nearWas: open, nearNow: tally{state: "CLOSE"}, nearClosed: true, vague: true}, nil},
		"given up":                               {inference{nearWas: asked, nearNow: tally{state: "CLOSE"}, nearClosed: true}, nil},
		"reset before it was closed": {inference{nearWas: open, nearNow: tally{state: "CLOSE"}, nearClosed: true, nearGone: true},
			[]string{"2 RA seq 1 ack 1 len 0"}},
	} {
		x.near, x.far = endOf{own, other}, endOf{other, own}
		var got []string
		for _, p := range x.packets() {
			flags := p.Flags
			if p.Retransmission {
				flags += " again"
			}
			got = append(got, fmt.Sprintf("%c %s seq %d ack %d len %d", p.From[len(p.From)-1], flags, p.Seq, p.Ack, p.Len))
		}
		if !slices.Equal(got, x.want) {
			t.Errorf("%s: %q, want %q", name, got, x.want)
		}
	}
}
