package render_test

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"sockstep/repl/render"
	"sockstep/sockets/names"
)

const ms = time.Millisecond

// clientLife is the life of a socket that connects and closes first.
func clientLife() []render.Visit {
	return []render.Visit{
		{State: "CLOSE", Act: 2, Line: "c = socket tcp"},
		{State: "SYN_SENT", Act: 3, Line: "connect c 127.0.0.1:8888 &", At: 2 * ms},
		{State: "ESTABLISHED", At: 4 * ms},
		{State: "FIN_WAIT2", Act: 6, Line: "shutdown c wr", At: 1200 * ms},
		{State: "TIME_WAIT", Act: 7, Line: "close d", At: 2100 * ms},
	}
}

// serverLife is that of a socket whose peer closes first, with one state in another spelling.
func serverLife() []render.Visit {
	return []render.Visit{
		{State: "LISTEN", Act: 1, Line: "s = listen tcp :8888"},
		{State: "NEW_SYN_RECV", At: 1 * ms},
		{State: "ESTAB", Act: 4, Line: "d = accept s", At: 3 * ms},
		{State: "CLOSE_WAIT", At: 900 * ms},
		{State: "CLOSE_WAIT", Act: 6, Line: "inspect d", At: 1000 * ms},
		{State: "LAST_ACK", Act: 7, Line: "close d", At: 1300 * ms},
		{State: "CLOSE", At: 1301 * ms},
	}
}

func TestStatesGolden(t *testing.T) {
	for name, path := range map[string][]render.Visit{"states-client": clientLife(), "states-server": serverLife(), "states-none": nil} {
		goldenPictures(t, name, func(width int, lang names.Lang, color bool) []string {
			return render.States(path, width, lang).Lines(color)
		})
	}
	golden(t, "states-narrow.golden", render.States(clientLife(), 50, names.English).String()+"\n")
	golden(t, "states-ascii.golden", render.States(clientLife(), 80, names.English).ASCII().String()+"\n")
}

// The diagram and the way below it fit a window of 24 lines, less the line that was typed, a blank one and the prompt.
func TestStatesFitTheScreen(t *testing.T) {
	whole := append([]render.Visit{{State: "CLOSE"}}, serverLife()...)
	for _, lang := range []names.Lang{names.English, names.Chinese} {
		for _, path := range [][]render.Visit{clientLife(), serverLife(), whole} {
			if lines := render.States(path, 80, lang).Lines(false); len(lines) > 21 {
				t.Errorf("%d lines:\n%s", len(lines), strings.Join(lines, "\n"))
			}
		}
	}
}

// What was not seen is not drawn as seen, and is told.
func TestStatesNotSeen(t *testing.T) {
	tests := []struct {
		name string
		path []render.Visit
		want []string // in the words
		not  []string // anywhere
	}{
		{"neighbours", []render.Visit{{State: "CLOSE"}, {State: "SYN_SENT"}}, []string{"2 SYN_SENT     by itself"}, []string{"┄┄▶", "not seen: S"}},
		{"one between", []render.Visit{{State: "CLOSE"}, {State: "ESTABLISHED", Act: 3}}, []string{"┄ not seen: SYN_SENT"}, []string{"══▶"}},
		{"the shortest", []render.Visit{{State: "ESTABLISHED"}, {State: "TIME_WAIT"}}, []string{"┄ not seen: FIN_WAIT1, FIN_WAIT2"}, []string{"══▶"}},
		{"seen beats guessed", []render.Visit{{State: "CLOSE"}, {State: "SYN_SENT"}, {State: "CLOSE"}, {State: "ESTABLISHED"}}, []string{"══▶ SYN_SENT"}, []string{"┄┄▶ SYN_SENT"}},
		{"perhaps a reset", []render.Visit{{State: "ESTABLISHED"}, {State: "CLOSE"}}, []string{"┄ not seen: CLOSE_WAIT, LAST_ACK, or a reset"}, nil},
		{"a reset", []render.Visit{{State: "ESTABLISHED"}, {State: "CLOSE", Reset: true}}, []string{"2 CLOSED       reset"}, []string{"┄┄▶", "══▶", "not seen: C"}},
		{"again", []render.Visit{{State: "LAST_ACK"}, {State: "CLOSE"}, {State: "SYN_SENT"}}, []string{"══▶ SYN_SENT"}, []string{"┄┄▶"}},
		{"another state", []render.Visit{{State: "CONNECTED", Act: 1}}, []string{"1 CONNECTED    act 1, not in this diagram"}, nil},
	}
	for _, tt := range tests {
		got := render.States(tt.path, 60, names.English).String()
		for _, w := range tt.want {
			if !strings.Contains(got, w) {
				t.Errorf("%s: no %q in\n%s", tt.name, w, got)
			}
		}
		for _, w := range tt.not {
			if strings.Contains(got, w) {
				t.Errorf("%s: %q in\n%s", tt.name, w, got)
			}
		}
	}
}

// Any path fits any width, and shows all eleven states and each that was visited.
func TestStatesOfRandomPaths(t *testing.T) {
	states := []string{"CLOSE", "LISTEN", "SYN_SENT", "SYN_RECV", "ESTABLISHED", "FIN_WAIT1", "FIN_WAIT2", "CLOSE_WAIT", "CLOSING", "LAST_ACK", "TIME_WAIT",
		"NEW_SYN_RECV", "BOUND_INACTIVE", "UNCONN", "", "\x1b[2J没有这样的状态"}
	lines := []string{"", "connect c 127.0.0.1:8888", "! c = 你好你好你好你好你好你好你好你好你好你好你好你好", "x = ", "\x1b\n\u202e", strings.Repeat("x", 300)}
	r := rand.New(rand.NewPCG(1, 2))
	for range 1000 {
		var path []render.Visit
		for range r.IntN(40) {
			path = append(path, render.Visit{State: states[r.IntN(len(states))], Act: r.IntN(5) * r.IntN(1000), Line: lines[r.IntN(len(lines))],
				At: time.Duration(r.Int64N(1e12)), Reset: r.IntN(9) == 0})
		}
		width, lang := 40+r.IntN(161), names.Lang(r.IntN(2))
		p := render.States(path, width, lang)
		all := p.Lines(false)
		fits(t, all, width-2)
		text := strings.Join(all, "\n")
		for _, s := range states[1:11] {
			if !strings.Contains(text, s) {
				t.Fatalf("no %s at width %d:\n%s", s, width, text)
			}
		}
		if !strings.Contains(text, "CLOSED") {
			t.Fatalf("no CLOSED at width %d:\n%s", width, text)
		}
	}
}

func BenchmarkStates(b *testing.B) {
	for b.Loop() {
		render.States(clientLife(), 80, names.English)
	}
}

// A line that acts on the other host of a lab is told by what it did there.
func TestStatesElsewhere(t *testing.T) {
	drawn := render.States([]render.Visit{
		{State: "CLOSE", Act: 1, Line: "s = socket tcp"}, {State: "LISTEN", Act: 2, Line: "! at right listen s"},
	}, 80, names.English).String()
	if !strings.Contains(drawn, "2 LISTEN (listen, act 2)") {
		t.Error(drawn)
	}
}
