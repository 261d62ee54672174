package wire

import (
	"errors"
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// generated makes a frame of some sort, whole and right.
func generated(t testing.TB, r *rand.Rand) []byte {
	var ls []gopacket.SerializableLayer
	v6on := r.IntN(2) == 0
	et := layers.EthernetTypeIPv4
	if v6on {
		et = layers.EthernetTypeIPv6
	}
	if r.IntN(8) == 0 {
		ls = append(ls, ether(layers.EthernetTypeDot1Q), &layers.Dot1Q{VLANIdentifier: uint16(r.IntN(4096)), Priority: uint8(r.IntN(8)), Type: et})
	} else {
		ls = append(ls, ether(et))
	}
	protos := []layers.IPProtocol{layers.IPProtocolTCP, layers.IPProtocolTCP, layers.IPProtocolUDP, layers.IPProtocolICMPv4, layers.IPProtocolGRE}
	proto := protos[r.IntN(len(protos))]
	if v6on {
		if proto == layers.IPProtocolICMPv4 {
			proto = layers.IPProtocolICMPv6
		}
		ip := v6(proto)
		ip.TrafficClass, ip.FlowLabel, ip.HopLimit = uint8(r.Uint32()), r.Uint32()&0xfffff, uint8(r.Uint32())
		ls = append(ls, ip)
	} else {
		ip := v4(proto)
		ip.Id, ip.TTL, ip.TOS = uint16(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32())
		if r.IntN(2) == 0 {
			ip.Flags = layers.IPv4DontFragment
		}
		if r.IntN(6) == 0 {
			ip.Options = []layers.IPv4Option{{OptionType: 148, OptionLength: 4, OptionData: []byte{0, 0}}}
		}
		ls = append(ls, ip)
	}
	payload := make([]byte, r.IntN(200))
	for i := range payload {
		payload[i] = byte(r.Uint32())
	}
	switch proto {
	case layers.IPProtocolTCP:
		tcp := &layers.TCP{SrcPort: layers.TCPPort(r.Uint32()), DstPort: layers.TCPPort(r.Uint32()), Seq: r.Uint32(), Ack: r.Uint32(), Window: uint16(r.Uint32()),
			Urgent: uint16(r.Uint32()), SYN: r.IntN(2) == 0, ACK: r.IntN(2) == 0, FIN: r.IntN(2) == 0, RST: r.IntN(2) == 0, PSH: r.IntN(2) == 0,
			URG: r.IntN(2) == 0, ECE: r.IntN(2) == 0, CWR: r.IntN(2) == 0, NS: r.IntN(2) == 0}
		for _, o := range []layers.TCPOption{{OptionType: 2, OptionLength: 4, OptionData: []byte{5, 180}}, {OptionType: 4, OptionLength: 2}, {OptionType: 1, OptionLength: 1},
			{OptionType: 3, OptionLength: 3, OptionData: []byte{7}}, {OptionType: 8, OptionLength: 10, OptionData: []byte{1, 2, 3, 4, 5, 6, 7, 8}},
			{OptionType: 5, OptionLength: 10, OptionData: []byte{1, 2, 3, 4, 5, 6, 7, 8}}} {
			if r.IntN(2) == 0 {
				tcp.Options = append(tcp.Options, o)
			}
		}
		ls = append(ls, tcp)
	case layers.IPProtocolUDP:
		ls = append(ls, &layers.UDP{SrcPort: layers.UDPPort(r.Uint32()), DstPort: layers.UDPPort(r.Uint32())})
	case layers.IPProtocolICMPv4:
		ls = append(ls, &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(uint8(r.IntN(16)), uint8(r.IntN(6))), Id: uint16(r.Uint32()), Seq: uint16(r.Uint32())})
	case layers.IPProtocolICMPv6:
		ls = append(ls, &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode([]uint8{1, 2, 3, 4, 128, 129, 135, 136}[r.IntN(8)], uint8(r.IntN(4)))})
		payload = append(payload, make([]byte, 20)...)
	}
	return build(t, append(ls, gopacket.Payload(payload))...)
}

// differs says in which field gopacket reads something else than we do, "" for none. Where gopacket gives up, or we
// do, nothing is compared beyond.
func differs(frame []byte, p *Packet) string {
	var e *Error
	if errors.As(p.Err, &e) && strings.HasPrefix(e.Layer, "IPv") {
		return "" // gopacket keeps nothing of such a header
	}
	g := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.DecodeOptions{NoCopy: true})
	var diffs []string
	same := func(what string, ours, theirs any) {
		if fmt.Sprint(ours) != fmt.Sprint(theirs) {
			diffs = append(diffs, fmt.Sprintf("%s: %v, gopacket %v", what, ours, theirs))
		}
	}
	tags := 0
	for _, l := range g.Layers() {
		switch l.LayerType() {
		case layers.LayerTypeTCP, layers.LayerTypeUDP, layers.LayerTypeICMPv4, layers.LayerTypeICMPv6:
			if p.Err != nil && p.Payload == nil {
				return fmt.Sprint(diffs) // neither read a whole header
			}
		}
		switch l := l.(type) {
		case *layers.Ethernet:
			same("src mac", p.SrcMAC, l.SrcMAC)
			same("dst mac", p.DstMAC, l.DstMAC)
		case *layers.Dot1Q:
			if tags < len(p.VLANs) && len(g.Layers()) > 2 {
				same("vlan", p.VLANs[tags].ID, l.VLANIdentifier)
			}
			tags++
		case *layers.IPv4:
			if p.Family != 4 {
				return "another version than ours"
			}
			same("src", p.Src.Addr(), l.SrcIP)
			same("dst", p.Dst.Addr(), l.DstIP)
			same("ttl", p.TTL, l.TTL)
			same("tos", p.TrafficClass, l.TOS)
			same("id", p.ID, l.Id)
			same("df", p.DontFragment, l.Flags&layers.IPv4DontFragment != 0)
			same("mf", p.Fragment.More, l.Flags&layers.IPv4MoreFragments != 0)
			same("offset", p.Fragment.Offset, int(l.FragOffset)*8)
			same("protocol", p.Protocol, uint8(l.Protocol))
			if p.Proto == "ip" { // deeper than we look
				return fmt.Sprint(diffs)
			}
		case *layers.IPv6:
			if p.Family != 6 {
				return "another version than ours"
			}
			same("src", p.Src.Addr().AsSlice(), []byte(l.SrcIP))
			same("dst", p.Dst.Addr().AsSlice(), []byte(l.DstIP))
			same("hop limit", p.TTL, l.HopLimit)
			same("class", p.TrafficClass, l.TrafficClass)
			same("flow", p.FlowLabel, l.FlowLabel)
			if p.Proto == "ip" {
				return fmt.Sprint(diffs)
			}
		case *layers.IPv6Fragment:
			if p.Fragment.Offset == 0 && !p.Fragment.More && p.ID == 0 {
				return fmt.Sprintf("no fragment: %+v", l)
			}
			same("offset", p.Fragment.Offset, int(l.FragmentOffset)*8)
			same("id", p.ID, l.Identification)
		case *layers.TCP:
			t := p.TCP
			if t == nil || t.HeaderLen == 0 {
				diffs = append(diffs, "no TCP")
				continue
			}
			same("ports", fmt.Sprint(p.Src.Port(), p.Dst.Port()), fmt.Sprint(uint16(l.SrcPort), uint16(l.DstPort)))
			same("seq", t.Seq, l.Seq)
			same("ack", t.Ack, l.Ack)
			same("window", t.Window, l.Window)
			same("urgent", t.Urgent, l.Urgent)
			same("checksum", t.Checksum, l.Checksum)
			same("flags", [9]bool{t.Flags.Has(FIN), t.Flags.Has(SYN), t.Flags.Has(RST), t.Flags.Has(PSH), t.Flags.Has(ACK), t.Flags.Has(URG), t.Flags.Has(ECE), t.Flags.Has(CWR), t.Flags.Has(AE)},
				[9]bool{l.FIN, l.SYN, l.RST, l.PSH, l.ACK, l.URG, l.ECE, l.CWR, l.NS})
			if p.Err == nil {
				same("payload", string(p.Payload), string(l.LayerPayload()))
				var theirs Options
				for _, o := range l.Options {
					if o.OptionType > 1 {
						theirs.take(uint8(o.OptionType), o.OptionData)
					}
				}
				same("options", fmt.Sprint(t.Options.Strings(0)), fmt.Sprint(theirs.Strings(0)))
			}
		case *layers.UDP:
			if p.UDP == nil {
				diffs = append(diffs, "no UDP")
				continue
			}
			same("ports", fmt.Sprint(p.Src.Port(), p.Dst.Port()), fmt.Sprint(uint16(l.SrcPort), uint16(l.DstPort)))
			same("length", p.UDP.Length, l.Length)
			same("checksum", p.UDP.Checksum, l.Checksum)
			if p.Err == nil {
				same("payload", string(p.Payload), string(l.LayerPayload()))
			}
			return fmt.Sprint(diffs) // what UDP carries is not ours to read
		case *layers.ICMPv4:
			if p.ICMP == nil {
				diffs = append(diffs, "no ICMP")
				continue
			}
			same("type", fmt.Sprint(p.ICMP.Type, p.ICMP.Code, p.ICMP.Checksum), fmt.Sprint(l.TypeCode.Type(), l.TypeCode.Code(), l.Checksum))
		case *layers.ICMPv6:
			if p.ICMP == nil {
				diffs = append(diffs, "no ICMPv6")
				continue
			}
			same("type", fmt.Sprint(p.ICMP.Type, p.ICMP.Code, p.ICMP.Checksum), fmt.Sprint(l.TypeCode.Type(), l.TypeCode.Code(), l.Checksum))
		}
	}
	return fmt.Sprint(diffs)
}

// Ours and gopacket's decoder read the same from thousands of frames, right ones and mutated ones.
func TestAgainstGopacket(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	real := loopback(t)
	for i := range 20000 {
		var frame []byte
		if i%10 == 0 {
			frame = append(frame, real[r.IntN(len(real))].Data...)
		} else {
			frame = generated(t, r)
		}
		right := i%2 == 0
		if !right {
			for range 1 + r.IntN(3) {
				frame[12+r.IntN(min(len(frame), 90)-12)] = byte(r.Uint32())
			}
			if r.IntN(4) == 0 {
				frame = frame[:r.IntN(len(frame))]
			}
		}
		p, err := Decode(Ethernet, frame)
		if right && (err != nil || p.Sum == SumBad || p.Sum == SumUnverified || p.IPSum > SumOK) {
			t.Fatalf("%x: %v, sums %v %v", frame, err, p.Sum, p.IPSum)
		}
		tiles(t, &p)
		if d := differs(frame, &p); d != "" && d != "[]" {
			t.Fatalf("frame %d %x\n%s\n%v", i, frame, d, err)
		}
	}
}

// Whatever the bytes, Decode does not panic, its layers tile them, and the rest of the package takes what it gives.
func FuzzDecode(f *testing.F) {
	for _, p := range loopback(f) {
		f.Add(int(Ethernet), p.Data)
		f.Add(int(RawIP), p.Data[14:])
	}
	r := rand.New(rand.NewPCG(3, 4))
	for range 50 {
		f.Add(int(Ethernet), generated(f, r))
	}
	f.Fuzz(func(t *testing.T, link int, frame []byte) {
		p, err := Decode(Link(link), frame)
		if (err == nil) != (p.Err == nil) {
			t.Fatalf("%v, but the packet has %v", err, p.Err)
		}
		tiles(t, &p)
		var follower Follower
		var again Reassembler
		for range 2 {
			follower.Judge(&p).Marks()
			if part := again.Add(&p); part.Whole != nil {
				tiles(t, part.Whole)
			}
		}
		var reused Packet
		_ = reused.Decode(Ethernet, frame)
		_ = reused.Decode(Link(link), frame)
		if line(&p) != line(&reused) {
			t.Fatalf("%s, decoded again %s", line(&p), line(&reused))
		}
	})
}

func BenchmarkDecode(b *testing.B) {
	all := loopback(b)
	big := (seg{from: 'a', flags: ACK, n: 1448}).packet(b).Data
	for _, c := range []struct {
		name  string
		frame []byte
	}{{"syn", all[0].Data}, {"ack", all[2].Data}, {"full", big}, {"udp", all[13].Data}, {"icmp", all[14].Data}} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			b.SetBytes(int64(len(c.frame)))
			var p Packet
			for b.Loop() {
				if err := p.Decode(Ethernet, c.frame); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	b.Run("fresh", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := Decode(Ethernet, all[2].Data); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkLayers(b *testing.B) {
	p := loopback(b)[3]
	b.ReportAllocs()
	for b.Loop() {
		p.Layers()
	}
}

// The usual path makes nothing for the garbage collector.
func TestDecodeAllocates(t *testing.T) {
	frame := loopback(t)[3].Data
	var p Packet
	if n := testing.AllocsPerRun(100, func() { _ = p.Decode(Ethernet, frame) }); n != 0 {
		t.Errorf("Decode into a packet allocates %v times", n)
	}
	if n := testing.AllocsPerRun(100, func() { _, _ = Decode(Ethernet, frame) }); n > 2 {
		t.Errorf("Decode allocates %v times", n)
	}
}
