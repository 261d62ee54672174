package repl

import (
	"context"
	"strconv"

	"sockstep/sockets"
	"sockstep/sockets/sys"
)

// settle looks at what an act changed: on the sockets it used, and on those that the kernel says were stirred by it,
// such as this session's own other end of a connection.
func (e *Env) settle() {
	s := e.Session
	look := e.Sys.Scaffold()
	for _, k := range e.used {
		if k.FD >= 0 {
			s.observe(look, e.Act, k)
		}
	}
	if s.watcher == nil {
		return
	}
	for _, fd := range s.watcher.Take() {
		k, ok := s.byFD[fd]
		if ok && !e.uses(k) && !s.busy(k) {
			s.observe(look, e.Act, k)
			s.told(e.Act, k)
		}
	}
}

func (e *Env) uses(k *sockets.Socket) bool {
	for _, u := range e.used {
		if u == k {
			return true
		}
	}
	return false
}

// arrivals tells what reached the sockets since the last act: bytes, clients, a peer's end.
func (s *Session) arrivals() {
	if s.watcher == nil {
		return
	}
	for _, fd := range s.watcher.Take() {
		k, ok := s.byFD[fd]
		if !ok || s.busy(k) {
			continue
		}
		a := sockets.NewAct(0, "", s.observers...)
		s.observe(sys.For(context.Background(), a).Scaffold(), a, k)
		s.told(a, k)
		for _, st := range a.Steps {
			if _, ok := st.(sockets.Note); ok {
				s.post(a)
				break
			}
		}
	}
}

// busy reports whether a job waits on k: its end tells what came.
func (s *Session) busy(k *sockets.Socket) bool {
	for _, j := range s.jobs {
		if !j.ended && j.env.uses(k) {
			return true
		}
	}
	return false
}

// WatchArrivals tells of arrivals as they come, until ctx ends. A prompt runs it beside the student; a script needs it not.
func (s *Session) WatchArrivals(ctx context.Context) {
	if s.watcher == nil {
		return
	}
	for s.watcher.Wait(ctx) == nil {
		s.mu.Lock()
		s.arrivals()
		s.mu.Unlock()
	}
}

// observe asks the kernel for a socket's state, addresses and queues, and adds what is no longer as it was.
func (s *Session) observe(c sys.Caller, a *sockets.Act, k *sockets.Socket) {
	if k.Local.IsZero() && (k.Bound || k.State != "" && k.State != "CLOSE" || !k.Peer.IsZero()) || k.Local.IP.IsValid() && k.Local.Port == 0 && k.Bound {
		if local, err := c.Getsockname(k.FD); err == nil && (local.Path != "" || local.IP.IsValid()) {
			k.Rename(a, local)
		}
	}
	state := k.State
	tcp := k.KindName() == "tcp"
	switch {
	case tcp:
		if st, err := c.State(k.FD); err == nil {
			state = st
		}
	case k.Backlog >= 0:
		state = "LISTEN"
	case !k.Peer.IsZero() && k.Kind == sockets.Dgram:
		state = "CONNECTED"
	case !k.Peer.IsZero():
		state = "ESTABLISHED"
	}
	a.Change(k.Name, "state", k.State, state)
	k.State = state
	if k.Backlog >= 0 {
		if !tcp {
			return // AF_UNIX tells its accept queue to sock_diag only
		}
		if n, backlog, err := c.AcceptQueue(k.FD); err == nil {
			changeInt(a, k, "accept queue", k.RecvQ, n)
			if n > k.RecvQ && n > backlog {
				a.Note("accept-queue-full", "s", k.Name, "n", strconv.Itoa(n), "backlog", strconv.Itoa(backlog))
			}
			k.RecvQ = n
		}
		return
	}
	if n, err := c.QueueIn(k.FD); err == nil {
		changeInt(a, k, "recvq", k.RecvQ, n)
		k.RecvQ = n
	}
	if k.Family != sockets.UNIX && (!tcp || state == "ESTABLISHED" || k.SendQ != 0) {
		if n, err := c.QueueOut(k.FD); err == nil {
			changeInt(a, k, "sendq", k.SendQ, n)
			k.SendQ = n
		}
	}
}

func changeInt(a *sockets.Act, k *sockets.Socket, field string, was, now int) {
	if was != now {
		a.Change(k.Name, field, strconv.Itoa(was), strconv.Itoa(now))
	}
}

// told adds the note that a person wants who did not look at k: what came, who knocks, who has gone.
func (s *Session) told(a *sockets.Act, k *sockets.Socket) {
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
			a.Note("arrived", "s", k.Name, "n", strconv.Itoa(now-was), "queue", c.Now)
		case c.Field == "state" && c.Now == "CLOSE_WAIT":
			a.Note("peer-gone", "s", k.Name, "peer", PeerName(k), "n", strconv.Itoa(max(k.RecvQ-1, 0)))
		case c.Field == "state" && c.Now == "CLOSE":
			a.Note("peer-reset", "s", k.Name, "peer", PeerName(k))
		}
	}
}

func more(c sockets.Change) bool {
	was, _ := strconv.Atoi(c.Was)
	now, _ := strconv.Atoi(c.Now)
	return now > was
}
