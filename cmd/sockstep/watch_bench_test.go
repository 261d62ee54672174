//go:build unix

package main

import (
	"context"
	"io"
	"syscall"
	"testing"
	"time"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/repl/render"
	"sockstep/sockets"
)

// A canvas takes the pictures of a watch, as a terminal of 80 by 24 would.
type canvas struct{ drawn int }

func (*canvas) Size() (columns, rows int) { return 80, 24 }
func (*canvas) Color() bool               { return true }
func (c *canvas) Draw(lines []string)     { c.drawn += len(lines) }
func (*canvas) Resized() <-chan struct{}  { return nil }
func (*canvas) Ended() <-chan struct{}    { return nil }
func (*canvas) Close()                    {}

// BenchmarkWatch measures what a live picture of two connections costs at its usual pace: the processor's time of this process
// for a look and its drawing, and in percent of a core.
//
//	go test -run '^$' -bench Watch -benchtime 1x ./cmd/sockstep
func BenchmarkWatch(b *testing.B) {
	paper := &canvas{}
	s := repl.NewSession(repl.Config{Table: commands.Table(), Hold: true, OpenKernel: openKernel, Live: func() (repl.Live, error) { return paper, nil },
		Observers: []sockets.Observer{render.NewText(io.Discard, render.Options{Show: func() render.Show { return render.Show{} }})}})
	defer s.Close()
	for _, line := range []string{"s = listen tcp 127.0.0.1:0", "to = inspect s sockname", "c = connect tcp $to", "d = accept s"} {
		if act := s.Do(b.Context(), line); !act.OK() {
			b.Fatal(line, act.Err)
		}
	}
	const looks = 100
	var busy time.Duration
	for b.Loop() {
		used := processor(b)
		if act := s.Do(context.Background(), "watch c d --samples 100 --every 20ms"); !act.OK() {
			b.Fatal(act.Err)
		}
		busy += processor(b) - used
	}
	a := busy / time.Duration(b.N*looks)
	b.ReportMetric(float64(a.Microseconds()), "µs/look")
	b.ReportMetric(100*float64(a)/float64(200*time.Millisecond), "%-of-a-core")
	b.ReportMetric(0, "ns/op")
}

func processor(b *testing.B) time.Duration {
	var r syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &r); err != nil {
		b.Fatal(err)
	}
	return time.Duration(r.Utime.Nano() + r.Stime.Nano())
}
