package tty

import (
	"strings"
	"syscall"
	"testing"
)

// TestStatus holds what a waiting command says of itself to the bottom: what comes meanwhile goes above it, and nothing of it
// is left when the command is over.
func TestStatus(t *testing.T) {
	t.Parallel()
	for _, cols := range []int{60, 12, 5} {
		d := sit(t, deskOptions{cols: cols, rows: 14})
		d.types("notices 20\rstatus a client; Ctrl-C ends it\r")
		seen := func() string { return strings.Join(strings.Fields(d.screen()), "") } // wherever the rows end
		ends := func() bool { return strings.HasSuffix(seen(), "waitingforaclient;Ctrl-Cendsit") }
		d.until("the last notice, and the status below it", func() bool {
			return strings.Contains(d.output(), "[notice 20]") && ends() && strings.Count(seen(), "waiting") == 1
		})
		d.resize(cols+7, 9)
		d.until("the status in the new width", ends)
		d.types("\x03")
		d.sees("interrupted")
		d.until("the prompt", func() bool { return d.line() == ">" })
		if s := seen(); strings.Contains(s, "ends") || !strings.Contains(s, "^Cinterrupted") {
			t.Errorf("%d columns: something of the status is left:\n%s", cols, d.screen())
		}
		d.types("\x04")
		d.ends(0)
	}
}

// TestStatusTerminated: it is not what a terminal is left with, either.
func TestStatusTerminated(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.types("status Godot\r")
	d.sees("waiting for Godot")
	d.cmd.Process.Signal(syscall.SIGTERM)
	d.ends(128 + int(syscall.SIGTERM))
	if s := d.screen(); strings.Contains(s, "Godot\nsignal") {
		t.Errorf("the status is left:\n%s", s)
	}
}
