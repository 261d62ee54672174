package diag

import (
	"encoding/binary"
	"fmt"
	"net/netip"

	"golang.org/x/sys/unix"

	"sockstep/sockets/names"
)

// The instructions of the filter that the kernel runs: enum of INET_DIAG_BC_ in linux/inet_diag.h. Each is one word, struct
// inet_diag_bc_op, with how far to go on for yes and for no; a condition follows it. The end means yes, one word past it no.
const (
	jump    = 1 // always no
	ifLocal = 7 // S_COND
	ifPeer  = 8 // D_COND
)

const word = 4

// A program is a filter as it grows.
type program struct {
	code []byte
	fail []int // the instructions whose no is the filter's
}

// op appends an instruction. A no of 0 means that of the filter.
func (p *program) op(code byte, no int, condition []byte) {
	if no == 0 {
		p.fail = append(p.fail, len(p.code))
	}
	p.code = append(p.code, code, byte(word+len(condition)))
	p.code = binary.NativeEndian.AppendUint16(p.code, uint16(no))
	p.code = append(p.code, condition...)
}

// condition is struct inet_diag_hostcond: this address, if there is one, and this port, unless it is 0.
func condition(end netip.AddrPort) []byte {
	addr := end.Addr().Unmap().WithZone("")
	c := make([]byte, 2*word, 2*word+16)
	switch {
	case addr.Is4():
		c[0] = unix.AF_INET
	case addr.Is6():
		c[0] = unix.AF_INET6
	}
	c[1] = byte(addr.BitLen())
	port := uint32(end.Port())
	if port == 0 {
		port = ^uint32(0)
	}
	binary.NativeEndian.PutUint32(c[word:], port)
	return append(c, addr.AsSlice()...)
}

// compile makes the filter's program, nil where it lets all pass.
func (f Filter) compile() []byte {
	var p program
	if f.Port != 0 {
		c := condition(netip.AddrPortFrom(netip.Addr{}, f.Port))
		p.op(ifLocal, word+len(c)+word, c) // no: past the jump
		p.op(jump, word+word+len(c), nil)
		p.op(ifPeer, 0, c)
	}
	if f.Local != (netip.AddrPort{}) {
		p.op(ifLocal, 0, condition(f.Local))
	}
	if f.Peer != (netip.AddrPort{}) {
		p.op(ifPeer, 0, condition(f.Peer))
	}
	for _, at := range p.fail {
		binary.NativeEndian.PutUint16(p.code[at+2:], uint16(len(p.code)-at+word))
	}
	return p.code
}

// families are those whose sockets may pass: an AF_INET6 socket may speak IPv4.
func (f Filter) families() []uint8 {
	for _, end := range []netip.AddrPort{f.Local, f.Peer} {
		if end.Addr().Unmap().Is6() {
			return []uint8{unix.AF_INET6}
		}
	}
	return []uint8{unix.AF_INET, unix.AF_INET6}
}

// states is a bit for each state that may pass.
func (f Filter) states(proto uint8) (uint32, error) {
	if len(f.States) == 0 {
		return anyState, nil
	}
	var set uint32
	for _, name := range f.States {
		s, ok := names.LookupState(name)
		n := s.Number
		switch {
		case proto == unix.IPPROTO_UDP && s.Name == "CONNECTED":
			n = tcpEstablished
		case proto == unix.IPPROTO_UDP && s.Name == "UNCONN":
			n = tcpClose
		case s.Name == "BOUND":
			n = tcpBound
		case n == tcpSynRecv:
			set |= 1 << tcpNewSynRecv
		case n == tcpClose: // which none is that the kernel has a list of, but for those that are only bound
			set |= 1 << tcpBound
		}
		if !ok || n == 0 {
			return 0, fmt.Errorf("%q is no state that the kernel's list has", name)
		}
		set |= 1 << n
	}
	return set, nil
}
