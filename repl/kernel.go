package repl

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/sockets"
)

// A Kernel tells what the system knows of a socket, whoever has it open, and if nobody has.
type Kernel interface {
	// Telling is the same Kernel, whose calls are told.
	Telling(tell func(sockets.Call)) Kernel
	// TCP finds the socket with these two addresses; a zero peer is a listener's. sockets.ErrGone where there is none.
	TCP(local, peer netip.AddrPort) (sockets.KernelTCP, error)
	// Connection is TCP for a connection that is bound to no interface: quicker where it is gone.
	Connection(local, peer netip.AddrPort) (sockets.KernelTCP, error)
	// Bound are all TCP sockets whose own port is this one's.
	Bound(local netip.AddrPort) ([]sockets.KernelTCP, error)
	// SynQueue counts the handshakes with a listener that are half done.
	SynQueue(listener netip.AddrPort) (int, error)
	UDP(local, peer netip.AddrPort) (sockets.KernelUDP, error)
	Inode(sockets.FD) (uint32, error)
	Unix(inode uint32) (sockets.KernelUnix, error)
	// Owner is a program that has the socket with this inode open: its number and its name. sockets.ErrGone where none is to be seen.
	Owner(inode uint32) (pid int, program string, err error)
	Close() error
}

// Kernel is the way to what the kernel knows of k, told as a part of this line. It fails where the system offers none.
func (e *Env) Kernel(k *sockets.Socket) (Kernel, error) { return e.Session.kernel(k.Host, e.Act) }

// kernel opens the way to the kernel of a host with the first question; each host has a network of its own.
func (s *Session) kernel(host string, a *sockets.Act) (Kernel, error) {
	if s.blind != nil {
		return nil, s.blind
	}
	tell := func(c sockets.Call) { a.Add(c) }
	if k, ok := s.kernels[host]; ok {
		return k.Telling(tell), nil
	}
	if s.openKernel == nil {
		s.blind = errors.ErrUnsupported
		return nil, s.blind
	}
	var k Kernel
	open := func() (err error) { k, err = s.openKernel(tell); return err }
	var err error
	if host != "" && s.lab != nil {
		err = s.lab.At(host, open)
	} else {
		err = open()
	}
	if err != nil {
		s.blind = err
		return nil, err
	}
	if s.kernels == nil {
		s.kernels = map[string]Kernel{}
	}
	s.kernels[host] = k
	return k.Telling(tell), nil
}

func (s *Session) closeKernels() {
	for _, k := range s.kernels {
		_ = k.Close()
	}
	s.kernels = nil
}

// An afterlife is a connection of the session's that no program has open any more, and that the kernel has not forgotten.
type afterlife struct {
	socket      *sockets.Socket
	local, peer netip.AddrPort
	until       time.Time     // before which the kernel said that nothing changes
	pause       time.Duration // until the next look where nothing tells of a change
	next        time.Time
}

// How soon after a change, and how often at least, a connection that was closed is looked at. A packet that is seen tells at
// once; but it is seen a moment before the kernel has dealt with it, and without rights none is.
const (
	shortPause = 20 * time.Millisecond
	longPause  = time.Second
)

// mostAfterlives bounds how many connections are followed after their close, the newest.
const mostAfterlives = 64

// outlives follows k's connection beyond its close, and reports whether there is one.
func (s *Session) outlives(k *sockets.Socket) bool {
	if k.KindName() != "tcp" || k.Peer.IsZero() || !k.Local.IP.IsValid() || k.State == "CLOSE" || s.openKernel == nil {
		return false
	}
	s.after = append(s.after, afterlife{socket: k, local: endpoint(k.Local), peer: endpoint(k.Peer), pause: shortPause, next: time.Now().Add(shortPause)})
	select {
	case s.closings <- struct{}{}:
	default: // it will look
	}
	if over := len(s.after) - mostAfterlives; over > 0 {
		s.after = append(s.after[:0], s.after[over:]...)
	}
	return true
}

// soon is how soon after a look at the afterlives no other is worth its calls, unless a line did something.
const soon = 5 * time.Millisecond

// follow tells what became of the connections that were closed: FIN_WAIT2, TIME_WAIT, and the end. took tells of the packets that
// have come meanwhile: a state is not shown before what brought it about.
func (s *Session) follow(a *sockets.Act, took func()) {
	if len(s.after) == 0 {
		return
	}
	s.followed = time.Now()
	left := s.after[:0]
	for _, l := range s.after {
		if s.step(a, &l, took) {
			left = append(left, l)
		}
	}
	clear(s.after[len(left):])
	s.after = left
}

// step asks for one of them, and reports whether there is more to come.
func (s *Session) step(a *sockets.Act, l *afterlife, took func()) (more bool) {
	if time.Now().Before(l.until) {
		return true
	}
	kernel, err := s.kernel(l.socket.Host, a)
	if err != nil {
		return false
	}
	t, err := connection(kernel, l.socket, l.local, l.peer)
	switch {
	case errors.Is(err, sockets.ErrGone), err == nil && another(l.socket, t.State):
		t.State = "CLOSE"
	case err != nil:
		return false
	}
	was := l.socket.State
	if t.State != was {
		took()
	}
	if s.enter(a, l.socket, s.nameOf(l.socket), t.State); t.State != was && !s.holds(l.peer, l.local) {
		s.farEnd(a, l.socket, took)
	}
	if l.pause = min(2*l.pause, longPause); t.State != was {
		l.pause = shortPause
	}
	if l.next = time.Now().Add(l.pause); t.State == "TIME_WAIT" {
		l.until = time.Now().Add(t.Timer.Left)
		l.next = l.until.Add(shortPause)
		noteTimeWait(a, l.socket, t.Timer.Left)
	}
	return t.State != "CLOSE"
}

// watchClosed tells of the connections that were closed as they come to their end, until ctx ends.
func (s *Session) watchClosed(ctx context.Context) {
	timer := time.NewTimer(longPause)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-s.closings:
		case <-timer.C:
		}
		s.mu.Lock()
		if s.doing {
			s.outside(func() { time.Sleep(patience) })
		}
		s.late()
		var next time.Time
		for _, l := range s.after {
			if next.IsZero() || l.next.Before(next) {
				next = l.next
			}
		}
		s.mu.Unlock()
		if timer.Stop(); !next.IsZero() {
			timer.Reset(max(time.Until(next), soon))
		}
	}
}

// waits reports whether the connection of an open socket that has ended is in TIME_WAIT.
func (s *Session) waits(a *sockets.Act, k *sockets.Socket) bool {
	if k.State != "TIME_WAIT" && k.State != "CLOSING" && !strings.HasPrefix(k.State, "FIN_WAIT") {
		return false
	}
	kernel, err := s.kernel(k.Host, a)
	if err != nil {
		return false
	}
	t, err := connection(kernel, k, endpoint(k.Local), endpoint(k.Peer))
	if err != nil || t.State != "TIME_WAIT" {
		return false
	}
	noteTimeWait(a, k, t.Timer.Left)
	return true
}

// connection asks for one of k's ends, and looks further only where k may be bound to an interface.
func connection(kernel Kernel, k *sockets.Socket, own, other netip.AddrPort) (sockets.KernelTCP, error) {
	if k.Device {
		return kernel.TCP(own, other)
	}
	return kernel.Connection(own, other)
}

// another reports whether a connection in this state is a new one with the addresses of one that k had: none goes back.
func another(k *sockets.Socket, state string) bool {
	switch k.State {
	case "TIME_WAIT":
		return state != k.State
	case "FIN_WAIT1", "FIN_WAIT2", "CLOSING", "LAST_ACK", "CLOSE":
		return state == "ESTABLISHED" || state == "SYN_SENT" || state == "SYN_RECV"
	}
	return false
}

// nameOf is how a closed socket is called: by its own address where its name has become another's.
func (s *Session) nameOf(k *sockets.Socket) string {
	if s.sockets[k.Name] == k {
		return k.Name
	}
	return k.Local.String()
}

// noteTimeWait says once of a connection that it waits, and how long still.
func noteTimeWait(a *sockets.Act, k *sockets.Socket, left time.Duration) {
	if k.Waits {
		return
	}
	k.Waits = true
	a.Note("time-wait", "s", k.Name, "port", strconv.Itoa(int(k.Local.Port)), "n", strconv.Itoa(int(left.Round(time.Second)/time.Second)))
}

// farEnd tells how the other end of k changed, where it is of this machine and this user, but not of this session.
func (s *Session) farEnd(a *sockets.Act, k *sockets.Socket, took func()) {
	f := &k.Far
	if f.Unknown || k.Partner != nil || k.Backlog >= 0 || k.Peer.IsZero() || k.KindName() != "tcp" || k.State == "SYN_SENT" || s.openKernel == nil {
		return
	}
	if f.State == "" && !s.mayBeHere(k) {
		f.Unknown = true
		return
	}
	if s.listener(k.Peer) != nil { // this session's own: it waits for accept
		return
	}
	kernel, err := s.kernel(k.Host, a)
	if err != nil {
		return
	}
	t, err := kernel.Connection(endpoint(k.Peer), endpoint(k.Local))
	switch {
	case errors.Is(err, sockets.ErrGone) && f.State != "":
		t = sockets.KernelTCP{State: "CLOSE"}
		f.Unknown = true
	case err != nil || t.State == "LISTEN":
		f.Unknown = true
		return
	case f.State == "" && t.Inode == 0: // it waits for accept, or nobody has it any more
		return
	case f.State == "" && int(t.UID) != os.Getuid():
		f.Unknown = true
		return
	}
	name := k.Peer.String()
	if f.State != "" && t.State != f.State {
		took()
	}
	a.Change(name, "state", f.State, t.State)
	if t.State != "TIME_WAIT" && t.State != "CLOSE" {
		changeQueue(a, name, "recvq", f.RecvQ, int(t.Unread()))
		changeQueue(a, name, "sendq", f.SendQ, int(t.SendQ))
	}
	f.State, f.RecvQ, f.SendQ = t.State, int(t.Unread()), int(t.SendQ)
}

func changeQueue(a *sockets.Act, name, field string, was, now int) {
	if was != now {
		a.Change(name, field, strconv.Itoa(was), strconv.Itoa(now))
	}
}

// holds reports whether one end of a connection is this session's, open or followed: what becomes of that is told as its own.
func (s *Session) holds(local, peer netip.AddrPort) bool {
	return slices.ContainsFunc(s.recent, func(k *sockets.Socket) bool { return endpoint(k.Local) == local && endpoint(k.Peer) == peer }) ||
		slices.ContainsFunc(s.after, func(l afterlife) bool { return l.local == local && l.peer == peer })
}

// mayBeHere reports whether the peer of k may be of this machine: a question for one that is not costs a long search.
func (s *Session) mayBeHere(k *sockets.Socket) bool {
	return k.Peer.IP.IsLoopback() || k.Peer.IP.Unmap() == k.Local.IP.Unmap()
}
