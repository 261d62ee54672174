package lessons

import "testing"

// TestOwn: of a line, of running text and of Python what stands for a socket is told with the learner's name, and nothing else.
func TestOwn(t *testing.T) {
	o := Own{"s": "x", "k": "y", "c": "z", "a": "me", "b": "you", "t": "k"}
	for from, want := range map[string]string{
		"send k k $k":                         "send y k $k",
		"send c c":                            "send z c",
		"sendmsg a take this --fd b":          "sendmsg me take this --fd you",
		"c, addr = accept s":                  "z, addr = accept x",
		"poll s t --timeout 1":                "poll x k --timeout 1",
		"s = at right listen tcp right:$s":    "x = at right listen tcp right:$s",
		"!ECONNREFUSED connect k $path":       "!ECONNREFUSED connect y $path",
		`sendall k "GET k\r\n" `:              `sendall y "GET k\r\n" `,
		"k":                                   "y",
		"recv c --until":                      "recv z --until",
		"k.send(b'k')":                        "y.send(b'k')",
		`python3 -c "s = socket.socket(); c"`: `python3 -c "s = socket.socket(); c"`,
	} {
		if got := o.Line(from); got != want {
			t.Errorf("%s: %s, not %s", from, got, want)
		}
	}
	for from, want := range map[string]string{
		"`send` twice on k, then `recv` once on c.":          "`send` twice on y, then `recv` once on z.",
		"s's queue, k's FIN; it doesn't matter.":             "x's queue, y's FIN; it doesn't matter.",
		"60 s from a FIN of k, a is first":                   "60 s from a FIN of y, me is first",
		"Bind a TCP socket a to $a; then ask a for b'\\x08'": "Bind a TCP socket me to $a; then ask me for b'\\x08'",
		"u and a have the same number, which a has":          "u and me have the same number, which me has",
		"在 a 那里，k 发送，c 接收。":                                  "在 me 那里，y 发送，z 接收。",
		"\\r\\n \\t, an e-mail, c-k":                         "\\r\\n \\t, an e-mail, c-k",
	} {
		if got := o.prose(from); got != want {
			t.Errorf("%s\n%s, not\n%s", from, got, want)
		}
	}
	if got, want := o.Python("s = socket(); s.bind(('s', 1)); c, k = s.accept(), b\"k\"; x.s"), "x = socket(); x.bind(('s', 1)); z, y = x.accept(), b\"k\"; x.s"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
}

// TestOwnNames: a line never gives what plays one part a name that is another part's.
func TestOwnNames(t *testing.T) {
	named := func(k Socket, name string) Socket { k.Name = name; return k }
	w := &fakeWorld{sockets: []Socket{named(listening, "k"), named(client, "c")}}
	r := with(t, w, "  - socket: {kind: tcp, state: LISTEN}\n    as: s\n  - socket: {from: s}\n    as: c\n  - socket: {peer-of: c}\n    as: k")
	r.Lesson.Steps[0].Solutions = [][]string{{"s = listen tcp 127.0.0.1:$port", "k = connect tcp 127.0.0.1:$port", "c = accept s"}}
	r.Judge(w)
	if got, want := r.Model(r.Step().Solutions[0])[2], "c2 = accept k"; got != want {
		t.Errorf("%q, not %q: c has connected", got, want)
	}
	w.sockets = []Socket{named(listening, "s"), named(client, "k")}
	r.Judge(w)
	if got, want := r.Model(r.Step().Solutions[0])[1], "k = connect tcp 127.0.0.1:40001"; got != want {
		t.Errorf("%q, not %q: k may well be what is meant", got, want)
	}
}

// TestDrawAgain: what stands on the screen is kept, but for a port that somebody has by now.
func TestDrawAgain(t *testing.T) {
	vars := map[string]string{"a": "random-word", "n": "random-number 3 99", "p": "temp-path", "port": "free-port"}
	had := map[string]string{"a": "doka", "n": "7", "p": "/tmp/y", "port": "40002"}
	drawn, err := draw(vars, had, &fakeWorld{})
	if err != nil || drawn["a"] != "doka" || drawn["n"] != "7" || drawn["p"] != "/tmp/y" || drawn["port"] != "40001" {
		t.Error(drawn, err)
	}
}
