package diag

import (
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// asking opens a Diag that the test closes.
func asking(t testing.TB) *Diag {
	t.Helper()
	d, err := Open(nil)
	must(t, err)
	t.Cleanup(func() { _ = d.Close() })
	return d
}

func socket(t testing.TB, family, kind int) int {
	t.Helper()
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// shut closes a socket before the test's end, and leaves its number taken, so that the cleanup closes nothing of another's.
func shut(t testing.TB, fd int) {
	t.Helper()
	null, err := unix.Open("/dev/null", unix.O_CLOEXEC, 0)
	must(t, err)
	must(t, unix.Dup3(null, fd, unix.O_CLOEXEC))
	must(t, unix.Close(null))
}

func sockaddr(a netip.AddrPort) unix.Sockaddr {
	if a.Addr().Is4() {
		return &unix.SockaddrInet4{Port: int(a.Port()), Addr: a.Addr().As4()}
	}
	return &unix.SockaddrInet6{Port: int(a.Port()), Addr: a.Addr().As16()}
}

func addrport(t testing.TB, sa unix.Sockaddr, err error) netip.AddrPort {
	t.Helper()
	must(t, err)
	switch sa := sa.(type) {
	case *unix.SockaddrInet4:
		return netip.AddrPortFrom(netip.AddrFrom4(sa.Addr), uint16(sa.Port))
	case *unix.SockaddrInet6:
		return netip.AddrPortFrom(netip.AddrFrom16(sa.Addr), uint16(sa.Port))
	}
	t.Fatalf("%T", sa)
	return netip.AddrPort{}
}

func local(t testing.TB, fd int) netip.AddrPort {
	t.Helper()
	sa, err := unix.Getsockname(fd)
	return addrport(t, sa, err)
}

func remote(t testing.TB, fd int) netip.AddrPort {
	t.Helper()
	sa, err := unix.Getpeername(fd)
	return addrport(t, sa, err)
}

// bound opens a socket on a free port of a host.
func bound(t testing.TB, kind int, host string) int {
	t.Helper()
	at := netip.AddrPortFrom(netip.MustParseAddr(host), 0)
	family := unix.AF_INET6
	if at.Addr().Is4() {
		family = unix.AF_INET
	}
	fd := socket(t, family, kind)
	must(t, unix.Bind(fd, sockaddr(at)))
	return fd
}

// listening opens a listener.
func listening(t testing.TB, host string, backlog int) int {
	t.Helper()
	fd := bound(t, unix.SOCK_STREAM, host)
	must(t, unix.Listen(fd, backlog))
	return fd
}

// calling connects to a listener.
func calling(t testing.TB, to netip.AddrPort) int {
	t.Helper()
	family := unix.AF_INET6
	if to.Addr().Is4() {
		family = unix.AF_INET
	}
	fd := socket(t, family, unix.SOCK_STREAM)
	must(t, unix.Connect(fd, sockaddr(to)))
	return fd
}

func accepted(t testing.TB, listener int) int {
	t.Helper()
	fd, _, err := unix.Accept4(listener, unix.SOCK_CLOEXEC)
	must(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// connected gives both ends of a connection on a loopback address.
func connected(t testing.TB, host string) (client, server int) {
	t.Helper()
	l := listening(t, host, 1)
	client = calling(t, local(t, l))
	server = accepted(t, l)
	shut(t, l)
	return client, server
}

// deaf makes a TCP socket of IPv4 lose every segment that comes, as a broken cable would: none has a TTL of 255. hearing ends that.
func deaf(t testing.TB, fd int) {
	t.Helper()
	must(t, unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MINTTL, 255))
}

func hearing(t testing.TB, fd int) {
	t.Helper()
	must(t, unix.SetsockoptInt(fd, unix.IPPROTO_IP, unix.IP_MINTTL, 0))
}

// until asks again and again, until it holds.
func until[T any](t testing.TB, ask func() (T, error), holds func(T) bool) T {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; runtime.Gosched() {
		v, err := ask()
		must(t, err)
		if holds(v) {
			return v
		}
		if time.Now().After(deadline) {
			t.Fatalf("it came no further than %+v", v)
		}
	}
}

// becomes waits for a state of a TCP connection.
func becomes(t testing.TB, d *Diag, from, to netip.AddrPort, state string) TCP {
	t.Helper()
	return until(t, func() (TCP, error) { return d.TCP(from, to) }, func(s TCP) bool { return s.State == state })
}

// installed finds one that a test needs.
func installed(t testing.TB, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatalf("%s is not installed, and SOCKSTEP_REQUIRE=all", name)
		}
		t.Skipf("%s is not installed", name)
	}
	return path
}
