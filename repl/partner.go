package repl

import (
	"os"
	"slices"
	"strconv"

	"sockstep/sockets"
)

// Join finds the other end of a connection where this session holds it too, so that notes can tell which sends a recv took.
func (e *Env) Join(k *sockets.Socket) {
	s := e.Session
	if k.Local.IsZero() || k.Local.IP.IsValid() && (k.Local.Port == 0 || k.Local.Unspecified()) {
		if local, err := e.Sys.Scaffold().Getsockname(k.FD); err == nil {
			k.Rename(e.Act, local)
		}
	}
	if k.Family == sockets.UNIX {
		e.joinUnix(k)
		return
	}
	for _, o := range s.recent {
		if o != k && o.Kind == k.Kind && endpoint(o.Local) == endpoint(k.Peer) && endpoint(o.Peer) == endpoint(k.Local) { // one may write an IPv4 address as an IPv6 one
			couple(k, o)
			return
		}
	}
}

// joinUnix pairs AF_UNIX ends, which have no port to tell them apart: connects wait in order, and accept takes the first
// one that SO_PEERCRED says is of this process.
func (e *Env) joinUnix(k *sockets.Socket) {
	if k.Inherits == nil {
		for _, l := range e.Session.recent {
			if l.Backlog >= 0 && l.Local == k.Peer {
				l.Knocking = append(l.Knocking, k)
				break // another one with this address is the same socket
			}
		}
		return
	}
	l := k.Inherits
	if len(l.Knocking) == 0 {
		return
	}
	if creds, err := e.Sys.Scaffold().PeerCreds(k.FD); err == nil && creds.PID == os.Getpid() {
		o := l.Knocking[0]
		l.Knocking = slices.Delete(l.Knocking, 0, 1)
		if o.FD >= 0 {
			couple(k, o)
		}
	}
}

func couple(a, b *sockets.Socket) { a.Partner, b.Partner = b, a }

// Listener is the socket of this session that listens at addr, nil for none.
func (e *Env) Listener(addr sockets.Address) *sockets.Socket { return e.Session.listener(addr) }

func (s *Session) listener(addr sockets.Address) *sockets.Socket {
	for _, k := range s.recent {
		if k.Backlog >= 0 && (k.Local == addr || k.Local.Unspecified() && k.Local.Port == addr.Port) {
			return k
		}
	}
	return nil
}

// maxMarks bounds what is remembered of a stream's sends.
const maxMarks = 4096

// Sent counts the bytes of one send, and marks where it ended in the stream.
func (e *Env) Sent(k *sockets.Socket, n int64) {
	e.looks(k, theSendQ)
	if n <= 0 {
		return
	}
	k.Sent += uint64(n)
	if !k.Stream() {
		return
	}
	if len(k.Marks) == maxMarks {
		k.MarksFrom = k.Marks[maxMarks/2-1]
		k.Marks = append(k.Marks[:0], k.Marks[maxMarks/2:]...)
	}
	k.Marks = append(k.Marks, k.Sent)
}

// SentUrgent says that the last byte sent is urgent: the receiver may take it beside the stream, or find it in it (SO_OOBINLINE,
// or a further urgent byte).
func (e *Env) SentUrgent(k *sockets.Socket) { k.Urgent = true }

// Received counts the bytes of one recv, and notes what it took of the peer's sends: a stream has no boundaries.
func (e *Env) Received(k *sockets.Socket, n int) {
	if n <= 0 {
		return
	}
	before := k.Received
	k.Received += uint64(n)
	p := k.Partner
	if p == nil || !k.Stream() {
		return
	}
	if p.Urgent { // where the borders are is not known until all has been taken
		if left, err := e.Sys.Scaffold().QueueIn(k.FD); err == nil && left == 0 {
			k.Received, p.Urgent = p.Sent, false
		}
		return
	}
	if before < p.MarksFrom || k.Received > p.Sent {
		return
	}
	first, _ := slices.BinarySearch(p.Marks, before+1)
	last, endsWhole := slices.BinarySearch(p.Marks, k.Received)
	begin := p.MarksFrom
	if first > 0 {
		begin = p.Marks[first-1]
	}
	pairs := []string{"s", k.Name, "peer", p.Name, "got", strconv.Itoa(n)}
	if last > first {
		e.Act.Note("coalesced", append(pairs, "n", strconv.Itoa(last-first+1))...)
	}
	if before != begin || !endsWhole {
		e.Act.Note("split", append(pairs, "n", strconv.Itoa(n), "want", strconv.FormatUint(p.Marks[first]-begin, 10))...)
	}
}

// PeerName is how a note names k's peer: by its name where it is this session's socket, else by its address, "" for none.
func PeerName(k *sockets.Socket) string {
	switch {
	case k == nil || k.Peer.IsZero():
		return ""
	case k.Partner != nil:
		return k.Partner.Name
	case k.Peer.Unnamed():
		return ""
	}
	return k.Peer.String()
}
