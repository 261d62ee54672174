package lessons

import "sockstep/sockets"

// A World is what the judge asks. It answers for what is, never for what was typed.
//
// Role is whose sockets are meant, where a lesson has several; "" is the learner who asks. An error means that it cannot be
// told here, and says why: it is never held against the learner. An *sockets.Error says it in both languages.
type World interface {
	// Sockets are all sockets that the role's learner has made since the lesson began, as the kernel has them now; those
	// that are closed, too, as they were last seen.
	Sockets(role string) ([]Socket, error)
	// Option asks the kernel for an option of a socket, by its name in the manual: its number, or its text.
	Option(s Socket, name string) (sockets.Value, error)
	// Kept are the values that the role's learner keeps under names.
	Kept(role string) ([]sockets.Value, error)
	// Packets is nil where packets are seen, or inferred.
	Packets(role string) error
	// Exists reports whether there is a file.
	Exists(path string) (bool, error)
	// Offers is nil where the machine has what a lesson needs: packets, diag, lab, ipv6, python, raw, ping, linux.
	Offers(what string) error
	// FreePort is a port of 127.0.0.1 that nobody has, of TCP and of UDP.
	FreePort() (int, error)
	// IsFree reports whether nobody has a port of 127.0.0.1, of TCP nor of UDP.
	IsFree(port int) bool
	// TempPath is the path of a file that does not exist, short enough for a socket's name.
	TempPath() (string, error)
}

// A Socket is one socket of a learner's, as the judge sees it.
type Socket struct {
	ID       string // the same as long as the lesson runs, whatever it is called
	Name     string // the learner's
	Kind     string // tcp, udp, unix, …
	Family   string // AF_INET
	Type     string // SOCK_STREAM
	State    string // of TCP as the kernel names it; else LISTEN, ESTABLISHED, CONNECTED, BOUND or -
	NoState  string // why the system does not tell the state, nor the accept queue; "" where it does
	Local    string // as the language writes it; "" for none
	Peer     string
	RecvQ    int // of a LISTEN the accept queue
	SendQ    int
	Backlog  int // -1 where it does not listen
	Blocking bool
	Closed   bool
	Sent     uint64
	Received uint64
	FD       int64  // the last that it had
	PeerOf   string // the ID of its other end; "" where that is not known
	From     string // the ID of the socket that it was accepted from
}
