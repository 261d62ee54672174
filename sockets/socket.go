package sockets

import "time"

// An FD is the kernel's handle of a socket: a file descriptor on Unix. Only sockets/sys knows more of it.
type FD int64

// A Socket is one descriptor of a socket of the student's: its name, the kernel's handle, and the socket that it stands for.
type Socket struct {
	Name    string
	FD      FD
	Timeout time.Duration // settimeout; 0 for none. Python keeps it with the object, not with the socket
	*Shared
}

// Shared is what sockstep has seen of a socket, and what all its descriptors have in common: dup(2) makes no second socket.
// What the kernel can tell (state, queues, addresses) is asked of the kernel, and only remembered here to tell a change.
type Shared struct {
	Descriptors int // open ones that this session knows of

	Family Family
	Kind   Kind
	Proto  int

	Blocking bool
	Backlog  int  // as given to listen(2); -1 where listen was never called
	Bound    bool // bind was called, or the kernel bound it
	Unlinked bool // its file was removed, and nobody finds it by its path any more
	WriteEnd bool // shutdown for writing was done
	ReadEnd  bool
	Broken   string // the errno that told of the connection's violent end, which the kernel tells once: "ECONNRESET"

	Local, Peer  Address // as last seen
	Toward       Address // that connect was last told
	State        string
	RecvQ, SendQ int

	Sent, Received uint64   // payload bytes through this socket, by sockstep's own calls
	Marks          []uint64 // Sent after each send of a stream, the newest last; bounded
	MarksFrom      uint64   // what was sent before the oldest mark
	Urgent         bool     // an urgent byte was sent that stands beside the stream, so that Sent is not what the peer receives
	Partner        *Socket  // the other end, where it is this session's too
	Inherits       *Socket  // the listening socket that it was accepted from
	Host           string   // of a lab, where it is not the student's own
	Far            Far      // the other end, where it is another program's of this user
	Way            []Visit  // the TCP states that it was seen in, the first first
	Waits          bool     // that it is in TIME_WAIT was said
	Device         bool     // it was bound to an interface: SO_BINDTODEVICE

	Knocking []*Socket // of a listening AF_UNIX socket: this session's sockets that connected and were not yet accepted
}

// NewSocket is a socket as socket(2) makes it, with its first descriptor.
func NewSocket(name string, fd FD, f Family, k Kind, proto int) *Socket {
	return &Socket{Name: name, FD: fd, Shared: &Shared{Descriptors: 1, Family: f, Kind: k, Proto: proto, Blocking: true, Backlog: -1}}
}

// A Far is what was last seen of a connection's other end.
type Far struct {
	State        string // "" where it was not seen yet
	RecvQ, SendQ int
	Unknown      bool // it is not to be seen from here, or no longer
}

// A Visit is a socket in a TCP state.
type Visit struct {
	State string        // as the kernel names it: "SYN_SENT"
	Act   int           // the number of the line that led to it; 0 where no line did
	Line  string        // that line
	At    time.Duration // when
	Reset bool          // it came there by a RST, which no arrow of the diagram shows
}

// Stream reports whether s carries bytes without boundaries.
func (s *Socket) Stream() bool { return s.Kind == Stream }

// KindName is s's kind in the language's words: tcp, udp, unix, unix-dgram, unix-seqpacket, icmp, raw.
func (s *Socket) KindName() string { return KindName(s.Family, s.Kind, s.Proto) }

// KindName is the language's word for a family, type and protocol.
func KindName(f Family, k Kind, proto int) string {
	switch {
	case f == UNIX && k == Stream:
		return "unix"
	case f == UNIX && (k == Dgram || k == Raw): // the kernel makes the same of both
		return "unix-dgram"
	case f == UNIX:
		return "unix-seqpacket"
	case k == Raw:
		return "raw"
	case k == Dgram && (proto == 1 || proto == 58):
		return "icmp"
	case k == Dgram:
		return "udp"
	}
	return "tcp"
}

// Rename gives s its own address as the kernel tells it; a change of the act, unless it is still no name.
func (s *Socket) Rename(a *Act, local Address) {
	if !local.Unnamed() {
		a.Change(s.Name, "sockname", s.Local.String(), local.String())
	}
	s.Local = local
}
