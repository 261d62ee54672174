package wire

import (
	"fmt"
	"strings"
	"testing"

	"sockstep/sockets/names"

	"github.com/google/go-cmp/cmp"
)

// tiles holds the layers of a packet, and the fields of each, to lie side by side from the first bit to the last, and
// their ids to have texts.
func tiles(t testing.TB, p *Packet) {
	t.Helper()
	at := 0
	all := p.Layers()
	for _, l := range all {
		if l.Begin != at || l.End <= l.Begin || l.End > len(p.Data) {
			t.Fatalf("%s stands at %d to %d, after %d of %d: %x", l.Name, l.Begin, l.End, at, len(p.Data), p.Data)
		}
		at = l.End
		bit := l.Begin * 8
		for _, f := range l.Fields {
			begin, size := f.Begin*8+f.Bit, (f.End-f.Begin)*8
			if f.Bits > 0 {
				size = f.Bits
			}
			if begin != bit || size <= 0 || f.End != (begin+size+7)/8 {
				t.Fatalf("%s %s stands at bit %d, %d long, after %d: %x", l.Name, f.ID, begin, size, bit, p.Data)
			}
			bit += size
			if _, ok := names.LookupHeaderField(f.ID); !ok {
				t.Errorf("field %q of %s has no text", f.ID, l.Name)
			}
			if _, ok := names.HeaderWord(f.Word); f.Word != "" && !ok {
				t.Errorf("word %q of %s has no text", f.Word, f.ID)
			}
		}
		if bit != l.End*8 {
			t.Fatalf("the fields of %s end at bit %d of %d: %x", l.Name, bit, l.End*8, p.Data)
		}
		for m, id := range map[names.Model]string{names.OSI: l.OSI, names.TCPIP4: l.TCPIP4, names.TCPIP5: l.TCPIP5} {
			if _, ok := names.FindModelLayer(m, id); id != "" && !ok {
				t.Errorf("%s: model %d has no layer %q", l.Name, m, id)
			}
		}
		if _, ok := names.LayerAdds(l.Name); !ok && !strings.HasPrefix(l.Name, "IPv6 ") {
			t.Errorf("nothing says what %s adds", l.Name)
		}
	}
	if at != len(p.Data) {
		t.Fatalf("the layers end at %d of %d: %x", at, len(p.Data), p.Data)
	}
	at = 0
	for _, h := range Hexdump(p.Data, all, 16) {
		for _, r := range h.Runs {
			if r.Begin != at || len(r.Bytes) != r.End-r.Begin || r.Begin/16*16 != h.Offset || (r.End-1)/16*16 != h.Offset {
				t.Fatalf("run %+v of line %d, after %d", r, h.Offset, at)
			}
			at = r.End
		}
	}
	if at != len(p.Data) {
		t.Fatalf("the hexdump ends at %d of %d", at, len(p.Data))
	}
}

// show writes layers as a test reads them.
func show(ls []Layer) (all []string) {
	for _, l := range ls {
		all = append(all, fmt.Sprintf("%s %d-%d %s %v quoted=%v", l.Name, l.Begin, l.End, l.OSI, l.Sum, l.Quoted))
		for _, f := range l.Fields {
			s := fmt.Sprintf("  %d-%d", f.Begin, f.End)
			if f.Bits > 0 {
				s += fmt.Sprintf("/%d+%d", f.Bit, f.Bits)
			}
			all = append(all, strings.TrimRight(s+" "+f.ID+" "+f.Value+" "+f.Word, " "))
		}
	}
	return all
}

func TestLayers(t *testing.T) {
	p := loopback(t)[3]
	want := strings.Split(`Ethernet 0-14 link  quoted=false
  0-6 ether.destination 00:00:00:00:00:00
  6-12 ether.source 00:00:00:00:00:00
  12-14 ether.type 0x0800 (IPv4)
IPv4 14-34 network ok quoted=false
  14-15/0+4 ip.version 4
  14-15/4+4 ip.header-length 5 (20)
  15-16/0+6 ip.dscp 0
  15-16/6+2 ip.ecn 0
  16-18 ip.total-length 57
  18-20 ip.id 23348
  20-21/0+1 reserved 0
  20-21/1+1 ip.dont-fragment 1
  20-21/2+1 ip.more-fragments 0
  20-22/3+13 ip.fragment-offset 0 (0)
  22-23 ip.ttl 64
  23-24 ip.protocol 6 (TCP)
  24-26 ip.checksum 0xe188 sum-ok
  26-30 ip.source 127.0.0.1
  30-34 ip.destination 127.0.0.1
TCP 34-66 transport partial quoted=false
  34-36 tcp.source 45866
  36-38 tcp.destination 8888
  38-42 tcp.seq 667134159
  42-46 tcp.ack 1286098897
  46-47/0+4 tcp.header-length 8 (32)
  46-47/4+3 reserved 0
  46-48/7+9 tcp.flags 0x018 (PSH+ACK)
  48-50 tcp.window 64
  50-52 tcp.checksum 0xfe2d sum-partial
  52-54 tcp.urgent 0
  54-55 tcp.option.nop 1
  55-56 tcp.option.nop 1
  56-66 tcp.option.timestamps 3985169076 1861778585
payload 66-71 application  quoted=false
  66-71 payload 5`, "\n")
	if d := cmp.Diff(want, show(p.Layers())); d != "" {
		t.Error(d)
	}
	var lines []string
	for _, l := range Hexdump(p.Data, p.Layers(), 0) {
		lines = append(lines, l.String())
	}
	wantHex := []string{
		"0000  00 00 00 00 00 00 00 00 00 00 00 00 08 00 45 00  ..............E.",
		"0010  00 39 5b 34 40 00 40 06 e1 88 7f 00 00 01 7f 00  .9[4@.@.........",
		"0020  00 01 b3 2a 22 b8 27 c3 a8 cf 4c a8 4f d1 80 18  ...*\".'...L.O...",
		"0030  00 40 fe 2d 00 00 01 01 08 0a ed 88 da b4 6e f8  .@.-..........n.",
		"0040  7c 99 68 65 6c 6c 6f  |.hello",
	}
	if d := cmp.Diff(wantHex, lines); d != "" {
		t.Error(d)
	}
}

// An ICMP error shows the layers of the packet that it quotes.
func TestQuotedLayers(t *testing.T) {
	p := loopback(t)[14]
	var got []string
	for _, l := range p.Layers() {
		got = append(got, fmt.Sprintf("%s %d-%d %s %v", l.Name, l.Begin, l.End, l.OSI, l.Quoted))
	}
	want := []string{"Ethernet 0-14 link false", "IPv4 14-34 network false", "ICMP 34-42 network false", "IPv4 42-62 network true", "UDP 62-70 transport true", "payload 70-72 network true"}
	if d := cmp.Diff(want, got); d != "" {
		t.Error(d)
	}
}

// Every name that ICMP, IGMP and a Follower give has a text.
func TestWords(t *testing.T) {
	ids := Seen{New: true, Middle: true, Simultaneous: true, Retransmission: true, Fast: true, Spurious: true, Duplicate: true, OutOfOrder: true,
		Gap: true, AckedUnseen: true, DupAck: 1, DSACK: true, KeepAlive: true, KeepAliveAck: true, ZeroWindow: true, WindowProbe: true,
		WindowProbeAck: true, WindowUpdate: true, WindowFull: true}.Marks()
	for _, name := range icmpNames {
		ids = append(ids, name)
	}
	for _, name := range icmp6Names {
		ids = append(ids, name)
	}
	for _, m := range []*ICMP{{Type: 3}, {Type: 11}, {Type: 1, V6: true}, {Type: 3, V6: true}} {
		ids = append(ids, m.typeName())
	}
	ids = append(ids, "window-unscaled")
	ids = append(ids, packetTypes...)
	for s := SumOK; s <= SumUnverified; s++ {
		ids = append(ids, "sum-"+s.String())
	}
	for _, id := range ids {
		if _, ok := names.HeaderWord(id); !ok {
			t.Errorf("%q has no text", id)
		}
	}
}

// The type of an ICMP message says what kind it is of, and the code of an error which one. A window is scaled, but not beside SYN.
func TestFieldWords(t *testing.T) {
	icmp := func(typ, code uint8) func(*walk) {
		return func(b *walk) { b.icmp(&ICMP{Type: typ, Code: code}, SumOK) }
	}
	tcp := func(b *walk) { b.tcp(SumOK) }
	for _, x := range []struct {
		header string
		read   func(*walk)
		want   map[string]string
	}{
		{"0303 0000 00000000", icmp(3, 3), map[string]string{"icmp.type": "unreachable", "icmp.code": "port-unreachable"}},
		{"0b01 0000 00000000", icmp(11, 1), map[string]string{"icmp.type": "out-of-time", "icmp.code": "reassembly-time-exceeded"}},
		{"0800 0000 00000000", icmp(8, 0), map[string]string{"icmp.type": "echo-request"}},
		{"c350 22b8 00000001 00000000 5002 ffff 0000 0000", tcp, map[string]string{"tcp.window": "window-unscaled"}},
		{"c350 22b8 00000001 00000001 5010 ffff 0000 0000", tcp, map[string]string{}},
	} {
		b := &walk{frame: unhex(t, x.header)}
		b.end = len(b.frame) * 8
		x.read(b)
		got := map[string]string{}
		for _, f := range b.fields {
			if f.Word != "" && !strings.HasSuffix(f.ID, "checksum") {
				got[f.ID] = f.Word
			}
		}
		if d := cmp.Diff(x.want, got); d != "" {
			t.Errorf("%s: %s", x.header, d)
		}
	}
}
