package commands_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// python runs a program with its input, and reads its output as JSON.
func python(t *testing.T, program string, in, out any) {
	t.Helper()
	path, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatal("python3 is required and not here")
		}
		t.Skip("SKIPPED: python3 is not here, so nothing was compared with it")
	}
	data, err := json.Marshal(in)
	if err != nil {
		t.Fatal(err)
	}
	c := exec.Command(path, "-c", program)
	c.Stdin, c.Stderr = bytes.NewReader(data), os.Stderr
	got, err := c.Output()
	if err != nil {
		t.Fatal(err)
	}
	if err := json.Unmarshal(got, out); err != nil {
		t.Fatal(err)
	}
}

// A question is asked of sockstep as a line and of Python as an expression.
type question struct{ Line, Expression string }

const answers = `
import json, sys, socket
from socket import *
def answer(q):
    try:
        v = eval(q["Expression"])
    except Exception as e:
        return [None, repr(e)]
    return [v if isinstance(v, str) else repr(v), ""]
sys.stdout.write(json.dumps([answer(q) for q in json.load(sys.stdin)]))
`

// TestAsPython holds the names group to Python: for each input the same value, or both refuse.
func TestAsPython(t *testing.T) {
	qs := questions()
	var want [][2]*string
	python(t, answers, qs, &want)
	do := student(t)
	bad, refused := 0, 0
	for i, q := range qs {
		a := do(q.Line)
		var got *string
		if a.Err == nil {
			got = &a.Value.Text
		} else if e := refusal(a); e == nil || e.Kind == "internal" {
			t.Errorf("%s: %v", q.Line, a.Err)
		}
		if want[i][0] == nil {
			refused++
			if got != nil && slices.Contains(noteIDs(a), "service-not-listed") {
				continue // our own table knows more than this machine's list
			}
		}
		switch {
		case (got == nil) != (want[i][0] == nil):
			bad++
			t.Errorf("%q: sockstep %s, Python %s (%s)", q.Line, orRefused(got), orRefused(want[i][0]), *want[i][1])
		case got != nil && *got != *want[i][0]:
			bad++
			t.Errorf("%q: sockstep %s, Python %s", q.Line, *got, *want[i][0])
		}
		if bad > 20 {
			t.Fatal("and so on")
		}
	}
	if refused < len(qs)/10 || refused > len(qs)*9/10 {
		t.Errorf("of %d inputs Python refused %d: they no longer try both", len(qs), refused)
	}
}

func orRefused(s *string) string {
	if s == nil {
		return "refuses it"
	}
	return "says " + *s
}

// str writes s as a literal that is the same in Python and in sockstep.
func str(s string) string {
	if strings.ContainsAny(s, `"$`) { // "…" would take a $ for a name
		s = strings.NewReplacer(`'`, "", "\"", "").Replace(s)
	}
	return sockets.PyString(s)
}

func questions() (qs []question) {
	call := func(f string, args ...string) {
		qs = append(qs, question{Line: f + " " + strings.Join(args, " "), Expression: f + "(" + strings.Join(args, ", ") + ")"})
	}
	r := rand.New(rand.NewPCG(1, 2))
	ips := []string{"192.168.1.2", "127.1", "0x7f.1", "127.0.0.01", "0", "00", "08", "0x", "0x7f", "0X7F.0x0.1", "1.", ".1", "1..2", "1.2.3.4.5", "1.2.3.", "256.1.1.1",
		"1.256.1.1", "1.2.65535", "1.2.65536", "1.16777215", "1.16777216", "4294967295", "4294967296", "18446744073709551617", "1.2.3.4 x", "1.2.3.4\tx", "1.2.3.4\n",
		"1.2.3.4\u00a0", " 1.2.3.4", "1.2.3.4x", "1.2.3.4 \x00", "1.2.3.4\x00", "", " ", "+1.2.3.4", "-1", "0x1g", "037777777777", "040000000000", "0377.0377.0377.0377", "0400.1", "1.2.3.4é",
		"255.255.255.255", "0.0.0.0", "1,2", "1.2.3.0x", "0xffffffff", "0x100000000", "0b1", "1_0", "٣.1.1.1",
		"::", "::1", "1::", ":::", ":", "1:2:3:4:5:6:7:8", "1:2:3:4:5:6:7:8:9", "1:2:3:4:5:6:7", "::2:3:4:5:6:7:8", "1::3:4:5:6:7:8", "1:2:3:4:5:6:7::", "1:2:3:4::5:6:7:8", "1::2::3",
		"::ffff:1.2.3.4", "::1.2.3.4", "1:2:3:4:5:6:1.2.3.4", "1:2:3:4:5:6:7:1.2.3.4", "::1.2.3", "::1.2.3.4.5", "::01.2.3.4", "::1.2.3.4:5", "1.2.3.4::", "12345::", "0001::", "00001::", "g::", "::1%lo",
		"fe80::1%1", "[::1]", "::1 ", "AbCd::EF", "::ffff:0:0", "::ffff:255.255.255.256", "2001:db8::1:0:0:1", "::%", "1:", ":1", "::1:", "1:2:3:4:5:6:7:", "::\x00"}
	const letters = "0123456789.....xXabcdef::: 0127"
	for range 4000 {
		b := make([]byte, 1+r.IntN(16))
		for i := range b {
			b[i] = letters[r.IntN(len(letters))]
		}
		ips = append(ips, string(b))
	}
	for range 3000 { // near misses: an address with a slip
		s := fmt.Sprintf("%d.%d.%d.%d", r.IntN(300), r.IntN(256), r.IntN(256), r.IntN(256))
		if r.IntN(2) == 0 {
			groups := make([]string, 1+r.IntN(9))
			for i := range groups {
				groups[i] = fmt.Sprintf("%x", r.IntN(0x10000)>>(4*r.IntN(5)))
				if r.IntN(6) == 0 {
					groups[i] = ""
				}
			}
			if r.IntN(6) == 0 {
				groups = append(groups, s)
			}
			s = strings.Join(groups, ":")
		}
		if s != "" && r.IntN(2) == 0 {
			i := r.IntN(len(s))
			s = s[:i] + string(letters[r.IntN(len(letters))]) + s[i+r.IntN(2):]
		}
		ips = append(ips, s)
	}
	for _, ip := range ips {
		call("inet_aton", str(ip))
		call("inet_pton", "AF_INET", str(ip))
		call("inet_pton", "AF_INET6", str(ip))
	}
	for i := range 3000 {
		b := make([]byte, 4)
		for j := range b {
			b[j] = byte(r.IntN(256))
		}
		if i%4 == 0 {
			b = b[:r.IntN(4)]
		}
		call("inet_ntoa", sockets.PyBytes(b))
		call("inet_ntop", "AF_INET", sockets.PyBytes(b))
		wide := make([]byte, 16)
		zeros := r.Uint32() // a bit a group: so that there are runs of zeros
		for j := range wide {
			if zeros&(1<<(j/2)) == 0 {
				wide[j] = byte(r.IntN(256) >> r.IntN(8))
			}
		}
		if i%5 == 0 {
			clear(wide[:10+r.IntN(4)])
			if i%2 == 0 {
				wide[10], wide[11] = 0xff, 0xff
			}
		}
		if i%7 == 0 {
			wide = append(wide, 0)[:r.IntN(18)]
		}
		call("inet_ntop", "AF_INET6", sockets.PyBytes(wide))
	}
	for _, f := range []string{"htons", "ntohs", "htonl", "ntohl"} {
		numbers := []string{"0", "1", "80", "8888", "65535", "65536", "4294967295", "4294967296", "-1", "99999999999999999999999", "-99999999999999999999999", "0x50", "0X50", "0o17", "0b101", "0B11",
			"1_000", "1__0", "_1", "1_", "010", "00", "0_0", "0_1", "0x_1", "0o8", "0b2", "0x", "1.0", "1e3", "b'1'", "'1'", "''", "x", "+7", "-0", "0xFFFF", "0xFFFFFFFF", "2147483648", "32768", "0xg"}
		for range 300 {
			numbers = append(numbers, fmt.Sprint(r.IntN(1<<r.IntN(34))))
		}
		for _, n := range numbers {
			call(f, n)
		}
	}
	services := []string{"http", "ssh", "mysql", "HTTP", "www", "domain", "ntp", "nosuchservice", "", "80", "tftp", "syslog", "x11", "a\x00b"}
	listed, _ := sys.Services()
	for _, s := range append(listed, names.Services()...) {
		services = append(append(services, s.Name, s.Name+"x"), s.Aliases...)
	}
	for _, s := range services {
		call("getservbyname", str(s))
		call("getservbyname", str(s), "'tcp'")
		call("getservbyname", str(s), "'udp'")
	}
	for p := -2; p < 1200; p++ {
		call("getservbyport", fmt.Sprint(p))
		call("getservbyport", fmt.Sprint(p), "'udp'")
		call("getservbyport", fmt.Sprint(1024+r.IntN(1<<16-1024)))
	}
	for _, p := range []string{"65535", "65536", "0x50", "x", "'80'"} {
		call("getservbyport", p)
	}
	for _, h := range []string{"127.0.0.1", "localhost", "127.1", "::1", "0.0.0.0", "<broadcast>", "", "1.2.3.4 x", "256.1.1.1x", "fe80::1%1"} {
		call("gethostbyname", str(h))
	}
	call("gethostname")
	call("gethostbyaddr", "'127.0.0.1'")
	call("gethostbyaddr", "'localhost'")
	ask := func(line, expression string) { qs = append(qs, question{Line: line, Expression: expression}) }
	ask("getaddrinfo 127.0.0.1 80", "getaddrinfo('127.0.0.1', 80)")
	ask("getaddrinfo 127.0.0.1", "getaddrinfo('127.0.0.1', None)")
	ask("getaddrinfo 127.0.0.1 http", "getaddrinfo('127.0.0.1', 'http')")
	ask("getaddrinfo 127.0.0.1 domain", "getaddrinfo('127.0.0.1', 'domain')")
	ask("getaddrinfo 127.0.0.1 ntp --tcp", "getaddrinfo('127.0.0.1', 'ntp', type=SOCK_STREAM)")
	ask("getaddrinfo 127.0.0.1 nosuch", "getaddrinfo('127.0.0.1', 'nosuch')")
	ask("getaddrinfo 127.0.0.1 -1", "getaddrinfo('127.0.0.1', '-1')")
	ask("getaddrinfo 127.1 80 --udp", "getaddrinfo('127.1', 80, type=SOCK_DGRAM)")
	ask("getaddrinfo ::1 80", "getaddrinfo('::1', 80)")
	ask("getaddrinfo [::1]:80 --tcp", "getaddrinfo('::1', 80, type=SOCK_STREAM)")
	ask("getaddrinfo fe80::1%1 80 --tcp", "getaddrinfo('fe80::1%1', 80, type=SOCK_STREAM)")
	ask("getaddrinfo ::1 80 -4", "getaddrinfo('::1', 80, family=AF_INET)")
	ask("getaddrinfo * 80", "getaddrinfo(None, 80)")
	ask("getaddrinfo * 80 --passive", "getaddrinfo(None, 80, flags=AI_PASSIVE)")
	ask("getaddrinfo localhost 80 -4 --tcp", "getaddrinfo('localhost', 80, AF_INET, SOCK_STREAM)")
	return qs
}
