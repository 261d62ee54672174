package lab

import (
	"encoding/binary"
	"net/netip"
)

// The router that a narrow spot on the cable would be: who its answers come from.
var (
	routerIP4 = netip.MustParseAddr("10.0.0.254")
	routerIP6 = netip.MustParseAddr("fd00:5050::fe")
	routerMAC = [6]byte{2, 0, 0, 0, 0, 0xfe}
)

// narrow does with a frame what a router does that has to send its IP packet on by a link that carries n bytes: IPv4
// without "don't fragment" is cut into fragments, RFC 791; of anything else the sender is told by ICMP, RFC 1191 and
// RFC 8201. What is not IP is lost in silence.
func narrow(frame []byte, n int) (fragments [][]byte, answer []byte) {
	b := frame[etherLen:] // which is longer than n
	switch binary.BigEndian.Uint16(frame[12:]) {
	case etherIP4:
		if header := int(b[0]&15) * 4; header < 20 || header > len(b) {
			return nil, nil
		}
		if b[6]&0x40 != 0 {
			return nil, tooBig4(frame, n)
		}
		return fragment(frame, n), nil
	case etherIP6:
		if len(b) >= 40 {
			return nil, tooBig6(frame, n)
		}
	}
	return nil, nil
}

// fragment cuts an IPv4 packet.
func fragment(frame []byte, n int) (fragments [][]byte) {
	ip := frame[etherLen:]
	header := int(ip[0]&15) * 4
	total := min(int(binary.BigEndian.Uint16(ip[2:])), len(ip))
	step := (n - header) &^ 7
	if step <= 0 || total <= header {
		return nil
	}
	where := binary.BigEndian.Uint16(ip[6:])
	for from := header; from < total; from += step {
		to := min(from+step, total)
		f := append(append([]byte(nil), frame[:etherLen+header]...), ip[from:to]...)
		h := f[etherLen:]
		binary.BigEndian.PutUint16(h[2:], uint16(header+to-from))
		flags := where&0xe000 | where&0x1fff + uint16((from-header)/8)
		if to < total {
			flags |= 0x2000 // more fragments
		}
		binary.BigEndian.PutUint16(h[6:], flags)
		binary.BigEndian.PutUint16(h[10:], 0)
		binary.BigEndian.PutUint16(h[10:], checksum(0, h[:header]))
		fragments = append(fragments, f)
	}
	return fragments
}

// tooBig4 is ICMP "fragmentation needed", with as much of the packet as RFC 792 asks for, and the MTU of the next hop.
func tooBig4(frame []byte, n int) []byte {
	b := frame[etherLen:]
	quote := b[:min(len(b), int(b[0]&15)*4+8)]
	ip := make([]byte, 20+8+len(quote))
	ip[0], ip[1], ip[8], ip[9] = 0x45, 0xc0, 64, protoICMP
	binary.BigEndian.PutUint16(ip[2:], uint16(len(ip)))
	from := routerIP4.As4()
	copy(ip[12:], from[:])
	copy(ip[16:], b[12:16])
	binary.BigEndian.PutUint16(ip[10:], checksum(0, ip[:20]))
	icmp := ip[20:]
	icmp[0], icmp[1] = 3, 4
	binary.BigEndian.PutUint16(icmp[6:], uint16(n))
	copy(icmp[8:], quote)
	binary.BigEndian.PutUint16(icmp[2:], checksum(0, icmp))
	return ethernet(frame, ip)
}

// tooBig6 is ICMPv6 "packet too big", with as much of the packet as fits into IPv6's least MTU.
func tooBig6(frame []byte, n int) []byte {
	b := frame[etherLen:]
	quote := b[:min(len(b), 1280-40-8)]
	ip := make([]byte, 40+8+len(quote))
	ip[0], ip[6], ip[7] = 0x60, protoICMP6, 64
	binary.BigEndian.PutUint16(ip[4:], uint16(8+len(quote)))
	from := routerIP6.As16()
	copy(ip[8:], from[:])
	copy(ip[24:], b[8:24])
	icmp := ip[40:]
	icmp[0] = 2
	binary.BigEndian.PutUint32(icmp[4:], uint32(n))
	copy(icmp[8:], quote)
	binary.BigEndian.PutUint16(icmp[2:], checksum(uint32(len(icmp))+protoICMP6, ip[8:40], icmp))
	return ethernet(frame, ip)
}

// ethernet puts the router's packet into a frame to who sent the one that was too big.
func ethernet(to, ip []byte) []byte {
	f := append(append([]byte(nil), to[6:12]...), routerMAC[:]...)
	return append(append(f, to[12:14]...), ip...)
}

// checksum is the Internet checksum, RFC 1071, of parts of even length but for the last.
func checksum(sum uint32, parts ...[]byte) uint16 {
	for _, b := range parts {
		for i, c := range b {
			sum += uint32(c) << (8 * (1 - i%2))
		}
	}
	for sum > 0xffff {
		sum = sum>>16 + sum&0xffff
	}
	return ^uint16(sum)
}
