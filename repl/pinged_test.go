package repl

import (
	"net/netip"
	"strings"
	"testing"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/wire"
)

// A playedWire gives the frames that it was told to, whatever was asked for.
type playedWire struct {
	floodedWire
	frames []Frame
}

func (w *playedWire) Drain() ([]Frame, int, error) {
	all := w.frames
	w.frames = nil
	return all, 0, nil
}

// taken are the sockets that frames were taken for, in order.
func taken(t *trace, frames ...Frame) string {
	t.wire.(*playedWire).frames = frames
	var all []string
	for _, x := range t.take(time.Now(), 1, "") {
		all = append(all, x.Own.Name)
	}
	return strings.Join(all, " ")
}

func echoed(kind uint8, id uint16) Frame {
	host := netip.MustParseAddrPort("127.0.0.1:0")
	return Frame{Packet: wire.Packet{Proto: "icmp", Src: host, Dst: host, ICMP: &wire.ICMP{Type: kind, ID: id}}}
}

// Of the pings to a host only the session's own are taken: those with the numbers that its sockets gave them.
func TestOthersPings(t *testing.T) {
	s := &Session{}
	s.trace.wire = &playedWire{}
	e := &Env{Session: s}
	host := netip.MustParseAddr("127.0.0.1")
	r := sockets.NewSocket("r", 3, sockets.INET, sockets.Raw, 1)
	i := sockets.NewSocket("i", 4, sockets.INET, sockets.Dgram, 1)
	i.Local = sockets.IPAddress(host, 77)
	for _, k := range []*sockets.Socket{r, i} {
		s.trace.ping(host, k)
		e.Speaks(k, []byte{8, 0, 0, 0, 0x12, 0x34, 0, 1, 'h', 'i'})
	}
	e.Speaks(r, append([]byte{0x46, 19: 0, 23: 0}, 8, 0, 0, 0, 0x56, 0x78, 0, 1)) // IP_HDRINCL, with options
	e.Speaks(r, []byte{13, 0, 0, 0, 9, 9, 0, 0})
	got := taken(&s.trace, echoed(8, 0x1234), echoed(0, 0x1234), echoed(8, 0x5678), echoed(8, 77), echoed(0, 77), echoed(13, 0), echoed(14, 0),
		echoed(8, 0x9999), echoed(0, 0x9999), echoed(17, 0), echoed(8, 0))
	if want := "r r r i i r r"; got != want {
		t.Errorf("taken for %q, want %q", got, want)
	}
}

// The port of a socket that was closed may be anybody's by now; so may not that of one that a second descriptor keeps open.
func TestOthersPorts(t *testing.T) {
	tr := &trace{wire: &playedWire{}}
	own := netip.MustParseAddr("127.0.0.1")
	u := sockets.NewSocket("u", 3, sockets.INET, sockets.Dgram, 0)
	u.Local = sockets.IPAddress(own, 5354)
	v := sockets.NewSocket("v", 4, sockets.INET, sockets.Dgram, 0)
	v.Local = sockets.IPAddress(own, 5355)
	w := *v
	w.Name = "w"
	for _, k := range []*sockets.Socket{u, v} {
		tr.know(k)
		k.FD = -1
	}
	toward := func(port uint16) Frame {
		return Frame{Packet: wire.Packet{Proto: "udp", Src: netip.MustParseAddrPort("127.0.0.1:9"), Dst: netip.AddrPortFrom(own, port)}}
	}
	tr.closed([]*sockets.Socket{&w})
	if got := taken(tr, toward(5354), toward(5355)); got != "u v" {
		t.Errorf("late packets are taken for %q, want u and v", got)
	}
	for i := range tr.holds {
		if h := &tr.holds[i]; !h.closed.IsZero() {
			h.closed = h.closed.Add(-2 * lateness)
		}
	}
	if got := taken(tr, toward(5354), toward(5355)); got != "v" || tr.ports[Port{"udp", 5354}] {
		t.Errorf("later ones are taken for %q, and the wire takes %v", got, tr.ports)
	}
}
