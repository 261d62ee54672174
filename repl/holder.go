package repl

import (
	"cmp"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"slices"
	"strconv"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// A Holder is what has taken an address that the kernel refused.
type Holder struct {
	State   string          // "LISTEN", "BOUND", "TIME_WAIT", or "ESTABLISHED" for a connection that is not over; "" where none is to be seen
	Own     *sockets.Socket // of this session, nil for none
	PID     int             // of the program that has it open
	Program string
}

// FailTaken is Fail of bind and listen: where the address is taken, it says by what.
func (e *Env) FailTaken(op string, k *sockets.Socket, addr sockets.Address, err error) error {
	pairs := AddressPairs(addr)
	if sys.Errno(err) != "EADDRINUSE" {
		return e.Fail(op, k, err, append(pairs, "kind", k.KindName())...)
	}
	h := e.holder(k, addr)
	state := h.State
	if opt, ok := names.LookupOption("SO_REUSEADDR"); ok && op == "bind" && state == "TIME_WAIT" {
		if v, err := e.Sys.Scaffold().Getsockopt(k.FD, opt); err == nil && v.Int != 0 {
			state = "TIME_WAIT_ALL_THE_SAME"
		}
	}
	failure := e.failed(op, k, state, "EADDRINUSE", err, append(pairs, "kind", k.KindName()))
	switch {
	case h.Own != nil:
		failure.Because(failure.Why.Plus(names.T("It is "+h.Own.Name+" of this session.", "那是本会话的 "+h.Own.Name+"。")))
	case h.PID != 0 && h.PID != os.Getpid():
		failure.Because(failure.Why.Plus(names.T("It is "+h.Program+", process "+strconv.Itoa(h.PID)+".", "那是 "+h.Program+"，进程号 "+strconv.Itoa(h.PID)+"。")))
	}
	e.taken = h
	return failure
}

// Taken is what held the address that the line's bind or listen wanted.
func (e *Env) Taken() Holder { return e.taken }

// holder finds what has taken an address that k was refused.
func (e *Env) holder(k *sockets.Socket, addr sockets.Address) (h Holder) {
	h.Own = e.Session.owner(k, addr)
	if !addr.IP.IsValid() {
		return h
	}
	kernel, err := e.Kernel(k)
	switch {
	case h.Own != nil && k.KindName() == "udp":
		h.State = "BOUND"
	case err != nil:
	case k.KindName() == "tcp":
		if seen := e.tcpHolder(kernel, k, addr); seen.State != "" {
			return seen
		}
	case k.KindName() == "udp":
		u, err := kernel.UDP(endpoint(addr), netip.AddrPort{})
		if errors.Is(err, sockets.ErrGone) {
			every := netip.IPv4Unspecified()
			if addr.IP.Is6() {
				every = netip.IPv6Unspecified()
			}
			u, err = kernel.UDP(netip.AddrPortFrom(every, addr.Port), netip.AddrPort{})
		}
		if err == nil && u.Inode != 0 {
			h.State = "BOUND"
			h.PID, h.Program, _ = kernel.Owner(u.Inode)
		}
	}
	return h
}

// tcpHolder asks the kernel which of all the TCP sockets with a port stands most in the way.
func (e *Env) tcpHolder(kernel Kernel, k *sockets.Socket, addr sockets.Address) (h Holder) {
	want := endpoint(addr)
	self, _ := kernel.Inode(k.FD)
	all, err := kernel.Bound(want)
	all = slices.DeleteFunc(all, func(t sockets.KernelTCP) bool {
		own := t.Local.Addr().Unmap().WithZone("")
		return t.Inode != 0 && t.Inode == self || own != want.Addr() && !own.IsUnspecified() && !want.Addr().IsUnspecified()
	})
	if err != nil || len(all) == 0 {
		return h
	}
	order := []string{"LISTEN", "BOUND", "ESTABLISHED", "TIME_WAIT"}
	state := func(t sockets.KernelTCP) string {
		switch t.State {
		case "LISTEN", "TIME_WAIT":
			return t.State
		case "CLOSE":
			return "BOUND"
		}
		return "ESTABLISHED"
	}
	first := slices.MinFunc(all, func(a, b sockets.KernelTCP) int {
		return cmp.Compare(slices.Index(order, state(a)), slices.Index(order, state(b)))
	})
	h.State = state(first)
	if first.Inode != 0 {
		h.PID, h.Program, _ = kernel.Owner(first.Inode)
		for _, family := range []sockets.Family{sockets.INET, sockets.INET6} {
			h.Own = cmp.Or(h.Own, e.Session.withInode(kernel, family, first.Inode))
		}
	}
	return h
}

// Owner is the open socket of this session, other than k, to which an address belongs, nil for none: the one that listens
// there, else one that is bound, else the end of a connection.
func (e *Env) Owner(k *sockets.Socket, addr sockets.Address) *sockets.Socket {
	return e.Session.owner(k, addr)
}

func (s *Session) owner(k *sockets.Socket, addr sockets.Address) (best *sockets.Socket) {
	rank := func(o *sockets.Socket) int {
		switch {
		case o.Backlog >= 0:
			return 0
		case o.Peer.IsZero():
			return 1
		}
		return 2
	}
	for _, o := range s.recent {
		if o == k || o.FD < 0 || o.Local.IsZero() || k != nil && (o.Shared == k.Shared || o.Host != k.Host) || !overlap(k, o, addr) {
			continue
		}
		if best == nil || rank(o) < rank(best) {
			best = o
		}
	}
	return best
}

// overlap reports whether o's own address stands in the way of another one for k, nil for any socket.
func overlap(k, o *sockets.Socket, addr sockets.Address) bool {
	switch own := o.Local; {
	case addr.Family == sockets.UNIX && addr.Abstract:
		return own == addr && (k == nil || o.Kind == k.Kind)
	case addr.Family == sockets.UNIX: // what was accepted has the name of the socket that listens, and is not at the path
		return o.Family == sockets.UNIX && !own.Abstract && own.Path != "" && o.Inherits == nil && !o.Unlinked && samePath(own.Path, addr.Path)
	case !own.IP.IsValid() || k == nil || o.KindName() != k.KindName():
		return false
	default:
		a, b := endpoint(own), endpoint(addr)
		return a.Port() == b.Port() && (a.Addr() == b.Addr() || own.Unspecified() || addr.Unspecified())
	}
}

// samePath reports whether two paths lead to one file, by their words.
func samePath(a, b string) bool {
	x, err := filepath.Abs(a)
	y, err2 := filepath.Abs(b)
	return err == nil && err2 == nil && x == y
}

// behind is what is at the path that k spoke to in vain, as a Situation's Holder, and the session's socket that it is.
func (e *Env) behind(k *sockets.Socket) (state string, own *sockets.Socket) {
	addr := e.toward
	if addr.IsZero() {
		addr = k.Peer
	}
	if addr.Family != sockets.UNIX || addr.Abstract || addr.Path == "" {
		return "", nil
	}
	door := e.Sys.Scaffold()
	isSocket, exists := door.Exists(addr.Path)
	if exists && !isSocket { // connect follows a link
		if at, err := filepath.EvalSymlinks(addr.Path); err == nil && at != filepath.Clean(addr.Path) {
			isSocket, exists = door.Exists(at)
		}
	}
	if exists && !isSocket {
		return "FILE", nil
	}
	switch own = e.Session.owner(k, addr); {
	case own == nil:
		return "", nil
	case own.Backlog >= 0 && own.ReadEnd:
		return "SHUT_RD", own
	case own.Backlog >= 0:
		return "", nil
	case !own.Peer.IsZero():
		return "ESTABLISHED", own
	}
	return "BOUND", own
}
