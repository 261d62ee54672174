package sys

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

const (
	pollOp   = "poll"
	unlinkOp = "unlink"
)

func poll(fds []unix.PollFd, timeout time.Duration) (uintptr, unix.Errno) {
	r, _, errno := unix.Syscall(unix.SYS_POLL, uintptr(unsafe.Pointer(unsafe.SliceData(fds))), uintptr(len(fds)), uintptr(milliseconds(timeout)))
	return r, errno
}

func pollTimeout(b line, d time.Duration) line { return b.text(", ").int(int64(milliseconds(d))) }

func unlink(path *byte) unix.Errno {
	_, _, errno := unix.Syscall(unix.SYS_UNLINK, uintptr(unsafe.Pointer(path)), 0, 0)
	return errno
}

func unlinkArgs(path string) line { return make(line, 0, 64).quote([]byte(path)) }
