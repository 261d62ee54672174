package repl

import (
	"context"
	"slices"
	"strconv"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/sys"
)

// An aspect is a part of what the kernel knows of a socket. Each costs a call to ask for.
type aspect uint8

const (
	theState aspect = 1 << iota
	theRecvQ        // of a listening socket, the accept queue
	theSendQ
	everything = theState | theRecvQ | theSendQ
)

// Receives says that this line, where it succeeds, changes no more of k than its receive queue.
func (e *Env) Receives(k *sockets.Socket) { e.looks(k, theRecvQ) }

// looks says which aspects of k this line may change where it succeeds; of other lines all are looked at.
func (e *Env) looks(k *sockets.Socket, a aspect) {
	for i := range e.used {
		if e.used[i].socket == k {
			e.used[i].look = a
		}
	}
}

// settle looks at what an act changed: on the sockets it used, and on those that the kernel says were stirred by it,
// such as this session's own other end of a connection.
func (e *Env) settle() {
	s := e.Session
	s.settled = e.began
	e.packets()
	stirs := s.stirred()
	e.infer(stirs)
	defer e.traceAct()
	door := e.Sys.Scaffold()
	for _, u := range e.used {
		if u.socket.FD < 0 {
			continue
		}
		if e.Act.Err != nil {
			u.look = everything
		}
		if u.socket.State == "SYN_SENT" { // which a send may end, with TCP_FASTOPEN_CONNECT
			u.look |= theState
		}
		if st, ok := s.stirs[u.socket.FD]; ok {
			stirs = append(stirs, st)
			delete(s.stirs, u.socket.FD)
		}
		for _, st := range stirs {
			if st.FD == u.socket.FD {
				u.look |= moved(st)
			}
		}
		s.observe(door, e.Act, u.socket, u.look)
		for _, st := range stirs {
			if st.FD == u.socket.FD && st.Broken && e.Act.Err == nil {
				s.told(e.Act, u.socket, sys.Stir{FD: st.FD, Broken: true}) // the answer to a send was a RST
			}
		}
	}
	for _, st := range stirs {
		k, ok := s.byFD[st.FD]
		switch {
		case !ok || e.uses(k):
		case s.busy(k):
			s.unseen(st)
		default:
			s.observe(door, e.Act, k, moved(st))
			s.told(e.Act, k, st)
		}
	}
	for _, u := range e.used {
		if u.socket.FD >= 0 {
			s.farEnd(e.Act, u.socket, e.took)
		}
	}
	if len(e.used) > 0 || time.Since(s.followed) > soon {
		s.follow(e.Act, e.took)
	}
}

// stirred takes what the watcher knows, into memory that is used again by the next look.
func (s *Session) stirred() []sys.Stir {
	if s.watcher != nil {
		s.looked = s.watcher.Take(s.looked[:0])
	}
	return s.looked
}

// moved is what a stir may have changed.
func moved(st sys.Stir) aspect {
	if st.Ended {
		return theState | theRecvQ
	}
	return theRecvQ
}

func (e *Env) uses(k *sockets.Socket) bool {
	for _, u := range e.used {
		if u.socket == k {
			return true
		}
	}
	return false
}

// moment is how long a line may take, its telling and all, for the next one to begin where it ended.
const moment = 50 * time.Microsecond

// before tells what came since the line before, and gives the time from which on all is the next one's.
//
// Where the line before ended a moment ago by a look at the sockets, there is none here: what came in between is told as
// what comes within a line is. A packet has its own time, and is never told by another line; and while a job runs each
// line looks, for the job may have caused something.
func (s *Session) before() time.Time {
	now := time.Now()
	looked := now.Sub(s.settled) < moment && s.running() == ""
	switch {
	case !looked:
		s.arrivals()
	case s.trace.wire != nil:
		s.late()
	default:
		return now
	}
	return time.Now()
}

// arrivals tells what reached the sockets since the last act: bytes, clients, a peer's end.
func (s *Session) arrivals() {
	s.late()
	for _, st := range s.stirred() {
		k, ok := s.byFD[st.FD]
		if !ok {
			continue
		}
		if s.busy(k) {
			s.unseen(st)
			continue
		}
		a := sockets.NewAct(0, "", s.observers...)
		s.observe(sys.For(context.Background(), a).Scaffold(), a, k, moved(st))
		s.told(a, k, st)
		if slices.ContainsFunc(a.Steps, func(st sockets.Step) bool { _, ok := st.(sockets.Note); return ok }) {
			s.post(a)
		} else { // nothing to speak of, but calls were made: the next act tells them
			s.untold = append(s.untold, a.Steps...)
		}
	}
}

// tellUntold gives an act the calls that were made before it and that no act has told.
func (s *Session) tellUntold(a *sockets.Act) {
	for _, st := range s.untold {
		a.Add(st)
	}
	s.untold = nil
}

// unseen keeps a stir for the line that uses its socket and looks at it when it is over.
func (s *Session) unseen(st sys.Stir) {
	old := s.stirs[st.FD]
	s.stirs[st.FD] = sys.Stir{FD: st.FD, Ended: old.Ended || st.Ended, Broken: old.Broken || st.Broken}
}

// busy reports whether a line uses k that is not over, a job or the one at the prompt: its end tells what came.
func (s *Session) busy(k *sockets.Socket) bool {
	for _, e := range s.waiting {
		if e.uses(k) {
			return true
		}
	}
	for _, j := range s.jobs {
		if !j.ended && j.env.uses(k) {
			return true
		}
	}
	return false
}

// patience is how long a line at the prompt may take before arrivals are told beside it: what it causes itself is its own.
const patience = 20 * time.Millisecond

// WatchArrivals tells of arrivals as they come, until ctx ends. A prompt runs it beside the student; a script needs it not.
func (s *Session) WatchArrivals(ctx context.Context) {
	if s.watcher == nil {
		return
	}
	go s.watchClosed(ctx)
	for s.watcher.Wait(ctx) == nil {
		s.mu.Lock()
		if s.doing {
			s.outside(func() { time.Sleep(patience) })
		}
		s.arrivals()
		s.tellLook()
		s.mu.Unlock()
	}
}

// observe asks the kernel for a socket's own address and the aspects that are looked at, and adds what is no longer as it was.
func (s *Session) observe(c sys.Caller, a *sockets.Act, k *sockets.Socket, look aspect) {
	observeName(c, a, k)
	if look&theState != 0 {
		s.observeState(c, a, k)
	}
	if k.Backlog >= 0 {
		s.observeAcceptQueue(c, a, k)
		return
	}
	if look&theRecvQ != 0 {
		if n, err := c.QueueIn(k.FD); err == nil {
			changeInt(a, k, "recvq", k.RecvQ, n)
			k.RecvQ = n
		}
	}
	// AF_UNIX counts memory here, not bytes.
	if look&theSendQ != 0 && k.Family != sockets.UNIX && (k.KindName() != "tcp" || sends(k.State) || k.SendQ != 0) {
		if n, err := c.QueueOut(k.FD); err == nil {
			changeInt(a, k, "sendq", k.SendQ, n)
			k.SendQ = n
		}
	}
}

// sends reports whether a TCP socket may have something to send in this state: bytes, or the FIN behind them.
func sends(state string) bool {
	switch state {
	case "ESTABLISHED", "CLOSE_WAIT", "FIN_WAIT1", "CLOSING", "LAST_ACK":
		return true
	}
	return false
}

// observeName asks for k's own address where the kernel may have given it one since.
func observeName(c sys.Caller, a *sockets.Act, k *sockets.Socket) {
	unknown := k.Local.IsZero() && (k.Bound || k.State != "" && k.State != "CLOSE" || !k.Peer.IsZero())
	if !unknown && !(k.Local.IP.IsValid() && k.Local.Port == 0 && k.Bound) {
		return
	}
	if local, err := c.Getsockname(k.FD); err == nil && (local.Path != "" || local.IP.IsValid()) {
		k.Rename(a, local)
	}
}

// observeState asks for the TCP state; of other sockets it follows from what was done to them.
func (s *Session) observeState(c sys.Caller, a *sockets.Act, k *sockets.Socket) {
	state := k.State
	switch {
	case k.KindName() == "tcp":
		if st, err := c.State(k.FD); err == nil {
			state = st
			if st == "CLOSE" && !met(k) {
				k.Peer = sockets.Address{} // the connect failed
			}
			if st != "LISTEN" { // shutdown ended it
				k.Backlog = -1
			}
			if st == "CLOSE" && s.waits(a, k) { // of a connection that waits, the descriptor knows nothing more
				state = "TIME_WAIT"
			}
		}
	case k.Backlog >= 0:
		state = "LISTEN"
	case !k.Peer.IsZero() && (k.Kind == sockets.Dgram || k.Kind == sockets.Raw):
		state = "CONNECTED"
		if k.Family == sockets.UNIX && (a.Err != nil || k.State != state) { // a send that finds the peer closed undoes it
			if _, err := c.Getpeername(k.FD); sys.Errno(err) == "ENOTCONN" {
				state = ""
			}
		}
	case !k.Peer.IsZero():
		state = "ESTABLISHED"
	}
	s.enter(a, k, k.Name, state)
}

// met reports whether a TCP socket ever had a connection to its peer: one that connect began without waiting may have failed.
func met(k *sockets.Socket) bool {
	if k.Inherits != nil || k.Broken != "" || k.Sent+k.Received > 0 {
		return true
	}
	for _, v := range k.Way {
		if v.State != "CLOSE" && v.State != "SYN_SENT" {
			return true
		}
	}
	return false
}

// observeAcceptQueue asks how many clients wait.
func (s *Session) observeAcceptQueue(c sys.Caller, a *sockets.Act, k *sockets.Socket) {
	n, backlog, err := s.acceptQueue(c, a, k)
	if err != nil {
		return
	}
	changeInt(a, k, "accept queue", k.RecvQ, n)
	if n > k.RecvQ && n > backlog {
		a.Note("accept-queue-full", "s", k.Name, "n", strconv.Itoa(n), "backlog", strconv.Itoa(backlog))
	}
	k.RecvQ = n
}

// acceptQueue asks the socket itself, and of AF_UNIX sock_diag, which alone knows.
func (s *Session) acceptQueue(c sys.Caller, a *sockets.Act, k *sockets.Socket) (n, backlog int, err error) {
	if k.KindName() == "tcp" {
		return c.AcceptQueue(k.FD)
	}
	kernel, err := s.kernel(k.Host, a)
	if err != nil {
		return 0, 0, err
	}
	inode, err := kernel.Inode(k.FD)
	if err != nil {
		return 0, 0, err
	}
	u, err := kernel.Unix(inode)
	return int(u.RecvQ), int(u.SendQ), err
}

func changeInt(a *sockets.Act, k *sockets.Socket, field string, was, now int) {
	if was != now {
		a.Change(k.Name, field, strconv.Itoa(was), strconv.Itoa(now))
	}
}

// told adds the note that a person wants who did not look at k: what came, who knocks, who has gone.
func (s *Session) told(a *sockets.Act, k *sockets.Socket, stir sys.Stir) {
	for _, st := range a.Steps {
		c, ok := st.(sockets.Change)
		if !ok || c.Socket != k.Name {
			continue
		}
		switch {
		case c.Field == "accept queue" && more(c):
			a.Note("pending-clients", "s", k.Name, "n", c.Now)
		case c.Field == "recvq" && more(c):
			was, _ := strconv.Atoi(c.Was)
			now, _ := strconv.Atoi(c.Now)
			a.NoteEach("arrived", "s", k.Name, "n", strconv.Itoa(now-was), "queue", c.Now)
		case c.Field == "state" && c.Now == "CLOSE_WAIT":
			a.Note("peer-gone", "s", k.Name, "peer", PeerName(k), "n", strconv.Itoa(max(k.RecvQ-1, 0)))
		case c.Field == "state" && c.Now == "CLOSE" && stir.Broken:
			a.Note("peer-reset", "s", k.Name, "peer", PeerName(k))
		}
	}
}

func more(c sockets.Change) bool {
	was, _ := strconv.Atoi(c.Was)
	now, _ := strconv.Atoi(c.Now)
	return now > was
}
