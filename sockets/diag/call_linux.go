package diag

import (
	"os"
	"strconv"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// An exchange is what is said to the kernel while the link is held: the system calls, and the telling of them.
type exchange struct {
	*link
	telling bool
	calls   []sockets.Call
}

// call makes a system call that does not wait. A signal may end it before it did anything.
func (x *exchange) call(op string, do func() (uintptr, unix.Errno), args func(ok bool) string) (int, unix.Errno) {
	for {
		if !x.telling {
			if r, errno := do(); errno != unix.EINTR {
				return int(r), errno
			}
			continue
		}
		start := time.Now()
		r, errno := do()
		c := sockets.Call{Op: op, Took: time.Since(start), Ret: int64(int(r)), Scaffold: true}
		if errno != 0 {
			c.Ret, c.Errno = -1, errnoName(errno)
		}
		c.Args = args(errno == 0)
		x.calls = append(x.calls, c)
		if errno != unix.EINTR {
			return int(r), errno
		}
	}
}

func errnoName(errno unix.Errno) string {
	switch errno {
	case unix.EAGAIN:
		return "EAGAIN"
	case unix.EOPNOTSUPP:
		return "EOPNOTSUPP"
	}
	if name := unix.ErrnoName(errno); name != "" {
		return name
	}
	return "errno " + strconv.Itoa(int(errno))
}

func (x *exchange) open() error {
	fd, errno := x.call("socket", func() (uintptr, unix.Errno) {
		fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_SOCK_DIAG)
		errno, _ := err.(unix.Errno)
		return uintptr(fd), errno
	}, func(bool) string { return "AF_NETLINK, SOCK_RAW|SOCK_CLOEXEC, NETLINK_SOCK_DIAG" })
	if errno != 0 {
		return os.NewSyscallError("socket", errno)
	}
	x.fd = x.aside(fd)
	return nil
}

// aside gives a descriptor a high number where there is one: the low ones are for the sockets that are asked about.
func (x *exchange) aside(fd int) int {
	const high = 200
	moved, errno := x.call("fcntl", func() (uintptr, unix.Errno) {
		moved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, high)
		errno, _ := err.(unix.Errno)
		return uintptr(moved), errno
	}, func(bool) string { return strconv.Itoa(fd) + ", F_DUPFD_CLOEXEC, " + strconv.Itoa(high) })
	if errno != 0 {
		return fd
	}
	x.fd = fd
	_ = x.close()
	return moved
}

// close is never made again: the number may have become another's.
func (x *exchange) close() error {
	fd := x.fd
	x.fd = -1
	_, errno := x.call("close", func() (uintptr, unix.Errno) {
		err := unix.Close(fd)
		errno, _ := err.(unix.Errno)
		if errno == unix.EINTR {
			errno = 0 // it is closed
		}
		return 0, errno
	}, func(bool) string { return strconv.Itoa(fd) })
	if errno != 0 {
		return os.NewSyscallError("close", errno)
	}
	return nil
}

// send puts the message in x.out to the kernel, which an unconnected netlink socket speaks to.
func (x *exchange) send() unix.Errno {
	_, errno := x.call("sendto", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(x.fd), uintptr(unsafe.Pointer(unsafe.SliceData(x.out))), uintptr(len(x.out)), 0, 0, 0)
		return r, errno
	}, func(bool) string {
		return strconv.Itoa(x.fd) + ", " + describe(x.out, true) + ", " + strconv.Itoa(len(x.out)) + ", 0"
	})
	return errno
}

// receive takes the next answer of the kernel's. One that is longer than the room for it is lost: EMSGSIZE, and the next will have room.
func (x *exchange) receive() ([]byte, unix.Errno) {
	for {
		var from unix.RawSockaddrNetlink
		size := uint32(unsafe.Sizeof(from))
		came := 0
		n, errno := x.call("recvfrom", func() (uintptr, unix.Errno) {
			r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(x.fd), uintptr(unsafe.Pointer(unsafe.SliceData(x.in))), uintptr(len(x.in)),
				unix.MSG_DONTWAIT|unix.MSG_TRUNC, uintptr(unsafe.Pointer(&from)), uintptr(unsafe.Pointer(&size)))
			came = int(r)
			return r, errno
		}, func(ok bool) string {
			s := strconv.Itoa(x.fd) + ", buf"
			if ok {
				s = strconv.Itoa(x.fd) + ", " + describe(x.in[:min(came, len(x.in))], false)
			}
			return s + ", " + strconv.Itoa(len(x.in)) + ", MSG_TRUNC|MSG_DONTWAIT"
		})
		switch {
		case errno != 0:
			return nil, errno
		case n > len(x.in):
			x.in = make([]byte, aligned(n))
			return nil, unix.EMSGSIZE
		case from.Pid == 0: // the kernel; root's programs may send here, too
			return x.in[:n], 0
		}
	}
}
