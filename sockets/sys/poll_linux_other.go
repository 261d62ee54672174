//go:build linux && !amd64

package sys

import (
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// The younger architectures have no poll(2) and no unlink(2) of the kernel's own: libc makes them of these.
const (
	pollOp   = "ppoll"
	unlinkOp = "unlinkat"
)

func poll(fds []unix.PollFd, timeout time.Duration) (uintptr, unix.Errno) {
	var ts *unix.Timespec
	if timeout >= 0 {
		t := unix.NsecToTimespec(int64(timeout))
		ts = &t
	}
	r, _, errno := unix.Syscall6(unix.SYS_PPOLL, uintptr(unsafe.Pointer(unsafe.SliceData(fds))), uintptr(len(fds)), uintptr(unsafe.Pointer(ts)), 0, 0, 0)
	return r, errno
}

func pollTimeout(b line, d time.Duration) line {
	if d < 0 {
		return b.text(", NULL, NULL")
	}
	return b.text(", {tv_sec=").int(int64(d / time.Second)).text(", tv_nsec=").int(int64(d % time.Second)).text("}, NULL")
}

func unlink(path *byte) unix.Errno {
	at := unix.AT_FDCWD
	_, _, errno := unix.Syscall(unix.SYS_UNLINKAT, uintptr(at), uintptr(unsafe.Pointer(path)), 0)
	return errno
}

func unlinkArgs(path string) line {
	return make(line, 0, 64).text("AT_FDCWD, ").quote([]byte(path)).text(", 0")
}
