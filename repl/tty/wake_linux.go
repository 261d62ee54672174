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
	const tcxonc, stop, start = 0x540a, 0, 1
	for _, what := range []uintptr{stop, start} {
		_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, fd, tcxonc, what)
	}
}
