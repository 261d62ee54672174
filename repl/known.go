package repl

import (
	"errors"
	"fmt"
	"net/netip"
	"slices"

	"sockstep/sockets"
)

// A Known is what the kernel knows of a socket beside what its descriptor tells: one of the three, as its kind is.
type Known struct {
	TCP  *sockets.KernelTCP
	UDP  *sockets.KernelUDP
	Unix *sockets.KernelUnix
}

// Mem is the socket's memory, nil where it is not known.
func (n Known) Mem() *sockets.Mem {
	switch {
	case n.TCP != nil:
		return n.TCP.Mem
	case n.UDP != nil:
		return n.UDP.Mem
	case n.Unix != nil:
		return n.Unix.Mem
	}
	return nil
}

// Known asks what the kernel knows of k: also where k was closed, and its connection lives on. sockets.ErrGone where the kernel
// has no such socket, as of one without a port.
func (e *Env) Known(k *sockets.Socket) (n Known, err error) {
	kernel, err := e.Kernel(k)
	if err != nil {
		return n, err
	}
	switch k.KindName() {
	case "tcp":
		local, peer := e.ends(k)
		if !local.IsValid() {
			break
		}
		t, err := kernel.TCP(local, peer)
		if errors.Is(err, sockets.ErrGone) && peer.IsValid() && k.Peer.IsZero() {
			t, err = kernel.TCP(local, netip.AddrPort{}) // the connect is over, and only the port is left
		}
		if err == nil && k.FD < 0 && another(k, t.State) {
			err = fmt.Errorf("%s: %w", k.Name, sockets.ErrGone)
		}
		n.TCP = &t
		return n, err
	case "udp":
		local, peer := e.ends(k)
		if !local.IsValid() {
			break
		}
		u, err := kernel.UDP(local, peer)
		n.UDP = &u
		return n, err
	case "unix", "unix-dgram", "unix-seqpacket":
		inode, err := kernel.Inode(k.FD)
		if err != nil {
			return n, err
		}
		u, err := kernel.Unix(inode)
		n.Unix = &u
		return n, err
	}
	return n, fmt.Errorf("%s: %w", k.Name, sockets.ErrGone)
}

// ends are the addresses under which the kernel has k; not valid where it has none. While connect waits, the peer is where
// it is bound for.
func (e *Env) ends(k *sockets.Socket) (local, peer netip.AddrPort) {
	own := k.Local
	if own.Port == 0 && k.FD >= 0 {
		own, _ = e.Sys.Scaffold().Getsockname(k.FD)
	}
	if own.Port == 0 {
		return local, peer
	}
	local = endpoint(own)
	other := k.Peer
	if other.IsZero() && k.Backlog < 0 && k.Kind == sockets.Stream {
		other = k.Toward
	}
	if other.IP.IsValid() {
		peer = endpoint(other)
	}
	return local, peer
}

// Followed reports whether k was closed, and its connection is still followed.
func (e *Env) Followed(k *sockets.Socket) bool {
	return slices.ContainsFunc(e.Session.after, func(l afterlife) bool { return l.socket == k })
}

// FollowedSockets are those, the first that was closed first.
func (e *Env) FollowedSockets() []*sockets.Socket {
	var all []*sockets.Socket
	for _, l := range e.Session.after {
		all = append(all, l.socket)
	}
	return all
}

// NameOf is how k is called; a closed socket by its own address, where its name has become another's.
func (e *Env) NameOf(k *sockets.Socket) string { return e.Session.nameOf(k) }

// PeerHere is who has the other end of k, where it is of this machine: a socket of this session, or a program. "" where it is not
// to be seen.
func (e *Env) PeerHere(k *sockets.Socket) (name string, pid int, program string) {
	if k.Partner != nil {
		return k.Partner.Name, 0, ""
	}
	kernel, err := e.Kernel(k)
	if err != nil {
		return "", 0, ""
	}
	var inode uint32
	switch {
	case k.Family == sockets.UNIX && k.FD >= 0:
		if n, err := e.Known(k); err == nil {
			inode = n.Unix.PeerInode
		}
	case k.KindName() == "tcp" && !k.Peer.IsZero() && e.Session.mayBeHere(k):
		t, err := kernel.TCP(endpoint(k.Peer), endpoint(k.Local))
		if err == nil && t.State != "LISTEN" {
			inode = t.Inode
		}
	}
	if inode == 0 {
		return "", 0, ""
	}
	if o := e.Session.withInode(kernel, k.Family, inode); o != nil {
		return o.Name, 0, ""
	}
	pid, program, err = kernel.Owner(inode)
	if err != nil {
		return "", 0, ""
	}
	return "", pid, program
}

// SocketWithInode is the socket of this session that has an inode, nil for none.
func (e *Env) SocketWithInode(k *sockets.Socket, inode uint32) *sockets.Socket {
	kernel, err := e.Kernel(k)
	if err != nil {
		return nil
	}
	return e.Session.withInode(kernel, k.Family, inode)
}

func (s *Session) withInode(kernel Kernel, family sockets.Family, inode uint32) *sockets.Socket {
	for _, o := range s.recent {
		if o.Family != family {
			continue
		}
		if n, err := kernel.Inode(o.FD); err == nil && n == inode {
			return o
		}
	}
	return nil
}
