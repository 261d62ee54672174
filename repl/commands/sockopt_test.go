package commands_test

import (
	"fmt"
	"runtime"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/sockets"
)

// calls are the calls of an act that its line asked for, each with its result.
func calls(a *sockets.Act) (all []string) {
	for _, s := range a.Steps {
		if c, ok := s.(sockets.Call); ok && !c.Scaffold {
			_, args, _ := strings.Cut(c.Args, ", ")
			result := fmt.Sprint(c.Ret)
			if c.Errno != "" {
				result = c.Errno
			}
			all = append(all, c.Op+" "+args+" = "+result)
		}
	}
	return all
}

func onLinux(t *testing.T) {
	t.Helper()
	if runtime.GOOS != "linux" {
		t.Skip("SKIPPED: these are Linux's numbers")
	}
}

func TestSockopt(t *testing.T) {
	onLinux(t)
	for _, c := range []struct {
		line, value, python string
		calls, notes        []string
	}{
		{"sockopt s SO_REUSEADDR", "0", "s.getsockopt(SOL_SOCKET, SO_REUSEADDR)", []string{"getsockopt SOL_SOCKET, SO_REUSEADDR, [0] = 0"}, nil},
		{"sockopt SO_REUSEADDR", "0", "s.getsockopt(SOL_SOCKET, SO_REUSEADDR)", []string{"getsockopt SOL_SOCKET, SO_REUSEADDR, [0] = 0"}, nil},
		{"sockopt s SO_REUSEADDR 1", "1", "s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)", []string{"setsockopt SOL_SOCKET, SO_REUSEADDR, [1] = 0"}, nil},
		{"sockopt s SOL_SOCKET SO_REUSEADDR 1", "1", "s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)", []string{"setsockopt SOL_SOCKET, SO_REUSEADDR, [1] = 0"}, nil},
		{"sockopt s SOL_SOCKET, SO_REUSEADDR, 1", "1", "s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)", []string{"setsockopt SOL_SOCKET, SO_REUSEADDR, [1] = 0"}, nil},
		{"sockopt s so_keepalive on", "1", "s.setsockopt(SOL_SOCKET, SO_KEEPALIVE, 1)", []string{"setsockopt SOL_SOCKET, SO_KEEPALIVE, [1] = 0"}, nil},
		{"on = sockopt s SO_KEEPALIVE", "0", "on = s.getsockopt(SOL_SOCKET, SO_KEEPALIVE)", []string{"getsockopt SOL_SOCKET, SO_KEEPALIVE, [0] = 0"}, nil},
		{"sockopt s SO_RCVBUF 4096", "8192", "s.setsockopt(SOL_SOCKET, SO_RCVBUF, 4096)", []string{"setsockopt SOL_SOCKET, SO_RCVBUF, [4096] = 0"}, []string{"value-adjusted"}},
		{"sockopt s SO_RCVBUF 1", "2304", "s.setsockopt(SOL_SOCKET, SO_RCVBUF, 1)", []string{"setsockopt SOL_SOCKET, SO_RCVBUF, [1] = 0"}, []string{"value-adjusted"}},
		{"sockopt s SO_LINGER on 5", "{l_onoff=1, l_linger=5}", "s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack('ii', 1, 5))",
			[]string{"setsockopt SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5} = 0"}, nil},
		{"sockopt s SO_LINGER l_linger=5 l_onoff=1", "{l_onoff=1, l_linger=5}", "s.setsockopt(SOL_SOCKET, SO_LINGER, struct.pack('ii', 1, 5))",
			[]string{"setsockopt SOL_SOCKET, SO_LINGER, {l_onoff=1, l_linger=5} = 0"}, nil},
		{"sockopt s SO_LINGER", "{l_onoff=0, l_linger=0}", "struct.unpack('ii', s.getsockopt(SOL_SOCKET, SO_LINGER, 8))",
			[]string{"getsockopt SOL_SOCKET, SO_LINGER, {l_onoff=0, l_linger=0} = 0"}, nil},
		{"sockopt s SO_RCVTIMEO 1.5", "{tv_sec=1, tv_usec=500000}", "s.setsockopt(SOL_SOCKET, SO_RCVTIMEO, struct.pack('ll', 1, 500000))",
			[]string{"setsockopt SOL_SOCKET, SO_RCVTIMEO, {tv_sec=1, tv_usec=500000} = 0"}, nil},
		{"sockopt s TCP_NODELAY on", "1", "s.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)", []string{"setsockopt IPPROTO_TCP, TCP_NODELAY, [1] = 0"}, nil},
		{"sockopt s SOL_TCP TCP_NODELAY 1", "1", "s.setsockopt(IPPROTO_TCP, TCP_NODELAY, 1)", []string{"setsockopt IPPROTO_TCP, TCP_NODELAY, [1] = 0"}, nil},
		{"sockopt s IP_MTU_DISCOVER IP_PMTUDISC_DO", "2", "IP_MTU_DISCOVER = 10; IP_PMTUDISC_DO = 2; s.setsockopt(IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DO)", []string{"setsockopt IPPROTO_IP, IP_MTU_DISCOVER, [2] = 0"}, nil},
		{"sockopt s SO_TYPE", "1", "s.getsockopt(SOL_SOCKET, SO_TYPE)", []string{"getsockopt SOL_SOCKET, SO_TYPE, [1] = 0"}, nil},
		{"sockopt u IP_ADD_MEMBERSHIP 224.0.0.251 lo", "", "u.setsockopt(IPPROTO_IP, IP_ADD_MEMBERSHIP, inet_aton('224.0.0.251') + inet_aton('0.0.0.0') + struct.pack('i', 1))",
			[]string{"setsockopt IPPROTO_IP, IP_ADD_MEMBERSHIP, {imr_multiaddr=224.0.0.251, imr_address=0.0.0.0, imr_ifindex=1} = 0"}, nil},
	} {
		t.Run(c.line, func(t *testing.T) {
			do := student(t)
			do("u = socket udp")
			do("s = socket tcp")
			a := do(c.line)
			if a.Err != nil {
				t.Fatal(a.Err)
			}
			if diff := cmp.Diff([]any{c.value, c.python, c.calls, c.notes}, []any{a.Value.Text, a.Python, calls(a), noteIDs(a)}); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSockoptRefused(t *testing.T) {
	onLinux(t)
	for _, c := range []struct{ line, errno, marked, fix string }{
		{"sockopt s SO_REUSADDR 1", "", "SO_REUSADDR", "SO_REUSEADDR"},
		{"sockopt s reuseaddr 1", "", "reuseaddr", "SO_REUSEADDR"},
		{"sockopt s nodelay 1", "", "nodelay", "TCP_NODELAY"},
		{"sockopt s qwertyuiop", "", "qwertyuiop", "sockopt s lists them all"},
		{"sockopt z SO_REUSEADDR 1", "", "z", "sockopt s SO_REUSEADDR"},
		{"sockopt s SOL_SOCKET", "", " ", "sockopt s SO_REUSEADDR 1"},
		{"sockopt s SOL_SOCKET TCP_NODELAY 1", "", "SOL_SOCKET", "IPPROTO_TCP"},
		{"sockopt s SO_KEEPALIVE maybe", "", "maybe", "on or off"},
		{"sockopt s SO_KEEPALIVE 1 2", "", "2", "on or off"},
		{"sockopt s SO_LINGER on", "", " ", "sockopt SO_LINGER on 5"},
		{"sockopt s SO_LINGER on soon", "", "soon", "sockopt SO_LINGER on 5"},
		{"sockopt s SO_RCVTIMEO soon", "", "soon", "seconds (1.5), or with a unit (500ms)"},
		{"x = sockopt s SO_ATTACH_FILTER 6,0,0,0", "", "x", ""},
		{"sockopt u TCP_NODELAY 1", "ENOPROTOOPT", "", ""},
		{"sockopt s SO_TYPE 1", "ENOPROTOOPT", "", ""},
		{"sockopt s TCP_CONGESTION nosuch", "ENOENT", "", ""},
		{"sockopt s IP_TTL 256", "EINVAL", "", ""},
		{"sockopt p SO_PEERCRED 1", "", "1", "sockopt p SO_PEERCRED"},
		{"sockopt p SO_PEERCRED 1 2 3", "ENOPROTOOPT", "", ""},
		{"sockopt p TCP_NODELAY 1", "EOPNOTSUPP", "", ""},
		{"sockopt gone", "EBADF", "", ""},
		{"sockopt gone SO_REUSEADDR 1", "EBADF", "", ""},
		{"blocking s maybe", "", "maybe", ""},
		{"blocking gone off", "EBADF", "", ""},
		{"settimeout s soon", "", "soon", ""},
		{"settimeout s -1", "", "-1", ""},
		{"settimeout s 1 2", "", "2", "help settimeout"},
		{"x = settimeout s 1", "", "x", ""},
	} {
		t.Run(c.line, func(t *testing.T) {
			do := student(t)
			for _, l := range []string{"u = socket udp", "p = socket unix", "gone = socket tcp", "close gone", "s = socket tcp"} {
				if a := do(l); a.Err != nil {
					t.Fatal(a.Err)
				}
			}
			a := do(c.line)
			e := refusal(a)
			if e == nil {
				t.Fatalf("it was taken: %s", a.Value.Text)
			}
			if e.Message.En == "" || e.Message.Zh == "" || strings.Contains(e.Message.En+e.Why.En+e.Fix.En+e.Fix.Zh, "{") {
				t.Errorf("not said: %+v", e)
			}
			fix := e.Fix.En
			if c.fix == "" {
				fix = ""
			}
			if diff := cmp.Diff([]string{c.errno, c.marked, c.fix}, []string{e.Errno, marked(a), fix}); diff != "" {
				t.Errorf("%s\n%+v", diff, e)
			}
		})
	}
}

func TestSockoptAll(t *testing.T) {
	onLinux(t)
	for kind, some := range map[string][]string{
		"tcp":        {"SO_REUSEADDR", "SO_RCVBUF", "SO_LINGER", "IP_TTL", "TCP_NODELAY", "TCP_KEEPIDLE"},
		"tcp6":       {"SO_REUSEADDR", "IPV6_V6ONLY", "TCP_NODELAY"},
		"udp":        {"SO_BROADCAST", "IP_MULTICAST_TTL"},
		"unix":       {"SO_PASSCRED", "SO_RCVBUF"},
		"unix-dgram": {"SO_PASSCRED", "SO_SNDBUF"},
	} {
		t.Run(kind, func(t *testing.T) {
			do := student(t)
			do("s = socket " + kind)
			a := do("sockopt s")
			if a.Err != nil {
				t.Fatal(a.Err)
			}
			if got := calls(a); got != nil {
				t.Errorf("the looks are not scaffold: %v", got)
			}
			has := map[string]bool{}
			for _, row := range a.Value.List {
				name, _ := row.Field("option")
				value, _ := row.Field("value")
				meaning, _ := row.Field("meaning")
				has[name.Text] = true
				if value.Type == sockets.NoValue || meaning.Text == "" {
					t.Errorf("%s has the value %q and the meaning %q", name.Text, value.Text, meaning.Text)
				}
			}
			for _, s := range some {
				if !has[s] {
					t.Errorf("no %s among %v", s, has)
				}
			}
			if has["SO_ERROR"] || strings.HasPrefix(kind, "u") && has["TCP_NODELAY"] {
				t.Error("options that are not for this list are in it")
			}
		})
	}
}

func TestWaiting(t *testing.T) {
	do := student(t)
	do("s = socket tcp")
	for _, l := range []struct {
		line, value, python string
		notes               []string
	}{
		{"blocking s", "True", "s.getblocking()", nil},
		{"settimeout s", "None", "s.gettimeout()", nil},
		{"settimeout s 2.5", "", "s.settimeout(2.5)", nil},
		{"settimeout s", "2.5", "s.gettimeout()", nil},
		{"blocking s", "True", "s.getblocking()", []string{"timeout-in-force"}},
		{"settimeout s 500ms", "", "s.settimeout(0.5)", nil},
		{"settimeout s 2", "", "s.settimeout(2.0)", nil},
		{"settimeout s 0", "", "s.settimeout(0.0)", nil},
		{"settimeout s", "0.0", "s.gettimeout()", nil},
		{"blocking s", "False", "s.getblocking()", nil},
		{"settimeout s None", "", "s.settimeout(None)", nil},
		{"blocking s", "True", "s.getblocking()", nil},
		{"blocking s off", "", "s.setblocking(False)", nil},
		{"was = blocking s", "False", "was = s.getblocking()", nil},
		{"! accept s", "", "s.accept()", nil},
		{"settimeout s", "0.0", "s.gettimeout()", nil},
		{"settimeout s 1", "", "s.settimeout(1.0)", nil},
		{"blocking s on", "", "s.setblocking(True)", nil},
		{"settimeout s", "None", "s.gettimeout()", nil},
	} {
		a := do(l.line)
		if !a.OK() {
			t.Fatalf("%s: %v", l.line, a.Err)
		}
		if a.Expected {
			continue
		}
		if diff := cmp.Diff([]any{l.value, l.python, l.notes}, []any{a.Value.Text, a.Python, noteIDs(a)}); diff != "" {
			t.Errorf("%s: %s", l.line, diff)
		}
	}
}

func TestWaitingChanges(t *testing.T) {
	onLinux(t)
	do := student(t)
	do("s = socket tcp")
	a := do("settimeout s 2.5")
	var changes []sockets.Change
	for _, s := range a.Steps {
		if c, ok := s.(sockets.Change); ok {
			changes = append(changes, c)
		}
	}
	want := []sockets.Change{{Socket: "s", Field: "blocking", Was: "True", Now: "False"}, {Socket: "s", Field: "timeout", Was: "None", Now: "2.5"}}
	if diff := cmp.Diff(want, changes); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]string{"fcntl F_SETFL, O_RDWR|O_NONBLOCK = 0"}, calls(a)); diff != "" {
		t.Error(diff)
	}
}
