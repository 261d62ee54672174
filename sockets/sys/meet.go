//go:build unix

package sys

import (
	"bufio"
	"io"
	"os"
	"path/filepath"
	"strconv"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sys/unix"
)

// How two programs of one user meet:
//
//	OpenDoor(path) ─▶ Door.Accept ─┐
//	                               ├─▶ Link: messages to and fro, each whole, in their order
//	Knock(path) ───────────────────┘
//
// These calls are the program's own and stand in no act. Their descriptors have high numbers: the low ones are the student's.

// apart is where the numbers of descriptors begin that are not the student's.
const apart = 200

// A Door is an AF_UNIX stream socket at a path, mode 0600, at which other programs of this user may knock.
type Door struct {
	fd     int
	path   string
	closed atomic.Bool
}

// OpenDoor listens at path, which should stand in a folder that nobody else may enter. The name is there once the door answers.
func OpenDoor(path string) (*Door, error) {
	fd, err := ownSocket()
	if err != nil {
		return nil, err
	}
	unnamed := filepath.Join(filepath.Dir(path), ".new-"+strconv.Itoa(os.Getpid()))
	_ = os.Remove(unnamed)
	err = os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrUnix{Name: unnamed}))
	if err == nil {
		err = os.Chmod(unnamed, 0o600)
	}
	if err == nil {
		err = os.NewSyscallError("listen", unix.Listen(fd, 4))
	}
	if err == nil {
		err = os.Rename(unnamed, path)
	}
	if err != nil {
		_ = unix.Close(fd)
		_ = os.Remove(unnamed)
		return nil, err
	}
	return &Door{fd: fd, path: path}, nil
}

// Path is where the door is.
func (d *Door) Path() string { return d.path }

// Accept waits for the next program that knocks; os.ErrClosed after Close. One goroutine calls it, until it has failed.
func (d *Door) Accept() (*Link, error) {
	for {
		fd, _, err := unix.Accept(d.fd)
		switch {
		case d.closed.Load():
			if err == nil {
				_ = unix.Close(fd)
			}
			_ = unix.Close(d.fd)
			return nil, os.ErrClosed
		case err == nil:
			unix.CloseOnExec(fd)
			return newLink(aside(fd)), nil
		case err == unix.EMFILE, err == unix.ENFILE, err == unix.ENOBUFS, err == unix.ENOMEM:
			time.Sleep(lastWords) // whoever knocks waits until there is room
		}
	}
}

// Close takes the name away and ends Accept, which closes the socket.
func (d *Door) Close() {
	if d.closed.Swap(true) {
		return
	}
	if l, err := Knock(d.path); err == nil { // wakes Accept, on every system
		l.Close()
	}
	_ = os.Remove(d.path)
}

// Knock connects to a door, and does not wait. Where nobody is behind it any more, the error is ECONNREFUSED; where whoever is there
// has stopped and many have knocked before, EAGAIN.
func Knock(path string) (*Link, error) {
	fd, err := ownSocket()
	if err != nil {
		return nil, err
	}
	err = unix.SetNonblock(fd, true)
	for err == nil {
		if err = unix.Connect(fd, &unix.SockaddrUnix{Name: path}); err != unix.EINTR {
			break
		}
		err = nil
	}
	if err == nil {
		err = unix.SetNonblock(fd, false)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, os.NewSyscallError("connect", err)
	}
	return newLink(fd), nil
}

func ownSocket() (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_STREAM, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	unix.CloseOnExec(fd)
	return aside(fd), nil
}

// aside gives a descriptor a high number where there is one.
func aside(fd int) int {
	moved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, apart)
	if err != nil {
		return fd
	}
	_ = unix.Close(fd)
	return moved
}

// Of a link that nobody reads, at most so many messages wait; the longest message has so many bytes; and what waits at the end
// is given so much time.
const (
	mostWaiting = 4096
	longest     = 8 << 20
	lastWords   = 200 * time.Millisecond
)

// A Link carries messages between two programs, each whole and in their order. A message is a line: it holds no line feed.
type Link struct {
	fd      int
	in      *bufio.Scanner
	written chan struct{} // closed once no more is written

	mu      sync.Mutex
	more    sync.Cond
	waiting [][]byte
	writing bool // what waited is being written
	hung    bool // no more is sent
	closed  bool
}

func newLink(fd int) *Link {
	l := &Link{fd: fd, written: make(chan struct{})}
	l.more.L = &l.mu
	l.in = bufio.NewScanner(fdReader(fd))
	l.in.Buffer(make([]byte, 0, 4096), longest)
	go l.write()
	return l
}

// A fdReader reads from a descriptor, and waits in the kernel.
type fdReader int

func (f fdReader) Read(p []byte) (int, error) {
	for {
		n, err := unix.Read(int(f), p)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return 0, os.NewSyscallError("read", err)
		case n == 0:
			return 0, io.EOF
		default:
			return n, nil
		}
	}
}

// Send gives a message on its way, at once where the kernel has room for it, and does not wait for the other end. Where that one
// has stopped reading, the link ends.
func (l *Link) Send(message []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	switch {
	case l.hung:
	case len(l.waiting) == mostWaiting, len(message) >= longest:
		l.hang()
	default:
		m := append(message[:len(message):len(message)], '\n')
		if len(l.waiting) == 0 && !l.writing {
			if n, err := unix.SendmsgN(l.fd, m, nil, nil, unix.MSG_DONTWAIT); err == nil {
				m = m[n:]
			}
		}
		if len(m) > 0 {
			l.waiting = append(l.waiting, m)
			l.more.Signal()
		}
	}
}

func (l *Link) write() {
	defer close(l.written)
	defer unix.Shutdown(l.fd, unix.SHUT_RDWR) // whoever waits at either end comes to know
	for {
		l.mu.Lock()
		for l.writing = false; len(l.waiting) == 0 && !l.hung; {
			l.more.Wait()
		}
		messages := l.waiting
		l.waiting, l.writing = nil, true
		l.mu.Unlock()
		if len(messages) == 0 {
			return
		}
		for _, m := range messages {
			if !l.put(m) {
				l.Hang()
				return
			}
		}
	}
}

func (l *Link) put(m []byte) bool {
	for len(m) > 0 {
		n, err := unix.Write(l.fd, m)
		switch {
		case err == unix.EINTR:
		case err != nil:
			return false
		default:
			m = m[n:]
		}
	}
	return true
}

// Receive waits for the next message, which is good until the next call. The error is io.EOF when the other end has gone.
func (l *Link) Receive() ([]byte, error) {
	if l.in.Scan() {
		return l.in.Bytes(), nil
	}
	if err := l.in.Err(); err != nil {
		return nil, err
	}
	return nil, io.EOF
}

// Hang sends what waits to be sent and ends the connection: Receive, here and there, comes to its end.
func (l *Link) Hang() {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.hang()
}

func (l *Link) hang() {
	if l.hung {
		return
	}
	l.hung = true
	l.more.Signal()
	go func() {
		select {
		case <-l.written:
		case <-time.After(lastWords): // the other end does not read
			l.mu.Lock()
			defer l.mu.Unlock()
			if !l.closed {
				_ = unix.Shutdown(l.fd, unix.SHUT_RDWR)
			}
		}
	}()
}

// Sent is closed once no more is sent: soon after Hang, even where the other end does not read.
func (l *Link) Sent() <-chan struct{} { return l.written }

// Close ends the link and gives its descriptor back. It comes after the last Receive, from the same goroutine.
func (l *Link) Close() {
	l.Hang()
	<-l.written
	l.mu.Lock()
	defer l.mu.Unlock()
	if !l.closed {
		l.closed = true
		_ = unix.Close(l.fd)
	}
}
