//go:build unix

package sys

import (
	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// family is the kernel's number of an address family; one it does not know for an unknown name, so that it says so.
func family(f sockets.Family) int {
	switch f {
	case sockets.INET:
		return unix.AF_INET
	case sockets.INET6:
		return unix.AF_INET6
	case sockets.UNIX:
		return unix.AF_UNIX
	case "", "AF_UNSPEC":
		return unix.AF_UNSPEC
	}
	return unix.AF_MAX
}

// kind is the kernel's number of a socket type.
func kind(k sockets.Kind) int {
	switch k {
	case sockets.Stream:
		return unix.SOCK_STREAM
	case sockets.Dgram:
		return unix.SOCK_DGRAM
	case sockets.Seqpacket:
		return unix.SOCK_SEQPACKET
	case sockets.Raw:
		return unix.SOCK_RAW
	}
	return 0
}

// protocol writes a protocol as socket(2) is given it: 0, IPPROTO_TCP.
func (b line) protocol(n int) line {
	if n != 0 {
		if name, ok := protocols[n]; ok {
			return b.text(name)
		}
	}
	return b.int(int64(n))
}

var protocols = map[int]string{
	unix.IPPROTO_ICMP: "IPPROTO_ICMP", unix.IPPROTO_IGMP: "IPPROTO_IGMP", unix.IPPROTO_TCP: "IPPROTO_TCP",
	unix.IPPROTO_UDP: "IPPROTO_UDP", unix.IPPROTO_IPV6: "IPPROTO_IPV6", unix.IPPROTO_ICMPV6: "IPPROTO_ICMPV6",
	unix.IPPROTO_SCTP: "IPPROTO_SCTP", unix.IPPROTO_RAW: "IPPROTO_RAW",
}

// number turns our flag bits into the kernel's. It fails where this system has no such flag.
func number(f sockets.MsgFlags) (int, error) {
	if f == 0 {
		return 0, nil
	}
	n := 0
	for _, m := range msgFlags {
		if f&m.bit != 0 {
			if m.number == 0 {
				return 0, unsupported(m.bit.String() + " is not known to this system")
			}
			n |= m.number
		}
	}
	return n, nil
}

// flags turns the kernel's bits into ours; unknown ones are dropped.
func flags(n int) (f sockets.MsgFlags) {
	for _, m := range msgFlags {
		if m.number != 0 && n&m.number != 0 {
			f |= m.bit
		}
	}
	return f
}

// A How says which half shutdown(2) closes.
type How int

// The halves of a connection.
const (
	RD   How = unix.SHUT_RD
	WR   How = unix.SHUT_WR
	RDWR How = unix.SHUT_RDWR
)

// String gives the name of the manual: SHUT_WR.
func (h How) String() string {
	switch h {
	case RD:
		return "SHUT_RD"
	case WR:
		return "SHUT_WR"
	case RDWR:
		return "SHUT_RDWR"
	}
	return string(line(nil).int(int64(h)))
}
