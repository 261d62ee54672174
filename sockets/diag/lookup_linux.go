package diag

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"
)

// TCP is the one socket with this address of its own and this peer; without a peer (the zero AddrPort), the one that
// listens on the address, or is only bound to it. [ErrGone] says that there is none. A socket of AF_INET6 that speaks IPv4 is
// found by the IPv4 addresses, too; a link-local address needs its zone.
//
// It costs one sendto(2) and one recvfrom(2), some 4 µs. The kernel finds neither a socket that is bound to an interface
// (SO_BINDTODEVICE) nor one that is only bound in this way: what it did not find is looked for in a list before it is said
// to be gone, which costs a hundred times as much.
// Where several share one address (SO_REUSEPORT), it is one of them; [Diag.TCPList] has all.
func (d *Diag) TCP(local, peer netip.AddrPort) (s TCP, err error) {
	err = d.do(func(x *exchange) (err error) {
		s, err = find(x, unix.IPPROTO_TCP, local, peer, parseTCP, true)
		return err
	})
	return s, err
}

// UDP is [Diag.TCP] of a UDP socket; without a peer, of one that was not connected.
func (d *Diag) UDP(local, peer netip.AddrPort) (s UDP, err error) {
	err = d.do(func(x *exchange) (err error) {
		s, err = find(x, unix.IPPROTO_UDP, local, peer, parseUDP, true)
		return err
	})
	return s, err
}

// TCPList lists the TCP sockets that fit, those of IPv4 first; the kernel does the choosing. It is not the picture of one moment:
// a socket that changes its state meanwhile may be missing, or be there twice. One that has no port is in no list.
func (d *Diag) TCPList(f Filter) ([]TCP, error) {
	return listed(d, unix.IPPROTO_TCP, f, parseTCP)
}

// UDPList is [Diag.TCPList] for UDP, where the states are CONNECTED and UNCONN.
func (d *Diag) UDPList(f Filter) ([]UDP, error) {
	return listed(d, unix.IPPROTO_UDP, f, parseUDP)
}

// SynQueue is how many connections to a listening socket are half open: their SYN was answered, the last ACK of the handshake
// (or, with TCP_DEFER_ACCEPT, the first data) has not come. Nothing else tells it of one listener.
func (d *Diag) SynQueue(listener netip.AddrPort) (n int, err error) {
	if !listener.Addr().IsValid() || listener.Port() == 0 {
		return 0, unbound(unix.IPPROTO_TCP)
	}
	err = d.do(func(x *exchange) error {
		q := query{proto: unix.IPPROTO_TCP, wanted: nothing, states: 1<<tcpSynRecv | 1<<tcpNewSynRecv, filter: Filter{Local: listener}}
		q.families = []uint8{family(listener.Addr())} // they have that of the listener, whoever connects
		if listener.Addr().IsUnspecified() {
			q.filter.Local = netip.AddrPortFrom(netip.Addr{}, listener.Port())
		}
		all, err := list(x, q, func(inet) (struct{}, bool) { return struct{}{}, true })
		n = len(all)
		return err
	})
	return n, err
}

func family(a netip.Addr) uint8 {
	if a.Is4() {
		return unix.AF_INET
	}
	return unix.AF_INET6
}

// Connection is TCP for a connection that is bound to no interface (SO_BINDTODEVICE): where the exact question finds none,
// it is gone, and no list is asked for, which takes the longer the more sockets there are.
func (d *Diag) Connection(local, peer netip.AddrPort) (s TCP, err error) {
	err = d.do(func(x *exchange) (err error) {
		s, err = find(x, unix.IPPROTO_TCP, local, peer, parseTCP, false)
		return err
	})
	return s, err
}

// find is TCP and UDP; thorough says that a list is asked for where the exact question finds none.
func find[T any](x *exchange, proto uint8, local, peer netip.AddrPort, parse func(inet) T, thorough bool) (found T, err error) {
	what := func() string { return between(proto, local, peer) }
	from, to := local.Addr().Unmap(), peer.Addr().Unmap()
	if !from.IsValid() || local.Port() == 0 {
		return found, unbound(proto)
	}
	if to.IsValid() && from.BitLen() != to.BitLen() {
		return found, refused(what(), unix.EAFNOSUPPORT)
	}
	iface, err := x.index(from.Zone())
	if err == nil && iface == 0 {
		iface, err = x.index(to.Zone())
	}
	if err != nil {
		return found, refused(what(), err)
	}
	hit := false
	take := func(m inet) (none struct{}, listed bool) {
		if !hit && same(m.local, local) && same(m.peer, peer) && (iface == 0 || m.iface == 0 || m.iface == iface) {
			found, hit = parse(x.zoned(m)), true
		}
		return none, false
	}
	err = x.ask(request{
		payload: exact(proto, from, to, local.Port(), peer.Port(), iface),
		take: func(b []byte) {
			if m, ok := parseInet(b); ok {
				take(m)
			}
		},
	})
	switch {
	case err != nil && err != unix.ENOENT:
		return found, refused(what(), err)
	case hit:
		return found, nil
	case !thorough:
		return found, fmt.Errorf("sock_diag: %s: %w", what(), ErrGone)
	}
	q := query{proto: proto, wanted: every, states: anyState, filter: Filter{Local: local, Peer: peer}}
	if proto == unix.IPPROTO_TCP && !to.IsValid() {
		q.states = 1<<tcpListen | 1<<tcpBound
	}
	q.families = q.filter.families()
	if _, err := list(x, q, take); err != nil {
		return found, err
	}
	if !hit {
		return found, fmt.Errorf("sock_diag: %s: %w", what(), ErrGone)
	}
	return found, nil
}

func unbound(proto uint8) error {
	return fmt.Errorf("sock_diag: %s: a socket without a port is in none of the kernel's tables: %w", protocolName(proto), ErrGone)
}

// exact asks for the one socket that a packet from the peer would find.
func exact(proto uint8, from, to netip.Addr, fromPort, toPort uint16, iface uint32) []byte {
	b := inetRequest(family(from), proto, every, anyState)
	near, far := b[8:], b[10:]
	nearAddr, farAddr := b[12:], b[28:]
	if proto == unix.IPPROTO_UDP { // the kernel has them the other way round here, "for historical reasons": net/ipv4/udp_diag.c
		near, far, nearAddr, farAddr = far, near, farAddr, nearAddr
	}
	binary.BigEndian.PutUint16(near, fromPort)
	binary.BigEndian.PutUint16(far, toPort)
	copy(nearAddr, from.AsSlice())
	copy(farAddr, to.AsSlice())
	binary.NativeEndian.PutUint32(b[44:], iface)
	return b
}

// inetRequest is struct inet_diag_req_v2 for sockets of a family in some states.
func inetRequest(family, proto, wanted uint8, states uint32) []byte {
	b := make([]byte, inetRequestSize, 128)
	b[0], b[1], b[2] = family, proto, wanted
	binary.NativeEndian.PutUint32(b[4:], states)
	binary.NativeEndian.PutUint64(b[48:], noCookie)
	return b
}

// same compares addresses whether or not an AF_INET6 socket has them.
func same(a, b netip.AddrPort) bool { return a == b || plain(a) == plain(b) }

func plain(a netip.AddrPort) netip.AddrPort {
	return netip.AddrPortFrom(a.Addr().Unmap().WithZone(""), a.Port())
}

// zoned gives link-local addresses the zone that getsockname(2) has.
func (x *exchange) zoned(m inet) inet {
	from, to := m.local.Addr(), m.peer.Addr()
	if m.iface == 0 || !from.IsLinkLocalUnicast() && !to.IsLinkLocalUnicast() || from.Is4() {
		return m
	}
	zone := x.zone(m.iface)
	if from.IsLinkLocalUnicast() {
		m.local = netip.AddrPortFrom(from.WithZone(zone), m.local.Port())
	}
	if to.IsLinkLocalUnicast() {
		m.peer = netip.AddrPortFrom(to.WithZone(zone), m.peer.Port())
	}
	return m
}

// between says which socket was asked for.
func between(proto uint8, local, peer netip.AddrPort) string {
	if !peer.IsValid() {
		return protocolName(proto) + " on " + local.String()
	}
	return protocolName(proto) + " between " + local.String() + " and " + peer.String()
}

func protocolName(proto uint8) string {
	if proto == unix.IPPROTO_UDP {
		return "udp"
	}
	return "tcp"
}

// A query is what a list is asked for by.
type query struct {
	proto, wanted uint8
	families      []uint8
	states        uint32
	filter        Filter
}

func listed[T any](d *Diag, proto uint8, f Filter, parse func(inet) T) (all []T, err error) {
	states, err := f.states(proto)
	if err != nil {
		return nil, err
	}
	q := query{proto: proto, wanted: every, families: f.families(), states: states, filter: f}
	err = d.do(func(x *exchange) error {
		iface, err := x.index(f.Local.Addr().Zone())
		if err == nil && iface == 0 {
			iface, err = x.index(f.Peer.Addr().Zone())
		}
		if err != nil {
			return refused("a list of "+protocolName(proto), err)
		}
		all, err = list(x, q, func(m inet) (s T, ok bool) {
			if iface != 0 && m.iface != iface {
				return s, false
			}
			return parse(x.zoned(m)), true
		})
		return err
	})
	return all, err
}

// list is what parse makes of all the sockets that fit, less those that it rejects.
func list[T any](x *exchange, q query, parse func(inet) (T, bool)) (all []T, err error) {
	code := q.filter.compile()
	for i, family := range q.families {
		payload := inetRequest(family, q.proto, q.wanted, q.states)
		if code != nil {
			const bytecode = 1 // INET_DIAG_REQ_BYTECODE
			payload = attribute(payload, bytecode, code)
		}
		before := len(all)
		err := x.ask(request{
			list: true, payload: payload,
			begin: func() { all = all[:before] },
			take: func(b []byte) {
				if m, ok := parseInet(b); ok {
					if s, ok := parse(m); ok {
						all = append(all, s)
					}
				}
			},
		})
		if err != nil && !(err == unix.ENOENT && i > 0) { // i > 0: a kernel without IPv6
			return nil, mute(protocolName(q.proto), err)
		}
	}
	return all, nil
}
