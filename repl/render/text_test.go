package render_test

import (
	"bytes"
	"errors"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var update = flag.Bool("update", false, "write the golden files anew")

func english() names.Lang { return names.English }
func chinese() names.Lang { return names.Chinese }

func draw(a *sockets.Act, o render.Options) string {
	var b bytes.Buffer
	render.NewText(&b, o).Observe(a, nil)
	return b.String()
}

var sgr = regexp.MustCompile("\x1b\\[[0-9;]*m")

// golden compares got with a file of testdata, or writes it.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if *update {
		if err := os.MkdirAll("testdata", 0o777); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(file, []byte(got), 0o666); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s is stale (-want +got); -update writes it anew:\n%s", file, diff)
	}
}

func TestTextGolden(t *testing.T) {
	for _, lang := range []names.Lang{names.English, names.Chinese} {
		for _, width := range []int{40, 80, 200} {
			var without string
			for _, color := range []bool{false, true} {
				var b strings.Builder
				for _, s := range samples() {
					fmt.Fprintf(&b, "-- %s --\n", s.name)
					out := draw(s.act, render.Options{
						Lang:  func() names.Lang { return lang },
						Width: func() int { return width },
						Color: color,
					})
					for l := range strings.Lines(out) {
						l = strings.TrimSuffix(sgr.ReplaceAllString(l, ""), "\n")
						if w := render.Width(l); w > width {
							t.Errorf("%s %s: %d columns in a window of %d: %s", lang, s.name, w, width, l)
						}
						if strings.HasSuffix(l, " ") {
							t.Errorf("%s %s: blanks at the end of %q", lang, s.name, l)
						}
					}
					b.WriteString(out)
				}
				name := fmt.Sprintf("%s-%d", lang, width)
				if !color {
					without = b.String()
					golden(t, name+".golden", without)
					continue
				}
				if got := sgr.ReplaceAllString(b.String(), ""); got != without {
					t.Errorf("%s: colour changes more than the colour:\n%s", name, cmp.Diff(without, got))
				}
				// An escape character would hide what the file holds from its reader.
				golden(t, name+"-color.golden", strings.ReplaceAll(b.String(), "\x1b", "␛"))
			}
		}
	}
}

func TestShowLayers(t *testing.T) {
	a := &sockets.Act{Seq: 1, Line: "x", Python: "code", Value: sockets.IntOf(5), Steps: []sockets.Step{
		sockets.Call{Op: "asked"},
		sockets.Call{Op: "own", Scaffold: true},
		sockets.Packet{Source: "captured", Proto: "udp", From: "a", To: "b"},
		sockets.Change{Socket: "s", Field: "state", Was: "X", Now: "Y"},
		sockets.Note{ID: "eof", Text: names.T("because", "因为")},
	}}
	tests := []struct {
		name string
		show render.Show
		want []string
	}{
		{"nothing", render.Show{}, []string{"= 5"}},
		{"calls", render.Show{Calls: render.CallsOn}, []string{"asked", "= 5"}},
		{"all calls", render.Show{Calls: render.CallsAll}, []string{"asked", "own", "= 5"}},
		{"packets", render.Show{Packets: true}, []string{"a → b", "= 5"}},
		{"changes", render.Show{Changes: true}, []string{"X → Y", "= 5"}},
		{"notes", render.Show{Notes: true}, []string{"because", "= 5"}},
		{"python", render.Show{Python: true}, []string{"code", "= 5"}},
		{"default", render.ShowAll(), []string{"code", "asked", "a → b", "X → Y", "because", "= 5"}},
	}
	for _, tt := range tests {
		out := draw(a, render.Options{Show: func() render.Show { return tt.show }})
		lines := strings.Split(strings.TrimSuffix(out, "\n"), "\n")
		if len(lines) != len(tt.want) {
			t.Errorf("%s: %d lines, want %d:\n%s", tt.name, len(lines), len(tt.want), out)
			continue
		}
		for i, w := range tt.want {
			if !strings.Contains(lines[i], w) {
				t.Errorf("%s: line %d is %q, want it to have %q", tt.name, i+1, lines[i], w)
			}
		}
	}
}

func TestNothingToShowWritesNothing(t *testing.T) {
	w := &countingWriter{}
	x := render.NewText(w, render.Options{})
	a := sockets.NewAct(1, "close s", x)
	a.Add(sockets.Call{Op: "getsockname", Scaffold: true})
	a.End()
	if w.writes != 0 {
		t.Errorf("%d writes, want none", w.writes)
	}
}

func TestOneWriteAnAct(t *testing.T) {
	text, json := &countingWriter{}, &countingWriter{}
	observers := []sockets.Observer{render.NewText(text, render.Options{Color: true}), render.NewJSON(json, nil)}
	for _, s := range samples() {
		for _, o := range observers {
			for _, step := range s.act.Steps {
				o.Observe(s.act, step)
			}
			o.Observe(s.act, nil)
		}
	}
	if n := len(samples()); text.writes != n || json.writes != n {
		t.Errorf("%d and %d writes for %d acts", text.writes, json.writes, n)
	}
}

func TestWriterErrorIsKept(t *testing.T) {
	broken := errors.New("broken pipe")
	text := render.NewText(&countingWriter{err: broken}, render.Options{})
	json := render.NewJSON(&countingWriter{err: broken}, nil)
	a := &sockets.Act{Seq: 1, Value: sockets.IntOf(1)}
	text.Observe(a, nil)
	json.Observe(a, nil)
	if text.Err() != broken || json.Err() != broken {
		t.Errorf("errors %v and %v, want %v", text.Err(), json.Err(), broken)
	}
}

func TestEcho(t *testing.T) {
	a := &sockets.Act{Seq: 1, Line: "bnd s", Value: sockets.IntOf(1)}
	o := render.Options{Echo: true}
	if got, want := draw(a, o), "› bnd s\n  = 1\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	a.Value, a.Err = sockets.Value{}, sockets.Usage(names.T("no such command", "")).At(0, 3)
	if got, want := draw(a, o), "› bnd s\n  ^^^\n  error   no such command\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}

// Where no call was shown, the error itself says which operation failed.
func TestErrorNamesItsOperation(t *testing.T) {
	a := &sockets.Act{Seq: 1, Steps: []sockets.Step{sockets.Call{Op: "bind", Ret: -1, Errno: "EADDRINUSE"}},
		Err: &sockets.Error{Op: "bind", Errno: "EADDRINUSE", Message: names.T("the address is in use", "地址已被占用")}}
	quiet := func() render.Show { return render.Show{} }
	if got, want := draw(a, render.Options{Show: quiet}), "  error   bind: EADDRINUSE: the address is in use\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got := draw(a, render.Options{}); !strings.Contains(got, "error   EADDRINUSE: the") {
		t.Errorf("the operation is said twice:\n%s", got)
	}
}

type countingWriter struct {
	writes int
	err    error
}

func (w *countingWriter) Write(p []byte) (int, error) {
	w.writes++
	return len(p), w.err
}

// safe reports whether what was written can steer no terminal: lines of printable text, and colours if asked for.
func safe(s string, color bool) bool {
	if color {
		s = sgr.ReplaceAllString(s, "")
	}
	return render.Sanitize(strings.ReplaceAll(s, "\n", "")) == strings.ReplaceAll(s, "\n", "")
}

func FuzzTextIsSafe(f *testing.F) {
	f.Add("plain", 80)
	f.Add("\x1b[31m\x9b\u009b\u202e\u2066\x7f\x00\r\n\t\xff\xed\xa0\x80", 40)
	f.Add("你好，世界。\u200b👩\u200d👩\u200d👧é", 3)
	f.Fuzz(func(t *testing.T, s string, width int) {
		text := names.T(s, s)
		v := sockets.Value{Type: sockets.BytesValue, Text: s, Bytes: []byte(s)}
		for _, value := range []sockets.Value{
			v, sockets.TextOf(s), sockets.ListOf(sockets.TextOf(s), v), {Type: sockets.SocketValue, Text: s, Fields: []sockets.Field{{Name: s, Value: v}}},
			sockets.CardOf(sockets.Field{Name: s, Value: sockets.TextOf(s)}, sockets.Field{Name: s, Value: sockets.CardOf(sockets.Field{Name: s, Value: v})}),
			{Type: sockets.ListValue, List: []sockets.Value{sockets.CardOf(sockets.Field{Name: s, Value: sockets.TextOf(s)}, sockets.Field{Name: s + s, Value: v})}},
		} {
			for seq := range 2 {
				a := &sockets.Act{Seq: seq, Job: len(s) % 2, Line: s, Python: s, Value: value,
					Err: (&sockets.Error{Op: s, Errno: s, Message: text, Why: text, Fix: names.T(s, "")}).At(width, len(s)),
					Steps: []sockets.Step{
						sockets.Call{Op: s, Args: s, Errno: s, Took: 1},
						sockets.Packet{Source: s, Proto: s, From: s, To: s, Flags: s, Options: []string{s, s}},
						sockets.Packet{From: s, To: "x", Flags: s},
						sockets.Change{Socket: s, Field: s, Was: s, Now: s},
						sockets.Note{ID: s, Text: text},
					}}
				for _, color := range []bool{false, true} {
					out := draw(a, render.Options{Width: func() int { return width }, Lang: chinese, Color: color, Echo: true})
					if !safe(out, color) {
						t.Fatalf("not safe: %q", out)
					}
				}
			}
		}
	})
}
