package diag

import (
	"errors"
	"fmt"
	"net/netip"
	"os"
	"sync"
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// busy opens a listener with 100 connections: more than one recvfrom(2) takes.
func busy(t *testing.T) netip.AddrPort {
	t.Helper()
	at := local(t, listening(t, "127.0.0.1", 100))
	for range 100 {
		calling(t, at)
	}
	return at
}

// TestBehind: an answer that was given up half way is not taken for the next one.
func TestBehind(t *testing.T) {
	d := asking(t)
	at := busy(t)
	for _, known := range []bool{false, true} { // an answer that was not remembered is known by its number
		must(t, d.do(func(x *exchange) error {
			x.seq++
			x.out = message(x.out[:0], unix.NLM_F_REQUEST|unix.NLM_F_DUMP, x.seq, inetRequest(unix.AF_INET, unix.IPPROTO_TCP, every, anyState))
			if errno := x.send(); errno != 0 {
				return errno
			}
			x.behind = known
			return nil
		}))
		s, err := d.TCP(at, netip.AddrPort{})
		must(t, err)
		if s.State != "LISTEN" || s.Local != at || s.RecvQ != 100 {
			t.Errorf("%+v", s)
		}
	}
	if all, err := d.TCPList(Filter{Port: at.Port(), States: []string{"LISTEN", "ESTABLISHED"}}); len(all) != 201 || err != nil {
		t.Errorf("%d sockets, %v", len(all), err)
	}
}

// TestRoom: an answer that is longer than the room for it is asked for again.
func TestRoom(t *testing.T) {
	d := asking(t)
	at := busy(t)
	d.link.in = make([]byte, 64)
	s, err := d.TCP(at, netip.AddrPort{})
	must(t, err)
	if s.State != "LISTEN" || len(d.link.in) < 200 {
		t.Errorf("%+v, room for %d", s, len(d.link.in))
	}
	d.link.in = make([]byte, 64)
	all, err := d.TCPList(Filter{Port: at.Port(), States: []string{"LISTEN", "ESTABLISHED"}})
	must(t, err)
	if len(all) != 201 {
		t.Errorf("%d sockets", len(all))
	}
}

func TestClosed(t *testing.T) {
	d, err := Open(nil)
	must(t, err)
	must(t, d.Close())
	_, err = d.TCP(netip.MustParseAddrPort("127.0.0.1:1"), netip.AddrPort{})
	for _, err := range []error{err, d.Close(), d.With(nil).Close()} {
		if !errors.Is(err, os.ErrClosed) {
			t.Error(err)
		}
	}
}

// TestRefused: what the kernel refuses is said, with its errno and what was asked for.
func TestRefused(t *testing.T) {
	d := asking(t)
	err := d.do(func(x *exchange) error {
		return x.ask(request{list: true, payload: []byte{unix.AF_INET, unix.IPPROTO_TCP}, take: func([]byte) {}})
	})
	if err != unix.EINVAL {
		t.Errorf("half a request: %v", err)
	}
	err = d.do(func(x *exchange) error {
		_, err := list(x, query{proto: unix.IPPROTO_ICMP, families: []uint8{unix.AF_INET}, states: anyState}, func(m inet) (inet, bool) { return m, true })
		return err
	})
	if !errors.Is(err, errors.ErrUnsupported) {
		t.Errorf("a protocol that no module tells of: %v", err)
	}
	if _, err := d.TCP(netip.MustParseAddrPort("127.0.0.1:1"), netip.MustParseAddrPort("127.0.0.1:2")); fmt.Sprint(err) !=
		"sock_diag: tcp between 127.0.0.1:1 and 127.0.0.1:2: the kernel has no such socket" {
		t.Error(err)
	}
}

// TestConcurrent: many may ask at once, and each gets its own answer.
func TestConcurrent(t *testing.T) {
	d := asking(t)
	var all sync.WaitGroup
	for range 8 {
		l := listening(t, "127.0.0.1", 7)
		at := local(t, l)
		all.Go(func() {
			number, err := d.Inode(sockets.FD(l))
			if err != nil {
				t.Error(err)
			}
			for i := range 200 {
				if s, err := d.TCP(at, netip.AddrPort{}); err != nil || s.Local != at || s.Inode != number {
					t.Errorf("%+v, %v", s, err)
				}
				if i%20 == 0 {
					if s, err := d.TCPList(Filter{Local: at}); err != nil || len(s) != 1 || s[0].Local != at {
						t.Errorf("%+v, %v", s, err)
					}
				}
			}
		})
	}
	all.Wait()
}

// TestLeak: nothing stays open, and nothing is inherited by a program that is started.
func TestLeak(t *testing.T) {
	d, err := Open(nil)
	must(t, err)
	flags, err := unix.FcntlInt(uintptr(d.link.fd), unix.F_GETFD, 0)
	must(t, err)
	if flags&unix.FD_CLOEXEC == 0 {
		t.Error("not CLOEXEC")
	}
	must(t, d.Close())
	open := func() int {
		all, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(all)
	}
	before := open()
	for range 50 {
		d, err := Open(nil)
		must(t, err)
		_, _ = d.TCP(netip.MustParseAddrPort("127.0.0.1:1"), netip.AddrPort{})
		must(t, d.Close())
	}
	if after := open(); after != before {
		t.Errorf("%d descriptors before, %d after", before, after)
	}
}
