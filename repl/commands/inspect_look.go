package commands

import (
	"errors"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// A look is one look at a socket: what was asked for once is not asked for again.
type look struct {
	*repl.Env            // whose act is told what is odd
	c         sys.Caller // for the calls
	k         *sockets.Socket
	asking    *repl.Env // whose act the kernel's answers are told in
	card      bool      // for a card, where a refusal is no mistake of the student's

	info  *sockets.Value // struct tcp_info
	known *repl.Known
	err   error // why it is not known
	room  *sockets.Mem
}

func lookAt(e *repl.Env, c sys.Caller, k *sockets.Socket) *look {
	return &look{Env: e, asking: e, c: c, k: k}
}

// sights say which sockets have a field, and which show it on their card.
type sights uint8

const (
	onTCP  sights = 1 << iota // TCP with a peer
	onIdle                    // TCP without one
	onListener
	onUDP  // UDP
	onUnix // AF_UNIX
	onUnixListener
	onOther  // raw, icmp
	onClosed // closed, and its connection still there

	onAnyTCP  = onTCP | onIdle | onListener
	onAnyUnix = onUnix | onUnixListener
	onOpen    = onAnyTCP | onUDP | onAnyUnix | onOther
)

func sightOf(k *sockets.Socket) sights {
	switch kind := k.KindName(); {
	case k.FD < 0:
		return onClosed
	case k.Family == sockets.UNIX && k.Backlog >= 0:
		return onUnixListener
	case k.Family == sockets.UNIX:
		return onUnix
	case kind == "udp":
		return onUDP
	case kind != "tcp":
		return onOther
	case k.Backlog >= 0:
		return onListener
	case k.Peer.IsZero() && k.Toward.IsZero():
		return onIdle
	}
	return onTCP
}

// kernel is what the kernel knows beside what the descriptor tells. A socket that is in none of its tables has nothing.
func (l *look) kernel() (repl.Known, error) {
	if l.known == nil {
		n, err := l.asking.Known(l.k)
		if errors.Is(err, sockets.ErrGone) {
			n, err = repl.Known{}, nil
		}
		l.known, l.err = &n, err
	}
	return *l.known, l.err
}

// tcp is the kernel's own record of a TCP socket, nil where there is none.
func (l *look) tcp() (*sockets.KernelTCP, error) {
	n, err := l.kernel()
	return n.TCP, err
}

// mem is what the socket's queues take and may take. Of one that is in none of the kernel's tables, as it has no port yet or
// its connection is over, the descriptor tells it.
func (l *look) mem() (*sockets.Mem, error) {
	n, err := l.kernel()
	if m := n.Mem(); m != nil || err != nil || l.k.FD < 0 {
		return m, err
	}
	if l.room == nil {
		o, _ := names.LookupOption("SO_MEMINFO")
		v, err := l.c.Getsockopt(l.k.FD, o)
		if err != nil {
			return nil, l.Fail("getsockopt", l.k, err, "opt", "SO_MEMINFO")
		}
		l.room = &sockets.Mem{}
		into := []*uint32{&l.room.Received, &l.room.RecvBuf, &l.room.Sent, &l.room.SendBuf, &l.room.Forward, &l.room.SendQueued, &l.room.Options, &l.room.Backlog, &l.room.Drops}
		for i := range min(len(into), len(v.List)) {
			*into[i] = uint32(v.List[i].Int)
		}
	}
	return l.room, nil
}

// member is a number of struct tcp_info, as getsockopt(2) gives it. A kernel that is too old for it tells nothing.
func (l *look) member(name string) (sockets.Value, error) {
	if l.info == nil {
		o, _ := names.LookupOption("TCP_INFO")
		v, err := l.c.Getsockopt(l.k.FD, o)
		if err != nil {
			return none, l.Fail("getsockopt", l.k, err, "opt", "TCP_INFO")
		}
		l.info = &v
	}
	v, ok := l.info.Field(name)
	if !ok {
		return none, nil
	}
	return sockets.IntOf(v.Int), nil
}

// number is a member as a number, 0 where it is not known.
func (l *look) number(name string) int64 {
	v, _ := l.member(name)
	return v.Int
}

// pythonMember is how Python reads a member of struct tcp_info that begins so many bytes into it.
func pythonMember(name string) string {
	const head, inBits = 8, 10 // the plain numbers begin behind so many bytes, and behind so many members
	o, _ := names.LookupOption("TCP_INFO")
	sizes := map[names.OptionType]int{names.Byte: 1, names.Uint32: 4, names.Uint64: 8}
	codes := map[names.OptionType]string{names.Byte: "B", names.Uint32: "I", names.Uint64: "Q"}
	at := 0
	for i, f := range o.Fields {
		if i == inBits {
			at = head
		}
		if f.Name == name {
			return "struct.unpack_from('" + codes[f.Type] + "', %s.getsockopt(IPPROTO_TCP, TCP_INFO, 256), " + itoa(at) + ")[0]"
		}
		at += sizes[f.Type]
	}
	return ""
}
