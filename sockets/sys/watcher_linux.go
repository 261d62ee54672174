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
	file *os.File
	conn syscall.RawConn
	turn chan struct{} // held by the one that waits

	mu     sync.Mutex // of what follows
	closed bool
	ep     int // the descriptor of file
	events [64]unix.EpollEvent
}

// NewWatcher returns a Watcher that watches nothing.
func NewWatcher() (*Watcher, error) {
	fd, err := unix.EpollCreate1(unix.EPOLL_CLOEXEC)
	if err != nil {
		return nil, os.NewSyscallError("epoll_create1", err)
	}
	// The runtime's poller watches files that do not block, and an epoll descriptor is one as good as any.
	if err := unix.SetNonblock(fd, true); err != nil {
		_ = unix.Close(fd)
		return nil, os.NewSyscallError("fcntl", err)
	}
	file := os.NewFile(uintptr(fd), "epoll")
	conn, err := file.SyscallConn()
	if err != nil {
		_ = file.Close()
		return nil, err
	}
	return &Watcher{file: file, conn: conn, turn: make(chan struct{}, 1), ep: fd}, nil
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
	var err error
	if e := w.conn.Control(func(ep uintptr) { err = unix.EpollCtl(int(ep), op, int(fd), event) }); e != nil {
		return e
	}
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
	for {
		if err := w.file.SetReadDeadline(time.Time{}); err != nil {
			return os.ErrClosed
		}
		stop := context.AfterFunc(ctx, func() { _ = w.file.SetReadDeadline(time.Unix(1, 0)) })
		err := w.conn.Read(func(ep uintptr) bool {
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
	w.closed = true
	return w.file.Close()
}
