package sys

import (
	"context"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A transcript is an act's calls as a person reads them: op(args) = ret, with a dot before scaffold.
func transcript(act *sockets.Act) (lines []string) {
	for _, s := range act.Steps {
		c := s.(sockets.Call)
		l := c.Op + "(" + c.Args + ") = " + strconv.FormatInt(c.Ret, 10)
		if c.Errno != "" {
			l += " " + c.Errno
		}
		if c.Interrupted {
			l += " interrupted"
		}
		if c.Times > 1 {
			l += fmt.Sprintf(" ×%d", c.Times)
		}
		if c.Scaffold {
			l = ". " + l
		}
		lines = append(lines, l)
	}
	return lines
}

// says compares what an act recorded with what is wanted, in which {name} stands for a value.
func says(t *testing.T, act *sockets.Act, values map[string]any, want ...string) {
	t.Helper()
	var pairs []string
	for name, v := range values {
		pairs = append(pairs, "{"+name+"}", fmt.Sprint(v))
	}
	fill := strings.NewReplacer(pairs...)
	for i := range want {
		want[i] = fill.Replace(want[i])
	}
	if diff := cmp.Diff(want, transcript(act)); diff != "" {
		t.Errorf("recorded (-want +got)\n%s", diff)
	}
	for _, s := range act.Steps {
		if c := s.(sockets.Call); c.Took <= 0 || c.Took > time.Minute {
			t.Errorf("%s took %v", c.Op, c.Took)
		}
	}
}

// acting gives a Caller and the act that it records in.
func acting() (Caller, *sockets.Act) {
	act := sockets.NewAct(1, "")
	return For(context.Background(), act), act
}

func TestTCPSession(t *testing.T) {
	c, act := acting()
	l, err := c.Socket(sockets.INET, sockets.Stream, 0)
	must(t, err)
	must(t, c.Setsockopt(l, lookup("SO_REUSEADDR"), []string{"on"}))
	must(t, c.Bind(l, loopback))
	a, err := c.Getsockname(l)
	must(t, err)
	must(t, c.Listen(l, 5))
	s, err := c.Socket(sockets.INET, sockets.Stream, 6)
	must(t, err)
	must(t, c.Connect(s, a))
	k, peer, err := c.Accept(l)
	must(t, err)
	n, err := c.Send(s, []byte("hello"), 0)
	if n != 5 || err != nil {
		t.Errorf("send: %d, %v", n, err)
	}
	buf := make([]byte, 1024)
	n, err = c.Recv(k, buf, sockets.MsgPeek)
	if string(buf[:n]) != "hello" || err != nil {
		t.Errorf("recv: %q, %v", buf[:n], err)
	}
	n, from, err := c.Recvfrom(k, buf[:3], 0)
	if n != 3 || err != nil || !from.IsZero() {
		t.Errorf("recvfrom of a stream: %d, %v, %v", n, from, err)
	}
	must(t, c.Shutdown(s, WR))
	_, err = c.Recv(k, buf, sockets.MsgWaitall)
	must(t, err)
	n, err = c.Recv(k, buf, 0)
	if n != 0 || err != nil {
		t.Errorf("at the end: %d, %v", n, err)
	}
	for _, fd := range []sockets.FD{k, s, l} {
		must(t, c.Close(fd))
	}
	says(t, act, map[string]any{"l": l, "s": s, "k": k, "a": a, "peer": peer},
		"socket(AF_INET, SOCK_STREAM, 0) = {l}",
		". fcntl({l}, F_SETFD, FD_CLOEXEC) = 0",
		"setsockopt({l}, SOL_SOCKET, SO_REUSEADDR, [1]) = 0",
		"bind({l}, 127.0.0.1:0) = 0",
		"getsockname({l}, {a}) = 0",
		"listen({l}, 5) = 0",
		"socket(AF_INET, SOCK_STREAM, IPPROTO_TCP) = {s}",
		". fcntl({s}, F_SETFD, FD_CLOEXEC) = 0",
		"connect({s}, {a}) = 0",
		"accept({l}, {peer}) = {k}",
		". fcntl({k}, F_SETFD, FD_CLOEXEC) = 0",
		`sendto({s}, "hello", 5, 0) = 5`,
		`recvfrom({k}, "hello", 1024, MSG_PEEK) = 5`,
		`recvfrom({k}, "hel", 3, 0) = 3`,
		"shutdown({s}, SHUT_WR) = 0",
		`recvfrom({k}, "lo", 1024, MSG_WAITALL) = 2`,
		`recvfrom({k}, "", 1024, 0) = 0`,
		"close({k}) = 0", "close({s}) = 0", "close({l}) = 0",
	)
}

func TestUDPSession(t *testing.T) {
	a, aAddr := bound(t, sockets.Dgram)
	b, bAddr := bound(t, sockets.Dgram)
	c, act := acting()
	_, err := c.Sendto(a, []byte("a datagram of more than 32 bytes, with a tail"), 0, bAddr)
	must(t, err)
	_, err = c.Sendto(a, []byte{}, 0, bAddr)
	must(t, err)
	buf := make([]byte, 8)
	n, from, err := c.Recvfrom(b, buf, sockets.MsgTrunc)
	if n != 45 || from != aAddr || err != nil {
		t.Errorf("recvfrom: %d, %v, %v", n, from, err)
	}
	n, from, err = c.Recvfrom(b, buf, 0)
	if n != 0 || from != aAddr || err != nil {
		t.Errorf("an empty datagram: %d, %v, %v", n, from, err)
	}
	_, _, err = c.Recvfrom(b, buf, sockets.MsgDontwait)
	if Errno(err) != "EAGAIN" {
		t.Error(err)
	}
	// Message flags, from both sides.
	_, err = c.Sendmsg(a, Message{Data: []byte("0123456789"), To: bAddr})
	must(t, err)
	m, err := c.Recvmsg(b, 4, 0)
	must(t, err)
	if diff := cmp.Diff(Message{Data: []byte("0123"), From: aAddr, Flags: sockets.MsgTrunc, Length: 4}, m, cmp.Comparer(func(a, b netip.Addr) bool { return a == b })); diff != "" {
		t.Errorf("recvmsg (-want +got)\n%s", diff)
	}
	must(t, c.Connect(a, bAddr))
	must(t, c.Connect(a, sockets.Address{})) // no peer any more
	says(t, act, map[string]any{"a": a, "b": b, "A": aAddr, "B": bAddr},
		`sendto({a}, "a datagram of more than 32 bytes"..., 45, 0, {B}) = 45`,
		`sendto({a}, "", 0, 0, {B}) = 0`,
		`recvfrom({b}, "a datagr", 8, MSG_TRUNC, {A}) = 45`,
		`recvfrom({b}, "", 8, 0, {A}) = 0`,
		`recvfrom({b}, buf, 8, MSG_DONTWAIT) = -1 EAGAIN`,
		`sendmsg({a}, {msg_name={B}, msg_iov=[{"0123456789", 10}]}, 0) = 10`,
		`recvmsg({b}, {msg_name={A}, msg_iov=[{"0123", 4}], msg_flags=MSG_TRUNC}, 0) = 4`,
		`connect({a}, {B}) = 0`,
		`connect({a}, {sa_family=AF_UNSPEC}) = 0`,
	)
}

func TestUnixSession(t *testing.T) {
	p := path(filepath.Join(t.TempDir(), "a socket"))
	abstract := sockets.Address{Family: sockets.UNIX, Path: "sockstep\x00test" + strconv.Itoa(os.Getpid()), Abstract: true}
	l, s, d := open(t, sockets.UNIX, sockets.Stream), open(t, sockets.UNIX, sockets.Stream), open(t, sockets.UNIX, sockets.Dgram)
	c, act := acting()
	if _, exists := c.Exists(p.Path); exists {
		t.Errorf("%s exists", p)
	}
	must(t, c.Bind(l, p))
	if isSocket, exists := c.Exists(p.Path); !isSocket || !exists {
		t.Errorf("%s: %v, %v", p, isSocket, exists)
	}
	if isSocket, exists := c.Quiet().Exists(os.Args[0]); isSocket || !exists {
		t.Errorf("%s: %v, %v", os.Args[0], isSocket, exists)
	}
	must(t, c.Listen(l, 1))
	must(t, c.Connect(s, p))
	k, peer, err := c.Accept(l)
	must(t, err)
	closing(t, k)
	if !peer.Unnamed() {
		t.Errorf("the peer is %v", peer)
	}
	far, err := c.Getpeername(s)
	must(t, err)
	if far != p {
		t.Errorf("the other end is %v, want %v", far, p)
	}
	who, err := c.PeerCreds(s)
	must(t, err)
	if who != OwnCreds() {
		t.Errorf("the peer is %+v, want %+v", who, OwnCreds())
	}
	must(t, c.Bind(d, abstract))
	own, err := c.Getsockname(d)
	must(t, err)
	if own != abstract {
		t.Errorf("bound to %+v, want %+v", own, abstract)
	}
	must(t, c.Unlink(p.Path))
	if err := c.Unlink(p.Path); Errno(err) != "ENOENT" {
		t.Error(err)
	}
	says(t, act, map[string]any{"l": l, "s": s, "d": d, "k": k, "p": p, "pid": os.Getpid(), "uid": os.Getuid(), "gid": os.Getgid(),
		"unlink": map[bool]string{true: "unlink(", false: "unlinkat(AT_FDCWD, "}[runtime.GOARCH == "amd64"],
		"end":    map[bool]string{true: ")", false: ", 0)"}[runtime.GOARCH == "amd64"]},
		`newfstatat(AT_FDCWD, "{p}", AT_SYMLINK_NOFOLLOW) = -1 ENOENT`,
		`bind({l}, "{p}") = 0`,
		`newfstatat(AT_FDCWD, "{p}", {st_mode=S_IFSOCK|0755}, AT_SYMLINK_NOFOLLOW) = 0`,
		`listen({l}, 1) = 0`,
		`connect({s}, "{p}") = 0`,
		`accept({l}, {sa_family=AF_UNIX}) = {k}`,
		`. fcntl({k}, F_SETFD, FD_CLOEXEC) = 0`,
		`getpeername({s}, "{p}") = 0`,
		`getsockopt({s}, SOL_SOCKET, SO_PEERCRED, {pid={pid}, uid={uid}, gid={gid}}) = 0`,
		`bind({d}, @"sockstep\0test{pid}") = 0`,
		`getsockname({d}, @"sockstep\0test{pid}") = 0`,
		`{unlink}"{p}"{end} = 0`,
		`{unlink}"{p}"{end} = -1 ENOENT`,
	)
}

func TestStateAndQueues(t *testing.T) {
	l, addr := listening(t, 7)
	c, act := acting()
	client := open(t, sockets.INET, sockets.Stream)
	must(t, tb.Connect(client, addr))
	n, backlog, err := c.AcceptQueue(l)
	if n != 1 || backlog != 7 || err != nil {
		t.Errorf("accept queue: %d of %d, %v", n, backlog, err)
	}
	yes, err := c.Accepting(l)
	if !yes || err != nil {
		t.Errorf("accepting: %v, %v", yes, err)
	}
	k, _, err := tb.Accept(l)
	must(t, err)
	closing(t, k)
	_, err = tb.Send(client, []byte("hello"), 0)
	must(t, err)
	ready(t, k, false)
	in, err := c.QueueIn(k)
	if in != 5 || err != nil {
		t.Errorf("queue in: %d, %v", in, err)
	}
	for range 1000 { // until the bytes are acknowledged
		if out, err := tb.QueueOut(client); err != nil || out == 0 {
			break
		}
		time.Sleep(time.Millisecond)
	}
	out, err := c.QueueOut(client)
	if out != 0 || err != nil {
		t.Errorf("queue out: %d, %v", out, err)
	}
	state, err := c.State(k)
	if state != "ESTABLISHED" || err != nil {
		t.Errorf("state: %s, %v", state, err)
	}
	errno, err := c.SocketError(k)
	if errno != "" || err != nil {
		t.Errorf("SO_ERROR: %s, %v", errno, err)
	}
	must(t, c.Nonblock(k, true))
	blocking, err := c.Quiet().Blocking(k)
	if blocking || err != nil {
		t.Errorf("blocking: %v, %v", blocking, err)
	}
	must(t, c.Nonblock(k, false))
	e := []PollEntry{{FD: k, Read: true, Write: true, Urgent: true}, {FD: client}, {FD: -1, Read: true}, {FD: 1 << 20, Read: true}}
	n, err = c.Poll(e, 1500*time.Microsecond)
	want := []PollEntry{{FD: k, Read: true, Write: true, Urgent: true, Got: Ready{Read: true, Write: true}}, {FD: client}, {FD: -1, Read: true},
		{FD: 1 << 20, Read: true, Got: Ready{Invalid: true}}}
	if diff := cmp.Diff(want, e); n != 2 || err != nil || diff != "" {
		t.Errorf("poll: %d, %v (-want +got)\n%s", n, err, diff)
	}
	if pollOp == "poll" {
		says(t, act, map[string]any{"l": l, "k": k, "s": client},
			"getsockopt({l}, IPPROTO_TCP, TCP_INFO, {tcpi_state=LISTEN, tcpi_unacked=1, tcpi_sacked=7}) = 0",
			"getsockopt({l}, SOL_SOCKET, SO_ACCEPTCONN, [1]) = 0",
			"ioctl({k}, SIOCINQ, [5]) = 0",
			"ioctl({s}, SIOCOUTQ, [0]) = 0",
			"getsockopt({k}, IPPROTO_TCP, TCP_INFO, {tcpi_state=ESTABLISHED}) = 0",
			"getsockopt({k}, SOL_SOCKET, SO_ERROR, [0]) = 0",
			". fcntl({k}, F_GETFL) = 2",
			"fcntl({k}, F_SETFL, O_RDWR|O_NONBLOCK) = 0",
			". fcntl({k}, F_GETFL) = 2050",
			"fcntl({k}, F_SETFL, O_RDWR) = 0",
			"poll([{fd={k}, events=POLLIN|POLLPRI|POLLOUT}, {fd={s}, events=0}, {fd=-1}, {fd=1048576, events=POLLIN}], 4, 2) = 2",
		)
	}
	if n, err := Somaxconn(); n < 1 || err != nil {
		t.Errorf("somaxconn: %d, %v", n, err)
	}
}

// TestRights passes an open socket and credentials over AF_UNIX, and uses it at the other side.
func TestRights(t *testing.T) {
	x, y := unixPair(t, sockets.Stream)
	set(t, y, "SO_PASSCRED", "on")
	gift, addr := listening(t, 1)
	c, act := acting()
	own := OwnCreds()
	n, err := c.Sendmsg(x, Message{Data: []byte("take this"), Rights: []sockets.FD{gift, x}, Creds: &own})
	if n != 9 || err != nil {
		t.Fatalf("sendmsg: %d, %v", n, err)
	}
	m, err := c.Recvmsg(y, 100, 0)
	must(t, err)
	if len(m.Rights) != 2 || m.Creds == nil || *m.Creds != own || string(m.Data) != "take this" {
		t.Fatalf("recvmsg: %+v", m)
	}
	closing(t, m.Rights...)
	if a, err := tb.Getsockname(m.Rights[0]); a != addr || err != nil {
		t.Errorf("the socket that came is bound to %v (%v), want %v", a, err, addr)
	}
	for _, fd := range m.Rights {
		if flags, err := unix.FcntlInt(uintptr(fd), unix.F_GETFD, 0); flags&unix.FD_CLOEXEC == 0 || err != nil {
			t.Errorf("%d is not close-on-exec: %d, %v", fd, flags, err)
		}
	}
	says(t, act, map[string]any{"x": x, "y": y, "gift": gift, "0": m.Rights[0], "1": m.Rights[1], "pid": own.PID, "uid": own.UID, "gid": own.GID},
		`sendmsg({x}, {msg_iov=[{"take this", 9}], msg_control=[{SOL_SOCKET, SCM_RIGHTS, [{gift}, {x}]}, {SOL_SOCKET, SCM_CREDENTIALS, {pid={pid}, uid={uid}, gid={gid}}}]}, 0) = 9`,
		`recvmsg({y}, {msg_iov=[{"take this", 100}], msg_control=[{SOL_SOCKET, SCM_RIGHTS, [{0}, {1}]}, {SOL_SOCKET, SCM_CREDENTIALS, {pid={pid}, uid={uid}, gid={gid}}}], msg_flags=0}, 0) = 9`,
		`. fcntl({0}, F_SETFD, FD_CLOEXEC) = 0`,
		`. fcntl({1}, F_SETFD, FD_CLOEXEC) = 0`,
	)
}

// TestControl reads what comes beside a datagram.
func TestControl(t *testing.T) {
	a, aAddr := bound(t, sockets.Dgram)
	b, bAddr := bound(t, sockets.Dgram)
	for _, o := range []string{"IP_RECVTTL", "IP_RECVTOS", "IP_PKTINFO", "SO_TIMESTAMP"} {
		set(t, b, o, "on")
	}
	set(t, a, "IP_TTL", "7")
	_, err := tb.Sendto(a, one, 0, bAddr)
	must(t, err)
	m, err := tb.Recvmsg(b, 8, 0)
	must(t, err)
	got := map[string]string{}
	for _, o := range m.Other {
		got[o.Level+" "+o.Type] = o.Value.Text
	}
	if ts := got["SOL_SOCKET SCM_TIMESTAMP"]; !strings.HasPrefix(ts, "{tv_sec=") {
		t.Errorf("the time is %q", ts)
	}
	delete(got, "SOL_SOCKET SCM_TIMESTAMP")
	want := map[string]string{
		"IPPROTO_IP IP_TTL": "7", "IPPROTO_IP IP_TOS": "0",
		"IPPROTO_IP IP_PKTINFO": "{ipi_ifindex=1, ipi_spec_dst=127.0.0.1, ipi_addr=127.0.0.1}",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("control (-want +got)\n%s", diff)
	}
	// The error queue of a datagram that nobody took.
	set(t, a, "IP_RECVERR", "on")
	nobody := dead(t, sockets.Dgram)
	_, err = tb.Sendto(a, []byte("anyone?"), 0, nobody)
	must(t, err)
	ready(t, a, false)
	m, err = tb.Recvmsg(a, 64, sockets.MsgErrqueue)
	must(t, err)
	if string(m.Data) != "anyone?" || m.From != nobody || m.Flags&sockets.MsgErrqueue == 0 || len(m.Other) == 0 {
		t.Fatalf("error queue: %+v", m)
	}
	last := m.Other[len(m.Other)-1].Value.Text
	if !strings.HasPrefix(last, "{ee_errno=ECONNREFUSED, ee_origin=SO_EE_ORIGIN_ICMP, ee_type=3, ee_code=3") || !strings.Contains(last, aAddr.IP.String()) {
		t.Errorf("the error is %s", last)
	}
}

func TestAddresses(t *testing.T) {
	for _, a := range []sockets.Address{
		loopback, ip("255.255.255.255", 65535), ip("::1", 80), ip("fe80::1%lo", 1), ip("::ffff:127.0.0.1", 5),
		path("/tmp/s"), path("rel"), path(strings.Repeat("p", 107)), path(strings.Repeat("p", 108)),
		{Family: sockets.UNIX}, {Family: sockets.UNIX, Abstract: true, Path: "name"}, {Family: sockets.UNIX, Abstract: true, Path: "a\x00b"},
		{Family: sockets.UNIX, Abstract: true}, {},
	} {
		var sa sockaddr
		sa.set(a)
		if got := sa.address(); got != a {
			t.Errorf("%+v became %+v", a, got)
		}
	}
}

func TestFormat(t *testing.T) {
	for in, want := range map[string]string{
		"":                                `""`,
		"hello":                           `"hello"`,
		"a\"b\\c":                         `"a\"b\\c"`,
		"\t\n\v\f\r":                      `"\t\n\v\f\r"`,
		"\x00\x01\x7f\xff":                `"\0\1\177\377"`,
		"\x001\x009\x00a\x078\x1f8":       `"\0001\0009\0a\0078\0378"`,
		"你":                               `"\344\275\240"`,
		strings.Repeat("x", 32):           `"` + strings.Repeat("x", 32) + `"`,
		strings.Repeat("x", 33):           `"` + strings.Repeat("x", 32) + `"...`,
		strings.Repeat("x", 31) + "\x001": `"` + strings.Repeat("x", 31) + `\0"...`,
	} {
		if got := string(line(nil).bytes([]byte(in))); got != want {
			t.Errorf("%q is written %s, want %s", in, got, want)
		}
	}
}

// TestNoSIGPIPE sends to closed peers from descriptor 1: no signal ends the program.
func TestNoSIGPIPE(t *testing.T) {
	if os.Getenv("SOCKSTEP_SIGPIPE") != "" {
		a, b := unixPair(t, sockets.Stream)
		must(t, tb.Close(b))
		must(t, unix.Dup3(int(a), 1, 0))
		for _, fd := range []sockets.FD{a, 1} {
			if _, err := tb.Send(fd, one, 0); Errno(err) != "EPIPE" {
				os.Exit(3)
			}
		}
		os.Exit(7)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestNoSIGPIPE$")
	cmd.Env = append(os.Environ(), "SOCKSTEP_SIGPIPE=1")
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("the child ended with %v, want exit status 7", err)
	}
}

func TestReserveStdio(t *testing.T) {
	if os.Getenv("SOCKSTEP_STDIO") != "" {
		_ = unix.Close(0)
		_ = unix.Close(2)
		if ReserveStdio() != nil {
			os.Exit(3)
		}
		if fd, err := tb.Socket(sockets.INET, sockets.Stream, 0); fd < 3 || err != nil {
			os.Exit(4)
		}
		os.Exit(7)
	}
	cmd := exec.Command(os.Args[0], "-test.run=^TestReserveStdio$")
	cmd.Env = append(os.Environ(), "SOCKSTEP_STDIO=1")
	if err := cmd.Run(); cmd.ProcessState.ExitCode() != 7 {
		t.Errorf("the child ended with %v, want exit status 7", err)
	}
	must(t, ReserveStdio())
}

// TestNoLeaks makes, breaks off and cancels calls of every kind a few times, and counts descriptors and goroutines.
func TestNoLeaks(t *testing.T) {
	use := func() {
		t.Run("use", func(t *testing.T) {
			a, b := connected(t)
			ctx, cancel := context.WithCancel(context.Background())
			c := For(ctx, sockets.NewAct(1, ""))
			_, _ = c.Send(a, one, 0)
			_, _ = c.Recv(b, make([]byte, 8), 0)
			_, _ = c.Dup(-1)
			_, _ = c.Getsockopt(a, lookup("TCP_INFO"))
			_ = c.Setsockopt(a, lookup("IP_MULTICAST_IF"), []string{"lo"})
			x, y := unixPair(t, sockets.Dgram)
			_, _ = c.Sendmsg(x, Message{Data: one, Rights: []sockets.FD{a}})
			m, err := c.Recvmsg(y, 8, 0)
			must(t, err)
			closing(t, m.Rights...)
			time.AfterFunc(time.Millisecond, cancel)
			_, _ = c.Recv(b, make([]byte, 8), 0)
			w, err := NewWatcher()
			must(t, err)
			must(t, w.Watch(a))
			_ = w.Wait(ctx)
			must(t, w.Close())
			_, _ = Resolve(context.Background(), "localhost", "")
		})
	}
	count := func() (fds, goroutines int) {
		entries, err := os.ReadDir("/proc/self/fd")
		must(t, err)
		return len(entries), runtime.NumGoroutine()
	}
	use()
	fds, goroutines := count()
	for range 20 {
		use()
	}
	for i := 0; ; i++ { // a goroutine that is over may take a moment to be gone
		f, g := count()
		if f <= fds && g <= goroutines {
			return
		}
		if i == 1000 {
			stacks := make([]byte, 1<<16)
			t.Fatalf("%d descriptors became %d, %d goroutines %d\n%s", fds, f, goroutines, g, stacks[:runtime.Stack(stacks, true)])
		}
		time.Sleep(time.Millisecond)
	}
}

// TestZeroCaller makes calls that are recorded nowhere.
func TestZeroCaller(t *testing.T) {
	var c Caller
	fd, err := c.Socket(sockets.INET, sockets.Dgram, 0)
	must(t, err)
	must(t, c.Bind(fd, loopback))
	must(t, c.Close(fd))
}
