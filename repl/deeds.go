package repl

import (
	"time"

	"sockstep/sockets"
)

// A Deed is what a line did at an AF_UNIX socket, which has no packets to tell of it, and what waits at both ends after it.
type Deed struct {
	At     time.Time
	Act    int
	Line   string
	Socket *sockets.Socket
	State  string
	RecvQ  int

	Peer      *sockets.Socket // the other end, where it is this session's
	PeerRecvQ int
}

// mostDeeds bounds how many a session remembers.
const mostDeeds = 2000

// deed remembers what the line did at k, once it is over.
func (e *Env) deed(k *sockets.Socket) {
	d := Deed{At: e.began, Act: e.Act.Seq, Line: e.Act.Line, Socket: k, State: k.State, RecvQ: k.RecvQ, Peer: e.metUnix(k)}
	if k.FD < 0 {
		d.State = "CLOSE"
	}
	if d.Peer != nil {
		d.PeerRecvQ = d.Peer.RecvQ
	}
	s := e.Session
	if len(s.deeds) == mostDeeds {
		s.deeds = append(s.deeds[:0], s.deeds[mostDeeds/2:]...)
	}
	s.deeds = append(s.deeds, d)
}

// metUnix is the socket of this session that the line met through k: its other end, or the one that a datagram went to.
func (e *Env) metUnix(k *sockets.Socket) *sockets.Socket {
	if k.Partner != nil || k.Stream() {
		return k.Partner
	}
	for _, o := range e.Session.recent {
		if o != k && o.Family == sockets.UNIX && !o.Local.Unnamed() && !o.Local.IsZero() && (o.Local == e.toward || o.Local == k.Peer) {
			return o
		}
	}
	return nil
}

// Deeds are what lines did at k and at its other end, in order, and that end; nil where it is not this session's.
func (e *Env) Deeds(k *sockets.Socket) (deeds []Deed, peer *sockets.Socket) {
	for _, d := range e.Session.deeds {
		switch {
		case d.Socket == k && d.Peer != nil:
			peer = d.Peer
		case d.Peer == k:
			peer = d.Socket
		}
	}
	for _, d := range e.Session.deeds {
		if d.Socket == k || peer != nil && d.Socket == peer {
			deeds = append(deeds, d)
		}
	}
	return deeds, peer
}

// UnixPeer is what the kernel knows of the other end of an AF_UNIX socket, and which program has it; sockets.ErrGone for none.
func (e *Env) UnixPeer(k *sockets.Socket) (peer sockets.KernelUnix, pid int, program string, err error) {
	n, err := e.Known(k)
	if err != nil {
		return peer, 0, "", err
	}
	kernel, err := e.Kernel(k)
	if err != nil {
		return peer, 0, "", err
	}
	if peer, err = kernel.Unix(n.Unix.PeerInode); err != nil {
		return peer, 0, "", err
	}
	pid, program, _ = kernel.Owner(peer.Inode)
	return peer, pid, program, nil
}
