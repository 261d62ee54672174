package wire

import "net/netip"

// ICMP is a message of ICMP (RFC 792) or ICMPv6 (RFC 4443, RFC 4861).
type ICMP struct {
	V6         bool
	Type, Code uint8
	Checksum   uint16
	ID, Seq    uint16     // of an echo
	MTU        uint32     // that the next link takes: fragmentation needed (RFC 1191), packet too big
	Pointer    uint32     // to the byte that is wrong: parameter problem
	Target     netip.Addr // of a redirect or of neighbour discovery
	Inner      *Packet    // the packet that the message is about, as much of it as is quoted; nil for none
}

// anyCode stands for every code of a message that is not named by itself.
const anyCode = 0xff

// icmpNames are the messages by type and code.
var icmpNames = map[[2]uint8]string{
	{0, anyCode}: "echo-reply",
	{3, 0}:       "network-unreachable", {3, 1}: "host-unreachable", {3, 2}: "protocol-unreachable", {3, 3}: "port-unreachable",
	{3, 4}: "fragmentation-needed", {3, 5}: "source-route-failed", {3, 9}: "prohibited", {3, 10}: "prohibited", {3, 13}: "prohibited",
	{3, anyCode}: "unreachable", {4, anyCode}: "source-quench", {5, anyCode}: "redirect", {8, anyCode}: "echo-request",
	{9, anyCode}: "router-advertisement", {10, anyCode}: "router-solicitation", {11, 0}: "time-exceeded", {11, 1}: "reassembly-time-exceeded",
	{11, anyCode}: "time-exceeded", {12, anyCode}: "parameter-problem", {13, anyCode}: "timestamp-request", {14, anyCode}: "timestamp-reply",
}

var icmp6Names = map[[2]uint8]string{
	{1, 0}: "network-unreachable", {1, 1}: "prohibited", {1, 3}: "host-unreachable", {1, 4}: "port-unreachable",
	{1, anyCode}: "unreachable", {2, anyCode}: "packet-too-big", {3, 0}: "time-exceeded", {3, 1}: "reassembly-time-exceeded",
	{3, anyCode}: "time-exceeded", {4, anyCode}: "parameter-problem", {128, anyCode}: "echo-request", {129, anyCode}: "echo-reply",
	{130, anyCode}: "group-query", {131, anyCode}: "group-report", {132, anyCode}: "group-leave", {133, anyCode}: "router-solicitation",
	{134, anyCode}: "router-advertisement", {135, anyCode}: "neighbor-solicitation", {136, anyCode}: "neighbor-advertisement",
	{137, anyCode}: "redirect", {143, anyCode}: "group-report",
}

// Name is what the message says, as sockets/names knows it: "echo-request", "port-unreachable". It is "" for a message
// that has no name here.
func (m *ICMP) Name() string {
	names := icmpNames
	if m.V6 {
		names = icmp6Names
	}
	if name, ok := names[[2]uint8{m.Type, m.Code}]; ok {
		return name
	}
	return names[[2]uint8{m.Type, anyCode}]
}

// typeName is what the type says without the code, as sockets/names knows it.
func (m *ICMP) typeName() string {
	switch name := (&ICMP{V6: m.V6, Type: m.Type, Code: anyCode}).Name(); name {
	case "time-exceeded": // of hops or of fragments: the code tells
		return "out-of-time"
	default:
		return name
	}
}

// IsError reports whether the message is about another packet, which it quotes.
func (m *ICMP) IsError() bool {
	if m.V6 {
		return m.Type >= 1 && m.Type <= 4
	}
	switch m.Type {
	case 3, 4, 5, 11, 12:
		return true
	}
	return false
}

// icmp4 reads a message of ICMP (RFC 792).
func (p *Packet) icmp4(at, end, wireEnd int) {
	m, b := p.message(kindICMP, "ICMP", at, end, wireEnd)
	if m == nil {
		return
	}
	switch {
	case len(b) < wireEnd-at || p.IsFragment() || p.quoted:
		p.Sum = SumUnverified
	case fold(sum(b, 0)) == 0xffff:
		p.Sum = SumOK
	default:
		p.Sum = SumBad
	}
	switch m.Type {
	case 0, 8, 13, 14:
		m.ID, m.Seq = be16(b[4:]), be16(b[6:])
	case 3:
		if m.Code == 4 {
			m.MTU = uint32(be16(b[6:]))
		}
	case 5:
		m.Target = netip.AddrFrom4([4]byte(b[4:8]))
	case 12:
		m.Pointer = uint32(b[4])
	}
	p.quote(m, kindICMP, at, 8, end, wireEnd)
}

// icmp6 reads a message of ICMPv6 (RFC 4443), of neighbour discovery (RFC 4861) among others.
func (p *Packet) icmp6(at, end, wireEnd int) {
	m, b := p.message(kindICMP6, "ICMPv6", at, end, wireEnd)
	if m == nil {
		return
	}
	m.V6 = true
	p.Sum = p.verify(protoICMP6, m.Checksum, b, wireEnd-at)
	size := 8
	switch m.Type {
	case 2:
		m.MTU = be32(b[4:])
	case 4:
		m.Pointer = be32(b[4:])
	case 128, 129:
		m.ID, m.Seq = be16(b[4:]), be16(b[6:])
	case 130, 131, 132, 135, 136, 137: // listener and neighbour discovery: an address follows, and options
		if len(b) >= 24 {
			m.Target = netip.AddrFrom16([16]byte(b[8:24]))
		}
		size = len(b)
	case 133, 134, 143:
		size = len(b)
	}
	p.quote(m, kindICMP6, at, size, end, wireEnd)
}

// message reads the eight bytes that every message of ICMP begins with.
func (p *Packet) message(k kind, layer string, at, end, wireEnd int) (*ICMP, []byte) {
	b := p.Data[at:end]
	if len(b) < 8 {
		p.headless(k, layer, at, end, wireEnd, 8)
		return nil, nil
	}
	p.ICMP = &ICMP{Type: b[0], Code: b[1], Checksum: be16(b[2:])}
	return p.ICMP, b
}

// quote notes the header of a message, and reads the packet that it quotes. A quoted packet's own quote is left alone:
// no error is sent about an error.
func (p *Packet) quote(m *ICMP, k kind, at, size, end, wireEnd int) {
	p.span(k, at, at+size)
	p.body(at+size, end, max(wireEnd, at+size))
	if !m.IsError() || p.quoted || p.IsFragment() || len(p.Payload) == 0 {
		return
	}
	inner := &Packet{Link: RawIP, Data: p.Payload, WireLen: len(p.Payload), Time: p.Time, quoted: true}
	inner.rawIP()
	inner.fill()
	m.Inner = inner
}

// IGMP is a message by which a host joins and leaves multicast groups (RFC 2236, RFC 3376).
type IGMP struct {
	Type     uint8
	MaxResp  uint8 // tenths of a second
	Checksum uint16
	Group    netip.Addr // none in a report of version 3
}

// Name is what the message says, as sockets/names knows it, and "" for a message that has no name here.
func (m *IGMP) Name() string {
	switch m.Type {
	case 0x11:
		return "group-query"
	case 0x12, 0x16, 0x22:
		return "group-report"
	case 0x17:
		return "group-leave"
	}
	return ""
}

// igmp reads a message of IGMP (RFC 2236, RFC 3376).
func (p *Packet) igmp(at, end, wireEnd int) {
	b := p.Data[at:end]
	if len(b) < 8 {
		p.headless(kindIGMP, "IGMP", at, end, wireEnd, 8)
		return
	}
	p.IGMP = &IGMP{Type: b[0], MaxResp: b[1], Checksum: be16(b[2:])}
	if b[0] != 0x22 {
		p.IGMP.Group = netip.AddrFrom4([4]byte(b[4:8]))
	}
	switch {
	case len(b) < wireEnd-at || p.IsFragment() || p.quoted:
		p.Sum = SumUnverified
	case fold(sum(b, 0)) == 0xffff:
		p.Sum = SumOK
	default:
		p.Sum = SumBad
	}
	p.span(kindIGMP, at, at+8)
	p.body(at+8, end, wireEnd)
}
