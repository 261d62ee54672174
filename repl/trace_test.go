package repl

import (
	"context"
	"slices"
	"testing"
	"time"

	"sockstep/sockets"
)

// A floodedWire has lost packets, and none to give.
type floodedWire struct{ lost int }

func (w *floodedWire) Only([]Port) error          { return nil }
func (w *floodedWire) Wait(context.Context) error { return nil }
func (w *floodedWire) Close() error               { return nil }
func (w *floodedWire) Drain() ([]Frame, int, error) {
	n := w.lost
	w.lost = 0
	return nil, n, nil
}

// Packets that went by unseen are told, once.
func TestMissedPackets(t *testing.T) {
	tr := trace{wire: &floodedWire{lost: 7}}
	var told []string
	for range 2 {
		a := sockets.NewAct(1, "recv c")
		tr.take(time.Now(), a.Seq, a.Line)
		tr.missed(a)
		for _, s := range a.Steps {
			told = append(told, s.(sockets.Note).Text.En)
		}
	}
	if want := []string{"not shown are 7 packets that came faster than they could be looked at: the kernel had no more room to keep them."}; !slices.Equal(told, want) {
		t.Errorf("told %q, want %q", told, want)
	}
}
