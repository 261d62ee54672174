package repl_test

import (
	"errors"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"sockstep/repl"
)

// A line is one when its end was seen, or that of the input: what is cut short by an error, as by Ctrl-C at a FIFO, might have
// become another.
func TestLinesAreWhole(t *testing.T) {
	cut := errors.New("cut short")
	for _, c := range []struct {
		name  string
		r     io.Reader
		lines []string
		err   error
	}{
		{"the last without an end", strings.NewReader("one\ntwo"), []string{"one", "two"}, nil},
		{"a byte at a time", iotest.OneByteReader(strings.NewReader("one\r\n\ntwo\n")), []string{"one", "", "two"}, nil},
		{"longer than a buffer", strings.NewReader(strings.Repeat("x", 1<<20) + "\ntwo"), []string{strings.Repeat("x", 1<<20), "two"}, nil},
		{"cut short", io.MultiReader(strings.NewReader("one\nclose a"), iotest.ErrReader(cut)), []string{"one"}, cut},
	} {
		in, got := repl.NewLines(c.r), []string(nil)
		for in.Next() {
			got = append(got, in.Text())
		}
		if strings.Join(got, "|") != strings.Join(c.lines, "|") || !errors.Is(in.Err(), c.err) {
			t.Errorf("%s: %.80q, %v", c.name, got, in.Err())
		}
	}
}
