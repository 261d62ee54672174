package render_test

import (
	"io"
	"strings"
	"testing"

	"sockstep/repl/render"
	"sockstep/sockets"
)

func sampleNamed(name string) *sockets.Act {
	for _, s := range samples() {
		if s.name == name {
			return s.act
		}
	}
	panic("no sample " + name)
}

// A line like those of a script with thousands of sends and receives, and one with packets and changes.
var benchActs = []string{"http", "handshake"}

func BenchmarkJSON(b *testing.B) {
	for _, name := range benchActs {
		b.Run(name, func(b *testing.B) { observe(b, render.NewJSON(io.Discard, english), sampleNamed(name)) })
	}
}

func BenchmarkText(b *testing.B) {
	for _, name := range benchActs {
		b.Run(name, func(b *testing.B) {
			observe(b, render.NewText(io.Discard, render.Options{Lang: chinese, Color: true}), sampleNamed(name))
		})
	}
}

func BenchmarkJSONOfMebibyte(b *testing.B) {
	a := &sockets.Act{Seq: 1, Line: "data = recv c 1048576", Value: sockets.BytesOf(make([]byte, 1<<20))}
	b.SetBytes(1 << 20)
	observe(b, render.NewJSON(io.Discard, english), a)
}

func BenchmarkTextOfMebibyte(b *testing.B) {
	a := &sockets.Act{Seq: 1, Line: "data = recv c 1048576", Value: sockets.BytesOf(make([]byte, 1<<20))}
	b.SetBytes(1 << 20)
	observe(b, render.NewText(io.Discard, render.Options{}), a)
}

func BenchmarkTextOfPrintedMebibyte(b *testing.B) {
	for name, s := range map[string]string{"ascii": "words and more words ", "chinese": "你好，世界。"} {
		b.Run(name, func(b *testing.B) {
			a := &sockets.Act{Seq: 1, Line: "print data", Value: sockets.TextOf(strings.Repeat(s, 1<<20/len(s)))}
			b.SetBytes(1 << 20)
			observe(b, render.NewText(io.Discard, render.Options{}), a)
		})
	}
}

func observe(b *testing.B, o sockets.Observer, a *sockets.Act) {
	b.ReportAllocs()
	for b.Loop() {
		o.Observe(a, nil)
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "acts/s")
}
