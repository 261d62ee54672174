package wire

import (
	"fmt"
	"net/netip"
	"time"
)

// A Packet is one frame, decoded as far as its bytes go. It shares the frame's memory.
type Packet struct {
	Link    Link
	Data    []byte    // the frame, from its first byte
	Time    time.Time // when it was seen; Decode leaves it zero
	Lost    bool      // it is known to be lost on the way: who it was for has not heard it. Decode leaves it false
	Copy    bool      // it is known to be a second one that the way has made of a packet. Decode leaves it false
	Late    bool      // it is known that a later one has overtaken it on the way. Decode leaves it false
	WireLen int       // its length on the wire: more than len(Data) where the capture cut it. Decode takes it for whole

	SrcMAC, DstMAC MAC
	VLANs          []VLAN // from the outside in
	EtherType      uint16 // of what follows the link header; 0 where the link has none

	Family       int // 4 or 6; 0 where there is no IP
	Src, Dst     netip.AddrPort
	Proto        string // "tcp", "udp", "icmp", "icmp6", "igmp", "arp"; "ip" for another protocol over IP, "" for no IP
	Protocol     uint8  // the number that Proto comes from (IANA, Assigned Internet Protocol Numbers)
	TTL          uint8  // hop limit in IPv6
	TrafficClass uint8  // DSCP and ECN
	FlowLabel    uint32 // IPv6
	ID           uint32 // of the datagram; in IPv6 only a fragment has one
	DontFragment bool
	Fragment     Fragment

	TCP  *TCP
	UDP  *UDP
	ICMP *ICMP // of both versions
	IGMP *IGMP
	ARP  *ARP

	Payload    []byte // what the innermost decoded header carries, as far as it was captured
	PayloadLen int    // how long the headers say that it is

	IPSum Sum // of the IPv4 header
	Sum   Sum // of TCP, UDP, ICMP or IGMP

	Truncated bool  // the bytes end before the packet does
	Err       error // what is wrong in the bytes: a *Error

	spans  [mostSpans]span // what stands where, in order, without gaps
	nspans int
	quoted bool       // it stands within an ICMP error, cut where that had no more room
	final  netip.Addr // where a routing header sends it in the end
	tcp    *TCP       // kept, to be used again by the next Decode
	udp    *UDP
}

// A Fragment says which part of a datagram a packet is (RFC 791 3.2, RFC 8200 4.5).
type Fragment struct {
	Offset int  // of its first byte within what the datagram carries
	More   bool // fragments follow
}

// IsFragment reports whether p is a part of a datagram only.
func (p *Packet) IsFragment() bool { return p.Fragment != (Fragment{}) }

// A Sum is what was found out about a checksum.
type Sum uint8

// The states of a checksum.
const (
	NoSum         Sum = iota // there is none in this packet
	SumOK                    // it is right
	SumBad                   // it is wrong: the packet will be dropped
	SumPartial               // the kernel left it to the network card, which has not seen the packet yet; usual on loopback
	SumAbsent                // the sender did without: 0 in UDP (RFC 768)
	SumUnverified            // it cannot be computed: bytes are missing
)

// String is the name of the state, as sockets/names knows it.
func (s Sum) String() string {
	switch s {
	case SumOK:
		return "ok"
	case SumBad:
		return "bad"
	case SumPartial:
		return "partial"
	case SumAbsent:
		return "absent"
	case SumUnverified:
		return "unverified"
	}
	return ""
}

// An Error is what is wrong in the bytes of a frame.
type Error struct {
	Layer  string // "IPv4"
	Offset int    // from the frame's first byte
	Reason string
	Cut    bool // the bytes end too early; else they contradict themselves
}

// Error names the layer, the byte and what is wrong with it.
func (e *Error) Error() string { return fmt.Sprintf("%s at byte %d: %s", e.Layer, e.Offset, e.Reason) }

// Decode takes a frame apart. It never panics. Where the bytes are wrong or end too early the error, which is also the
// packet's, says at which layer and byte; what was decoded before stays.
func Decode(link Link, frame []byte) (Packet, error) {
	var p Packet
	err := p.Decode(link, frame)
	return p, err
}

// Decode is Decode into memory that is there already: p is overwritten, and so are the TCP and UDP that an earlier
// Decode into p has given out.
func (p *Packet) Decode(link Link, frame []byte) error {
	*p = Packet{Link: link, Data: frame, WireLen: len(frame), tcp: p.tcp, udp: p.udp}
	switch link {
	case Ethernet:
		p.ethernet()
	case RawIP:
		p.rawIP()
	case LinuxSLL:
		p.cooked(kindSLL, 16, 14, 6)
	case LinuxSLL2:
		p.cooked(kindSLL2, 20, 0, 12)
	case Null, Loop:
		p.loopback()
	default:
		p.Payload, p.PayloadLen = frame, len(frame)
		p.fail("link", 0, "%v is not known", link)
	}
	p.fill()
	return p.Err
}

// rawIP reads a packet that begins with its IP header: the version in it decides.
func (p *Packet) rawIP() {
	if len(p.Data) == 0 {
		p.cut("IP", 0, 1, 0)
		return
	}
	switch version := p.Data[0] >> 4; version {
	case 4:
		p.ip4(0)
	case 6:
		p.ip6(0)
	default:
		p.fail("IP", 0, "version %d is neither 4 nor 6", version)
	}
}

// fail keeps the first thing that is wrong.
func (p *Packet) fail(layer string, at int, format string, a ...any) {
	if p.Err == nil {
		p.Err = &Error{Layer: layer, Offset: at, Reason: fmt.Sprintf(format, a...)}
	}
}

// cut says that a header is not there whole. In a packet that an ICMP error quotes this is no fault.
func (p *Packet) cut(layer string, at, need, have int) {
	p.Truncated = true
	if p.Err == nil && !p.quoted {
		p.Err = &Error{Layer: layer, Offset: at, Reason: fmt.Sprintf("the header needs %d bytes, %d are there", need, have), Cut: true}
	}
}

// A span is the place of a header, or of what is none, within the frame.
type span struct {
	kind       kind
	sub        uint8 // which extension header of IPv6
	begin, end uint32
}

// mostSpans is room for a link header, its tags, an IP header with its extensions, a transport header, the payload and
// what is left behind it.
const mostSpans = 1 + mostVLANs + 1 + mostExtensions + 1 + 3

// A kind is a sort of span.
type kind uint8

const (
	kindEthernet kind = iota + 1
	kindVLAN
	kindSLL
	kindSLL2
	kindLoopback
	kindARP
	kindIPv4
	kindIPv6
	kindExtension
	kindTCP
	kindUDP
	kindICMP
	kindICMP6
	kindIGMP
	kindPayload
	kindSurplus // after the datagram that the UDP length tells of
	kindTrailer // after the packet that the IP length tells of
)

// span notes what stands at [begin, end). Spans come in order; an empty one is not noted.
func (p *Packet) span(k kind, begin, end int) { p.spanOf(k, 0, begin, end) }

func (p *Packet) spanOf(k kind, sub uint8, begin, end int) {
	if begin < end {
		p.spans[p.nspans] = span{k, sub, uint32(begin), uint32(end)}
		p.nspans++
	}
}

// fill makes the spans reach to the end of the frame.
func (p *Packet) fill() {
	at := 0
	if p.nspans > 0 {
		at = int(p.spans[p.nspans-1].end)
	}
	k := kindTrailer
	if p.Err != nil || p.nspans == 0 {
		k = kindPayload
	}
	if p.nspans < mostSpans {
		p.span(k, at, len(p.Data))
	}
}

// be16, be32 read a number in network byte order, the most significant byte first (RFC 791, appendix B).
func be16(b []byte) uint16 { return uint16(b[1]) | uint16(b[0])<<8 }

func be32(b []byte) uint32 {
	_ = b[3]
	return uint32(b[3]) | uint32(b[2])<<8 | uint32(b[1])<<16 | uint32(b[0])<<24
}
