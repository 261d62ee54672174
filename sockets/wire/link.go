package wire

import "strconv"

// A Link is what a frame begins with, by the number that pcap files have for it (LINKTYPE_).
type Link int

// The links that Decode reads.
const (
	Null      Link = 0   // BSD and macOS loopback: four bytes, the address family in the machine's own byte order
	Ethernet  Link = 1   // IEEE 802.3, and Linux's loopback with its addresses of zeros
	RawIP     Link = 101 // no link header: IPv4 or IPv6 at once
	Loop      Link = 108 // OpenBSD loopback: as Null, in network byte order
	LinuxSLL  Link = 113 // Linux "cooked" capture, version 1
	LinuxSLL2 Link = 276 // Linux "cooked" capture, version 2
)

// String is the name of the link as pcap writes it, without LINKTYPE_.
func (l Link) String() string {
	switch l {
	case Null:
		return "NULL"
	case Ethernet:
		return "ETHERNET"
	case RawIP:
		return "RAW"
	case Loop:
		return "LOOP"
	case LinuxSLL:
		return "LINUX_SLL"
	case LinuxSLL2:
		return "LINUX_SLL2"
	}
	return "LINKTYPE " + strconv.Itoa(int(l))
}

// The EtherTypes that are read or named.
const (
	EtherIPv4 = 0x0800
	EtherARP  = 0x0806
	EtherVLAN = 0x8100 // IEEE 802.1Q
	EtherIPv6 = 0x86dd
	EtherQinQ = 0x88a8 // IEEE 802.1ad
)

// etherTypeName is the protocol that an EtherType stands for, "" for one that is not named here.
func etherTypeName(t uint16) string {
	switch t {
	case EtherIPv4:
		return "IPv4"
	case EtherARP:
		return "ARP"
	case EtherVLAN:
		return "802.1Q"
	case EtherIPv6:
		return "IPv6"
	case EtherQinQ, 0x9100:
		return "802.1ad"
	case 0x8847:
		return "MPLS"
	case 0x8863, 0x8864:
		return "PPPoE"
	case 0x888e:
		return "802.1X"
	case 0x88cc:
		return "LLDP"
	}
	if t < 0x600 { // IEEE 802.3: then it is a length
		return "802.3"
	}
	return ""
}

// A MAC is the address of a network card (IEEE 802 EUI-48).
type MAC [6]byte

// String writes a MAC as ip(8) does: 52:54:00:12:34:56.
func (m MAC) String() string { return colons(m[:]) }

// colons writes bytes in hexadecimal with colons between.
func colons(b []byte) string {
	s := make([]byte, 0, 3*len(b))
	for i, c := range b {
		if i > 0 {
			s = append(s, ':')
		}
		s = append(s, hexDigits[c>>4], hexDigits[c&15])
	}
	return string(s)
}

const hexDigits = "0123456789abcdef"

// A VLAN is one 802.1Q tag.
type VLAN struct {
	ID           uint16 // 1 to 4094
	Priority     uint8
	DropEligible bool
}

// mostVLANs is how many tags are read, one after the other: two are usual, more are a forgery.
const mostVLANs = 4

// ethernet reads an Ethernet header and its VLAN tags.
func (p *Packet) ethernet() {
	if len(p.Data) < 14 {
		p.span(kindEthernet, 0, len(p.Data))
		p.cut("Ethernet", 0, 14, len(p.Data))
		return
	}
	copy(p.DstMAC[:], p.Data)
	copy(p.SrcMAC[:], p.Data[6:])
	p.EtherType = be16(p.Data[12:])
	p.span(kindEthernet, 0, 14)
	at := 14
	for n := 0; n < mostVLANs && isTag(p.EtherType); n++ {
		if len(p.Data)-at < 4 {
			p.span(kindVLAN, at, len(p.Data))
			p.cut("VLAN", at, 4, len(p.Data)-at)
			return
		}
		tci := be16(p.Data[at:])
		p.VLANs = append(p.VLANs, VLAN{ID: tci & 0xfff, Priority: uint8(tci >> 13), DropEligible: tci&0x1000 != 0})
		p.EtherType = be16(p.Data[at+2:])
		p.span(kindVLAN, at, at+4)
		at += 4
	}
	p.network(at)
}

func isTag(etherType uint16) bool {
	return etherType == EtherVLAN || etherType == EtherQinQ || etherType == 0x9100
}

// cooked reads the header that Linux puts before a frame where the device's own header is not wanted.
func (p *Packet) cooked(k kind, size, proto, addr int) {
	if len(p.Data) < size {
		p.span(k, 0, len(p.Data))
		p.cut("Linux cooked", 0, size, len(p.Data))
		return
	}
	p.EtherType = be16(p.Data[proto:])
	copy(p.SrcMAC[:], p.Data[addr:])
	p.span(k, 0, size)
	p.network(size)
}

// loopback reads the address family before a packet on a BSD's loopback.
func (p *Packet) loopback() {
	if len(p.Data) < 4 {
		p.span(kindLoopback, 0, len(p.Data))
		p.cut("loopback", 0, 4, len(p.Data))
		return
	}
	p.span(kindLoopback, 0, 4)
	switch family := loopbackFamily(p.Data); family {
	case 2:
		p.EtherType = EtherIPv4
	case 10, 24, 28, 30: // AF_INET6 of Linux, NetBSD, FreeBSD, macOS
		p.EtherType = EtherIPv6
	}
	p.network(4)
}

// loopbackFamily reads the family in whichever byte order makes it small.
func loopbackFamily(b []byte) uint32 {
	v := be32(b)
	if v > 0xffff {
		v = v>>24 | v>>8&0xff00 | v<<8&0xff0000 | v<<24
	}
	return v
}

// network reads what follows the link header.
func (p *Packet) network(at int) {
	switch p.EtherType {
	case EtherIPv4:
		p.ip4(at)
	case EtherIPv6:
		p.ip6(at)
	case EtherARP:
		p.arp(at)
	default:
		p.Payload, p.PayloadLen = p.Data[at:], len(p.Data)-at
		p.span(kindPayload, at, len(p.Data))
	}
}
