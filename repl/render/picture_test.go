package render_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// goldenPictures holds what draws pictures to its goldens, in both languages, at 80 and 120 columns, with colour and without.
func goldenPictures(t *testing.T, name string, draw func(width int, lang names.Lang, color bool) []string) {
	t.Helper()
	for _, lang := range []names.Lang{names.English, names.Chinese} {
		for _, width := range []int{80, 120} {
			without := strings.Join(draw(width, lang, false), "\n") + "\n"
			with := strings.Join(draw(width, lang, true), "\n") + "\n"
			if got := sgr.ReplaceAllString(with, ""); got != without {
				t.Errorf("%s: colour changes more than the colour:\n%s", name, cmp.Diff(without, got))
			}
			golden(t, fmt.Sprintf("%s-%s-%d.golden", name, lang, width), without)
			golden(t, fmt.Sprintf("%s-%s-%d-color.golden", name, lang, width), strings.ReplaceAll(with, "\x1b", "␛"))
		}
	}
}

// fits holds lines to a width, to characters that are safe, and to no blanks at their ends.
func fits(t *testing.T, lines []string, width int) {
	t.Helper()
	for _, l := range lines {
		if w := render.Width(l); w > width {
			t.Fatalf("%d columns in a window of %d: %s", w, width, l)
		}
		if strings.HasSuffix(l, " ") {
			t.Fatalf("blanks at the end of %q", l)
		}
		if !safe(l, false) {
			t.Fatalf("not safe: %q", l)
		}
	}
}

// A picture survives its way through a value, and its tones cannot steer a terminal.
func TestPictureOf(t *testing.T) {
	p := render.States(clientLife(), 80, names.Chinese)
	v := p.Value()
	if v.Text != p.String() || v.Type != sockets.TextValue {
		t.Errorf("the text of the value is not the picture's:\n%s", cmp.Diff(p.String(), v.Text))
	}
	back, ok := render.PictureOf(v)
	if d := cmp.Diff(p.Lines(true), back.Lines(true)); !ok || d != "" {
		t.Errorf("ok %v (-want +got):\n%s", ok, d)
	}
	if _, ok := render.PictureOf(sockets.TextOf("text")); ok {
		t.Error("text passes for a picture")
	}
	if _, ok := render.PictureOf(sockets.BytesOf([]byte("bytes"))); ok {
		t.Error("bytes pass for a picture")
	}
}

func FuzzPictureOf(f *testing.F) {
	f.Add("a\x1b[2J\n\u202eb", []byte("\x01\x85\xff"))
	f.Fuzz(func(t *testing.T, text string, tones []byte) {
		v := sockets.TextOf(text)
		for len(tones) < len(text) {
			tones = append(tones, 0)
		}
		v.Bytes = tones[:len(text)]
		p, _ := render.PictureOf(v)
		for _, l := range p.Lines(true) {
			if !safe(l, true) {
				t.Fatalf("not safe: %q", l)
			}
		}
	})
}

func TestASCII(t *testing.T) {
	for _, width := range []int{60, 80, 120} {
		p := render.States(clientLife(), width, names.English)
		if d := cmp.Diff(p.Width(), p.ASCII().Width()); d != "" {
			t.Errorf("width %d: it moved:\n%s", width, d)
		}
		for _, l := range p.ASCII().Lines(false) {
			for _, r := range l {
				if r > 0x7e {
					t.Errorf("width %d: %q in %s", width, r, l)
				}
			}
		}
	}
}
