package sys

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// mreqSourceFields are the members of struct ip_mreq_source, in C order, which differs between systems.
var mreqSourceFields = [3]string{"imr_multiaddr", "imr_interface", "imr_sourceaddr"}

// groupAt is where gr_group begins in struct group_req.
const groupAt = 8

const ucredSize = unix.SizeofUcred

type (
	sockFilter = unix.SockFilter
	sockFprog  = unix.SockFprog
)

func decodeUcred(b []byte) (sockets.Value, bool) {
	if len(b) != unix.SizeofUcred {
		return sockets.Value{}, false
	}
	at := func(i int) int64 { return int64(int32(binary.NativeEndian.Uint32(b[i:]))) }
	return card(num("pid", at(0)), num("uid", at(4)), num("gid", at(8))), true
}

// PeerCreds is getsockopt(2) of SO_PEERCRED: who connected to, or listens behind, the other end of an AF_UNIX socket.
// Where there is no other end the process is 0.
func (c Caller) PeerCreds(fd sockets.FD) (Creds, error) {
	v, err := c.Getsockopt(fd, names.Option{Name: "SO_PEERCRED", Level: "SOL_SOCKET", Type: names.Ucred})
	if err != nil || len(v.Fields) != 3 {
		return Creds{}, err
	}
	return Creds{PID: int(v.Fields[0].Value.Int), UID: int(v.Fields[1].Value.Int), GID: int(v.Fields[2].Value.Int)}, nil
}

func (c *Creds) control() ([]byte, error) {
	return unix.UnixCredentials(&unix.Ucred{Pid: int32(c.PID), Uid: uint32(c.UID), Gid: uint32(c.GID)}), nil
}

func parseCreds(m *unix.SocketControlMessage) *Creds {
	u, err := unix.ParseUnixCredentials(m)
	if err != nil {
		return nil
	}
	return &Creds{PID: int(u.Pid), UID: int(u.Uid), GID: int(u.Gid)}
}

// control names a control message and reads its value.
func control(level, kind int, b []byte) Control {
	c := Control{Level: strconv.Itoa(level), Type: strconv.Itoa(kind), Value: sockets.BytesOf(b)}
	opt := names.Option{Type: names.Bytes}
	switch level {
	case unix.SOL_SOCKET:
		c.Level = "SOL_SOCKET"
		switch kind {
		case unix.SO_TIMESTAMP:
			c.Type, opt.Type = "SCM_TIMESTAMP", names.Duration
		case unix.SO_TIMESTAMPNS:
			c.Type = "SCM_TIMESTAMPNS"
			if len(b) == int(unsafe.Sizeof(unix.Timespec{})) {
				ts := *(*unix.Timespec)(unsafe.Pointer(&b[0]))
				c.Value = card(num("tv_sec", ts.Sec), num("tv_nsec", ts.Nsec))
			}
			return c
		case unix.SO_RXQ_OVFL:
			c.Type, opt.Type = "SO_RXQ_OVFL", names.Uint32
		case unix.SO_PRIORITY:
			c.Type, opt.Type = "SO_PRIORITY", names.Uint32
		case unix.SO_MARK:
			c.Type, opt.Type = "SO_MARK", names.Uint32
		case unix.SCM_PIDFD:
			c.Type, opt.Type = "SCM_PIDFD", names.Descriptor
		}
	case unix.SOL_IP:
		c.Level = "IPPROTO_IP"
		switch kind {
		case unix.IP_TTL:
			c.Type, opt.Type = "IP_TTL", names.Int
		case unix.IP_TOS:
			c.Type, opt.Type = "IP_TOS", names.Int
		case unix.IP_RECVORIGDSTADDR:
			c.Type = "IP_ORIGDSTADDR"
			c.Value = sockaddrValue(b)
			return c
		case unix.IP_PKTINFO:
			c.Type = "IP_PKTINFO"
			if len(b) == unix.SizeofInet4Pktinfo {
				c.Value = card(num("ipi_ifindex", int64(int32(binary.NativeEndian.Uint32(b)))),
					addrField("ipi_spec_dst", ip4(b[4:8])), addrField("ipi_addr", ip4(b[8:12])))
			}
			return c
		case unix.IP_RECVERR:
			c.Type = "IP_RECVERR"
			c.Value = extendedError(b)
			return c
		}
	case unix.SOL_IPV6:
		c.Level = "IPPROTO_IPV6"
		switch kind {
		case unix.IPV6_HOPLIMIT:
			c.Type, opt.Type = "IPV6_HOPLIMIT", names.Int
		case unix.IPV6_TCLASS:
			c.Type, opt.Type = "IPV6_TCLASS", names.Int
		case unix.IPV6_PKTINFO:
			c.Type = "IPV6_PKTINFO"
			if len(b) == unix.SizeofInet6Pktinfo {
				c.Value = card(addrField("ipi6_addr", ip6(b[:16])), num("ipi6_ifindex", int64(binary.NativeEndian.Uint32(b[16:]))))
			}
			return c
		case unix.IPV6_RECVERR:
			c.Type = "IPV6_RECVERR"
			c.Value = extendedError(b)
			return c
		}
	case unix.SOL_TCP:
		c.Level = "IPPROTO_TCP"
		if kind == unix.TCP_CM_INQ {
			c.Type, opt.Type = "TCP_CM_INQ", names.Int
		}
	case unix.SOL_UDP:
		c.Level = "IPPROTO_UDP"
		if kind == unix.UDP_GRO {
			c.Type, opt.Type = "UDP_GRO", names.Int
		}
	}
	c.Value = decode(opt, b)
	return c
}

// extendedError reads struct sock_extended_err, with the address of the host that complained behind it.
func extendedError(b []byte) sockets.Value {
	if len(b) < 16 {
		return sockets.BytesOf(b)
	}
	origin := map[byte]string{
		unix.SO_EE_ORIGIN_NONE: "SO_EE_ORIGIN_NONE", unix.SO_EE_ORIGIN_LOCAL: "SO_EE_ORIGIN_LOCAL",
		unix.SO_EE_ORIGIN_ICMP: "SO_EE_ORIGIN_ICMP", unix.SO_EE_ORIGIN_ICMP6: "SO_EE_ORIGIN_ICMP6",
	}[b[4]]
	if origin == "" {
		origin = strconv.Itoa(int(b[4]))
	}
	fields := []sockets.Field{
		{Name: "ee_errno", Value: sockets.TextOf(errnoName(unix.Errno(binary.NativeEndian.Uint32(b))))},
		{Name: "ee_origin", Value: sockets.TextOf(origin)},
		num("ee_type", int64(b[5])), num("ee_code", int64(b[6])),
		num("ee_info", int64(binary.NativeEndian.Uint32(b[8:]))),
	}
	if v := sockaddrValue(b[16:]); v.Addr != nil {
		fields = append(fields, sockets.Field{Name: "offender", Value: v})
	}
	return card(fields...)
}

func sockaddrValue(b []byte) sockets.Value {
	var sa sockaddr
	sa.len = uint32(copy(sa.buf[:], b))
	if a := sa.address(); !a.IsZero() {
		return a.Value()
	}
	return sockets.BytesOf(b)
}

func setTimeval(tv *unix.Timeval, sec, usec int64) { tv.Sec, tv.Usec = sec, usec }

func ip4(b []byte) netip.Addr { return netip.AddrFrom4([4]byte(b)) }

func ip6(b []byte) netip.Addr { return netip.AddrFrom16([16]byte(b)) }
