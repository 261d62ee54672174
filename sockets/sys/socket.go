//go:build unix

package sys

import (
	"syscall"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// none is the FD of no socket.
const none sockets.FD = -1

// Socket is socket(2). The descriptor is made close-on-exec by a call of its own, as scaffold.
func (c Caller) Socket(f sockets.Family, k sockets.Kind, proto int) (sockets.FD, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	fd, err := c.call("socket", func() (uintptr, unix.Errno) {
		r, _, errno := unix.RawSyscall(unix.SYS_SOCKET, uintptr(family(f)), uintptr(kind(k)), uintptr(proto))
		return r, errno
	}, func(bool) string { return string(socketArgs(f, k, proto)) })
	if err != nil {
		return none, err
	}
	c.closeOnExec(fd)
	return sockets.FD(fd), nil
}

func socketArgs(f sockets.Family, k sockets.Kind, proto int) line {
	b := make(line, 0, 64)
	if n := family(f); n == unix.AF_MAX || n == unix.AF_UNSPEC {
		b = b.int(int64(n)) // what the kernel was given, not what it was asked for
	} else {
		b = b.text(string(f))
	}
	b = b.text(", ")
	if n := kind(k); n == 0 {
		b = b.int(0)
	} else {
		b = b.text(string(k))
	}
	return b.text(", ").protocol(proto)
}

// Socketpair is socketpair(2).
func (c Caller) Socketpair(f sockets.Family, k sockets.Kind, proto int) (a, b sockets.FD, err error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	var pair [2]int32
	_, err = c.call("socketpair", func() (uintptr, unix.Errno) {
		r, _, errno := unix.RawSyscall6(unix.SYS_SOCKETPAIR, uintptr(family(f)), uintptr(kind(k)), uintptr(proto),
			uintptr(unsafe.Pointer(&pair)), 0, 0)
		return r, errno
	}, func(ok bool) string {
		b := socketArgs(f, k, proto)
		if ok {
			b = b.text(", [").int(int64(pair[0])).text(", ").int(int64(pair[1])).text("]")
		}
		return string(b)
	})
	if err != nil {
		return none, none, err
	}
	c.closeOnExec(int(pair[0]))
	c.closeOnExec(int(pair[1]))
	return sockets.FD(pair[0]), sockets.FD(pair[1]), nil
}

// Dup is dup(2): a second descriptor of the same socket.
func (c Caller) Dup(fd sockets.FD) (sockets.FD, error) {
	syscall.ForkLock.RLock()
	defer syscall.ForkLock.RUnlock()
	n, err := c.call("dup", func() (uintptr, unix.Errno) {
		r, _, errno := unix.RawSyscall(unix.SYS_DUP, uintptr(fd), 0, 0)
		return r, errno
	}, func(bool) string { return string(with(fd)) })
	if err != nil {
		return none, err
	}
	c.closeOnExec(n)
	return sockets.FD(n), nil
}

// closeOnExec keeps a descriptor from the programs that sockstep starts. Python does so, too.
func (c Caller) closeOnExec(fd int) {
	_, _ = c.Scaffold().call("fcntl", func() (uintptr, unix.Errno) {
		r, _, errno := unix.RawSyscall(unix.SYS_FCNTL, uintptr(fd), unix.F_SETFD, unix.FD_CLOEXEC)
		return r, errno
	}, func(bool) string { return string(with(sockets.FD(fd)).text(", F_SETFD, FD_CLOEXEC")) })
}

// Bind is bind(2). The address is the socket's local one; port 0 lets the kernel choose.
func (c Caller) Bind(fd sockets.FD, addr sockets.Address) error {
	var sa sockaddr
	sa.set(addr)
	_, err := c.call("bind", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_BIND, uintptr(fd), uintptr(unsafe.Pointer(&sa.buf)), uintptr(sa.len))
		return r, errno
	}, func(bool) string { return string(with(fd).text(", ").address(addr)) })
	return err
}

// Listen is listen(2).
func (c Caller) Listen(fd sockets.FD, backlog int) error {
	_, err := c.call("listen", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_LISTEN, uintptr(fd), uintptr(backlog), 0)
		return r, errno
	}, func(bool) string { return string(with(fd).text(", ").int(int64(backlog))) })
	return err
}

func (c Caller) connect(fd sockets.FD, addr sockets.Address) error {
	var sa sockaddr
	sa.set(addr)
	_, err := c.block("connect", waiting{fd: fd}, 0, func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_CONNECT, uintptr(fd), uintptr(unsafe.Pointer(&sa.buf)), uintptr(sa.len))
		return r, errno
	}, func(bool) string { return string(with(fd).text(", ").address(addr)) })
	return err
}

// Accept is accept(2). It gives the new socket and the peer's address.
func (c Caller) Accept(fd sockets.FD) (sockets.FD, sockets.Address, error) {
	var sa sockaddr
	var peer sockets.Address
	n, err := c.block("accept", waiting{fd: fd, events: unix.POLLIN}, 0, func() (uintptr, unix.Errno) {
		sa.room()
		r, _, errno := unix.Syscall(unix.SYS_ACCEPT, uintptr(fd), uintptr(unsafe.Pointer(&sa.buf)), uintptr(unsafe.Pointer(&sa.len)))
		if errno == 0 {
			peer = sa.address()
		}
		return r, errno
	}, func(ok bool) string {
		b := with(fd)
		if ok {
			b = b.text(", ").address(peer)
		}
		return string(b)
	})
	if err != nil {
		return none, sockets.Address{}, err
	}
	c.closeOnExec(n)
	return sockets.FD(n), peer, nil
}

// Shutdown is shutdown(2).
func (c Caller) Shutdown(fd sockets.FD, how How) error {
	_, err := c.call("shutdown", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_SHUTDOWN, uintptr(fd), uintptr(how), 0)
		return r, errno
	}, func(bool) string { return string(with(fd).text(", ").text(how.String())) })
	return err
}

// Getsockname is getsockname(2): the socket's own address.
func (c Caller) Getsockname(fd sockets.FD) (sockets.Address, error) {
	return c.name("getsockname", unix.SYS_GETSOCKNAME, fd)
}

// Getpeername is getpeername(2): the address of the other end.
func (c Caller) Getpeername(fd sockets.FD) (sockets.Address, error) {
	return c.name("getpeername", unix.SYS_GETPEERNAME, fd)
}

func (c Caller) name(op string, trap uintptr, fd sockets.FD) (sockets.Address, error) {
	var sa sockaddr
	var addr sockets.Address
	_, err := c.call(op, func() (uintptr, unix.Errno) {
		sa.room()
		r, _, errno := unix.Syscall(trap, uintptr(fd), uintptr(unsafe.Pointer(&sa.buf)), uintptr(unsafe.Pointer(&sa.len)))
		if errno == 0 {
			addr = sa.address()
		}
		return r, errno
	}, func(ok bool) string {
		b := with(fd)
		if ok {
			b = b.text(", ").address(addr)
		}
		return string(b)
	})
	return addr, err
}

// Nonblock is fcntl(2) with F_SETFL: it sets or clears O_NONBLOCK and leaves the other flags, which it asks for first, as scaffold.
func (c Caller) Nonblock(fd sockets.FD, on bool) error {
	now, err := c.Scaffold().statusFlags(fd)
	if err != nil {
		return err
	}
	want := now &^ unix.O_NONBLOCK
	if on {
		want |= unix.O_NONBLOCK
	}
	_, err = c.call("fcntl", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_FCNTL, uintptr(fd), unix.F_SETFL, uintptr(want))
		return r, errno
	}, func(bool) string { return string(with(fd).text(", F_SETFL, ").statusFlags(want)) })
	return err
}

// Blocking reports whether calls on the socket block: fcntl(2) with F_GETFL.
func (c Caller) Blocking(fd sockets.FD) (bool, error) {
	now, err := c.statusFlags(fd)
	return now&unix.O_NONBLOCK == 0, err
}

func (c Caller) statusFlags(fd sockets.FD) (int, error) {
	return c.call("fcntl", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_FCNTL, uintptr(fd), unix.F_GETFL, 0)
		return r, errno
	}, func(bool) string { return string(with(fd).text(", F_GETFL")) })
}

// statusFlags writes file status flags as strace does: O_RDWR|O_NONBLOCK.
func (b line) statusFlags(n int) line {
	switch n & unix.O_ACCMODE {
	case unix.O_RDWR:
		b = b.text("O_RDWR")
	case unix.O_WRONLY:
		b = b.text("O_WRONLY")
	default:
		b = b.text("O_RDONLY")
	}
	n &^= unix.O_ACCMODE
	for _, f := range []struct {
		bit  int
		name string
	}{{unix.O_APPEND, "O_APPEND"}, {unix.O_NONBLOCK, "O_NONBLOCK"}, {unix.O_ASYNC, "O_ASYNC"}} {
		if n&f.bit != 0 {
			b = b.text("|").text(f.name)
			n &^= f.bit
		}
	}
	if n != 0 {
		b = b.text("|").int(int64(n))
	}
	return b
}

// Close is close(2). It is made even when the context is over. With SO_LINGER it may wait, as
// long as the context lives; the descriptor is gone in any case, so that it is never made twice.
func (c Caller) Close(fd sockets.FD) error {
	do := func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_CLOSE, uintptr(fd), 0, 0)
		return r, errno
	}
	tell := func(bool) string { return string(with(fd)) }
	wake, err := c.waker("close", waiting{fd: fd})
	if err != nil {
		_, err = c.call("close", do, tell)
		return err
	}
	defer wake.end()
	r, errno, took, made := wake.call(c.on, do, false)
	if !made { // the context ended this very moment
		_, err = c.call("close", do, tell)
		return err
	}
	c.record("close", r, errno, took, wake.ended(), tell)
	if errno != 0 {
		return refused("close", errno)
	}
	return nil
}
