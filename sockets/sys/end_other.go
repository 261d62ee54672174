//go:build !linux

package sys

import (
	"os"
	"os/signal"
	"syscall"
)

// EndBy ends the process by a signal, as it ends a program that watches for none. It may return, and then the process is yet to end.
func EndBy(sig syscall.Signal) {
	if sig == syscall.SIGQUIT { // Go's own answer to it would be pages of stack traces
		return
	}
	signal.Reset(sig)
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Signal(sig)
	}
}
