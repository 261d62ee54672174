package repl

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math/rand/v2"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// A made is a socket that was made since the lesson began, with the last descriptor that it had.
type made struct {
	socket *sockets.Socket
	fd     sockets.FD
}

// A world is a session as the judge of lessons sees it. Its calls go into an act: one that was made can always be shown.
type world struct {
	s   *Session
	act *sockets.Act
}

func (s *Session) world(a *sockets.Act) world { return world{s, a} }

func (w world) look() sys.Caller { return sys.For(context.Background(), w.act).Scaffold() }

var errNoPartner = &sockets.Error{Op: "lesson", Message: names.T("the partner's terminal is not here", "对方的终端不在这里")}

// elsewhere reports whether a role has a terminal of its own: it is not this one's, which may have all of them.
func (w world) elsewhere(role string) bool { return role != "" && w.role() != "" && role != w.role() }

// Sockets are the session's, as the kernel has them now. Nothing that the session remembers is changed: the next act tells
// what has changed, and not the judge.
func (w world) Sockets(role string) ([]lessons.Socket, error) {
	if w.elsewhere(role) {
		k := w.partner()
		if k == nil {
			return nil, errNoPartner
		}
		return k.Sockets, nil
	}
	var all []lessons.Socket
	for i, m := range w.s.lesson.made {
		k := m.socket
		x := lessons.Socket{
			ID: strconv.Itoa(i + 1), Name: w.s.nameOf(k), Kind: k.KindName(), Family: string(k.Family), Type: string(k.Kind),
			State: k.State, RecvQ: k.RecvQ, SendQ: k.SendQ, Backlog: k.Backlog, Blocking: k.Blocking,
			Closed: k.FD < 0, Sent: k.Sent, Received: k.Received, FD: int64(m.fd), PeerOf: w.id(k.Partner), From: w.id(k.Inherits),
		}
		if !x.Closed {
			w.now(k, &x)
		}
		if x.State == "" {
			x.State = "-"
			if k.Bound {
				x.State = "BOUND"
			}
		}
		if bound := k.Local.Port != 0 || k.Local.Path != ""; bound && !k.Local.Unnamed() {
			x.Local = k.Local.String()
		}
		if !k.Peer.IsZero() {
			x.Peer = k.Peer.String()
		}
		all = append(all, x)
	}
	return lessons.Of(w.role(), all), nil
}

// role is this terminal's, "" where it has all of them.
func (w world) role() string {
	if r := w.s.lesson.run; r != nil {
		return r.Role
	}
	return ""
}

// partner is what the partner's terminal told of its sockets, nil where nobody is there.
func (w world) partner() *look {
	if p := w.s.paired(); p != nil {
		return p.seen
	}
	return nil
}

// now asks the kernel for what may have changed since the session last looked.
func (w world) now(k *sockets.Socket, x *lessons.Socket) {
	look := w.look()
	if x.Kind == "tcp" {
		st, err := look.State(k.FD)
		switch {
		case err != nil:
			x.NoState = err.Error()
		case st != "CLOSE" || k.State != "TIME_WAIT": // of a connection that waits, the descriptor knows nothing more
			x.State = st
		}
	}
	switch {
	case k.Backlog < 0:
		if n, err := look.QueueIn(k.FD); err == nil {
			x.RecvQ = n
		}
		if n, err := look.QueueOut(k.FD); err == nil {
			x.SendQ = n
		}
	case x.Kind == "tcp":
		if n, _, err := look.AcceptQueue(k.FD); err == nil {
			x.RecvQ = n
		}
	default: // AF_UNIX tells it to sock_diag alone
		x.RecvQ = len(k.Knocking)
		if kernel, err := w.s.kernel(k.Host, w.act); err == nil {
			if inode, err := kernel.Inode(k.FD); err == nil {
				if u, err := kernel.Unix(inode); err == nil {
					x.RecvQ = int(u.RecvQ)
				}
			}
		}
	}
}

func (w world) id(k *sockets.Socket) string {
	if k == nil {
		return ""
	}
	i := slices.IndexFunc(w.s.lesson.made, func(m made) bool { return m.socket == k })
	if i < 0 {
		return ""
	}
	return strconv.Itoa(i + 1)
}

// Option asks the kernel.
func (w world) Option(x lessons.Socket, name string) (sockets.Value, error) {
	role, number, told := strings.Cut(x.ID, "/")
	if !told {
		role, number = "", x.ID
	}
	if w.elsewhere(role) {
		if k := w.partner(); k != nil {
			if v, ok := k.Options[x.ID][name]; ok {
				return v, nil
			}
		}
		return sockets.Value{}, errNoPartner
	}
	i, err := strconv.Atoi(number)
	if err != nil || i < 1 || i > len(w.s.lesson.made) {
		return sockets.Value{}, errNoPartner
	}
	o, ok := names.LookupOption(name)
	if !ok {
		return sockets.Value{}, fmt.Errorf("no option is called %s", name)
	}
	k := w.s.lesson.made[i-1].socket
	if k.FD < 0 {
		return sockets.Value{}, &sockets.Error{Op: "getsockopt", Message: names.T(k.Name+" is closed, and has no options any more", k.Name+" 已关闭，不再有选项")}
	}
	return w.look().Getsockopt(k.FD, o)
}

// Kept are the session's values.
func (w world) Kept(role string) (all []sockets.Value, err error) {
	if w.elsewhere(role) {
		k := w.partner()
		if k == nil {
			return nil, errNoPartner
		}
		return k.Kept, nil
	}
	for _, n := range w.s.valueNames() {
		all = append(all, w.s.values[n])
	}
	return all, nil
}

// Packets is nil where packets are captured, or inferred.
func (w world) Packets(role string) error {
	t := &w.s.trace
	switch {
	case w.elsewhere(role):
		switch k := w.partner(); {
		case k == nil:
			return errNoPartner
		case !k.Packets.IsZero():
			return &sockets.Error{Op: "wire", Message: k.Packets}
		}
		return nil
	case t.wire != nil || t.inferring:
		return nil
	case t.off:
		return &sockets.Error{Op: "wire", Message: names.T("packets are not looked at", "没有在看报文"), Fix: names.T("wire on", "wire on")}
	}
	return w.s.wireOn()
}

// Exists reports whether there is a file.
func (w world) Exists(path string) (bool, error) {
	_, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		return false, nil
	}
	return err == nil, err
}

// Offers is nil where the machine has it.
func (w world) Offers(what string) error {
	switch what {
	case "packets":
		if err := w.s.wireOn(); err != nil && w.s.openKernel == nil {
			return err
		}
		return nil
	case "diag":
		_, err := w.s.kernel("", w.act)
		return err
	case "lab":
		if w.s.lab == nil {
			return noLab("lesson")
		}
		return nil
	case "python":
		_, err := exec.LookPath("python3")
		return err
	case "linux":
		if runtime.GOOS != "linux" {
			return errors.ErrUnsupported
		}
		return nil
	case "ipv6":
		return w.canBind(sockets.INET6, sockets.Stream, 0, netip.IPv6Loopback(), 0)
	case "raw":
		return w.canBind(sockets.INET, sockets.Raw, 1, netip.Addr{}, 0)
	case "ping":
		return w.canBind(sockets.INET, sockets.Dgram, 1, netip.Addr{}, 0)
	}
	return fmt.Errorf("nothing is known of %s", what)
}

// canBind makes a socket, gives it an address where one is given, and closes it.
func (w world) canBind(f sockets.Family, k sockets.Kind, proto int, ip netip.Addr, port uint16) error {
	look := w.look()
	fd, err := look.Socket(f, k, proto)
	if err != nil {
		return err
	}
	defer look.Close(fd)
	if ip.IsValid() {
		return look.Bind(fd, sockets.IPAddress(ip, port))
	}
	return nil
}

// FreePort is a port below those that the kernel gives to clients: no connect takes it meanwhile.
func (w world) FreePort() (int, error) {
	var err error
	for range 50 {
		port := 20000 + rand.IntN(12000)
		if err = w.portFree(port); err == nil {
			return port, nil
		}
	}
	return 0, err
}

// IsFree reports whether a port of 127.0.0.1 can be bound.
func (w world) IsFree(port int) bool { return w.portFree(port) == nil }

// portFree says why a port cannot be bound, of TCP or of UDP.
func (w world) portFree(port int) error {
	loopback := netip.AddrFrom4([4]byte{127, 0, 0, 1})
	if err := w.canBind(sockets.INET, sockets.Stream, 0, loopback, uint16(port)); err != nil {
		return err
	}
	return w.canBind(sockets.INET, sockets.Dgram, 0, loopback, uint16(port))
}

// TempPath is a path in the folder for temporary files.
func (w world) TempPath() (string, error) {
	for {
		path := filepath.Join(os.TempDir(), fmt.Sprintf("sockstep-%06d", rand.IntN(1e6)))
		if there, err := w.Exists(path); !there {
			return path, err
		}
	}
}
