//go:build linux

package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// BenchmarkLines measures 10,000 send and recv lines through run --json against python3 -i, fed the same calls in the same way.
func BenchmarkLines(b *testing.B) {
	for _, kind := range []string{"unix", "tcp"} {
		b.Run(kind, func(b *testing.B) {
			ours, theirs := program(b), python(b)
			env := environment(b)
			lines := 10000
			if testing.Short() {
				lines = 100
			}
			script := write(b, opening[kind].ours+strings.Repeat("send a hello\nrecv b 1024\n", lines/2))
			typed := write(b, opening[kind].theirs+strings.Repeat("a.send(b'hello')\nb.recv(1024)\n", lines/2))
			var we, they, shown []time.Duration
			for b.Loop() {
				we = append(we, times(b, env, os.DevNull, ours, "run", "--json", script))
				shown = append(shown, times(b, env, os.DevNull, ours, "run", script))
				they = append(they, times(b, env, typed, theirs, "-q", "-i"))
			}
			b.ReportMetric(ms(median(we)), "json-ms")
			b.ReportMetric(ms(median(shown)), "text-ms")
			b.ReportMetric(ms(median(they)), "python-ms")
			b.ReportMetric(float64(median(we))/float64(median(they)), "x-python")
			b.ReportMetric(0, "ns/op")
		})
	}
}

// opening makes the sockets a and b, which are connected.
var opening = map[string]struct{ ours, theirs string }{
	"unix": {
		"a, b = socketpair\n",
		"from socket import *\na, b = socketpair()\n",
	},
	"tcp": {
		"s = listen tcp 127.0.0.1:0\naddr = inspect s sockname\na = connect tcp $addr\nb = accept s\n",
		"from socket import *\ns = create_server(('127.0.0.1', 0))\na = create_connection(s.getsockname())\nb, addr = s.accept()\n",
	},
}

func write(b *testing.B, text string) (name string) {
	b.Helper()
	name = filepath.Join(b.TempDir(), "lines")
	if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
		b.Fatal(err)
	}
	return name
}
