package repl

import (
	"encoding/binary"
	"net/netip"
	"slices"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/wire"
)

// ICMP has no ports: a message is the session's where it is between hosts that a socket of it speaks with, and says what the
// socket said. An echo and its answer bear a number that the sender chose (RFC 792); other pings to the same host have others.

// A pinging is a host that a socket has sent ICMP to.
type pinging struct {
	host   netip.Addr
	socket *sockets.Socket
}

// Spoken are the messages that a raw socket sent: the numbers of its echoes, and the types of what is no echo.
type spoken struct {
	echoes []uint16
	types  []uint8
}

// How many of them are remembered, the newest.
const (
	mostPinged = 64
	mostSpoken = 256
)

// Speaks tells what k is about to send, before it goes.
func (e *Env) Speaks(k *sockets.Socket, message []byte) {
	t := &e.Session.trace
	if t.wire == nil || !speaksICMP(k) {
		return
	}
	if len(message) >= 20 && message[0]>>4 == 4 { // IP_HDRINCL: the student wrote the IP header, too
		message = message[min(int(message[0]&15)*4, len(message)):]
	}
	if len(message) == 0 {
		return
	}
	if t.spoken == nil {
		t.spoken = map[*sockets.Socket]*spoken{}
	}
	said := t.spoken[k]
	if said == nil {
		said = &spoken{}
		t.spoken[k] = said
	}
	if kind := message[0]; !isEcho(k.Proto == 58, kind) {
		said.types = remembered(said.types, kind, mostSpoken)
	} else if len(message) >= 6 {
		said.echoes = remembered(said.echoes, binary.BigEndian.Uint16(message[4:]), mostSpoken)
	}
}

// remembered is all with x as its newest, and no more than most.
func remembered[T comparable](all []T, x T, most int) []T {
	if i := slices.Index(all, x); i >= 0 {
		all = slices.Delete(all, i, i+1)
	}
	if len(all) == most {
		all = slices.Delete(all, 0, 1)
	}
	return append(all, x)
}

// isEcho reports whether a message is an echo request or its answer.
func isEcho(v6 bool, kind uint8) bool {
	if v6 {
		return kind == 128 || kind == 129
	}
	return kind == 8 || kind == 0
}

// ping makes the wire take ICMP, of which a socket speaks to a host.
func (t *trace) ping(host netip.Addr, k *sockets.Socket) {
	if t.wire == nil || !host.IsValid() {
		return
	}
	t.pinged = remembered(t.pinged, pinging{host, k}, mostPinged)
	t.portless("icmp")
}

// pinger is the socket that an ICMP message is of: one that spoke to its sender or to whom it goes.
func (t *trace) pinger(p *wire.Packet) (k *sockets.Socket, sent, ok bool) {
	if p.ICMP == nil || strings.HasPrefix(p.ICMP.Name(), "neighbor") || strings.HasPrefix(p.ICMP.Name(), "router") {
		return nil, false, false
	}
	from, to := p.Src.Addr().Unmap().WithZone(""), p.Dst.Addr().Unmap().WithZone("")
	for _, x := range slices.Backward(t.pinged) {
		switch {
		case x.host != from && x.host != to || !t.said(x.socket, p.ICMP):
		case x.host == to && !(from == to && strings.HasSuffix(p.ICMP.Name(), "reply")):
			return x.socket, true, true
		default:
			return x.socket, false, true
		}
	}
	return nil, false, false
}

// said reports whether a message is one that k sent, or its answer. The kernel gives the echoes of a ping socket its port as
// their number, whatever the student wrote; of all pairs but echo the answer's type is one higher.
func (t *trace) said(k *sockets.Socket, m *wire.ICMP) bool {
	said := t.spoken[k]
	switch {
	case isEcho(m.V6, m.Type):
		return k.KindName() == "icmp" && m.ID == k.Local.Port || said != nil && k.KindName() == "raw" && slices.Contains(said.echoes, m.ID)
	case said == nil:
		return false
	}
	return slices.Contains(said.types, m.Type) || m.Type > 0 && slices.Contains(said.types, m.Type-1)
}
