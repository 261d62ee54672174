package wire

import "net/netip"

// mostExtensions is how many extension headers are read. Linux drops a packet with more than a few.
const mostExtensions = 8

// ip6 reads an IPv6 header (RFC 8200), its extension headers, and what it carries.
func (p *Packet) ip6(at int) {
	b := p.Data[at:]
	if len(b) < 40 {
		p.span(kindIPv6, at, len(p.Data))
		p.cut("IPv6", at, 40, len(b))
		return
	}
	if version := b[0] >> 4; version != 6 {
		p.span(kindIPv6, at, len(p.Data))
		p.fail("IPv6", at, "the version is %d", version)
		return
	}
	p.Family = 6
	p.Src = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[8:24])), 0)
	p.Dst = netip.AddrPortFrom(netip.AddrFrom16([16]byte(b[24:40])), 0)
	first := be32(b)
	p.TrafficClass, p.FlowLabel, p.TTL = uint8(first>>20), first&0xfffff, b[7]
	p.span(kindIPv6, at, at+40)
	length := int(be16(b[4:]))
	if length == 0 {
		length = jumbo(b)
	}
	next, end, wireEnd := b[6], at+40+length, at+40+length
	if end > len(p.Data) {
		end, p.Truncated = len(p.Data), true
	}
	p.extensions(next, at+40, end, wireEnd)
}

// jumbo is the length of a packet whose own length field is 0: the jumbo payload option's (RFC 2675), or without one
// all that is there, as in a packet that the card has still to cut into segments; 0 where nothing follows at all.
func jumbo(b []byte) int {
	rest := b[40:]
	if b[6] == protoHopByHop && len(rest) >= 8 && rest[2] == 0xc2 && rest[3] == 4 {
		if n := be32(rest[4:]); n > 0xffff && n < 1<<30 {
			return int(n)
		}
	}
	if b[6] == protoNone {
		return 0
	}
	return len(rest)
}

// extensions reads the extension headers of IPv6 (RFC 8200 4), and then what follows them.
func (p *Packet) extensions(next uint8, at, end, wireEnd int) {
	for n := 0; isExtension(next); n++ {
		p.named(next, true)
		if n == mostExtensions {
			p.span(kindPayload, at, end)
			p.fail("IPv6", at, "there are more than %d extension headers", mostExtensions)
			return
		}
		b := p.Data[at:end]
		size := 8
		if len(b) >= 2 {
			size = extensionSize(next, b[1])
		}
		if len(b) < size {
			p.spanOf(kindExtension, next, at, end)
			p.Payload, p.PayloadLen = nil, 0
			if wireEnd-at >= size || p.quoted {
				p.cut("IPv6 "+protocolName(next), at, size, len(b))
			} else {
				p.fail("IPv6 "+protocolName(next), at, "the header needs %d bytes, IP carries %d", size, wireEnd-at)
			}
			return
		}
		p.spanOf(kindExtension, next, at, at+size)
		switch next {
		case protoFragment:
			f := be16(b[2:])
			p.ID, p.Fragment = be32(b[4:]), Fragment{Offset: int(f &^ 7), More: f&1 != 0}
		case protoRouting:
			p.final = lastStop(b[:size])
		}
		next, at = b[0], at+size
		if p.Fragment.Offset != 0 { // what the datagram carries began in its first fragment
			break
		}
	}
	p.named(next, true)
	p.transport(next, at, end, wireEnd)
}

func isExtension(next uint8) bool {
	switch next {
	case protoHopByHop, protoRouting, protoFragment, protoDestOpts, protoAH, protoMobility, protoHIP, protoShim6:
		return true
	}
	return false
}

// extensionSize is the length in bytes of an extension header whose length field is n: in units of eight bytes beyond
// the first eight, but for the fragment header, which has none, and AH (RFC 4302), which counts in units of four.
func extensionSize(header, n uint8) int {
	switch header {
	case protoFragment:
		return 8
	case protoAH:
		return (int(n) + 2) * 4
	}
	return (int(n) + 1) * 8
}

// lastStop is where a routing header sends the packet in the end: the checksum is made for that address. It is no
// address where the packet has arrived.
func lastStop(b []byte) netip.Addr {
	if b[3] == 0 || len(b) < 24 {
		return netip.Addr{}
	}
	at := 8 // type 2 (RFC 6275) holds one address, type 4 (RFC 8754) the last one first
	if b[2] == 0 {
		at = len(b) - 16
	}
	return netip.AddrFrom16([16]byte(b[at : at+16]))
}
