package sys

import (
	"os/signal"
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"
)

// EndBy ends the process by a signal, as it ends a program that watches for none. Go's own answer to SIGQUIT would be pages of
// stack traces, which tell a student nothing. It returns while the signal is under way, and where the process is the first of a container.
func EndBy(sig syscall.Signal) {
	signal.Reset(sig)
	var byDefault [4]uint64 // struct sigaction: SIG_DFL, no flags
	_, _, _ = unix.RawSyscall6(unix.SYS_RT_SIGACTION, uintptr(sig), uintptr(unsafe.Pointer(&byDefault)), 0, unsafe.Sizeof(byDefault[0]), 0, 0)
	_ = unix.Kill(unix.Getpid(), sig)
}
