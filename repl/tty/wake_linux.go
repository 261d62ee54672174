package tty

import (
	"syscall"

	"github.com/pkg/term/termios"
)

// wakeWriter wakes who waits for room to write to the terminal. At a Ctrl-C Linux throws away what is on its way there
// and forgets to: with nothing left that could be read, nobody ever would, and the program stood still.
//
// Asking for the mode waits until the throwing away is over; output that is stopped and started again
// (ioctl_tty(2), TCXONC) wakes its writers.
func (m *modes) wakeWriter() {
	fd := uintptr(m.fd)
	if _, err := termios.Tcgetattr(fd); err != nil {
		return
	}
	const stop, start = 0, 1
	for _, what := range []uintptr{stop, start} {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, tcxonc, what)
	}
}

// discard throws away what the terminal has not taken, so that who waits to write goes on.
func (m *modes) discard() {
	const output = 1
	_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, uintptr(m.fd), tcflsh, output)
	m.wakeWriter()
}

// Of ioctl_tty(2).
const (
	tcxonc = 0x540a
	tcflsh = 0x540b
)
