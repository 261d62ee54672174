package tap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"
	"time"

	"golang.org/x/sys/unix"
)

// A Tap is a socket of packet(7). Any goroutine may call any method.
//
// It belongs to the network namespace of the thread that opened it.
type Tap struct {
	ifaces []int // empty for all
	snap   int
	turn   chan struct{} // held by the one that waits

	mu     sync.Mutex // over what follows
	fd     int        // -1 when it is closed
	file   *os.File   // of fd, once somebody waited; see waited
	filter Filter     // as it was last asked for
	holds  Filter     // as the kernel has it: none where there are no ports to take
	inbox  *inbox
}

const (
	defaultSnap   = 64 << 10
	defaultBuffer = 64 << 20
)

// Open opens a tap. Without CAP_NET_RAW it is EPERM.
//
// The kernel begins to note the time of each packet some milliseconds after the first tap of the machine was opened; until then a
// frame bears the time at which it was drained. So open it well before the first act.
func Open(o Options) (*Tap, error) {
	t := &Tap{snap: o.Snap, turn: make(chan struct{}, 1)}
	if t.snap <= 0 {
		t.snap = defaultSnap
	}
	// Protocol 0 takes nothing until bind, by when the filter stands: nothing of anyone else's slips in.
	fd, err := unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC|unix.SOCK_NONBLOCK, 0)
	switch {
	case err == unix.EPERM:
		return nil, fmt.Errorf("packets are taken with CAP_NET_RAW, which this process lacks: %w", os.NewSyscallError("socket", err))
	case err == unix.EAFNOSUPPORT:
		return nil, fmt.Errorf("this kernel was built without AF_PACKET: %w", errors.Join(os.NewSyscallError("socket", err), errors.ErrUnsupported))
	case err != nil:
		return nil, os.NewSyscallError("socket", err)
	}
	if err := t.prepare(fd, o); err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	fd = aside(fd)
	t.inbox = newInbox(t.snap)
	t.fd = fd
	return t, nil
}

// prepare sets what a tap needs, and last lets the packets in.
func (t *Tap) prepare(fd int, o Options) error {
	for _, name := range o.Interfaces {
		i, err := interfaceIndex(fd, name)
		if err != nil {
			return err
		}
		t.ifaces = append(t.ifaces, i)
	}
	room := o.Buffer
	if room <= 0 {
		room = defaultBuffer
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUFFORCE, room/2); err != nil { // the kernel doubles it
		if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_RCVBUF, room/2); err != nil {
			return os.NewSyscallError("setsockopt(SO_RCVBUF)", err)
		}
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_SOCKET, unix.SO_TIMESTAMPNS, 1); err != nil {
		return os.NewSyscallError("setsockopt(SO_TIMESTAMPNS)", err)
	}
	if err := unix.SetsockoptInt(fd, unix.SOL_PACKET, unix.PACKET_AUXDATA, 1); err != nil {
		return os.NewSyscallError("setsockopt(PACKET_AUXDATA)", err)
	}
	t.filter = o.Filter.clone()
	t.holds = t.filter
	if err := t.attach(fd, t.holds); err != nil {
		return err
	}
	to := unix.SockaddrLinklayer{Protocol: bigEndian(unix.ETH_P_ALL)}
	if len(t.ifaces) == 1 {
		to.Ifindex = t.ifaces[0]
	}
	return os.NewSyscallError("bind", unix.Bind(fd, &to))
}

// aside gives a descriptor a high number where there is one: the low ones are for the sockets that are watched.
func aside(fd int) int {
	const high = 200
	moved, err := unix.FcntlInt(uintptr(fd), unix.F_DUPFD_CLOEXEC, high)
	if err != nil {
		return fd
	}
	_ = unix.Close(fd)
	return moved
}

// attach gives the kernel a filter; the one before goes at the same moment.
func (t *Tap) attach(fd int, f Filter) error {
	code, err := compile(f, t.ifaces, t.snap)
	if err != nil {
		return err
	}
	err = unix.SetsockoptSockFprog(fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]})
	return os.NewSyscallError("setsockopt(SO_ATTACH_FILTER)", err)
}

// bigEndian is htons(3).
func bigEndian(n uint16) uint16 {
	if nativeIsBig {
		return n
	}
	return n<<8 | n>>8
}

// interfaceIndex is if_nametoindex(3).
func interfaceIndex(fd int, name string) (int, error) {
	req, err := unix.NewIfreq(name)
	if err != nil {
		return 0, fmt.Errorf("interface %q: %w", name, unix.ENODEV)
	}
	if err := unix.IoctlIfreq(fd, unix.SIOCGIFINDEX, req); err != nil {
		return 0, fmt.Errorf("interface %q: %w", name, os.NewSyscallError("ioctl(SIOCGIFINDEX)", err))
	}
	return int(int32(req.Uint32())), nil
}

// SetFilter takes f's frames from now on, and no others: there is no moment at which neither or both filters hold.
// What was queued already stays so. It costs the kernel some 50 µs, and nothing where it changes nothing.
func (t *Tap) SetFilter(f Filter) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.set(f.clone(), f.clone())
}

// SetPorts is SetFilter with other ports. No ports take nothing, whatever else the filter had.
func (t *Tap) SetPorts(ports []Port) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	f := t.filter
	f.Ports = ports
	if f = f.clone(); len(ports) == 0 {
		return t.set(f, Filter{})
	}
	return t.set(f, f)
}

func (t *Tap) set(asked, holds Filter) error {
	if t.fd < 0 {
		return os.ErrClosed
	}
	if !holds.equal(t.holds) {
		if err := t.attach(t.fd, holds); err != nil {
			return err
		}
	}
	t.filter, t.holds = asked, holds
	return nil
}

// Drain returns all frames that are queued, the oldest first, and how many of the filter's were lost since it was
// last called because the queue was full. It does not wait.
//
// Where an interface went down that the tap was opened for, it is once ENETDOWN; the tap goes on when the interface does.
func (t *Tap) Drain() (frames []Frame, lost int, err error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fd < 0 {
		return nil, 0, os.ErrClosed
	}
	return t.inbox.drain(t.fd)
}

// Wait returns when something may be queued. It takes nothing. Where the context is over it
// returns its cause, and os.ErrClosed after Close. While it waits it neither wakes up nor holds a thread.
func (t *Tap) Wait(ctx context.Context) error {
	select { // one at a time: they share the deadline
	case t.turn <- struct{}{}:
		defer func() { <-t.turn }()
	case <-ctx.Done():
		return context.Cause(ctx)
	}
	file, conn, err := t.waited()
	if err != nil {
		return err
	}
	for {
		if ctx.Err() != nil {
			return context.Cause(ctx)
		}
		if err := file.SetReadDeadline(time.Time{}); err != nil {
			return os.ErrClosed
		}
		stop := context.AfterFunc(ctx, func() { _ = file.SetReadDeadline(time.Unix(1, 0)) })
		err := conn.Read(func(fd uintptr) bool {
			fds := [1]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}
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

// waited is the file that the runtime's poller watches for those who wait. It is there only once somebody does: else each
// packet would wake that poller, too, for nobody.
func (t *Tap) waited() (*os.File, syscall.RawConn, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fd < 0 {
		return nil, nil, os.ErrClosed
	}
	if t.file == nil {
		t.file = os.NewFile(uintptr(t.fd), "tap")
	}
	conn, err := t.file.SyscallConn()
	return t.file, conn, err
}

// Close ends the tap, and every Wait.
func (t *Tap) Close() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.fd < 0 {
		return os.ErrClosed
	}
	fd := t.fd
	t.fd = -1 // its number may become another's
	if t.file != nil {
		return t.file.Close()
	}
	return os.NewSyscallError("close", unix.Close(fd))
}
