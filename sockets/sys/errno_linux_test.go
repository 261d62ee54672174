package sys

import (
	"context"
	"errors"
	"net/netip"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A refusal is one way to make the kernel refuse a call; it gives the call's error.
type refusal struct {
	op, errno string
	provoke   func(t *testing.T, c Caller) error
}

func path(p string) sockets.Address { return sockets.Address{Family: sockets.UNIX, Path: p} }

func ip(s string, port uint16) sockets.Address {
	return sockets.IPAddress(netip.MustParseAddr(s), port)
}

// pipe gives a descriptor that is no socket.
func pipe(t testing.TB) sockets.FD {
	t.Helper()
	var p [2]int
	must(t, unix.Pipe2(p[:], unix.O_CLOEXEC))
	closing(t, sockets.FD(p[0]), sockets.FD(p[1]))
	return sockets.FD(p[0])
}

// dead gives an address of 127.0.0.1 where nobody is.
func dead(t testing.TB, k sockets.Kind) sockets.Address {
	t.Helper()
	fd, a := bound(t, k)
	must(t, tb.Close(fd))
	return a
}

// unixPair is a connected pair of AF_UNIX sockets.
func unixPair(t testing.TB, k sockets.Kind) (a, b sockets.FD) {
	t.Helper()
	a, b, err := tb.Socketpair(sockets.UNIX, k, 0)
	must(t, err)
	closing(t, a, b)
	return a, b
}

func nonblocking(t testing.TB, fd sockets.FD) sockets.FD {
	t.Helper()
	must(t, tb.Nonblock(fd, true))
	return fd
}

func set(t testing.TB, fd sockets.FD, name string, words ...string) {
	t.Helper()
	if err := tb.Setsockopt(fd, lookup(name), words); err != nil {
		t.Fatalf("%s %s: %v", name, strings.Join(words, " "), err)
	}
}

// full gives a listening socket whose queue has room for nobody, and its address.
func full(t testing.TB) sockets.Address {
	t.Helper()
	_, a := listening(t, 0)
	for range 8 { // the last ones are dropped
		fd := nonblocking(t, open(t, sockets.INET, sockets.Stream))
		_ = tb.Connect(fd, a)
	}
	return a
}

// ready waits until poll says so.
func ready(t testing.TB, fd sockets.FD, write bool) Ready {
	t.Helper()
	e := []PollEntry{{FD: fd, Read: !write, Write: write}}
	n, err := tb.Poll(e, 10*time.Second)
	must(t, err)
	if n == 0 {
		t.Fatal("poll: nothing within 10 s")
	}
	return e[0].Got
}

// unprivileged runs f on a thread that is nobody's: the kernel's credentials are a thread's.
func unprivileged(t *testing.T, f func() error) error {
	t.Helper()
	if os.Geteuid() != 0 {
		return f()
	}
	done := make(chan error)
	go func() {
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESGID, 65534, 65534, 65534); errno != 0 {
			done <- errno
			return
		}
		if _, _, errno := unix.RawSyscall(unix.SYS_SETRESUID, 65534, 65534, 65534); errno != 0 {
			done <- errno
			return
		}
		done <- f()
	}()
	return <-done
}

// reset gives a TCP socket whose peer broke the connection off.
func reset(t testing.TB) sockets.FD {
	t.Helper()
	a, b := connected(t)
	_, err := tb.Send(a, []byte("unread"), 0)
	must(t, err)
	ready(t, b, false)
	must(t, tb.Close(b)) // with data unread: RST
	ready(t, a, false)
	return a
}

var one = []byte("x")

// refusals are the errnos of accept, bind, connect, listen, send, recv, setsockopt and the rest, on loopback and AF_UNIX.
var refusals = []refusal{
	// socket(2), socketpair(2), dup(2)
	{"socket", "EAFNOSUPPORT", func(t *testing.T, c Caller) error { _, err := c.Socket("AF_MARS", sockets.Stream, 0); return err }},
	{"socket", "EPROTONOSUPPORT", func(t *testing.T, c Caller) error { _, err := c.Socket(sockets.INET, sockets.Stream, 17); return err }},
	{"socket", "ESOCKTNOSUPPORT", func(t *testing.T, c Caller) error { _, err := c.Socket(sockets.INET, sockets.Seqpacket, 0); return err }},
	{"socket", "EINVAL", func(t *testing.T, c Caller) error { _, err := c.Socket(sockets.INET, "SOCK_NONE", -1); return err }},
	{"socket", "EPERM", func(t *testing.T, c Caller) error {
		return unprivileged(t, func() error { _, err := c.Socket(sockets.INET, sockets.Raw, 1); return err })
	}},
	{"socket", "EMFILE", func(t *testing.T, c Caller) error {
		return noMoreFiles(t, func() error { _, err := c.Socket(sockets.INET, sockets.Stream, 0); return err })
	}},
	{"socketpair", "EOPNOTSUPP", func(t *testing.T, c Caller) error {
		_, _, err := c.Socketpair(sockets.INET, sockets.Stream, 0)
		return err
	}},
	{"dup", "EBADF", func(t *testing.T, c Caller) error { _, err := c.Dup(-1); return err }},
	{"dup", "EMFILE", func(t *testing.T, c Caller) error {
		fd := open(t, sockets.INET, sockets.Stream)
		return noMoreFiles(t, func() error { _, err := c.Dup(fd); return err })
	}},

	// bind(2)
	{"bind", "EADDRINUSE", func(t *testing.T, c Caller) error {
		_, a := listening(t, 1)
		return c.Bind(open(t, sockets.INET, sockets.Stream), a)
	}},
	{"bind", "EADDRINUSE", func(t *testing.T, c Caller) error {
		p := filepath.Join(t.TempDir(), "s")
		must(t, os.WriteFile(p, nil, 0o600))
		return c.Bind(open(t, sockets.UNIX, sockets.Stream), path(p))
	}},
	{"bind", "EADDRNOTAVAIL", func(t *testing.T, c Caller) error {
		return c.Bind(open(t, sockets.INET, sockets.Stream), ip("192.0.2.1", 0))
	}},
	{"bind", "EAFNOSUPPORT", func(t *testing.T, c Caller) error { return c.Bind(open(t, sockets.INET, sockets.Stream), ip("::1", 0)) }},
	{"bind", "EINVAL", func(t *testing.T, c Caller) error { fd, a := bound(t, sockets.Stream); return c.Bind(fd, a) }},
	{"bind", "EINVAL", func(t *testing.T, c Caller) error {
		return c.Bind(open(t, sockets.UNIX, sockets.Stream), path("/tmp/"+strings.Repeat("long", 40)))
	}},
	{"bind", "EINVAL", func(t *testing.T, c Caller) error {
		return c.Bind(open(t, sockets.UNIX, sockets.Stream), path("/tmp/"+strings.Repeat("x", 104))) // 109 bytes: one too many
	}},
	{"bind", "EACCES", func(t *testing.T, c Caller) error {
		fd := open(t, sockets.INET, sockets.Stream)
		low, err := os.ReadFile("/proc/sys/net/ipv4/ip_unprivileged_port_start")
		if err != nil || strings.TrimSpace(string(low)) == "0" {
			t.Skip("every port is unprivileged here")
		}
		return unprivileged(t, func() error { return c.Bind(fd, ip("127.0.0.1", 1)) })
	}},
	{"bind", "EACCES", func(t *testing.T, c Caller) error {
		dir := t.TempDir()
		must(t, os.Chmod(dir, 0o500))
		fd := open(t, sockets.UNIX, sockets.Stream)
		return unprivileged(t, func() error { return c.Bind(fd, path(dir+"/s")) })
	}},
	{"bind", "ENOENT", func(t *testing.T, c Caller) error {
		return c.Bind(open(t, sockets.UNIX, sockets.Stream), path(t.TempDir()+"/no/s"))
	}},
	{"bind", "ENOTDIR", func(t *testing.T, c Caller) error {
		p := filepath.Join(t.TempDir(), "file")
		must(t, os.WriteFile(p, nil, 0o600))
		return c.Bind(open(t, sockets.UNIX, sockets.Stream), path(p+"/s"))
	}},
	{"bind", "ELOOP", func(t *testing.T, c Caller) error {
		p := filepath.Join(t.TempDir(), "loop")
		must(t, os.Symlink(p, p))
		return c.Bind(open(t, sockets.UNIX, sockets.Stream), path(p+"/s"))
	}},
	{"bind", "EBADF", func(t *testing.T, c Caller) error { return c.Bind(-1, loopback) }},
	{"bind", "ENOTSOCK", func(t *testing.T, c Caller) error { return c.Bind(pipe(t), loopback) }},

	// listen(2)
	{"listen", "EADDRINUSE", func(t *testing.T, c Caller) error {
		a, b := open(t, sockets.INET, sockets.Stream), open(t, sockets.INET, sockets.Stream)
		set(t, a, "SO_REUSEADDR", "on")
		set(t, b, "SO_REUSEADDR", "on")
		must(t, tb.Bind(a, loopback))
		addr, err := tb.Getsockname(a)
		must(t, err)
		must(t, tb.Bind(b, addr))
		must(t, tb.Listen(a, 1))
		return c.Listen(b, 1)
	}},
	{"listen", "EOPNOTSUPP", func(t *testing.T, c Caller) error { fd, _ := bound(t, sockets.Dgram); return c.Listen(fd, 1) }},
	{"listen", "EINVAL", func(t *testing.T, c Caller) error { fd, _ := connected(t); return c.Listen(fd, 1) }},
	{"listen", "EINVAL", func(t *testing.T, c Caller) error { return c.Listen(open(t, sockets.UNIX, sockets.Stream), 1) }},
	{"listen", "EBADF", func(t *testing.T, c Caller) error { return c.Listen(-1, 1) }},
	{"listen", "ENOTSOCK", func(t *testing.T, c Caller) error { return c.Listen(pipe(t), 1) }},

	// accept(2)
	{"accept", "EINVAL", func(t *testing.T, c Caller) error {
		fd, _ := bound(t, sockets.Stream)
		_, _, err := c.Accept(fd)
		return err
	}},
	{"accept", "EOPNOTSUPP", func(t *testing.T, c Caller) error {
		fd, _ := bound(t, sockets.Dgram)
		_, _, err := c.Accept(fd)
		return err
	}},
	{"accept", "EAGAIN", func(t *testing.T, c Caller) error {
		fd, _ := listening(t, 1)
		_, _, err := c.Accept(nonblocking(t, fd))
		return err
	}},
	{"accept", "EAGAIN", func(t *testing.T, c Caller) error {
		fd, _ := listening(t, 1)
		set(t, fd, "SO_RCVTIMEO", "10ms")
		_, _, err := c.Accept(fd)
		return err
	}},
	{"accept", "EMFILE", func(t *testing.T, c Caller) error {
		l, a := listening(t, 1)
		must(t, tb.Connect(open(t, sockets.INET, sockets.Stream), a))
		return noMoreFiles(t, func() error { _, _, err := c.Accept(l); return err })
	}},
	{"accept", "EINTR", func(t *testing.T, c Caller) error {
		fd, _ := listening(t, 1)
		_, _, err := soon(c).Accept(fd)
		return err
	}},
	{"accept", "EBADF", func(t *testing.T, c Caller) error { _, _, err := c.Accept(-1); return err }},
	{"accept", "ENOTSOCK", func(t *testing.T, c Caller) error { _, _, err := c.Accept(pipe(t)); return err }},

	// connect(2)
	{"connect", "ECONNREFUSED", func(t *testing.T, c Caller) error {
		return c.Connect(open(t, sockets.INET, sockets.Stream), dead(t, sockets.Stream))
	}},
	{"connect", "ECONNREFUSED", func(t *testing.T, c Caller) error {
		p := path(filepath.Join(t.TempDir(), "stale"))
		fd := open(t, sockets.UNIX, sockets.Stream)
		must(t, tb.Bind(fd, p))
		return c.Connect(open(t, sockets.UNIX, sockets.Stream), p)
	}},
	{"connect", "EISCONN", func(t *testing.T, c Caller) error {
		fd, other := connected(t)
		a, err := tb.Getsockname(other)
		must(t, err)
		return c.Connect(fd, a)
	}},
	{"connect", "EISCONN", func(t *testing.T, c Caller) error { // a socket that listens
		fd, a := listening(t, 1)
		return c.Connect(fd, a)
	}},
	{"connect", "EINPROGRESS", func(t *testing.T, c Caller) error {
		a := full(t)
		return c.Connect(nonblocking(t, open(t, sockets.INET, sockets.Stream)), a)
	}},
	{"connect", "EALREADY", func(t *testing.T, c Caller) error {
		a := full(t)
		fd := nonblocking(t, open(t, sockets.INET, sockets.Stream))
		if err := tb.Connect(fd, a); Errno(err) != "EINPROGRESS" {
			t.Fatalf("the first connect: %v, want EINPROGRESS", err)
		}
		return c.Connect(fd, a)
	}},
	{"connect", "ETIMEDOUT", func(t *testing.T, c Caller) error {
		a := full(t)
		fd := open(t, sockets.INET, sockets.Stream)
		set(t, fd, "TCP_USER_TIMEOUT", "1")
		return c.Connect(fd, a)
	}},
	{"connect", "EINTR", func(t *testing.T, c Caller) error {
		a := full(t)
		return soon(c).Connect(open(t, sockets.INET, sockets.Stream), a)
	}},
	{"connect", "EAGAIN", func(t *testing.T, c Caller) error {
		p := path(filepath.Join(t.TempDir(), "s"))
		l := open(t, sockets.UNIX, sockets.Stream)
		must(t, tb.Bind(l, p))
		must(t, tb.Listen(l, 0))
		must(t, tb.Connect(open(t, sockets.UNIX, sockets.Stream), p))
		return c.Connect(nonblocking(t, open(t, sockets.UNIX, sockets.Stream)), p)
	}},
	{"connect", "EADDRNOTAVAIL", func(t *testing.T, c Caller) error { // its only port is taken
		_, a := listening(t, 4)
		first := open(t, sockets.INET, sockets.Stream)
		must(t, tb.Connect(first, a))
		own, err := tb.Getsockname(first)
		must(t, err)
		fd := open(t, sockets.INET, sockets.Stream)
		n := uint64(own.Port)
		set(t, fd, "IP_LOCAL_PORT_RANGE", string(line(nil).int(int64(n<<16|n))))
		return c.Connect(fd, a)
	}},
	{"connect", "EACCES", func(t *testing.T, c Caller) error {
		return c.Connect(open(t, sockets.INET, sockets.Dgram), ip("127.255.255.255", 9))
	}},
	{"connect", "EACCES", func(t *testing.T, c Caller) error {
		p := path(filepath.Join(t.TempDir(), "s"))
		l := open(t, sockets.UNIX, sockets.Stream)
		must(t, tb.Bind(l, p))
		must(t, tb.Listen(l, 1))
		must(t, os.Chmod(p.Path, 0o600))
		if os.Geteuid() != 0 {
			must(t, os.Chmod(p.Path, 0))
		}
		fd := open(t, sockets.UNIX, sockets.Stream)
		return unprivileged(t, func() error { return c.Connect(fd, p) })
	}},
	{"connect", "ENETUNREACH", func(t *testing.T, c Caller) error {
		return c.Connect(open(t, sockets.INET, sockets.Stream), ip("255.255.255.255", 9))
	}},
	{"connect", "EAFNOSUPPORT", func(t *testing.T, c Caller) error {
		return c.Connect(open(t, sockets.INET, sockets.Stream), ip("::1", 9))
	}},
	{"connect", "EPROTOTYPE", func(t *testing.T, c Caller) error {
		p := path(filepath.Join(t.TempDir(), "s"))
		must(t, tb.Bind(open(t, sockets.UNIX, sockets.Dgram), p))
		return c.Connect(open(t, sockets.UNIX, sockets.Stream), p)
	}},
	{"connect", "ENOENT", func(t *testing.T, c Caller) error {
		return c.Connect(open(t, sockets.UNIX, sockets.Stream), path(t.TempDir()+"/s"))
	}},
	{"connect", "EINVAL", func(t *testing.T, c Caller) error {
		return c.Connect(open(t, sockets.INET6, sockets.Stream), ip("127.0.0.1", 9))
	}},
	{"connect", "EBADF", func(t *testing.T, c Caller) error { return c.Connect(-1, loopback) }},
	{"connect", "ENOTSOCK", func(t *testing.T, c Caller) error { return c.Connect(pipe(t), loopback) }},

	// send(2), sendto(2), sendmsg(2)
	{"sendto", "EPIPE", func(t *testing.T, c Caller) error {
		fd, _ := connected(t)
		must(t, tb.Shutdown(fd, WR))
		_, err := c.Send(fd, one, 0)
		return err
	}},
	{"sendto", "EPIPE", func(t *testing.T, c Caller) error {
		a, b := unixPair(t, sockets.Stream)
		must(t, tb.Close(b))
		_, err := c.Send(a, one, 0)
		return err
	}},
	{"sendto", "EPIPE", func(t *testing.T, c Caller) error { // never connected
		_, err := c.Send(open(t, sockets.INET, sockets.Stream), one, 0)
		return err
	}},
	{"sendto", "ECONNRESET", func(t *testing.T, c Caller) error { _, err := c.Send(reset(t), one, 0); return err }},
	{"sendto", "ENOTCONN", func(t *testing.T, c Caller) error {
		_, err := c.Send(open(t, sockets.UNIX, sockets.Stream), one, 0)
		return err
	}},
	{"sendto", "EDESTADDRREQ", func(t *testing.T, c Caller) error {
		_, err := c.Send(open(t, sockets.INET, sockets.Dgram), one, 0)
		return err
	}},
	{"sendto", "EISCONN", func(t *testing.T, c Caller) error {
		a, _ := unixPair(t, sockets.Stream)
		_, err := c.Sendto(a, one, 0, path("/tmp/elsewhere"))
		return err
	}},
	{"sendto", "EMSGSIZE", func(t *testing.T, c Caller) error {
		_, a := bound(t, sockets.Dgram)
		_, err := c.Sendto(open(t, sockets.INET, sockets.Dgram), make([]byte, 65508), 0, a)
		return err
	}},
	{"sendto", "EMSGSIZE", func(t *testing.T, c Caller) error {
		a, _ := unixPair(t, sockets.Dgram)
		_, err := c.Send(a, make([]byte, 1<<20), 0)
		return err
	}},
	{"sendto", "EAGAIN", func(t *testing.T, c Caller) error {
		fd, _ := connected(t)
		fill(t, nonblocking(t, fd))
		_, err := c.Send(fd, one, 0)
		return err
	}},
	{"sendto", "EAGAIN", func(t *testing.T, c Caller) error {
		a, _ := unixPair(t, sockets.Dgram)
		fill(t, a)
		_, err := c.Send(a, one, sockets.MsgDontwait)
		return err
	}},
	{"sendto", "EINTR", func(t *testing.T, c Caller) error {
		fd, _ := connected(t)
		fill(t, fd)
		_, err := soon(c).Send(fd, one, 0)
		return err
	}},
	{"sendto", "EACCES", func(t *testing.T, c Caller) error {
		_, err := c.Sendto(open(t, sockets.INET, sockets.Dgram), one, 0, ip("127.255.255.255", 9))
		return err
	}},
	{"sendto", "ECONNREFUSED", func(t *testing.T, c Caller) error {
		fd := open(t, sockets.INET, sockets.Dgram)
		must(t, tb.Connect(fd, dead(t, sockets.Dgram)))
		_, err := tb.Send(fd, one, 0) // the first succeeds
		must(t, err)
		ready(t, fd, false)
		_, err = c.Send(fd, one, 0)
		return err
	}},
	{"sendto", "ECONNREFUSED", func(t *testing.T, c Caller) error {
		p := path(filepath.Join(t.TempDir(), "stale"))
		fd := open(t, sockets.UNIX, sockets.Dgram)
		must(t, tb.Bind(fd, p))
		must(t, tb.Close(fd))
		_, err := c.Sendto(open(t, sockets.UNIX, sockets.Dgram), one, 0, p)
		return err
	}},
	{"sendto", "EOPNOTSUPP", func(t *testing.T, c Caller) error {
		_, a := bound(t, sockets.Dgram)
		_, err := c.Sendto(open(t, sockets.INET, sockets.Dgram), one, sockets.MsgOOB, a)
		return err
	}},
	{"sendto", "EINVAL", func(t *testing.T, c Caller) error { // port 0 is nobody's
		_, err := c.Sendto(open(t, sockets.INET, sockets.Dgram), one, 0, ip("127.0.0.1", 0))
		return err
	}},
	{"sendto", "EAFNOSUPPORT", func(t *testing.T, c Caller) error {
		_, err := c.Sendto(open(t, sockets.INET, sockets.Dgram), one, 0, ip("::1", 9))
		return err
	}},
	{"sendto", "ENOENT", func(t *testing.T, c Caller) error {
		_, err := c.Sendto(open(t, sockets.UNIX, sockets.Dgram), one, 0, path(t.TempDir()+"/s"))
		return err
	}},
	{"sendto", "EPROTOTYPE", func(t *testing.T, c Caller) error {
		p := path(filepath.Join(t.TempDir(), "s"))
		must(t, tb.Bind(open(t, sockets.UNIX, sockets.Stream), p))
		_, err := c.Sendto(open(t, sockets.UNIX, sockets.Dgram), one, 0, p)
		return err
	}},
	{"sendto", "EBADF", func(t *testing.T, c Caller) error { _, err := c.Send(-1, one, 0); return err }},
	{"sendto", "ENOTSOCK", func(t *testing.T, c Caller) error { _, err := c.Send(pipe(t), one, 0); return err }},
	{"sendmsg", "EBADF", func(t *testing.T, c Caller) error {
		a, _ := unixPair(t, sockets.Stream)
		_, err := c.Sendmsg(a, Message{Data: one, Rights: []sockets.FD{-1}})
		return err
	}},
	{"sendmsg", "EPERM", func(t *testing.T, c Caller) error {
		a, _ := unixPair(t, sockets.Dgram)
		return unprivileged(t, func() error {
			_, err := c.Sendmsg(a, Message{Data: one, Creds: &Creds{PID: 1}})
			return err
		})
	}},
	{"sendmsg", "EINTR", func(t *testing.T, c Caller) error {
		fd, _ := connected(t)
		fill(t, fd)
		_, err := soon(c).Sendmsg(fd, Message{Data: one})
		return err
	}},

	// recv(2), recvfrom(2), recvmsg(2)
	{"recvfrom", "ENOTCONN", func(t *testing.T, c Caller) error {
		_, err := c.Recv(open(t, sockets.INET, sockets.Stream), make([]byte, 8), 0)
		return err
	}},
	{"recvfrom", "EINVAL", func(t *testing.T, c Caller) error {
		_, err := c.Recv(open(t, sockets.UNIX, sockets.Stream), make([]byte, 8), 0)
		return err
	}},
	{"recvfrom", "ECONNRESET", func(t *testing.T, c Caller) error { _, err := c.Recv(reset(t), make([]byte, 8), 0); return err }},
	{"recvfrom", "ECONNRESET", func(t *testing.T, c Caller) error {
		a, b := unixPair(t, sockets.Stream)
		_, err := tb.Send(a, one, 0)
		must(t, err)
		must(t, tb.Close(b))
		_, err = c.Recv(a, make([]byte, 8), 0)
		return err
	}},
	{"recvfrom", "EAGAIN", func(t *testing.T, c Caller) error {
		fd, _ := connected(t)
		_, err := c.Recv(nonblocking(t, fd), make([]byte, 8), 0)
		return err
	}},
	{"recvfrom", "EAGAIN", func(t *testing.T, c Caller) error {
		fd, _ := bound(t, sockets.Dgram)
		set(t, fd, "SO_RCVTIMEO", "0.01")
		_, _, err := c.Recvfrom(fd, make([]byte, 8), 0)
		return err
	}},
	{"recvfrom", "ECONNREFUSED", func(t *testing.T, c Caller) error {
		fd := open(t, sockets.INET, sockets.Dgram)
		must(t, tb.Connect(fd, dead(t, sockets.Dgram)))
		_, err := tb.Send(fd, one, 0)
		must(t, err)
		_, err = c.Recv(fd, make([]byte, 8), 0)
		return err
	}},
	{"recvfrom", "EINVAL", func(t *testing.T, c Caller) error { // no urgent byte came
		fd, _ := connected(t)
		_, err := c.Recv(fd, make([]byte, 8), sockets.MsgOOB)
		return err
	}},
	{"recvfrom", "EOPNOTSUPP", func(t *testing.T, c Caller) error {
		a, _ := unixPair(t, sockets.Dgram)
		_, err := c.Recv(a, make([]byte, 8), sockets.MsgOOB)
		return err
	}},
	{"recvfrom", "EINTR", func(t *testing.T, c Caller) error {
		fd, _ := connected(t)
		_, err := soon(c).Recv(fd, make([]byte, 8), 0)
		return err
	}},
	{"recvmsg", "EINTR", func(t *testing.T, c Caller) error {
		fd, _ := bound(t, sockets.Dgram)
		_, err := soon(c).Recvmsg(fd, 8, 0)
		return err
	}},
	{"recvfrom", "EBADF", func(t *testing.T, c Caller) error { _, err := c.Recv(-1, make([]byte, 8), 0); return err }},
	{"recvfrom", "ENOTSOCK", func(t *testing.T, c Caller) error { _, err := c.Recv(pipe(t), make([]byte, 8), 0); return err }},

	// setsockopt(2), getsockopt(2)
	{"setsockopt", "ENOPROTOOPT", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET, sockets.Stream), lookup("SO_TYPE"), []string{"1"})
	}},
	{"setsockopt", "EOPNOTSUPP", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.UNIX, sockets.Stream), lookup("TCP_NODELAY"), []string{"on"})
	}},
	{"setsockopt", "EINVAL", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET, sockets.Stream), lookup("IP_TTL"), []string{"256"})
	}},
	{"setsockopt", "EDOM", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET, sockets.Stream), lookup("SO_RCVTIMEO"), []string{"tv_sec=0", "tv_usec=1000000"})
	}},
	{"setsockopt", "EPERM", func(t *testing.T, c Caller) error {
		fd := open(t, sockets.INET, sockets.Stream)
		return unprivileged(t, func() error { return c.Setsockopt(fd, lookup("SO_RCVBUFFORCE"), []string{"65536"}) })
	}},
	{"setsockopt", "ENODEV", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET, sockets.Dgram), lookup("SO_BINDTODEVICE"), []string{"nosuch0"})
	}},
	{"setsockopt", "ENODEV", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET, sockets.Dgram), lookup("IP_ADD_MEMBERSHIP"), []string{"224.0.0.1", "192.0.2.1"})
	}},
	{"setsockopt", "EINVAL", func(t *testing.T, c Caller) error { // no group
		return c.Setsockopt(open(t, sockets.INET, sockets.Dgram), lookup("IP_ADD_MEMBERSHIP"), []string{"127.0.0.1"})
	}},
	{"setsockopt", "EADDRINUSE", func(t *testing.T, c Caller) error {
		fd := open(t, sockets.INET, sockets.Dgram)
		set(t, fd, "IP_ADD_MEMBERSHIP", "224.0.0.251", "lo")
		return c.Setsockopt(fd, lookup("IP_ADD_MEMBERSHIP"), []string{"224.0.0.251", "lo"})
	}},
	{"setsockopt", "EADDRNOTAVAIL", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET, sockets.Dgram), lookup("IP_DROP_MEMBERSHIP"), []string{"224.0.0.251", "lo"})
	}},
	{"setsockopt", "ENOBUFS", func(t *testing.T, c Caller) error { // igmp_max_memberships
		fd := open(t, sockets.INET, sockets.Dgram)
		for i := range 1 << 12 {
			group := netip.AddrFrom4([4]byte{239, 1, byte(i >> 8), byte(i)}).String()
			if err := c.Setsockopt(fd, lookup("IP_ADD_MEMBERSHIP"), []string{group, "lo"}); err != nil {
				return err
			}
		}
		return nil
	}},
	{"setsockopt", "ENOENT", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET, sockets.Stream), lookup("TCP_CONGESTION"), []string{"nosuch"})
	}},
	{"setsockopt", "ENOTCONN", func(t *testing.T, c Caller) error {
		return c.Setsockopt(open(t, sockets.INET6, sockets.Stream), lookup("IPV6_ADDRFORM"), []string{"AF_INET"})
	}},
	{"setsockopt", "EBADF", func(t *testing.T, c Caller) error { return c.Setsockopt(-1, lookup("SO_REUSEADDR"), []string{"1"}) }},
	{"setsockopt", "ENOTSOCK", func(t *testing.T, c Caller) error {
		return c.Setsockopt(pipe(t), lookup("SO_REUSEADDR"), []string{"1"})
	}},
	{"getsockopt", "ENOPROTOOPT", func(t *testing.T, c Caller) error {
		_, err := c.Getsockopt(open(t, sockets.INET, sockets.Stream), lookup("SO_RCVBUFFORCE"))
		return err
	}},
	{"getsockopt", "ENOTCONN", func(t *testing.T, c Caller) error {
		_, err := c.Getsockopt(open(t, sockets.INET, sockets.Stream), lookup("IP_MTU"))
		return err
	}},
	{"getsockopt", "EBADF", func(t *testing.T, c Caller) error { _, err := c.Getsockopt(-1, lookup("SO_TYPE")); return err }},
	{"getsockopt", "EOPNOTSUPP", func(t *testing.T, c Caller) error {
		_, err := c.State(open(t, sockets.UNIX, sockets.Stream))
		return err
	}},

	// shutdown(2), close(2), getsockname(2), getpeername(2), fcntl(2), ioctl(2), poll(2), unlink(2)
	{"shutdown", "ENOTCONN", func(t *testing.T, c Caller) error { return c.Shutdown(open(t, sockets.INET, sockets.Stream), WR) }},
	{"shutdown", "EINVAL", func(t *testing.T, c Caller) error { fd, _ := connected(t); return c.Shutdown(fd, 9) }},
	{"shutdown", "EBADF", func(t *testing.T, c Caller) error { return c.Shutdown(-1, WR) }},
	{"shutdown", "ENOTSOCK", func(t *testing.T, c Caller) error { return c.Shutdown(pipe(t), WR) }},
	{"close", "EBADF", func(t *testing.T, c Caller) error { return c.Close(-1) }},
	{"getpeername", "ENOTCONN", func(t *testing.T, c Caller) error {
		_, err := c.Getpeername(open(t, sockets.INET, sockets.Stream))
		return err
	}},
	{"getsockname", "ENOTSOCK", func(t *testing.T, c Caller) error { _, err := c.Getsockname(pipe(t)); return err }},
	{"fcntl", "EBADF", func(t *testing.T, c Caller) error { return c.Nonblock(-1, true) }},
	{"ioctl", "EINVAL", func(t *testing.T, c Caller) error { fd, _ := listening(t, 1); _, err := c.QueueIn(fd); return err }},
	{"poll", "EINTR", func(t *testing.T, c Caller) error {
		fd, _ := connected(t)
		_, err := soon(c).Poll([]PollEntry{{FD: fd, Read: true}}, -1)
		return err
	}},
	{"unlink", "ENOENT", func(t *testing.T, c Caller) error { return c.Unlink(t.TempDir() + "/s") }},
	{"unlink", "EISDIR", func(t *testing.T, c Caller) error { return c.Unlink(t.TempDir()) }},
}

// soon is c, whose context will be over when a call is well on its way into the kernel.
func soon(c Caller) Caller {
	ctx, cancel := context.WithCancel(context.Background())
	c.ctx = ctx
	time.AfterFunc(5*time.Millisecond, cancel)
	return c
}

// fill sends until the kernel takes no more.
func fill(t testing.TB, fd sockets.FD) {
	t.Helper()
	p := make([]byte, 1<<16)
	for {
		_, err := tb.Send(fd, p, sockets.MsgDontwait)
		if Errno(err) == "EMSGSIZE" {
			p = p[:len(p)/2]
			continue
		}
		if err != nil {
			if Errno(err) != "EAGAIN" {
				t.Fatal(err)
			}
			if len(p) > 1 {
				p = p[:1]
				continue
			}
			// A TCP peer's window may still open: what was sent has to be there first.
			queue := -1
			for range 1000 {
				n, err := tb.QueueOut(fd)
				must(t, err)
				if n == queue {
					break
				}
				queue = n
				time.Sleep(time.Millisecond)
			}
			if _, err := tb.Send(fd, p, sockets.MsgDontwait); Errno(err) == "EAGAIN" {
				return
			}
		}
	}
}

// noMoreFiles runs f while the process may open no descriptor more.
func noMoreFiles(t *testing.T, f func() error) error {
	t.Helper()
	var old syscall.Rlimit
	must(t, syscall.Getrlimit(syscall.RLIMIT_NOFILE, &old))
	null, err := os.Open(os.DevNull)
	must(t, err)
	low := old
	low.Cur = uint64(null.Fd())
	must(t, null.Close())
	must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: low.Cur, Max: old.Max}))
	defer func() { must(t, unix.Setrlimit(unix.RLIMIT_NOFILE, &unix.Rlimit{Cur: old.Cur, Max: old.Max})) }()
	return f()
}

func TestErrnos(t *testing.T) {
	for _, r := range refusals {
		t.Run(r.op+"/"+r.errno, func(t *testing.T) {
			act := sockets.NewAct(1, "")
			err := r.provoke(t, For(context.Background(), act))
			for range 10 { // on a busy machine the end may come before the call
				if r.errno != "EINTR" || Errno(err) != "" {
					break
				}
				act = sockets.NewAct(1, "")
				err = r.provoke(t, For(context.Background(), act))
			}
			if got := Errno(err); got != r.errno {
				t.Fatalf("%s: %q (%v), want %s", r.op, got, err, r.errno)
			}
			var errno syscall.Errno
			if !errors.As(err, &errno) {
				t.Errorf("%v wraps no errno", err)
			}
			if r.errno == "EINTR" && !errors.Is(err, context.Canceled) {
				t.Errorf("%v does not wrap the context's cause", err)
			}
			last := act.Steps[len(act.Steps)-1].(sockets.Call)
			if last.Op != r.op && !(r.op == "poll" && last.Op == "ppoll") || last.Errno != r.errno || last.Ret != -1 || last.Interrupted != (r.errno == "EINTR") {
				t.Errorf("recorded %+v, want %s = -1 %s", last, r.op, r.errno)
			}
		})
	}
}
