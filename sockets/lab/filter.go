package lab

import "encoding/binary"

// A Filter chooses frames.
type Filter struct {
	Name  string
	Match func(frame []byte) bool
}

// FilterNames are the filters that have a name: "syn" is a SYN without ACK, "ack" an ACK that carries nothing else,
// "data" a TCP segment with payload, "arp" also IPv6's neighbour discovery, and "icmp" is without it.
func FilterNames() []string {
	return []string{"any", "syn", "synack", "ack", "data", "fin", "rst", "tcp", "udp", "icmp", "arp"}
}

// NamedFilter finds one of [FilterNames].
func NamedFilter(name string) (Filter, bool) {
	match := map[string]func(packet) bool{
		"any":    func(packet) bool { return true },
		"syn":    func(p packet) bool { return p.flags&(fSYN|fACK) == fSYN },
		"synack": func(p packet) bool { return p.flags&(fSYN|fACK) == fSYN|fACK },
		"ack":    func(p packet) bool { return p.flags&(fSYN|fFIN|fRST|fACK) == fACK && p.payload == 0 },
		"data":   func(p packet) bool { return p.proto == protoTCP && p.payload > 0 },
		"fin":    func(p packet) bool { return p.flags&fFIN != 0 },
		"rst":    func(p packet) bool { return p.flags&fRST != 0 },
		"tcp":    func(p packet) bool { return p.proto == protoTCP },
		"udp":    func(p packet) bool { return p.proto == protoUDP },
		"icmp":   func(p packet) bool { return (p.proto == protoICMP || p.proto == protoICMP6) && !p.neighbour },
		"arp":    func(p packet) bool { return p.neighbour },
	}[name]
	if match == nil {
		return Filter{}, false
	}
	return Filter{Name: name, Match: func(frame []byte) bool { return match(dissect(frame)) }}, true
}

const (
	fFIN = 0x01
	fSYN = 0x02
	fRST = 0x04
	fACK = 0x10

	etherIP4 = 0x0800
	etherIP6 = 0x86dd
	etherARP = 0x0806

	protoICMP  = 1
	protoTCP   = 6
	protoUDP   = 17
	protoICMP6 = 58

	etherLen = 14
)

// A packet is the little that a filter asks of a frame.
type packet struct {
	proto     int  // of IP; 0 for anything else
	neighbour bool // ARP, or its equal in ICMPv6
	flags     byte // of TCP; 0 in a fragment that is not the first
	payload   int  // bytes after the TCP header
}

func dissect(frame []byte) (p packet) {
	if len(frame) < etherLen {
		return p
	}
	b := frame[etherLen:]
	switch binary.BigEndian.Uint16(frame[12:]) {
	case etherARP:
		p.neighbour = true
		return p
	case etherIP4:
		if len(b) < 20 {
			return p
		}
		header, total := int(b[0]&15)*4, int(binary.BigEndian.Uint16(b[2:]))
		if header < 20 || total < header || total > len(b) {
			return p
		}
		p.proto = int(b[9])
		if binary.BigEndian.Uint16(b[6:])&0x1fff != 0 {
			return p // a later fragment has no header of TCP's
		}
		b = b[header:total]
	case etherIP6:
		if len(b) < 40 {
			return p
		}
		total := 40 + int(binary.BigEndian.Uint16(b[4:]))
		if total > len(b) {
			return p
		}
		next, rest, first := skipExtensions(int(b[6]), b[40:total])
		p.proto, b = next, rest
		if !first {
			return p
		}
	default:
		return p
	}
	switch {
	case p.proto == protoICMP6 && len(b) > 0:
		p.neighbour = b[0] >= 133 && b[0] <= 137
	case p.proto == protoTCP && len(b) >= 20:
		if header := int(b[12]>>4) * 4; header >= 20 && header <= len(b) {
			p.flags, p.payload = b[13], len(b)-header
		}
	}
	return p
}

// skipExtensions walks over IPv6's extension headers, RFC 8200. It reports false for a fragment that is not the first.
func skipExtensions(next int, b []byte) (proto int, rest []byte, first bool) {
	for {
		switch next {
		case 0, 43, 60: // hop-by-hop, routing, destination options
			if len(b) < 8 || len(b) < (int(b[1])+1)*8 {
				return next, nil, false
			}
			next, b = int(b[0]), b[(int(b[1])+1)*8:]
		case 44: // fragment
			if len(b) < 8 {
				return next, nil, false
			}
			later := binary.BigEndian.Uint16(b[2:])&^7 != 0
			next, b = int(b[0]), b[8:]
			if later {
				return next, nil, false
			}
		default:
			return next, b, true
		}
	}
}
