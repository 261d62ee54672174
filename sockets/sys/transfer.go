//go:build unix

package sys

import (
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Send is send(2), which the kernel knows as sendto(2) without an address. It returns how many
// bytes the kernel took: on a stream fewer than len(p) where the socket does not block, or where
// the context ended the call, with an [InterruptedError].
//
// MSG_NOSIGNAL is not added: Go's runtime lets no SIGPIPE of a socket end the program.
func (c Caller) Send(fd sockets.FD, p []byte, flags sockets.MsgFlags) (int, error) {
	n, err := number(flags)
	if err != nil {
		return 0, err
	}
	r, err := c.block("sendto", writing(fd, flags), len(p), func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
			uintptr(n), 0, 0)
		return r, errno
	}, func(bool) string { return string(with(fd).sent(p, flags)) })
	return max(r, 0), err
}

// Sendto is sendto(2). The zero Address is none.
func (c Caller) Sendto(fd sockets.FD, p []byte, flags sockets.MsgFlags, addr sockets.Address) (int, error) {
	if addr.IsZero() {
		return c.Send(fd, p, flags)
	}
	n, err := number(flags)
	if err != nil {
		return 0, err
	}
	var sa sockaddr
	sa.set(addr)
	r, err := c.block("sendto", writing(fd, flags), len(p), func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
			uintptr(n), uintptr(unsafe.Pointer(&sa.buf)), uintptr(sa.len))
		return r, errno
	}, func(bool) string { return string(with(fd).sent(p, flags).text(", ").address(addr)) })
	return max(r, 0), err
}

// Recv is recv(2), which the kernel knows as recvfrom(2) without an address. 0 bytes of a stream
// are its end. With MSG_TRUNC the result may exceed len(p): it is how long the datagram was.
func (c Caller) Recv(fd sockets.FD, p []byte, flags sockets.MsgFlags) (int, error) {
	n, err := number(flags)
	if err != nil {
		return 0, err
	}
	got := 0
	r, err := c.block("recvfrom", reading(fd, flags), c.whole(fd, p, flags), func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
			uintptr(n), 0, 0)
		got = int(r)
		return r, errno
	}, func(ok bool) string { return string(with(fd).received(p, got, ok, flags)) })
	return max(r, 0), err
}

// Recvfrom is recvfrom(2). The Address is zero where the kernel gave none, as for a stream.
func (c Caller) Recvfrom(fd sockets.FD, p []byte, flags sockets.MsgFlags) (int, sockets.Address, error) {
	n, err := number(flags)
	if err != nil {
		return 0, sockets.Address{}, err
	}
	var sa sockaddr
	var from sockets.Address
	got := 0
	r, err := c.block("recvfrom", reading(fd, flags), c.whole(fd, p, flags), func() (uintptr, unix.Errno) {
		sa.room()
		r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)),
			uintptr(n), uintptr(unsafe.Pointer(&sa.buf)), uintptr(unsafe.Pointer(&sa.len)))
		got = int(r)
		if errno == 0 {
			from = sa.address()
		}
		return r, errno
	}, func(ok bool) string {
		b := with(fd).received(p, got, ok, flags)
		if ok && !from.IsZero() {
			b = b.text(", ").address(from)
		}
		return string(b)
	})
	return max(r, 0), from, err
}

// whole is how much a recv waits for: without MSG_WAITALL it is content with anything. A TCP socket that is asked for nothing
// waits for data all the same, and a signal makes it return 0 instead of EINTR: such a call is cut short by one, too.
func (c Caller) whole(fd sockets.FD, p []byte, flags sockets.MsgFlags) int {
	switch {
	case len(p) == 0 && c.ctx != nil && flags&(sockets.MsgDontwait|sockets.MsgTrunc) == 0:
		if v, err := c.Scaffold().Getsockopt(fd, names.Option{Name: "SO_TYPE", Level: "SOL_SOCKET", Type: names.Int}); err == nil && v.Int == unix.SOCK_STREAM {
			return 1
		}
	case flags&sockets.MsgWaitall != 0:
		return len(p)
	}
	return 0
}

func reading(fd sockets.FD, flags sockets.MsgFlags) waiting {
	return waiting{fd: fd, events: unix.POLLIN, now: flags&(sockets.MsgDontwait|sockets.MsgErrqueue|sockets.MsgOOB) != 0}
}

func writing(fd sockets.FD, flags sockets.MsgFlags) waiting {
	return waiting{fd: fd, events: unix.POLLOUT, now: flags&sockets.MsgDontwait != 0}
}

func (b line) sent(p []byte, flags sockets.MsgFlags) line {
	return b.text(", ").bytes(p).text(", ").int(int64(len(p))).text(", ").flags(flags)
}

// received writes the buffer with what came; where nothing could, it is only called buf.
func (b line) received(p []byte, n int, ok bool, flags sockets.MsgFlags) line {
	b = b.text(", ")
	if ok {
		b = b.bytes(p[:min(n, len(p))])
	} else {
		b = b.text("buf")
	}
	return b.text(", ").int(int64(len(p))).text(", ").flags(flags)
}
