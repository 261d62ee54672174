//go:build unix

package sys

import (
	"os"

	"golang.org/x/sys/unix"
)

// RoomForFiles reports whether n more descriptors can be opened, and how many this process may have in all. It tries, as
// others may have left some open.
func RoomForFiles(n int) (most uint64, ok bool) {
	var limit unix.Rlimit
	if err := unix.Getrlimit(unix.RLIMIT_NOFILE, &limit); err != nil {
		return 0, true // then each call tells
	}
	var taken []int
	defer func() {
		for _, fd := range taken {
			_ = unix.Close(fd)
		}
	}()
	for range n {
		fd, err := unix.FcntlInt(0, unix.F_DUPFD_CLOEXEC, 0)
		if err != nil {
			return uint64(limit.Cur), err == unix.EBADF
		}
		taken = append(taken, fd)
	}
	return uint64(limit.Cur), true
}

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
