package tty

import (
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestTerminatedWhileNobodyReads: a terminal that takes no output does not keep a program that is told to end.
func TestTerminatedWhileNobodyReads(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{})
	d.mu.Lock()
	d.deaf = "flood flood"
	d.mu.Unlock()
	d.types("flood\r")
	d.until("the flood", func() bool { return strings.Contains(d.output(), d.deaf) })
	d.cmd.Process.Signal(syscall.SIGTERM)
	select {
	case <-d.status:
	case <-time.After(patience):
		t.Fatal("the shell does not end")
	}
	if got := d.cmd.ProcessState.ExitCode(); got != 128+15 {
		t.Errorf("exit status %d (%v)", got, d.cmd.ProcessState)
	}
	if got := d.modes(); got != d.found {
		t.Errorf("modes after the end: %s\nbefore: %s", got, d.found)
	}
}
