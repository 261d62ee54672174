package wire

import "strconv"

// trafficClass lists the two fields of a byte (RFC 2474, RFC 3168).
func (b *walk) trafficClass() {
	b.num("ip.dscp", 6)
	b.num("ip.ecn", 2)
}

// ip4 lists the fields of an IPv4 header (RFC 791 3.1).
func (b *walk) ip4(s Sum) {
	b.num("ip.version", 4)
	n := b.num("ip.header-length", 4)
	b.say("ip.header-length", strconv.Itoa(int(n)*4))
	b.trafficClass()
	b.num("ip.total-length", 16)
	b.num("ip.id", 16)
	b.num("reserved", 1)
	b.num("ip.dont-fragment", 1)
	b.num("ip.more-fragments", 1)
	n = b.num("ip.fragment-offset", 13)
	b.say("ip.fragment-offset", strconv.Itoa(int(n)*8))
	b.num("ip.ttl", 8)
	b.protocol("ip.protocol")
	b.checksum("ip.checksum", s)
	b.ip("ip.source", 4)
	b.ip("ip.destination", 4)
	b.list("ip.option", func(kind uint8, _ []byte) (string, string) {
		switch kind {
		case 7, 68, 131, 137:
			return "ip.option", map[uint8]string{7: "record route", 68: "timestamp", 131: "loose source route", 137: "strict source route"}[kind]
		case 148:
			return "ip.option", "router alert"
		}
		return "ip.option", strconv.Itoa(int(kind))
	})
}

// list lists options that are built as those of IPv4 and TCP are: one field for each, with its kind and its length.
func (b *walk) list(id string, describe func(kind uint8, data []byte) (id, value string)) {
	for b.left() > 0 {
		o := b.peek(b.left())
		switch {
		case o[0] == 0:
			b.add(id+".end", 8, "0")
			if n := b.left(); n > 0 {
				b.add("padding", n*8, strconv.Itoa(n))
			}
			return
		case o[0] == 1:
			b.add(id+".nop", 8, "1")
		case len(o) < 2 || o[1] < 2 || int(o[1]) > len(o):
			b.rest()
			return
		default:
			name, value := describe(o[0], o[2:o[1]])
			b.add(name, int(o[1])*8, value)
		}
	}
}

// ip6 lists the fields of an IPv6 header (RFC 8200 3).
func (b *walk) ip6() {
	b.num("ip.version", 4)
	b.trafficClass()
	b.hex("ip6.flow-label", 20)
	b.num("ip6.payload-length", 16)
	b.protocol("ip6.next-header")
	b.num("ip6.hop-limit", 8)
	b.ip("ip.source", 16)
	b.ip("ip.destination", 16)
}

// extension lists the fields of an extension header (RFC 8200 4).
func (b *walk) extension(header uint8) {
	b.protocol("ip6.next-header")
	if header == protoFragment {
		b.num("reserved", 8)
		n := b.num("ip.fragment-offset", 13)
		b.say("ip.fragment-offset", strconv.Itoa(int(n)*8))
		b.num("reserved", 2)
		b.num("ip.more-fragments", 1)
		b.hex("ip.id", 32)
		return
	}
	length := b.num("ip6.extension-length", 8)
	b.say("ip6.extension-length", strconv.Itoa(extensionSize(header, uint8(length))))
	switch header {
	case protoHopByHop, protoDestOpts:
		b.options6()
	case protoRouting:
		b.num("ip6.routing-type", 8)
		b.num("ip6.segments-left", 8)
		b.data("ip6.extension-data")
	case protoAH:
		b.num("reserved", 16)
		b.hex("ah.spi", 32)
		b.num("ah.sequence", 32)
		b.data("ah.check-value")
	default:
		b.data("ip6.extension-data")
	}
}

// options6 lists the options of the hop-by-hop and the destination options header (RFC 8200 4.2).
func (b *walk) options6() {
	for b.left() > 0 {
		o := b.peek(b.left())
		switch {
		case o[0] == 0:
			b.add("ip6.pad", 8, "0")
		case len(o) < 2 || 2+int(o[1]) > len(o):
			b.rest()
			return
		default:
			size := 2 + int(o[1])
			data := o[2:size]
			switch {
			case o[0] == 1:
				b.add("ip6.pad", size*8, strconv.Itoa(len(data)))
			case o[0] == 5 && len(data) == 2:
				b.add("ip6.router-alert", size*8, strconv.Itoa(int(be16(data))))
			case o[0] == 0xc2 && len(data) == 4:
				b.add("ip6.jumbo", size*8, utoa(be32(data)))
			default:
				b.add("ip6.option", size*8, strconv.Itoa(int(o[0])))
			}
		}
	}
}

// icmp lists the fields of a message of ICMP (RFC 792) or ICMPv6 (RFC 4443, RFC 4861, RFC 2710).
func (b *walk) icmp(m *ICMP, s Sum) {
	name, kind := "", ""
	if m != nil {
		name, kind = m.Name(), m.typeName()
	}
	b.num("icmp.type", 8)
	b.word("icmp.type", kind)
	b.num("icmp.code", 8)
	if name != kind {
		b.word("icmp.code", name)
	}
	b.checksum("icmp.checksum", s)
	switch name {
	case "echo-request", "echo-reply", "timestamp-request", "timestamp-reply":
		b.num("icmp.id", 16)
		b.num("icmp.seq", 16)
	case "fragmentation-needed":
		b.num("unused", 16)
		b.num("icmp.mtu", 16)
	case "packet-too-big":
		b.num("icmp.mtu", 32)
	case "parameter-problem":
		if m.V6 {
			b.num("icmp.pointer", 32)
			return
		}
		b.num("icmp.pointer", 8)
		b.num("unused", 24)
	case "redirect":
		if !m.V6 {
			b.ip("icmp.gateway", 4)
			return
		}
		b.num("reserved", 32)
		b.ip("nd.target", 16)
		b.ip("ip.destination", 16)
		b.optionsND()
	case "neighbor-solicitation", "neighbor-advertisement":
		b.hex("nd.flags", 32)
		b.ip("nd.target", 16)
		b.optionsND()
	case "router-solicitation", "router-advertisement":
		b.router(m)
	case "group-query", "group-report", "group-leave":
		b.num("igmp.max-response", 16)
		b.num("reserved", 16)
		if b.left() >= 16 && m.Type != 143 {
			b.ip("igmp.group", 16)
		}
		b.data("igmp.records")
	default:
		b.num("unused", 32)
	}
}

// router lists what a router is asked and tells (RFC 4861 4.1, 4.2; of version 4 RFC 1256).
func (b *walk) router(m *ICMP) {
	if !m.V6 || m.Type == 133 {
		b.num("reserved", 32)
	} else {
		b.num("nd.hop-limit", 8)
		b.hex("nd.flags", 8)
		b.num("nd.lifetime", 16)
		b.num("nd.reachable", 32)
		b.num("nd.retransmit", 32)
	}
	if m.V6 {
		b.optionsND()
	}
}

// optionsND lists the options of neighbour discovery (RFC 4861 4.6); their length counts units of eight bytes.
func (b *walk) optionsND() {
	for b.left() > 0 {
		o := b.peek(b.left())
		size := 0
		if len(o) >= 2 {
			size = int(o[1]) * 8
		}
		switch {
		case size == 0 || size > len(o):
			b.rest()
		case o[0] == 1 && size == 8:
			b.add("nd.source-mac", size*8, colons(o[2:8]))
		case o[0] == 2 && size == 8:
			b.add("nd.target-mac", size*8, colons(o[2:8]))
		case o[0] == 5 && size == 8:
			b.add("nd.mtu", size*8, utoa(be32(o[4:])))
		default:
			b.add("nd.option", size*8, strconv.Itoa(int(o[0])))
		}
	}
}

// igmp lists the first fields of a message of IGMP (RFC 2236 2, RFC 3376 4).
func (b *walk) igmp(m *IGMP, s Sum) {
	b.num("igmp.type", 8)
	if m != nil {
		b.word("igmp.type", m.Name())
	}
	b.num("igmp.max-response", 8)
	b.checksum("igmp.checksum", s)
	if m != nil && m.Type == 0x22 {
		b.num("reserved", 16)
		b.num("igmp.record-count", 16)
		return
	}
	b.ip("igmp.group", 4)
}
