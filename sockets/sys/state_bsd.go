//go:build darwin || freebsd

package sys

import (
	"net"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// QueueIn is ioctl(2) with FIONREAD: how many bytes wait to be received.
func (c Caller) QueueIn(fd sockets.FD) (int, error) {
	const fionread = 0x4004667f
	var n int32
	_, err := c.call("ioctl", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), fionread, uintptr(unsafe.Pointer(&n)))
		return r, errno
	}, func(bool) string { return string(with(fd).text(", FIONREAD, [").int(int64(n)).text("]")) })
	return int(n), err
}

// QueueOut is told by Linux alone.
func (c Caller) QueueOut(sockets.FD) (int, error) {
	return 0, unsupported("the send queue is read by SIOCOUTQ, which only Linux has")
}

// State is told by Linux alone.
func (c Caller) State(sockets.FD) (string, error) {
	return "", unsupported("the state of a connection is read by TCP_INFO, as Linux has it")
}

// AcceptQueue is told by Linux alone.
func (c Caller) AcceptQueue(sockets.FD) (n, backlog int, err error) {
	return 0, 0, unsupported("the accept queue is read by TCP_INFO, as Linux has it")
}

// Exists is lstat(2): whether there is a file of this name, and whether it is a socket.
func (c Caller) Exists(path string) (isSocket, exists bool) {
	var st unix.Stat_t
	_, err := c.call("lstat", func() (uintptr, unix.Errno) {
		if err := unix.Lstat(path, &st); err != nil {
			return 0, err.(unix.Errno)
		}
		return 0, 0
	}, func(bool) string { return string(make(line, 0, 64).quote([]byte(path))) })
	return err == nil && st.Mode&unix.S_IFMT == unix.S_IFSOCK, err == nil
}

// Unlink is unlink(2): it removes a name from the file system, as of an AF_UNIX socket that was closed.
func (c Caller) Unlink(path string) error {
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return refused("unlink", unix.EINVAL)
	}
	_, err = c.call("unlink", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_UNLINK, uintptr(unsafe.Pointer(name)), 0, 0)
		return r, errno
	}, func(bool) string { return string(make(line, 0, 64).quote([]byte(path))) })
	return err
}

// Somaxconn is what the kernel cuts every backlog to: sysctl kern.ipc.somaxconn.
func Somaxconn() (int, error) {
	n, err := unix.SysctlUint32("kern.ipc.somaxconn")
	return int(n), err
}

// interfaceIndex is the number of an interface.
func (c Caller) interfaceIndex(_ sockets.FD, name string) (int64, bool) {
	i, err := net.InterfaceByName(name)
	if err != nil {
		return 0, false
	}
	return int64(i.Index), true
}
