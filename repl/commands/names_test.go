package commands_test

import (
	"context"
	"errors"
	"os"
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
	if want := "22 b8"; wire.Text != want { // 0x22b8, highest byte first, on any machine
		t.Errorf("htons 8888 has the bytes %s, want %s", wire.Text, want)
	}
	if diff := cmp.Diff([]string{"byte-order"}, noteIDs(a)); diff != "" {
		t.Error(diff)
	}
	wire, _ = do("htonl 0x7f000001").Value.Field("bytes")
	if want := "7f 00 00 01"; wire.Text != want {
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
