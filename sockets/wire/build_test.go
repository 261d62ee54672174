package wire

import (
	"encoding/hex"
	"net"
	"os"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

var epoch = time.Date(2026, 1, 2, 3, 4, 5, 678_901_234, time.UTC)

// loopback reads the frames that were captured on a loopback.
func loopback(t testing.TB) []Packet {
	t.Helper()
	text, err := os.ReadFile("testdata/loopback.txt")
	if err != nil {
		t.Fatal(err)
	}
	var all []Packet
	for line := range strings.Lines(string(text)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		us, digits, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, err := strconv.Atoi(us)
		if err != nil {
			t.Fatal(err)
		}
		p := decode(t, Ethernet, unhex(t, digits))
		p.Time = epoch.Add(time.Duration(n) * time.Microsecond)
		all = append(all, p)
	}
	return all
}

func unhex(t testing.TB, s string) []byte {
	t.Helper()
	b, err := hex.DecodeString(strings.ReplaceAll(s, " ", ""))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// decode decodes a frame that must be right.
func decode(t testing.TB, link Link, frame []byte) Packet {
	t.Helper()
	p, err := Decode(link, frame)
	if err != nil {
		t.Fatalf("%x: %v", frame, err)
	}
	return p
}

// build lets another hand than ours make a frame, with its lengths and checksums.
func build(t testing.TB, ls ...gopacket.SerializableLayer) []byte {
	t.Helper()
	var network gopacket.NetworkLayer
	for _, l := range ls {
		if n, ok := l.(gopacket.NetworkLayer); ok {
			network = n
		}
		if network == nil {
			continue
		}
		if c, ok := l.(interface {
			SetNetworkLayerForChecksum(gopacket.NetworkLayer) error
		}); ok {
			if err := c.SetNetworkLayerForChecksum(network); err != nil {
				t.Fatal(err)
			}
		}
	}
	buf := gopacket.NewSerializeBuffer()
	if err := gopacket.SerializeLayers(buf, gopacket.SerializeOptions{FixLengths: true, ComputeChecksums: true}, ls...); err != nil {
		t.Fatal(err)
	}
	return append([]byte(nil), buf.Bytes()...)
}

var (
	macA = net.HardwareAddr{2, 0, 0, 0, 0, 1}
	macB = net.HardwareAddr{2, 0, 0, 0, 0, 2}
	ip4A = net.IP{10, 0, 0, 1}
	ip4B = net.IP{10, 0, 0, 2}
	ip6A = net.ParseIP("fd00::1")
	ip6B = net.ParseIP("fd00::2")
)

func ether(t layers.EthernetType) *layers.Ethernet {
	return &layers.Ethernet{SrcMAC: macA, DstMAC: macB, EthernetType: t}
}

func v4(p layers.IPProtocol) *layers.IPv4 {
	return &layers.IPv4{Version: 4, TTL: 64, Id: 7, Protocol: p, SrcIP: ip4A, DstIP: ip4B}
}

func v6(p layers.IPProtocol) *layers.IPv6 {
	return &layers.IPv6{Version: 6, HopLimit: 64, NextHeader: p, SrcIP: ip6A, DstIP: ip6B}
}

// A seg is a segment of a made-up connection: a is 10.0.0.1:1000, b 10.0.0.2:80; s is a, and speaks with itself.
type seg struct {
	from     byte
	flags    Flags
	seq, ack uint32
	n        int
	win      uint16
	at       time.Duration
	id       uint16 // 0 for one of its own
	scale    int    // window scale and SACK in a SYN, where not 0
	sack     [][2]uint32
	lost     bool
}

var segID uint16

// packet makes the frame of a segment, and decodes it.
func (s seg) packet(t testing.TB) *Packet {
	t.Helper()
	ip, tcp := v4(layers.IPProtocolTCP), &layers.TCP{SrcPort: 1000, DstPort: 80}
	if s.from == 'b' {
		ip.SrcIP, ip.DstIP, tcp.SrcPort, tcp.DstPort = ip4B, ip4A, 80, 1000
	}
	if s.from == 's' {
		ip.DstIP, tcp.DstPort = ip.SrcIP, tcp.SrcPort
	}
	ip.Flags = layers.IPv4DontFragment
	segID++
	if ip.Id = s.id; s.id == 0 {
		ip.Id = 0x8000 | segID
	}
	tcp.Seq, tcp.Ack, tcp.Window = s.seq, s.ack, s.win
	tcp.FIN, tcp.SYN, tcp.RST, tcp.PSH, tcp.ACK = s.flags.Has(FIN), s.flags.Has(SYN), s.flags.Has(RST), s.flags.Has(PSH), s.flags.Has(ACK)
	if s.scale > 0 {
		tcp.Options = append(tcp.Options, layers.TCPOption{OptionType: 3, OptionLength: 3, OptionData: []byte{byte(s.scale)}},
			layers.TCPOption{OptionType: 4, OptionLength: 2})
	}
	if len(s.sack) > 0 {
		var b []byte
		for _, x := range s.sack {
			b = append(b, byte(x[0]>>24), byte(x[0]>>16), byte(x[0]>>8), byte(x[0]), byte(x[1]>>24), byte(x[1]>>16), byte(x[1]>>8), byte(x[1]))
		}
		tcp.Options = append(tcp.Options, layers.TCPOption{OptionType: 5, OptionLength: uint8(2 + len(b)), OptionData: b})
	}
	p := decode(t, Ethernet, build(t, ether(layers.EthernetTypeIPv4), ip, tcp, gopacket.Payload(make([]byte, s.n))))
	p.Time, p.Lost = epoch.Add(s.at), s.lost
	return &p
}
