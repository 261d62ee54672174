package names

import (
	"errors"
	"reflect"
	"strings"
	"testing"
	"testing/iotest"
)

func TestServices(t *testing.T) {
	for _, tt := range []struct {
		name, proto string
		port        int
	}{
		{"http", "tcp", 80}, {"www", "tcp", 80}, {"https", "", 443}, {"ssh", "tcp", 22}, {"mysql", "tcp", 3306}, {"ftp", "tcp", 21},
		{"smtp", "tcp", 25}, {"domain", "udp", 53}, {"telnet", "", 23}, {"ntp", "udp", 123}, {"snmp", "udp", 161}, {"imap", "tcp", 143},
		{"pop3", "tcp", 110}, {"redis", "tcp", 6379}, {"postgresql", "tcp", 5432}, {"http-alt", "tcp", 8080}, {"tftp", "udp", 69},
	} {
		if port, ok := LookupService(tt.name, tt.proto); port != tt.port || !ok {
			t.Errorf("LookupService(%q, %q) = %d, %v, want %d", tt.name, tt.proto, port, ok, tt.port)
		}
	}
	if port, ok := LookupService("ssh", "udp"); ok {
		t.Errorf("ssh over udp is %d", port)
	}
	if name, ok := LookupPort(3306, "tcp"); name != "mysql" || !ok {
		t.Errorf("LookupPort(3306) = %q, %v", name, ok)
	}
	if name, ok := LookupPort(8888, ""); ok {
		t.Errorf("LookupPort(8888) = %q", name)
	}
	if n := len(Services()); n < 80 {
		t.Errorf("%d services", n)
	}
	type key struct{ name, proto string }
	seen := map[key]bool{}
	for _, s := range Services() {
		for _, name := range append([]string{s.Name}, s.Aliases...) {
			if seen[key{name, s.Proto}] {
				t.Errorf("%s/%s: twice", name, s.Proto)
			}
			seen[key{name, s.Proto}] = true
		}
		if s.Port < 1 || s.Port > 65535 || s.Proto != "tcp" && s.Proto != "udp" {
			t.Errorf("%+v", s)
		}
	}
}

func TestParseServices(t *testing.T) {
	const file = "# comment\n\nhttp\t80/tcp\t\twww web # WorldWideWeb\n#off 1/tcp\n  ntp 123/udp#time\nbad\nbad x/tcp\nbad 70000/tcp\n" +
		"bad 80\nbad -1/tcp\nsctp-thing 5/sctp"
	got, err := ParseServices(strings.NewReader(file))
	want := []Service{
		{"http", 80, "tcp", []string{"www", "web"}},
		{"ntp", 123, "udp", nil},
		{"sctp-thing", 5, "sctp", nil},
	}
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("got %+v, %v, want %+v", got, err, want)
	}
	if port, ok := FindService(got, "web", ""); port != 80 || !ok {
		t.Errorf("FindService = %d, %v", port, ok)
	}
	if name, ok := FindPort(got, 123, "udp"); name != "ntp" || !ok {
		t.Errorf("FindPort = %q, %v", name, ok)
	}
	broken := errors.New("disk on fire")
	if _, err := ParseServices(iotest.ErrReader(broken)); !errors.Is(err, broken) {
		t.Errorf("error %v, want %v", err, broken)
	}
}
