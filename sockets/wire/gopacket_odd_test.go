package wire

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// odd makes a frame of a sort that is rarer than those of generated: ARP, IGMP, two VLAN tags, fragments, extension headers
// of IPv6, many options of TCP, an ICMP error with the packet that it is about.
func odd(t testing.TB, r *rand.Rand) []byte {
	payload := gopacket.Payload(make([]byte, 8*(1+r.IntN(20))))
	for i := range payload {
		payload[i] = byte(r.Uint32())
	}
	udp := &layers.UDP{SrcPort: layers.UDPPort(r.Uint32()), DstPort: layers.UDPPort(r.Uint32())}
	switch r.IntN(8) {
	case 0:
		return build(t, ether(layers.EthernetTypeARP), &layers.ARP{AddrType: layers.LinkTypeEthernet, Protocol: layers.EthernetTypeIPv4, HwAddressSize: 6, ProtAddressSize: 4,
			Operation: uint16(r.IntN(4)), SourceHwAddress: macA, SourceProtAddress: ip4A, DstHwAddress: macB, DstProtAddress: ip4B})
	case 1: // which gopacket reads and does not write
		m := []byte{[]byte{0x11, 0x12, 0x16, 0x17}[r.IntN(4)], byte(r.Uint32()), 0, 0, 224, 0, byte(r.Uint32()), byte(r.Uint32())}
		put16(m[2:], int(^fold(sum(m, 0))))
		ip := v4(layers.IPProtocolIGMP)
		ip.TTL = 1
		return build(t, ether(layers.EthernetTypeIPv4), ip, gopacket.Payload(m))
	case 2:
		outer := &layers.Dot1Q{VLANIdentifier: uint16(r.IntN(4096)), Priority: uint8(r.IntN(8)), Type: layers.EthernetTypeDot1Q}
		inner := &layers.Dot1Q{VLANIdentifier: uint16(r.IntN(4096)), DropEligible: r.IntN(2) == 0, Type: layers.EthernetTypeIPv4}
		return build(t, ether(layers.EthernetTypeQinQ), outer, inner, v4(layers.IPProtocolUDP), udp, payload)
	case 3:
		ip := v4(layers.IPProtocolUDP)
		ip.Id = uint16(r.Uint32())
		if ip.FragOffset = uint16(r.IntN(1000)); r.IntN(3) == 0 {
			ip.FragOffset = 0
		}
		if ip.FragOffset == 0 || r.IntN(2) == 0 {
			ip.Flags = layers.IPv4MoreFragments
		}
		if ip.FragOffset > 0 {
			return build(t, ether(layers.EthernetTypeIPv4), ip, payload)
		}
		return build(t, ether(layers.EthernetTypeIPv4), ip, udp, payload)
	case 4: // which gopacket reads and does not write
		f := []byte{byte(layers.IPProtocolUDP), 0, 0, 0, byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32()), byte(r.Uint32())}
		put16(f[2:], (1+r.IntN(1000))<<3|r.IntN(2))
		return build(t, ether(layers.EthernetTypeIPv6), v6(layers.IPProtocolIPv6Fragment), gopacket.Payload(slices.Concat(f, payload)))
	case 5:
		var ls []gopacket.SerializableLayer
		ip := v6(layers.IPProtocolIPv6HopByHop)
		hop := &layers.IPv6HopByHop{Options: []*layers.IPv6HopByHopOption{{OptionType: 5, OptionLength: 4, ActualLength: 6, OptionData: []byte{0, 0, 0, 0}}}}
		hop.NextHeader = layers.IPProtocolUDP
		ls = append(ls, ether(layers.EthernetTypeIPv6), ip, hop)
		if r.IntN(2) == 0 {
			hop.NextHeader = layers.IPProtocolIPv6Destination
			to := &layers.IPv6Destination{Options: []*layers.IPv6DestinationOption{{OptionType: 30, OptionLength: 4, ActualLength: 6, OptionData: []byte{1, 2, 3, 4}}}}
			to.NextHeader = layers.IPProtocolUDP
			ls = append(ls, to)
		}
		return build(t, append(ls, udp, payload)...)
	case 6:
		tcp := &layers.TCP{SrcPort: layers.TCPPort(r.Uint32()), DstPort: layers.TCPPort(r.Uint32()), Seq: r.Uint32(), Ack: r.Uint32(), ACK: true, Window: uint16(r.Uint32())}
		room := 40
		for range 6 {
			data := make([]byte, []int{0, 2, 6, 8, 16, 24}[r.IntN(6)])
			for i := range data {
				data[i] = byte(r.Uint32())
			}
			kind := []layers.TCPOptionKind{1, 2, 3, 4, 5, 8, 19, 28, 34, 254}[r.IntN(10)] // but 30: gopacket keeps MPTCP elsewhere
			size := 2 + len(data)
			if kind == 1 {
				data, size = nil, 1
			}
			if room -= size; room < 4 {
				break
			}
			tcp.Options = append(tcp.Options, layers.TCPOption{OptionType: kind, OptionLength: uint8(size), OptionData: data})
		}
		return build(t, ether(layers.EthernetTypeIPv4), v4(layers.IPProtocolTCP), tcp, payload)
	}
	inner := build(t, v4(layers.IPProtocolUDP), udp, payload)
	code := layers.CreateICMPv4TypeCode(3, uint8(r.IntN(4)))
	return build(t, ether(layers.EthernetTypeIPv4), v4(layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: code}, gopacket.Payload(inner[:28+r.IntN(len(inner)-27)]))
}

// Of the rarer frames, too, ours and gopacket's decoder read the same.
func TestOddAgainstGopacket(t *testing.T) {
	r := rand.New(rand.NewPCG(5, 6))
	seen := map[string]int{}
	for i := range 8000 {
		frame := odd(t, r)
		p, err := Decode(Ethernet, frame)
		if err != nil {
			t.Fatalf("%x: %v", frame, err)
		}
		tiles(t, &p)
		g := gopacket.NewPacket(frame, layers.LayerTypeEthernet, gopacket.DecodeOptions{})
		var ours, theirs []any
		same := func(our, their any) { ours, theirs = append(ours, our), append(theirs, their) }
		tags := 0
		for _, l := range g.Layers() {
			seen[l.LayerType().String()]++
			switch l := l.(type) {
			case *layers.ARP:
				same(fmt.Sprintf("%d %v %v %v %v", p.ARP.Op, p.ARP.SenderMAC, p.ARP.SenderIP, p.ARP.TargetMAC, p.ARP.TargetIP),
					fmt.Sprintf("%d %v %v %v %v", l.Operation, macA, ip4A, macB, ip4B))
			case *layers.IGMPv1or2:
				same(fmt.Sprintf("%d %v %v", p.IGMP.Type, p.IGMP.Group, p.Sum), fmt.Sprintf("%d %v %v", l.Type, l.GroupAddress, SumOK))
			case *layers.Dot1Q:
				tags++
			case *layers.IPv6Fragment:
				same(fmt.Sprint(p.Fragment.Offset, p.Fragment.More, p.ID, p.Protocol), fmt.Sprint(int(l.FragmentOffset)*8, l.MoreFragments, l.Identification, uint8(l.NextHeader)))
			case *layers.ICMPv4:
				in := gopacket.NewPacket(l.LayerPayload(), layers.LayerTypeIPv4, gopacket.DecodeOptions{})
				udp, _ := in.Layer(layers.LayerTypeUDP).(*layers.UDP)
				if udp == nil {
					t.Fatalf("gopacket does not read what is quoted in %x", frame)
				}
				same(fmt.Sprintf("%s %v %v", p.ICMP.Inner.Proto, p.ICMP.Inner.Src, p.ICMP.Inner.Dst),
					fmt.Sprintf("udp %v:%d %v:%d", ip4A, udp.SrcPort, ip4B, udp.DstPort))
			}
		}
		if tags != len(p.VLANs) {
			same(len(p.VLANs), tags)
		}
		if d := differs(frame, &p); d != "" && d != "[]" {
			same("", d)
		}
		if fmt.Sprint(ours) != fmt.Sprint(theirs) {
			t.Fatalf("frame %d %x\nours     %v\ngopacket %v", i, frame, ours, theirs)
		}
	}
	for _, sort := range []string{"ARP", "IGMP", "Dot1Q", "IPv6Fragment", "IPv6HopByHop", "IPv6Destination", "Fragment", "ICMPv4", "TCP"} {
		if seen[sort] < 100 {
			t.Errorf("of %s only %d were compared: %v", sort, seen[sort], seen)
		}
	}
}
