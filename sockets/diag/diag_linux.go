package diag

import (
	"errors"
	"fmt"
	"os"
	"sync"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A Diag asks the kernel for the state of sockets, over one netlink socket. Any number of goroutines may use it; they wait for each other.
type Diag struct {
	link *link
	tell func(sockets.Call)
}

// A link is the netlink socket, and what is written and read through it.
type link struct {
	mu        sync.Mutex
	fd        int // -1 once it is closed
	seq       uint32
	out, in   []byte
	behind    bool // an answer was not read to its end
	tellsUnix bool // the kernel is known to tell about AF_UNIX
}

// enough is as much as the kernel puts into one answer of a list, which it makes as long as what it is read into.
const enough = 32 << 10

// Open opens a netlink socket for sock_diag(7). It sees the network namespace of this thread. Where tell is not nil it
// is told of every call, this one too, each as scaffold and in order, after it was made; [Diag.With] gives it to another.
//
// Where the kernel lacks sock_diag, the error wraps errors.ErrUnsupported.
func Open(tell func(sockets.Call)) (*Diag, error) {
	d := &Diag{link: &link{fd: -1, in: make([]byte, enough)}, tell: tell}
	x := exchange{link: d.link, telling: tell != nil}
	err := x.open()
	d.pass(&x)
	switch {
	case errors.Is(err, unix.EPROTONOSUPPORT), errors.Is(err, unix.EAFNOSUPPORT):
		return nil, fmt.Errorf("this kernel does not tell the state of sockets (CONFIG_INET_DIAG): %w: %w", err, errors.ErrUnsupported)
	case err != nil:
		return nil, fmt.Errorf("sock_diag: %w", err)
	}
	return d, nil
}

// With is the same Diag, whose calls are told to another: to an act. It costs nothing, and shares the socket: Close closes both.
func (d *Diag) With(tell func(sockets.Call)) *Diag { return &Diag{d.link, tell} }

// Close closes the netlink socket.
func (d *Diag) Close() error { return d.do((*exchange).close) }

// do runs f with the socket for itself, and then tells of the calls that it made.
func (d *Diag) do(f func(*exchange) error) error {
	x := exchange{link: d.link, telling: d.tell != nil}
	err := x.alone(f)
	d.pass(&x)
	return err
}

func (x *exchange) alone(f func(*exchange) error) error {
	x.mu.Lock()
	defer x.mu.Unlock()
	if x.fd < 0 {
		return os.ErrClosed
	}
	return f(x)
}

func (d *Diag) pass(x *exchange) {
	for _, c := range x.calls {
		d.tell(c)
	}
}

// A request is one question, and what is done with each answer.
type request struct {
	list    bool   // for all that fit, not for exactly one
	payload []byte // struct inet_diag_req_v2 or struct unix_diag_req, and attributes

	begin func()       // before the first answer: it is called again where all is asked again
	take  func([]byte) // the payload of an answer, which holds until take returns
}

var (
	errAgain  = errors.New("the answer was not whole")
	errSilent = errors.New("the kernel did not answer")
)

// ask puts a request to the kernel until it is answered whole. A refusal is an errno.
func (x *exchange) ask(r request) error {
	const tries = 5
	err := errAgain
	for range tries {
		if r.begin != nil {
			r.begin()
		}
		if err = x.once(r); err != errAgain {
			return err
		}
	}
	return err
}

// once asks once. Netlink answers before sendto(2) returns, and goes on with a list while it is read: nothing here ever waits.
func (x *exchange) once(r request) error {
	x.catchUp()
	flags := uint16(unix.NLM_F_REQUEST)
	if r.list {
		flags |= unix.NLM_F_DUMP
	}
	x.seq++
	x.out = message(x.out[:0], flags, x.seq, r.payload)
	if errno := x.send(); errno != 0 {
		return errno
	}
	x.behind = true // until it was read to its end
	changed := false
	for {
		b, errno := x.receive()
		switch errno {
		case 0:
		case unix.EAGAIN:
			x.behind = false
			return errSilent
		case unix.ENOBUFS, unix.EMSGSIZE:
			return errAgain
		default:
			return errno
		}
		for len(b) > 0 {
			h, payload, rest, err := next(b)
			if err != nil {
				return err
			}
			b = rest
			if h.seq != x.seq {
				continue
			}
			changed = changed || h.flags&unix.NLM_F_DUMP_INTR != 0
			switch h.kind {
			case unix.SOCK_DIAG_BY_FAMILY:
				r.take(payload)
				if r.list {
					continue
				}
			case unix.NLMSG_DONE, unix.NLMSG_ERROR:
			default:
				continue
			}
			x.behind = false
			if changed {
				return errAgain // the kernel's table changed under the list
			}
			if h.kind != unix.SOCK_DIAG_BY_FAMILY {
				return status(payload)
			}
			return nil
		}
	}
}

// catchUp reads what is left of an answer that was given up, so that it is not taken for the next one.
func (x *exchange) catchUp() {
	for x.behind {
		_, errno := x.receive()
		x.behind = errno == 0 || errno == unix.ENOBUFS || errno == unix.EMSGSIZE
	}
}

// refused is the error for a question that was refused, or not answered.
func refused(what string, err error) error { return fmt.Errorf("sock_diag: %s: %w", what, err) }

// mute says that the kernel lacks what a list of this kind is made by: it says ENOENT then, whatever is asked for.
func mute(what string, err error) error {
	if err == unix.ENOENT {
		return fmt.Errorf("sock_diag: %s: this kernel does not tell (a module is missing: tcp_diag, udp_diag or unix_diag): %w", what, errors.ErrUnsupported)
	}
	return refused(what, err)
}
