//go:build unix

package sys

import (
	"os"

	"golang.org/x/sys/unix"
)

// ReserveStdio makes sure that descriptors 0, 1 and 2 are open, with /dev/null where they are not. A socket that
// got one of these numbers would be written to by whoever prints. The program calls it before it opens anything.
func ReserveStdio() error {
	for fd := uintptr(0); fd <= 2; fd++ {
		if _, err := unix.FcntlInt(fd, unix.F_GETFD, 0); err != unix.EBADF {
			continue
		}
		got, err := unix.Open(os.DevNull, unix.O_RDWR, 0) // the lowest number that is free
		if err != nil {
			return os.NewSyscallError("open", err)
		}
		if uintptr(got) != fd {
			_ = unix.Close(got)
		}
	}
	return nil
}
