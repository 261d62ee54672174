package wire

import (
	"errors"
	"fmt"
	"net/netip"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// line is a packet as a test reads it.
func line(p *Packet) string {
	s := fmt.Sprintf("%s %v>%v", p.Proto, p.Src, p.Dst)
	switch {
	case p.TCP != nil:
		s += fmt.Sprintf(" %v win=%d %s", p.TCP.Flags, p.TCP.Window, strings.Join(p.TCP.Options.Strings(0), ","))
	case p.ICMP != nil:
		s += " " + p.ICMP.Name()
		if p.ICMP.MTU != 0 {
			s += fmt.Sprintf(" mtu=%d", p.ICMP.MTU)
		}
		if p.ICMP.Inner != nil {
			s += " {" + line(p.ICMP.Inner) + "}"
		}
	case p.IGMP != nil:
		s += " " + p.IGMP.Name()
	case p.ARP != nil:
		s += " " + p.ARP.Name()
	}
	if p.IsFragment() {
		s += fmt.Sprintf(" frag=%d,%v", p.Fragment.Offset, p.Fragment.More)
	}
	return strings.TrimSpace(s) + fmt.Sprintf(" len=%d ip=%v sum=%v", p.PayloadLen, p.IPSum, p.Sum)
}

func TestLoopback(t *testing.T) {
	var got []string
	for _, p := range loopback(t) {
		got = append(got, line(&p))
	}
	want := []string{
		"tcp 127.0.0.1:45866>127.0.0.1:8888 S win=65495 mss 65495,wscale 10,sackok,ts 3985169076/0 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:8888>127.0.0.1:45866 SA win=65483 mss 65495,wscale 10,sackok,ts 1861778585/3985169076 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:45866>127.0.0.1:8888 A win=64 ts 3985169076/1861778585 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:45866>127.0.0.1:8888 PA win=64 ts 3985169076/1861778585 len=5 ip=ok sum=partial",
		"tcp 127.0.0.1:8888>127.0.0.1:45866 A win=64 ts 1861778585/3985169076 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:8888>127.0.0.1:45866 PA win=64 ts 1861778585/3985169076 len=6 ip=ok sum=partial",
		"tcp 127.0.0.1:45866>127.0.0.1:8888 A win=64 ts 3985169076/1861778585 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:45866>127.0.0.1:8888 FA win=64 ts 3985169176/1861778585 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:8888>127.0.0.1:45866 A win=64 ts 1861778726/3985169176 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:8888>127.0.0.1:45866 FA win=64 ts 1861778786/3985169176 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:45866>127.0.0.1:8888 A win=64 ts 3985169277/1861778786 len=0 ip=ok sum=ok", // sent from TIME_WAIT: software computes
		"tcp 127.0.0.1:39284>127.0.0.1:8889 S win=65495 mss 65495,wscale 10,sackok,ts 3225501552/0 len=0 ip=ok sum=partial",
		"tcp 127.0.0.1:8889>127.0.0.1:39284 RA win=0 len=0 ip=ok sum=ok",
		"udp 127.0.0.1:54850>127.0.0.1:8890 len=2 ip=ok sum=partial",
		"icmp 127.0.0.1:0>127.0.0.1:0 port-unreachable {udp 127.0.0.1:54850>127.0.0.1:8890 len=2 ip=ok sum=unverified} len=30 ip=ok sum=ok",
		"udp [::1]:48320>[::1]:8890 len=3 ip= sum=partial",
		"icmp6 [::1]:0>[::1]:0 port-unreachable {udp [::1]:48320>[::1]:8890 len=3 ip= sum=unverified} len=51 ip= sum=ok",
		"tcp [::1]:57860>[::1]:8888 S win=65476 mss 65476,wscale 10,sackok,ts 1870377336/0 len=0 ip= sum=partial",
		"tcp [::1]:8888>[::1]:57860 SA win=65464 mss 65476,wscale 10,sackok,ts 2083226059/1870377336 len=0 ip= sum=partial",
		"tcp [::1]:57860>[::1]:8888 A win=64 ts 1870377336/2083226059 len=0 ip= sum=partial",
		"tcp [::1]:57860>[::1]:8888 PA win=64 ts 1870377336/2083226059 len=1 ip= sum=partial",
		"tcp [::1]:8888>[::1]:57860 A win=64 ts 2083226059/1870377336 len=0 ip= sum=partial",
		"tcp [::1]:8888>[::1]:57860 RA win=64 ts 2083226163/1870377336 len=0 ip= sum=partial",
	}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

func TestDecode(t *testing.T) {
	tcp := &layers.TCP{SrcPort: 1000, DstPort: 80, Seq: 5, SYN: true, Window: 10}
	quoted := build(t, v4(layers.IPProtocolTCP), tcp, gopacket.Payload("quoted"))
	quoted6 := build(t, v6(layers.IPProtocolTCP), tcp)
	too := &layers.IPv4{Version: 4, IHL: 6, TTL: 1, Protocol: layers.IPProtocolIGMP, SrcIP: ip4A, DstIP: net4(224, 0, 0, 22),
		Options: []layers.IPv4Option{{OptionType: 148, OptionLength: 4, OptionData: []byte{0, 0}}}}
	ns := build(t, v6(layers.IPProtocolICMPv6), &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(135, 0)},
		&layers.ICMPv6NeighborSolicitation{TargetAddress: ip6B, Options: layers.ICMPv6Options{{Type: 1, Data: macA}}})
	for _, c := range []struct {
		name  string
		link  Link
		frame []byte
		want  string
	}{
		{"vlan twice", Ethernet, build(t, ether(layers.EthernetTypeQinQ), &layers.Dot1Q{VLANIdentifier: 9, Type: layers.EthernetTypeDot1Q},
			&layers.Dot1Q{VLANIdentifier: 7, Priority: 3, Type: layers.EthernetTypeIPv4}, v4(layers.IPProtocolTCP), tcp),
			"tcp 10.0.0.1:1000>10.0.0.2:80 S win=10 len=0 ip=ok sum=ok"},
		{"padding", Ethernet, append(build(t, ether(layers.EthernetTypeIPv4), v4(layers.IPProtocolUDP), &layers.UDP{SrcPort: 5, DstPort: 6}, gopacket.Payload("odd")), 0, 0, 0, 0, 0),
			"udp 10.0.0.1:5>10.0.0.2:6 len=3 ip=ok sum=ok"},
		{"raw", RawIP, quoted, "tcp 10.0.0.1:1000>10.0.0.2:80 S win=10 len=6 ip=ok sum=ok"},
		{"null", Null, append([]byte{2, 0, 0, 0}, quoted...), "tcp 10.0.0.1:1000>10.0.0.2:80 S win=10 len=6 ip=ok sum=ok"},
		{"loop", Loop, append([]byte{0, 0, 0, 30}, quoted6...), "tcp [fd00::1]:1000>[fd00::2]:80 S win=10 len=0 ip= sum=ok"},
		{"sll", LinuxSLL, append(unhex(t, "0000 0304 0006 000000000000 0000 0800"), quoted...), "tcp 10.0.0.1:1000>10.0.0.2:80 S win=10 len=6 ip=ok sum=ok"},
		{"sll2", LinuxSLL2, append(unhex(t, "0800 0000 00000001 0304 00 06 000000000000 0000"), quoted...), "tcp 10.0.0.1:1000>10.0.0.2:80 S win=10 len=6 ip=ok sum=ok"},
		{"frag needed", RawIP, build(t, v4(layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(3, 4), Seq: 1400}, gopacket.Payload(quoted[:28])),
			"icmp 10.0.0.1:0>10.0.0.2:0 fragmentation-needed mtu=1400 {tcp 10.0.0.1:1000>10.0.0.2:80  win=0 len=0 ip=ok sum=} len=28 ip=ok sum=ok"},
		{"packet too big", RawIP, build(t, v6(layers.IPProtocolICMPv6), &layers.ICMPv6{TypeCode: layers.CreateICMPv6TypeCode(2, 0)}, gopacket.Payload(append(unhex(t, "00000500"), quoted6...))),
			"icmp6 [fd00::1]:0>[fd00::2]:0 packet-too-big mtu=1280 {tcp [fd00::1]:1000>[fd00::2]:80 S win=10 len=0 ip= sum=unverified} len=60 ip= sum=ok"},
		{"ping", RawIP, build(t, v4(layers.IPProtocolICMPv4), &layers.ICMPv4{TypeCode: layers.CreateICMPv4TypeCode(8, 0), Id: 3, Seq: 4}, gopacket.Payload("abcd")),
			"icmp 10.0.0.1:0>10.0.0.2:0 echo-request len=4 ip=ok sum=ok"},
		{"neighbour", RawIP, ns, "icmp6 [fd00::1]:0>[fd00::2]:0 neighbor-solicitation len=0 ip= sum=ok"},
		{"igmp with router alert", RawIP, build(t, too, gopacket.Payload(unhex(t, "1600 0902 e0000001 ")[:8])), "igmp 10.0.0.1:0>224.0.0.22:0 group-report len=0 ip=ok sum=bad"},
		{"arp", Ethernet, build(t, ether(layers.EthernetTypeARP), &layers.ARP{AddrType: 1, Protocol: 0x800, HwAddressSize: 6, ProtAddressSize: 4, Operation: 1,
			SourceHwAddress: macA, SourceProtAddress: ip4A, DstHwAddress: make([]byte, 6), DstProtAddress: ip4B}), "arp 10.0.0.1:0>10.0.0.2:0 arp-request len=0 ip= sum="},
		{"udp without checksum", RawIP, unhex(t, "4500001d000000004011 66ce 0a000001 0a000002 0005 0006 0009 0000 78"), "udp 10.0.0.1:5>10.0.0.2:6 len=1 ip=ok sum=absent"},
		{"later fragment", RawIP, unhex(t, "4500001c0007 00b9 4011 660f 0a000001 0a000002 0102030405060708"), "udp 10.0.0.1:0>10.0.0.2:0 frag=1480,false len=8 ip=ok sum="},
		{"ipv6 fragment", RawIP, unhex(t, "60000000 0010 2c 40 fd000000000000000000000000000001 fd000000000000000000000000000002 11 00 0001 00000007 0005 0006 0100 1234"),
			"udp [fd00::1]:5>[fd00::2]:6 frag=0,true len=0 ip= sum=unverified"},
		{"ipv6 options", RawIP, unhex(t, "60000000 0018 00 40 fd000000000000000000000000000001 fd000000000000000000000000000002 3c 00 0502000001 00 11 00 0104 00000000 0005 0006 0008 0000")[:64],
			"udp [fd00::1]:5>[fd00::2]:6 len=0 ip= sum=absent"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Decode(c.link, c.frame)
			if err != nil {
				t.Fatal(err)
			}
			if got := line(&p); got != c.want {
				t.Errorf("got  %s\nwant %s", got, c.want)
			}
			tiles(t, &p)
		})
	}
}

func net4(a, b, c, d byte) []byte { return []byte{a, b, c, d} }

// What is wrong is said, and what was decoded before stays.
func TestWrong(t *testing.T) {
	whole := loopback(t)[0].Data
	wrong := func(at int, b byte) []byte {
		f := append([]byte(nil), whole...)
		f[at] = b
		return f
	}
	for _, c := range []struct {
		name  string
		frame []byte
		want  string
		cut   bool
		src   string
	}{
		{"empty", nil, "Ethernet at byte 0: the header needs 14 bytes, 0 are there", true, "invalid AddrPort"},
		{"cut in IP", whole[:20], "IPv4 at byte 14: the header needs 20 bytes, 6 are there", true, "invalid AddrPort"},
		{"cut in TCP", whole[:50], "TCP at byte 34: the header needs 20 bytes, 16 are there", true, "127.0.0.1:45866"},
		{"cut in options", whole[:60], "TCP at byte 34: the header needs 40 bytes, 26 are there", true, "127.0.0.1:45866"},
		{"version", wrong(14, 0x55), "IPv4 at byte 14: the version is 5", false, "invalid AddrPort"},
		{"short IP header", wrong(14, 0x44), "IPv4 at byte 14: a header of 16 bytes is shorter than 20", false, "127.0.0.1:0"},
		{"short total", wrong(17, 10), "IPv4 at byte 16: a total length of 10 is shorter than the header's 20", false, "127.0.0.1:0"},
		{"no room for TCP", wrong(17, 30), "TCP at byte 34: the header needs 20 bytes, IP carries 10", false, "127.0.0.1:45866"},
		{"short TCP header", wrong(46, 0x40), "TCP at byte 46: a header of 16 bytes is shorter than 20", false, "127.0.0.1:45866"},
		{"endless option", wrong(55, 99), "TCP at byte 54: option 2 is longer than the header", false, "127.0.0.1:45866"},
		{"option of length 0", wrong(55, 0), "TCP at byte 54: option 2 is longer than the header", false, "127.0.0.1:45866"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p, err := Decode(Ethernet, c.frame)
			var e *Error
			if !errors.As(err, &e) || err.Error() != c.want || e.Cut != c.cut {
				t.Errorf("got  %v (%+v)\nwant %s", err, e, c.want)
			}
			if p.Src.String() != c.src {
				t.Errorf("source %v, want %s", p.Src, c.src)
			}
			tiles(t, &p)
		})
	}
	bad := wrong(66, 1)
	if p := decode(t, Ethernet, bad); p.Sum != SumPartial { // a partial checksum does not cover the segment
		t.Errorf("sum is %v", p.Sum)
	}
	seg := seg{from: 'a', flags: SYN, n: 30}.packet(t).Data
	seg[len(seg)-1]++
	if p := decode(t, Ethernet, seg); p.Sum != SumBad || p.IPSum != SumOK {
		t.Errorf("a changed byte: sum %v, IP's %v", p.Sum, p.IPSum)
	}
}

func TestTruncatedPayload(t *testing.T) {
	frame := seg{from: 'a', flags: ACK, n: 1000}.packet(t).Data
	p := decode(t, Ethernet, frame[:100])
	if !p.Truncated || p.TCP.PayloadLen != 1000 || p.PayloadLen != 1000 || len(p.Payload) != 46 || p.Sum != SumUnverified {
		t.Errorf("%+v", p)
	}
}

func TestOptions(t *testing.T) {
	frame := build(t, v4(layers.IPProtocolTCP), &layers.TCP{SrcPort: 1, DstPort: 2, ACK: true, Options: []layers.TCPOption{
		{OptionType: 1, OptionLength: 1}, {OptionType: 5, OptionLength: 18, OptionData: unhex(t, "00000bb8 00000fa0 00001388 00001770")},
		{OptionType: 34, OptionLength: 6, OptionData: unhex(t, "01020304")}, {OptionType: 28, OptionLength: 4, OptionData: unhex(t, "8001")},
	}})
	p := decode(t, RawIP, frame)
	want := Options{SACK: [][2]uint32{{3000, 4000}, {5000, 6000}}, HasFastOpen: true, FastOpen: []byte{1, 2, 3, 4}, Other: []Option{{28, []byte{0x80, 1}}}}
	if d := cmp.Diff(want, p.TCP.Options); d != "" {
		t.Error(d)
	}
	if d := cmp.Diff([]string{"sack 1000:2000", "sack 3000:4000", "fastopen 01020304", "uto"}, p.TCP.Options.Strings(2000)); d != "" {
		t.Error(d)
	}
}

func TestFlags(t *testing.T) {
	for f, want := range map[Flags][2]string{0: {"", ""}, SYN: {"S", "SYN"}, SYN | ACK: {"SA", "SYN+ACK"}, PSH | ACK: {"PA", "PSH+ACK"},
		FIN | ACK: {"FA", "FIN+ACK"}, RST: {"R", "RST"}, SYN | ECE | CWR: {"SEC", "SYN+ECE+CWR"}, AE: {"N", "AE"}} {
		if got := [2]string{f.String(), f.Long()}; got != want {
			t.Errorf("%#x: %q, want %q", uint16(f), got, want)
		}
	}
}

func TestDecodeAgain(t *testing.T) {
	var p Packet
	all := loopback(t)
	for i := range all {
		if err := p.Decode(Ethernet, all[i].Data); err != nil || line(&p) != line(&all[i]) {
			t.Errorf("%d: %v %s, want %s", i, err, line(&p), line(&all[i]))
		}
	}
	if p.Src != netip.MustParseAddrPort("[::1]:8888") {
		t.Error(p.Src)
	}
}
