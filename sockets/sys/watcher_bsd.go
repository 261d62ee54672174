//go:build darwin || freebsd

package sys

import (
	"context"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A Watcher tells when something arrives at sockets: data, a client that knocks, the end of a
// stream, an error. It is kqueue(2) with EV_CLEAR; its calls belong to no act and are recorded nowhere.
//
// Each arrival is told once. Wait sleeps in poll(2), without waking up while nothing comes.
type Watcher struct {
	mu     sync.RWMutex // held for writing by Close alone
	fd     int
	bell   [2]int // a pipe; closing its writing end ends every Wait
	closed bool
}

// NewWatcher returns a Watcher that watches nothing.
func NewWatcher() (*Watcher, error) {
	w := new(Watcher)
	var err error
	if w.fd, err = unix.Kqueue(); err != nil {
		return nil, os.NewSyscallError("kqueue", err)
	}
	unix.CloseOnExec(w.fd)
	if err := unix.Pipe(w.bell[:]); err != nil {
		_ = unix.Close(w.fd)
		return nil, os.NewSyscallError("pipe", err)
	}
	unix.CloseOnExec(w.bell[0])
	unix.CloseOnExec(w.bell[1])
	return w, nil
}

// Watch begins to watch a socket. What has arrived already is told, too.
func (w *Watcher) Watch(fd sockets.FD) error { return w.control(fd, unix.EV_ADD|unix.EV_CLEAR) }

// Forget ends the watching of a socket. To forget what is not watched is no error.
func (w *Watcher) Forget(fd sockets.FD) error {
	err := w.control(fd, unix.EV_DELETE)
	if name := Errno(err); name == "ENOENT" || name == "EBADF" {
		return nil
	}
	return err
}

func (w *Watcher) control(fd sockets.FD, flags int) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return os.ErrClosed
	}
	var changes [1]unix.Kevent_t
	unix.SetKevent(&changes[0], int(fd), unix.EVFILT_READ, flags)
	_, err := unix.Kevent(w.fd, changes[:], nil, nil)
	return os.NewSyscallError("kevent", err)
}

// Wait returns when something may have happened that was not taken yet. It takes nothing. Where the context
// is over it returns its cause, and os.ErrClosed after Close.
func (w *Watcher) Wait(ctx context.Context) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return os.ErrClosed
	}
	fds := [3]unix.PollFd{{Fd: int32(w.fd), Events: unix.POLLIN}, {Fd: int32(w.bell[0]), Events: unix.POLLIN}}
	_, err := For(ctx, nil).poll(fds[:2], -1) // it has room for the context's end
	switch {
	case ctx.Err() != nil:
		return context.Cause(ctx)
	case fds[1].Revents != 0:
		return os.ErrClosed
	}
	return err
}

// Take appends the sockets that were stirred since it was last called, each once, and does not wait.
func (w *Watcher) Take(to []Stir) []Stir {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.closed {
		return to
	}
	var events [64]unix.Kevent_t
	for {
		n, err := unix.Kevent(w.fd, nil, events[:], new(unix.Timespec))
		if err == unix.EINTR {
			continue
		}
		for _, e := range events[:max(n, 0)] {
			to = append(to, Stir{
				FD:    sockets.FD(e.Ident),
				Ended: e.Flags&(unix.EV_EOF|unix.EV_ERROR) != 0, Broken: e.Flags&unix.EV_EOF != 0 && e.Fflags != 0,
			})
		}
		if n < len(events) {
			return to
		}
	}
}

// Close ends the watching, and every Wait.
func (w *Watcher) Close() error {
	// The writing end is closed first: Wait holds the lock until it sees that.
	_ = unix.Close(w.bell[1])
	w.mu.Lock()
	defer w.mu.Unlock()
	w.closed = true
	_ = unix.Close(w.bell[0])
	return os.NewSyscallError("close", unix.Close(w.fd))
}
