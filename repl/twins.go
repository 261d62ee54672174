package repl

import (
	"slices"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Twin says that d is another descriptor of k's socket: what is done to one is done to the other, and the connection lasts until
// the last of them is closed.
func (e *Env) Twin(k, d *sockets.Socket) {
	for _, t := range append([]*sockets.Socket{k}, k.Twins...) {
		t.Twins = append(slices.Clip(t.Twins), d)
		d.Twins = append(d.Twins, t)
	}
	share(k)
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
			e.Twin(k, d)
			return
		}
	}
}

// Shared reports whether k has a twin that is open.
func (e *Env) Shared(k *sockets.Socket) bool { return len(k.Twins) > 0 }

// share gives k's twins what is known of the socket behind them.
func share(k *sockets.Socket) {
	for _, t := range k.Twins {
		t.Bound, t.Backlog, t.Local, t.Peer, t.Toward, t.Inherits = k.Bound, k.Backlog, k.Local, k.Peer, k.Toward, k.Inherits
		t.State, t.RecvQ, t.SendQ, t.Way = k.State, k.RecvQ, k.SendQ, slices.Clip(k.Way)
		t.WriteEnd, t.ReadEnd, t.Broken = k.WriteEnd, k.ReadEnd, k.Broken
		t.Urgent, t.Sent, t.Received, t.Marks, t.MarksFrom = k.Urgent, k.Sent, k.Received, slices.Clone(k.Marks), k.MarksFrom
		t.Partner = k.Partner
	}
}

// part leaves k, which is closed, without twins and without the other end of its connection: that one's partner is from now on
// a twin of k that is still open, or none.
func part(k *sockets.Socket) {
	var heir *sockets.Socket
	for _, t := range k.Twins {
		t.Twins = slices.DeleteFunc(slices.Clone(t.Twins), func(o *sockets.Socket) bool { return o == k })
		heir = t
	}
	if p := k.Partner; p != nil {
		for _, t := range append([]*sockets.Socket{p}, p.Twins...) {
			t.Partner = heir
		}
	}
	k.Twins, k.Partner = nil, nil
}
