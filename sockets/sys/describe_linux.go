package sys

import (
	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Describe asks what a descriptor is that came from elsewhere, by SO_DOMAIN, SO_TYPE and SO_PROTOCOL: socket(7).
// What is no socket is ENOTSOCK.
func (c Caller) Describe(fd sockets.FD) (f sockets.Family, k sockets.Kind, proto int, err error) {
	var n [3]int64
	for i, name := range []string{"SO_DOMAIN", "SO_TYPE", "SO_PROTOCOL"} {
		o, _ := names.LookupOption(name)
		v, err := c.Getsockopt(fd, o)
		if err != nil {
			return "", "", 0, err
		}
		n[i] = v.Int
	}
	f = map[int64]sockets.Family{unix.AF_INET: sockets.INET, unix.AF_INET6: sockets.INET6, unix.AF_UNIX: sockets.UNIX}[n[0]]
	k = map[int64]sockets.Kind{unix.SOCK_STREAM: sockets.Stream, unix.SOCK_DGRAM: sockets.Dgram,
		unix.SOCK_SEQPACKET: sockets.Seqpacket, unix.SOCK_RAW: sockets.Raw}[n[1]]
	if f == "" || k == "" {
		return "", "", 0, unsupported("a socket of this family or type")
	}
	if k == sockets.Stream || k == sockets.Dgram && n[2] == unix.IPPROTO_UDP {
		n[2] = 0 // the type says it already, as in socket(2)
	}
	return f, k, int(n[2]), nil
}
