package sys

import (
	"context"
	"errors"
	"strings"
	"testing"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// TestOptionNumbers holds the tables together: what sockets/names lists has a number here.
func TestOptionNumbers(t *testing.T) {
	for _, o := range names.Options() {
		for _, name := range append([]string{o.Name}, o.Aliases...) {
			if _, _, ok := OptionNumber(name); !ok && name != "TCP_CM_INQ" && name != "IP_RECVRETOPTS" {
				t.Errorf("%s has no number", name)
			}
		}
		if _, ok := levels[o.Level]; !ok {
			t.Errorf("%s: level %s has no number", o.Name, o.Level)
		}
		for _, v := range o.Values {
			if _, ok := constants[v.Name]; !ok && o.Type != names.String {
				t.Errorf("%s: %s has no number", o.Name, v.Name)
			}
		}
	}
}

// specimens are a socket of every kind.
func specimens(t *testing.T) map[string][2]sockets.FD {
	tcp, _ := connected(t)
	seqpacket, _ := unixPair(t, sockets.Seqpacket)
	stream, _ := unixPair(t, sockets.Stream)
	dgram, _ := unixPair(t, sockets.Dgram)
	m := map[string][2]sockets.FD{ // without and with -6
		"tcp":            {tcp, open(t, sockets.INET6, sockets.Stream)},
		"udp":            {open(t, sockets.INET, sockets.Dgram), open(t, sockets.INET6, sockets.Dgram)},
		"unix":           {stream, stream},
		"unix-dgram":     {dgram, dgram},
		"unix-seqpacket": {seqpacket, seqpacket},
	}
	if raw, err := tb.Socket(sockets.INET, sockets.Raw, 1); err == nil {
		raw6, err := tb.Socket(sockets.INET6, sockets.Raw, 58)
		must(t, err)
		closing(t, raw, raw6)
		m["raw"] = [2]sockets.FD{raw, raw6}
	}
	return m
}

// refusing are the errnos by which a kernel says that an option is not to be had here or now.
const refusing = " ENOPROTOOPT EOPNOTSUPP ENOTCONN EINVAL ENODATA ENOENT EADDRNOTAVAIL EPERM EACCES EAFNOSUPPORT "

// TestGetEveryOption reads each option of each kind of socket: it works, or the kernel says why not.
func TestGetEveryOption(t *testing.T) {
	read := 0
	for kind, pair := range specimens(t) {
		for _, o := range names.Options() {
			if !o.Fits(kind) {
				continue
			}
			fd := pair[0]
			if o.Level == "IPPROTO_IPV6" {
				fd = pair[1]
			}
			act := sockets.NewAct(1, "")
			v, err := For(context.Background(), act).Getsockopt(fd, o)
			if len(act.Steps) != 1 {
				t.Errorf("%s %s: %d steps", kind, o.Name, len(act.Steps))
			}
			switch {
			case err == nil:
				read++
				if v.Type == sockets.NoValue {
					t.Errorf("%s %s: no value", kind, o.Name)
				}
				if o.Type == names.Descriptor && v.Int > 2 {
					must(t, tb.Close(sockets.FD(v.Int)))
				}
			case !strings.Contains(refusing, " "+Errno(err)+" "):
				t.Errorf("%s %s: %v", kind, o.Name, err)
			}
		}
	}
	if read < 300 {
		t.Errorf("only %d options could be read", read)
	}
}

// TestSetAndReadBack sets options with the words that a student may use, and reads what the kernel made of them.
func TestSetAndReadBack(t *testing.T) {
	for _, test := range []struct{ kind, option, words, want string }{
		{"tcp", "SO_REUSEADDR", "on", "1"},
		{"tcp", "SO_REUSEADDR", "0", "0"},
		{"tcp", "SO_REUSEPORT", "yes", "1"},
		{"tcp", "SO_KEEPALIVE", "true", "1"},
		{"tcp", "SO_OOBINLINE", "ON", "1"},
		{"udp", "SO_BROADCAST", "1", "1"},
		{"tcp", "SO_DONTROUTE", "1", "1"},
		{"tcp", "SO_RCVBUF", "4096", "8192"}, // doubled
		{"tcp", "SO_RCVBUF", "1", "2304"},
		{"tcp", "SO_SNDBUF", "1", "4608"},
		{"tcp", "SO_RCVLOWAT", "0x10", "16"},
		{"tcp", "SO_PRIORITY", "5", "5"},
		{"tcp", "SO_RCVTIMEO", "1.5", "{tv_sec=1, tv_usec=500000}"},
		{"tcp", "SO_RCVTIMEO", "500ms", "{tv_sec=0, tv_usec=500000}"},
		{"tcp", "SO_SNDTIMEO", "tv_usec=20000 tv_sec=3", "{tv_sec=3, tv_usec=20000}"},
		{"tcp", "SO_SNDTIMEO", "2", "{tv_sec=2, tv_usec=0}"},
		{"tcp", "SO_LINGER", "1 30", "{l_onoff=1, l_linger=30}"},
		{"tcp", "SO_LINGER", "on 0", "{l_onoff=1, l_linger=0}"},
		{"tcp", "SO_LINGER", "linger=7 onoff=yes", "{l_onoff=1, l_linger=7}"},
		{"tcp", "SO_LINGER", "off", "{l_onoff=0, l_linger=0}"},
		{"tcp", "SO_BINDTODEVICE", "lo", "lo"},
		{"udp", "SO_BINDTOIFINDEX", "lo", "1"},
		{"tcp", "SO_MAX_PACING_RATE", "123456", "123456"},
		{"tcp", "SO_MARK", "0", "0"},
		{"udp", "SO_PEEK_OFF", "-1", "-1"},
		{"tcp", "SO_BUF_LOCK", "SOCK_SNDBUF_LOCK|SOCK_RCVBUF_LOCK", "3"},
		{"unix", "SO_PASSCRED", "on", "1"},
		{"udp", "SO_TIMESTAMP", "on", "1"},
		{"tcp", "IP_TTL", "3", "3"},
		{"tcp", "IP_TOS", "IPTOS_LOWDELAY", "16"},
		{"tcp", "IP_MTU_DISCOVER", "ip_pmtudisc_do", "2"},
		{"tcp", "IP_LOCAL_PORT_RANGE", "0x9c409c40", "2621480000"},
		{"udp", "IP_MULTICAST_TTL", "9", "9"},
		{"udp", "IP_MULTICAST_LOOP", "off", "0"},
		{"udp", "IP_MULTICAST_IF", "127.0.0.1", "127.0.0.1"},
		{"udp", "IP_UNICAST_IF", "lo", "1"},
		{"udp6", "IPV6_MULTICAST_IF", "lo", "1"},
		{"udp6", "IPV6_MULTICAST_HOPS", "4", "4"},
		{"tcp6", "IPV6_V6ONLY", "on", "1"},
		{"tcp6", "IPV6_TCLASS", "32", "32"},
		{"tcp", "TCP_NODELAY", "on", "1"},
		{"tcp", "TCP_CORK", "1", "1"},
		{"tcp", "TCP_KEEPIDLE", "60", "60"},
		{"tcp", "TCP_KEEPINTVL", "10", "10"},
		{"tcp", "TCP_KEEPCNT", "3", "3"},
		{"tcp", "TCP_USER_TIMEOUT", "5000", "5000"},
		{"tcp", "TCP_CONGESTION", "reno", "reno"},
		{"tcp", "TCP_NOTSENT_LOWAT", "4294967295", "4294967295"},
		{"udp", "UDP_CORK", "off", "0"},
		{"raw", "ICMP_FILTER", "0 8", "[0, 8]"},
		{"udp", "SO_ATTACH_FILTER", "0x6,0,0,65535", "{len=1, filter=6,0,0,65535}"},
	} {
		pair, ok := specimens(t)[strings.TrimSuffix(test.kind, "6")]
		if !ok {
			t.Logf("%s: no such socket without privileges", test.option)
			continue
		}
		fd := pair[0]
		if strings.HasSuffix(test.kind, "6") {
			fd = pair[1]
		}
		o := lookup(test.option)
		err := tb.Setsockopt(fd, o, strings.Fields(test.words))
		if o.Privileged && Errno(err) == "EPERM" {
			t.Logf("%s: not without privileges", test.option)
			continue
		}
		if err != nil {
			t.Errorf("%s %s: %v", test.option, test.words, err)
			continue
		}
		v, err := tb.Getsockopt(fd, o)
		if err != nil || v.Text != test.want {
			t.Errorf("%s %s: reads back as %q (%v), want %q", test.option, test.words, v.Text, err, test.want)
		}
	}
}

// TestRanges holds what is told of an option's values against the kernel: one that it takes is not called out of range, and one
// to which it says EINVAL at a new socket is not called right.
func TestRanges(t *testing.T) {
	values := strings.Fields("-2147483648 -2 -1 0 1 2 3 4 5 6 87 88 127 128 255 256 999 1000 1279 1280 32767 32768 65535 65536 120000 120001 2147483647")
	told := 0
	for _, o := range names.Options() {
		if !o.Set || o.Type != names.Int && o.Type != names.Bool {
			continue
		}
		for _, value := range values {
			family, kind := sockets.INET, sockets.Stream
			if o.Level == "IPPROTO_IPV6" {
				family = sockets.INET6
			}
			if !o.Fits("tcp") {
				kind = sockets.Dgram
			}
			err := tb.Setsockopt(open(t, family, kind), o, []string{value})
			why := names.Explain(names.Situation{Op: "setsockopt", Errno: "EINVAL", Fill: []string{"opt", o.Name, "value", value}}).Why.En
			if !strings.Contains(why, "its values are") {
				continue
			}
			told++
			if out := strings.Contains(why, "does not take"); err == nil && out || Errno(err) == "EINVAL" && !out && o.Name != "IPV6_MULTICAST_HOPS" && o.Name != "IP_MULTICAST_TTL" {
				t.Errorf("%s %s: %v, and it is told: %s", o.Name, value, err, why)
			}
		}
	}
	if told < 300 {
		t.Errorf("only %d values have a range", told)
	}
}

// TestTimeval passes what is meant: of a negative time, too, whose microseconds count upwards.
func TestTimeval(t *testing.T) {
	for word, want := range map[string]string{
		"-1": "{tv_sec=-1, tv_usec=0}", "-1.5": "{tv_sec=-2, tv_usec=500000}", "-0.25": "{tv_sec=-1, tv_usec=750000}",
		"1.5": "{tv_sec=1, tv_usec=500000}", "500ms": "{tv_sec=0, tv_usec=500000}", "1ns": "{tv_sec=0, tv_usec=1}", "0": "{tv_sec=0, tv_usec=0}",
	} {
		if _, v, err := encodeDuration([]string{word}); err != nil || v.Text != want {
			t.Errorf("%s: %s, %v; want %s", word, v.Text, err, want)
		}
	}
}

// TestMembership joins and leaves groups in every way there is.
func TestMembership(t *testing.T) {
	for _, test := range []struct{ join, leave, words string }{
		{"IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP", "224.1.1.1"},
		{"IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP", "224.1.1.1 127.0.0.1"},
		{"IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP", "224.1.1.1 lo"},
		{"IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP", "224.0.0.1 127.0.0.1 lo"},
		{"IP_ADD_MEMBERSHIP", "IP_DROP_MEMBERSHIP", "imr_ifindex=1 imr_multiaddr=224.1.1.1"},
		{"IP_ADD_SOURCE_MEMBERSHIP", "IP_DROP_SOURCE_MEMBERSHIP", "232.1.1.1 127.0.0.1 127.0.0.1"},
		{"IPV6_JOIN_GROUP", "IPV6_LEAVE_GROUP", "ff02::1:2 lo"},
		{"MCAST_JOIN_GROUP", "MCAST_LEAVE_GROUP", "lo 224.1.1.1"},
		{"MCAST_JOIN_SOURCE_GROUP", "MCAST_LEAVE_SOURCE_GROUP", "lo 232.1.1.1 127.0.0.1"},
	} {
		pair := specimens(t)["udp"]
		fd := pair[0]
		if strings.HasPrefix(test.join, "IPV6") {
			fd = pair[1]
		}
		words := strings.Fields(test.words)
		for _, name := range []string{test.join, test.leave} {
			err := tb.Setsockopt(fd, lookup(name), words)
			if Errno(err) == "ENODEV" && len(words) == 1 {
				continue // no route for the group here
			}
			if err != nil {
				t.Errorf("%s %s: %v", name, test.words, err)
			}
		}
	}
}

// TestWordErrors points at the word that is wrong, and makes no call.
func TestWordErrors(t *testing.T) {
	tcp, _ := connected(t)
	for _, test := range []struct {
		option, words string
		index         int
	}{
		{"SO_REUSEADDR", "", 0},
		{"SO_REUSEADDR", "maybe", 0},
		{"SO_REUSEADDR", "on off", 1},
		{"SO_RCVBUF", "many", 0},
		{"SO_RCVBUF", "99999999999", 0},
		{"SO_LINGER", "on", 1},
		{"SO_LINGER", "perhaps 3", 0},
		{"SO_LINGER", "on long", 1},
		{"SO_LINGER", "on 3 4", 2},
		{"SO_LINGER", "l_onof=1", 0},
		{"SO_LINGER", "on l_onoff=1", 1},
		{"SO_RCVTIMEO", "soon", 0},
		{"IP_MTU_DISCOVER", "IP_PMTUDISC_DOO", 0},
		{"IP_ADD_MEMBERSHIP", "ff02::1", 0},
		{"IP_ADD_MEMBERSHIP", "224.1.1.1 nosuch0", 1},
		{"IP_MULTICAST_IF", "nosuch0", 0},
		{"IPV6_JOIN_GROUP", "224.1.1.1 lo", 0},
		{"MCAST_JOIN_GROUP", "lo", 1},
		{"ICMP_FILTER", "8 32", 1},
		{"SO_ATTACH_FILTER", "6,0,0,1 6,0", 1},
		{"TCP_FASTOPEN_KEY", "0x123", 0},
	} {
		act := sockets.NewAct(1, "")
		err := For(context.Background(), act).Setsockopt(tcp, lookup(test.option), strings.Fields(test.words))
		var bad *WordError
		if !errors.As(err, &bad) || bad.Index != test.index {
			t.Errorf("%s %s: %v (%+v), want word %d", test.option, test.words, err, bad, test.index)
			continue
		}
		if bad.Message.En == "" || bad.Message.Zh == "" || strings.Contains(bad.Message.En+bad.Message.Zh, "{") {
			t.Errorf("%s %s: %+v", test.option, test.words, bad.Message)
		}
		for _, s := range act.Steps {
			if c := s.(sockets.Call); !c.Scaffold {
				t.Errorf("%s %s: made %s(%s)", test.option, test.words, c.Op, c.Args)
			}
		}
	}
}

// TestValueNames names the numbers that the manual names.
func TestValueNames(t *testing.T) {
	tcp, _ := connected(t)
	for option, want := range map[string]string{
		"SO_TYPE": "SOCK_STREAM", "SO_DOMAIN": "AF_INET", "SO_PROTOCOL": "IPPROTO_TCP", "IP_MTU_DISCOVER": "IP_PMTUDISC_WANT",
	} {
		v, err := tb.Getsockopt(tcp, lookup(option))
		must(t, err)
		if name, _ := v.Field("name"); name.Text != want {
			t.Errorf("%s: %q is called %q, want %q", option, v.Text, name.Text, want)
		}
	}
}

// TestTCPInfo reads struct tcp_info under its names in C, with units.
func TestTCPInfo(t *testing.T) {
	a, b := connected(t)
	_, err := tb.Send(a, []byte("hello"), 0)
	must(t, err)
	ready(t, b, false)
	v, err := tb.Getsockopt(b, lookup("TCP_INFO"))
	must(t, err)
	for name, want := range map[string]string{
		"tcpi_state": "ESTABLISHED", "tcpi_ca_state": "Open", "tcpi_bytes_received": "5 B", "tcpi_data_segs_in": "1", "tcpi_backoff": "0",
	} {
		if f, ok := v.Field(name); !ok || f.Text != want {
			t.Errorf("%s is %q, want %q", name, f.Text, want)
		}
	}
	if rto, _ := v.Field("tcpi_rto"); !strings.HasSuffix(rto.Text, " µs") || rto.Int < 1000 {
		t.Errorf("tcpi_rto is %q", rto.Text)
	}
	if n := len(lookup("TCP_INFO").Fields); len(v.Fields) != n {
		t.Logf("this kernel fills %d of %d members", len(v.Fields), n)
	}
}

// lookup finds an option that the table is known to have.
func lookup(name string) names.Option {
	o, ok := names.LookupOption(name)
	if !ok {
		panic("the names table has no " + name)
	}
	return o
}
