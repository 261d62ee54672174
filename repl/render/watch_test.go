package render_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/repl/render"
	"sockstep/sockets/names"
)

const missing = render.Missing

// watched is three sockets after n looks, half a second apart.
func watched(n int) []render.Series {
	c := render.Series{Name: "c", Kind: "tcp", Local: "127.0.0.1:40022", Peer: "127.0.0.1:8888"}
	s := render.Series{Name: "s", Kind: "tcp", Local: "127.0.0.1:8888"}
	u := render.Series{Name: "u", Kind: "udp", Local: "127.0.0.1:5353"}
	for i := range n {
		x, at := int64(i), time.Duration(i)*500*ms
		c.Samples = append(c.Samples, render.Sample{At: at, State: "ESTABLISHED", RecvQ: x % 7 * 512, RecvMax: 131072, SendQ: min(x*x*1500, 2_450_000), SendMax: 2_626_560,
			Cwnd: 10 + x, Ssthresh: 0x7fffffff, RTT: 40*us + time.Duration(i*i%11)*9*us, RTTVar: 12 * us, Retransmits: x / 15, InFlight: x % 5})
		s.Samples = append(s.Samples, render.Sample{At: at, State: "LISTEN", RecvQ: min(x/8, 6), RecvMax: 5,
			SendQ: missing, SendMax: missing, Cwnd: missing, Ssthresh: missing, RTT: missing, RTTVar: missing, Retransmits: missing, InFlight: missing})
		u.Samples = append(u.Samples, render.Sample{At: at, State: "UNCONN", RecvQ: x * 768, RecvMax: 212992, SendMax: 212992,
			Cwnd: missing, Ssthresh: missing, RTT: missing, RTTVar: missing, Retransmits: missing, InFlight: missing})
	}
	return []render.Series{c, s, u}
}

func TestWatchGolden(t *testing.T) {
	goldenPictures(t, "watch", func(width int, lang names.Lang, color bool) []string {
		return render.Watch(watched(40), width, 24, render.WatchOptions{Lang: lang, Color: color})
	})
	var b strings.Builder
	for _, tt := range []struct{ looks, width, height int }{{0, 80, 24}, {1, 80, 24}, {3, 80, 24}, {40, 80, 12}, {40, 80, 7}, {40, 80, 4}, {40, 40, 24}} {
		fmt.Fprintf(&b, "-- %d looks, %d x %d --\n%s\n", tt.looks, tt.width, tt.height,
			strings.Join(render.Watch(watched(tt.looks), tt.width, tt.height, render.WatchOptions{Key: "q"}), "\n"))
	}
	fmt.Fprintf(&b, "-- ascii --\n%s\n", strings.Join(render.Watch(watched(40), 80, 24, render.WatchOptions{ASCII: true}), "\n"))
	golden(t, "watch-sizes.golden", b.String())
}

// Every frame fits, whatever the numbers are.
func TestWatchFits(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 4))
	number := func() int64 {
		switch r.IntN(4) {
		case 0:
			return missing
		case 1:
			return r.Int64()
		}
		return r.Int64N(5000)
	}
	for range 1000 {
		var all []render.Series
		for range r.IntN(9) {
			s := render.Series{Name: []string{"c", "很长很长很长很长很长的名字", ""}[r.IntN(3)], Kind: "tcp", Local: "[fe80::1234:5678:9abc:def0%eth0]:65535", Peer: []string{"", "/run/你好\x1b/x"}[r.IntN(2)]}
			for range r.IntN(300) {
				s.Samples = append(s.Samples, render.Sample{At: time.Duration(r.Int64()), State: []string{"", "LISTEN", "ESTABLISHED", "\x1b"}[r.IntN(4)],
					RecvQ: number(), RecvMax: number(), SendQ: number(), SendMax: number(), Cwnd: number(), Ssthresh: number(),
					RTT: time.Duration(number()), RTTVar: time.Duration(number()), Retransmits: number(), InFlight: number()})
			}
			all = append(all, s)
		}
		width, height := 40+r.IntN(161), 4+r.IntN(60)
		lines := render.Watch(all, width, height, render.WatchOptions{Lang: names.Lang(r.IntN(2))})
		fits(t, lines, width)
		if len(lines) > height {
			t.Fatalf("%d lines in a window of %d:\n%s", len(lines), height, strings.Join(lines, "\n"))
		}
	}
}

// From one frame to the next every number stays in its column: what is right of the numbers begins where it did.
func TestWatchDoesNotJump(t *testing.T) {
	for _, lang := range []names.Lang{names.English, names.Chinese} {
		for _, width := range []int{40, 60, 80, 120} {
			var before []int
			for n := 1; n < 120; n++ {
				s := watched(n)
				s[0].Samples[n-1].SendQ *= int64(n * n * n)
				var columns []int
				for _, l := range render.Watch(s, width, 24, render.WatchOptions{Lang: lang}) {
					if strings.ContainsAny(l, "▁▂▃▄▅▆▇█") {
						columns = append(columns, render.Width(l))
					}
				}
				if d := cmp.Diff(before, columns); n > 1 && d != "" {
					t.Fatalf("width %d, look %d: the plots end elsewhere:\n%s", width, n, d)
				}
				before = columns
			}
		}
	}
}

func BenchmarkWatch(b *testing.B) {
	s := watched(300)
	for b.Loop() {
		render.Watch(s, 120, 24, render.WatchOptions{Color: true})
	}
}
