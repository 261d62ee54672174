//go:build linux

package repl_test

import (
	"context"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// The benchmarks of this room hold what a line costs against the bare system calls that it makes, in turns and in one
// run, so that the ratio holds on any machine:
//
//	go test -run '^$' -bench . ./repl
//
// x-bare is how many times as long a line takes, x-bare-speed how fast a bulk transfer is against a bare loop.

// turn is how many round trips either side makes before the other one's turn.
const turn = 64

// BenchmarkAct measures a send and the recv of it, each a line of a session, against sendto(2) and recvfrom(2) alone.
func BenchmarkAct(b *testing.B) {
	for _, kind := range []string{"tcp", "unix"} {
		b.Run(kind, func(b *testing.B) { benchmarkAct(b, kind) })
		b.Run(kind+"-json", func(b *testing.B) { benchmarkAct(b, kind, render.NewJSON(io.Discard, nil)) })
		b.Run(kind+"-text", func(b *testing.B) { benchmarkAct(b, kind, render.NewText(io.Discard, render.Options{})) })
	}
}

func benchmarkAct(b *testing.B, kind string, shown ...sockets.Observer) {
	s := session(b, shown...)
	from, to := pair(b, s, kind)
	out, in := []byte("hello"), make([]byte, 1024)
	// As a script and the prompt do it: what runs can be ended by Ctrl-C.
	ctx, cancel := context.WithCancel(b.Context())
	defer cancel()
	var bare, ours time.Duration
	b.ReportAllocs()
	for b.Loop() {
		begin := time.Now()
		for range turn {
			bareSend(b, from, out)
			bareRecv(b, to, in)
		}
		middle := time.Now()
		for range turn {
			do(b, s, ctx, "send a hello")
			do(b, s, ctx, "recv b 1024")
		}
		bare, ours = bare+middle.Sub(begin), ours+time.Since(middle)
	}
	calls := float64(b.N) * turn * 2
	b.ReportMetric(float64(ours)/float64(bare), "x-bare")
	b.ReportMetric(float64(bare)/calls, "bare-ns/call")
	b.ReportMetric(float64(ours)/calls, "ours-ns/line")
	b.ReportMetric(0, "ns/op") // which would add up both
}

// session is a session of the whole command table, with the collector set as the program sets it.
func session(b *testing.B, shown ...sockets.Observer) *repl.Session {
	b.Helper()
	percent := debug.SetGCPercent(400)
	b.Cleanup(func() { debug.SetGCPercent(percent) })
	s := repl.NewSession(repl.Config{Table: commands.Table(), Lang: names.English, Observers: shown, Hold: true, Thread: sys.Dedicate()})
	b.Cleanup(s.Close)
	return s
}

// pair makes the sockets a and b, which are connected, and gives their descriptors.
func pair(b *testing.B, s *repl.Session, kind string) (from, to int) {
	b.Helper()
	if kind == "unix" {
		do(b, s, b.Context(), "a, b = socketpair")
	} else {
		var addr string
		for _, st := range do(b, s, b.Context(), "s = listen tcp 127.0.0.1:0").Steps {
			if c, ok := st.(sockets.Change); ok && c.Field == "sockname" {
				addr = c.Now
			}
		}
		do(b, s, b.Context(), "a = connect tcp "+addr)
		do(b, s, b.Context(), "b = accept s")
	}
	fd := func(name string) int {
		return int(do(b, s, b.Context(), "inspect "+name+" fileno").Value.Int)
	}
	return fd("a"), fd("b")
}

// do runs a line that must hold.
func do(b *testing.B, s *repl.Session, ctx context.Context, line string) *sockets.Act {
	act := s.Do(ctx, line)
	if act.Err != nil {
		b.Fatalf("%s: %v", strings.TrimSpace(line), act.Err)
	}
	return act
}

func bareSend(b *testing.B, fd int, p []byte) {
	if _, err := rawSend(fd, p); err != nil {
		b.Fatal(err)
	}
}

func rawSend(fd int, p []byte) (int, error) {
	n, _, errno := syscall.Syscall6(syscall.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), 0, 0, 0)
	if errno != 0 {
		return 0, errno
	}
	return int(n), nil
}

func bareRecv(b *testing.B, fd int, p []byte) int {
	n, _, errno := syscall.Syscall6(syscall.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), 0, 0, 0)
	if errno != 0 {
		b.Fatal(errno)
	}
	return int(n)
}

// BenchmarkBulk measures send --file of 1 GiB into recv --exactly, thrown away and into a file, against a bare loop of the
// same calls: recvfrom(2), and write(2) where there is a file, on the thread that begins it, read(2) and sendto(2) on another.
// Which side has the new thread makes a twentieth of the time, so it is the sender on both.
func BenchmarkBulk(b *testing.B) {
	for _, to := range []string{"discarded", "file"} {
		b.Run(to, func(b *testing.B) { benchmarkBulk(b, to == "file") })
	}
}

func benchmarkBulk(b *testing.B, toFile bool) {
	size := int64(1 << 30)
	if testing.Short() {
		size = 32 << 20
	}
	dir := memory(b)
	from, to := filepath.Join(dir, "from"), filepath.Join(dir, "to")
	if err := os.WriteFile(from, nil, 0o600); err != nil {
		b.Fatal(err)
	}
	if err := os.Truncate(from, size); err != nil { // sparse: its pages cost no memory
		b.Fatal(err)
	}
	s := session(b)
	a, c := pair(b, s, "tcp")
	send := "send a --file " + from
	recv := "recv b --exactly " + strconv.FormatInt(size, 10)
	if toFile {
		recv += " --out " + to
	} else {
		to = ""
	}
	var bare, ours time.Duration
	sides := []func(){
		func() {
			begin := time.Now()
			bareBulk(b, a, c, from, to, size)
			bare += time.Since(begin)
		},
		func() {
			begin := time.Now()
			do(b, s, b.Context(), send+" &")
			do(b, s, b.Context(), recv)
			if sent := do(b, s, b.Context(), "wait").Value.Int; sent != size {
				b.Fatalf("sent %d of %d bytes", sent, size)
			}
			ours += time.Since(begin)
		},
	}
	for i := 0; b.Loop(); i++ {
		for j := range sides {
			sides[(i+j)%2]()
			os.Remove(to) // either side is given the same pages of memory, and gives them back
		}
	}
	gb := float64(size) * float64(b.N) / 1e9
	b.ReportMetric(float64(bare)/float64(ours), "x-bare-speed")
	b.ReportMetric(gb/bare.Seconds(), "bare-GB/s")
	b.ReportMetric(gb/ours.Seconds(), "ours-GB/s")
	b.ReportMetric(0, "ns/op")
}

// memory is a folder in memory, where there is one: the disk is not what is measured.
func memory(b *testing.B) string {
	b.Helper()
	dir, err := os.MkdirTemp("/dev/shm", "sockstep-bench-")
	if err != nil {
		return b.TempDir()
	}
	b.Cleanup(func() { os.RemoveAll(dir) })
	return dir
}

// bareBulk does what the two lines do, with as many bytes a call, and nothing else. No name for to: it throws away.
func bareBulk(b *testing.B, out, in int, from, to string, size int64) {
	b.Helper()
	const chunk = 256 << 10
	src, err := os.Open(from)
	if err != nil {
		b.Fatal(err)
	}
	defer src.Close()
	sent := make(chan error, 1)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		buf := make([]byte, chunk)
		for {
			n, err := syscall.Read(int(src.Fd()), buf)
			if n <= 0 || err != nil {
				sent <- err
				return
			}
			for p := buf[:n]; len(p) > 0; {
				n, err := rawSend(out, p)
				if err != nil {
					sent <- err
					return
				}
				p = p[n:]
			}
		}
	}()
	dst := -1
	if to != "" {
		f, err := os.Create(to)
		if err != nil {
			b.Fatal(err)
		}
		defer f.Close()
		dst = int(f.Fd())
	}
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	buf := make([]byte, chunk)
	for got := int64(0); got < size; {
		n := bareRecv(b, in, buf)
		got += int64(n)
		for p := buf[:n]; dst >= 0 && len(p) > 0; {
			n, err := syscall.Write(dst, p)
			if err != nil {
				b.Fatal(err)
			}
			p = p[n:]
		}
	}
	if err := <-sent; err != nil {
		b.Fatal(err)
	}
}
