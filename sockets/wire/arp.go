package wire

import "net/netip"

// ARP asks who has an IPv4 address, and tells (RFC 826).
type ARP struct {
	Op                   uint16 // 1 asks, 2 answers
	SenderMAC, TargetMAC MAC
	SenderIP, TargetIP   netip.Addr
}

// Name is what the message says, as sockets/names knows it: "arp-request" or "arp-reply", "" for another.
func (a *ARP) Name() string {
	switch a.Op {
	case 1:
		return "arp-request"
	case 2:
		return "arp-reply"
	}
	return ""
}

// arp reads an ARP message (RFC 826) about Ethernet and IPv4; one about others is only noted.
func (p *Packet) arp(at int) {
	p.Proto = "arp"
	b := p.Data[at:]
	size := 8
	if len(b) >= 8 {
		size = 8 + 2*int(b[4]) + 2*int(b[5])
	}
	if len(b) < size {
		p.span(kindARP, at, len(p.Data))
		p.cut("ARP", at, size, len(b))
		return
	}
	p.span(kindARP, at, at+size)
	if be16(b) != 1 || be16(b[2:]) != EtherIPv4 || b[4] != 6 || b[5] != 4 {
		p.fail("ARP", at, "it is not about Ethernet and IPv4")
		return
	}
	p.ARP = &ARP{
		Op: be16(b[6:]), SenderMAC: MAC(b[8:14]), SenderIP: netip.AddrFrom4([4]byte(b[14:18])),
		TargetMAC: MAC(b[18:24]), TargetIP: netip.AddrFrom4([4]byte(b[24:28])),
	}
	p.Src, p.Dst = netip.AddrPortFrom(p.ARP.SenderIP, 0), netip.AddrPortFrom(p.ARP.TargetIP, 0)
}
