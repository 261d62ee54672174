package wire

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// story judges segments one after the other: client or server, relative numbers, and the marks of each.
func story(t *testing.T, f *Follower, segs ...seg) (got []string) {
	t.Helper()
	for _, s := range segs {
		p := s.packet(t)
		j := f.Judge(p)
		who := "<"
		if j.FromClient {
			who = ">"
		}
		got = append(got, strings.TrimSpace(fmt.Sprintf("%s%v %d %d %s", who, p.TCP.Flags, j.RelSeq, j.RelAck, strings.Join(j.Marks(), " "))))
	}
	return got
}

// opened is a handshake: a's numbers begin at x, b's at y.
func opened(x, y uint32) []seg {
	return []seg{
		{from: 'a', flags: SYN, seq: x, win: 1000, scale: 3},
		{from: 'b', flags: SYN | ACK, seq: y, ack: x + 1, win: 1000, scale: 3},
		{from: 'a', flags: ACK, seq: x + 1, ack: y + 1, win: 1000},
	}
}

const ms = time.Millisecond

func TestFollower(t *testing.T) {
	data := func(seq, n uint32) seg { return seg{from: 'a', flags: ACK, seq: seq, ack: 501, n: int(n), win: 1000} }
	ack := func(n uint32) seg { return seg{from: 'b', flags: ACK, seq: 501, ack: n, win: 1000} }
	at := func(s seg, d time.Duration) seg { s.at = d; return s }
	win := func(s seg, w uint16) seg { s.win = w; return s }
	gone := func(s seg) seg { s.lost = true; return s }
	same := func(s seg, id uint16) seg { s.id = id; return s }
	for _, c := range []struct {
		name string
		segs []seg // after a handshake from 100 and 500
		want string
	}{
		{"plain", []seg{data(101, 10), ack(111), data(111, 5)}, ">A 1 1|<A 1 11|>A 11 1"},
		{"retransmission", []seg{data(101, 10), at(data(101, 10), 200*ms)}, ">A 1 1|>A 1 1 retransmission"},
		{"spurious", []seg{data(101, 10), ack(111), at(data(101, 10), 200*ms)}, ">A 1 1|<A 1 11|>A 1 1 retransmission spurious-retransmission"},
		{"doubled by the network", []seg{same(data(101, 10), 9), same(data(101, 10), 9)}, ">A 1 1|>A 1 1 duplicate"},
		{"repeated and more", []seg{data(101, 10), data(101, 20)}, ">A 1 1|>A 1 1 retransmission"},
		{"out of order", []seg{data(111, 10), at(data(101, 10), ms), data(121, 10)}, ">A 11 1 gap|>A 1 1 out-of-order|>A 21 1"},
		{"lost before the capture", []seg{data(111, 10), at(data(101, 10), 300*ms)}, ">A 11 1 gap|>A 1 1 retransmission"},
		{"more than 2 GiB not captured", []seg{data(101, 10), ack(111), data(3_000_000_101, 10), ack(3_000_000_111), data(3_000_000_111, 10), ack(3_000_000_121)},
			">A 1 1|<A 1 11|>A 3000000001 1 gap|<A 1 3000000011|>A 3000000011 1|<A 1 3000000021"},
		{"more than 2 GiB not captured, and its ACK first", []seg{data(101, 10), ack(111), ack(3_000_000_111), data(3_000_000_111, 10)},
			">A 1 1|<A 1 11|<A 1 3000000011 acked-unseen|>A 3000000011 1"},
		{"fast retransmission", []seg{data(101, 10), data(111, 10), data(121, 10), data(131, 10), ack(111), ack(111), ack(111), ack(111), data(111, 10), ack(141)},
			">A 1 1|>A 11 1|>A 21 1|>A 31 1|<A 1 11|<A 1 11 dup-ack|<A 1 11 dup-ack|<A 1 11 dup-ack|>A 11 1 retransmission fast-retransmission|<A 1 41"},
		{"no dup ack without data under way", []seg{data(101, 10), ack(111), ack(111)}, ">A 1 1|<A 1 11|<A 1 11"},
		{"keepalive", []seg{data(101, 10), ack(111), {from: 'a', flags: ACK, seq: 110, ack: 501, win: 1000}, ack(111)},
			">A 1 1|<A 1 11|>A 10 1 keepalive|<A 1 11 keepalive-ack"},
		{"keepalive with a byte", []seg{data(101, 10), ack(111), data(110, 1), ack(111)}, ">A 1 1|<A 1 11|>A 10 1 keepalive|<A 1 11 keepalive-ack"},
		{"a byte once more", []seg{data(101, 10), data(111, 1), ack(112), data(111, 1)}, ">A 1 1|>A 11 1|<A 1 12|>A 11 1 retransmission spurious-retransmission"},
		{"zero window", []seg{data(101, 10), win(ack(111), 0), {from: 'a', flags: ACK, seq: 110, ack: 501, win: 1000}, win(ack(111), 0), win(ack(111), 500), data(111, 4)},
			">A 1 1|<A 1 11 zero-window|>A 10 1 window-probe|<A 1 11 zero-window window-probe-ack|<A 1 11 window-update|>A 11 1"},
		{"probe of a byte", []seg{data(101, 10), win(ack(111), 0), data(111, 1), win(ack(111), 0), win(ack(111), 500), data(111, 1), ack(112)},
			">A 1 1|<A 1 11 zero-window|>A 11 1 window-probe|<A 1 11 zero-window window-probe-ack|<A 1 11 window-update|>A 11 1|<A 1 12"},
		{"lost window update", []seg{data(101, 10), win(ack(111), 0), gone(win(ack(111), 500)), {from: 'a', flags: ACK, seq: 110, ack: 501, win: 1000}, win(ack(111), 500), data(111, 4)},
			">A 1 1|<A 1 11 zero-window|<A 1 11 window-update|>A 10 1 window-probe|<A 1 11 window-update|>A 11 1"},
		{"lost ACKs", []seg{data(101, 10), data(111, 10), data(121, 10), data(131, 10), ack(111), ack(111), gone(ack(111)), gone(ack(111)), gone(ack(141)), data(111, 10), ack(141)},
			">A 1 1|>A 11 1|>A 21 1|>A 31 1|<A 1 11|<A 1 11 dup-ack|<A 1 11 dup-ack|<A 1 11 dup-ack|<A 1 41|>A 11 1 retransmission|<A 1 41"},
		{"lost data", []seg{gone(data(101, 10)), data(111, 10), ack(101), data(101, 10)}, ">A 1 1|>A 11 1|<A 1 1 dup-ack|>A 1 1 retransmission"},
		{"window update", []seg{data(101, 10), ack(111), win(ack(111), 2000)}, ">A 1 1|<A 1 11|<A 1 11 window-update"},
		{"full window", []seg{win(ack(101), 2), data(101, 16)}, "<A 1 1 window-update|>A 1 1 window-full"},
		{"FIN", []seg{{from: 'a', flags: FIN | ACK, seq: 101, ack: 501, win: 1000}, ack(102), {from: 'b', flags: FIN | ACK, seq: 501, ack: 102, win: 1000},
			{from: 'a', flags: ACK, seq: 102, ack: 502, win: 1000}, {from: 'b', flags: FIN | ACK, seq: 501, ack: 102, win: 1000, at: 200 * ms}},
			">FA 1 1|<A 1 2|<FA 1 2|>A 2 2|<FA 1 2 retransmission spurious-retransmission"},
		{"RST", []seg{data(101, 10), {from: 'b', flags: RST | ACK, seq: 501, ack: 111}, {from: 'a', flags: RST, seq: 111}}, ">A 1 1|<RA 1 11|>R 11 0"},
		{"acknowledged, not seen", []seg{ack(131), data(131, 5)}, "<A 1 31 acked-unseen|>A 31 1"},
		{"same tuple again", []seg{{from: 'a', flags: RST, seq: 101}, {from: 'a', flags: SYN, seq: 9000}, {from: 'b', flags: SYN | ACK, seq: 8000, ack: 9001}}, ">R 1 0|>S 0 0|<SA 0 1"},
		{"SACK", []seg{data(101, 10), data(121, 10), {from: 'b', flags: ACK, seq: 501, ack: 111, win: 1000, sack: [][2]uint32{{121, 131}}},
			{from: 'b', flags: ACK, seq: 501, ack: 111, win: 1000, sack: [][2]uint32{{121, 141}}}, {from: 'b', flags: ACK, seq: 501, ack: 131, win: 1000, sack: [][2]uint32{{121, 131}}}},
			">A 1 1|>A 21 1 gap|<A 1 11|<A 1 11 dup-ack|<A 1 31 dsack"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var f Follower
			story(t, &f, opened(100, 500)...)
			if d := cmp.Diff(strings.Split(c.want, "|"), story(t, &f, c.segs...)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFollowerOpens(t *testing.T) {
	syn, synAck := seg{from: 'a', flags: SYN, seq: 100}, seg{from: 'b', flags: SYN | ACK, seq: 500, ack: 101}
	later := func(s seg, d time.Duration) seg { s.at = d; return s }
	for _, c := range []struct {
		name string
		segs []seg
		want string
	}{
		{"SYN again", []seg{syn, later(syn, time.Second), synAck, later(synAck, time.Second)}, ">S 0 0|>S 0 0 retransmission|<SA 0 1|<SA 0 1 retransmission"},
		{"refused", []seg{syn, {from: 'b', flags: RST | ACK, ack: 101}}, ">S 0 0|<RA 0 1"},
		{"refused, then taken", []seg{syn, {from: 'b', flags: RST | ACK, ack: 101}, {from: 'a', flags: SYN, seq: 300}, {from: 'b', flags: SYN | ACK, seq: 500, ack: 301}}, ">S 0 0|<RA 0 1|>S 0 0|<SA 0 1"},
		{"both at once", []seg{syn, {from: 'b', flags: SYN, seq: 500}, {from: 'a', flags: SYN | ACK, seq: 100, ack: 501}, {from: 'b', flags: SYN | ACK, seq: 500, ack: 101},
			{from: 'a', flags: ACK, seq: 101, ack: 501, n: 3}}, ">S 0 0|<S 0 0 simultaneous-open|>SA 0 1|<SA 0 1|>A 1 1"},
		{"with itself", []seg{{from: 's', flags: SYN, seq: 100, scale: 3}, {from: 's', flags: SYN | ACK, seq: 100, ack: 101, scale: 3}, {from: 's', flags: ACK, seq: 101, ack: 101},
			{from: 's', flags: ACK, seq: 101, ack: 101, n: 10}, {from: 's', flags: ACK, seq: 111, ack: 111}, {from: 's', flags: FIN | ACK, seq: 111, ack: 111}, {from: 's', flags: ACK, seq: 112, ack: 112}},
			">S 0 0|>SA 0 1 retransmission|>A 1 1|>A 1 1|>A 11 11|>FA 11 11|>A 12 12"},
		{"SYN not seen", []seg{synAck, {from: 'a', flags: ACK, seq: 101, ack: 501}}, "<SA 0 1|>A 1 1"},
		{"from the middle", []seg{{from: 'b', flags: ACK, seq: 7000, ack: 3000, n: 10}, {from: 'a', flags: ACK, seq: 3000, ack: 7010}}, "<A 1 1 capture-from-the-middle|>A 1 11"},
		{"round the end", []seg{{from: 'a', flags: SYN, seq: 0xfffffffb}, {from: 'b', flags: SYN | ACK, seq: 0xffffffff, ack: 0xfffffffc}, {from: 'a', flags: ACK, seq: 0xfffffffc, ack: 0, n: 10},
			{from: 'b', flags: ACK, seq: 0, ack: 6}, {from: 'a', flags: ACK, seq: 16, ack: 0, n: 10}, {from: 'a', flags: ACK, seq: 6, ack: 0, n: 10},
			{from: 'a', flags: ACK, seq: 0xfffffffc, ack: 0, n: 10}},
			">S 0 0|<SA 0 1|>A 1 1|<A 1 11|>A 21 1 gap|>A 11 1 out-of-order|>A 1 1 retransmission spurious-retransmission"},
		{"another cookie", []seg{syn, synAck, later(syn, time.Second), {from: 'b', flags: SYN | ACK, seq: 900, ack: 101, at: time.Second}, {from: 'a', flags: ACK, seq: 101, ack: 901}},
			">S 0 0|<SA 0 1|>S 0 0 retransmission spurious-retransmission|<SA 0 1|>A 1 1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for i := range c.segs {
				c.segs[i].win = 9
			}
			var f Follower
			if d := cmp.Diff(strings.Split(c.want, "|"), story(t, &f, c.segs...)); d != "" {
				t.Error(d)
			}
		})
	}
}

func TestFollowerWindow(t *testing.T) {
	var f Follower
	for i, want := range []int{1000, 1000, 8000} {
		if s := f.Judge(opened(1, 2)[i].packet(t)); s.ScaledWindow != want || s.ScaleUnknown {
			t.Errorf("%d: %+v", i, s)
		}
	}
	if s := f.Judge(seg{from: 'b', flags: RST | ACK, seq: 3, ack: 2, win: 1000}.packet(t)); s.ScaledWindow != 8000 {
		t.Errorf("a RST is scaled as all others are: %+v", s)
	}
	var itself Follower
	for i, want := range []int{1000, 1000, 8000} {
		x := opened(1, 1)[i]
		x.from, x.seq = 's', map[bool]uint32{true: x.seq, false: 1}[i == 2]
		if s := itself.Judge(x.packet(t)); s.ScaledWindow != want || s.ScaleUnknown {
			t.Errorf("with itself, %d: %+v", i, s)
		}
	}
	var middle Follower
	s := middle.Judge(opened(1, 2)[2].packet(t))
	if s.ScaledWindow != 1000 || !s.ScaleUnknown || !s.Middle || s.Conn != 1 {
		t.Errorf("%+v", s)
	}
	p := opened(1, 2)[0].packet(t)
	if s = middle.Judge(p); s.Conn != 2 || s.Middle || !s.New {
		t.Errorf("a SYN after that: %+v", s)
	}
	middle.Forget(p.Dst, p.Src)
	if s = middle.Judge(p); s.Conn != 1 {
		t.Errorf("after it was forgotten: %+v", s)
	}
}

func TestFollowerLoopback(t *testing.T) {
	var f Follower
	for i, p := range loopback(t) {
		if s := f.Judge(&p); len(s.Marks()) > 0 || s.Middle {
			t.Errorf("%d: %v", i, s.Marks())
		}
	}
}

func BenchmarkJudge(b *testing.B) {
	var f Follower
	all := loopback(b)
	b.ReportAllocs()
	for b.Loop() {
		f.Judge(&all[4])
	}
}
