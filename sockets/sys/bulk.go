//go:build unix

package sys

import (
	"context"
	"io"
	"runtime"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// Chunk is how many bytes one call of a bulk transfer moves at most, where nothing else is said.
const Chunk = 256 << 10

// SendAll is send(2) again and again until src ends, at most chunk bytes a call (0: [Chunk]). It
// returns how many bytes the kernel took; the error is the source's, the kernel's, or an
// [InterruptedError]. A socket that does not block ends it with EAGAIN when the kernel has no room.
//
// The act is told of the first three calls and the last; those between are one Call with Times and
// the sums. Progress, where it is not nil, is told the total after each call.
func (c Caller) SendAll(fd sockets.FD, src io.Reader, chunk int, progress func(int64)) (sent int64, err error) {
	if chunk <= 0 {
		chunk = Chunk
	}
	t := c.transfer("sendto", writing(fd, 0))
	defer t.end()
	buf := make([]byte, chunk)
	for {
		n, readErr := readSome(src, buf)
		for p := buf[:n]; len(p) > 0; {
			k, err := t.send(fd, p)
			sent += int64(k)
			p = p[k:]
			if progress != nil && k > 0 {
				progress(sent)
			}
			if err != nil {
				return sent, err
			}
		}
		if readErr == io.EOF {
			return sent, nil
		}
		if readErr != nil {
			return sent, readErr
		}
	}
}

// SendBytes is [Caller.SendAll] of bytes in memory. With chunk 0 each call is given all that is left, as Python's sendall does.
func (c Caller) SendBytes(fd sockets.FD, p []byte, chunk int, progress func(int64)) (sent int64, err error) {
	t := c.transfer("sendto", writing(fd, 0))
	defer t.end()
	for first := true; first || len(p) > 0; first = false {
		part := p
		if chunk > 0 {
			part = p[:min(chunk, len(p))]
		}
		k, err := t.send(fd, part)
		sent += int64(k)
		p = p[k:]
		if progress != nil && k > 0 {
			progress(sent)
		}
		if err != nil {
			return sent, err
		}
	}
	return sent, nil
}

// readSome fills p as far as one or two reads do: a short last chunk is fine, a long row of small ones is not.
func readSome(src io.Reader, p []byte) (n int, err error) {
	for n < len(p) && err == nil {
		var k int
		k, err = src.Read(p[n:])
		n += k
	}
	return n, err
}

// RecvExactly is recv(2) again and again until n bytes came, or, with n < 0, until the end of the stream.
// It writes them to dst (nil: nowhere) and asks for at most chunk bytes a call (0: [Chunk]).
// A stream that ends before gives io.ErrUnexpectedEOF and what came until then.
//
// The act is told as by [Caller.SendAll].
func (c Caller) RecvExactly(fd sockets.FD, n int64, dst io.Writer, chunk int, progress func(int64)) (got int64, err error) {
	if chunk <= 0 {
		chunk = Chunk
	}
	if n >= 0 {
		chunk = int(min(int64(chunk), n))
	}
	t := c.transfer("recvfrom", reading(fd, 0))
	defer t.end()
	buf := make([]byte, chunk)
	for n < 0 || got < n {
		p := buf
		if n >= 0 {
			p = p[:min(int64(len(p)), n-got)]
		}
		k, err := t.recv(fd, p)
		if k > 0 {
			got += int64(k)
			if dst != nil {
				if _, err := dst.Write(p[:k]); err != nil {
					return got, err
				}
			}
			if progress != nil {
				progress(got)
			}
		}
		switch {
		case err != nil:
			return got, err
		case k == 0 && n < 0:
			return got, nil
		case k == 0:
			return got, io.ErrUnexpectedEOF
		}
	}
	return got, nil
}

// A transfer makes many calls of one kind and tells the act of few.
type transfer struct {
	c     Caller
	op    string
	w     waiting
	wake  *waker
	begun bool

	calls   int
	last    pending
	between sockets.Call // what the calls stand for that are not told alone
	most    int          // bytes that they asked for, and the fewest
	least   int
}

// pending is a call that may turn out to be the last: it is written only then.
type pending struct {
	waits bool
	call  sockets.Call
	head  [shown]byte
	fd    sockets.FD
	n     int // bytes of the buffer that are shown, of n
	size  int // the length that was asked for
}

// alone is how many calls of a transfer are told alone before they are summed up.
const alone = 3

func (c Caller) transfer(op string, w waiting) *transfer {
	runtime.LockOSThread()
	return &transfer{c: c, op: op, w: w}
}

func (t *transfer) send(fd sockets.FD, p []byte) (int, error) {
	return t.make(fd, p, len(p), func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_SENDTO, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
		return r, errno
	})
}

func (t *transfer) recv(fd sockets.FD, p []byte) (int, error) {
	return t.make(fd, p, 0, func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_RECVFROM, uintptr(fd), uintptr(unsafe.Pointer(unsafe.SliceData(p))), uintptr(len(p)), 0, 0, 0)
		return r, errno
	})
}

// make makes one call, as Caller.block does.
func (t *transfer) make(fd sockets.FD, p []byte, want int, do doer) (int, error) {
	if !t.begun || pollFirst {
		t.wake.end()
		wake, err := t.c.waker(t.op, t.w)
		if err != nil {
			t.wake = nil
			return 0, err
		}
		t.wake, t.begun = wake, true
	}
	for {
		r, errno, took, made := t.wake.call(t.c.on, do, want > 0)
		if !made {
			return 0, &InterruptedError{Op: t.op, Cause: context.Cause(t.c.ctx)}
		}
		over := t.wake.over()
		n := max(int(r), 0)
		if errno != 0 {
			n = 0
		}
		cut := errno == unix.EINTR && over || errno == 0 && n < want && t.wake.ended()
		t.tell(fd, p, n, errno, took, cut)
		switch {
		case cut:
			return n, &InterruptedError{Op: t.op, Errno: errno, Cause: context.Cause(t.c.ctx)}
		case errno == unix.EINTR:
			continue
		case errno != 0:
			return 0, refused(t.op, errno)
		}
		return n, nil
	}
}

func (t *transfer) tell(fd sockets.FD, p []byte, n int, errno unix.Errno, took time.Duration, cut bool) {
	if !t.c.recording() {
		return
	}
	t.flush(false)
	t.calls++
	l := &t.last
	l.waits, l.fd, l.size = true, fd, len(p)
	l.n = n
	if t.op == "sendto" {
		l.n = len(p)
	}
	copy(l.head[:], p[:min(l.n, shown)])
	l.call = sockets.Call{Op: t.op, Ret: int64(n), Took: took, Scaffold: t.c.marks&scaffold != 0, Interrupted: cut}
	if errno != 0 {
		l.call.Ret, l.call.Errno = -1, errnoName(errno)
		if t.op == "recvfrom" {
			l.n = -1
		}
		if errno == unix.EINTR && !cut {
			l.call.Scaffold = true
		}
	}
	if t.calls <= alone {
		t.flush(true)
	}
}

// flush passes on the call that waits: by itself, or into the sum.
func (t *transfer) flush(byItself bool) {
	l := &t.last
	if !l.waits {
		return
	}
	l.waits = false
	if byItself || l.call.Errno != "" {
		t.sum()
		l.call.Args = l.args()
		t.c.act.Add(l.call)
		return
	}
	if t.between.Times == 0 {
		t.between = l.call
		t.between.Ret, t.between.Took = 0, 0
		t.between.Args = l.args() // it may stay the only one
		t.most, t.least = l.size, l.size
	}
	t.most, t.least = max(t.most, l.size), min(t.least, l.size)
	t.between.Times++
	t.between.Ret += l.call.Ret
	t.between.Took += l.call.Took
}

func (t *transfer) sum() {
	if t.between.Times > 0 {
		if t.between.Times > 1 {
			b := with(t.last.fd).text(", ..., ").int(int64(t.most))
			if t.least < t.most { // each asked for less than the one before
				b = b.text("…").int(int64(t.least))
			}
			t.between.Args = string(b.text(", 0"))
		}
		t.c.act.Add(t.between)
		t.between = sockets.Call{}
	}
}

func (l *pending) args() string {
	b := with(l.fd).text(", ")
	if l.n < 0 {
		b = b.text("buf")
	} else {
		b = b.quote(l.head[:min(l.n, shown)])
		if l.n > shown {
			b = b.text("...")
		}
	}
	return string(b.text(", ").int(int64(l.size)).text(", 0"))
}

// end tells what is left, and lets go of the waker.
func (t *transfer) end() {
	t.flush(true)
	t.wake.end()
	runtime.UnlockOSThread()
}
