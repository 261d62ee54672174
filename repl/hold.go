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
	name        string
}

// know learns a socket's addresses.
func (t *trace) know(k *sockets.Socket) {
	proto := k.KindName()
	if t.wire == nil || proto != "tcp" && proto != "udp" || !k.Local.IP.IsValid() || k.Local.Port == 0 {
		return
	}
	h := hold{proto: proto, local: endpoint(k.Local), name: k.Name}
	if !k.Peer.IsZero() {
		h.peer = endpoint(k.Peer)
	}
	for i := range t.holds {
		if o := &t.holds[i]; o.proto == h.proto && o.local.Port() == h.local.Port() && o.peer == h.peer && (o.local.Addr() == h.local.Addr() || o.name == h.name) {
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

// owner is the hold of the session's end of a packet that src sent to dst; sent tells whether it is the sender.
func (t *trace) owner(proto string, src, dst netip.AddrPort) (h hold, sent, ok bool) {
	for _, exact := range []bool{true, false} {
		for _, end := range []struct {
			own, other netip.AddrPort
			sent       bool
		}{{src, dst, true}, {dst, src, false}} {
			for _, h := range t.holds {
				if h.proto != proto || h.local.Port() != end.own.Port() || !h.local.Addr().IsUnspecified() && h.local.Addr() != end.own.Addr() {
					continue
				}
				if exact && h.peer == end.other || !exact && !h.peer.IsValid() {
					return h, end.sent, true
				}
			}
		}
	}
	return hold{}, false, false
}
