package lessons

import (
	"errors"
	"strings"
	"testing"
)

// skeletal is the skeleton, which a test changes in one place.
func skeletal(t *testing.T) string {
	t.Helper()
	_, text, err := Skeleton("sample", nil)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}

func TestReadSkeleton(t *testing.T) {
	l, err := Read("01-sample.yaml", []byte(skeletal(t)))
	if err != nil {
		t.Fatal(err)
	}
	if l.ID != "sample" || l.Number != "01" || len(l.Steps) != 2 || l.Steps[0].Expect[0].As != "s" || l.Steps[0].Predict.Choices[1].Is != "LISTEN" {
		t.Errorf("%+v", l)
	}
}

// TestReadMistakes: each mistake is told with its line and a caret below the very word.
func TestReadMistakes(t *testing.T) {
	for _, c := range []struct{ was, now, want, caret string }{
		{"minutes: 5", "minutes: 5\nauthor: me", `unknown field "author"`, "author"},
		{"minutes: 5", "minutes: 5\nminutes: 6", `already defined`, "minutes"},
		{"minutes: 5", "minutes: 0", "1 to 60", "0"},
		{"minutes: 5", "minutes: soon", "cannot unmarshal", "soon"},
		{"id: sample", "id: Sample!", "small letters", "Sample"},
		{"id: sample", "id: other", "is called NN-other.yaml", "other"},
		{"free-port}", "free-ports}", "a variable is", "free-ports"},
		{"state: LISTEN, local", "state: LISTEN, lokal", `unknown field "lokal"`, "lokal"},
		{"local: \"127.0.0.1:$port\"}", "recvq: many}", "a number is written like", "many"},
		{"local: \"127.0.0.1:$port\"}", "recvq: sent(zzz)}", "gives the name zzz", "{"},
		{"local: \"127.0.0.1:$port\"}", "recvq: $n}", "no variable n", "{"},
		{"local: \"127.0.0.1:$port\"}", "from: zzz}", "gives the name zzz", "zzz"},
		{"    as: s\n", "    as: s\n    note: eof\n", "socket and note stand in one", "eof"},
		{"  - socket: {is: s, closed: true}", "  - as: s", "nothing is expected", "as"},
		{"  - socket: {is: s, closed: true}", "  - any: []", "any of nothing", "["},
		{"  - socket: {is: s, closed: true}", "  - call: {errno: EPIPE}", "has an op", "{"},
		{"  - socket: {is: s, closed: true}", "  - value: {matches: '('}", "missing closing", "("},
		{"  - socket: {is: s, closed: true}", "  - packet: {direction: up}", "sent or received", "up"},
		{"  - socket: {is: s, closed: true}", "  - received: {socket: s}", "how many bytes", "{"},
		{"  - socket: {is: s, closed: true}", "  - file: {exists: true}", "a file has a path", "{"},
		{"  - {en: \"What is open must be closed.\", zh: \"打开的都要关闭。\"}\n", "", "three hints", "-"},
		{"  text: {en: \"Close it.\", zh: \"关闭它。\"}", "  within: soon", "written like 200ms", "soon"},
		{"  text: {en: \"Close it.\", zh: \"关闭它。\"}", "  role: server", "no role", "server"},
		{"- id: close", "- id: listen", "two steps are called listen", "listen"},
		{"choices: [CLOSE, LISTEN, ESTABLISHED]", "choices: [CLOSE]", "two to six", "["},
		{"key: {socket: s, field: state}", "key: {socket: s, field: mood}", "a field is", "mood"},
		{"key: {socket: s, field: state}", "key: {calls: bind, errno: bind}", "a key is one of", "{"},
		{"key: {socket: s, field: state}", "key: {value: color}", "is measured", "color"},
		{"    when:\n    - error: {op: connect, errno: ECONNREFUSED}\n", "", "needs a when", "do"},
		{"  - [close all]\n", "  - []\n", "empty solution", "["},
		{"minutes: 5", "minutes: 5\nneeds: [{what: luck}]", "what can be needed", "luck"},
		{"  text: {en: \"Close it.\", zh: \"关闭它。\"}", "  needs: luck", "what can be needed", "luck"},
	} {
		text := skeletal(t)
		if !strings.Contains(text, c.was) {
			t.Fatalf("the skeleton no longer has %q", c.was)
		}
		_, err := Read("01-sample.yaml", []byte(strings.Replace(text, c.was, c.now, 1)))
		var bad *FormatError
		if !errors.As(err, &bad) {
			t.Errorf("%q: %v, and no FormatError", c.now, err)
			continue
		}
		lines := strings.Split(bad.Error(), "\n")
		if !strings.Contains(lines[0], c.want) || bad.Line == 0 || len(lines) != 3 {
			t.Errorf("%q: %s", c.now, bad)
			continue
		}
		at := strings.IndexByte(lines[2], '^')
		if rest := lines[1]; at < 0 || at >= len(rest) || !strings.HasPrefix(rest[at:], c.caret) && !strings.HasPrefix(strings.TrimLeft(rest[at:], `'"`), c.caret) {
			t.Errorf("%q: the caret is not at %q:\n%s", c.now, c.caret, bad)
		}
	}
}

func TestUnfold(t *testing.T) {
	for _, c := range []struct{ text, join, want string }{
		{"one\ntwo", " ", "one two"},
		{"一\n二", "", "一二"},
		{"one\n\ntwo\nthree", " ", "one\ntwo three"},
		{"list:\n  a\n  b\nend", " ", "list:\n  a\n  b\nend"},
		{"", " ", ""},
	} {
		if got := unfolded(c.text, c.join); got != c.want {
			t.Errorf("%q: %q, not %q", c.text, got, c.want)
		}
	}
}

func TestNumbers(t *testing.T) {
	for text, ok := range map[string]bool{
		"5": true, "5..": true, "..5": true, "5..9": true, "len($word) + 1": true, "sent(k) - 2..": true, "$n": true, "${n}": true,
		"..": false, "": false, "five": false, "5 6": false, "len(word)": false, "99999999999999999999": false,
	} {
		if _, err := parseNumber(text); (err == nil) != ok {
			t.Errorf("%q: %v", text, err)
		}
	}
}

func TestFill(t *testing.T) {
	vars := map[string]string{"port": "1", "word": "$port"}
	for text, want := range map[string]string{"$port ${port} $ports $addr 5$": "1 1 $ports $addr 5$", "$word": "$port"} {
		if got := fill(text, vars); got != want {
			t.Errorf("%q: %q, not %q", text, got, want)
		}
	}
}
