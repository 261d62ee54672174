//go:build unix

package sys

import (
	"bytes"
	"context"
	"io"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// roundTrip is one sendto and one recvfrom without anything around them.
func roundTrip(b *testing.B, from, to sockets.FD, out, in []byte) {
	_, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(from), uintptr(unsafe.Pointer(&out[0])), uintptr(len(out)), 0, 0, 0)
	if errno != 0 {
		b.Fatal(errno)
	}
	_, _, errno = unix.Syscall6(unix.SYS_RECVFROM, uintptr(to), uintptr(unsafe.Pointer(&in[0])), uintptr(len(in)), 0, 0, 0)
	if errno != 0 {
		b.Fatal(errno)
	}
}

// BenchmarkCall holds an act's send and recv against the bare system calls, in turns, on one TCP connection.
func BenchmarkCall(b *testing.B) {
	plain := context.Background()
	live, cancel := context.WithCancel(plain)
	defer cancel()
	for _, bench := range []struct {
		name string
		ctx  context.Context
	}{{"background", plain}, {"cancellable", live}} {
		b.Run(bench.name, func(b *testing.B) {
			client, server := connected(b)
			out, in := []byte("hello"), make([]byte, 1024)
			var bare, ours time.Duration
			for b.Loop() {
				const turn = 64
				start := time.Now()
				for range turn {
					roundTrip(b, client, server, out, in)
				}
				bare += time.Since(start)
				start = time.Now()
				for range turn {
					c := For(bench.ctx, sockets.NewAct(1, "send"))
					if _, err := c.Send(client, out, 0); err != nil {
						b.Fatal(err)
					}
					c = For(bench.ctx, sockets.NewAct(2, "recv"))
					if _, err := c.Recv(server, in, 0); err != nil {
						b.Fatal(err)
					}
				}
				ours += time.Since(start)
			}
			b.ReportMetric(float64(ours)/float64(bare), "x-bare")
			b.ReportMetric(float64(bare.Nanoseconds())/float64(b.N)/128, "bare-ns/call")
			b.ReportMetric(float64(ours.Nanoseconds())/float64(b.N)/128, "ours-ns/call")
		})
	}
}

// BenchmarkBulk holds SendAll and SendBytes into RecvExactly against bare loops of the same calls, which
// read the same source.
func BenchmarkBulk(b *testing.B) {
	const size = 256 << 20
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	data := make([]byte, size)
	bareSend := func(fd sockets.FD, p []byte) error {
		for len(p) > 0 {
			r, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(&p[0])), uintptr(len(p)), 0, 0, 0)
			if errno != 0 {
				return errno
			}
			p = p[r:]
		}
		return nil
	}
	for _, bench := range []struct {
		name string
		bare func(fd sockets.FD) error
		ours func(c Caller, fd sockets.FD) error
	}{
		{"reader", func(fd sockets.FD) error {
			src, buf := bytes.NewReader(data), make([]byte, Chunk)
			for {
				n, err := src.Read(buf)
				if err == io.EOF {
					return nil
				}
				if err := bareSend(fd, buf[:n]); err != nil {
					return err
				}
			}
		}, func(c Caller, fd sockets.FD) error {
			_, err := c.SendAll(fd, bytes.NewReader(data), 0, nil)
			return err
		}},
		{"bytes", func(fd sockets.FD) error {
			for p := data; len(p) > 0; p = p[Chunk:] {
				if err := bareSend(fd, p[:Chunk]); err != nil {
					return err
				}
			}
			return nil
		}, func(c Caller, fd sockets.FD) error {
			_, err := c.SendBytes(fd, data, Chunk, nil)
			return err
		}},
	} {
		b.Run(bench.name, func(b *testing.B) {
			client, server := connected(b)
			sink := make([]byte, Chunk)
			var bare, ours time.Duration
			done := make(chan error, 1)
			for b.Loop() {
				start := time.Now()
				go func() { done <- bench.bare(client) }()
				for got := 0; got < size; {
					r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(server), uintptr(unsafe.Pointer(&sink[0])), uintptr(len(sink)), 0, 0, 0)
					if errno != 0 {
						b.Fatal(errno)
					}
					got += int(r)
				}
				must(b, <-done)
				bare += time.Since(start)

				start = time.Now()
				go func() { done <- bench.ours(For(ctx, sockets.NewAct(1, "sendall")), client) }()
				_, err := For(ctx, sockets.NewAct(2, "recv")).RecvExactly(server, size, nil, 0, nil)
				must(b, err)
				must(b, <-done)
				ours += time.Since(start)
			}
			b.SetBytes(2 * size)
			b.ReportMetric(float64(bare)/float64(ours), "x-bare-speed")
		})
	}
}
