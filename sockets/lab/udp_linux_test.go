package lab

import (
	"fmt"
	"net/netip"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestDatagramLost(t *testing.T) {
	if !inLab(t) {
		return
	}
	left, right := datagrams(t)
	sendText(t, left, "zero") // the ARP is done with
	if s := recvText(t, right); s != "zero" {
		t.Fatalf("received %q", s)
	}
	r := record(t)
	udp, _ := NamedFilter("udp")
	must(t, here.Cable().DropNext(udp, 1, LeftToRight))
	sendText(t, right, "the other way")
	sendText(t, left, "one")
	sendText(t, left, "two")
	if s := recvText(t, right); s != "two" {
		t.Errorf("received %q", s)
	}
	if s := recvText(t, left); s != "the other way" {
		t.Errorf("received %q", s)
	}
	none(t, right)
	list := r.named("udp")
	if len(list) != 3 || lost(list) != 1 {
		t.Errorf("%d datagrams, %d lost", len(list), lost(list))
	}
}

func TestDatagramLoss(t *testing.T) {
	if !inLab(t) {
		return
	}
	left, right := datagrams(t)
	sendText(t, left, "zero")
	recvText(t, right)
	for range 2 { // the same seed, the same fate
		must(t, here.Cable().Seed(42))
		must(t, here.Cable().SetLoss(0.3))
		before := got(here.Cable().State())(t)
		for i := range 200 {
			sendText(t, left, fmt.Sprint(i))
		}
		must(t, here.Cable().Settle())
		after := got(here.Cable().State())(t)
		gone := after.LeftToRight.Lost - before.LeftToRight.Lost
		var came []string
		for {
			b := make([]byte, 16)
			n, _, err := unix.Recvfrom(right, b, unix.MSG_DONTWAIT)
			if err == unix.EAGAIN {
				break
			}
			must(t, err)
			came = append(came, string(b[:n]))
		}
		if len(came)+int(gone) != 200 || gone < 30 || gone > 90 || after.LeftToRight.Overflow > 0 {
			t.Errorf("%d came, %d were lost", len(came), gone)
		}
		t.Logf("%d of 200 lost, %s came first", gone, came[0])
		must(t, here.Cable().Reset())
	}
}

func TestDatagramTwice(t *testing.T) {
	if !inLab(t) {
		return
	}
	left, right := datagrams(t)
	must(t, here.Cable().Duplicate(1, LeftToRight))
	sendText(t, left, "echo")
	if a, b := recvText(t, right), recvText(t, right); a != "echo" || b != "echo" {
		t.Errorf("received %q, %q", a, b)
	}
	none(t, right)
	sendText(t, right, "once")
	if s := recvText(t, left); s != "once" {
		t.Errorf("received %q", s)
	}
	none(t, left)
}

func TestDatagramsReordered(t *testing.T) {
	if !inLab(t) {
		return
	}
	left, right := datagrams(t)
	sendText(t, left, "zero")
	recvText(t, right)
	must(t, here.Cable().Reorder(1, LeftToRight))
	r := record(t)
	sendText(t, left, "one")
	sendText(t, left, "two")
	if a, b := recvText(t, right), recvText(t, right); a != "two" || b != "one" {
		t.Errorf("received %q, %q", a, b)
	}
	began := time.Now()
	sendText(t, left, "alone") // nobody comes to overtake it
	if s := recvText(t, right); s != "alone" {
		t.Errorf("received %q", s)
	}
	if took := time.Since(began); took < heldFor*9/10 {
		t.Errorf("after %v", took)
	}
	list := r.until(t, "udp", 3)
	if list[0].Reordered || !list[1].Reordered || list[2].Reordered || !list[2].Delayed {
		t.Errorf("%+v", list)
	}
}

func TestDelay(t *testing.T) {
	if !inLab(t) {
		return
	}
	left, right := datagrams(t)
	sendText(t, left, "zero")
	recvText(t, right)
	r := record(t)
	must(t, here.Cable().SetDelay(50*time.Millisecond, 20*time.Millisecond, LeftToRight))
	const n = 100
	for i := range n {
		sendText(t, left, fmt.Sprint(i))
	}
	for i := range n { // jitter keeps the order
		if s := recvText(t, right); s != fmt.Sprint(i) {
			t.Fatalf("received %q, want %d", s, i)
		}
	}
	for _, f := range r.until(t, "udp", n) {
		if d := f.Out.Sub(f.In); !f.Delayed || d < 49*time.Millisecond || d > 150*time.Millisecond {
			t.Errorf("on the cable for %v, delayed: %v", d, f.Delayed)
		}
	}
	// What is on a cable that becomes shorter arrives at once.
	must(t, here.Cable().SetDelay(time.Hour, 0))
	sendText(t, left, "an hour later")
	must(t, here.Cable().Settle())
	if s := got(here.Cable().State())(t); s.LeftToRight.Waiting != 1 {
		t.Errorf("%d frames are waiting", s.LeftToRight.Waiting)
	}
	must(t, here.Cable().Reset())
	if s := recvText(t, right); s != "an hour later" {
		t.Errorf("received %q", s)
	}
}

func TestRate(t *testing.T) {
	if !inLab(t) {
		return
	}
	left, right := datagrams(t)
	must(t, unix.SetsockoptInt(right, unix.SOL_SOCKET, unix.SO_RCVBUF, 1<<20)) // room for all, however late they are read
	sendText(t, left, "zero")
	recvText(t, right)
	r := record(t)
	must(t, here.Cable().Rate(8_000_000)) // a byte in a microsecond
	const n = 100
	for range n {
		sendText(t, left, strings.Repeat("x", 1000-42))
	}
	for range n {
		recvText(t, right)
	}
	list := r.until(t, "udp", n)
	if took := list[n-1].Out.Sub(list[0].In); took < 99*time.Millisecond || took > 300*time.Millisecond {
		t.Errorf("100 kB at a byte in a microsecond took %v", took)
	}
	must(t, here.Cable().Rate(8000))
	for range 200 { // more than may wait
		sendText(t, left, strings.Repeat("x", 1000-42))
	}
	must(t, here.Cable().Settle())
	state := got(here.Cable().State())(t)
	if state.LeftToRight.Waiting < 140 || state.LeftToRight.Lost < 40 {
		t.Errorf("%+v", state.LeftToRight)
	}
	if list := r.until(t, "udp", n+40); list[n].Why != ByQueue {
		t.Errorf("%+v", list[n])
	}
	must(t, here.Cable().Reset())
}

func TestPortUnreachable(t *testing.T) {
	if !inLab(t) {
		return
	}
	for _, ip := range []netip.Addr{right4, right6} {
		r := record(t)
		u := at(t, Left, ip, unix.SOCK_DGRAM)
		must(t, unix.Connect(u, sockaddr(ip, 9)))
		sendText(t, u, "anybody?")
		_, err := unix.Read(u, make([]byte, 1))
		is(t, "recv", err, unix.ECONNREFUSED)
		r.until(t, "icmp", 1)
	}
	client := at(t, Left, right4, unix.SOCK_STREAM)
	is(t, "connect", unix.Connect(client, sockaddr(right4, 9)), unix.ECONNREFUSED)
}

// TestSettleAnswers: what a frame has caused on the other side is there, too, when the cable has settled.
func TestSettleAnswers(t *testing.T) {
	if !inLab(t) {
		return
	}
	r := record(t)
	u := at(t, Left, right4, unix.SOCK_DGRAM)
	for i := range 5 { // the kernel answers so many at once, and then one a second
		must(t, unix.Sendto(u, []byte("anybody?"), 0, sockaddr(right4, 9)))
		must(t, here.Cable().Settle())
		if n := len(r.named("icmp")); n != i+1 {
			t.Fatalf("%d answers to %d datagrams", n, i+1)
		}
	}
}

func TestBroadcast(t *testing.T) {
	if !inLab(t) {
		return
	}
	right := at(t, Right, right4, unix.SOCK_DGRAM)
	must(t, unix.Bind(right, &unix.SockaddrInet4{Port: service}))
	left := at(t, Left, left4, unix.SOCK_DGRAM)
	for _, to := range []string{"10.0.0.255", "255.255.255.255"} {
		to := sockaddr(netip.MustParseAddr(to), service)
		must(t, unix.SetsockoptInt(left, unix.SOL_SOCKET, unix.SO_BROADCAST, 0))
		is(t, "sendto", unix.Sendto(left, []byte("all"), 0, to), unix.EACCES)
		must(t, unix.SetsockoptInt(left, unix.SOL_SOCKET, unix.SO_BROADCAST, 1))
		must(t, unix.Sendto(left, []byte("all"), 0, to))
		if s := recvText(t, right); s != "all" {
			t.Errorf("received %q", s)
		}
	}
}

func TestMulticast(t *testing.T) {
	if !inLab(t) {
		return
	}
	group := netip.MustParseAddr("224.1.1.1")
	right := at(t, Right, right4, unix.SOCK_DGRAM)
	must(t, unix.Bind(right, sockaddr(group, service)))
	must(t, unix.SetsockoptIPMreq(right, unix.IPPROTO_IP, unix.IP_ADD_MEMBERSHIP, &unix.IPMreq{Multiaddr: group.As4(), Interface: right4.As4()}))
	left := at(t, Left, left4, unix.SOCK_DGRAM)
	must(t, unix.Sendto(left, []byte("members"), 0, sockaddr(group, service)))
	if s := recvText(t, right); s != "members" {
		t.Errorf("received %q", s)
	}
	group6 := netip.MustParseAddr("ff02::1234")
	right = at(t, Right, right6, unix.SOCK_DGRAM)
	var index int
	must(t, here.At(Right, func() (err error) { index, err = here.hosts[1].index(t); return err }))
	must(t, unix.SetsockoptIPv6Mreq(right, unix.IPPROTO_IPV6, unix.IPV6_JOIN_GROUP, &unix.IPv6Mreq{Multiaddr: group6.As16(), Interface: uint32(index)}))
	must(t, unix.Bind(right, &unix.SockaddrInet6{Port: service, Addr: group6.As16(), ZoneId: uint32(index)}))
	left = at(t, Left, right6, unix.SOCK_DGRAM)
	must(t, unix.Sendto(left, []byte("members"), 0, &unix.SockaddrInet6{Port: service, Addr: group6.As16(), ZoneId: uint32(index)}))
	if s := recvText(t, right); s != "members" {
		t.Errorf("received %q", s)
	}
}

// index is the number of the host's eth0, which is the same at both.
func (h *host) index(t *testing.T) (int, error) {
	t.Helper()
	return h.namespace.index(ethName)
}

func TestPing(t *testing.T) {
	if !inLab(t) {
		return
	}
	var fd int
	must(t, here.At(Left, func() (err error) {
		fd, err = unix.Socket(unix.AF_INET, unix.SOCK_DGRAM, unix.IPPROTO_ICMP)
		return err
	}))
	defer unix.Close(fd)
	must(t, unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience))
	must(t, unix.Sendto(fd, []byte{8, 0, 0, 0, 0, 0, 0, 1, 'h', 'i'}, 0, sockaddr(right4, 0)))
	if s := recvText(t, fd); s[0] != 0 || !strings.HasSuffix(s, "hi") {
		t.Errorf("received %q", s)
	}
}
