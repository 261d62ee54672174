package sys

import (
	"os"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// QueueIn is ioctl(2) with SIOCINQ: how many bytes wait to be received; of a datagram socket, how long the next one is.
// A listening socket gives EINVAL.
func (c Caller) QueueIn(fd sockets.FD) (int, error) { return c.queue(fd, "SIOCINQ", unix.SIOCINQ) }

// QueueOut is ioctl(2) with SIOCOUTQ: how many bytes were sent and not yet acknowledged. Of an
// AF_UNIX or UDP socket it is the memory they take, which is more.
func (c Caller) QueueOut(fd sockets.FD) (int, error) { return c.queue(fd, "SIOCOUTQ", unix.SIOCOUTQ) }

func (c Caller) queue(fd sockets.FD, name string, request uintptr) (int, error) {
	var n int32
	_, err := c.call("ioctl", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), request, uintptr(unsafe.Pointer(&n)))
		return r, errno
	}, func(ok bool) string {
		b := with(fd).text(", ").text(name)
		if ok {
			b = b.text(", [").int(int64(n)).text("]")
		}
		return string(b)
	})
	return int(n), err
}

// Exists is lstat(2), as newfstatat: whether there is a file of this name, and whether it is a socket.
func (c Caller) Exists(path string) (isSocket, exists bool) {
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return false, false
	}
	var st unix.Stat_t
	at := unix.AT_FDCWD
	_, err = c.call("newfstatat", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_NEWFSTATAT, uintptr(at), uintptr(unsafe.Pointer(name)),
			uintptr(unsafe.Pointer(&st)), unix.AT_SYMLINK_NOFOLLOW, 0, 0)
		return r, errno
	}, func(ok bool) string {
		b := make(line, 0, 128).text("AT_FDCWD, ").quote([]byte(path))
		if ok {
			b = b.text(", {st_mode=").text(fileType(st.Mode)).text("|0")
			b = line(strconv.AppendUint(b, uint64(st.Mode&0o7777), 8)).text("}")
		}
		return string(b.text(", AT_SYMLINK_NOFOLLOW"))
	})
	return err == nil && st.Mode&unix.S_IFMT == unix.S_IFSOCK, err == nil
}

func fileType(mode uint32) string {
	switch mode & unix.S_IFMT {
	case unix.S_IFSOCK:
		return "S_IFSOCK"
	case unix.S_IFREG:
		return "S_IFREG"
	case unix.S_IFDIR:
		return "S_IFDIR"
	case unix.S_IFLNK:
		return "S_IFLNK"
	case unix.S_IFIFO:
		return "S_IFIFO"
	case unix.S_IFCHR:
		return "S_IFCHR"
	}
	return "S_IFBLK"
}

// Unlink is unlink(2): it removes a name from the file system, as of an AF_UNIX socket that was closed.
func (c Caller) Unlink(path string) error {
	name, err := unix.BytePtrFromString(path)
	if err != nil {
		return refused(unlinkOp, unix.EINVAL)
	}
	_, err = c.call(unlinkOp, func() (uintptr, unix.Errno) { return 0, unlink(name) },
		func(bool) string { return string(unlinkArgs(path)) })
	return err
}

// Somaxconn is what the kernel cuts every backlog to: /proc/sys/net/core/somaxconn.
func Somaxconn() (int, error) {
	b, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	if err != nil {
		return 0, err
	}
	return strconv.Atoi(strings.TrimSpace(string(b)))
}

// interfaceIndex is the number of an interface, as if_nametoindex(3) asks for it: ioctl(2) with SIOCGIFINDEX, of any socket. It is scaffold.
func (c Caller) interfaceIndex(fd sockets.FD, name string) (int64, bool) {
	req, err := unix.NewIfreq(name)
	if err != nil {
		return 0, false
	}
	_, err = c.Scaffold().call("ioctl", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCGIFINDEX, uintptr(unsafe.Pointer(req)))
		return r, errno
	}, func(ok bool) string {
		b := with(fd).text(", SIOCGIFINDEX, {ifr_name=").quote([]byte(name))
		if ok {
			b = b.text(", ifr_ifindex=").int(int64(int32(req.Uint32())))
		}
		return string(b.text("}"))
	})
	return int64(int32(req.Uint32())), err == nil
}
