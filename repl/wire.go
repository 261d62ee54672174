package repl

import (
	"context"
	"errors"
	"fmt"
	"net/netip"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
	"sockstep/sockets/wire"
)

// A Wire tells what went over the wire: the tap of this machine, or the cable of a lab.
type Wire interface {
	// Only makes the wire take what goes to or comes from these ports, and nothing of anyone else's. No ports take nothing.
	Only(ports []Port) error
	// Drain gives what came since it was last asked, the oldest first, and how many frames were lost on the way here.
	Drain() (frames []Frame, lost int, err error)
	// Wait returns when there may be something to drain. It takes nothing.
	Wait(ctx context.Context) error
	Close() error
}

// A Port is one end of the session's traffic.
type Port struct {
	Proto  string // "tcp", "udp"; or "icmp" and "arp", which have no numbers
	Number uint16
}

// A Frame is a packet as a Wire had it.
type Frame struct {
	wire.Packet
	Source string // "captured" or "cable"
}

// Toward says that the line is about to speak to an address, so that already its first packet is seen.
func (e *Env) Toward(k *sockets.Socket, addr sockets.Address) {
	k.Toward = addr
	t := &e.Session.trace
	switch proto := k.KindName(); {
	case proto == "tcp" || proto == "udp":
		e.toward = addr
		e.lookAtWire()
		t.toward(proto, addr.Port)
		t.ask(addr.IP.Unmap().WithZone(""), k)
	case k.Family == sockets.UNIX:
		e.toward = addr
	case speaksICMP(k):
		e.toward = addr
		e.lookAtWire()
		t.ping(addr.IP.Unmap().WithZone(""), k)
		t.ask(addr.IP.Unmap().WithZone(""), k)
	}
}

// A connecting is with whom a socket connects.
type connecting struct {
	to   netip.AddrPort
	port func() (own netip.AddrPort, ok bool) // of a job, whose packets are told as they come: asks for the port that the kernel has chosen
}

// Connecting says that the line waits for a connection of k with addr, until the function that it gives is called. Packets of it
// that are seen meanwhile are the line's; before it is over nobody knows the port that the kernel has chosen for k.
func (e *Env) Connecting(k *sockets.Socket, addr sockets.Address) (over func()) {
	t := &e.Session.trace
	if k.KindName() != "tcp" || t.wire == nil {
		return func() {}
	}
	if t.connecting == nil {
		t.connecting = map[*sockets.Socket]connecting{}
	}
	c := connecting{to: endpoint(addr)}
	if e.Act.Job > 0 {
		c.port = func() (netip.AddrPort, bool) {
			a := sockets.NewAct(0, "")
			own, err := sys.For(context.Background(), a).Scaffold().Getsockname(k.FD)
			e.Session.untold = append(e.Session.untold, a.Steps...)
			return endpoint(own), err == nil && own.Port != 0
		}
	}
	t.connecting[k] = c
	return func() { delete(t.connecting, k) }
}

// connects reports whether a packet may be of a connection that a line waits for: it is with that address, and of no connection
// that is known.
func (t *trace) connects(p *wire.Packet) bool {
	if len(t.connecting) == 0 {
		return false
	}
	if k, _, ok := t.asker(p); ok && t.connecting[k].to.IsValid() && t.connecting[k].port == nil { // its card is searched first
		return true
	}
	if p.Proto != "tcp" {
		return false
	}
	src, dst := unmap(p.Src), unmap(p.Dst)
	for k, c := range t.connecting {
		if src != c.to && dst != c.to || k.FD < 0 || t.holder(p.Proto, src, dst, true) != nil || t.holder(p.Proto, dst, src, true) != nil {
			continue
		}
		if c.port == nil {
			return true
		}
		if own, ok := c.port(); ok && (own == src || own == dst) {
			t.holds = append(t.holds, hold{proto: p.Proto, local: own, peer: c.to, socket: k})
			t.toward(p.Proto, own.Port())
		}
	}
	return false
}

// speaksICMP reports whether k is a ping socket, or a raw one for ICMP.
func speaksICMP(k *sockets.Socket) bool {
	return k.KindName() == "icmp" || k.KindName() == "raw" && (k.Proto == 1 || k.Proto == 58)
}

// Learn asks for the port of a socket whose connect failed, where packets are looked at: they have it. And of a TCP socket
// that has connected once more: where the kernel chose its port, it chooses again each time. It is told where it lasts.
func (e *Env) Learn(k *sockets.Socket, lasts bool) {
	t, again := &e.Session.trace, k.Local.Port != 0
	if !again && t.wire == nil && !t.inferring || again && !k.Stream() {
		return
	}
	local, err := e.Afterwards().Scaffold().Getsockname(k.FD)
	switch {
	case err != nil || local == k.Local:
	case again || lasts:
		k.Rename(e.Act, local)
	default:
		k.Local = local
	}
}

// lookAtWire begins to look at the packets with the first line that may cause some, unless the student wants none.
// Where they cannot be seen, that is said once.
func (e *Env) lookAtWire() {
	s := e.Session
	t := &s.trace
	if t.wire != nil || t.off || s.openWire == nil {
		return
	}
	if err := s.wireOn(); err != nil {
		t.off = true
		var told *sockets.Error
		if errors.As(err, &told) {
			t.inferring, t.unseen = s.openKernel != nil, told
			e.Act.Note("packets-unseen")
			return
		}
		e.Act.Note("packets-unsupported")
	}
}

// WireOn begins to look at what the session's sockets send and receive; it does nothing where that has begun.
func (e *Env) WireOn() error {
	t := &e.Session.trace
	err := e.Session.wireOn()
	t.off, t.unseen = err != nil, nil
	t.inferring = err != nil && e.Session.openKernel != nil
	errors.As(err, &t.unseen)
	return err
}

// Unseen says what is missing where packets were to be seen and could not; nil where that was not so.
func (e *Env) Unseen() *sockets.Error { return e.Session.trace.unseen }

func (s *Session) wireOn() error {
	t := &s.trace
	if t.wire != nil {
		return nil
	}
	if s.openWire == nil {
		return fmt.Errorf("packets: %w", errors.ErrUnsupported)
	}
	w, err := s.openWire()
	if err != nil {
		return noCapture(err)
	}
	t.wire, t.ports = w, nil
	for _, k := range s.recent {
		t.know(k)
		t.toward(k.KindName(), k.Local.Port)
	}
	ctx, stop := context.WithCancel(context.Background())
	t.stop = stop
	if !s.held {
		go s.watchWire(ctx, w)
	}
	return nil
}

// WireOff ends it. What was seen stays for wire and wire save.
func (e *Env) WireOff() {
	t := &e.Session.trace
	t.close()
	t.off, t.inferring = true, false
}

func (t *trace) close() {
	if t.wire != nil {
		t.stop()
		_ = t.wire.Close()
		t.wire, t.kept = nil, nil
	}
}

// WireIsOn reports whether packets are looked at.
func (e *Env) WireIsOn() bool { return e.Session.trace.wire != nil }

// FollowWire tells of packets as they come, until the line is ended.
func (e *Env) FollowWire() error {
	s := e.Session
	w := s.trace.wire
	for {
		var err error
		e.Block(func() { err = w.Wait(e.Ctx) })
		s.late()
		s.flush()
		switch {
		case e.Ctx.Err() != nil:
			return nil // it was asked to end
		case err != nil:
			return err
		}
	}
}

// noCapture says what is missing where packets cannot be seen.
func noCapture(err error) error {
	errno := sys.Errno(err)
	if errno != "EPERM" && errno != "EACCES" {
		return err
	}
	return &sockets.Error{Op: "wire", Errno: errno, Err: err,
		Message: names.T("packets cannot be seen: that takes the capability CAP_NET_RAW", "看不到报文：这需要 CAP_NET_RAW 权限"),
		Why:     names.T("who sees packets could see those of others, so the kernel asks for a right; everything else goes on without it", "能看到报文的人也可能看到别人的报文，所以内核要求权限；其余功能不受影响"),
		Fix:     names.T("run sockstep as root, or once: `$ sudo setcap cap_net_raw+ep sockstep`; or see those of a network of your own: `$ sockstep lab`", "以 root 运行 sockstep，或执行一次：`$ sudo setcap cap_net_raw+ep sockstep`；也可以在自己的网络里看：`$ sockstep lab`")}
}

// watchWire tells of packets as they come, until ctx ends.
func (s *Session) watchWire(ctx context.Context, w Wire) {
	for w.Wait(ctx) == nil {
		s.mu.Lock()
		if s.doing {
			s.outside(func() { time.Sleep(patience) })
		}
		s.late()
		s.mu.Unlock()
	}
}
