//go:build unix

package tty

import (
	"os"
	"syscall"

	"github.com/pkg/term/termios"
)

// openOn lists the low descriptors that are open on the file of this name.
func openOn(name string) map[int]bool {
	found := map[int]bool{}
	var want, have syscall.Stat_t
	if syscall.Stat(name, &want) != nil {
		return found
	}
	for fd := range 256 {
		if syscall.Fstat(fd, &have) == nil && have.Dev == want.Dev && have.Ino == want.Ino {
			found[fd] = true
		}
	}
	return found
}

// takeControl makes a terminal the controlling one of this process, where it leads a session that has none: a program that
// was started on a terminal by another than a login shell may find itself so. Where that cannot be, nothing changes.
func takeControl(f *os.File) {
	_, _, _ = syscall.Syscall(syscall.SYS_IOCTL, f.Fd(), uintptr(syscall.TIOCSCTTY), 0)
}

// closeDescriptor is close(2).
func closeDescriptor(fd int) { syscall.Close(fd) }

// makeBlocking takes back what another program did to the terminal that we share with it.
func makeBlocking(f *os.File) { syscall.SetNonblock(int(f.Fd()), false) }

// unread is how many bytes wait to be read; 0 where the system does not tell.
func unread(f *os.File) int {
	n, err := termios.Tiocinq(f.Fd())
	if err != nil {
		return 0
	}
	return n
}
