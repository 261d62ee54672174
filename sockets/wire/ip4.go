package wire

import "net/netip"

// The protocols over IP that are read or named (IANA, Assigned Internet Protocol Numbers).
const (
	protoHopByHop = 0
	protoICMP     = 1
	protoIGMP     = 2
	protoTCP      = 6
	protoUDP      = 17
	protoRouting  = 43
	protoFragment = 44
	protoAH       = 51
	protoICMP6    = 58
	protoNone     = 59
	protoDestOpts = 60
	protoMobility = 135
	protoHIP      = 139
	protoShim6    = 140
)

// protocolName is the usual name of a protocol over IP, "" for one that is not named here.
func protocolName(n uint8) string {
	switch n {
	case protoHopByHop:
		return "hop-by-hop options"
	case protoICMP:
		return "ICMP"
	case protoIGMP:
		return "IGMP"
	case 4:
		return "IPv4"
	case protoTCP:
		return "TCP"
	case protoUDP:
		return "UDP"
	case 41:
		return "IPv6"
	case protoRouting:
		return "routing header"
	case protoFragment:
		return "fragment header"
	case 47:
		return "GRE"
	case 50:
		return "ESP"
	case protoAH:
		return "AH"
	case protoICMP6:
		return "ICMPv6"
	case protoNone:
		return "none"
	case protoDestOpts:
		return "destination options"
	case 89:
		return "OSPF"
	case 132:
		return "SCTP"
	case protoMobility:
		return "mobility header"
	case 136:
		return "UDP-Lite"
	case protoHIP:
		return "HIP"
	case protoShim6:
		return "Shim6"
	}
	return ""
}

// ip4 reads an IPv4 header (RFC 791) and what it carries.
func (p *Packet) ip4(at int) {
	b := p.Data[at:]
	if len(b) < 20 {
		p.span(kindIPv4, at, len(p.Data))
		p.cut("IPv4", at, 20, len(b))
		return
	}
	header, total := int(b[0]&15)*4, int(be16(b[2:]))
	if version := b[0] >> 4; version != 4 {
		p.span(kindIPv4, at, len(p.Data))
		p.fail("IPv4", at, "the version is %d", version)
		return
	}
	p.Family = 4
	p.Src = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[12:16])), 0)
	p.Dst = netip.AddrPortFrom(netip.AddrFrom4([4]byte(b[16:20])), 0)
	p.TrafficClass, p.ID, p.TTL, p.Protocol = b[1], uint32(be16(b[4:])), b[8], b[9]
	fragment := be16(b[6:])
	p.DontFragment = fragment&0x4000 != 0
	p.Fragment = Fragment{Offset: int(fragment&0x1fff) * 8, More: fragment&0x2000 != 0}
	p.named(p.Protocol, false)
	if total == 0 { // a packet of more than 64 KiB, before the card cuts it into segments (BIG TCP)
		total = len(b)
	}
	switch {
	case header < 20:
		p.span(kindIPv4, at, len(p.Data))
		p.fail("IPv4", at, "a header of %d bytes is shorter than 20", header)
		return
	case total < header:
		p.span(kindIPv4, at, len(p.Data))
		p.fail("IPv4", at+2, "a total length of %d is shorter than the header's %d", total, header)
		return
	case len(b) < header:
		p.span(kindIPv4, at, len(p.Data))
		p.cut("IPv4", at, header, len(b))
		return
	}
	p.span(kindIPv4, at, at+header)
	switch {
	case fold(sum(b[:header], 0)) == 0xffff:
		p.IPSum = SumOK
	case be16(b[10:]) == 0:
		p.IPSum = SumAbsent
	default:
		p.IPSum = SumBad
	}
	if bad := badOption(b[20:header]); bad >= 0 {
		p.fail("IPv4", at+20+bad, "an option is longer than the header")
	}
	if total < len(b) {
		b = b[:total]
	}
	p.Truncated = p.Truncated || len(b) < total
	p.transport(p.Protocol, at+header, at+len(b), at+total)
}

// badOption finds an option of IPv4 or TCP whose length cannot be; -1 for none. They are built alike: the end of the
// list and the filler are one byte, every other option tells its length.
func badOption(b []byte) int {
	for at := 0; at < len(b); {
		switch b[at] {
		case 0:
			return -1
		case 1:
			at++
			continue
		}
		if at+2 > len(b) || b[at+1] < 2 || at+int(b[at+1]) > len(b) {
			return at
		}
		at += int(b[at+1])
	}
	return -1
}

// named sets the name of a protocol over IP.
func (p *Packet) named(protocol uint8, v6 bool) {
	p.Protocol, p.Proto = protocol, "ip"
	switch {
	case protocol == protoTCP:
		p.Proto = "tcp"
	case protocol == protoUDP:
		p.Proto = "udp"
	case protocol == protoICMP && !v6:
		p.Proto = "icmp"
	case protocol == protoICMP6 && v6:
		p.Proto = "icmp6"
	case protocol == protoIGMP && !v6:
		p.Proto = "igmp"
	}
}

// transport reads what IP carries at [at, end); wireEnd is where it would end if nothing had been cut off.
func (p *Packet) transport(protocol uint8, at, end, wireEnd int) {
	p.Payload, p.PayloadLen = p.Data[at:end], wireEnd-at
	if p.Fragment.Offset != 0 {
		p.span(kindPayload, at, end)
		return
	}
	switch p.Proto {
	case "tcp":
		p.segment(at, end, wireEnd)
	case "udp":
		p.datagram(at, end, wireEnd)
	case "icmp":
		p.icmp4(at, end, wireEnd)
	case "icmp6":
		p.icmp6(at, end, wireEnd)
	case "igmp":
		p.igmp(at, end, wireEnd)
	default:
		p.span(kindPayload, at, end)
	}
}

// body says that the payload is what stands at [at, end).
func (p *Packet) body(at, end, wireEnd int) {
	p.Payload, p.PayloadLen = p.Data[at:end], wireEnd-at
	p.span(kindPayload, at, end)
}

// headless says that a header of need bytes is not there whole, or not at all.
func (p *Packet) headless(k kind, layer string, at, end, wireEnd, need int) {
	p.span(k, at, end)
	p.Payload, p.PayloadLen = nil, 0
	if wireEnd-at >= need || p.quoted {
		p.cut(layer, at, need, end-at)
		return
	}
	p.fail(layer, at, "the header needs %d bytes, IP carries %d", need, wireEnd-at)
}
