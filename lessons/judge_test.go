package lessons

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"unicode"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A fakeWorld is what a test says there is.
type fakeWorld struct {
	sockets []Socket
	options map[string]int64
	kept    []sockets.Value
	files   []string
	blind   error // to packets
	broken  error // to sockets
	lacks   error // of Offers
}

func (w *fakeWorld) Sockets(role string) ([]Socket, error) {
	if role != "" {
		return nil, errors.New("no partner")
	}
	return w.sockets, w.broken
}
func (w *fakeWorld) Option(_ Socket, name string) (sockets.Value, error) {
	n, ok := w.options[name]
	if !ok {
		return sockets.Value{}, errors.New("no such option")
	}
	return sockets.IntOf(n), nil
}
func (w *fakeWorld) Kept(string) ([]sockets.Value, error) { return w.kept, nil }
func (w *fakeWorld) Packets(string) error                 { return w.blind }
func (w *fakeWorld) Exists(path string) (bool, error) {
	for _, f := range w.files {
		if f == path {
			return true, nil
		}
	}
	return false, nil
}
func (w *fakeWorld) Offers(string) error       { return w.lacks }
func (w *fakeWorld) FreePort() (int, error)    { return 40001, nil }
func (w *fakeWorld) IsFree(int) bool           { return false }
func (w *fakeWorld) TempPath() (string, error) { return "/tmp/x", nil }

// with makes a Run of a lesson whose first step expects this.
func with(t *testing.T, w World, expect string) *Run {
	t.Helper()
	text := skeletal(t)
	from, to := strings.Index(text, "  expect:\n"), strings.Index(text, "  hints:\n")
	text = text[:from] + "  expect:\n" + expect + "\n" + text[to:]
	text = strings.Replace(text, "vars: {port: free-port}", "vars: {port: free-port, n: random-number 7 7, path: temp-path}", 1)
	text = strings.NewReplacer("socket: {is: s, closed: true}", "note: eof", "{socket: s, field: state}", "{calls: recv}", "[CLOSE, LISTEN, ESTABLISHED]", "[1, 2]").Replace(text)
	l, err := Read("01-sample.yaml", []byte(text))
	if err != nil {
		t.Fatalf("%s\n%v", expect, err)
	}
	r, err := Begin(l, w, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func acted(v sockets.Value, err error, steps ...sockets.Step) *sockets.Act {
	a := sockets.NewAct(1, "a line")
	a.Value, a.Err = v, err
	for _, s := range steps {
		a.Add(s)
	}
	return a
}

var (
	listening = Socket{ID: "1", Name: "mine", Kind: "tcp", Family: "AF_INET", Type: "SOCK_STREAM", State: "LISTEN", Local: "127.0.0.1:40001", Backlog: 5, RecvQ: 1, FD: 8, Blocking: true}
	client    = Socket{ID: "2", Name: "k", Kind: "tcp", State: "ESTABLISHED", Local: "127.0.0.1:50000", Peer: "127.0.0.1:40001", Backlog: -1, Sent: 7, FD: 9, PeerOf: "3"}
	accepted  = Socket{ID: "3", Name: "c", Kind: "tcp", State: "ESTABLISHED", Local: "127.0.0.1:40001", Peer: "127.0.0.1:50000", Backlog: -1, Received: 7, RecvQ: 2, FD: 10, From: "1", PeerOf: "2"}
	datagram  = Socket{ID: "4", Name: "u", Kind: "udp", State: "-", Backlog: -1, FD: 11}
	gone      = Socket{ID: "5", Name: "old", Kind: "tcp", State: "TIME_WAIT", Backlog: -1, FD: 8, Closed: true}
)

func TestJudge(t *testing.T) {
	w := &fakeWorld{sockets: []Socket{listening, client, accepted, datagram, gone}, options: map[string]int64{"SO_REUSEADDR": 1},
		kept: []sockets.Value{sockets.IntOf(42)}, files: []string{"/tmp/x"}}
	acts := []*sockets.Act{
		acted(sockets.BytesOf([]byte("hi there")), nil,
			sockets.Call{Op: "recvfrom", Args: `10, "hi there", 1024, 0`, Ret: 8}, sockets.Call{Op: "ioctl", Args: "10", Scaffold: true}),
		acted(sockets.IntOf(3), nil, sockets.Call{Op: "sendto", Args: `9, "a\n\0", 3, 0`, Ret: 3}),
		acted(sockets.Value{}, &sockets.Error{Op: "connect", Errno: "ECONNREFUSED"}, sockets.Call{Op: "connect", Args: "12, 127.0.0.1:9", Ret: -1, Errno: "ECONNREFUSED"}),
		acted(sockets.Value{}, nil, sockets.Packet{Proto: "tcp", Flags: "SA", Source: "captured", Len: 0, Sent: true}, sockets.Note{ID: "eof"}),
		acted(Event{Lesson: "x"}.Value(names.English), nil),
	}
	for _, c := range []struct {
		expect string
		want   Outcome
		seen   string // of what is said in English
	}{
		{"  - socket: {kind: tcp, state: LISTEN, local: '127.0.0.1:$port'}", Held, ""},
		{"  - socket: {kind: tcp, state: LISTEN, local: '127.0.0.1:9'}", NotYet, "mine (tcp, 127.0.0.1:40001) has the address 127.0.0.1:40001, not 127.0.0.1:9"},
		{"  - socket: {family: AF_INET, type: SOCK_STREAM, state: CLOSE}", NotYet, "mine (tcp, 127.0.0.1:40001) is in LISTEN, not CLOSE"},
		{"  - socket: {kind: unix}", NotYet, "there is no open unix socket"},
		{"  - socket: {kind: tcp, local: '127.0.0.1:*', backlog: 5, recvq: 1.., fileno: 8}", Held, ""},
		{"  - socket: {kind: tcp, state: LISTEN, recvq: 2..}", NotYet, "has 1 clients waiting for accept, not at least 2"},
		{"  - socket: {kind: tcp, state: ESTABLISHED, recvq: 9}", NotYet, "bytes waiting for recv, not 9"},
		{"  - socket: {kind: tcp, state: LISTEN, option: {SO_REUSEADDR: 1}}", Held, ""},
		{"  - socket: {kind: tcp, state: LISTEN, option: {SO_REUSEADDR: 0}}", NotYet, "has SO_REUSEADDR 1, not 0"},
		{"  - socket: {kind: tcp, state: LISTEN, option: {SO_TYPO: 0}}", Untold, "no such option"},
		{"  - socket: {kind: unix, option: {SO_TYPO: 0}}", NotYet, "there is no open unix socket"}, // others are not asked
		{"  - socket: {kind: tcp, state: LISTEN, blocking: true}", Held, ""},
		{"  - socket: {kind: tcp, state: LISTEN, blocking: false}", NotYet, "still waits"},
		{"  - socket: {kind: udp, local: none, peer: none}", Held, ""},
		{"  - socket: {kind: udp, local: any}", NotYet, "has no address yet"},
		{"  - socket: {kind: udp, peer: any}", NotYet, "is not connected to anyone"},
		{"  - socket: {kind: tcp, closed: true, state: TIME_WAIT}", Held, ""},
		{"  - socket: {kind: udp, closed: true}", NotYet, "there is no closed udp socket"},
		{"  - socket: {kind: tcp, closed: false, count: 3}", Held, ""},
		{"  - socket: {kind: tcp, closed: false, count: 2}", NotYet, "there are 3, not 2"},
		{"  - socket: {sent: $n, state: ESTABLISHED}", Held, ""},
		{"  - socket: {state: LISTEN}\n    as: s\n  - socket: {from: s}\n    as: c\n  - socket: {peer-of: c, sent: received(c)}\n    as: k", Held, ""},
		{"  - socket: {kind: tcp}\n    as: a\n  - socket: {kind: tcp, state: LISTEN}\n    as: b", Held, ""}, // a is not the first that fits
		{"  - socket: {state: LISTEN}\n    as: a\n  - socket: {state: LISTEN}\n    as: b", NotYet, ""},      // one socket has one name
		{"  - socket: {state: LISTEN}\n    as: a\n  - socket: {is: a, state: LISTEN}", Held, ""},
		{"  - socket: {kind: udp}\n    as: a\n  - socket: {is: a, closed: true}", NotYet, "u (udp) is still open"},
		{"  - no-socket: {kind: unix}", Held, ""},
		{"  - no-socket: {kind: udp}", NotYet, "there still is an open udp socket"},
		{"  - call: {op: recv, ret: 8}", Held, ""},
		{"  - call: {op: recvfrom, ret: 9}", NotYet, "was called, but gave 8"},
		{"  - call: {op: connect, errno: ECONNREFUSED}", Held, ""},
		{"  - call: {op: connect, errno: none}", NotYet, "but gave ECONNREFUSED"},
		{"  - call: {op: bind}", NotYet, "no bind in this step yet"},
		{"  - call: {op: ioctl}", NotYet, "no ioctl"}, // sockstep's own
		{"  - call: {op: send, times: 2}", NotYet, "once, not 2"},
		{"  - call: {op: connect, args: ':9$'}", Held, ""},
		{"  - socket: {state: ESTABLISHED, local: '*:40001'}\n    as: c\n  - call: {op: recv, socket: c}\n  - received: {socket: c, n: 8, bytes: hi there}", Held, ""},
		{"  - socket: {kind: udp}\n    as: u\n  - received: {socket: u, n: 1..}", NotYet, "b'hi there' was received at c, not at u"},
		{"  - socket: {kind: udp}\n    as: u\n  - sent: {socket: u, bytes: a}", NotYet, "b'a\\n\\x00' was sent by k, not by u"},
		{"  - socket: {kind: udp}\n    as: u\n  - call: {op: send, socket: u}", NotYet, "send was called on k, not on u"},
		{"  - socket: {kind: udp}\n    as: u\n  - call: {op: bind, socket: u}", NotYet, "no bind on u in this step yet"},
		{"  - call: {op: connect, args: ':80$'}", NotYet, "connect(12, 127.0.0.1:9) was called, which is not the call that is meant"},
		{"  - received: {n: 100}", NotYet, "8 bytes were received, not 100"},
		{"  - received: {bytes: hello}", NotYet, "b'hi there' was received, not b'hello'"},
		{"  - sent: {n: 3, bytes: \"a\\n\\0\"}", Held, ""},
		{"  - sent: {bytes: zzz}", NotYet, "not b'zzz'"},
		{"  - packet: {flags: SA, proto: tcp, direction: sent, source: captured, len: 0, retransmission: false, lost: false}", Held, ""},
		{"  - packet: {flags: S}", NotYet, "of 1 packets in this step none was so: S"},
		{"  - packet: {flags: SA, times: 2}", NotYet, "once, not 2"},
		{"  - packet: {flags: S, times: 0}", Held, ""},
		{"  - note: eof", Held, ""},
		{"  - note: reset", NotYet, "reset"},
		{"  - value: {bytes: hi there}", Held, ""},
		{"  - value: {text: \"b'hi there'\"}", Held, ""},
		{"  - value: {int: 3}", Held, ""},
		{"  - value: {int: 42}", NotYet, "the last value was 3"},
		{"  - value: {int: 42, kept: true}", Held, ""},
		{"  - value: {int: 43, kept: true}", NotYet, "no such value is kept"},
		{"  - value: {matches: '^b.hi'}", Held, ""},
		{"  - value: {matches: lesson}", NotYet, ""}, // what the lesson says is no value
		{"  - error: {op: connect, errno: ECONNREFUSED}", Held, ""},
		{"  - error: {op: bind}", NotYet, "failed with ECONNREFUSED"},
		{"  - file: {path: $path, exists: true}", Held, ""},
		{"  - file: {path: /none, exists: true}", NotYet, "there is no file /none"},
		{"  - file: {path: $path, exists: false}", NotYet, "is there"},
		{"  - any: [{note: reset}, {note: eof}]", Held, ""},
		{"  - any: [{note: reset}, {note: split}]", NotYet, "reset"},
		{"  - any: [{socket: {kind: unix}, as: x}, {socket: {kind: udp}, as: x}]\n  - socket: {is: x, kind: udp}", Held, ""},
		{"  - all: [{note: eof}, {note: reset}]", NotYet, "reset"},
		{"  - not: {note: reset}", Held, ""},
		{"  - not: {error: {op: connect}}", NotYet, "should not have"},
		{"  - socket: {kind: tcp, state: LISTEN, option: {SO_TYPO: 0}}\n  - note: reset", NotYet, "reset"}, // what is missing is told first
	} {
		r := with(t, w, c.expect)
		for _, a := range acts {
			r.Record.Observe(a, nil)
		}
		v := r.Judge(w)
		if v.Outcome != c.want || !strings.Contains(v.Seen.En, c.seen) || (c.want == Held) != v.Seen.IsZero() {
			t.Errorf("%s\n  %v: %+v", c.expect, v.Outcome, v.Seen)
		}
		if c.want == NotYet && !strings.ContainsFunc(v.Seen.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s\n  no Chinese: %+v", c.expect, v.Seen)
		}
	}
}

// TestJudgeCannotTell: what the judge cannot see is never held against the learner.
func TestJudgeCannotTell(t *testing.T) {
	why := &sockets.Error{Message: names.T("no right", "没有权限"), Fix: names.T("be root", "用 root")}
	for _, c := range []struct {
		expect string
		world  *fakeWorld
		want   Outcome
	}{
		{"  - packet: {flags: S}", &fakeWorld{blind: why}, Untold},
		{"  - any: [{packet: {flags: S}}, {socket: {kind: tcp}}]", &fakeWorld{blind: why, sockets: []Socket{listening}}, Held},
		{"  - any: [{packet: {flags: S}}, {socket: {kind: udp}}]", &fakeWorld{blind: why, sockets: []Socket{listening}}, Untold},
		{"  - packet: {flags: S}\n  - socket: {kind: udp}", &fakeWorld{blind: why, sockets: []Socket{listening}}, NotYet},
		{"  - not: {packet: {flags: S}}", &fakeWorld{blind: why}, Untold},
		{"  - socket: {kind: tcp}", &fakeWorld{broken: errors.New("no kernel")}, Untold},
		{"  - socket: {kind: tcp, state: LISTEN}", &fakeWorld{sockets: []Socket{{ID: "1", Kind: "tcp", NoState: "unsupported"}}}, Untold},
		{"  - no-socket: {kind: tcp}", &fakeWorld{broken: errors.New("no kernel")}, Untold},
	} {
		v := with(t, c.world, c.expect).Judge(c.world)
		if v.Outcome != c.want || v.Outcome == Untold && v.Seen.IsZero() {
			t.Errorf("%s: %v %+v", c.expect, v.Outcome, v.Seen)
		}
	}
	if v := untold(fmt.Errorf("so: %w", why)); v.Seen.Zh != "没有权限（用 root）" {
		t.Errorf("%+v", v)
	}
}
