//go:build unix

package tty

import (
	"os"
	"syscall"
)

// watched are the signals that a terminal program must answer.
func watched() []os.Signal {
	return []os.Signal{syscall.SIGINT, syscall.SIGWINCH, syscall.SIGCONT}
}

// ending are those that end it.
func ending() []os.Signal {
	return []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT}
}

const (
	sigResize   = syscall.SIGWINCH
	sigContinue = syscall.SIGCONT
)

// lock takes the file for this process alone; it gives up when another keeps it, since a prompt that hangs is worse than
// a line of history that is lost.
func lock(f *os.File) bool { return flock(f, syscall.LOCK_EX|syscall.LOCK_NB) }

func flock(f *os.File, how int) bool {
	return eintr(func() error { return syscall.Flock(int(f.Fd()), how) }) == nil
}
