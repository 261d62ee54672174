//go:build unix

package sys

import (
	"context"
	"net/netip"
	"testing"

	"sockstep/sockets"
)

// tb is what the tests' own calls are made with: they are recorded nowhere.
var tb = For(context.Background(), nil)

var loopback = sockets.IPAddress(netip.MustParseAddr("127.0.0.1"), 0)

// must fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// open opens a socket that the test closes at its end.
func open(t testing.TB, f sockets.Family, k sockets.Kind) sockets.FD {
	t.Helper()
	fd, err := tb.Socket(f, k, 0)
	must(t, err)
	closing(t, fd)
	return fd
}

func closing(t testing.TB, fds ...sockets.FD) {
	t.Cleanup(func() {
		for _, fd := range fds {
			_ = tb.Close(fd)
		}
	})
}

// bound opens a socket and binds it to a free port of 127.0.0.1.
func bound(t testing.TB, k sockets.Kind) (sockets.FD, sockets.Address) {
	t.Helper()
	fd := open(t, sockets.INET, k)
	must(t, tb.Bind(fd, loopback))
	a, err := tb.Getsockname(fd)
	must(t, err)
	return fd, a
}

// listening opens a TCP socket that listens on a free port of 127.0.0.1.
func listening(t testing.TB, backlog int) (sockets.FD, sockets.Address) {
	t.Helper()
	fd, a := bound(t, sockets.Stream)
	must(t, tb.Listen(fd, backlog))
	return fd, a
}

// connected opens the two ends of a TCP connection over loopback.
func connected(t testing.TB) (client, server sockets.FD) {
	t.Helper()
	l, a := listening(t, 1)
	client = open(t, sockets.INET, sockets.Stream)
	must(t, tb.Connect(client, a))
	server, _, err := tb.Accept(l)
	must(t, err)
	closing(t, server)
	return client, server
}
