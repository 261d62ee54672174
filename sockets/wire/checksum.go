package wire

import (
	"encoding/binary"
	"math/bits"
	"net/netip"
)

// The Internet checksum (RFC 1071) is the complement of the sum of all 16-bit words, each carry added again.

// sum adds the words of b to a sum, the last byte filled up with a zero. Eight bytes at a time give the same, as every
// carry is added again.
func sum(b []byte, s uint64) uint64 {
	var carry uint64
	for len(b) >= 32 {
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b), 0)
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b[8:]), carry)
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b[16:]), carry)
		s, carry = bits.Add64(s, binary.BigEndian.Uint64(b[24:]), carry)
		s += carry // cannot overflow: a sum that carried is at most 2^64-2
		b = b[32:]
	}
	for len(b) >= 4 {
		s, carry = bits.Add64(s, uint64(be32(b)), 0)
		s += carry
		b = b[4:]
	}
	var last uint64
	switch len(b) {
	case 3:
		last = uint64(be16(b))<<16 | uint64(b[2])<<8
	case 2:
		last = uint64(be16(b))
	case 1:
		last = uint64(b[0]) << 8
	}
	s, carry = bits.Add64(s, last, 0)
	return s + carry
}

// fold brings a sum to 16 bits.
func fold(s uint64) uint16 {
	s = s>>32 + s&0xffffffff
	s = s>>32 + s&0xffffffff
	s = s>>16 + s&0xffff
	s = s>>16 + s&0xffff
	s = s>>16 + s&0xffff
	return uint16(s)
}

// pseudo is the sum of the pseudo-header that TCP, UDP and ICMPv6 put before themselves, so that a packet that went
// astray is found out (RFC 9293 3.1, RFC 8200 8.1).
func pseudo(src, dst netip.Addr, protocol uint8, length int) uint64 {
	s := uint64(protocol) + uint64(length)
	if src.Is4() {
		a, b := src.As4(), dst.As4()
		return sum(b[:], sum(a[:], s))
	}
	a, b := src.As16(), dst.As16()
	return sum(b[:], sum(a[:], s))
}

// verify judges the checksum field of a segment that begins with its header, summed over body.
func (p *Packet) verify(protocol uint8, field uint16, body []byte, length int) Sum {
	if len(body) < length || p.IsFragment() || p.quoted {
		return SumUnverified
	}
	dst := p.Dst.Addr()
	if p.final.IsValid() {
		dst = p.final
	}
	head := pseudo(p.Src.Addr(), dst, protocol, length)
	switch {
	case fold(sum(body, head)) == 0xffff:
		return SumOK
	case field == fold(head): // CHECKSUM_PARTIAL in the kernel: the card adds the rest and complements it
		return SumPartial
	}
	return SumBad
}
