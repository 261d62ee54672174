package render_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"sockstep/repl/render"
	"sockstep/sockets/names"
)

// What goes on in one direction is one event; a state, a turn, a pause and another socket are others.
func TestWatchEvents(t *testing.T) {
	var all []render.WatchEvent
	last := map[string]render.Sample{}
	for i, x := range []struct {
		name, state string
		recvq       int64
	}{
		{"d", "ESTABLISHED", 0}, {"d", "ESTABLISHED", 5}, {"d", "ESTABLISHED", 900}, {"d", "ESTABLISHED", 900}, {"d", "ESTABLISHED", 1400}, {"d", "CLOSE_WAIT", 4},
		{"s", "LISTEN", 0}, {"s", "LISTEN", 2}, {"u", "", missing}, {"u", "", 3},
	} {
		now := render.Sample{At: time.Duration(i) * 500 * ms, State: x.state, RecvQ: x.recvq}
		if was, ok := last[x.name]; ok {
			all = render.AddEvents(all, x.name, was, now)
		}
		last[x.name] = now
	}
	for lang, want := range map[names.Lang]string{
		names.English: `
  +0.5 s  d  recvq  0 B → 900 B
  +2.0 s  d  recvq  900 B → 1.40 kB
  +2.5 s  d  state  ESTABLISHED → CLOSE_WAIT
  +2.5 s  d  recvq  1.40 kB → 4 B
  +3.5 s  s  to accept  0 → 2`,
		names.Chinese: `
  +0.5 s  d  接收队列  0 B → 900 B
  +2.0 s  d  接收队列  900 B → 1.40 kB
  +2.5 s  d  状态  ESTABLISHED → CLOSE_WAIT
  +2.5 s  d  接收队列  1.40 kB → 4 B
  +3.5 s  s  待接受  0 → 2`,
	} {
		for height := 4; height < 30; height++ {
			o := render.WatchOptions{Lang: lang, Events: all}
			without := render.Watch(watched(5)[:1], 80, height, render.WatchOptions{Lang: lang})
			lines := render.Watch(watched(5)[:1], 80, height, o)
			if diff := cmp.Diff(without, lines[:len(without)]); diff != "" {
				t.Errorf("%d lines: the picture is another one:\n%s", height, diff)
			}
			said := strings.Split(strings.TrimPrefix(want, "\n"), "\n")
			said = said[max(len(said)-(height-len(without)), 0):]
			if diff := cmp.Diff(said, append([]string{}, lines[len(without):]...)); diff != "" {
				t.Errorf("%d lines (-want +got):\n%s", height, diff)
			}
		}
	}
}
