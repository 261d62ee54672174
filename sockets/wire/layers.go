package wire

import (
	"net/netip"
	"strconv"
)

// A Layer is one header of a packet, or what the headers carry, with the bytes that it stands in.
type Layer struct {
	Name       string // "Ethernet", "IPv4", "TCP"; "payload", "surplus" and "trailer" are no headers and have a text in sockets/names
	Begin, End int    // bytes of the frame
	Fields     []Field
	Sum        Sum  // of the checksum in it
	Quoted     bool // it belongs to the packet that an ICMP error quotes

	// Where the layer stands in the models that are taught: "physical", "link", "network", "transport", "session",
	// "presentation" or "application"; "" where the frame does not tell. What an application sends is OSI's layers 5 to
	// 7 in one.
	OSI, TCPIP4, TCPIP5 string
}

// A Field is one field of a header.
type Field struct {
	ID         string // by which sockets/names knows its name and its meaning: "tcp.seq"
	Value      string // the same in every language: "1460", "0x1a2b", "SYN+ACK"
	Word       string // by which sockets/names says what the value means: "port-unreachable"; "" for nothing to say
	Begin, End int    // bytes of the frame
	Bit, Bits  int    // which bits, from the most significant one of Begin; Bits is 0 for whole bytes
}

// Layers takes p apart into its headers and their fields. The layers lie one after the other, from the frame's first
// byte to its last, and the fields of a header likewise, to the bit. A field that the capture cut is "cut".
func (p *Packet) Layers() []Layer {
	all := make([]Layer, 0, p.nspans+1)
	above := ""
	for i, s := range p.spans[:p.nspans] {
		if i > 0 && p.quotes(p.spans[i-1].kind) {
			for _, l := range p.ICMP.Inner.Layers() {
				l.move(int(s.begin))
				all = append(all, l)
			}
			continue
		}
		b := walk{frame: p.Data, at: int(s.begin) * 8, end: int(s.end) * 8}
		l := Layer{Begin: int(s.begin), End: int(s.end)}
		l.Name, l.OSI = p.describe(s, above, &b)
		b.rest()
		l.Fields, l.TCPIP4, l.TCPIP5 = b.fields, l.OSI, l.OSI
		l.Sum = p.sumIn(s.kind)
		all = append(all, l)
		if s.kind != kindSurplus {
			above = l.OSI
		}
	}
	return all
}

// quotes reports whether a packet that is quoted follows the header of this kind.
func (p *Packet) quotes(k kind) bool {
	return (k == kindICMP || k == kindICMP6) && p.ICMP != nil && p.ICMP.Inner != nil
}

// move makes the layer of a quoted packet a layer of the frame.
func (l *Layer) move(by int) {
	l.Begin, l.End, l.Quoted = l.Begin+by, l.End+by, true
	if l.Name == "payload" {
		l.OSI, l.TCPIP4, l.TCPIP5 = "network", "network", "network"
	}
	for i := range l.Fields {
		l.Fields[i].Begin += by
		l.Fields[i].End += by
	}
}

// sumIn is what was found out about the checksum in a header.
func (p *Packet) sumIn(k kind) Sum {
	switch k {
	case kindIPv4:
		return p.IPSum
	case kindTCP, kindUDP, kindICMP, kindICMP6, kindIGMP:
		return p.Sum
	}
	return NoSum
}

// describe lists the fields of a span; above is the layer of the header before it.
func (p *Packet) describe(s span, above string, b *walk) (name, layer string) {
	switch s.kind {
	case kindEthernet:
		b.ethernet()
		return "Ethernet", "link"
	case kindVLAN:
		b.vlan()
		return "VLAN", "link"
	case kindSLL:
		b.sll()
		return "Linux SLL", "link"
	case kindSLL2:
		b.sll2()
		return "Linux SLL2", "link"
	case kindLoopback:
		b.add("loop.family", 32, utoa(loopbackFamily(append(b.peek(4), 0, 0, 0, 0))))
		return "loopback", "link"
	case kindARP:
		b.arp()
		return "ARP", "network"
	case kindIPv4:
		b.ip4(p.IPSum)
		return "IPv4", "network"
	case kindIPv6:
		b.ip6()
		return "IPv6", "network"
	case kindExtension:
		b.extension(s.sub)
		return "IPv6 " + protocolName(s.sub), "network"
	case kindTCP:
		b.tcp(p.Sum)
		return "TCP", "transport"
	case kindUDP:
		b.udp(p.Sum)
		return "UDP", "transport"
	case kindICMP, kindICMP6:
		b.icmp(p.ICMP, p.Sum)
		if s.kind == kindICMP {
			return "ICMP", "network"
		}
		return "ICMPv6", "network"
	case kindIGMP:
		b.igmp(p.IGMP, p.Sum)
		return "IGMP", "network"
	case kindSurplus:
		b.data("surplus")
		return "surplus", "transport"
	case kindTrailer:
		b.data("trailer")
		return "trailer", "link"
	}
	b.data("payload")
	switch {
	case above == "transport":
		return "payload", "application"
	case p.IsFragment(), above == "network" && p.Proto == "ip":
		return "payload", "transport"
	}
	return "payload", above
}

// A walk goes through a header, bit by bit, and lists what it finds.
type walk struct {
	frame   []byte
	at, end int // bits
	fields  []Field
}

// peek is up to n bytes from here on.
func (b *walk) peek(n int) []byte {
	from := b.at / 8
	return b.frame[from:min(from+n, b.end/8):min(from+n, b.end/8)]
}

// left is how many whole bytes the header still has.
func (b *walk) left() int { return (b.end - b.at) / 8 }

// take notes a field of some bits; it reports false, and notes the rest as cut, where they are not there.
func (b *walk) take(id string, bits int) bool {
	if b.at+bits > b.end {
		b.rest()
		return false
	}
	if bits == 0 {
		return false
	}
	f := Field{ID: id, Begin: b.at / 8, End: (b.at + bits + 7) / 8}
	if b.at%8 != 0 || bits%8 != 0 {
		f.Bit, f.Bits = b.at%8, bits
	}
	b.fields = append(b.fields, f)
	b.at += bits
	return true
}

// rest notes what is left of a header as cut off in the middle of a field.
func (b *walk) rest() {
	if n := b.end - b.at; n > 0 {
		b.take("cut", n)
	}
}

// last is the field that was noted last.
func (b *walk) last() *Field { return &b.fields[len(b.fields)-1] }

// num notes a number of up to 32 bits, written in decimal.
func (b *walk) num(id string, bits int) uint32 {
	at := b.at
	if !b.take(id, bits) {
		return 0
	}
	v := uint64(0)
	for i := at / 8; i < b.at/8 || i*8 < b.at; i++ {
		v = v<<8 | uint64(b.frame[i])
	}
	if over := b.at % 8; over != 0 {
		v >>= 8 - over
	}
	n := uint32(v & (1<<bits - 1))
	b.last().Value = utoa(n)
	return n
}

// hex notes a number of up to 32 bits, written in hexadecimal.
func (b *walk) hex(id string, bits int) uint32 {
	n := b.num(id, bits)
	if len(b.fields) > 0 && b.last().ID == id {
		b.last().Value = hexOf(n, (bits+3)/4)
	}
	return n
}

// hexOf writes n with 0x and as many digits.
func hexOf(n uint32, digits int) string {
	s := strconv.FormatUint(uint64(n), 16)
	for len(s) < digits {
		s = "0" + s
	}
	return "0x" + s
}

// say adds to the value of the last field, if it is the one that is meant.
func (b *walk) say(id, more string) {
	if more != "" && len(b.fields) > 0 && b.last().ID == id {
		b.last().Value += " (" + more + ")"
	}
}

// word sets the word of the last field, if it is the one that is meant.
func (b *walk) word(id, word string) {
	if len(b.fields) > 0 && b.last().ID == id {
		b.last().Word = word
	}
}

// add notes a field with its value.
func (b *walk) add(id string, bits int, value string) {
	if b.take(id, bits) {
		b.last().Value = value
	}
}

// mac notes the address of a card.
func (b *walk) mac(id string) {
	address := colons(b.peek(6))
	b.add(id, 48, address)
	if address == "ff:ff:ff:ff:ff:ff" {
		b.word(id, "broadcast")
	}
}

// ip notes an IP address of 4 or 16 bytes.
func (b *walk) ip(id string, size int) {
	a, _ := netip.AddrFromSlice(b.peek(size))
	if b.take(id, size*8) {
		b.last().Value = a.String()
	}
}

// checksum notes a checksum and what was found out about it.
func (b *walk) checksum(id string, s Sum) {
	b.hex(id, 16)
	if s != NoSum {
		b.word(id, "sum-"+s.String())
	}
}

// data notes all that is left as bytes without a form that is known here.
func (b *walk) data(id string) {
	if n := b.left(); n > 0 {
		b.add(id, n*8, strconv.Itoa(n))
	}
}

// protocol notes what comes after an IP header.
func (b *walk) protocol(id string) uint8 {
	n := uint8(b.num(id, 8))
	b.say(id, protocolName(n))
	return n
}

// etherType notes what comes after a link header.
func (b *walk) etherType(id string) {
	b.say(id, etherTypeName(uint16(b.hex(id, 16))))
}
