package diag

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

func inodeOf(t testing.TB, d *Diag, fd int) uint32 {
	t.Helper()
	n, err := d.Inode(sockets.FD(fd))
	must(t, err)
	return n
}

func TestUnixListen(t *testing.T) {
	d := asking(t)
	path := filepath.Join(t.TempDir(), "s")
	l := socket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	must(t, unix.Bind(l, &unix.SockaddrUnix{Name: path}))
	number := inodeOf(t, d, l)
	s, err := d.Unix(number)
	must(t, err)
	name := sockets.Address{Family: sockets.UNIX, Path: path}
	if s.State != "CLOSE" || s.Kind != sockets.Stream || s.Name != name || s.Inode != number || s.UID != uint32(os.Getuid()) {
		t.Errorf("bound: %+v", s)
	}
	must(t, unix.Listen(l, 3))
	var clients []int
	for range 2 {
		c := socket(t, unix.AF_UNIX, unix.SOCK_STREAM)
		must(t, unix.Connect(c, &unix.SockaddrUnix{Name: path}))
		clients = append(clients, c)
	}
	s, err = d.Unix(number)
	must(t, err)
	want := []uint32{inodeOf(t, d, clients[0]), inodeOf(t, d, clients[1])}
	if s.State != "LISTEN" || s.RecvQ != 2 || s.SendQ != 3 || !slices.Equal(s.Pending, want) {
		t.Errorf("%+v, waiting %v", s, want)
	}
	c, err := d.Unix(want[0])
	must(t, err)
	if c.State != "ESTABLISHED" || c.PeerInode != 0 || !c.Name.Unnamed() {
		t.Errorf("a client that waits: %+v", c)
	}
	first := accepted(t, l)
	c, err = d.Unix(want[0])
	must(t, err)
	if c.PeerInode != inodeOf(t, d, first) {
		t.Errorf("one that was accepted: %+v", c)
	}
	all, err := d.UnixName(name)
	must(t, err)
	if len(all) < 2 || all[0].Inode != number || all[1].State != "ESTABLISHED" {
		t.Errorf("%+v", all)
	}
	shut(t, clients[1])
	if s, err = d.Unix(number); err != nil || !slices.Equal(s.Pending, []uint32{0}) {
		t.Errorf("a client closed: %+v, %v", s, err)
	}
	shut(t, l)
	if _, err := d.Unix(number); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	if _, err := asking(t).Unix(number); !errors.Is(err, ErrGone) { // which does not know yet whether the kernel tells
		t.Error(err)
	}
	if _, err := d.Unix(0); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}

func TestUnixAbstract(t *testing.T) {
	d := asking(t)
	fd := socket(t, unix.AF_UNIX, unix.SOCK_DGRAM)
	must(t, unix.Bind(fd, &unix.SockaddrUnix{})) // the kernel chooses an abstract name
	sa, err := unix.Getsockname(fd)
	must(t, err)
	name := sockets.Address{Family: sockets.UNIX, Path: sa.(*unix.SockaddrUnix).Name[1:], Abstract: true}
	all, err := d.UnixName(name)
	must(t, err)
	if len(all) != 1 || all[0].Name != name || all[0].Kind != sockets.Dgram || all[0].State != "UNCONN" || all[0].Inode != inodeOf(t, d, fd) {
		t.Errorf("%+v", all)
	}
	if _, err := d.UnixName(sockets.Address{Family: sockets.UNIX, Path: name.Path}); !errors.Is(err, ErrGone) {
		t.Errorf("a path is not the abstract name: %v", err)
	}
}

func TestUnixPair(t *testing.T) {
	d := asking(t)
	for kind, want := range map[int]Unix{
		unix.SOCK_STREAM:    {Kind: sockets.Stream, State: "ESTABLISHED", RecvQ: 7 + 777},
		unix.SOCK_SEQPACKET: {Kind: sockets.Seqpacket, State: "ESTABLISHED", RecvQ: 7 + 777},
		unix.SOCK_DGRAM:     {Kind: sockets.Dgram, State: "CONNECTED", RecvQ: 7},
	} {
		fds, err := unix.Socketpair(unix.AF_UNIX, kind|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		for _, fd := range fds {
			t.Cleanup(func() { _ = unix.Close(fd) })
		}
		for _, n := range []int{7, 777} {
			_, err = unix.Write(fds[0], make([]byte, n))
			must(t, err)
		}
		must(t, unix.Shutdown(fds[1], unix.SHUT_WR))
		a, b := inodeOf(t, d, fds[0]), inodeOf(t, d, fds[1])
		from, err := d.Unix(a)
		must(t, err)
		to, err := d.Unix(b)
		must(t, err)
		if from.PeerInode != b || to.PeerInode != a || from.SendQ <= 784 || from.RecvQ != 0 || from.Mem == nil || from.Mem.Sent != from.SendQ {
			t.Errorf("%s: %+v", want.Kind, from)
		}
		if to.Kind != want.Kind || to.State != want.State || to.RecvQ != want.RecvQ || to.SendQ != 0 || to.Shutdown != ShutWR || !to.Name.Unnamed() || to.Pending != nil {
			t.Errorf("%s: %+v", want.Kind, to)
		}
	}
}

// TestUnixMany: more clients wait than fit into one answer.
func TestUnixMany(t *testing.T) {
	somaxconn, err := os.ReadFile("/proc/sys/net/core/somaxconn")
	must(t, err)
	most, err := strconv.Atoi(string(somaxconn[:len(somaxconn)-1]))
	must(t, err)
	const n = 1100
	var files unix.Rlimit
	must(t, unix.Getrlimit(unix.RLIMIT_NOFILE, &files))
	if most < n || files.Cur < 2*n {
		t.Skip("so many may not wait here")
	}
	d := asking(t)
	path := filepath.Join(t.TempDir(), "s")
	l := socket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	must(t, unix.Bind(l, &unix.SockaddrUnix{Name: path}))
	must(t, unix.Listen(l, n))
	for range n {
		c := socket(t, unix.AF_UNIX, unix.SOCK_STREAM)
		must(t, unix.Connect(c, &unix.SockaddrUnix{Name: path}))
	}
	s, err := d.Unix(inodeOf(t, d, l))
	must(t, err)
	if s.RecvQ != n || len(s.Pending) != n || slices.Contains(s.Pending, 0) {
		t.Errorf("%d, of whom %d are told", s.RecvQ, len(s.Pending))
	}
	all, err := d.UnixList()
	must(t, err)
	if i := slices.IndexFunc(all, func(s Unix) bool { return s.State == "LISTEN" && s.Name.Path == path }); i < 0 || len(all) < n {
		t.Errorf("%d in the list", len(all))
	}
}

func TestInode(t *testing.T) {
	d := asking(t)
	fd := socket(t, unix.AF_INET, unix.SOCK_DGRAM)
	link, err := os.Readlink("/proc/self/fd/" + strconv.Itoa(fd))
	must(t, err)
	if n := inodeOf(t, d, fd); link != "socket:["+strconv.Itoa(int(n))+"]" {
		t.Errorf("%d, %s", n, link)
	}
	if _, err := d.Inode(-1); !errors.Is(err, unix.EBADF) {
		t.Error(err)
	}
	f, err := os.Open(os.DevNull)
	must(t, err)
	defer func() { must(t, f.Close()) }()
	if _, err := d.Inode(sockets.FD(f.Fd())); !errors.Is(err, unix.ENOTSOCK) {
		t.Error(err)
	}
}
