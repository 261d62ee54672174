package tty

import (
	"strings"
	"syscall"
	"testing"
)

// frames counts the pictures on the screen: there must never be more than one.
func (d *desk) frames() int {
	s := d.screen()
	return max(strings.Count(s, "frame "), strings.Count(s, "the last line"))
}

// oneFrame checks that after some more frames there is still one.
func (d *desk) oneFrame(what string) {
	d.t.Helper()
	for range 20 {
		n := len(d.output())
		d.until("the next frame", func() bool { return len(d.output()) > n })
	}
	d.until("one picture: "+what, func() bool { return d.frames() == 1 })
}

func TestLiveEndsWithAKey(t *testing.T) {
	t.Parallel()
	for _, key := range []string{"x", "\r", "\x1b[A", "好", "\x1b"} {
		d := sit(t, deskOptions{})
		d.types("live\r")
		d.oneFrame("at first")
		d.mu.Lock()
		if d.vt.CursorVisible() {
			t.Error("the cursor is seen beside the picture")
		}
		d.mu.Unlock()
		d.types(key)
		d.sees("over")
		d.prompts("")
		if d.frames() != 0 {
			t.Errorf("%q: the picture is still there", key)
		}
		d.types("after\r")
		d.sees("<after>")
		d.types("\x04")
		d.ends(0)
	}
}

func TestLiveWithNotices(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{rows: 12, cols: 60})
	d.types("notices 30\rlive\r")
	d.sees("[notice 30]")
	d.oneFrame("after notices")
	if s := d.screen(); strings.Index(s, "[notice 30]") > strings.Index(s, "frame ") {
		t.Error("a notice stands below the picture")
	}
	for _, n := range []string{"[notice 1]", "[notice 17]"} {
		if !strings.Contains(d.output(), n) {
			t.Errorf("%s was lost", n)
		}
	}
	d.types("q")
	d.sees("over")
	d.types("\x04")
	d.ends(0)
}

func TestLiveResized(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("live\r")
	d.sees("of 79x23")
	d.resize(100, 30)
	d.sees("of 99x29")
	d.oneFrame("wider")
	d.types("q")
	d.sees("over")
	d.types("\x04")
	d.ends(0)
}

func TestLiveInterrupted(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("live\r")
	d.oneFrame("at first")
	d.types("\x03")
	d.sees("over")
	d.prompts("")
	if strings.Contains(d.screen(), "^C") || d.frames() != 0 {
		t.Error("something of it is left")
	}
	d.types("live panic\r") // a command that leaves its picture behind
	d.sees("internal error")
	d.prompts("")
	if d.frames() != 0 {
		t.Error("the picture is still there")
	}
	d.types("live 20ms\r")
	d.until("the second end", func() bool { return strings.Count(d.screen(), "over") == 2 })
	d.types("still\r")
	d.sees("<still>")
	d.types("\x04")
	d.ends(0)
}

// TestLiveLeavesAPaste: lines that were pasted behind it are run after it, whole.
func TestLiveLeavesAPaste(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("live 50ms\rnext line\r")
	d.sees("<next line>")
	d.types("\x04")
	d.ends(0)
}

func TestLiveTerminated(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("live\r")
	d.oneFrame("at first")
	d.cmd.Process.Signal(syscall.SIGTERM)
	d.ends(128 + int(syscall.SIGTERM))
}
