package repl

import (
	"net/netip"
	"slices"
	"time"

	"sockstep/sockets"
)

// A hold is an address that a socket of the session has or had: what goes over it is the session's.
type hold struct {
	proto       string
	local, peer netip.AddrPort // peer is zero where any is meant
	socket      *sockets.Socket
	closed      time.Time // when that was seen; zero while the socket is open, or where there is a peer
}

// know learns a socket's addresses.
func (t *trace) know(k *sockets.Socket) {
	proto := k.KindName()
	if t.wire == nil || proto != "tcp" && proto != "udp" || !k.Local.IP.IsValid() || k.Local.Port == 0 {
		return
	}
	h := hold{proto: proto, local: endpoint(k.Local), socket: k}
	if !k.Peer.IsZero() {
		h.peer = endpoint(k.Peer)
	}
	for i := range t.holds {
		if o := &t.holds[i]; o.proto == h.proto && o.local.Port() == h.local.Port() && o.peer == h.peer && (o.local.Addr() == h.local.Addr() || o.socket.Name == h.socket.Name) {
			*o = h
			return
		}
	}
	t.holds = append(t.holds, h)
	t.toward(proto, h.local.Port())
}

// lateness is how long packets come late for a socket without a peer: then its port may be anybody's.
const lateness = time.Second

// closed marks the holds of sockets without a peer that are closed.
func (t *trace) closed(open []*sockets.Socket) {
	for i := range t.holds {
		h := &t.holds[i]
		same := func(k *sockets.Socket) bool { return k.KindName() == h.proto && endpoint(k.Local) == h.local }
		if h.closed.IsZero() && !h.peer.IsValid() && h.socket.FD < 0 && !slices.ContainsFunc(open, same) { // dup is a second one
			h.closed = time.Now()
		}
	}
}

// letGo drops the holds of what was closed long enough ago, and their ports where no other has them.
func (t *trace) letGo() {
	gone := map[Port]bool{}
	t.holds = slices.DeleteFunc(t.holds, func(h hold) bool {
		over := !h.closed.IsZero() && time.Since(h.closed) > lateness
		if over {
			gone[Port{h.proto, h.local.Port()}] = true
		}
		return over
	})
	if len(gone) == 0 {
		return
	}
	for _, h := range t.holds {
		delete(gone, Port{h.proto, h.local.Port()})
		delete(gone, Port{h.proto, h.peer.Port()})
	}
	for p := range gone {
		delete(t.ports, p)
	}
	t.only()
}

// Of the holds of sockets that are closed the newest are kept, for what comes late.
const (
	mostHolds   = 256
	holdsOfGone = 64
)

// prune lets the addresses go of sockets that were closed long ago, and all that was remembered of their connections, so that a
// long session costs no more than a short one.
func (t *trace) prune(open []*sockets.Socket) {
	if len(t.holds) <= max(t.fewest*2, mostHolds) {
		return
	}
	has := map[netip.AddrPort]bool{}
	for _, k := range open {
		has[endpoint(k.Local)] = true
	}
	var kept []hold
	gone := 0
	for _, h := range slices.Backward(t.holds) {
		if has[h.local] {
			kept = append(kept, h)
		} else if gone++; gone <= holdsOfGone {
			kept = append(kept, h)
		} else {
			t.follower.Forget(h.local, h.peer)
		}
	}
	slices.Reverse(kept)
	t.holds, t.fewest = kept, len(kept)
	ports := map[Port]bool{}
	for p := range t.ports {
		if p.Number == 0 {
			ports[p] = true // icmp, arp
		}
	}
	for _, h := range kept {
		ports[Port{h.proto, h.local.Port()}] = true
		if h.peer.IsValid() {
			ports[Port{h.proto, h.peer.Port()}] = true
		}
	}
	t.ports = ports
	t.only()
}

// owner is the session's socket that a packet from src to dst is of; sent tells whether it is the sender.
func (t *trace) owner(proto string, src, dst netip.AddrPort) (k *sockets.Socket, sent, ok bool) {
	for _, exact := range []bool{true, false} {
		for _, end := range []struct {
			own, other netip.AddrPort
			sent       bool
		}{{src, dst, true}, {dst, src, false}} {
			if k := t.holder(proto, end.own, end.other, exact); k != nil {
				return k, end.sent, true
			}
		}
	}
	return nil, false, false
}

// holder is the socket of the session at own, as it speaks with other: one that is connected to it, or one that speaks with
// any. Of two that have the same port at every address, one for IPv4 and one for IPv6, it is the one of the packet's family.
func (t *trace) holder(proto string, own, other netip.AddrPort, exact bool) (found *sockets.Socket) {
	for _, h := range t.holds {
		anywhere := h.local.Addr().IsUnspecified()
		switch {
		case h.proto != proto || h.local.Port() != own.Port() || !anywhere && h.local.Addr() != own.Addr():
		case exact && h.peer != other, !exact && h.peer.IsValid():
		case !anywhere || h.local.Addr().Is4() == own.Addr().Is4():
			return h.socket
		case own.Addr().Is4() && found == nil: // one for IPv6 takes IPv4, too
			found = h.socket
		}
	}
	return found
}

// far is the socket of the session at the other end of what one at local speaks with; nil where that is not the session's.
func (t *trace) far(proto string, local, peer netip.AddrPort) *sockets.Socket {
	if k := t.holder(proto, peer, local, true); k != nil {
		return k
	}
	return t.holder(proto, peer, local, false)
}
