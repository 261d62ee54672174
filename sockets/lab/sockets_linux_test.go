package lab

import (
	"errors"
	"net/netip"
	"sync"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The sockets of the experiments are bare: they block, and their time is limited by options.

var (
	left4  = netip.MustParseAddr("10.0.0.1")
	right4 = netip.MustParseAddr("10.0.0.2")
	right6 = netip.MustParseAddr("fd00:5050::2")
)

const service = 7000 // the port

// patience is how long a call may block that ought to end by itself.
var patience = unix.NsecToTimeval(int64(10 * time.Second))

func sockaddr(ip netip.Addr, port int) unix.Sockaddr {
	if ip.Is4() {
		return &unix.SockaddrInet4{Port: port, Addr: ip.As4()}
	}
	return &unix.SockaddrInet6{Port: port, Addr: ip.As16()}
}

// at makes a socket at a host.
func at(t testing.TB, host string, ip netip.Addr, kind int) (fd int) {
	t.Helper()
	family := unix.AF_INET
	if ip.Is6() {
		family = unix.AF_INET6
	}
	must(t, here.At(host, func() (err error) {
		fd, err = unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
		return err
	}))
	t.Cleanup(func() { _ = unix.Close(fd) })
	must(t, unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience))
	must(t, unix.SetsockoptTimeval(fd, unix.SOL_SOCKET, unix.SO_SNDTIMEO, &patience))
	return fd
}

func listenRight(t testing.TB, ip netip.Addr) int {
	t.Helper()
	l := at(t, Right, ip, unix.SOCK_STREAM)
	must(t, unix.SetsockoptInt(l, unix.SOL_SOCKET, unix.SO_REUSEADDR, 1))
	must(t, unix.Bind(l, sockaddr(ip, service)))
	must(t, unix.Listen(l, 8))
	return l
}

// connected are the two ends of a connection from left to right.
func connected(t testing.TB, ip netip.Addr) (client, server int) {
	t.Helper()
	l := listenRight(t, ip)
	client = at(t, Left, ip, unix.SOCK_STREAM)
	must(t, unix.Connect(client, sockaddr(ip, service)))
	server, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
	must(t, err)
	must(t, unix.SetsockoptTimeval(server, unix.SOL_SOCKET, unix.SO_RCVTIMEO, &patience))
	t.Cleanup(func() { _ = unix.Close(server) })
	return client, server
}

// datagrams are a socket at left and one at right, bound to the port and connected to each other.
func datagrams(t testing.TB) (left, right int) {
	t.Helper()
	left, right = at(t, Left, left4, unix.SOCK_DGRAM), at(t, Right, right4, unix.SOCK_DGRAM)
	must(t, unix.Bind(left, sockaddr(left4, service)))
	must(t, unix.Bind(right, sockaddr(right4, service)))
	must(t, unix.Connect(left, sockaddr(right4, service)))
	must(t, unix.Connect(right, sockaddr(left4, service)))
	return left, right
}

func sendText(t testing.TB, fd int, s string) {
	t.Helper()
	n, err := unix.Write(fd, []byte(s))
	if err != nil || n != len(s) {
		t.Fatalf("sent %d of %d bytes: %v", n, len(s), err)
	}
}

// recvText receives once.
func recvText(t testing.TB, fd int) string {
	t.Helper()
	b := make([]byte, 65536)
	n, err := unix.Read(fd, b)
	must(t, err)
	return string(b[:n])
}

// recvAll receives n bytes.
func recvAll(t testing.TB, fd, n int) []byte {
	t.Helper()
	var all []byte
	for len(all) < n {
		b := recvText(t, fd)
		if b == "" {
			t.Fatalf("the connection ended after %d of %d bytes", len(all), n)
		}
		all = append(all, b...)
	}
	return all
}

// none makes sure that nothing has come that could be received, when the cable has carried all there was.
func none(t testing.TB, fd int) {
	t.Helper()
	must(t, here.Cable().Settle())
	n, _, err := unix.Recvfrom(fd, make([]byte, 1), unix.MSG_DONTWAIT)
	if err != unix.EAGAIN {
		t.Fatalf("received %d bytes, %v; want EAGAIN", n, err)
	}
}

func tcpInfo(t testing.TB, fd int) *unix.TCPInfo {
	t.Helper()
	return got(unix.GetsockoptTCPInfo(fd, unix.IPPROTO_TCP, unix.TCP_INFO))(t)
}

// is fails the test unless a call failed with this errno.
func is(t testing.TB, op string, err error, want unix.Errno) {
	t.Helper()
	if !errors.Is(err, want) {
		t.Fatalf("%s: %v, want %v", op, err, want)
	}
}

// A tape holds every frame that the cable carries.
type tape struct {
	mu     sync.Mutex
	more   sync.Cond
	frames []Frame
}

func record(t testing.TB) *tape {
	t.Helper()
	r := &tape{}
	r.more.L = &r.mu
	must(t, here.Cable().Settle()) // what was before is not on it
	stop := got(here.Cable().Frames(func(f Frame) {
		r.mu.Lock()
		defer r.mu.Unlock()
		r.frames = append(r.frames, f)
		r.more.Broadcast()
	}))(t)
	t.Cleanup(stop)
	return r
}

// named are the frames that a filter chooses.
func (r *tape) named(name string) (list []Frame) {
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.choose(name)
}

func (r *tape) choose(name string) (list []Frame) {
	f, _ := NamedFilter(name)
	for _, one := range r.frames {
		if f.Match(one.Data) {
			list = append(list, one)
		}
	}
	return list
}

// until waits until so many such frames were seen.
func (r *tape) until(t testing.TB, name string, n int) []Frame {
	t.Helper()
	late := time.AfterFunc(10*time.Second, func() { r.more.Broadcast() })
	defer late.Stop()
	end := time.Now().Add(10 * time.Second)
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		list := r.choose(name)
		if len(list) >= n {
			return list
		}
		if !time.Now().Before(end) {
			t.Fatalf("%d frames %q on the cable, want %d", len(list), name, n)
		}
		r.more.Wait()
	}
}

func lost(frames []Frame) (n int) {
	for _, f := range frames {
		if f.Lost {
			n++
		}
	}
	return n
}
