//go:build !linux

package sys

import (
	"os"
	"os/signal"
	"syscall"
)

// EndBy ends the process by a signal, as it ends a program that watches for none.
func EndBy(sig syscall.Signal) {
	signal.Reset(sig)
	if self, err := os.FindProcess(os.Getpid()); err == nil {
		_ = self.Signal(sig)
	}
}
