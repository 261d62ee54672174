package names

import "strings"

// Errno is an error number by its name, with what it means by itself.
type Errno struct {
	Name    string
	Meaning Text
}

// LookupErrno finds an errno by its name, in any case. EWOULDBLOCK is EAGAIN
// and ENOTSUP is EOPNOTSUPP, as on Linux.
func LookupErrno(name string) (Errno, bool) {
	name = errnoName(name)
	for _, e := range errnos {
		if e.Name == name {
			return e, true
		}
	}
	return Errno{}, false
}

// Errnos gives every errno of the table, in its order.
func Errnos() []Errno { return append([]Errno(nil), errnos...) }

func errnoName(name string) string {
	name = strings.ToUpper(strings.TrimSpace(name))
	switch name {
	case "EWOULDBLOCK":
		return "EAGAIN"
	case "ENOTSUP":
		return "EOPNOTSUPP"
	}
	return name
}

// Situation is what was true when a call failed.
//
// State is a TCP state by its kernel name, or one of the words that no kernel
// has: BOUND (has an address, is neither connected nor listening), RESET (was
// connected, and an errno has told that the connection was broken off), OVER (was
// connected, and the connection is at its end), SHUT_RD, SHUT_WR, SHUT_RDWR. CLOSE
// means fresh: neither bound nor connected, ever. ESTABLISHED also stands for a
// connected datagram or unix socket.
type Situation struct {
	Op    string // name of the call: "bind", "accept", "sendto" …
	Errno string // "ECONNREFUSED"
	Kind  string // "tcp", "udp", "unix", "unix-dgram", "unix-seqpacket", "icmp", "raw"; "" unknown
	State string // as sockstep knew it just before: see the list below; "" unknown
	// Holder is what else the call met, when the caller found out; "" unknown. What holds a taken address: "LISTEN", "TIME_WAIT"
	// (TIME_WAIT_ALL_THE_SAME where the caller set SO_REUSEADDR), "ESTABLISHED", "BOUND". What is at a path: FILE, which is no socket,
	// or {holder}, a socket that is BOUND, ESTABLISHED or SHUT_RD. What let the call wait no longer: SO_RCVTIMEO, SO_SNDTIMEO,
	// NEGATIVE_RCVTIMEO, NEGATIVE_SNDTIMEO, SHUT_RD. ABSTRACT, PORT_0, NO_SCOPE and what is of options are seen from Fill.
	Holder string
	// DontWait says that the call itself asked not to wait (MSG_DONTWAIT), at a socket that would have waited.
	DontWait bool
	Fill     []string // pairs for {s} socket name, {addr}, {port}, {path}, {n}, {opt}, {value}, {name}, {again} the line that makes such a connection anew, {holder} the name of a socket
}

// Explanation is what a student is told about a refused call.
type Explanation struct {
	Message Text // what the errno means, in plain words
	Why     Text // the usual cause here
	Fix     Text // the line to type next, or the thing to do
}

// row is one line of the explaining tables. An empty part fits everything;
// words in a part are separated by blanks and each of them fits.
type row struct {
	op, errno, kind, state, holder string
	wrongOrder                     bool
	dontWait                       bool
	Explanation
}

// Explain says why a call failed and what to do. The row that says most
// about the situation wins: the operation weighs more than the holder of the
// address, that more than the state, and the state more than the kind.
func Explain(s Situation) Explanation {
	s = s.normal()
	e := findRow(s).Explanation
	if known, ok := LookupErrno(s.Errno); ok {
		if e.Message.IsZero() {
			e.Message = known.Meaning
		}
	}
	fill := s.fill()
	return Explanation{
		Message: e.Message.Fill(fill...),
		Why:     e.Why.Fill(fill...),
		Fix:     e.Fix.Fill(fill...),
	}
}

// WrongOrder reports whether the call failed because it came before or after
// its turn: accept before listen, send before connect, bind twice.
func WrongOrder(s Situation) bool { return findRow(s.normal()).wrongOrder }

// unknown is said of an errno that no row knows.
var unknown = row{Explanation: Explanation{
	Message: T("the kernel refused {op} with {errno}", "内核拒绝了 {op}，错误码为 {errno}"),
	Why: T("sockstep has no page on {errno}; the manual page of {op} lists what it means there.",
		"sockstep 没有收录 {errno} 的说明；它在这里的含义请查 {op} 的手册页。"),
	Fix: T("Read `man 2 {op}`, section ERRORS, and look at the socket with `inspect {s}`.",
		"查看 `man 2 {op}` 的 ERRORS 一节，并用 `inspect {s}` 看看这个套接字的状态。"),
}}

func findRow(s Situation) row {
	best, bestScore := unknown, -1
	for _, table := range explanations {
		for _, r := range table {
			if score := r.fits(s); score > bestScore {
				best, bestScore = r, score
			}
		}
	}
	return best
}

// fits gives how much the row says about the situation, -1 if it is about
// another one.
func (r row) fits(s Situation) int {
	if !hasWord(r.errno, s.Errno) || r.dontWait && !s.DontWait {
		return -1
	}
	score := 0
	if r.dontWait {
		score += 2
	}
	for _, part := range []struct {
		words, word string
		weight      int
	}{{r.op, s.Op, 8}, {r.holder, s.Holder, 4}, {r.state, s.State, 2}, {r.kind, s.Kind, 1}} {
		if part.words == "" {
			continue
		}
		if !hasWord(part.words, part.word) {
			return -1
		}
		score += part.weight
	}
	return score
}

func hasWord(words, word string) bool {
	if word == "" {
		return false
	}
	for w := range strings.FieldsSeq(words) {
		if w == word {
			return true
		}
	}
	return false
}

// normal brings the words that a caller may use to those of the tables.
func (s Situation) normal() Situation {
	s.Errno = errnoName(s.Errno)
	s.Op = strings.ToLower(s.Op)
	switch s.Op {
	case "sendall", "write", "writev":
		s.Op = "send"
	case "read", "readv":
		s.Op = "recv"
	case "accept4":
		s.Op = "accept"
	}
	s.Kind = strings.ToLower(s.Kind)
	if s.Kind == "unix-stream" {
		s.Kind = "unix"
	}
	s.State, s.Holder = stateName(s.State), stateName(s.Holder)
	if s.Holder == "" && strings.HasPrefix(s.Kind, "unix") {
		for _, name := range []string{"addr", "path"} {
			if v, _ := given(name, s.Fill); strings.HasPrefix(v, "@") {
				s.Holder = "ABSTRACT" // no file is behind it
			}
		}
	}
	switch addr, _ := given("addr", s.Fill); {
	case s.Holder != "":
	case s.Op == "setsockopt" && s.Errno == "EINVAL":
		s.Holder = unfit(s.Fill)
	case strings.HasPrefix(addr, "[fe80:") && !strings.Contains(addr, "%"):
		s.Holder = "NO_SCOPE"
	case strings.HasSuffix(addr, ":0"):
		s.Holder = "PORT_0"
	}
	return s
}

// commandOf gives sockstep's command for a call.
func commandOf(op string) string {
	switch op {
	case "setsockopt", "getsockopt":
		return "sockopt"
	case "getsockname", "getpeername":
		return "inspect"
	}
	return op
}

// stateName brings the other spellings of a state to the kernel's.
func stateName(state string) string {
	state = strings.ToUpper(strings.NewReplacer("-", "_", " ", "_").Replace(state))
	switch state {
	case "CLOSED", "UNCONN", "UNCONNECTED":
		return "CLOSE"
	case "CONNECTED", "ESTAB":
		return "ESTABLISHED"
	case "LISTENING":
		return "LISTEN"
	}
	return state
}

// fill gives the caller's pairs, then what the situation itself knows, then
// the values that the manual's examples use, so that no brace is ever shown.
func (s Situation) fill() []string {
	op := s.Op
	if op == "" {
		op = "the call"
	}
	fill := make([]string, 0, len(s.Fill)+40)
	fill = append(fill, s.Fill[:len(s.Fill)/2*2]...)
	kind := s.Kind
	if kind == "" {
		kind = "tcp"
	}
	loop := "127.0.0.1"
	if v, _ := given("addr", s.Fill); strings.HasPrefix(v, "[") {
		loop = "[::1]"
	}
	addr, path, fresh := "127.0.0.1:8888", "./sock", "127.0.0.1:0"
	if strings.HasPrefix(kind, "unix") {
		// On AF_UNIX the address is the path, whichever the caller gave.
		for i := 0; i+1 < len(s.Fill); i += 2 {
			if s.Fill[i] == "addr" || s.Fill[i] == "path" {
				path = s.Fill[i+1]
			}
		}
		addr, fresh = path, "./sock2"
	}
	if again, ok := given("again", s.Fill); !ok || again == "" {
		name, target := "s", addr
		if v, ok := given("s", s.Fill); ok {
			name = v
		}
		if v, ok := given("addr", s.Fill); ok && !strings.HasPrefix(kind, "unix") {
			target = v
		}
		fill = append(fill, "again", name+" = connect "+kind+" "+target)
	}
	return append(fill, "op", op, "command", commandOf(op), "errno", s.Errno, "kind", kind, "state", s.State,
		"s", "s", "addr", addr, "port", "8888", "path", path, "host", "127.0.0.1", "new", fresh, "own", path,
		"n", "1024", "opt", "SO_REUSEADDR", "value", "1", "name", "lo", "loop", loop, "holder", "s", "range", takes(s.Fill), "page", pageOf(s.Fill))
}
