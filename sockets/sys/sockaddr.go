//go:build unix

package sys

import (
	"net"
	"net/netip"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A sockaddr is an address as the kernel has it: struct sockaddr_storage and its length.
type sockaddr struct {
	_   [0]uint64 // aligned
	buf [128]byte
	len uint32
}

// room makes s ready to be written by the kernel.
func (s *sockaddr) room() { s.len = uint32(len(s.buf)) }

// pathAt is where sun_path begins.
const pathAt = unsafe.Offsetof(unix.RawSockaddrUnix{}.Path)

// pathMax is how long sun_path is.
const pathMax = len(unix.RawSockaddrUnix{}.Path)

// set writes an address as the kernel has it. The zero Address becomes AF_UNSPEC, which connect(2)
// takes for "no peer". A path that is too long is passed on whole: the kernel says EINVAL.
func (s *sockaddr) set(a sockets.Address) {
	*s = sockaddr{}
	switch a.Family {
	case sockets.INET:
		p := (*unix.RawSockaddrInet4)(unsafe.Pointer(&s.buf))
		p.Family = unix.AF_INET
		setPort(&p.Port, a.Port)
		if a.IP.Is4() || a.IP.Is4In6() {
			p.Addr = a.IP.As4()
		}
		s.len = unix.SizeofSockaddrInet4
	case sockets.INET6:
		p := (*unix.RawSockaddrInet6)(unsafe.Pointer(&s.buf))
		p.Family = unix.AF_INET6
		setPort(&p.Port, a.Port)
		if a.IP.IsValid() {
			p.Addr = a.IP.As16()
			p.Scope_id = scope(a.IP.Zone())
		}
		s.len = unix.SizeofSockaddrInet6
	case sockets.UNIX:
		p := (*unix.RawSockaddrUnix)(unsafe.Pointer(&s.buf))
		p.Family = unix.AF_UNIX
		n := 0
		switch {
		case a.Abstract:
			n = 1 + copy(s.buf[pathAt+1:], a.Path)
			n += len(a.Path) - (n - 1)
		case a.Path != "":
			n = copy(s.buf[pathAt:], a.Path)
			n += len(a.Path) - n
			if n < pathMax {
				n++ // the NUL
			}
		}
		s.len = uint32(int(pathAt) + n)
	default:
		(*unix.RawSockaddr)(unsafe.Pointer(&s.buf)).Family = unix.AF_UNSPEC
		s.len = unix.SizeofSockaddrInet4
	}
	s.setLen()
}

// address reads what the kernel wrote.
func (s *sockaddr) address() sockets.Address {
	if s.len < uint32(pathAt) {
		return sockets.Address{}
	}
	switch (*unix.RawSockaddr)(unsafe.Pointer(&s.buf)).Family {
	case unix.AF_INET:
		p := (*unix.RawSockaddrInet4)(unsafe.Pointer(&s.buf))
		return sockets.Address{Family: sockets.INET, IP: netip.AddrFrom4(p.Addr), Port: port(&p.Port)}
	case unix.AF_INET6:
		p := (*unix.RawSockaddrInet6)(unsafe.Pointer(&s.buf))
		ip := netip.AddrFrom16(p.Addr)
		if p.Scope_id != 0 {
			ip = ip.WithZone(zone(p.Scope_id))
		}
		return sockets.Address{Family: sockets.INET6, IP: ip, Port: port(&p.Port)}
	case unix.AF_UNIX:
		path := s.buf[pathAt:min(int(s.len), len(s.buf))]
		if len(path) > 0 && path[0] == 0 && abstractNames {
			return sockets.Address{Family: sockets.UNIX, Path: string(path[1:]), Abstract: true}
		}
		for i, c := range path {
			if c == 0 {
				path = path[:i]
				break
			}
		}
		return sockets.Address{Family: sockets.UNIX, Path: string(path)}
	}
	return sockets.Address{}
}

// A port is in network byte order.
func setPort(at *uint16, n uint16) {
	p := (*[2]byte)(unsafe.Pointer(at))
	p[0], p[1] = byte(n>>8), byte(n)
}

func port(at *uint16) uint16 {
	p := (*[2]byte)(unsafe.Pointer(at))
	return uint16(p[0])<<8 | uint16(p[1])
}

// scope is the index of a zone, which is the name of an interface or already a number; 0 for none and for an unknown one.
func scope(zone string) uint32 {
	if zone == "" {
		return 0
	}
	if n, err := strconv.ParseUint(zone, 10, 32); err == nil {
		return uint32(n)
	}
	if i, err := net.InterfaceByName(zone); err == nil {
		return uint32(i.Index)
	}
	return 0
}

// isZone reports whether a zone is none, a number, or an interface's name.
func isZone(zone string) bool {
	_, err := strconv.ParseUint(zone, 10, 32)
	return err == nil || zone == "" || scope(zone) != 0
}

func zone(scope uint32) string {
	if i, err := net.InterfaceByIndex(int(scope)); err == nil {
		return i.Name
	}
	return strconv.FormatUint(uint64(scope), 10)
}
