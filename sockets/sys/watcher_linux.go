package sys

import (
	"context"
	"os"
	"sync"
	"syscall"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A Watcher tells when something arrives at sockets: data, a client that knocks, the end of a
// stream, an error. It is epoll(7); its calls belong to no act and are recorded nowhere.
//
// Each arrival is told once (edge-triggered). While none is waiting to be taken, Wait sleeps
// without a thread and without waking up. Any goroutine may call any method.
type Watcher struct {
	turn chan struct{} // held by the one that waits

	mu     sync.Mutex // of what follows
	closed bool
	ep     int
	file   *os.File // of ep, once somebody waited; see waited
	events [64]unix.EpollEvent
}

// NewWatcher returns a Watcher that watches nothing.
func NewWatcher() (*Watcher, error) {
	ep, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	return &Watcher{ep: ep, turn: make(chan struct{}, 1)}, nil
}

// waited is the file that the runtime's poller watches for those who wait. It is there only once somebody does: whatever
// stirs a socket would wake that poller, too, which for a script that never waits is as dear as the call itself.
func (w *Watcher) waited() (*os.File, syscall.RawConn, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return nil, nil, os.ErrClosed
	}
	if w.file == nil {
		// The poller watches files that do not block, and an epoll descriptor is one as good as any.
		if err := unix.SetNonblock(w.ep, true); err != nil {
			return nil, nil, os.NewSyscallError("fcntl", err)
		}
		w.file = os.NewFile(uintptr(w.ep), "epoll")
	}
	conn, err := w.file.SyscallConn()
	return w.file, conn, err
}

// Watch begins to watch a socket. What has arrived already is told, too. To watch one twice is no error.
func (w *Watcher) Watch(fd sockets.FD) error {
	event := unix.EpollEvent{Events: unix.EPOLLIN | unix.EPOLLRDHUP | unix.EPOLLHUP | unix.EPOLLERR | unix.EPOLLET, Fd: int32(fd)}
	return w.control(unix.EPOLL_CTL_ADD, fd, &event, unix.EEXIST)
}

// Forget ends the watching of a socket. It must come before close, for another descriptor of the
// same socket would go on to be told under the old number. To forget what is not watched is no error.
func (w *Watcher) Forget(fd sockets.FD) error {
	var event unix.EpollEvent
	return w.control(unix.EPOLL_CTL_DEL, fd, &event, unix.ENOENT, unix.EBADF)
}

func (w *Watcher) control(op int, fd sockets.FD, event *unix.EpollEvent, fine ...unix.Errno) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return os.ErrClosed
	}
	err := unix.EpollCtl(w.ep, op, int(fd), event)
	for _, f := range fine {
		if err == f {
			return nil
		}
	}
	return os.NewSyscallError("epoll_ctl", err)
}

// Wait returns when something may have happened that was not taken yet. It takes nothing. Where the context
// is over it returns its cause, and os.ErrClosed after Close.
func (w *Watcher) Wait(ctx context.Context) error {
	select { // one at a time: they share the deadline
	case w.turn <- struct{}{}:
		defer func() { <-w.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	file, conn, err := w.waited()
	if err != nil {
		return err
	}
	for {
		if err := file.SetReadDeadline(time.Time{}); err != nil {
			return os.ErrClosed
		}
		stop := context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Unix(1, 0)) })
		err := conn.Read(func(ep uintptr) bool {
			fds := [1]unix.PollFd{{Fd: int32(ep), Events: unix.POLLIN}}
			n, err := unix.Poll(fds[:], 0)
			return n > 0 || err != nil && err != unix.EINTR
		})
		stop()
		switch {
		case err == nil:
			return nil
		case ctx.Err() != nil:
			return context.Cause(ctx)
		case !os.IsTimeout(err):
			return os.ErrClosed
		}
		// The deadline was set for a Wait before this one.
	}
}

// Take appends the sockets that were stirred since it was last called, each once, and does not wait.
func (w *Watcher) Take(to []Stir) []Stir {
	w.mu.Lock()
	defer w.mu.Unlock()
	for !w.closed {
		// It does not wait, so that the scheduler need not know.
		r, _, errno := unix.RawSyscall6(unix.SYS_EPOLL_PWAIT, uintptr(w.ep), uintptr(unsafe.Pointer(&w.events)), uintptr(len(w.events)), 0, 0, 0)
		if errno == unix.EINTR {
			continue
		}
		n := 0
		if errno == 0 {
			n = int(r)
		}
		for _, e := range w.events[:n] {
			to = append(to, Stir{
				FD:    sockets.FD(e.Fd),
				Ended: e.Events&(unix.EPOLLRDHUP|unix.EPOLLHUP|unix.EPOLLERR) != 0, Broken: e.Events&unix.EPOLLERR != 0,
			})
		}
		if n < len(w.events) {
			break
		}
	}
	return to
}

// Close ends the watching, and every Wait.
func (w *Watcher) Close() error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.closed {
		return os.ErrClosed
	}
	w.closed = true
	if w.file != nil {
		return w.file.Close()
	}
	return os.NewSyscallError("close", unix.Close(w.ep))
}
