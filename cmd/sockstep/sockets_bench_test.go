package main

import (
	"context"
	"io"
	"strconv"
	"testing"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/repl/render"
	"sockstep/sockets"
)

// BenchmarkSockets measures how long it takes to list a thousand open sockets: a person must not notice it.
//
//	go test -run '^$' -bench Sockets ./cmd/sockstep
func BenchmarkSockets(b *testing.B) {
	for _, line := range []string{"sockets", "sockets --all"} {
		b.Run(line, func(b *testing.B) {
			var shown sockets.Observer
			s := repl.NewSession(repl.Config{Table: commands.Table(), Hold: true, OpenKernel: openKernel, Observers: []sockets.Observer{
				sockets.ObserverFunc(func(a *sockets.Act, st sockets.Step) {
					if shown != nil {
						shown.Observe(a, st)
					}
				}),
			}})
			defer s.Close()
			do := func(line string) {
				if act := s.Do(context.Background(), line); !act.OK() {
					b.Fatal(line, act.Err)
				}
			}
			do("s = listen tcp 127.0.0.1:0 600")
			do("to = inspect s sockname")
			for i := range 500 {
				n := strconv.Itoa(i)
				do("c" + n + " = connect tcp $to")
				do("d" + n + " = accept s")
			}
			for i := range 64 { // and some that wait for their end
				n := "e" + strconv.Itoa(i)
				do(n + " = connect tcp $to")
				do(n + "d = accept s")
				do("close " + n)
				do("close " + n + "d")
			}
			shown = render.NewText(io.Discard, render.Options{})
			for b.Loop() {
				do(line)
			}
		})
	}
}
