package repl

import (
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Twin is another open descriptor of k's socket, nil for none.
func (e *Env) Twin(k *sockets.Socket) *sockets.Socket { return e.Session.twin(k) }

func (s *Session) twin(k *sockets.Socket) *sockets.Socket {
	if k.Descriptors > 1 {
		for _, o := range s.byFD {
			if o != k && o.Shared == k.Shared {
				return o
			}
		}
	}
	return nil
}

// part leaves the socket to its other descriptor: what happens to it from now on is nothing to the closed one.
func part(k, twin *sockets.Socket) {
	alone := *k.Shared
	alone.Descriptors, alone.Partner = 1, nil
	k.Shared.Descriptors--
	if p := k.Partner; p != nil && p.Partner == k {
		p.Partner = twin
	}
	k.Shared = &alone
}

// FindTwin looks among the open sockets for one that is the very same as d, which came from elsewhere.
func (e *Env) FindTwin(d *sockets.Socket) {
	door := e.Sys.Scaffold()
	cookie, _ := names.LookupOption("SO_COOKIE")
	own, err := door.Getsockopt(d.FD, cookie)
	if err != nil { // Linux alone has it
		return
	}
	for _, k := range e.Session.recent {
		if k == d || k.FD < 0 || k.Family != d.Family || k.Kind != d.Kind || k.Local != d.Local {
			continue
		}
		if v, err := door.Getsockopt(k.FD, cookie); err == nil && v.Text == own.Text {
			d.Shared = k.Shared
			d.Descriptors++
			return
		}
	}
}
