package tty

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestNoticesWhileTyping(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("notices 200\r")
	random := rand.New(rand.NewPCG(1, 2))
	letters := []rune("abc defg 你好世界连接ＡＢ")
	var ran []string
	for i := range 25 {
		text := fmt.Sprint(i, ":")
		for range 5 + random.IntN(20) {
			text += string(letters[random.IntN(len(letters))])
		}
		text += "."
		for _, r := range text {
			d.types(string(r))
		}
		d.until("the line", func() bool { return strings.HasPrefix(d.line(), "> "+text) })
		d.types("\r")
		ran = append(ran, "<"+text+">")
		d.until("its answer", func() bool { return strings.Contains(d.output(), ran[i]) })
	}
	d.until("the last notice", func() bool { return strings.Contains(d.output(), "[notice 200] 连接来自 127.0.0.1\r\n") })
	if got := strings.Count(d.output(), "连接来自 127.0.0.1\r\n"); got != 200 {
		t.Errorf("%d notices, want 200", got)
	}
	d.prompts("")
	d.types("\x04")
	d.ends(0)
}

func TestNoticeKeepsMenuAndCursor(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("notices 20\rlist x\x1b[D\x1b[D\t")
	d.until("notices above the menu", func() bool {
		return strings.Contains(d.screen(), "[notice 20] 连接来自 127.0.0.1\n> listen x\n") && strings.HasSuffix(d.screen(), "all sockets") && d.cursor() == 8
	})
	d.types("\x03\x04")
	d.ends(0)
}

func TestNoticeIsClean(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{env: []string{"TTY_TEST_COLOR=1"}})
	d.types("goroutine\r")
	d.sees("first\nred[2Jnot cleared")
	if strings.Contains(d.output(), "\x1b[2J") || !strings.Contains(d.output(), "\x1b[31mred") {
		t.Error("a colour must pass, another escape sequence must not")
	}
}

func TestNoColour(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("goroutine\r")
	d.sees("first")
	d.types("li\t")
	d.prompts("listen")
	rest := strings.ReplaceAll(strings.ReplaceAll(d.output(), reverse, ""), plain, "")
	for {
		i := strings.Index(rest, "\x1b[")
		if i < 0 {
			break
		}
		rest = rest[i:]
		if n := sgr(rest); n > 0 {
			t.Errorf("the colour %q", rest[:n])
		}
		rest = rest[2:]
	}
}

func TestRefresh(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("later c LISTEN\r")
	d.prompts("")
	d.types("abc\x1b[D")
	d.prompts("abc")
	d.resize(80, 30) // which the shell of the test waits for
	d.until("the new prefix", func() bool { return d.line() == "c LISTEN> abc" && d.cursor() == 12 })
	d.types("d\r")
	d.sees("<abdc>")
	d.types("\x04")
	d.ends(0)
}

func TestPaste(t *testing.T) {
	t.Parallel()
	var lines, want strings.Builder
	for i := range 100 {
		fmt.Fprintf(&lines, "line number %d of a paste\r", i)
		fmt.Fprintf(&want, "> line number %d of a paste\r\n<line number %d of a paste>\r\n", i, i)
	}
	for _, test := range []struct{ name, before, after string }{
		{"raw", "", ""},
		{"bracketed", pasteStart, pasteEnd},
	} {
		t.Run(test.name, func(t *testing.T) {
			d := sit(t, deskOptions{})
			begin := time.Now()
			d.types(test.before + lines.String() + "the rest" + test.after)
			d.prompts("the rest")
			took := time.Since(begin)
			t.Logf("100 lines in %v", took)
			if took > 5*time.Second {
				t.Errorf("100 lines took %v", took)
			}
			got := d.output()
			for _, sequence := range []string{hideCursor, showCursor, pasteOn} {
				got = strings.ReplaceAll(got, sequence, "")
			}
			got = got[strings.Index(got, "> line number 0"):]
			got = strings.ReplaceAll(got, "\r\x1b[J", "")
			if !strings.HasPrefix(got, "> line number 0 of a paste\r\n<line") || strings.Count(got, "\n<line number") != 100 {
				t.Fatalf("the lines did not run one by one:\n%q", got)
			}
			for _, l := range strings.SplitAfter(want.String(), "\n") {
				if !strings.Contains(got, l) {
					t.Errorf("%q is missing", l)
				}
			}
			d.types("\x03\x04")
			d.ends(0)
		})
	}
}

// A paste whose end was cut off must not leave the keyboard dead: after a second of silence keys are keys again.
func TestPasteWithoutEnd(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types(pasteStart + "abc")
	d.prompts("abc")
	for range 100 {
		time.Sleep(brokenDelay + 100*time.Millisecond)
		d.types("\x03x")
		if d.until("x", func() bool { return strings.HasSuffix(d.line(), "x") }); d.line() == "> x" {
			return
		}
	}
	t.Error("Ctrl-C does nothing")
}

func TestLongLine(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{cols: 20, rows: 8})
	text := strings.Repeat("0123456789", 4)
	d.types(text[:18]) // just to the margin
	d.until("the cursor to wrap", func() bool { return d.line() == "" && d.cursor() == 0 })
	d.types(text[18:])
	d.sees("> 012345678901234567\n89012345678901234567\n89")
	d.types("\x01")
	d.until("the cursor at the start", func() bool { return d.line() == "> 012345678901234567" && d.cursor() == 2 })
	d.types("\x05\r")
	d.sees("<0123456789012345678")
	// Longer than the screen: the part around the cursor is shown.
	d.types("\x0c" + strings.Repeat("x", 400) + "END")
	d.until("its end", func() bool { return strings.HasSuffix(d.screen(), "xEND") })
	d.types("\x01")
	d.until("its start", func() bool { return strings.HasPrefix(d.screen(), "> xxx") && d.cursor() == 2 })
	d.types("START\x05\r")
	d.sees("xEND>")
	d.prompts("")
	if want := "<START" + strings.Repeat("x", 400) + "END>"; !strings.Contains(d.output(), want) {
		t.Error("the line was run otherwise than typed")
	}
	d.types("\x04")
	d.ends(0)
}

func TestResizeStorm(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	done := make(chan struct{})
	go func() {
		defer close(done)
		for i := range 400 {
			sizes := [][2]int{{80, 24}, {40, 10}, {0, 0}, {132, 50}, {1, 1}, {2, 3}, {17, 5}}
			d.resize(sizes[i%len(sizes)][0], sizes[i%len(sizes)][1])
			time.Sleep(time.Millisecond)
		}
		d.resize(80, 24)
	}()
	for i := range 100 {
		d.types(fmt.Sprint("li\t 你好 ", i, "\r"))
	}
	d.until("the last line", func() bool { return strings.Contains(d.output(), " 你好 99>") })
	<-done
	d.types("\x0c")
	d.until("a clean screen", func() bool { return d.screen() == ">" })
	for i := range 100 {
		if !strings.Contains(d.output(), fmt.Sprint("listen 你好 ", i, ">")) {
			t.Errorf("line %d did not run", i)
		}
	}
	d.types("size\r")
	d.sees("80x24")
	d.types("\x04")
	d.ends(0)
}

func TestResizeKeepsLine(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("abc\x1b[D")
	for _, cols := range []int{40, 10, 100, 7, 80} {
		d.resize(cols, 12)
		d.until("the line", func() bool { return d.line() == "> abc" && d.cursor() == 4 })
	}
	d.types("\x03\x04")
	d.ends(0)
}
