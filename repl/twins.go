package repl

import "sockstep/sockets"

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
