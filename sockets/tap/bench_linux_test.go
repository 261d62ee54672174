package tap

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// BenchmarkDrain is what an act pays that caused so many frames.
func BenchmarkDrain(b *testing.B) {
	to, port, at := bound(b, unix.SOCK_DGRAM)
	buf := make([]byte, 16)
	for _, n := range []int{0, 1, 3, 100} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tap := tapped(b, Options{Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
			b.ReportAllocs()
			for b.Loop() {
				if n > 0 {
					b.StopTimer()
					for range n {
						must(b, unix.Sendto(to, []byte("x"), 0, at))
						_, _, err := unix.Recvfrom(to, buf, 0)
						must(b, err)
					}
					b.StartTimer()
				}
				if frames, lost, err := tap.Drain(); len(frames) != n || lost > 0 || err != nil {
					b.Fatal(len(frames), lost, err)
				}
			}
		})
	}
}

// BenchmarkSetPorts is what a new socket of the session costs.
func BenchmarkSetPorts(b *testing.B) {
	for _, n := range []int{0, 1, 10, 100, 1000} {
		b.Run(fmt.Sprint(n), func(b *testing.B) {
			tap := tapped(b, Options{})
			var ports []Port
			for i := range n {
				ports = append(ports, Port{Proto: TCP, Number: uint16(32768 + 2*i)})
			}
			for b.Loop() {
				must(b, tap.SetPorts(ports))
				tap.holds = Filter{ARP: true} // so that it is not the same
			}
		})
	}
}

// BenchmarkConnect is a connect and close over lo, without a tap and with one that is drained after each.
func BenchmarkConnect(b *testing.B) {
	l, port, at := bound(b, unix.SOCK_STREAM)
	must(b, unix.Listen(l, 8))
	for _, name := range []string{"bare", "tapped"} {
		b.Run(name, func(b *testing.B) {
			var tap *Tap
			if name == "tapped" {
				tap = tapped(b, Options{Filter: Filter{Ports: []Port{{Proto: TCP, Number: port}}}})
			}
			for b.Loop() {
				c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
				must(b, err)
				must(b, unix.SetsockoptLinger(c, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
				must(b, unix.Connect(c, at))
				if tap != nil {
					if frames, _, _ := tap.Drain(); len(frames) < 3 {
						b.Fatal(len(frames))
					}
				}
				s, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
				must(b, err)
				must(b, unix.Close(c))
				must(b, unix.Close(s))
			}
		})
	}
}

// BenchmarkFlood takes 50,000 datagrams a second for a second, with room for 64 MiB and with what a user without CAP_NET_ADMIN has
// where net.core.rmem_max is as it comes.
func BenchmarkFlood(b *testing.B) {
	to, port, at := bound(b, unix.SOCK_DGRAM)
	must(b, unix.SetsockoptInt(to, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096))
	for _, buffer := range []int{64 << 20, 2 * 212992} {
		b.Run(fmt.Sprint(buffer), func(b *testing.B) {
			const rate = 50000
			sent, got, lost := 0, 0, 0
			var took time.Duration
			for b.Loop() {
				tap := tapped(b, Options{Buffer: buffer, Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
				ctx, cancel := context.WithCancel(b.Context())
				done := make(chan struct{})
				go func() {
					defer close(done)
					for over := false; !over; {
						over = tap.Wait(ctx) != nil
						frames, n, err := tap.Drain()
						if err != nil {
							b.Error(err)
						}
						got, lost = got+len(frames), lost+n
					}
				}()
				start := time.Now()
				for i := range rate {
					for time.Since(start) < time.Duration(i)*time.Second/rate {
						runtime.Gosched()
					}
					must(b, unix.Sendto(to, []byte("flood"), 0, at))
				}
				took += time.Since(start)
				sent += rate
				cancel()
				<-done
			}
			if got+lost != sent {
				b.Errorf("%d got and %d lost of %d", got, lost, sent)
			}
			b.ReportMetric(float64(lost)/float64(b.N), "lost/op")
			b.ReportMetric(float64(sent)/took.Seconds(), "packets/s")
		})
	}
}
