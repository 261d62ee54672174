package names

import (
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// A trial is one call that the kernel refuses. It must refuse it with the
// errno that the tables speak of.
type trial struct {
	name  string
	s     Situation
	wrong bool
	call  func(t *testing.T) error
}

func fresh(t *testing.T, family, kind int) int {
	t.Helper()
	fd, err := syscall.Socket(family, kind|syscall.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatalf("socket: %v", err)
	}
	t.Cleanup(func() { syscall.Close(fd) })
	return fd
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func lo(port int) *syscall.SockaddrInet4 {
	return &syscall.SockaddrInet4{Port: port, Addr: [4]byte{127, 0, 0, 1}}
}

func tcpSocket(t *testing.T) int { return fresh(t, syscall.AF_INET, syscall.SOCK_STREAM) }
func udpSocket(t *testing.T) int { return fresh(t, syscall.AF_INET, syscall.SOCK_DGRAM) }
func unixStream(t *testing.T) int {
	return fresh(t, syscall.AF_UNIX, syscall.SOCK_STREAM)
}
func unixDgram(t *testing.T) int { return fresh(t, syscall.AF_UNIX, syscall.SOCK_DGRAM) }

func bound(t *testing.T) int {
	fd := tcpSocket(t)
	must(t, syscall.Bind(fd, lo(0)))
	return fd
}

func listening(t *testing.T) int {
	fd := bound(t)
	must(t, syscall.Listen(fd, 5))
	return fd
}

func address(t *testing.T, fd int) syscall.Sockaddr {
	a, err := syscall.Getsockname(fd)
	must(t, err)
	return a
}

func connected(t *testing.T) (client, server int) {
	l := listening(t)
	client = tcpSocket(t)
	must(t, syscall.Connect(client, address(t, l)))
	server, _, err := syscall.Accept(l)
	must(t, err)
	t.Cleanup(func() { syscall.Close(server) })
	return client, server
}

func path(t *testing.T) *syscall.SockaddrUnix {
	return &syscall.SockaddrUnix{Name: filepath.Join(t.TempDir(), "s")}
}

func unixListening(t *testing.T, backlog int) (int, *syscall.SockaddrUnix) {
	fd, at := unixStream(t), path(t)
	must(t, syscall.Bind(fd, at))
	must(t, syscall.Listen(fd, backlog))
	return fd, at
}

func accept(fd int) error { _, _, err := syscall.Accept(fd); return err }
func send(fd int) error   { return sendmsg(fd, []byte("x"), nil) }
func recv(fd int) error   { _, _, err := syscall.Recvfrom(fd, make([]byte, 8), 0); return err }
func peername(fd int) error {
	_, err := syscall.Getpeername(fd)
	return err
}

func sendmsg(fd int, data []byte, to syscall.Sockaddr) error {
	return syscall.Sendmsg(fd, data, nil, to, syscall.MSG_NOSIGNAL)
}

// eventually calls until it is refused: what the network tells comes a little later.
func eventually(call func() error) error {
	for deadline := time.Now().Add(5 * time.Second); time.Now().Before(deadline); time.Sleep(time.Millisecond) {
		if err := call(); err != nil {
			return err
		}
	}
	return nil
}

func sit(op, errno, kind, state string) Situation {
	return Situation{Op: op, Errno: errno, Kind: kind, State: state}
}

var trials = []trial{
	{"accept, fresh", sit("accept", "EINVAL", "tcp", "CLOSE"), true, func(t *testing.T) error { return accept(tcpSocket(t)) }},
	{"accept, bound", sit("accept", "EINVAL", "tcp", "BOUND"), true, func(t *testing.T) error { return accept(bound(t)) }},
	{"accept, connected", sit("accept", "EINVAL", "tcp", "ESTABLISHED"), true, func(t *testing.T) error { c, _ := connected(t); return accept(c) }},
	{"accept, udp", sit("accept", "EOPNOTSUPP", "udp", "CLOSE"), true, func(t *testing.T) error { return accept(udpSocket(t)) }},
	{"accept, non-blocking", sit("accept", "EAGAIN", "tcp", "LISTEN"), false, func(t *testing.T) error {
		l := listening(t)
		must(t, syscall.SetNonblock(l, true))
		return accept(l)
	}},
	{"listen, udp", sit("listen", "EOPNOTSUPP", "udp", "CLOSE"), true, func(t *testing.T) error { return syscall.Listen(udpSocket(t), 1) }},
	{"listen, unix-dgram", sit("listen", "EOPNOTSUPP", "unix-dgram", "CLOSE"), true, func(t *testing.T) error { return syscall.Listen(unixDgram(t), 1) }},
	{"listen, connected", sit("listen", "EINVAL", "tcp", "ESTABLISHED"), true, func(t *testing.T) error { c, _ := connected(t); return syscall.Listen(c, 1) }},
	{"listen, unbound unix", sit("listen", "EINVAL", "unix", "CLOSE"), true, func(t *testing.T) error { return syscall.Listen(unixStream(t), 1) }},
	{"bind, twice", sit("bind", "EINVAL", "tcp", "BOUND"), true, func(t *testing.T) error { return syscall.Bind(bound(t), lo(0)) }},
	{"bind, connected", sit("bind", "EINVAL", "tcp", "ESTABLISHED"), true, func(t *testing.T) error { c, _ := connected(t); return syscall.Bind(c, lo(0)) }},
	{"bind, listener's port", Situation{Op: "bind", Errno: "EADDRINUSE", Kind: "tcp", State: "CLOSE", Holder: "LISTEN"}, false,
		func(t *testing.T) error { return syscall.Bind(tcpSocket(t), address(t, listening(t))) }},
	{"bind, not ours", sit("bind", "EADDRNOTAVAIL", "tcp", "CLOSE"), false, func(t *testing.T) error {
		return syscall.Bind(tcpSocket(t), &syscall.SockaddrInet4{Addr: [4]byte{203, 0, 113, 1}})
	}},
	{"bind, file there", sit("bind", "EADDRINUSE", "unix", "CLOSE"), false, func(t *testing.T) error {
		_, at := unixListening(t, 1)
		return syscall.Bind(unixStream(t), at)
	}},
	{"bind, no directory", sit("bind", "ENOENT", "unix", "CLOSE"), false, func(t *testing.T) error {
		return syscall.Bind(unixStream(t), &syscall.SockaddrUnix{Name: path(t).Name + "/x"})
	}},
	{"connect, nobody there", sit("connect", "ECONNREFUSED", "tcp", "CLOSE"), false, func(t *testing.T) error {
		return syscall.Connect(tcpSocket(t), address(t, bound(t)))
	}},
	{"connect, twice", sit("connect", "EISCONN", "tcp", "ESTABLISHED"), true, func(t *testing.T) error {
		c, _ := connected(t)
		return syscall.Connect(c, address(t, listening(t)))
	}},
	{"connect, listening", sit("connect", "EISCONN", "tcp", "LISTEN"), true, func(t *testing.T) error {
		l := listening(t)
		return syscall.Connect(l, address(t, l))
	}},
	{"connect, broadcast", sit("connect", "EACCES", "udp", "CLOSE"), false, func(t *testing.T) error {
		return syscall.Connect(udpSocket(t), &syscall.SockaddrInet4{Port: 9, Addr: [4]byte{127, 255, 255, 255}})
	}},
	{"connect, no file", sit("connect", "ENOENT", "unix", "CLOSE"), false, func(t *testing.T) error { return syscall.Connect(unixStream(t), path(t)) }},
	{"connect, stale file", sit("connect", "ECONNREFUSED", "unix", "CLOSE"), false, func(t *testing.T) error {
		l, at := unixListening(t, 1)
		syscall.Shutdown(l, syscall.SHUT_RDWR)
		return syscall.Connect(unixStream(t), at)
	}},
	{"connect, other type", sit("connect", "EPROTOTYPE", "unix-dgram", "CLOSE"), false, func(t *testing.T) error {
		_, at := unixListening(t, 1)
		return syscall.Connect(unixDgram(t), at)
	}},
	{"connect, unix queue full", sit("connect", "EAGAIN", "unix", "CLOSE"), false, func(t *testing.T) error {
		_, at := unixListening(t, 0)
		return eventually(func() error {
			c := unixStream(t)
			must(t, syscall.SetNonblock(c, true))
			return syscall.Connect(c, at)
		})
	}},
	{"connect, unix listening", sit("connect", "EINVAL", "unix", "LISTEN"), true, func(t *testing.T) error {
		l, _ := unixListening(t, 1)
		_, at := unixListening(t, 1)
		return syscall.Connect(l, at)
	}},
	{"send, fresh", sit("send", "EPIPE", "tcp", "CLOSE"), true, func(t *testing.T) error { return send(tcpSocket(t)) }},
	{"send, listening", sit("send", "EPIPE", "tcp", "LISTEN"), true, func(t *testing.T) error { return send(listening(t)) }},
	{"send, shut", sit("send", "EPIPE", "tcp", "FIN_WAIT2"), true, func(t *testing.T) error {
		c, _ := connected(t)
		must(t, syscall.Shutdown(c, syscall.SHUT_WR))
		return send(c)
	}},
	{"send, peer closed", sit("send", "EPIPE", "tcp", "CLOSE_WAIT"), false, func(t *testing.T) error {
		l := listening(t)
		c := tcpSocket(t)
		must(t, syscall.Connect(c, address(t, l)))
		k, _, err := syscall.Accept(l)
		must(t, err)
		must(t, syscall.Close(k))
		return eventually(func() error { return send(c) })
	}},
	{"send, udp without peer", sit("send", "EDESTADDRREQ", "udp", "CLOSE"), true, func(t *testing.T) error { return send(udpSocket(t)) }},
	{"send, unix", sit("send", "ENOTCONN", "unix", "CLOSE"), true, func(t *testing.T) error { return send(unixStream(t)) }},
	{"sendto, unix stream", sit("sendto", "EOPNOTSUPP", "unix", "CLOSE"), true, func(t *testing.T) error { return sendmsg(unixStream(t), []byte("x"), path(t)) }},
	{"send, udp too long", sit("sendto", "EMSGSIZE", "udp", "CLOSE"), false, func(t *testing.T) error {
		return sendmsg(udpSocket(t), make([]byte, 65508), lo(9))
	}},
	{"send, udp to port 0", sit("sendto", "EINVAL", "udp", "CLOSE"), false, func(t *testing.T) error { return sendmsg(udpSocket(t), []byte("x"), lo(0)) }},
	{"send, udp to a dead port", sit("send", "ECONNREFUSED", "udp", "ESTABLISHED"), false, func(t *testing.T) error {
		gone, u := udpSocket(t), udpSocket(t)
		must(t, syscall.Bind(gone, lo(0)))
		must(t, syscall.Connect(u, address(t, gone)))
		must(t, syscall.Close(gone))
		return eventually(func() error { return send(u) })
	}},
	{"recv, fresh", sit("recv", "ENOTCONN", "tcp", "CLOSE"), true, func(t *testing.T) error { return recv(tcpSocket(t)) }},
	{"recv, listening", sit("recv", "ENOTCONN", "tcp", "LISTEN"), true, func(t *testing.T) error { return recv(listening(t)) }},
	{"recv, unix", sit("recv", "EINVAL", "unix", "CLOSE"), true, func(t *testing.T) error { return recv(unixStream(t)) }},
	{"recv, reset", sit("recv", "ECONNRESET", "tcp", "ESTABLISHED"), false, func(t *testing.T) error {
		l := listening(t)
		c := tcpSocket(t)
		must(t, syscall.Connect(c, address(t, l)))
		must(t, syscall.Close(l)) // the kernel resets whom nobody accepted
		return recv(c)
	}},
	{"shutdown, fresh", sit("shutdown", "ENOTCONN", "tcp", "CLOSE"), true, func(t *testing.T) error { return syscall.Shutdown(tcpSocket(t), syscall.SHUT_WR) }},
	{"getpeername, fresh", sit("getpeername", "ENOTCONN", "tcp", "CLOSE"), true, func(t *testing.T) error { return peername(tcpSocket(t)) }},
	{"getpeername, listening", sit("getpeername", "ENOTCONN", "tcp", "LISTEN"), true, func(t *testing.T) error { return peername(listening(t)) }},
	{"setsockopt, get-only", sit("setsockopt", "ENOPROTOOPT", "tcp", "CLOSE"), false, func(t *testing.T) error {
		return syscall.SetsockoptInt(tcpSocket(t), syscall.SOL_SOCKET, syscall.SO_TYPE, 1)
	}},
	{"setsockopt, out of range", sit("setsockopt", "EINVAL", "tcp", "CLOSE"), false, func(t *testing.T) error {
		return syscall.SetsockoptInt(tcpSocket(t), syscall.IPPROTO_IP, syscall.IP_TTL, 256)
	}},
	{"setsockopt, a million microseconds", sit("setsockopt", "EDOM", "tcp", "CLOSE"), false, func(t *testing.T) error {
		return syscall.SetsockoptTimeval(tcpSocket(t), syscall.SOL_SOCKET, syscall.SO_RCVTIMEO, &syscall.Timeval{Usec: 1000000})
	}},
	{"setsockopt, IP on unix", sit("setsockopt", "EOPNOTSUPP", "unix", "CLOSE"), false, func(t *testing.T) error {
		return syscall.SetsockoptInt(unixStream(t), syscall.IPPROTO_IP, syscall.IP_TTL, 4)
	}},
	{"getsockopt, not connected", sit("getsockopt", "ENOTCONN", "tcp", "CLOSE"), true, func(t *testing.T) error {
		_, err := syscall.GetsockoptInt(tcpSocket(t), syscall.IPPROTO_IP, syscall.IP_MTU)
		return err
	}},
	{"socketpair, TCP", sit("socketpair", "EOPNOTSUPP", "tcp", ""), false, func(*testing.T) error {
		_, err := syscall.Socketpair(syscall.AF_INET, syscall.SOCK_STREAM, 0)
		return err
	}},
	{"socket, stream of UDP", sit("socket", "EPROTONOSUPPORT", "tcp", ""), false, func(*testing.T) error {
		_, err := syscall.Socket(syscall.AF_INET, syscall.SOCK_STREAM, syscall.IPPROTO_UDP)
		return err
	}},
}

func TestTheKernelAgrees(t *testing.T) {
	for _, trial := range trials {
		t.Run(trial.name, func(t *testing.T) {
			if err := trial.call(t); err != kernelErrnos[trial.s.Errno] {
				t.Errorf("the kernel says %v, the tables %s", err, trial.s.Errno)
			}
			if got := WrongOrder(trial.s); got != trial.wrong {
				t.Errorf("WrongOrder = %v, want %v", got, trial.wrong)
			}
			if r := findRow(trial.s.normal()); !strings.Contains(r.op, trial.s.Op) {
				t.Errorf("no row for this call: %+v", r)
			}
		})
	}
}
