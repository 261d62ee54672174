package main

import (
	"net/netip"
	"time"

	"sockstep/repl"
)

// mostFragments bounds how many datagrams are remembered, and how many fragments wait for the first one of theirs.
const mostFragments = 1000

// Fragments gives those of a datagram the ports that stand in its first one alone, and that tell whose they are.
type fragments struct {
	known   map[datagram]ends
	waiting map[datagram][]repl.Frame // of those whose first fragment has not come
	count   int
}

// A datagram is what its fragments have in common (RFC 791 3.2, RFC 8200 4.5).
type datagram struct {
	src, dst netip.Addr
	id       uint32
	protocol uint8
}

// Ends are a datagram's two, and when they were learned: the same identification comes again.
type ends struct {
	src, dst netip.AddrPort
	at       time.Time
}

// another is how long after its first fragment one is of another datagram: what Linux waits for (net.ipv4.ipfrag_time).
const another = 30 * time.Second

// add adds to all what is known with the next frame: most are that frame alone. A fragment that comes before the first
// one of its datagram is given behind that.
func (f *fragments) add(all []repl.Frame, next repl.Frame) []repl.Frame {
	if !next.IsFragment() || next.Family == 0 {
		return append(all, next)
	}
	d := datagram{next.Src.Addr(), next.Dst.Addr(), next.ID, next.Protocol}
	if next.Family == 6 {
		d.protocol = 0
	}
	if next.Fragment.Offset == 0 {
		if f.known == nil || len(f.known) >= mostFragments {
			f.known = map[datagram]ends{}
		}
		f.known[d] = ends{next.Src, next.Dst, next.Time}
		all = append(all, next)
		for _, w := range f.waiting[d] {
			w.Src, w.Dst = next.Src, next.Dst
			all = append(all, w)
		}
		f.count -= len(f.waiting[d])
		delete(f.waiting, d)
		return all
	}
	if e, ok := f.known[d]; ok && next.Time.Sub(e.at) < another {
		next.Src, next.Dst = e.src, e.dst
		return append(all, next)
	}
	if f.waiting == nil || f.count >= mostFragments { // the first ones of the old will hardly come
		f.waiting, f.count = map[datagram][]repl.Frame{}, 0
	}
	f.waiting[d] = append(f.waiting[d], next)
	f.count++
	return all
}
