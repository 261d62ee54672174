package lab

import (
	"bytes"
	"encoding/binary"
	"errors"
	"slices"
	"testing"
	"time"

	"sockstep/sockets"
)

// wireless is a cable whose ends are two lists.
func wireless(t *testing.T) (c *Cable, arrived func() []string) {
	t.Helper()
	c = &Cable{watch: newWatch(), mtu: DefaultMTU, setMTU: func(int) error { return nil }}
	came := make(chan string, 1000)
	for i, dir := range []Dir{LeftToRight, RightToLeft} {
		c.lanes[i] = newLane(dir, func(b []byte) error { came <- string(b); return nil })
		c.lanes[i].drop, c.lanes[i].watch = c.dropped, c.watch
	}
	for i, l := range c.lanes {
		l.other = c.lanes[1-i]
		go l.run()
		t.Cleanup(func() { close(l.stop) })
	}
	t.Cleanup(c.watch.close)
	return c, func() (list []string) {
		for {
			select {
			case s := <-came:
				list = append(list, s)
			default:
				return list
			}
		}
	}
}

func (c *Cable) carry(words ...string) {
	for _, w := range words {
		c.lanes[0].carry([]byte(w), time.Now())
	}
}

func TestLane(t *testing.T) {
	any, _ := NamedFilter("any")
	b := Filter{"b", func(f []byte) bool { return string(f) == "b" }}
	for name, c := range map[string]struct {
		turn func(*Cable) error
		want []string
	}{
		"nothing":               {func(c *Cable) error { return nil }, []string{"a", "b", "c", "d"}},
		"cut":                   {func(c *Cable) error { return c.Cut() }, nil},
		"cut elsewhere":         {func(c *Cable) error { return c.Cut(RightToLeft) }, []string{"a", "b", "c", "d"}},
		"cut and mended":        {func(c *Cable) error { return errors.Join(c.Cut(), c.Mend()) }, []string{"a", "b", "c", "d"}},
		"loss":                  {func(c *Cable) error { return c.SetLoss(1, Both) }, nil},
		"drop two":              {func(c *Cable) error { return c.DropNext(any, 2) }, []string{"c", "d"}},
		"drop b":                {func(c *Cable) error { return c.DropNext(b, 1, LeftToRight) }, []string{"a", "c", "d"}},
		"drop elsewhere":        {func(c *Cable) error { return c.DropNext(any, 1, RightToLeft) }, []string{"a", "b", "c", "d"}},
		"duplicate":             {func(c *Cable) error { return c.Duplicate(1) }, []string{"a", "a", "b", "b", "c", "c", "d", "d"}},
		"reorder":               {func(c *Cable) error { return c.Reorder(1) }, []string{"b", "a", "d", "c"}},
		"reorder and duplicate": {func(c *Cable) error { return errors.Join(c.Reorder(1), c.Duplicate(1)) }, []string{"b", "b", "a", "a", "d", "d", "c", "c"}},
		"reset": {func(c *Cable) error {
			return errors.Join(c.SetDelay(time.Hour, 0), c.Cut(), c.DropNext(any, 9), c.SetLoss(1), c.Reset())
		}, []string{"a", "b", "c", "d"}},
	} {
		t.Run(name, func(t *testing.T) {
			cable, arrived := wireless(t)
			var told []Frame
			stop, err := cable.Frames(func(f Frame) { told = append(told, f) })
			if err != nil {
				t.Fatal(err)
			}
			if err := c.turn(cable); err != nil {
				t.Fatal(err)
			}
			cable.carry("a", "b", "c", "d")
			cable.watch.settle()
			stop()
			if got := arrived(); !slices.Equal(got, c.want) {
				t.Errorf("arrived %q, want %q", got, c.want)
			}
			var out []string
			lost := 0
			seen := map[string]bool{}
			for _, f := range told {
				if !f.Lost && f.Duplicate != seen[string(f.Data)] {
					t.Errorf("%s is told to be a copy: %v", f.Data, f.Duplicate)
				}
				seen[string(f.Data)] = true
				if f.Lost {
					lost++
				} else {
					out = append(out, string(f.Data))
				}
			}
			if !slices.Equal(out, c.want) || lost != len(told)-len(out) {
				t.Errorf("told %q and %d lost", out, lost)
			}
		})
	}
}

func TestWrongOrders(t *testing.T) {
	c, _ := wireless(t)
	for name, err := range map[string]error{
		"loss":     c.SetLoss(1.5),
		"delay":    c.SetDelay(-1, 0),
		"rate":     c.Rate(-1),
		"mtu":      c.SetMTU(10),
		"path mtu": c.SetPathMTU(10),
		"drop":     c.DropNext(Filter{Name: "sin"}, 1),
		"drop 0":   c.DropNext(Filter{Name: "syn"}, 0),
	} {
		var e *sockets.Error
		if !errors.As(err, &e) || e.Message.Zh == "" {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestSlowWatcher has more frames than may wait for a watcher: it learns how many it has missed.
func TestSlowWatcher(t *testing.T) {
	c, arrived := wireless(t)
	first, goOn := make(chan bool, 1), make(chan bool)
	var seen, missed uint64
	stop, _ := c.Frames(func(f Frame) {
		select {
		case first <- true:
			<-goOn
		default:
		}
		seen, missed = seen+1, missed+f.Missed
	})
	defer stop()
	big := string(make([]byte, 1<<20))
	c.carry(big)
	<-first
	for range 100 {
		c.carry(big)
	}
	close(goOn)
	c.watch.settle()
	c.carry("and one more")
	c.watch.settle()
	if n := uint64(len(arrived())); seen+missed != n || missed == 0 || n != 102 {
		t.Errorf("seen %d, missed %d of %d", seen, missed, n)
	}
}

func TestFilters(t *testing.T) {
	eth := func(kind uint16, b ...byte) []byte {
		return append(binary.BigEndian.AppendUint16(make([]byte, 12), kind), b...)
	}
	ip4 := func(proto byte, offset uint16, b ...byte) []byte {
		h := make([]byte, 20, 64)
		h[0], h[9] = 0x45, proto
		binary.BigEndian.PutUint16(h[2:], uint16(20+len(b)))
		binary.BigEndian.PutUint16(h[6:], offset)
		return eth(etherIP4, append(append(h, b...), make([]byte, 6)...)...) // as Ethernet pads short frames
	}
	ip6 := func(next byte, b ...byte) []byte {
		h := make([]byte, 40, 128)
		h[0], h[6] = 0x60, next
		binary.BigEndian.PutUint16(h[4:], uint16(len(b)))
		return eth(etherIP6, append(h, b...)...)
	}
	tcp := func(flags byte, payload ...byte) []byte {
		h := make([]byte, 20, 64)
		h[12], h[13] = 5<<4, flags
		return append(h, payload...)
	}
	udp := make([]byte, 8)
	for _, c := range []struct {
		frame []byte
		want  []string
	}{
		{ip4(6, 0, tcp(fSYN)...), []string{"any", "syn", "tcp"}},
		{ip4(6, 0, tcp(fSYN|fACK)...), []string{"any", "synack", "tcp"}},
		{ip4(6, 0, tcp(fACK)...), []string{"any", "ack", "tcp"}},
		{ip4(6, 0, tcp(fACK|8, 'x')...), []string{"any", "data", "tcp"}},
		{ip4(6, 0, tcp(fACK|fFIN)...), []string{"any", "fin", "tcp"}},
		{ip4(6, 0, tcp(fACK|fRST)...), []string{"any", "rst", "tcp"}},
		{ip4(6, 5, tcp(fSYN)...), []string{"any", "tcp"}},
		{ip4(17, 0, udp...), []string{"any", "udp"}},
		{ip4(1, 0, udp...), []string{"any", "icmp"}},
		{ip6(6, tcp(fSYN)...), []string{"any", "syn", "tcp"}},
		{ip6(0, append([]byte{6, 0, 0, 0, 0, 0, 0, 0}, tcp(fACK, 'x')...)...), []string{"any", "data", "tcp"}},
		{ip6(44, append([]byte{17, 0, 0, 8, 0, 0, 0, 0}, udp...)...), []string{"any", "udp"}},
		{ip6(58, 128, 0), []string{"any", "icmp"}},
		{ip6(58, 135, 0), []string{"any", "arp"}},
		{eth(etherARP, make([]byte, 28)...), []string{"any", "arp"}},
		{eth(0x88cc), []string{"any"}},
		{nil, []string{"any"}},
		{ip4(6, 0, 1, 2), []string{"any", "tcp"}},
	} {
		var got []string
		for _, name := range FilterNames() {
			if f, ok := NamedFilter(name); ok && f.Match(c.frame) {
				got = append(got, name)
			}
		}
		if !slices.Equal(got, c.want) {
			t.Errorf("%x: %v, want %v", c.frame, got, c.want)
		}
	}
	if _, ok := NamedFilter("sin"); ok {
		t.Error("there is a filter called sin")
	}
}

// FuzzFrame has any frame go through the filters and the narrow spot: nothing may fail, and no fragment be too long.
func FuzzFrame(f *testing.F) {
	f.Add(append(make([]byte, 12), 8, 0, 0x45), 576)
	f.Add(append(make([]byte, 12), 0x86, 0xdd, 0x60), 1280)
	f.Fuzz(func(t *testing.T, frame []byte, n int) {
		dissect(frame)
		n = LeastMTU + int(uint(n)%uint(LargestMTU-LeastMTU))
		if len(frame) <= n+etherLen {
			frame = append(frame, bytes.Repeat([]byte{1}, n+etherLen+1-len(frame))...)
		}
		fragments, answer := narrow(frame, n)
		for _, one := range fragments {
			if len(one) > n+etherLen {
				t.Errorf("a fragment of %d bytes for an MTU of %d", len(one), n)
			}
		}
		if len(answer) > 1280+etherLen {
			t.Errorf("an answer of %d bytes", len(answer))
		}
	})
}

func TestDirs(t *testing.T) {
	for _, d := range []Dir{Both, LeftToRight, RightToLeft} {
		if got, err := ParseDir(d.String()); err != nil || got != d {
			t.Errorf("%v: %v, %v", d, got, err)
		}
	}
	if _, err := ParseDir("up"); err == nil {
		t.Error("there is a direction up")
	}
}
