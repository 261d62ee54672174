package wire

import (
	"net/netip"
	"slices"
	"time"
)

// A Reassembler puts the fragments of datagrams together again (RFC 791 3.2, RFC 8200 4.5), so that also those
// without a header of their own can be told whose they are. The zero Reassembler is ready.
type Reassembler struct {
	open  map[datagramKey]*datagram
	count int
}

// Part is what a Reassembler makes of a fragment.
type Part struct {
	Datagram   int // counts the datagrams that came in fragments, from 1; 0 for a packet that is no fragment
	Nth        int // the how manieth fragment to arrive, from 1
	Begin, End int // which bytes of what the datagram carries
	Src, Dst   netip.AddrPort
	Ports      bool // Src and Dst have the ports: the first fragment has come
	Repeated   bool // all its bytes were there already
	Overlap    bool // it overlaps another without being the same: the datagram is given up (RFC 5722)
	Missing    int  // how many bytes are still missing; -1 while the last fragment has not come
	Whole      *Packet
}

type datagramKey struct {
	src, dst netip.Addr
	id       uint32
	protocol uint8
}

// A datagram is one whose fragments are coming in.
type datagram struct {
	number int
	nth    int
	first  *Packet // the fragment at offset 0: it has the header
	pieces []piece // in order, without overlap
	total  int     // -1 while unknown
	since  time.Time
	dead   bool
}

type piece struct {
	begin int
	data  []byte
}

const (
	mostDatagrams  = 64
	fragmentTime   = 30 * time.Second // what Linux waits for the missing ones (net.ipv4.ipfrag_time)
	mostInDatagram = 0xffff
)

// Add takes the next packet. The fragment that completes a datagram gets it whole, decoded from its IP header on, with
// the fragment's time. A fragment that the capture cut completes nothing.
func (r *Reassembler) Add(p *Packet) Part {
	if !p.IsFragment() || p.Family == 0 || p.quoted {
		return Part{}
	}
	key := datagramKey{p.Src.Addr(), p.Dst.Addr(), p.ID, p.Protocol}
	if p.Family == 6 {
		key.protocol = 0 // RFC 8200 4.5: the addresses and the identification are enough
	}
	d := r.datagram(key, p.Time)
	d.nth++
	data, wireLen := p.carried()
	part := Part{Datagram: d.number, Nth: d.nth, Begin: p.Fragment.Offset, End: p.Fragment.Offset + wireLen, Src: p.Src, Dst: p.Dst, Missing: -1}
	if p.Fragment.Offset == 0 && d.first == nil {
		copied := *p
		copied.Data = slices.Clone(p.Data)
		d.first = &copied
	}
	if d.first != nil {
		part.Src, part.Dst, part.Ports = d.first.Src, d.first.Dst, d.first.Src.Port() != 0 || d.first.Dst.Port() != 0
	}
	if d.dead || part.End > mostInDatagram {
		d.dead = true
		return part
	}
	if len(data) == wireLen {
		part.Repeated, part.Overlap = d.insert(part.Begin, data)
		d.dead = part.Overlap
	}
	if !p.Fragment.More && !d.dead {
		d.total = part.End
	}
	if d.total < 0 || d.dead {
		return part
	}
	part.Missing = d.missing()
	if part.Missing == 0 && d.first != nil {
		part.Whole = d.whole(p.Time)
		delete(r.open, key)
	}
	return part
}

// datagram finds the datagram that a fragment is of, or begins one. Too many, or one too old, drop the oldest.
func (r *Reassembler) datagram(key datagramKey, now time.Time) *datagram {
	if d := r.open[key]; d != nil && now.Sub(d.since) <= fragmentTime {
		return d
	}
	if r.open == nil {
		r.open = map[datagramKey]*datagram{}
	}
	if len(r.open) >= mostDatagrams {
		var oldest datagramKey
		number := r.count + 1
		for k, d := range r.open {
			if d.number < number {
				oldest, number = k, d.number
			}
		}
		delete(r.open, oldest)
	}
	r.count++
	d := &datagram{number: r.count, total: -1, since: now}
	r.open[key] = d
	return d
}

// carried is what a fragment has of what the datagram carries, and how long it is on the wire: all behind its IP header
// and the fragment header, a transport header in it as well.
func (p *Packet) carried() (data []byte, wireLen int) {
	begin, end, tail := 0, 0, 0
	for _, s := range p.spans[:p.nspans] {
		switch s.kind {
		case kindIPv4:
			begin = int(s.end)
		case kindExtension:
			if s.sub == protoFragment {
				begin = int(s.end)
			}
		case kindTrailer:
			tail = int(s.end - s.begin)
		}
		end = int(s.end)
	}
	end = max(end-tail, begin)
	data = p.Data[begin:end]
	if p.Truncated {
		return data, len(data) + 1 // more than is there: how much does not matter
	}
	return data, len(data)
}

// insert keeps the bytes of a fragment.
func (d *datagram) insert(begin int, data []byte) (repeated, overlap bool) {
	end := begin + len(data)
	at := len(d.pieces)
	for i, q := range d.pieces {
		switch {
		case q.begin == begin && len(q.data) == len(data):
			return true, false
		case q.begin < end && begin < q.begin+len(q.data):
			return false, true
		}
		if begin < q.begin && at == len(d.pieces) {
			at = i
		}
	}
	d.pieces = slices.Insert(d.pieces, at, piece{begin, slices.Clone(data)})
	return false, false
}

// missing is how many bytes have not come yet.
func (d *datagram) missing() int {
	n := d.total
	for _, q := range d.pieces {
		n -= len(q.data)
	}
	return max(n, 0)
}

// whole is the datagram as it was before it was cut into fragments.
func (d *datagram) whole(now time.Time) *Packet {
	f := d.first
	var b []byte
	var head span
	for i, s := range f.spans[:f.nspans] {
		switch {
		case s.kind == kindIPv4:
			b = slices.Clone(f.Data[s.begin:s.end])
			head = s
		case s.kind == kindIPv6:
			b, head = slices.Clone(f.Data[s.begin:s.end]), s
		case s.kind == kindExtension && s.sub == protoFragment:
			next := f.Data[s.begin]
			if before := f.spans[i-1]; before.kind == kindIPv6 {
				b[6] = next
			} else {
				b[before.begin-head.begin] = next
			}
		case s.kind == kindExtension && !behindFragmentHeader(f, i):
			b = append(b, f.Data[s.begin:s.end]...)
		}
	}
	size := len(b)
	for _, q := range d.pieces {
		b = append(b, q.data...)
	}
	if head.kind == kindIPv4 {
		put16(b[2:], len(b))
		put16(b[6:], 0)
		put16(b[10:], 0)
		put16(b[10:], int(^fold(sum(b[:size], 0))))
	} else {
		put16(b[4:], len(b)-40)
	}
	p := &Packet{}
	_ = p.Decode(RawIP, b) // it is the packet's too
	p.Time, p.ID = now, f.ID
	return p
}

// behindFragmentHeader reports whether a fragment header stands before the i-th span: then the span belongs to what the
// datagram carries.
func behindFragmentHeader(p *Packet, i int) bool {
	return slices.ContainsFunc(p.spans[:i], func(s span) bool { return s.kind == kindExtension && s.sub == protoFragment })
}

func put16(b []byte, n int) { b[0], b[1] = byte(n>>8), byte(n) }
