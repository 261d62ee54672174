package repl

import (
	"net/netip"
	"slices"

	"sockstep/sockets"
)

// A hold is an address that a socket of the session has or had: what goes over it is the session's.
type hold struct {
	proto       string
	local, peer netip.AddrPort // peer is zero where any is meant
	socket      *sockets.Socket
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
