//go:build darwin || freebsd

package sys

import (
	"context"
	"runtime"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A waker knows that a call is made only once it will not block. Here no signal can be sent to one
// thread without cgo, so that the wait is a poll(2) of its own, of the socket and of a pipe that
// the context's end writes to. The poll stands in the act as scaffold.
//
// A send on a stream that blocks may still wait within the call, for the room that its last bytes need.
type waker struct{ ctx context.Context }

// pollFirst says that each call has to be waited for by a poll(2) of its own.
const pollFirst = true

// waker waits until op will not block, and fails when the context is over before.
func (c Caller) waker(op string, w waiting) (*waker, error) {
	if c.ctx == nil || c.ctx.Done() == nil {
		return nil, nil
	}
	if c.ctx.Err() != nil {
		return nil, &InterruptedError{Op: op, Cause: context.Cause(c.ctx)}
	}
	wake := &waker{ctx: c.ctx}
	if w.events == 0 || w.now {
		return wake, nil
	}
	if blocking, err := c.Scaffold().Blocking(w.fd); err != nil || !blocking {
		return wake, nil // the call itself says why
	}
	fds := []unix.PollFd{{Fd: int32(w.fd), Events: w.events}}
	_, err := c.Scaffold().poll(fds, -1)
	if i, ok := err.(*InterruptedError); ok {
		i.Op = op
		return nil, i
	}
	return wake, nil
}

// poll is poll(2), with a pipe at the end of the list where the context can be cancelled.
func (c Caller) poll(fds []unix.PollFd, timeout time.Duration) (int, error) {
	if c.ctx != nil && c.ctx.Done() != nil {
		if c.ctx.Err() != nil {
			return -1, &InterruptedError{Op: "poll", Cause: context.Cause(c.ctx)}
		}
		var pipe [2]int
		if err := unix.Pipe(pipe[:]); err != nil {
			return -1, refused("pipe", err.(unix.Errno))
		}
		written := make(chan struct{})
		stop := context.AfterFunc(c.ctx, func() {
			_, _ = unix.Write(pipe[1], []byte{1})
			close(written)
		})
		defer func() {
			if !stop() {
				<-written
			}
			_ = unix.Close(pipe[0])
			_ = unix.Close(pipe[1])
		}()
		fds = append(fds, unix.PollFd{Fd: int32(pipe[0]), Events: unix.POLLIN})
	}
	left := timeout
	remaining := until(timeout)
	for {
		start := clock()
		n, err := unix.Poll(fds, milliseconds(left))
		took := clock() - start
		errno, _ := err.(unix.Errno)
		woken := c.over() && errno == 0 && fds[len(fds)-1].Revents != 0
		mark := c
		if errno == unix.EINTR {
			mark = c.Scaffold()
		}
		at := left
		mark.record("poll", uintptr(n), errno, took, woken, func(bool) string {
			return string(pollArgs(fds).text(", ").int(int64(milliseconds(at))))
		})
		switch {
		case errno == unix.EINTR:
			left = remaining()
			continue
		case errno != 0:
			return -1, refused("poll", errno)
		case woken && n == 1:
			return 0, &InterruptedError{Op: "poll", Cause: context.Cause(c.ctx)}
		case woken:
			n-- // the pipe is no socket of the caller's
		}
		return n, nil
	}
}

// over reports whether the context is over.
func (c Caller) over() bool { return c.ctx != nil && c.ctx.Err() != nil }

func (w *waker) call(_ *Thread, do doer, _ bool) (r uintptr, errno unix.Errno, took time.Duration, made bool) {
	start := clock()
	r, errno = do()
	return r, errno, clock() - start, true
}

func (w *waker) ended() bool { return false }

func (w *waker) over() bool { return w != nil && w.ctx.Err() != nil }

func (w *waker) end() {}

// Connect is connect(2). Where the context can be cancelled and the socket blocks, the call is made
// without blocking and waited for by poll(2), all of it shown, and SO_ERROR tells how it went.
func (c Caller) Connect(fd sockets.FD, addr sockets.Address) error {
	s := c.Scaffold()
	wait := false
	if c.ctx != nil && c.ctx.Done() != nil {
		if c.ctx.Err() != nil {
			return &InterruptedError{Op: "connect", Cause: context.Cause(c.ctx)}
		}
		if wait, _ = s.Blocking(fd); wait && s.Nonblock(fd, true) == nil {
			defer func() { _ = s.Nonblock(fd, false) }()
		}
	}
	err := c.connect(fd, addr)
	if !wait || Errno(err) != "EINPROGRESS" {
		return err
	}
	if _, err := s.poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLOUT}}, -1); err != nil {
		if i, ok := err.(*InterruptedError); ok {
			i.Op = "connect"
		}
		return err
	}
	errno, err := s.socketError(fd)
	if err == nil && errno != 0 {
		err = refused("connect", errno)
	}
	return err
}

// A Thread is an operating system's thread that makes calls for one goroutine and does nothing else.
type Thread struct{}

// Dedicate gives the calling goroutine its thread for good.
func Dedicate() *Thread {
	runtime.LockOSThread()
	return &Thread{}
}
