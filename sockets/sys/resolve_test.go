//go:build unix

package sys

import (
	"bytes"
	"context"
	"errors"
	"math/rand/v2"
	"net"
	"net/netip"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

func TestResolve(t *testing.T) {
	for _, test := range []struct {
		host   string
		family sockets.Family
		want   string // addresses, or the name of an error
	}{
		{"", sockets.INET, "0.0.0.0"},
		{"", sockets.INET6, "::"},
		{"", "", "0.0.0.0 ::"},
		{"<broadcast>", sockets.INET, "255.255.255.255"},
		{"<broadcast>", sockets.INET6, "EAI_ADDRFAMILY"},
		{"127.0.0.1", sockets.INET, "127.0.0.1"},
		{"127.1", "", "127.0.0.1"},
		{"0x7f.1", "", "127.0.0.1"},
		{"017700000001", sockets.INET, "127.0.0.1"},
		{"2130706433", "", "127.0.0.1"},
		{"127.0.0.1", sockets.INET6, "EAI_ADDRFAMILY"},
		{"::1", "", "::1"},
		{"::1", sockets.INET, "EAI_ADDRFAMILY"},
		{"fe80::1%lo", sockets.INET6, "fe80::1%lo"},
		{"fe80::1%7", sockets.INET6, "fe80::1%7"},
		{"fe80::1%nosuch", sockets.INET6, "EAI_NONAME"},
		{"localhost", sockets.INET, "127.0.0.1"},
		{"a\x00b", "", "EAI_NONAME"},
		{strings.Repeat("x", 300), "", "EAI_NONAME"},
		{"localhost", sockets.UNIX, "EAI_FAMILY"},
	} {
		ips, err := Resolve(context.Background(), test.host, test.family)
		var got []string
		for _, ip := range ips {
			got = append(got, ip.String())
		}
		if err != nil {
			var e *ResolveError
			if !errors.As(err, &e) || e.Code == 0 || e.Message.Zh == "" || e.Python() != "gaierror" {
				t.Errorf("%q: %+v", test.host, err)
				continue
			}
			got = []string{e.Name}
		}
		if s := strings.Join(got, " "); s != test.want {
			t.Errorf("%q in %q: %s, want %s", test.host, test.family, s, test.want)
		}
	}
}

// TestResolverErrors names what the resolver may say.
func TestResolverErrors(t *testing.T) {
	plain := context.Background()
	over, cancel := context.WithCancel(plain)
	cancel()
	for _, test := range []struct {
		err  error
		want string
	}{
		{&net.DNSError{IsNotFound: true}, "EAI_NONAME"},
		{&net.DNSError{IsTimeout: true}, "EAI_AGAIN"},
		{&net.DNSError{IsTemporary: true}, "EAI_AGAIN"},
		{&net.DNSError{}, "EAI_FAIL"},
		{&net.AddrError{Err: "no suitable address found"}, "EAI_ADDRFAMILY"},
		{errors.New("no"), "EAI_FAIL"},
	} {
		var e *ResolveError
		if err := resolverFailed(plain, "getaddrinfo", "h", test.err, "EAI_NONAME", "EAI_AGAIN", "EAI_FAIL"); !errors.As(err, &e) || e.Name != test.want {
			t.Errorf("%#v is %v, want %s", test.err, err, test.want)
		}
	}
	var cut *InterruptedError
	if _, err := Resolve(over, "no.such.host.invalid", ""); !errors.As(err, &cut) || !errors.Is(err, context.Canceled) {
		t.Errorf("resolve after the end: %v", err)
	}
}

// TestAtonAgainstPython holds Aton to the C library's inet_aton over a table and random texts.
func TestAtonAgainstPython(t *testing.T) {
	texts := strings.Split("127.0.0.1|127.1|1.2.3|0x7f.1|0x7f000001|017700000001|4294967295|4294967296|1.2.3.4.5|1.2.3.256|256.1|1.16777215|1.16777216|1.2.65535|1.2.65536"+
		"|08|0x|0xg|00|1.|.1||1..2|1.2.3.4 x|1.2.3.4x|1.2.3.4\tjunk| 1.2.3.4|-1|+1|1e3|0X1F.0x.1|01.02.03.04|99999999999999999999|1.2.3.4.|0x1.0X2.03.4 ", "|")
	r := rand.New(rand.NewPCG(1, 2))
	for range 20000 {
		b := make([]byte, r.IntN(14))
		for i := range b {
			b[i] = "0123456789..xXaf8 7"[r.IntN(19)]
		}
		texts = append(texts, string(b))
	}
	python, err := exec.LookPath("python3")
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatal("python3 is not installed, and SOCKSTEP_REQUIRE=all")
		}
		t.Skip("python3 is not installed: Aton is not held against it")
	}
	cmd := exec.Command(python, "-c", `
import socket, sys
for s in sys.stdin.buffer.read().decode().split("|"):
    try: print(socket.inet_ntoa(socket.inet_aton(s)))
    except OSError: print("-")
`)
	cmd.Stdin = strings.NewReader(strings.Join(texts, "|"))
	out, err := cmd.Output()
	must(t, err)
	answers := bytes.Split(bytes.TrimSpace(out), []byte("\n"))
	if len(answers) != len(texts) {
		t.Fatalf("%d answers to %d texts", len(answers), len(texts))
	}
	for i, s := range texts {
		got := "-"
		if ip, ok := Aton(s); ok {
			got = ip.String()
		}
		if got != string(answers[i]) {
			t.Errorf("inet_aton(%q) is %s, Python says %s", s, got, answers[i])
		}
	}
}

func TestNamesOfThisHost(t *testing.T) {
	if name, err := Hostname(); name == "" || err != nil {
		t.Errorf("hostname: %q, %v", name, err)
	}
	h, err := HostByName(context.Background(), "localhost")
	if err != nil || !slices.Contains(h.Addresses, netip.MustParseAddr("127.0.0.1")) {
		t.Errorf("localhost is %+v (%v)", h, err)
	}
	h, err = HostByName(context.Background(), "127.1")
	if err != nil || h.Name != "127.1" || h.Addresses[0].String() != "127.0.0.1" {
		t.Errorf("127.1 is %+v (%v)", h, err)
	}
	all, err := Reverse(context.Background(), netip.MustParseAddr("127.0.0.1"))
	if err != nil || !slices.Contains(all, "localhost") {
		t.Errorf("127.0.0.1 is %v (%v)", all, err)
	}
	ifs, err := Interfaces()
	must(t, err)
	lo := slices.IndexFunc(ifs, func(i Interface) bool { return slices.Contains(i.Flags, "LOOPBACK") })
	if lo < 0 || !slices.Contains(ifs[lo].Addresses, netip.MustParsePrefix("127.0.0.1/8")) || ifs[lo].Index < 1 || ifs[lo].MTU < 1 {
		t.Errorf("interfaces: %+v", ifs)
	}
	if _, err := os.Stat("/etc/services"); err == nil {
		list, err := Services()
		must(t, err)
		if port, ok := names.FindService(list, "http", "tcp"); !ok || port != 80 {
			t.Errorf("http is at %d, %v, of %d services", port, ok, len(list))
		}
	}
}

func TestErrno(t *testing.T) {
	for _, test := range []struct {
		err  error
		want string
	}{
		{nil, ""}, {errors.New("x"), ""}, {os.ErrInvalid, ""},
		{refused("bind", 1), "EPERM"},
		{&InterruptedError{Op: "accept", Errno: 4, Cause: context.Canceled}, "EINTR"},
		{&InterruptedError{Op: "accept", Cause: context.Canceled}, ""},
		{&net.OpError{Err: refused("read", 9)}, "EBADF"},
		{unsupported("this"), ""},
	} {
		if got := Errno(test.err); got != test.want {
			t.Errorf("Errno(%v) is %q, want %q", test.err, got, test.want)
		}
	}
	if !errors.Is(unsupported("this"), errors.ErrUnsupported) {
		t.Error("unsupported is not ErrUnsupported")
	}
}
