package commands_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math/rand/v2"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// student is a session with nobody at the screen.
func student(t testing.TB) func(line string) *sockets.Act {
	s := repl.NewSession(repl.Config{Table: commands.Table(), Hold: true})
	t.Cleanup(s.Close)
	return func(line string) *sockets.Act { return s.Do(context.Background(), line) }
}

func noteIDs(a *sockets.Act) (ids []string) {
	for _, s := range a.Steps {
		if n, ok := s.(sockets.Note); ok {
			ids = append(ids, n.ID)
			if n.Text.IsZero() || strings.ContainsAny(n.Text.En+n.Text.Zh, "{}") {
				ids = append(ids, "unfilled: "+n.Text.En+" / "+n.Text.Zh)
			}
		}
	}
	return ids
}

func refusal(a *sockets.Act) *sockets.Error {
	var e *sockets.Error
	errors.As(a.Err, &e)
	return e
}

// marked is the part of the line that an error points at.
func marked(a *sockets.Act) string {
	e := refusal(a)
	if e == nil || e.Width == 0 {
		return ""
	}
	return (a.Line + " ")[e.Col : e.Col+e.Width]
}

func TestNames(t *testing.T) {
	hostname, err := os.Hostname()
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		line, value, python string
		notes               []string
	}{
		{"gethostname", hostname, "gethostname()", nil},
		{"gethostbyname localhost", "127.0.0.1", "gethostbyname('localhost')", nil},
		{"gethostbyname 127.1", "127.0.0.1", "gethostbyname('127.1')", nil},
		{"gethostbyname ''", "0.0.0.0", "gethostbyname('')", nil},
		{"gethostbyname '<broadcast>'", "255.255.255.255", "gethostbyname('<broadcast>')", nil},
		{"inet_aton 192.168.1.2", `b'\xc0\xa8\x01\x02'`, "inet_aton('192.168.1.2')", nil},
		{`inet_aton "192.168.1.2"`, `b'\xc0\xa8\x01\x02'`, "inet_aton('192.168.1.2')", nil},
		{"inet_aton 127.1", `b'\x7f\x00\x00\x01'`, "inet_aton('127.1')", []string{"lenient-address"}},
		{"inet_aton 0x7f.1", `b'\x7f\x00\x00\x01'`, "inet_aton('0x7f.1')", []string{"lenient-address"}},
		{"inet_aton 010.0.0.1", `b'\x08\x00\x00\x01'`, "inet_aton('010.0.0.1')", []string{"lenient-address"}},
		{"inet_aton '1.2.3.4 and more'", `b'\x01\x02\x03\x04'`, "inet_aton('1.2.3.4 and more')", []string{"lenient-address"}},
		{`inet_ntoa b'\xc0\xa8\x01\x02'`, "192.168.1.2", `inet_ntoa(b'\xc0\xa8\x01\x02')`, nil},
		{`inet_ntoa b"\xc0\xa8\x01\x02"`, "192.168.1.2", `inet_ntoa(b'\xc0\xa8\x01\x02')`, nil},
		{`inet_ntoa '\x7f\x00\x00\x01'`, "127.0.0.1", `inet_ntoa(b'\x7f\x00\x00\x01')`, nil},
		{"inet_pton AF_INET 1.2.3.4", `b'\x01\x02\x03\x04'`, "inet_pton(AF_INET, '1.2.3.4')", nil},
		{"inet_pton af_inet6 ::1", `b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01'`, "inet_pton(AF_INET6, '::1')", nil},
		{`inet_ntop AF_INET6 b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01'`, "::1",
			`inet_ntop(AF_INET6, b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01')`, nil},
		{"getservbyname mysql", "3306", "getservbyname('mysql')", nil},
		{"getservbyname http", "80", "getservbyname('http')", nil},
		{"getservbyname ssh tcp", "22", "getservbyname('ssh', 'tcp')", nil},
		{"getservbyport 80", "http", "getservbyport(80)", nil},
		{"getservbyport 53 udp", "domain", "getservbyport(53, 'udp')", nil},
		{"getaddrinfo 127.0.0.1 80 --tcp", "[(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('127.0.0.1', 80))]",
			"getaddrinfo('127.0.0.1', 80, type=SOCK_STREAM)", nil},
		{"getaddrinfo localhost:http -4 --tcp", "[(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('127.0.0.1', 80))]",
			"getaddrinfo('localhost', 'http', family=AF_INET, type=SOCK_STREAM)", nil},
		{"getaddrinfo * 80 --passive --udp -4", "[(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_DGRAM: 2>, 17, '', ('0.0.0.0', 80))]",
			"getaddrinfo(None, 80, family=AF_INET, type=SOCK_DGRAM, flags=AI_PASSIVE)", nil},
	} {
		t.Run(c.line, func(t *testing.T) {
			a := student(t)(c.line)
			if a.Err != nil {
				t.Fatal(a.Err)
			}
			notes := noteIDs(a)
			if len(notes) == 1 && notes[0] == "service-not-listed" {
				notes = nil // a bare /etc/services
			}
			if diff := cmp.Diff([]any{c.value, c.python, c.notes}, []any{a.Value.Text, a.Python, notes}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestNamesKeepValues(t *testing.T) {
	do := student(t)
	for _, l := range []struct{ line, value, python string }{
		{"packed = inet_aton 192.168.1.2", `b'\xc0\xa8\x01\x02'`, "packed = inet_aton('192.168.1.2')"},
		{"inet_ntoa $packed", "192.168.1.2", "inet_ntoa(packed)"},
		{"ip = inet_ntop AF_INET ${packed}", "192.168.1.2", "ip = inet_ntop(AF_INET, packed)"},
		{"port = getservbyname http", "80", "port = getservbyname('http')"},
		{"n = htons $port", "", "n = htons(port)"},
		{"ntohs $n", "80", "ntohs(n)"},
		{"getservbyport $port", "http", "getservbyport(80)"},
		{"getaddrinfo $ip $port --tcp", "[(<AddressFamily.AF_INET: 2>, <SocketKind.SOCK_STREAM: 1>, 6, '', ('192.168.1.2', 80))]", "getaddrinfo(ip, port, type=SOCK_STREAM)"},
	} {
		a := do(l.line)
		if a.Err != nil {
			t.Fatalf("%s: %v", l.line, a.Err)
		}
		if l.value == "" {
			l.value = a.Value.Text
		}
		if a.Value.Text != l.value || a.Python != l.python {
			t.Errorf("%s = %s in Python %s, want %s in Python %s", l.line, a.Value.Text, a.Python, l.value, l.python)
		}
	}
}

func TestByteOrder(t *testing.T) {
	do := student(t)
	a := do("htons 8888")
	wire, _ := a.Value.Field("bytes")
	if want := "b'\"\\xb8'"; wire.Text != want { // 0x22b8, highest byte first, on any machine
		t.Errorf("htons 8888 has the bytes %s, want %s", wire.Text, want)
	}
	if diff := cmp.Diff([]string{"byte-order"}, noteIDs(a)); diff != "" {
		t.Error(diff)
	}
	wire, _ = do("htonl 0x7f000001").Value.Field("bytes")
	if want := `b'\x7f\x00\x00\x01'`; wire.Text != want {
		t.Errorf("htonl 0x7f000001 has the bytes %s, want %s", wire.Text, want)
	}
}

func TestNamesRefuse(t *testing.T) {
	for _, c := range []struct{ line, marked, fix string }{
		{"gethostname x", "x", "help gethostname"},
		{"gethostbyname", " ", "gethostbyname localhost"},
		{"gethostbyname http://www.baidu.com/index.html", "http://www.baidu.com/index.html", "www.baidu.com"},
		{"gethostbyname ::1", "::1", "getaddrinfo takes both families"},
		{"inet_aton 1.2.3.256", "1.2.3.256", "192.168.1.2"},
		{"inet_aton localhost", "localhost", "gethostbyname localhost"},
		{"inet_aton 127.0.0.1:80", "127.0.0.1:80", "127.0.0.1"},
		{"inet_aton ::1", "::1", "inet_pton AF_INET6 ::1"},
		{`inet_ntoa '\xc0\xa8\x01\x02'`, `'\xc0\xa8\x01\x02'`, `b'\xc0\xa8\x01\x02'`},
		{`inet_ntoa \xc0\xa8\x01\x02`, `\xc0\xa8\x01\x02`, `b'\xc0\xa8\x01\x02'`},
		{"inet_ntoa 192.168.1.2", "192.168.1.2", "inet_aton 192.168.1.2"},
		{`inet_ntoa b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01'`, `b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01'`,
			`inet_ntop AF_INET6 b'\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x00\x01'`},
		{"inet_pton 1.2.3.4", "1.2.3.4", "inet_pton AF_INET 1.2.3.4"},
		{"inet_pton AF_INTE 1.2.3.4", "AF_INTE", "AF_INET"},
		{"inet_pton AF_INET 127.1", "127.1", "127.0.0.1"},
		{"inet_pton AF_INET ::1", "::1", "inet_pton AF_INET6 ::1"},
		{"inet_pton AF_INET6 fe80::1%lo", "fe80::1%lo", "fe80::1"},
		{"getservbyname htpt", "htpt", "http"},
		{"getservbyname 80", "80", "getservbyport 80"},
		{"getservbyname http tpc", "tpc", "tcp"},
		{"getservbyport http", "http", "getservbyname http"},
		{"getservbyport 65536", "65536", ""},
		{"htons 65536", "65536", "htonl and ntohl take 32 bits"},
		{"htons -1", "-1", ""},
		{"htons 010", "010", "8888, 0x22b8, 0o21270 or 0b10001010111000"},
		{"htons '80'", "'80'", "8888, 0x22b8, 0o21270 or 0b10001010111000"},
		{"getaddrinfo localhost 70000", "70000", ""},
		{"getaddrinfo localhost --tcp --udp", "--udp", ""},
		{"getaddrinfo 127.0.0.1 80 -6", "127.0.0.1", "getaddrinfo takes both families"},
	} {
		t.Run(c.line, func(t *testing.T) {
			a := student(t)(c.line)
			e := refusal(a)
			if e == nil {
				t.Fatalf("it was taken: %s", a.Value.Text)
			}
			if e.Message.En == "" || e.Message.Zh == "" || (e.Fix.En == "") != (e.Fix.Zh == "") || (e.Why.En == "") != (e.Why.Zh == "") {
				t.Errorf("not said in both languages: %+v", e)
			}
			if diff := cmp.Diff([]string{c.marked, c.fix}, []string{marked(a), e.Fix.En}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestServiceWithoutList(t *testing.T) {
	do := student(t)
	listed, _ := sys.Services()
	found := false
	for _, s := range names.Services() {
		if _, ok := names.FindService(listed, s.Name, ""); ok {
			continue
		}
		found = true
		a := do("getservbyname " + s.Name + " " + s.Proto)
		if diff := cmp.Diff([]string{"service-not-listed"}, noteIDs(a)); a.Err != nil || a.Value.Int != int64(s.Port) || diff != "" {
			t.Errorf("%s: %v, %v%s", a.Line, a.Value.Int, a.Err, diff)
		}
	}
	if !found {
		t.Log("every service of our own table is in /etc/services")
	}
}

func TestInterfaces(t *testing.T) {
	a := student(t)("interfaces")
	if a.Err != nil {
		t.Fatal(a.Err)
	}
	for _, card := range a.Value.List {
		name, _ := card.Field("name")
		address, _ := card.Field("address")
		if strings.HasPrefix(name.Text, "lo") && strings.Contains(address.Text, "'127.0.0.1/8'") {
			return
		}
	}
	t.Errorf("no loopback interface among %s", a.Value.Text)
}

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
type question struct {
	Line, Expression string
	shows            bool // the value's text is Python's str, not its repr
}

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
			if got != nil && contains(noteIDs(a), "service-not-listed") {
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

func contains(ids []string, id string) bool {
	for _, i := range ids {
		if i == id {
			return true
		}
	}
	return false
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
	ask("getaddrinfo 127.0.0.1 ntp --tcp", "getaddrinfo('127.0.0.1', 'nosuch', type=SOCK_STREAM)")
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

// FuzzNames: whatever is typed after a command of this group, it answers or refuses, and never fails itself.
func FuzzNames(f *testing.F) {
	for _, args := range []string{"127.0.0.1", `b'\x00\x01'`, "AF_INET6 ::1", "0x50", "''", "http tcp", "$", "-6", "--", "SO_REUSEADDR 1", "SOL_SOCKET, SO_LINGER, l_onoff=1 l_linger=2", "on", "2.5", "none"} {
		f.Add(uint8(0), args)
	}
	local := []string{"inet_aton", "inet_ntoa", "inet_pton", "inet_ntop", "htons", "htonl", "ntohs", "ntohl", "getservbyname", "getservbyport", "gethostname", "interfaces", "sockopt s", "sockopt u", "blocking s", "settimeout s"}
	do := student(f)
	do("s = socket tcp")
	do("u = socket unix-dgram")
	f.Fuzz(func(t *testing.T, n uint8, args string) {
		a := do(local[int(n)%len(local)] + " " + args)
		if e := refusal(a); e != nil && (e.Kind == "internal" || e.Message.En == "" || e.Message.Zh == "") {
			t.Fatalf("%s: %+v", a.Line, e)
		}
	})
}
