package wire

// UDP is a UDP header (RFC 768).
type UDP struct {
	Length   uint16 // of header and data
	Checksum uint16
}

// datagram reads a UDP header (RFC 768).
func (p *Packet) datagram(at, end, wireEnd int) {
	b := p.Data[at:end]
	if len(b) >= 4 {
		p.ports(b)
	}
	if len(b) < 8 {
		p.headless(kindUDP, "UDP", at, end, wireEnd, 8)
		return
	}
	if p.udp == nil {
		p.udp = new(UDP)
	}
	p.UDP = p.udp
	*p.UDP = UDP{Length: be16(b[4:]), Checksum: be16(b[6:])}
	length := int(p.UDP.Length)
	if length == 0 && wireEnd-at > 0xffff { // a jumbogram (RFC 2675 4)
		length = wireEnd - at
	}
	p.span(kindUDP, at, at+8)
	whole := p.Fragment == Fragment{}
	switch {
	case length < 8:
		p.body(at+8, end, wireEnd)
		p.fail("UDP", at+4, "a length of %d is shorter than the header's 8", length)
		return
	case length > wireEnd-at && whole && !p.quoted:
		p.body(at+8, end, wireEnd)
		p.Sum = SumUnverified
		p.fail("UDP", at+4, "a length of %d is longer than the %d bytes that IP carries", length, wireEnd-at)
		return
	}
	last := min(end, at+length)
	p.body(at+8, last, min(at+length, wireEnd))
	p.span(kindSurplus, last, end)
	if p.UDP.Checksum == 0 {
		p.Sum = SumAbsent
		return
	}
	p.Sum = p.verify(protoUDP, p.UDP.Checksum, p.Data[at:last], length)
}
