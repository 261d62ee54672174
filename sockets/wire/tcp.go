package wire

import (
	"encoding/hex"
	"net/netip"
	"strconv"
	"strings"
)

// TCP is a TCP header (RFC 9293 3.1). In a packet that was cut within it, only what is there is set.
type TCP struct {
	Seq, Ack   uint32 // as on the wire; Follower makes them relative
	Flags      Flags
	Window     uint16 // as on the wire; Follower scales it
	Checksum   uint16
	Urgent     uint16
	HeaderLen  int
	PayloadLen int // how long IP says that it is; less of it may have been captured
	Options    Options
}

// Flags are the control bits of a TCP header.
type Flags uint16

// The control bits (RFC 9293 3.1; ECE and CWR are of RFC 3168, AE of RFC 9768).
const (
	FIN Flags = 1 << iota
	SYN
	RST
	PSH
	ACK
	URG
	ECE
	CWR
	AE
)

// Has reports whether all of these flags are set.
func (f Flags) Has(flags Flags) bool { return f&flags == flags }

// Any reports whether one of these flags is set.
func (f Flags) Any(flags Flags) bool { return f&flags != 0 }

// String writes a letter for each flag, in the order of the bits: "S", "SA", "A", "PA", "FA", "R". AE is N, for its
// former name NS.
func (f Flags) String() string {
	var s [9]byte
	n := 0
	for i := range 9 {
		if f&(1<<i) != 0 {
			s[n] = "FSRPAUECN"[i]
			n++
		}
	}
	return string(s[:n])
}

// Long writes the flags as a textbook does: "SYN", "SYN+ACK".
func (f Flags) Long() string {
	var s []string
	for i, name := range [...]string{"FIN", "SYN", "RST", "PSH", "ACK", "URG", "ECE", "CWR", "AE"} {
		if f&(1<<i) != 0 {
			s = append(s, name)
		}
	}
	return strings.Join(s, "+")
}

// Options are the options of a TCP header.
type Options struct {
	MSS           uint16 // maximum segment size; 0 for none (RFC 9293 3.7.1)
	WScale        uint8  // window scale, where HasWScale (RFC 7323 2)
	HasWScale     bool
	SACKPermitted bool        // (RFC 2018)
	SACK          [][2]uint32 // blocks that arrived, each from its first byte to the one after its last (RFC 2018, RFC 2883)
	HasTimestamp  bool
	TSVal, TSEcr  uint32 // timestamp, and the peer's that it answers (RFC 7323 3)
	HasFastOpen   bool
	FastOpen      []byte   // cookie; empty where one is asked for (RFC 7413)
	Other         []Option // of other kinds
}

// An Option is an option that is only named here.
type Option struct {
	Kind uint8
	Data []byte
}

// The kinds of TCP options (IANA, TCP Option Kind Numbers).
const (
	optEnd        = 0
	optNOP        = 1
	optMSS        = 2
	optWScale     = 3
	optSACKOK     = 4
	optSACK       = 5
	optTimestamps = 8
	optMD5        = 19
	optTimeout    = 28
	optAO         = 29
	optMPTCP      = 30
	optFastOpen   = 34
	optExperiment = 254
)

// String is the name of the option's kind, as Wireshark and tcpdump call it.
func (o Option) String() string {
	switch o.Kind {
	case optMD5:
		return "md5"
	case optTimeout:
		return "uto"
	case optAO:
		return "ao"
	case optMPTCP:
		return "mptcp"
	}
	return "kind " + strconv.Itoa(int(o.Kind))
}

// Strings writes the options for a reader: "mss 1460", "wscale 7", "sackok", "sack 1001:2001", "ts 5/3". The blocks of
// SACK are written relative to base, the peer's first sequence number, and as they are where base is 0.
func (o *Options) Strings(base uint32) []string {
	var s []string
	if o.MSS != 0 {
		s = append(s, "mss "+strconv.Itoa(int(o.MSS)))
	}
	if o.HasWScale {
		s = append(s, "wscale "+strconv.Itoa(int(o.WScale)))
	}
	if o.SACKPermitted {
		s = append(s, "sackok")
	}
	for _, b := range o.SACK {
		s = append(s, "sack "+utoa(b[0]-base)+":"+utoa(b[1]-base))
	}
	if o.HasTimestamp {
		s = append(s, "ts "+utoa(o.TSVal)+"/"+utoa(o.TSEcr))
	}
	if o.HasFastOpen {
		s = append(s, strings.TrimSpace("fastopen "+hex.EncodeToString(o.FastOpen)))
	}
	for _, other := range o.Other {
		s = append(s, other.String())
	}
	return s
}

func utoa(n uint32) string { return strconv.FormatUint(uint64(n), 10) }

// segment reads a TCP header (RFC 9293 3.1).
func (p *Packet) segment(at, end, wireEnd int) {
	b := p.Data[at:end]
	if len(b) >= 4 {
		p.ports(b)
	}
	if len(b) < 20 {
		if len(b) >= 8 { // all that an ICMP error has to quote (RFC 792)
			p.TCP = &TCP{Seq: be32(b[4:])}
		}
		p.headless(kindTCP, "TCP", at, end, wireEnd, 20)
		return
	}
	if p.tcp == nil {
		p.tcp = new(TCP)
	}
	p.TCP = p.tcp
	t := p.TCP
	*t = TCP{
		Seq: be32(b[4:]), Ack: be32(b[8:]), Flags: Flags(be16(b[12:]) & 0x1ff),
		Window: be16(b[14:]), Checksum: be16(b[16:]), Urgent: be16(b[18:]), HeaderLen: int(b[12]>>4) * 4,
	}
	if t.HeaderLen < 20 {
		p.span(kindTCP, at, end)
		p.Payload, p.PayloadLen = nil, 0
		p.fail("TCP", at+12, "a header of %d bytes is shorter than 20", t.HeaderLen)
		return
	}
	if len(b) < t.HeaderLen {
		p.headless(kindTCP, "TCP", at, end, wireEnd, t.HeaderLen)
		return
	}
	p.span(kindTCP, at, at+t.HeaderLen)
	if t.HeaderLen > 20 {
		p.options(at+20, b[20:t.HeaderLen])
	}
	t.PayloadLen = wireEnd - at - t.HeaderLen
	p.body(at+t.HeaderLen, end, wireEnd)
	p.Sum = p.verify(protoTCP, t.Checksum, b, wireEnd-at)
}

// ports reads what TCP and UDP begin with.
func (p *Packet) ports(b []byte) {
	p.Src = netip.AddrPortFrom(p.Src.Addr(), be16(b))
	p.Dst = netip.AddrPortFrom(p.Dst.Addr(), be16(b[2:]))
}

// options reads the options of a TCP header. One of a length that its kind cannot have is kept as of another kind.
func (p *Packet) options(at int, b []byte) {
	o := &p.TCP.Options
	if len(b) == 12 && be32(b) == 0x0101080a { // what nearly every segment has: two fillers and the timestamps
		o.HasTimestamp, o.TSVal, o.TSEcr = true, be32(b[4:]), be32(b[8:])
		return
	}
	for i := 0; i < len(b); {
		kind := b[i]
		if kind == optEnd {
			return
		}
		if kind == optNOP {
			i++
			continue
		}
		if i+2 > len(b) || b[i+1] < 2 || i+int(b[i+1]) > len(b) {
			p.fail("TCP", at+i, "option %d is longer than the header", kind)
			return
		}
		o.take(kind, b[i+2:i+int(b[i+1])])
		i += int(b[i+1])
	}
}

// take keeps one option.
func (o *Options) take(kind uint8, data []byte) {
	switch {
	case kind == optMSS && len(data) == 2:
		o.MSS = be16(data)
	case kind == optWScale && len(data) == 1:
		o.WScale, o.HasWScale = data[0], true
	case kind == optSACKOK && len(data) == 0:
		o.SACKPermitted = true
	case kind == optSACK && len(data) > 0 && len(data)%8 == 0:
		for ; len(data) > 0; data = data[8:] {
			o.SACK = append(o.SACK, [2]uint32{be32(data), be32(data[4:])})
		}
	case kind == optTimestamps && len(data) == 8:
		o.HasTimestamp, o.TSVal, o.TSEcr = true, be32(data), be32(data[4:])
	case kind == optFastOpen:
		o.HasFastOpen, o.FastOpen = true, data
	case kind == optExperiment && len(data) >= 2 && be16(data) == 0xf989: // RFC 7413 before it had a number of its own
		o.HasFastOpen, o.FastOpen = true, data[2:]
	default:
		o.Other = append(o.Other, Option{kind, data})
	}
}
