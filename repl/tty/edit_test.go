package tty

import (
	"strings"
	"testing"
)

// pastLines is the history of the key tests.
var pastLines = []string{"bind s 127.0.0.1:8888", "listen s 5", "connect tcp localhost:80"}

// keyTests are keys, as a terminal sends them, and the line that they make: | is the cursor.
var keyTests = []struct{ name, keys, want string }{
	{"text", "abc", "abc|"},
	{"Chinese", "你好", "你好|"},
	{"Left", "abc\x1b[D", "ab|c"},
	{"Left SS3", "abc\x1bOD", "ab|c"},
	{"Right", "abc\x1b[D\x1b[D\x1b[C", "ab|c"},
	{"Right at the end", "abc\x1b[C", "abc|"},
	{"Ctrl-B Ctrl-F", "abc\x02\x02\x06", "ab|c"},
	{"Left over a wide character", "a你\x1b[D", "a|你"},
	{"Left over a letter with an accent", "ae\u0301\x1b[D", "a|e\u0301"},
	{"Ctrl-A", "abc\x01", "|abc"},
	{"Ctrl-E", "abc\x01\x05", "abc|"},
	{"Home CSI", "abc\x1b[H", "|abc"},
	{"Home SS3", "abc\x1bOH", "|abc"},
	{"Home 1~", "abc\x1b[1~", "|abc"},
	{"Home 7~", "abc\x1b[7~", "|abc"},
	{"End CSI", "abc\x01\x1b[F", "abc|"},
	{"End SS3", "abc\x01\x1bOF", "abc|"},
	{"End 4~", "abc\x01\x1b[4~", "abc|"},
	{"End 8~", "abc\x01\x1b[8~", "abc|"},
	{"Backspace", "abc\x7f", "ab|"},
	{"Ctrl-H", "abc\x08", "ab|"},
	{"Backspace over an emoji of two parts", "a👍🏽\x7f", "a|"},
	{"Backspace at the start", "\x7fa", "a|"},
	{"Delete", "abc\x01\x1b[3~", "|bc"},
	{"Ctrl-D", "你好\x01\x04", "|好"},
	{"Delete at the end", "abc\x1b[3~", "abc|"},
	{"Ctrl-K", "abc def\x01\x06\x0b", "a|"},
	{"Ctrl-U", "abc def\x02\x15", "|f"},
	{"Ctrl-W", "bind 127.0.0.1:80\x17", "bind |"},
	{"Ctrl-W over blanks", "bind  x  \x17", "bind  |"},
	{"Ctrl-Y", "abc def\x17\x19\x19", "abc defdef|"},
	{"kills gather", "one two three\x17\x17\x19", "one two three|"},
	{"kills gather forward", "one two\x01\x1bd\x1bd\x19", "one two|"},
	{"a move parts kills", "one two\x17\x01\x05\x17\x19", "one |"},
	{"Ctrl-T", "abdc\x02\x14", "abcd|"},
	{"Ctrl-T at the end", "你好\x14", "好你|"},
	{"Ctrl-T at the start", "ab\x01\x14", "|ab"},
	{"Ctrl-T alone", "a\x14", "a|"},
	{"Alt-B", "bind 127.0.0.1\x1bb\x1bb", "bind 127.0.|0.1"},
	{"Alt-F", "bind 127.0.0.1\x01\x1bf\x1bf", "bind 127|.0.0.1"},
	{"Alt-D", "bind 127.0\x01\x1bd", "| 127.0"},
	{"Alt-Backspace", "bind 127.0.0.1\x1b\x7f", "bind 127.0.0.|"},
	{"Ctrl-Left", "你好 世界\x1b[1;5D", "你好 |世界"},
	{"Ctrl-Right", "你好 世界\x01\x1b[1;5C", "你好| 世界"},
	{"Ctrl-Left of rxvt", "ab cd\x1bOd", "ab |cd"},
	{"Alt-Left", "ab cd\x1b[1;3D", "ab |cd"},
	{"Alt-Right", "ab cd\x01\x1b[1;3C", "ab| cd"},
	{"Alt-Left of rxvt", "ab cd\x1b\x1b[D", "ab |cd"},
	{"Shift-Left", "abc\x1b[1;2D", "ab|c"},
	{"Alt-.", "x \x1b.", "x localhost:80|"},
	{"Alt-. again", "x \x1b.\x1b.", "x 5|"},
	{"Alt-. from a line of the history", "\x1b[A \x1b.", "connect tcp localhost:80 5|"},
	{"Up", "\x1b[A", "connect tcp localhost:80|"},
	{"Up SS3", "\x1bOA\x1bOA", "listen s 5|"},
	{"Up past the oldest", "\x10\x10\x10\x10\x10", "bind s 127.0.0.1:8888|"},
	{"Down", "\x1b[A\x1b[A\x1b[B", "connect tcp localhost:80|"},
	{"Down back to the line", "new\x1b[A\x1b[B", "new|"},
	{"a changed line stays changed", "\x10\x10!\x10\x0e", "listen s 5!|"},
	{"Ctrl-_", "one two\x1f", "one |"},
	{"Ctrl-_ twice", "one two\x1f\x1f", "|"},
	{"undo word by word", "one \x1b[Ctwo\x1f", "one |"},
	{"undo a kill", "one two\x15\x1f", "one two|"},
	{"undo more than there is", "a\x1f\x1f\x1fb", "b|"},
	{"undo Up", "one\x1b[A\x1f", "one|"},
	{"Ctrl-R", "\x12sten\x1b[C", "lis|ten s 5"},
	{"Ctrl-R then a move", "\x12bind\x05", "bind s 127.0.0.1:8888|"},
	{"Ctrl-R again", "\x12s \x12\x05", "bind s 127.0.0.1:8888|"},
	{"Ctrl-R Ctrl-R without a text, the text before", "\x12bind\x07\x12\x12\x05", "bind s 127.0.0.1:8888|"},
	{"Ctrl-R and Ctrl-S", "\x12s \x12\x13\x05", "listen s 5|"},
	{"Ctrl-R and Backspace", "\x12bindx\x7f\x05", "bind s 127.0.0.1:8888|"},
	{"Ctrl-R fails, keeps the line", "abc\x12zzz\x05", "abc|"},
	{"Ctrl-R Ctrl-G", "abc\x02\x12bind\x07", "ab|c"},
	{"Ctrl-R, a kill, undo twice", "abc\x12bind\x05\x15\x1f\x1f", "abc|"},
	{"focus", "a\x1b[I\x1b[Ob", "ab|"},
	{"mouse", "a\x1b[<0;10;20M\x1b[<0;10;20mb", "ab|"},
	{"old mouse", "a\x1b[M !!b", "ab|"},
	{"cursor report", "a\x1b[12;40Rb", "ab|"},
	{"function keys", "a\x1bOP\x1b[15~\x1b[1;2P\x1b[[Ab", "ab|"},
	{"colour report", "a\x1b]11;rgb:0000/0000/0000\x1b\\\x1b]10;x\ab", "ab|"},
	{"device report", "a\x1bP>|tmux 3.3a\x1b\\\x1b[?62;c\x1b[>0;1cb", "ab|"},
	{"Alt with a key of no use", "a\x1bqb", "ab|"},
	{"control keys of no use", "a\x00\x0f\x11\x16\x18\x1a\x1c\x1d\x1eb", "ab|"},
	{"no UTF-8", "a\xff\xfeb", "a\uFFFD\uFFFDb|"},
	{"C1", "a\u009b\u0085b", "ab|"},
	{"paste", "x\x1b[200~a\tb\x03\x04\x1b[Ac\x1b[201~y", "xa b[Acy|"},
}

func TestLastWord(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ line, want string }{
		{"", ""},
		{"send c hello  ", "hello"},
		{`send c "hello world"`, `"hello world"`},
		{`send c b'a \' b' `, `b'a \' b'`},
		{`send c b"你 好"`, `b"你 好"`},
		{"send c it's over", "over"},
		{`send c "never closed`, `"never closed`},
		{"print 你好　世界", "世界"},
		{"a\xff", "a\xff"},
	} {
		if got := lastWord(test.line); got != test.want {
			t.Errorf("the last word of %q is %q, want %q", test.line, got, test.want)
		}
	}
}

// shows is the line with its cursor.
func (l line) shows() string { return l.before() + "|" + l.after() }

func TestKeys(t *testing.T) {
	t.Parallel()
	for _, test := range keyTests {
		t.Run(test.name, func(t *testing.T) {
			whole := pressed(test.keys, len(test.keys))
			if got := whole.shows(); got != test.want {
				t.Errorf("%q gives %q, want %q", test.keys, got, test.want)
			}
			if got := pressed(test.keys, 1).shows(); got != test.want {
				t.Errorf("%q, byte by byte, gives %q, want %q", test.keys, got, test.want)
			}
		})
	}
}

// pressed is the line after these keys have come, so many bytes at a time.
func pressed(keys string, at int) line {
	e := editor{history: &history{lines: pastLines}}
	var c cutter
	for len(keys) > 0 {
		for _, k := range c.cut([]byte(keys[:at])) {
			e.press(k)
		}
		keys = keys[at:]
		at = min(at, len(keys))
	}
	for _, k := range c.flush() {
		e.press(k)
	}
	return e.line
}

// The same on a real terminal, with the cursor where it is drawn.
func TestKeysOnTerminal(t *testing.T) {
	t.Parallel()
	d := sit(t, deskOptions{history: historyFile(t, pastLines...)})
	for _, test := range keyTests {
		before, after, _ := strings.Cut(test.want, "|")
		if width(before+after) != len([]rune(before+after)) {
			continue // this terminal's emulator gives a Chinese character one column
		}
		d.types(test.keys)
		d.until(test.name, func() bool {
			return d.line() == strings.TrimRight("> "+before+after, " ") && d.cursor() == 2+width(before)
		})
		if strings.HasPrefix(test.name, "Ctrl-R") {
			d.types("\x05")
		}
		n := strings.Count(d.output(), "^C")
		d.types("\x03")
		d.until("a new line", func() bool { return strings.Count(d.output(), "^C") > n && d.line() == ">" })
	}
	d.types("\x04")
	d.ends(0)
}

func FuzzCut(f *testing.F) {
	for _, test := range keyTests {
		f.Add([]byte(test.keys), 3)
	}
	f.Add([]byte("\x1b[200~\x1b[201"), 1)
	f.Add([]byte("\x1b]\x1b"), 2)
	f.Fuzz(func(t *testing.T, b []byte, at int) {
		at = min(max(at, 1), 64)
		var whole, parts cutter
		want := whole.cut(b)
		var got []key
		for rest := b; len(rest) > 0; rest = rest[min(at, len(rest)):] {
			got = append(got, parts.cut(rest[:min(at, len(rest))])...)
		}
		// LF belongs to CR only if they came together, so that Ctrl-J after Enter is a key.
		if !strings.Contains(string(b), "\r\n") && join(got) != join(want) {
			t.Errorf("%q cut at %d gives\n%q, whole\n%q", b, at, join(got), join(want))
		}
		if whole.patience() > 0 {
			whole.flush()
			if whole.patience() != 0 {
				t.Errorf("%q leaves something behind", b)
			}
		}
		e := editor{history: &history{lines: pastLines}}
		for _, k := range want {
			e.press(k)
			if e.line.at > len(e.line.text) || strings.ContainsFunc(e.line.text, hidden) {
				t.Fatalf("%q makes the line %q", b, e.line.shows())
			}
		}
		if text := printable(string(b)); text != "" {
			if got := join((&cutter{}).cut([]byte(text))); got != text {
				t.Errorf("text %q comes out as %q", text, got)
			}
			// Nor does a sequence before or after it take any of it away.
			if got := join((&cutter{}).cut([]byte("\x1b[I" + text + "\x1b[12;40R"))); got != text {
				t.Errorf("text %q between reports comes out as %q", text, got)
			}
		}
	})
}

// join is all text of the keys; a key that is not text shows as its number.
func join(keys []key) string {
	var b strings.Builder
	for _, k := range keys {
		switch {
		case k.text != "":
			b.WriteString(k.text)
		case k.alt != 0:
			b.WriteString("\x1b" + string(k.alt))
		default:
			b.WriteString("\x1b" + k.code.String())
		}
	}
	return b.String()
}

// printable is s without control characters, hidden ones and broken UTF-8.
func printable(s string) string {
	s = strings.ToValidUTF8(s, "")
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r >= 0x7f && r < 0xa0 || hidden(r) {
			return -1
		}
		return r
	}, s)
}
