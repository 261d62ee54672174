package diag

import (
	"os"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// Inode is fstat(2): the number of an open socket, as the kernel's lists have it. What is no socket gives ENOTSOCK.
func (d *Diag) Inode(fd sockets.FD) (inode uint32, err error) {
	err = d.do(func(x *exchange) error {
		var st unix.Stat_t
		_, errno := x.call("fstat", func() (uintptr, unix.Errno) {
			errno, _ := unix.Fstat(int(fd), &st).(unix.Errno)
			return 0, errno
		}, func(ok bool) string {
			s := strconv.Itoa(int(fd))
			if ok && st.Mode&unix.S_IFMT == unix.S_IFSOCK {
				s += ", {st_mode=S_IFSOCK|0" + strconv.FormatUint(uint64(st.Mode&0o7777), 8) + ", ...}"
			}
			return s
		})
		switch {
		case errno != 0:
			return os.NewSyscallError("fstat", errno)
		case st.Mode&unix.S_IFMT != unix.S_IFSOCK:
			return os.NewSyscallError("fstat", unix.ENOTSOCK)
		}
		inode = uint32(st.Ino)
		return nil
	})
	return inode, err
}

// index is the number of the interface that a zone names, 0 where there is none: SIOCGIFINDEX of netdevice(7).
func (x *exchange) index(zone string) (uint32, error) {
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil || zone == "" {
		return uint32(n), nil
	}
	req, err := unix.NewIfreq(zone)
	if err != nil {
		return 0, unix.ENODEV
	}
	_, errno := x.call("ioctl", func() (uintptr, unix.Errno) {
		errno, _ := unix.IoctlIfreq(x.fd, unix.SIOCGIFINDEX, req).(unix.Errno)
		return 0, errno
	}, func(ok bool) string {
		s := strconv.Itoa(x.fd) + ", SIOCGIFINDEX, {ifr_name=" + strconv.Quote(zone)
		if ok {
			s += ", ifr_ifindex=" + strconv.Itoa(int(req.Uint32()))
		}
		return s + "}"
	})
	if errno != 0 {
		return 0, errno
	}
	return req.Uint32(), nil
}

// zone is the name of an interface, or its number where it went away: SIOCGIFNAME of netdevice(7).
func (x *exchange) zone(index uint32) string {
	var req struct { // struct ifreq
		name  [unix.IFNAMSIZ]byte
		index int32
		_     [20]byte
	}
	req.index = int32(index)
	name := func() string { return unix.ByteSliceToString(req.name[:]) }
	_, errno := x.call("ioctl", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(x.fd), unix.SIOCGIFNAME, uintptr(unsafe.Pointer(&req)))
		return r, errno
	}, func(ok bool) string {
		s := strconv.Itoa(x.fd) + ", SIOCGIFNAME, {ifr_ifindex=" + strconv.Itoa(int(index))
		if ok {
			s += ", ifr_name=" + strconv.Quote(name())
		}
		return s + "}"
	})
	if errno != 0 || req.name[0] == 0 {
		return strconv.Itoa(int(index))
	}
	return name()
}
