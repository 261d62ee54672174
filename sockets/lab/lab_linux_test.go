package lab

import (
	"net/netip"
	"slices"
	"testing"
	"time"
)

func TestAt(t *testing.T) {
	if !inLab(t) {
		return
	}
	where := func() string { return got(here.Here())(t) }
	must(t, here.At(Right, func() error {
		if w := where(); w != Right {
			t.Errorf("at right we are at %s", w)
		}
		return here.At(Left, func() error {
			if w := where(); w != Left {
				t.Errorf("at left we are at %s", w)
			}
			return nil
		})
	}))
	if w := where(); w != Left {
		t.Errorf("afterwards we are at %s", w)
	}
	if err := here.At("middle", func() error { return nil }); err == nil {
		t.Error("went to a host that is not there")
	}
	func() {
		defer func() { _ = recover() }()
		_ = here.At(Right, func() error { panic("at right") })
	}()
	if w := where(); w != Left {
		t.Errorf("after a panic we are at %s", w)
	}
	if h := Hosts(); !slices.Equal(h[Left], []netip.Addr{left4, netip.MustParseAddr("fd00:5050::1")}) || !slices.Equal(h[Right], []netip.Addr{right4, right6}) {
		t.Errorf("%v", h)
	}
	if l := here.Lacks(); len(l) > 0 {
		t.Logf("lacking here: %v", l)
	}
}

// TestWatcherTurnsKnobs has a watcher cut the cable when it sees the SYN.
func TestWatcherTurnsKnobs(t *testing.T) {
	if !inLab(t) {
		return
	}
	syn, _ := NamedFilter("syn")
	done := make(chan error, 16)
	stop := got(here.Cable().Frames(func(f Frame) {
		if syn.Match(f.Data) {
			done <- here.Cable().SetDelay(time.Millisecond, 0)
		}
	}))(t)
	connected(t, right4)
	must(t, <-done)
	stop()
	if s := got(here.Cable().State())(t); s.RightToLeft.Delay != time.Millisecond {
		t.Errorf("%+v", s)
	}
}
