package repl

import (
	"testing"
	"unicode/utf8"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Whatever is typed, and wherever an error points: what it is turned into points at a character of a Chinese input method,
// and the line that it shows is another one.
func FuzzMeant(f *testing.F) {
	for _, line := range []string{
		"bind s 127.0.0.1：8888", "c，d ＝ socketpair", "bind s （'127.0.0.1'， 8888）", "send s 'hello’", "bind s ('x'， 80）", "a；b", "！usage x ＆", "＝", "x\xff，y=", "（（", "‘’", "s　＝　x",
	} {
		for col := range 12 {
			f.Add(line, uint8(col))
		}
	}
	f.Fuzz(func(t *testing.T, line string, col uint8) {
		none := func(string) (sockets.Value, bool) { return sockets.Value{}, false }
		l, err := ParseLine(line, none)
		if err == nil {
			first := sockets.Usage(names.T("wrong", "不对")).At(min(int(col), len(line)), 1)
			if err = l.meant(first); err == first {
				return
			}
		} else if err.Why.IsZero() || err.Fix.IsZero() || ascii(runeAt(line, err.Col)) == 0 { // no quote or bracket that was closed by another one
			return
		}
		if err.Col < 0 || err.Width < 1 || err.Col+err.Width > len(line) {
			t.Fatalf("%q: the error points at %d+%d", line, err.Col, err.Width)
		}
		if ascii(runeAt(line, err.Col)) == 0 || err.Fix.En == line {
			t.Errorf("%q: %d %q", line, err.Col, err.Fix.En)
		}
	})
}

func runeAt(s string, i int) rune {
	r, _ := utf8.DecodeRuneInString(s[min(i, len(s)):])
	return r
}
