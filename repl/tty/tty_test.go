package tty

import (
	"fmt"
	"os"
	"strings"
	"syscall"
	"testing"
	"time"
)

func TestLine(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("hello")
	d.prompts("hello")
	d.types("\r")
	d.sees("<hello>")
	d.prompts("")
	d.types("a\x01\r") // Enter in the middle of a line runs all of it
	d.sees("<a>")
	d.types("\r  \r") // nothing to run
	d.types("size\r")
	d.sees("80x24")
	d.types("\x04")
	d.sees("end of loop")
	d.ends(0)
}

func TestOutputWithoutEnd(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("noeol half a line\r")
	d.sees("\nhalf a line\n>")
	d.types("notice above\r")
	d.sees("\nabove\n>")
	d.types("\x04")
	d.ends(0)
}

func TestCompletion(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("li")
	d.sees("listen  wait for connections\n  list    all sockets")
	d.types("\t")
	d.prompts("listen")
	d.types("\t")
	d.prompts("list")
	d.types("\x1b[A") // Up, in the menu
	d.prompts("listen")
	d.types("\x1b[B\x1b[B") // beyond the last row: what was typed
	d.prompts("li")
	d.types("\t")
	d.prompts("listen")
	d.types("\x1b") // Esc takes the selection back, and the menu away
	d.until("the menu to close", func() bool { return d.screen() == "> li" })
	d.types("s")
	d.sees("all sockets")
	d.types("\t x")
	d.prompts("listen x")
	d.types("\r")
	d.sees("<listen x>")
	d.types("a b c\x1b[D\x1b[Dqu\t") // in the middle of a line, with quotes and a blank
	d.prompts("a bqu c")
	d.types("\x03")
	d.prompts("")
	d.types("a qu")
	d.sees("ready to insert")
	d.types("\t\r")
	d.sees(`<a quoted "two words">`)
	d.types("b qu\tx\r") // the only one: the next word begins
	d.sees(`<b quoted "two words" x>`)
	d.types("c qu\x07\t\r") // Ctrl-G has closed the menu
	d.sees("<c qu>")
	d.types("\x04")
	d.ends(0)
}

func TestCompletionOnEmptyLine(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("\t")
	d.sees("listen")
	if got, want := d.line(), ">"; got != want {
		t.Errorf("the first Tab makes the line %q", got)
	}
	d.types("\t")
	d.prompts("listen")
	d.types("\x07") // Ctrl-G
	d.until("an empty line", func() bool { return d.screen() == ">" })
	d.types("\x04")
	d.ends(0)
}

func TestCompletionIsClean(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("ev")
	d.sees("evil[2J  ]0;title")
	d.types("\t\r")
	d.sees("<evil[2J>")
	if strings.Contains(d.output(), "\x1b[2J") || strings.Contains(d.output(), "\x1b]") {
		t.Error("a suggestion's escape sequence reached the terminal")
	}
}

func TestLongMenu(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{cols: 40, rows: 7})
	d.types("many")
	d.sees("many05")
	d.types(strings.Repeat("\t", 20))
	d.prompts("many19")
	d.sees("number 19")
	d.types("\x1b[Z")
	d.prompts("many18")
	d.resize(40, 3)
	d.until("two rows", func() bool { return strings.Count(d.screen(), "number") == 2 })
	d.types("\r")
	d.sees("<many18>")
	d.types("\x04")
	d.ends(0)
}

func TestHistory(t *testing.T) {
	t.Parallel()
	file := historyFile(t)
	a, b := sit(t, deskOptions{history: file}), sit(t, deskOptions{history: file})
	a.types("one\r one kept to oneself\rone\rone\r二\r")
	a.sees("<one>")
	a.until("the last", func() bool { return strings.Count(a.screen(), "<") == 5 })
	b.types("three\r")
	b.sees("<three>")
	const want = "one\n二\nthree\n"
	if got, _ := os.ReadFile(file); string(got) != want {
		t.Errorf("the file holds %q, want %q", got, want)
	}
	if st, err := os.Stat(file); err != nil || st.Mode() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
	a.cmd.Process.Kill() // a crash loses nothing
	c := sit(t, deskOptions{history: file})
	c.types("history\r")
	c.sees(`["one" "二" "three" "history"]`)
	c.types("\x1b[A\x1b[A\r")
	c.until("the line again", func() bool { return strings.Contains(c.screen(), "<three>") })
	c.types("\x12on\r")
	c.sees("<one>")
	c.types("\x04")
	c.ends(0)
}

func TestHistoryGrown(t *testing.T) {
	t.Parallel()
	var old []string
	for i := range 200 {
		old = append(old, fmt.Sprint("line ", i))
	}
	file := historyFile(t, old...)
	os.Chmod(file, 0o644)
	a := sit(t, deskOptions{history: file})
	a.types("\x1b[A")
	a.prompts("line 199")
	got, _ := os.ReadFile(file)
	if lines := strings.Fields(strings.ReplaceAll(string(got), "line ", "")); len(lines) != 50 || lines[0] != "150" {
		t.Errorf("%d lines from %s on, want 50 from 150 on", len(lines), lines[0])
	}
	if st, err := os.Stat(file); err != nil || st.Mode() != 0o600 {
		t.Errorf("mode %v, %v", st.Mode(), err)
	}
}

func TestHistoryNotKept(t *testing.T) {
	t.Parallel()
	d := start(t, deskOptions{history: t.TempDir()})
	d.sees("history is not kept")
	d.prompts("")
	d.types("one\r")
	d.sees("<one>")
	d.types("\x1b[A")
	d.prompts("one")
}

// TestChinese: what the terminal itself says is in the student's language.
func TestChinese(t *testing.T) {
	t.Parallel()
	d := start(t, deskOptions{history: t.TempDir(), env: []string{"TTY_TEST_LANG=zh"}})
	d.sees("历史记录没有保存：")
	d.types("panic\r")
	d.sees("内部错误：boom")
	d.types("\x12pan")
	d.sees("(搜索历史)`pan'：panic")
	d.types("x")
	d.sees("(历史中没有)`panx'：panic")
	d.types("\x03\x04")
	d.ends(0)
}

func TestSearchOnTerminal(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{history: historyFile(t, pastLines...)})
	d.types("abc\x12")
	d.sees("(reverse-i-search)`': abc")
	d.types("s ")
	d.sees("(reverse-i-search)`s ': listen s 5")
	d.types("\x12")
	d.sees("(reverse-i-search)`s ': bind s 127.0.0.1:8888")
	d.types("\x12")
	d.sees("(failed reverse-i-search)`s ': bind s")
	d.types("\x1b")
	d.prompts("abc")
	d.types("\x12s \x12\r")
	d.sees("<bind s 127.0.0.1:8888>")
	d.prompts("")
	d.types("\x12bind\x03") // Ctrl-C leaves the search, too
	d.sees("bind s 127.0.0.1:8888^C")
	d.prompts("")
	d.types("\x04")
	d.ends(0)
}

func TestInterruptLine(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("half a")
	d.prompts("half a")
	d.types("\x03")
	d.sees("> half a^C\n>")
	d.types("ok\r")
	d.sees("<ok>")
	d.prompts("")                        // before, the signal would be the command's
	d.cmd.Process.Signal(syscall.SIGINT) // as if it were the key
	d.sees("> ^C")
	d.prompts("")
	d.types("\x1a\x1cx\r") // neither Ctrl-Z nor Ctrl-\ is anything at the prompt
	d.sees("<x>")
	d.types("\x04")
	d.ends(0)
}

func TestInterruptCommand(t *testing.T) {
	d := sit(t, deskOptions{})
	var took []time.Duration
	for i := range 10 {
		d.types("block\r")
		d.until("the command", func() bool { return strings.Count(d.output(), "blocking") == i+1 })
		d.types("typed ahead and forgotten\r\x1a") // Ctrl-Z stops nothing
		begin := time.Now()
		d.types("\x03")
		d.until("its end", func() bool {
			return strings.Count(d.output(), "interrupted") == i+1 && d.line() == ">"
		})
		took = append(took, time.Since(begin))
	}
	// One of ten may meet a machine that is busy.
	fast := 0
	for _, d := range took {
		if d < 50*time.Millisecond {
			fast++
		}
	}
	if fast == 0 {
		t.Errorf("Ctrl-C took %v", took)
	}
	t.Logf("Ctrl-C to the next prompt: %v", took)
	if strings.Contains(d.output(), "<typed ahead") {
		t.Error("what Ctrl-C throws away was run")
	}
	d.types("\x04")
	d.ends(0)
}

// Ctrl-C right behind Enter comes before the command has started, and must end it all the same.
func TestInterruptOvertakesCommand(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	for i := range 50 {
		switch {
		case i%3 == 0:
			d.types("block\r\x03")
		default:
			d.types("block\r")
			for begin := time.Now(); time.Since(begin) < time.Duration(i)*100*time.Microsecond; {
			}
			d.types("\x03")
		}
		d.until("its end", func() bool { return strings.Count(d.output(), "interrupted") == i+1 && d.line() == ">" })
	}
	d.types("\x04")
	d.ends(0)
}

func TestTypeAhead(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	for range 2 {
		d.types("block\r")
		d.sees("blocking")
		d.types("first\rsecond\rthi")
		d.cmd.Process.Signal(syscall.SIGINT) // which, unlike the key, leaves the terminal's queue alone
		d.prompts("thi")
		d.sees("> first\n<first>\n> second\n<second>\n> thi")
		d.types("\x03\x0c") // Ctrl-L
		d.until("an empty screen", func() bool { return d.screen() == ">" })
	}
	d.types("\x04")
	d.ends(0)
}

func TestPanic(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("panic\r")
	d.sees("internal error: boom")
	d.prompts("")
	d.types("boom")
	d.sees("internal error: completion")
	d.prompts("boom")
	d.types("\r")
	d.sees("<boom>")
	d.types("\x04")
	d.ends(0)
}

func TestWaysOut(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name   string
		leave  func(d *desk)
		status int
	}{
		{"Ctrl-D", func(d *desk) { d.types("\x04") }, 0},
		{"quit", func(d *desk) { d.types("quit\r") }, 0},
		{"quit in a paste", func(d *desk) { d.types("\x1b[200~a\rquit\rb\r\x1b[201~") }, 0},
		{"TERM", func(d *desk) { d.cmd.Process.Signal(syscall.SIGTERM) }, 128 + 15},
		{"HUP", func(d *desk) { d.cmd.Process.Signal(syscall.SIGHUP) }, 128 + 1},
		{"QUIT", func(d *desk) { d.cmd.Process.Signal(syscall.SIGQUIT) }, 128 + 3},
		{"TERM with a menu", func(d *desk) {
			d.types("li\t")
			d.prompts("listen")
			d.cmd.Process.Signal(syscall.SIGTERM)
		}, 128 + 15},
		{"TERM in a command", func(d *desk) {
			d.types("block\r")
			d.sees("blocking")
			d.cmd.Process.Signal(syscall.SIGTERM)
		}, 128 + 15},
		{"TERM in a command that does not end", func(d *desk) {
			d.types("stuck\r")
			d.sees("blocking")
			d.cmd.Process.Signal(syscall.SIGTERM)
		}, 128 + 15},
		{"Ctrl-\\ in a command", func(d *desk) {
			d.types("block\r")
			d.sees("blocking")
			d.types("\x1c")
		}, 128 + 3},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			d := sit(t, deskOptions{})
			test.leave(d)
			d.ends(test.status)
		})
	}
}

func TestHangUp(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.tty.Close()
	d.pty.Close()
	select {
	case <-d.status:
	case <-time.After(patience):
		t.Fatal("the shell does not end")
	}
	if got := d.cmd.ProcessState.ExitCode(); got != 128+1 {
		t.Errorf("exit status %d (%v)", got, d.cmd.ProcessState)
	}
}

// A terminal that was stopped and continued gets its mode back, whatever the other shell did to it.
func TestContinue(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	want := d.modes()
	d.types("abc")
	d.prompts("abc")
	d.cmd.Process.Signal(syscall.SIGSTOP)
	d.cooked()
	n := len(d.output())
	d.cmd.Process.Signal(syscall.SIGCONT)
	d.until("the prompt again", func() bool { return len(d.output()) > n && d.line() == "> abc" })
	d.until("the mode", func() bool { return d.modes() == want })
	d.types("\x15\x04")
	d.ends(0)
}

func TestNoTerminal(t *testing.T) {
	t.Parallel()
	null, err := os.Open(os.DevNull)
	if err != nil {
		t.Fatal(err)
	}
	defer null.Close()
	if _, err := Open(Options{In: null, Out: null}); err == nil || !strings.Contains(err.Error(), "not a terminal") {
		t.Errorf("Open on %s: %v", os.DevNull, err)
	}
	d := start(t, deskOptions{env: []string{"TERM=dumb"}})
	d.sees("TERM is dumb: not a terminal")
}
