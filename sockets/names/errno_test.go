package names

import (
	"fmt"
	"strings"
	"testing"
)

func TestExplainRowsAreReachable(t *testing.T) {
	seen := map[string]bool{}
	for _, table := range explanations {
		for _, r := range table {
			for errno := range strings.FieldsSeq(r.errno) {
				if _, ok := LookupErrno(errno); !ok {
					t.Errorf("row for %s, which is not in the table of errnos", errno)
				}
				for op := range fieldsOrEmpty(r.op) {
					for state := range fieldsOrEmpty(r.state) {
						for kind := range fieldsOrEmpty(r.kind) {
							for holder := range fieldsOrEmpty(r.holder) {
								key := fmt.Sprint(op, "|", errno, "|", kind, "|", state, "|", holder, "|", r.dontWait)
								if seen[key] {
									t.Errorf("two rows for %s", key)
								}
								seen[key] = true
							}
						}
					}
				}
			}
		}
	}
}

func fieldsOrEmpty(s string) func(func(string) bool) {
	if s == "" {
		return func(yield func(string) bool) { yield("") }
	}
	return strings.FieldsSeq(s)
}

func TestEveryErrnoIsExplainedAlone(t *testing.T) {
	for _, e := range errnos {
		got := Explain(Situation{Op: "recv", Errno: e.Name})
		if got.Message != e.Meaning {
			t.Errorf("%s: message %+v, want %+v", e.Name, got.Message, e.Meaning)
		}
		if alone := findRow(Situation{Errno: e.Name}); alone.errno == "" {
			t.Errorf("%s: no row for the errno alone", e.Name)
		}
	}
}

func TestExplainLeavesNoBraces(t *testing.T) {
	for _, table := range append(explanations, []row{{errno: "EWHATEVER"}}) {
		for _, r := range table {
			s := Situation{Errno: first(r.errno), Op: first(r.op), Kind: first(r.kind), State: first(r.state), Holder: first(r.holder), DontWait: r.dontWait}
			e := Explain(s)
			for _, text := range []Text{e.Message, e.Why, e.Fix} {
				if text.IsZero() || strings.ContainsAny(text.En+text.Zh, "{}") {
					t.Errorf("%+v: %+v", s, text)
				}
			}
		}
	}
}

func first(words string) string {
	if f := strings.Fields(words); len(f) > 0 {
		return f[0]
	}
	return ""
}

func TestExplain(t *testing.T) {
	tests := []struct {
		name    string
		s       Situation
		why     string // a part of the English reason
		fix     string
		wrong   bool
		message string
	}{
		{"accept before listen", Situation{Op: "accept", Errno: "EINVAL", Kind: "tcp", State: "BOUND", Fill: []string{"s", "srv"}},
			"does not listen yet", "listen srv", true, "invalid argument"},
		{"accept on udp", Situation{Op: "accept", Errno: "EOPNOTSUPP", Kind: "udp", State: "BOUND"},
			"no connections", "data, addr = recvfrom s", true, ""},
		{"accept on udp under its other name", Situation{Op: "accept4", Errno: "ENOTSUP", Kind: "udp"},
			"no connections", "data, addr = recvfrom s", true, ""},
		{"listen on udp", Situation{Op: "listen", Errno: "EOPNOTSUPP", Kind: "udp"}, "UDP has no connections", "recvfrom s", true, ""},
		{"listen on a connection", Situation{Op: "listen", Errno: "EINVAL", Kind: "tcp", State: "ESTABLISHED"}, "either listens or talks", "l = listen tcp", true, ""},
		{"listen on unbound unix", Situation{Op: "listen", Errno: "EINVAL", Kind: "unix", State: "CLOSE"}, "bound to a name", "bind s ./sock", true, ""},
		{"send before connect", Situation{Op: "send", Errno: "EPIPE", Kind: "tcp", State: "CLOSE", Fill: []string{"s", "c", "addr", "127.0.0.1:80"}},
			"no connection", "connect c 127.0.0.1:80", true, "broken pipe"},
		{"sendall on a listener", Situation{Op: "sendall", Errno: "EPIPE", Kind: "tcp", State: "LISTEN"}, "socket of its own", "c = accept s", true, ""},
		{"send after the peer's close", Situation{Op: "send", Errno: "EPIPE", Kind: "tcp", State: "CLOSE_WAIT"}, "answered by RST", "close s", false, ""},
		{"send after own shutdown", Situation{Op: "send", Errno: "EPIPE", Kind: "tcp", State: "FIN_WAIT2"}, "yourself", "recv s", true, ""},
		{"send on unconnected unix", Situation{Op: "send", Errno: "ENOTCONN", Kind: "unix", State: "CLOSE"}, "TCP says EPIPE", "connect s ./sock", true, ""},
		{"recv before connect", Situation{Op: "recv", Errno: "ENOTCONN", Kind: "tcp", State: "CLOSE"}, "not connected", "connect s", true, ""},
		{"recv on a listener", Situation{Op: "recv", Errno: "ENOTCONN", Kind: "tcp", State: "LISTEN"}, "socket of its own", "recv c", true, ""},
		{"recv on unconnected unix", Situation{Op: "recv", Errno: "EINVAL", Kind: "unix", State: "CLOSE"}, "not connected", "connect s ./sock", true, ""},
		{"bind twice", Situation{Op: "bind", Errno: "EINVAL", Kind: "tcp", State: "BOUND"}, "given once", "n = socket tcp", true, ""},
		{"bind of the wrong family", Situation{Op: "bind", Errno: "EINVAL", Kind: "tcp", State: "CLOSE"}, "does not fit the socket", "family", false, ""},
		{"connect twice", Situation{Op: "connect", Errno: "EISCONN", Kind: "tcp", State: "ESTABLISHED"}, "one connection in its life", "second socket", true, ""},
		{"connect on a listener", Situation{Op: "connect", Errno: "EISCONN", Kind: "tcp", State: "LISTEN"}, "This socket listens", "c = connect tcp", true, ""},
		{"udp without peer", Situation{Op: "send", Errno: "EDESTADDRREQ", Kind: "udp"}, "needs a destination", "sendto s", true, ""},
		{"stale socket file", Situation{Op: "connect", Errno: "ECONNREFUSED", Kind: "unix", Fill: []string{"addr", "/tmp/x"}}, "stale file", "listen unix /tmp/x --unlink", false, ""},
		{"socket file in the way", Situation{Op: "bind", Errno: "EADDRINUSE", Kind: "unix", Fill: []string{"path", "/tmp/x"}}, "/tmp/x exists", "bind s /tmp/x --unlink", false, ""},
		{"nobody under an abstract name", Situation{Op: "connect", Errno: "ECONNREFUSED", Kind: "unix", Fill: []string{"addr", "@x", "path", "@x"}}, "the name @x", "listen unix @x", false, ""},
		{"nobody under an abstract name, datagrams", Situation{Op: "sendto", Errno: "ECONNREFUSED", Kind: "unix-dgram", Fill: []string{"addr", "@x"}}, "the name @x", "bind s @x", false, ""},
		{"abstract name taken", Situation{Op: "bind", Errno: "EADDRINUSE", Kind: "unix", Fill: []string{"addr", "@x", "path", "@x"}}, "no file", "bind s @x2", false, ""},
		{"port of a listener", Situation{Op: "bind", Errno: "EADDRINUSE", Kind: "tcp", Holder: "LISTEN"}, "listening on", "ss -ltnp", false, ""},
		{"port in TIME_WAIT", Situation{Op: "bind", Errno: "EADDRINUSE", Kind: "tcp", Holder: "time-wait"}, "TIME_WAIT", "SO_REUSEADDR 1", false, ""},
		{"port of whomever", Situation{Op: "bind", Errno: "EADDRINUSE", Kind: "tcp"}, "by a server that is running, or", "SO_REUSEADDR 1", false, ""},
		{"unix queue full", Situation{Op: "connect", Errno: "EWOULDBLOCK", Kind: "unix"}, "queue is full", "connect s", false, ""},
		{"udp port unreachable", Situation{Op: "recv", Errno: "ECONNREFUSED", Kind: "udp"}, "ICMP", "send s hello", false, ""},
		{"nothing to read on a non-blocking socket", Situation{Op: "recv", Errno: "EAGAIN", Kind: "tcp", State: "ESTABLISHED"}, "non-blocking", "blocking s on", false, ""},
		{"nothing to read, told not to wait", Situation{Op: "recv", Errno: "EAGAIN", Kind: "tcp", State: "ESTABLISHED", DontWait: true}, "this one call", "Leave out --dontwait", false, ""},
		{"no datagram, told not to wait", Situation{Op: "recvfrom", Errno: "EAGAIN", Kind: "udp", DontWait: true}, "this one call", "Leave out --dontwait", false, ""},
		{"no room, told not to wait", Situation{Op: "sendall", Errno: "EAGAIN", Kind: "unix", State: "ESTABLISHED", DontWait: true}, "send buffer is full", "Leave out --dontwait", false, ""},
		{"unix queue full, told not to wait", Situation{Op: "sendto", Errno: "EAGAIN", Kind: "unix-dgram", DontWait: true}, "queue is full", "Leave out --dontwait", false, ""},
		{"reset", Situation{Op: "recv", Errno: "ECONNRESET", Kind: "tcp"}, "handed out first", "nothing more to read", false, ""},
		{"reset, shut here in both directions", Situation{Op: "recv", Errno: "ECONNRESET", Kind: "tcp", State: "SHUT_RDWR", Fill: []string{"s", "d", "again", "d = accept l"}}, "this kernel answers it with RST", "`d = accept l`", false, "broken off"},
		{"send after own shutdown of both", Situation{Op: "send", Errno: "EPIPE", Kind: "tcp", State: "SHUT_RDWR"}, "both directions", "s = connect tcp", true, ""},
		{"ping socket", Situation{Op: "socket", Errno: "EACCES", Kind: "icmp"}, "ping_group_range", "sysctl", false, ""},
		{"raw socket", Situation{Op: "socket", Errno: "EPERM", Kind: "raw"}, "CAP_NET_RAW", "sockstep lab", false, ""},
		{"no route to an IPv6 network", Situation{Op: "connect", Errno: "ENETUNREACH", Kind: "tcp", Fill: []string{"s", "c", "addr", "[2001:db8::1]:80", "port", "80"}}, "no way to [2001:db8::1]:80", "`connect c [::1]:80`", false, ""},
		{"reset, told to send", Situation{Op: "send", Errno: "ECONNRESET", Kind: "tcp", State: "ESTABLISHED"}, "closed its listener before it accepted you", "close s", false, ""},
		{"value out of range", Situation{Op: "setsockopt", Errno: "EINVAL", Kind: "tcp", Fill: []string{"opt", "TCP_MAXSEG", "value", "70000"}}, "its values are 0, 88 … 32767", "`sockopt s TCP_MAXSEG`", false, ""},
		{"value in range, socket too old", Situation{Op: "setsockopt", Errno: "EINVAL", Kind: "tcp", Fill: []string{"opt", "TCP_FASTOPEN", "value", "5"}}, "too late", "inspect s", false, ""},
		{"no range known", Situation{Op: "setsockopt", Errno: "EINVAL", Kind: "tcp", Fill: []string{"opt", "TCP_RTO_MIN_US", "value", "0"}}, "out of range", "`man 7 tcp`", false, ""},
		{"no group", Situation{Op: "setsockopt", Errno: "EINVAL", Kind: "udp", Fill: []string{"opt", "IP_ADD_MEMBERSHIP", "value", "10.0.0.1 lo"}}, "no multicast group", "224.0.0.251", false, ""},
		{"a group, and yet EINVAL", Situation{Op: "setsockopt", Errno: "EINVAL", Kind: "udp", Fill: []string{"opt", "IP_ADD_MEMBERSHIP", "value", "imr_multiaddr=224.0.0.9"}}, "wrong form", "`man 7 ip`", false, ""},
		{"shut for reading, nothing there", Situation{Op: "recv", Errno: "EAGAIN", Kind: "udp", Holder: "SHUT_RD", DontWait: true}, "no call waits on it any more", "n = socket udp", false, ""},
		{"raw socket without a protocol", Situation{Op: "socket", Errno: "EPROTONOSUPPORT", Kind: "raw", Fill: []string{"s", "t"}}, "none was named", "t = socket raw", false, ""},
		{"protocol of another type", Situation{Op: "socket", Errno: "EPROTONOSUPPORT", Kind: "tcp"}, "does not go with the type", "Leave the protocol out", false, ""},
		{"unknown", Situation{Op: "bind", Errno: "EKEYEXPIRED"}, "no page on EKEYEXPIRED", "man 2 bind", false, "refused bind with EKEYEXPIRED"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := Explain(tt.s)
			if !strings.Contains(got.Why.En, tt.why) || !strings.Contains(got.Fix.En, tt.fix) || !strings.Contains(got.Message.En, tt.message) {
				t.Errorf("got %q / %q / %q, want …%q… / …%q… / …%q…", got.Message.En, got.Why.En, got.Fix.En, tt.message, tt.why, tt.fix)
			}
			if got := WrongOrder(tt.s); got != tt.wrong {
				t.Errorf("WrongOrder = %v, want %v", got, tt.wrong)
			}
		})
	}
}
