package diag

import (
	"encoding/binary"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// What a request may ask for beside struct unix_diag_msg, linux/unix_diag.h.
const (
	showName  = 0x01
	showPeer  = 0x04
	showIcons = 0x08
	showQueue = 0x10
	showMem   = 0x20
	showUID   = 0x40
)

// Attributes of an answer.
const (
	unixName     = 0
	unixPeer     = 2
	unixIcons    = 3
	unixQueue    = 4
	unixMem      = 5
	unixShutdown = 6
	unixUID      = 7
)

const (
	unixSize        = 16 // struct unix_diag_msg
	unixRequestSize = 24 // struct unix_diag_req
)

// Unix is the AF_UNIX socket with this inode: of [Diag.Inode], or from another's PeerInode. [ErrGone] says that there is none.
// It costs one sendto(2) and one recvfrom(2), and a list where some thousand clients wait for accept.
func (d *Diag) Unix(inode uint32) (s Unix, err error) {
	what := "unix socket " + strconv.FormatUint(uint64(inode), 10)
	err = d.do(func(x *exchange) error {
		if inode == 0 {
			return fmt.Errorf("sock_diag: a unix socket that waits for accept has no inode: %w", ErrGone)
		}
		found := false
		take := func(b []byte) {
			if one, ok := parseUnix(b); ok && one.Inode == inode {
				s, found = one, true
			}
		}
		const all = showName | showPeer | showIcons | showQueue | showMem | showUID
		err := x.ask(request{payload: unixRequest(anyState, inode, all), take: take})
		switch {
		case err == unix.EMSGSIZE: // so many wait: the kernel gives one answer a page at most, but in a list more
			err = x.ask(request{list: true, payload: unixRequest(1<<tcpListen, 0, all), take: take})
			if err == nil && !found { // too many for that, too
				err = x.ask(request{payload: unixRequest(anyState, inode, all&^showIcons), take: take})
			}
		case err == unix.ENOENT && !x.tellsUnix: // is it the socket that is missing, or the module?
			if err := x.ask(request{list: true, payload: unixRequest(0, 0, 0), take: take}); err != nil {
				return mute(what, err)
			}
		}
		x.tellsUnix = x.tellsUnix || err == nil || err == unix.ENOENT
		switch {
		case err == unix.ENOENT, err == nil && !found:
			return fmt.Errorf("sock_diag: %s: %w", what, ErrGone)
		case err != nil:
			return refused(what, err)
		}
		return nil
	})
	return s, err
}

// UnixName is all AF_UNIX sockets with this name: the one that was bound to it first, then those that were accepted from it, which
// have its name too. A path is compared as it was given to bind(2), and more than one may have been bound to it, one after
// the other. [ErrGone] says that there is none.
func (d *Diag) UnixName(name sockets.Address) ([]Unix, error) {
	all, err := d.UnixList()
	if err != nil {
		return nil, err
	}
	all = slices.DeleteFunc(all, func(s Unix) bool { return s.Name != name })
	if len(all) == 0 {
		return nil, fmt.Errorf("sock_diag: unix socket %s: %w", name, ErrGone)
	}
	slices.SortStableFunc(all, func(a, b Unix) int { return rank(a) - rank(b) })
	return all, nil
}

// rank sorts those first that may be what the name was bound for.
func rank(s Unix) int {
	switch s.State {
	case "LISTEN":
		return 0
	case "ESTABLISHED":
		return 2
	}
	return 1
}

// UnixList is all AF_UNIX sockets of this network namespace, without who waits for accept: [Diag.Unix] tells that.
func (d *Diag) UnixList() (all []Unix, err error) {
	err = d.do(func(x *exchange) error {
		err := x.ask(request{
			list: true, payload: unixRequest(anyState, 0, showName|showPeer|showQueue|showMem|showUID),
			begin: func() { all = all[:0] },
			take: func(b []byte) {
				if s, ok := parseUnix(b); ok {
					all = append(all, s)
				}
			},
		})
		if err != nil {
			return mute("unix sockets", err)
		}
		return nil
	})
	return all, err
}

// unixRequest is struct unix_diag_req.
func unixRequest(states, inode, show uint32) []byte {
	b := make([]byte, unixRequestSize)
	b[0] = unix.AF_UNIX
	n := binary.NativeEndian
	n.PutUint32(b[4:], states)
	n.PutUint32(b[8:], inode)
	n.PutUint32(b[12:], show)
	n.PutUint64(b[16:], noCookie)
	return b
}

// parseUnix reads an answer about an AF_UNIX socket.
func parseUnix(b []byte) (s Unix, ok bool) {
	if len(b) < unixSize {
		return Unix{}, false
	}
	n := binary.NativeEndian
	s = Unix{
		Name: sockets.Address{Family: sockets.UNIX}, Inode: n.Uint32(b[4:]),
		Cookie: uint64(n.Uint32(b[8:])) | uint64(n.Uint32(b[12:]))<<32,
	}
	switch b[1] {
	case unix.SOCK_STREAM:
		s.Kind, s.State = sockets.Stream, stateName(b[2])
	case unix.SOCK_DGRAM:
		s.Kind, s.State = sockets.Dgram, datagramState(b[2])
	case unix.SOCK_SEQPACKET:
		s.Kind, s.State = sockets.Seqpacket, stateName(b[2])
	default:
		s.State = stateName(b[2])
	}
	for kind, value := range attributes(b[unixSize:]) {
		switch kind {
		case unixName:
			s.Name = name(value)
		case unixPeer:
			s.PeerInode = number(value)
		case unixIcons:
			for r := (reader{value}); len(r.b) >= 4; {
				s.Pending = append(s.Pending, r.u32())
			}
		case unixQueue:
			r := reader{value}
			s.RecvQ, s.SendQ = r.u32(), r.u32()
		case unixMem:
			s.Mem = parseMem(value)
		case unixShutdown:
			s.Shutdown = Shutdown(number(value))
		case unixUID:
			s.UID = number(value)
		}
	}
	return s, true
}

// name is sun_path as bind(2) was given it: a path ends at its NUL, a name in the abstract namespace begins with one.
func name(b []byte) sockets.Address {
	a := sockets.Address{Family: sockets.UNIX}
	if len(b) > 0 && b[0] == 0 {
		a.Path, a.Abstract = string(b[1:]), true
		return a
	}
	a.Path, _, _ = strings.Cut(string(b), "\x00")
	return a
}
