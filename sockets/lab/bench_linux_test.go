package lab

import (
	"errors"
	"os/exec"
	"regexp"
	"strconv"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// The benchmarks run in a lab; outside of one they start it, and report what was measured there.

func benchInLab(b *testing.B) bool {
	b.Helper()
	if here != nil {
		return true
	}
	u := users()[len(users())-1]
	c := u.command(u.runtime(b), "enter", "test", "-test.run=^$", "-test.bench=^"+b.Name()+"$", "-test.benchtime="+strconv.Itoa(b.N)+"x", "-test.count=1")
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	if errors.As(err, &ended) && ended.ExitCode() == 77 {
		refused(b, string(out))
	}
	if err != nil {
		b.Fatalf("%v\n%s", err, out)
	}
	b.ReportMetric(0, "ns/op")
	for _, m := range regexp.MustCompile(`([0-9.]+) (\S+/\S+)`).FindAllStringSubmatch(string(out), -1) {
		v, _ := strconv.ParseFloat(m[1], 64)
		b.ReportMetric(v, m[2])
	}
	return false
}

// BenchmarkPingPong is a byte there and back: twice over the cable.
func BenchmarkPingPong(b *testing.B) {
	if !benchInLab(b) {
		return
	}
	client, server := connected(b, right4)
	pingPong(b, client, server)
}

// BenchmarkPingPongWatched is the same, with somebody who watches every frame.
func BenchmarkPingPongWatched(b *testing.B) {
	if !benchInLab(b) {
		return
	}
	b.Cleanup(got(here.Cable().Frames(func(Frame) {}))(b))
	client, server := connected(b, right4)
	pingPong(b, client, server)
}

// BenchmarkPingPongLoopback is the same without a cable, at right.
func BenchmarkPingPongLoopback(b *testing.B) {
	if !benchInLab(b) {
		return
	}
	l := listenRight(b, right4)
	client := at(b, Right, right4, unix.SOCK_STREAM)
	must(b, unix.Connect(client, sockaddr(right4, service)))
	server, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
	must(b, err)
	defer unix.Close(server)
	pingPong(b, client, server)
}

func pingPong(b *testing.B, client, server int) {
	must(b, unix.SetsockoptInt(client, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1))
	must(b, unix.SetsockoptInt(server, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1))
	go func() {
		one := make([]byte, 1)
		for {
			if n, _ := unix.Read(server, one); n <= 0 {
				return
			}
			_, _ = unix.Write(server, one)
		}
	}()
	one := make([]byte, 1)
	for b.Loop() {
		if _, err := unix.Write(client, one); err != nil {
			b.Fatal(err)
		}
		if _, err := unix.Read(client, one); err != nil {
			b.Fatal(err)
		}
	}
	must(b, unix.Shutdown(client, unix.SHUT_RDWR))
}

// BenchmarkCableAdds is what the cable adds to a byte there and back, against the loopback in the same run, in turns.
func BenchmarkCableAdds(b *testing.B) {
	if !benchInLab(b) {
		return
	}
	type ends struct{ client, server int }
	var pairs [2]ends
	pairs[0].client, pairs[0].server = connected(b, right4)
	l := at(b, Right, right4, unix.SOCK_STREAM)
	must(b, unix.Bind(l, sockaddr(right4, service+1)))
	must(b, unix.Listen(l, 1))
	pairs[1].client = at(b, Right, right4, unix.SOCK_STREAM)
	must(b, unix.Connect(pairs[1].client, sockaddr(right4, service+1)))
	var err error
	pairs[1].server, _, err = unix.Accept4(l, unix.SOCK_CLOEXEC)
	must(b, err)
	var took [2]time.Duration
	one := make([]byte, 1)
	for _, p := range pairs {
		for _, fd := range []int{p.client, p.server} {
			must(b, unix.SetsockoptInt(fd, unix.IPPROTO_TCP, unix.TCP_NODELAY, 1))
		}
		go func() {
			one := make([]byte, 1)
			for {
				if n, _ := unix.Read(p.server, one); n <= 0 {
					return
				}
				_, _ = unix.Write(p.server, one)
			}
		}()
	}
	for b.Loop() {
		for i, p := range pairs {
			begin := time.Now()
			if _, err := unix.Write(p.client, one); err != nil {
				b.Fatal(err)
			}
			if _, err := unix.Read(p.client, one); err != nil {
				b.Fatal(err)
			}
			took[i] += time.Since(begin)
		}
	}
	for _, p := range pairs {
		must(b, unix.Shutdown(p.client, unix.SHUT_RDWR))
	}
	each := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 / float64(b.N) }
	b.ReportMetric(each(took[0]), "cable-µs/trip")
	b.ReportMetric(each(took[1]), "loopback-µs/trip")
	b.ReportMetric(each(took[0]-took[1]), "added-µs/trip")
}

// BenchmarkBulk sends 64 kB an operation from left to right, in segments of 1448 bytes.
func BenchmarkBulk(b *testing.B) { bulk(b, false) }

// BenchmarkBulkWatched is the same, with somebody who watches every frame.
func BenchmarkBulkWatched(b *testing.B) { bulk(b, true) }

func bulk(b *testing.B, watched bool) {
	if !benchInLab(b) {
		return
	}
	if watched {
		b.Cleanup(got(here.Cable().Frames(func(Frame) {}))(b))
	}
	client, server := connected(b, right4)
	chunk := make([]byte, 64<<10)
	b.SetBytes(int64(len(chunk)))
	n := b.N
	go func() {
		for range n {
			for rest := chunk; len(rest) > 0; {
				m, err := unix.Write(client, rest)
				if err != nil {
					return
				}
				rest = rest[m:]
			}
		}
	}()
	buf := make([]byte, 1<<20)
	b.ResetTimer()
	for left := n * len(chunk); left > 0; {
		m, err := unix.Read(server, buf)
		if m <= 0 {
			b.Fatalf("%d bytes are missing: %v", left, err)
		}
		left -= m
	}
	b.StopTimer()
	state := got(here.Cable().State())(b)
	b.ReportMetric(float64(state.LeftToRight.Overflow+state.LeftToRight.Lost+state.RightToLeft.Lost), "lost/all")
	b.ReportMetric(float64(tcpInfo(b, client).Total_retrans), "retrans/all")
}
