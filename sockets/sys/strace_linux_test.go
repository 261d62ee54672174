package sys

import (
	"bufio"
	"context"
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// scripted names the file that the child of TestStrace writes its calls to.
const scripted = "SOCKSTEP_SYS_SCRIPT"

func TestMain(m *testing.M) {
	if out := os.Getenv(scripted); out != "" {
		script(out)
		return
	}
	os.Exit(m.Run())
}

// A told is what the child says of itself: its thread, and the calls it recorded.
type told struct {
	TID   int
	Calls []sockets.Call
}

// script makes calls of every kind, good and bad, on one thread.
func script(out string) {
	runtime.LockOSThread()
	act := sockets.NewAct(1, "script")
	ctx, cancel := context.WithCancel(context.Background())
	defer cancel()
	c := For(ctx, act)
	dir, err := os.MkdirTemp("", "sockstep")
	if err != nil {
		panic(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	buf := make([]byte, 1024)
	tid := unix.Gettid()

	// TCP
	l, _ := c.Socket(sockets.INET, sockets.Stream, 0)
	_ = c.Setsockopt(l, lookup("SO_REUSEADDR"), []string{"on"})
	_, _ = c.Getsockopt(l, lookup("SO_REUSEADDR"))
	_, _, _ = c.Accept(l)
	_ = c.Bind(l, loopback)
	a, _ := c.Getsockname(l)
	_ = c.Listen(l, 5)
	_ = c.Listen(l, 1)
	_ = c.Bind(l, a)
	_, _ = c.Accepting(l)
	_, _ = c.State(l)
	s, _ := c.Socket(sockets.INET, sockets.Stream, 0)
	_, _ = c.Send(s, []byte("early"), 0)
	_ = c.Connect(s, a)
	_ = c.Connect(s, a)
	k, _, _ := c.Accept(l)
	_, _ = c.Getpeername(s)
	_, _ = c.Send(s, []byte("hello"), 0)
	_, _ = c.Poll([]PollEntry{{FD: k, Read: true}, {FD: s, Write: true}}, 2*time.Second)
	_, _ = c.QueueIn(k)
	_, _ = c.QueueOut(s)
	_, _ = c.Recv(k, buf, sockets.MsgPeek)
	_, _ = c.Recv(k, buf, 0)
	_, _ = c.Send(s, []byte("GET / HTTP/1.1\r\nHost: 你好\x00\x01\x0a1\xff\"\\ and a long tail"), sockets.MsgMore)
	_, _ = c.Send(s, []byte{}, 0)
	_, _, _ = c.Recvfrom(k, buf, sockets.MsgDontwait)
	_ = c.Nonblock(k, true)
	_, _ = c.Recv(k, buf, 0)
	_ = c.Nonblock(k, false)
	_, _ = c.Getsockopt(s, lookup("SO_RCVBUF"))
	_ = c.Setsockopt(s, lookup("SO_RCVBUF"), []string{"4096"})
	_ = c.Setsockopt(s, lookup("SO_LINGER"), []string{"on", "0"})
	_, _ = c.Getsockopt(s, lookup("SO_LINGER"))
	_ = c.Setsockopt(s, lookup("TCP_NODELAY"), []string{"1"})
	_ = c.Setsockopt(s, lookup("TCP_CONGESTION"), []string{"nosuch"})
	_, _ = c.SocketError(s)
	d, _ := c.Dup(s)
	_ = c.Shutdown(s, WR)
	_, _ = c.Recv(k, buf, 0)
	_ = c.Close(d)
	_ = c.Close(s)
	_, _ = c.Send(k, []byte("x"), 0)
	_ = c.Close(k)

	// cancelled
	stopped, stop := context.WithCancel(context.Background())
	time.AfterFunc(20*time.Millisecond, stop)
	_, _, _ = For(stopped, act).Accept(l)
	_ = c.Close(l)
	_ = c.Close(l)

	// UDP, IPv6
	u, _ := c.Socket(sockets.INET, sockets.Dgram, 0)
	_ = c.Bind(u, loopback)
	ua, _ := c.Getsockname(u)
	_, _ = c.Send(u, []byte("nowhere"), 0)
	_, _ = c.Sendto(u, []byte("to myself"), 0, ua)
	_, _, _ = c.Recvfrom(u, buf[:4], 0)
	_ = c.Setsockopt(u, lookup("IP_ADD_MEMBERSHIP"), []string{"224.0.0.251", "lo"})
	_ = c.Close(u)
	v6, _ := c.Socket(sockets.INET6, sockets.Stream, 0)
	_ = c.Connect(v6, ip("::1", 1))
	_ = c.Close(v6)

	// AF_UNIX
	p := path(filepath.Join(dir, "s"))
	_, _ = c.Exists(p.Path)
	un, _ := c.Socket(sockets.UNIX, sockets.Stream, 0)
	_ = c.Bind(un, p)
	_ = c.Listen(un, 1)
	_, _ = c.Exists(p.Path)
	uc, _ := c.Socket(sockets.UNIX, sockets.Stream, 0)
	_ = c.Connect(uc, p)
	us, _, _ := c.Accept(un)
	_, _ = c.PeerCreds(uc)
	_, _ = c.Sendmsg(uc, Message{Data: []byte("take this"), Rights: []sockets.FD{un}})
	m, _ := c.Recvmsg(us, 64, 0)
	for _, fd := range m.Rights {
		_ = c.Close(fd)
	}
	_ = c.Close(us)
	_ = c.Close(uc)
	_ = c.Close(un)
	_ = c.Unlink(p.Path)
	_ = c.Unlink(p.Path)
	an, _ := c.Socket(sockets.UNIX, sockets.Dgram, 0)
	_ = c.Bind(an, sockets.Address{Family: sockets.UNIX, Path: "sockstep-" + strconv.Itoa(os.Getpid()), Abstract: true})
	_, _ = c.Getsockname(an)
	_ = c.Close(an)
	x, y, _ := c.Socketpair(sockets.UNIX, sockets.Seqpacket, 0)
	_, _ = c.Send(x, []byte("whole"), sockets.MsgEOR)
	_ = c.Close(x)
	_ = c.Close(y)
	_, _ = c.Socket("AF_MARS", sockets.Stream, 0)

	t := told{TID: tid}
	for _, step := range act.Steps {
		t.Calls = append(t.Calls, step.(sockets.Call))
	}
	b, err := json.Marshal(t)
	if err == nil {
		err = os.WriteFile(out, b, 0o600)
	}
	if err != nil {
		panic(err)
	}
}

// TestStrace holds the calls that an act recorded against those that strace saw.
func TestStrace(t *testing.T) {
	strace, err := exec.LookPath("strace")
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatal("strace is not installed, and SOCKSTEP_REQUIRE=all")
		}
		t.Skip("strace is not installed: the recorded calls are not held against the kernel's")
	}
	dir := t.TempDir()
	out, trace := filepath.Join(dir, "calls"), filepath.Join(dir, "trace")
	cmd := exec.Command(strace, "-ff", "-o", trace, "-s", "32", "-e", "signal=none",
		"-e", "trace=socket,socketpair,dup,bind,listen,accept,accept4,connect,sendto,recvfrom,sendmsg,recvmsg,shutdown,close,"+
			"getsockname,getpeername,getsockopt,setsockopt,fcntl,ioctl,?poll,?ppoll,?unlink,unlinkat,newfstatat", os.Args[0])
	cmd.Env = append(os.Environ(), scripted+"="+out)
	if b, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(string(b), "PTRACE") || strings.Contains(string(b), "ptrace") {
			if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
				t.Fatalf("strace may not trace: %s", b)
			}
			t.Skipf("NOT TESTED: strace may not trace here: %s", b)
		}
		t.Fatalf("strace: %v\n%s", err, b)
	}
	b, err := os.ReadFile(out)
	must(t, err)
	var said told
	must(t, json.Unmarshal(b, &said))
	saw := traced(t, trace+"."+strconv.Itoa(said.TID))
	// What the runtime did on that thread before and after.
	for i, l := range saw {
		if strings.HasPrefix(l, "socket(") {
			saw = saw[i:]
			break
		}
	}
	for i, call := range said.Calls {
		ret := strconv.FormatInt(call.Ret, 10)
		if call.Errno != "" {
			ret = "-1 " + call.Errno
		}
		ours := call.Op + "(" + call.Args + ") = " + ret
		if i >= len(saw) {
			t.Fatalf("call %d: recorded %s, strace saw no more", i, ours)
		}
		theirs := plain(saw[i])
		if cut := strings.Index(ours, "..."); call.Op == "getsockopt" && cut > 0 {
			ours, theirs = ours[:cut], theirs[:min(cut, len(theirs))] // a long struct
		}
		if ours != theirs {
			t.Errorf("call %d\nrecorded %s\nstrace   %s\n     was %.200s", i, ours, theirs, saw[i])
		}
	}
	if len(said.Calls) < 90 {
		t.Errorf("only %d calls were compared", len(said.Calls))
	}
}

func traced(t *testing.T, file string) []string {
	f, err := os.Open(file)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	var lines []string
	for s := bufio.NewScanner(f); s.Scan(); {
		if strings.Contains(s.Text(), ") = ") || strings.Contains(s.Text(), ")  ") {
			lines = append(lines, s.Text())
		}
	}
	return lines
}

// plain writes a line of strace's as sockstep writes it: without lengths of addresses and values, trailing NULLs, …
func plain(l string) string {
	for _, r := range plainer {
		l = r.re.ReplaceAllString(l, r.with)
	}
	return l
}

var plainer = func() (all []struct {
	re   *regexp.Regexp
	with string
}) {
	for _, r := range [][2]string{
		{` +\) += `, `) = `}, {`\) += `, `) = `},
		{`= \? ERESTARTSYS.*`, `= -1 EINTR`},
		{`(= -1 [A-Z]+) \(.*\)$`, `$1`},
		{`(= \d+) \(.*\)$`, `$1`}, // what poll found, what flags mean
		{`\{sa_family=AF_INET, sin_port=htons\((\d+)\), sin_addr=inet_addr\("([^"]*)"\)\}, \[?[\d =>]+\]?`, `$2:$1`},
		{`\{sa_family=AF_INET6, sin6_port=htons\((\d+)\), sin6_flowinfo=htonl\(0\), inet_pton\(AF_INET6, "([^"]*)", &sin6_addr\), sin6_scope_id=0\}, \[?[\d =>]+\]?`, `[$2]:$1`},
		{`\{sa_family=AF_UNIX, sun_path=(@?"[^"]*")\}, \[?[\d =>]+\]?`, `$1`},
		{`(\{sa_family=AF_UNIX\}), \[?[\d =>]+\]?`, `$1`},
		{`(, NULL, NULL|, NULL, 0)\)`, `)`},
		{`^(accept\(\d+), 0x[0-9a-f]+, \[\d+\]\)`, `$1)`},
		{`^(recvfrom\(\d+), 0x[0-9a-f]+,`, `$1, buf,`},
		{`, 0x[0-9a-f]+, \[128\]\)`, `)`},
		{`^(recvfrom\(.*), \[128 => 0\]\)`, `$1)`}, {`(recvfrom\(\d+, .*), 0x[0-9a-f]+\)`, `$1)`},
		{`IPPROTO_IP\)|, 0\) = (\d+)$`, `, 0) = $1`}, {`, , 0\) = `, `, 0)`},
		{`SOL_TCP`, `IPPROTO_TCP`}, {`SOL_IPV6`, `IPPROTO_IPV6`}, {`SOL_IP\b`, `IPPROTO_IP`},
		{`TCP_INFO, "\\n", \[1\]`, `TCP_INFO, {tcpi_state=LISTEN}`}, // one byte of a struct
		{`= 0x2 \(flags.*`, `= 2`}, {`= 0x802 \(flags.*`, `= 2050`},
		{`st_size=0, \.\.\.\}`, `}`}, {`, 0x[0-9a-f]+, AT_SYMLINK`, `, AT_SYMLINK`}, {`0755, \}`, `0755}`},
		{`msg_name=0x[0-9a-f]+, msg_namelen=128 => 0, `, ``},
		{`imr_multiaddr=inet_addr\("([^"]*)"\), imr_interface=inet_addr\("([^"]*)"\)\}`, `imr_multiaddr=$1, imr_address=$2, imr_ifindex=1}`},
		{`^(setsockopt\(.*(?:\]|\}|")), \d+\)`, `$1)`},
		{`^(getsockopt\(.*(?:\]|\}|")), \[[\d =>]+\]\)`, `$1)`},
		{`0x2e /\* AF_\?\?\? \*/`, strconv.Itoa(unix.AF_MAX)},
		{`FIONREAD`, `SIOCINQ`}, {`TIOCOUTQ`, `SIOCOUTQ`},
		{`imr_multiaddr=inet_addr\("([^"]*)"\), imr_address=inet_addr\("([^"]*)"\), imr_ifindex=if_nametoindex\("lo"\)`, `imr_multiaddr=$1, imr_address=$2, imr_ifindex=1`},
		{`msg_name=NULL, msg_namelen=\d+, |, msg_iovlen=\d+|, msg_controllen=\d+|cmsg_len=\d+, |cmsg_level=|cmsg_type=|cmsg_data=|iov_base=|iov_len=`, ``},
		{`\{msg_name=\{sa_family=0\}, msg_namelen=0, |\{msg_namelen=0, `, `{`},
		{`(\{msg_namelen=128 => 0, )`, `{`},
		{`^(sendmsg\(.*), msg_flags=0\}`, `$1}`},
	} {
		all = append(all, struct {
			re   *regexp.Regexp
			with string
		}{regexp.MustCompile(r[0]), r[1]})
	}
	return all
}()
