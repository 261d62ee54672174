package wire

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/gopacket/gopacket"
	"github.com/gopacket/gopacket/layers"
)

// cutUp makes fragments of a whole IP packet, as a sender does.
func cutUp(t *testing.T, whole []byte, size int) (all [][]byte) {
	t.Helper()
	header, body := whole[:20], whole[20:]
	if whole[0]>>4 == 6 {
		header, body = whole[:40], whole[40:]
	}
	for at := 0; at < len(body); at += size {
		end := min(at+size, len(body))
		more := uint16(0)
		if end < len(body) {
			more = 1
		}
		f := append([]byte(nil), header...)
		if whole[0]>>4 == 4 {
			binary.BigEndian.PutUint16(f[2:], uint16(20+end-at))
			binary.BigEndian.PutUint16(f[6:], more<<13|uint16(at/8))
			binary.BigEndian.PutUint16(f[10:], 0)
			binary.BigEndian.PutUint16(f[10:], ^fold(sum(f, 0)))
		} else {
			binary.BigEndian.PutUint16(f[4:], uint16(8+end-at))
			f[6] = 44
			f = append(f, header[6], 0, byte(at>>8), byte(at)|byte(more), 0, 0, 0, 9)
		}
		all = append(all, append(f, body[at:end]...))
	}
	return all
}

func TestReassembler(t *testing.T) {
	payload := bytes.Repeat([]byte("0123456789"), 300)
	udp := &layers.UDP{SrcPort: 5000, DstPort: 53}
	for name, whole := range map[string][]byte{
		"IPv4": build(t, v4(layers.IPProtocolUDP), udp, gopacket.Payload(payload)),
		"IPv6": build(t, v6(layers.IPProtocolUDP), udp, gopacket.Payload(payload)),
	} {
		for order, shuffle := range map[string][]int{"in order": {0, 1, 2}, "backwards": {2, 1, 0}, "mixed": {1, 0, 2}, "repeated": {0, 0, 2, 2, 1}} {
			t.Run(name+" "+order, func(t *testing.T) {
				parts := cutUp(t, whole, 1200)
				var r Reassembler
				seenFirst := false
				for n, i := range shuffle {
					p := decode(t, RawIP, parts[i])
					tiles(t, &p)
					p.Time = epoch
					part := r.Add(&p)
					seenFirst = seenFirst || i == 0
					if part.Datagram != 1 || part.Nth != n+1 || part.Begin != i*1200 || part.Ports != seenFirst || part.Overlap || seenFirst && part.Src.Port() != 5000 {
						t.Fatalf("fragment %d: %+v", i, part)
					}
					if part.Repeated != (n > 0 && shuffle[n-1] == i) {
						t.Errorf("fragment %d: %+v", i, part)
					}
					if n < len(shuffle)-1 {
						if part.Whole != nil {
							t.Fatalf("whole after %d of %v", n+1, shuffle)
						}
						continue
					}
					w := part.Whole
					if w == nil || part.Missing != 0 || w.Err != nil || w.Sum != SumOK || !bytes.Equal(w.Payload, payload) || w.Src.Port() != 5000 {
						t.Fatalf("the last one: %+v", part)
					}
					if d := cmp.Diff(len(whole), len(w.Data)); d != "" {
						t.Error(d)
					}
				}
			})
		}
	}
}

func TestReassemblerGivesUp(t *testing.T) {
	whole := build(t, v4(layers.IPProtocolUDP), &layers.UDP{SrcPort: 1, DstPort: 2}, gopacket.Payload(make([]byte, 2000)))
	parts := cutUp(t, whole, 1200)
	shifted := append([]byte(nil), cutUp(t, whole, 1192)[1]...)
	var r Reassembler
	first, overlapping, last := decode(t, RawIP, parts[0]), decode(t, RawIP, shifted), decode(t, RawIP, parts[1])
	r.Add(&first)
	if part := r.Add(&overlapping); !part.Overlap {
		t.Errorf("%+v", part)
	}
	if part := r.Add(&last); part.Whole != nil {
		t.Error("a datagram with an overlap was put together")
	}
	r = Reassembler{}
	r.Add(&first)
	last.Time = first.Time.Add(time.Minute)
	if part := r.Add(&last); part.Datagram != 2 || part.Whole != nil {
		t.Errorf("a minute later: %+v", part)
	}
	for i := range 500 {
		first.ID = uint32(i)
		r.Add(&first)
	}
	if len(r.open) > mostDatagrams {
		t.Errorf("%d datagrams are kept", len(r.open))
	}
	plain := loopback(t)[0]
	if part := r.Add(&plain); part != (Part{}) {
		t.Errorf("no fragment: %+v", part)
	}
	cut := decode(t, RawIP, parts[0][:600])
	r = Reassembler{}
	r.Add(&cut)
	last.Time = cut.Time
	if part := r.Add(&last); part.Whole != nil {
		t.Error("a datagram was put together from a cut fragment")
	}
}
