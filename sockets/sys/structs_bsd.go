//go:build darwin || freebsd

package sys

import (
	"runtime"
	"strconv"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// mreqSourceFields are the members of struct ip_mreq_source, in C order, which differs between systems.
var mreqSourceFields = [3]string{"imr_multiaddr", "imr_sourceaddr", "imr_interface"}

// groupAt is where gr_group begins in struct group_req, which macOS packs.
var groupAt = map[bool]int{true: 4, false: 8}[runtime.GOOS == "darwin"]

const ucredSize = 4

func decodeUcred([]byte) (sockets.Value, bool) { return sockets.Value{}, false }

func decodeTCPInfo(_ names.Option, b []byte) sockets.Value { return sockets.BytesOf(b) }

// PeerCreds is getsockopt(2) of LOCAL_PEERCRED: whose the other end of an AF_UNIX socket is. The process is not told.
func (c Caller) PeerCreds(fd sockets.FD) (Creds, error) {
	var who Creds
	_, err := c.call("getsockopt", func() (uintptr, unix.Errno) {
		x, err := unix.GetsockoptXucred(int(fd), 0, unix.LOCAL_PEERCRED)
		if err != nil {
			return 0, err.(unix.Errno)
		}
		who = Creds{UID: int(x.Uid), GID: int(x.Groups[0])}
		return 0, 0
	}, func(bool) string { return string(with(fd).text(", SOL_LOCAL, LOCAL_PEERCRED")) })
	return who, err
}

func (c *Creds) control() ([]byte, error) {
	return nil, unsupported("this system sends no credentials with a message")
}

func parseCreds(*unix.SocketControlMessage) *Creds { return nil }

// control gives a control message as its numbers and bytes.
func control(level, kind int, b []byte) Control {
	return Control{Level: strconv.Itoa(level), Type: strconv.Itoa(kind), Value: sockets.BytesOf(b)}
}

// No BSD takes a filter on a socket: no option has this type there.
type (
	sockFilter struct{}
	sockFprog  struct {
		Len    uint16
		Filter *sockFilter
	}
)

func setTimeval(tv *unix.Timeval, sec, usec int64) {
	tv.Sec = sec
	setUsec(&tv.Usec, usec)
}

// setUsec sets a number whose size differs between the BSDs.
func setUsec[T int32 | int64](at *T, n int64) { *at = T(n) }
