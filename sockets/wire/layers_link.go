package wire

// ethernet lists the fields of an Ethernet header (IEEE 802.3). Before it stands a preamble and after the data a
// checksum, which the card keeps to itself.
func (b *walk) ethernet() {
	b.mac("ether.destination")
	b.mac("ether.source")
	b.etherType("ether.type")
}

// vlan lists the fields of a tag (IEEE 802.1Q).
func (b *walk) vlan() {
	b.num("vlan.priority", 3)
	b.num("vlan.drop", 1)
	b.num("vlan.id", 12)
	b.etherType("ether.type")
}

// packetTypes are the words for who a frame is for, in Linux's numbers.
var packetTypes = []string{"to-us", "broadcast", "multicast", "to-another", "from-us"}

func (b *walk) packetType(bits int) {
	if n := b.num("sll.packet-type", bits); int(n) < len(packetTypes) {
		b.word("sll.packet-type", packetTypes[n])
	}
}

// sll lists the fields of a cooked header (LINKTYPE_LINUX_SLL).
func (b *walk) sll() {
	b.packetType(16)
	b.num("sll.device-type", 16)
	b.num("sll.address-length", 16)
	b.add("sll.address", 64, colons(b.peek(8)))
	b.etherType("ether.type")
}

// sll2 lists the fields of a cooked header (LINKTYPE_LINUX_SLL2).
func (b *walk) sll2() {
	b.etherType("ether.type")
	b.num("reserved", 16)
	b.num("sll.interface", 32)
	b.num("sll.device-type", 16)
	b.packetType(8)
	b.num("sll.address-length", 8)
	b.add("sll.address", 64, colons(b.peek(8)))
}

// arp lists the fields of an ARP message (RFC 826).
func (b *walk) arp() {
	usual := true
	if h := b.peek(8); len(h) == 8 {
		usual = be16(h) == 1 && be16(h[2:]) == EtherIPv4 && h[4] == 6 && h[5] == 4
	}
	b.num("arp.hardware", 16)
	b.etherType("arp.protocol")
	b.num("arp.hardware-length", 8)
	b.num("arp.protocol-length", 8)
	op := b.num("arp.operation", 16)
	b.word("arp.operation", (&ARP{Op: uint16(op)}).Name())
	if !usual {
		b.data("payload")
		return
	}
	b.mac("arp.sender-mac")
	b.ip("arp.sender-ip", 4)
	b.mac("arp.target-mac")
	b.ip("arp.target-ip", 4)
}
