package diag

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"time"

	"golang.org/x/sys/unix"
)

// States by the kernel's numbers, linux/tcp_states.h.
const (
	tcpEstablished = 1
	tcpSynRecv     = 3
	tcpClose       = 7
	tcpListen      = 10
	tcpNewSynRecv  = 12
	tcpBound       = 13

	anyState = ^uint32(0)
)

// Attributes of an answer, linux/inet_diag.h. The first eight come when bit attribute-1 of the request asks for them.
const (
	inetInfo     = 2
	inetCong     = 4
	inetTOS      = 5
	inetTClass   = 6
	inetMem      = 7
	inetShutdown = 8
	inetV6Only   = 11

	every   = 1<<(inetInfo-1) | 1<<(inetCong-1) | 1<<(inetTOS-1) | 1<<(inetTClass-1) | 1<<(inetMem-1) | 1<<(inetShutdown-1)
	nothing = 0
)

// An inet is struct inet_diag_msg, and the attributes behind it.
type inet struct {
	state, timer, tries uint8
	local, peer         netip.AddrPort
	iface               uint32
	cookie              uint64
	expires             uint32 // milliseconds
	recvq, sendq        uint32
	uid, inode          uint32
	attributes          []byte
}

const (
	inetSize        = 72 // struct inet_diag_msg
	inetRequestSize = 56 // struct inet_diag_req_v2
	noCookie        = ^uint64(0)
)

// parseInet reads an answer about a TCP or UDP socket.
func parseInet(b []byte) (m inet, ok bool) {
	if len(b) < inetSize {
		return inet{}, false
	}
	n := binary.NativeEndian
	address := func(at int) netip.Addr {
		if b[0] == unix.AF_INET {
			return netip.AddrFrom4([4]byte(b[at:]))
		}
		return netip.AddrFrom16([16]byte(b[at:]))
	}
	m = inet{
		state: b[1], timer: b[2], tries: b[3],
		local: netip.AddrPortFrom(address(8), binary.BigEndian.Uint16(b[4:])),
		peer:  netip.AddrPortFrom(address(24), binary.BigEndian.Uint16(b[6:])),
		iface: n.Uint32(b[40:]), cookie: uint64(n.Uint32(b[44:])) | uint64(n.Uint32(b[48:]))<<32,
		expires: n.Uint32(b[52:]), recvq: n.Uint32(b[56:]), sendq: n.Uint32(b[60:]), uid: n.Uint32(b[64:]), inode: n.Uint32(b[68:]),
		attributes: b[inetSize:],
	}
	if m.peer.Port() == 0 && m.peer.Addr().Unmap().IsUnspecified() {
		m.peer = netip.AddrPort{}
	}
	return m, true
}

// parseTCP reads an answer about a TCP socket.
func parseTCP(m inet) TCP {
	s := TCP{
		State: stateName(m.state), Local: m.local, Peer: m.peer, Interface: m.iface, RecvQ: m.recvq, SendQ: m.sendq,
		Inode: m.inode, UID: m.uid, Cookie: m.cookie, Timer: parseTimer(m),
	}
	for kind, value := range attributes(m.attributes) {
		switch kind {
		case inetInfo:
			info := DecodeTCPInfo(value)
			s.Info = &info
		case inetCong:
			s.Congestion = unix.ByteSliceToString(value)
		case inetTOS:
			s.TOS = uint8(number(value))
		case inetTClass:
			s.TClass = uint8(number(value))
		case inetMem:
			s.Mem = parseMem(value)
		case inetShutdown:
			s.Shutdown = Shutdown(number(value))
		case inetV6Only:
			s.V6Only = number(value) != 0
		}
	}
	return s
}

// parseUDP reads an answer about a UDP socket.
func parseUDP(m inet) UDP {
	s := UDP{
		State: datagramState(m.state), Local: m.local, Peer: m.peer, Interface: m.iface, RecvQ: m.recvq, SendQ: m.sendq,
		Inode: m.inode, UID: m.uid, Cookie: m.cookie,
	}
	for kind, value := range attributes(m.attributes) {
		switch kind {
		case inetTOS:
			s.TOS = uint8(number(value))
		case inetTClass:
			s.TClass = uint8(number(value))
		case inetMem:
			s.Mem = parseMem(value)
		case inetShutdown:
			s.Shutdown = Shutdown(number(value))
		case inetV6Only:
			s.V6Only = number(value) != 0
		}
	}
	return s
}

func datagramState(n uint8) string {
	switch n {
	case tcpEstablished:
		return "CONNECTED"
	case tcpClose:
		return "UNCONN"
	}
	return stateName(n)
}

func parseTimer(m inet) Timer {
	t := Timer{Left: time.Duration(m.expires) * time.Millisecond, Tries: int(m.tries)}
	switch m.timer {
	case 0:
		return Timer{}
	case 1:
		t.Kind = Retransmit
	case 2:
		t.Kind = Keepalive
	case 3:
		t.Kind = TimeWait
	case 4:
		t.Kind = Probe
	default:
		t.Kind = strconv.Itoa(int(m.timer))
	}
	return t
}

// parseMem reads an array of SK_MEMINFO_VARS numbers, as far as this kernel has them.
func parseMem(b []byte) *Mem {
	r := reader{b}
	return &Mem{Received: r.u32(), RecvBuf: r.u32(), Sent: r.u32(), SendBuf: r.u32(), Forward: r.u32(),
		SendQueued: r.u32(), Options: r.u32(), Backlog: r.u32(), Drops: r.u32()} // Go evaluates them in this order
}
