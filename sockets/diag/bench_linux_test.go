package diag

import (
	"net/netip"
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// crowd opens 1,000 connections, which are 2,000 sockets.
func crowd(b *testing.B) (listener netip.AddrPort, client netip.AddrPort) {
	b.Helper()
	l := listening(b, "127.0.0.1", 2000)
	at := local(b, l)
	for range 1000 {
		c := calling(b, at)
		must(b, unix.SetsockoptLinger(c, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
		client = local(b, c)
	}
	return at, client
}

// BenchmarkTCP is an exact lookup amid 2,000 sockets: told of to nobody, told, and of one that is gone.
func BenchmarkTCP(b *testing.B) {
	at, client := crowd(b)
	d := asking(b)
	ask := func(d *Diag, peer netip.AddrPort) func(*testing.B) {
		return func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				_, _ = d.TCP(client, peer)
			}
		}
	}
	b.Run("quiet", ask(d, at))
	b.Run("told", ask(d.With(func(sockets.Call) {}), at))
	b.Run("gone", ask(d, netip.MustParseAddrPort("127.0.0.1:1")))
	b.Run("listener", func(b *testing.B) {
		for b.Loop() {
			_, err := d.TCP(at, netip.AddrPort{})
			must(b, err)
		}
	})
}

// BenchmarkTCPList is a list amid 2,000 sockets: of all, of those of one port of a client's, of the listeners; and the half open connections.
func BenchmarkTCPList(b *testing.B) {
	at, client := crowd(b)
	d := asking(b)
	for _, c := range []struct {
		name string
		f    Filter
		want int
	}{
		{"all", Filter{}, 2001},
		{"port", Filter{Port: client.Port()}, 2},
		{"listen", Filter{States: []string{"LISTEN"}}, 1},
	} {
		b.Run(c.name, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				all, err := d.TCPList(c.f)
				must(b, err)
				if len(all) < c.want {
					b.Fatal(len(all))
				}
			}
		})
	}
	b.Run("synqueue", func(b *testing.B) {
		for b.Loop() {
			_, err := d.SynQueue(at)
			must(b, err)
		}
	})
}

// BenchmarkUnix is an exact lookup, and a list.
func BenchmarkUnix(b *testing.B) {
	d := asking(b)
	number := inodeOf(b, d, socket(b, unix.AF_UNIX, unix.SOCK_STREAM))
	b.Run("exact", func(b *testing.B) {
		for b.Loop() {
			_, err := d.Unix(number)
			must(b, err)
		}
	})
	b.Run("list", func(b *testing.B) {
		for b.Loop() {
			_, err := d.UnixList()
			must(b, err)
		}
	})
}
