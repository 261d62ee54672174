package repl_test

import (
	"net/netip"
	"strings"
	"testing"
	"unicode/utf8"

	"sockstep/repl"
	"sockstep/sockets"
)

// kept are the values that the fuzzers' $names stand for.
func kept(name string) (sockets.Value, bool) {
	switch name {
	case "text":
		return sockets.TextOf("some text"), true
	case "data":
		return sockets.BytesOf([]byte("\x00'\xff\"$")), true
	case "addr":
		return sockets.IPAddress(netip.MustParseAddr("127.0.0.1"), 8888).Value(), true
	}
	return sockets.Value{}, false
}

// lines are what the fuzzers of the language begin with.
var lines = []string{
	"", " ", "# comment", "s = socket tcp", "c, addr = accept s &", "!ECONNREFUSED connect s 127.0.0.1:1", "! close", "!", "&", "=", "x =", "x = &",
	`send s "GET / HTTP/1.1\r\n\r\n"`, `send s b'\x00\xff' 'ÿ' "$data ${text}"`, "send s '", `send s "\`, `print '\x4' '\u12' '\N{BULLET}' '\N{'`,
	"print $nope ${text ${} $ $1 $$ ${", "bind s ('127.0.0.1', 80)", "bind s ($addr)", "bind s ('a", "recv s --until='\\r\\n' --exactly=3 -- --peek",
	"名字 = print 你好\u3000全角", "a\x00b\xff\xfe", "x == y", "x , y,z= socketpair", "send s it's #not", "!usage\tx", "b'é'", "\\", "'\\777'",
	"c，d ＝ socketpair", "s　= socket", "send s 'hello’", "send s \"it’s", "bind s ('x'， 80）", "bind s （'x'，80）", "！usage x ＆",
}

func checkPlace(t *testing.T, line string, err *sockets.Error) {
	t.Helper()
	if err.Col < 0 || err.Width < 0 || err.Col > len(line) || err.Col+err.Width > len(line)+1 {
		t.Errorf("%q: the error points at %d+%d of %d bytes: %v", line, err.Col, err.Width, len(line), err)
	}
	if err.Message.En == "" || err.Message.Zh == "" {
		t.Errorf("%q: an error without words", line)
	}
}

func FuzzParseLine(f *testing.F) {
	for _, l := range lines {
		f.Add(l)
	}
	f.Fuzz(func(t *testing.T, line string) {
		l, err := repl.ParseLine(line, kept)
		if err != nil {
			checkPlace(t, line, err)
			return
		}
		all := append([]repl.Word{l.Command}, l.Words...)
		end := 0
		for _, w := range append(l.Names, all...) {
			if w.Raw == "" && w.Text == "" {
				continue
			}
			if w.Col < end || w.Col+len(w.Raw) > len(line) || line[w.Col:w.Col+len(w.Raw)] != w.Raw {
				t.Fatalf("%q: %q does not stand at %d", line, w.Raw, w.Col)
			}
			end = w.Col + len(w.Raw)
		}
		if l.Command.Raw == "" {
			return
		}
		// The words as typed, put together again, are the same words.
		again := "'first'"
		for _, w := range all {
			again += " " + w.Raw
		}
		m, err := repl.ParseLine(again+" 'last'", kept)
		if err != nil || len(m.Words) != len(all)+1 {
			t.Fatalf("%q, put together again, is %q: %v %v", line, again, m.Words, err)
		}
		for i, w := range all {
			if got := m.Words[i]; got.Text != w.Text || got.Quoted != w.Quoted || got.Bytes != w.Bytes || got.Tuple != w.Tuple || (got.Value == nil) != (w.Value == nil) {
				t.Errorf("%q: %+v became %+v", line, w, got)
			}
		}
	})
}

// What Python's repr writes, the language reads: str and bytes are quoted alike in both.
func FuzzQuotes(f *testing.F) {
	for _, s := range []string{"", "it's", `"both" it's`, "\x00\r\n\t\x7f", "你好", "\u200b\U000e0001", `\`, `\x`, "${text}"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for _, word := range []string{sockets.PyBytes([]byte(s)), sockets.PyString(s)} {
			if word[0] != 'b' && !utf8.ValidString(s) || strings.Contains(s, "$") && strings.HasSuffix(word, `"`) {
				continue // no str has such bytes; and in "…" a dollar has a meaning that it has not in Python
			}
			l, err := repl.ParseLine("print "+word, kept)
			if err != nil || len(l.Words) != 1 || l.Words[0].Text != s {
				t.Errorf("print %s: %+v, %v", word, l.Words, err)
			}
		}
	})
}

func FuzzReadAddress(f *testing.F) {
	for _, a := range []string{
		"127.0.0.1:80", "127.0.0.1 80", "[::1]:80", "[::1] 80", "::1 80", "::1", ":80", "*:80", "127.0.0.1:http", "localhost:99999", "localhost", "80", ":", "[", "[]:1", "]:1",
		"('127.0.0.1', 80)", "('::1', 80, 0, 0)", "('fe80::1', 80, 0, 2)", "('x',)", "()", "('x', -1)", "$addr", "$text", "$data 1", "/tmp/s", "./s", "unix:s", "unix:", "@a", "@", `"\x00a"`, "a:b:c",
		"127.0.0.1:+1", "127.0.0.1:-0", "127.0.0.1:0080", "127.0.0.1 --", "127.0.0.1 -1", "fe80::1%lo 80", "[fe80::1%lo]:80",
		"127.0.0.1：80", "127。0。0。1:80", "【::1】:80", "（'x'，80）", "“x:80”", "./x：y",
	} {
		f.Add(a, true)
		f.Add(a, false)
	}
	f.Fuzz(func(t *testing.T, text string, onUnix bool) {
		line := "bind s " + text
		l, perr := repl.ParseLine(line, kept)
		if perr != nil || len(l.Words) < 2 {
			return
		}
		spec, used, err := repl.ReadAddress(l.Words[1:], onUnix)
		if err != nil {
			checkPlace(t, line, err)
			return
		}
		if used < 1 || used > 2 || used > len(l.Words)-1 {
			t.Fatalf("%q took %d words", line, used)
		}
		if !spec.Unix && spec.Address.IsZero() && spec.Port == "" {
			t.Errorf("%q has no port: %+v", line, spec)
		}
	})
}

// Every address is read back from each way in which it is written.
func FuzzAddressForms(f *testing.F) {
	f.Add([]byte{127, 0, 0, 1}, uint16(80), "")
	f.Add(netip.IPv6Loopback().AsSlice(), uint16(0), "")
	f.Add(netip.MustParseAddr("fe80::1").AsSlice(), uint16(65535), "2")
	f.Add(netip.MustParseAddr("::ffff:1.2.3.4").AsSlice(), uint16(443), "")
	f.Fuzz(func(t *testing.T, packed []byte, port uint16, zone string) {
		ip, ok := netip.AddrFromSlice(packed)
		if !ok {
			return
		}
		if ip.Is6() && !ip.Is4In6() && zone != "" && strings.Trim(zone, "abcdefghijklmnopqrstuvwxyz0123456789") == "" {
			ip = ip.WithZone(zone)
		}
		a := sockets.IPAddress(ip, port)
		forms := []string{a.String(), ip.String() + " " + strings.TrimPrefix(a.String(), strings.TrimRight(a.String(), "0123456789"))}
		if ip.Zone() == "" {
			forms = append(forms, a.Python())
		}
		for _, form := range forms {
			l, err := repl.ParseLine("bind s "+form, kept)
			if err != nil {
				t.Fatalf("%s: %v", form, err)
			}
			spec, used, err := repl.ReadAddress(l.Words[1:], false)
			if err != nil || used != len(l.Words)-1 {
				t.Fatalf("%s: %d words, %v", form, used, err)
			}
			got, perr := netip.ParseAddr(spec.Host)
			if perr != nil || got != ip || spec.Port != forms[0][strings.LastIndex(forms[0], ":")+1:] {
				t.Errorf("%s is read as %+v", form, spec)
			}
		}
	})
}
