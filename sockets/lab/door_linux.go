package lab

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"
)

// The founder's door is a socket of its user's alone. A guest sends an order and gets an answer; to "hello" that is the
// namespaces, to "frames" the frames as they come. A message is one packet of JSON.
type door struct {
	fd   int
	path string
}

// An answer is what the founder says to an order.
type answer struct {
	Error string `json:",omitempty"`
	State *State `json:",omitempty"`
	Frame *Frame `json:",omitempty"`
}

// largest is the longest message: a frame of the largest MTU in base64.
const largest = 64 << 10

// The namespaces in the answer to hello, in their order.
const (
	nsUser = iota
	nsMount
	nsUTS
	nsLeft
	nsRight
	nsRightUTS
	nsCount
)

// runtimeDir is the directory for the sockets of this user's labs. Nobody else may enter it.
func runtimeDir() (string, error) {
	fallback := fmt.Sprintf("/tmp/sockstep-%d", os.Getuid())
	dir := fallback
	if xdg := os.Getenv("XDG_RUNTIME_DIR"); filepath.IsAbs(xdg) && len(xdg) < 70 { // the path of a socket has 108 bytes
		dir = filepath.Join(xdg, "sockstep")
	}
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		dir = fallback
		if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
			return "", err
		}
	}
	var s unix.Stat_t
	if err := unix.Lstat(dir, &s); err != nil {
		return "", &os.PathError{Op: "lstat", Path: dir, Err: err}
	}
	if s.Mode&unix.S_IFMT != unix.S_IFDIR || s.Mode&0o077 != 0 || int(s.Uid) != os.Getuid() {
		return "", fmt.Errorf("%s is not a directory of this user's alone", dir)
	}
	return dir, nil
}

func doorPath(dir string, pid int) string { return filepath.Join(dir, fmt.Sprintf("lab-%d.sock", pid)) }

// forget removes the file of a founder that is dead.
func forget(pid int) {
	if dir, err := runtimeDir(); err == nil {
		_ = os.Remove(doorPath(dir, pid))
	}
}

func openDoor(l *Lab) (*door, error) {
	dir, err := runtimeDir()
	if err != nil {
		return nil, err
	}
	if _, err := Running(); err != nil { // removes what others left behind
		return nil, err
	}
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	d := &door{fd, doorPath(dir, os.Getpid())}
	// It gets its name when it answers: a name that does not answer is a dead founder's.
	unnamed := filepath.Join(dir, fmt.Sprintf("new-%d", os.Getpid()))
	_ = os.Remove(unnamed)
	err = os.NewSyscallError("bind", unix.Bind(fd, &unix.SockaddrUnix{Name: unnamed}))
	if err == nil {
		err = os.Chmod(unnamed, 0o600)
	}
	if err == nil {
		err = os.NewSyscallError("listen", unix.Listen(fd, 16))
	}
	if err == nil {
		err = os.Rename(unnamed, d.path)
	}
	if err != nil {
		_ = unix.Close(fd)
		return nil, err
	}
	go d.serve(l)
	return d, nil
}

func (d *door) close() {
	_ = os.Remove(d.path)
	_ = unix.Shutdown(d.fd, unix.SHUT_RDWR) // ends accept
}

func (d *door) serve(l *Lab) {
	defer unix.Close(d.fd)
	for {
		fd, _, err := unix.Accept4(d.fd, unix.SOCK_CLOEXEC)
		switch {
		case err == nil:
			go l.welcome(fd)
		case err != unix.EINTR && err != unix.ECONNABORTED:
			return
		}
	}
}

// welcome answers one guest until it goes.
func (l *Lab) welcome(fd int) {
	defer unix.Close(fd)
	if who, err := unix.GetsockoptUcred(fd, unix.SOL_SOCKET, unix.SO_PEERCRED); err != nil || int(who.Uid) != os.Getuid() {
		return
	}
	buf := make([]byte, largest)
	for {
		n, err := recv(fd, buf, nil)
		if n <= 0 || err != nil {
			return
		}
		var o order
		if err := json.Unmarshal(buf[:n], &o); err != nil {
			_ = send(fd, answer{Error: err.Error()})
			return
		}
		if o.Do == "frames" {
			l.stream(fd, buf)
			return
		}
		if err := l.answer(fd, o); err != nil {
			return
		}
	}
}

func (l *Lab) answer(fd int, o order) error {
	var a answer
	var err error
	switch o.Do {
	case "hello":
		return l.hello(fd)
	case "state":
		var s State
		s, err = l.cable.State()
		a.State = &s
	case "settle":
		err = l.cable.Settle()
	default:
		err = l.cable.order(o)
	}
	if err != nil {
		a.Error = err.Error()
	}
	return send(fd, a)
}

// hello hands the namespaces over.
func (l *Lab) hello(fd int) error {
	fds := make([]int, nsCount)
	for i, name := range []string{nsUser: "user", nsMount: "mnt", nsUTS: "uts"} {
		f, err := os.Open("/proc/self/ns/" + name)
		if err != nil {
			return send(fd, answer{Error: err.Error()})
		}
		defer f.Close()
		fds[i] = int(f.Fd())
	}
	fds[nsLeft], fds[nsRight], fds[nsRightUTS] = l.hosts[0].namespace.fd, l.hosts[1].namespace.fd, l.hosts[1].namespace.uts
	return send(fd, answer{}, fds...)
}

// stream sends every frame until the guest goes. A guest that is too slow is told how many it has missed.
func (l *Lab) stream(fd int, buf []byte) {
	waiting := make(chan Frame, 4096)
	var missed uint64 // of the watching goroutine
	stop := l.cable.watch.add(func(f Frame) {
		f.Missed += missed
		select {
		case waiting <- f:
			missed = 0
		default:
			missed = f.Missed + 1
		}
	})
	defer stop()
	gone := make(chan struct{})
	go func() {
		defer close(gone)
		_, _ = recv(fd, buf, nil) // a guest says no more
	}()
	err := send(fd, answer{})
	for err == nil {
		select {
		case f := <-waiting:
			err = send(fd, answer{Frame: &f})
		case <-gone:
			return
		}
	}
	_ = unix.Shutdown(fd, unix.SHUT_RDWR)
	<-gone
}

func send(fd int, message any, fds ...int) error {
	b, err := json.Marshal(message)
	if err != nil {
		return err
	}
	var rights []byte
	if len(fds) > 0 {
		rights = unix.UnixRights(fds...)
	}
	for {
		err := unix.Sendmsg(fd, b, rights, nil, unix.MSG_NOSIGNAL)
		if err != unix.EINTR {
			return os.NewSyscallError("sendmsg", err)
		}
	}
}

// recv receives one message, and descriptors where they are asked for. At the end of the connection it is empty.
func recv(fd int, buf []byte, fds *[]int) (int, error) {
	var oob []byte
	if fds != nil {
		oob = make([]byte, unix.CmsgSpace(4*nsCount))
	}
	for {
		n, m, _, _, err := unix.Recvmsg(fd, buf, oob, unix.MSG_CMSG_CLOEXEC)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return 0, os.NewSyscallError("recvmsg", err)
		}
		if m > 0 {
			messages, err := unix.ParseSocketControlMessage(oob[:m])
			if err != nil {
				return n, err
			}
			for i := range messages {
				got, err := unix.ParseUnixRights(&messages[i])
				if err != nil {
					return n, err
				}
				*fds = append(*fds, got...)
			}
		}
		return n, nil
	}
}

// Running are the process ids of the founders of this user's labs, the newest lab first. Files of dead ones are removed.
func Running() ([]int, error) {
	dir, err := runtimeDir()
	if err != nil {
		return nil, err
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return nil, err
	}
	type lab struct {
		pid   int
		since int64
	}
	var labs []lab
	for _, e := range entries {
		var pid int
		if _, err := fmt.Sscanf(strings.TrimPrefix(strings.TrimPrefix(e.Name(), "hosts"), "new"), "-%d", &pid); err == nil && unix.Kill(pid, 0) == unix.ESRCH {
			_ = os.Remove(filepath.Join(dir, e.Name())) // it died while it built its lab
			continue
		}
		number, ok := strings.CutPrefix(strings.TrimSuffix(e.Name(), ".sock"), "lab-")
		pid, err := strconv.Atoi(number)
		if !ok || err != nil {
			continue
		}
		path := filepath.Join(dir, e.Name())
		fd, err := knock(path)
		if err != nil {
			if errors.Is(err, unix.ECONNREFUSED) {
				_ = os.Remove(path)
			}
			continue
		}
		_ = unix.Close(fd)
		if info, err := e.Info(); err == nil {
			labs = append(labs, lab{pid, info.ModTime().UnixNano()})
		}
	}
	slices.SortFunc(labs, func(a, b lab) int { return int(b.since - a.since) })
	pids := make([]int, len(labs))
	for i, l := range labs {
		pids[i] = l.pid
	}
	return pids, nil
}

// knock connects to a founder.
func knock(path string) (int, error) {
	fd, err := unix.Socket(unix.AF_UNIX, unix.SOCK_SEQPACKET|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return -1, os.NewSyscallError("socket", err)
	}
	for {
		err = unix.Connect(fd, &unix.SockaddrUnix{Name: path})
		if err != unix.EINTR {
			break
		}
	}
	if err != nil {
		_ = unix.Close(fd)
		return -1, os.NewSyscallError("connect", err)
	}
	return fd, nil
}
