//go:build unix

package sys

import (
	"strconv"

	"sockstep/sockets"
)

// A line is the arguments of a call as they are written. It is built on the stack.
type line []byte

// shown is how many bytes of a buffer are written, as strace has it.
const shown = 32

func (b line) int(n int64) line { return strconv.AppendInt(b, n, 10) }

func (b line) text(s string) line { return append(b, s...) }

func (b line) fd(fd sockets.FD) line { return strconv.AppendInt(b, int64(fd), 10) }

// bytes writes a buffer as strace does: quoted, at most 32 bytes and then "...".
func (b line) bytes(p []byte) line {
	if len(p) > shown {
		return append(b.quote(p[:shown]), "..."...)
	}
	return b.quote(p)
}

// quote writes all of p in quotes, what cannot be printed as in C, in octal where C has no letter for it.
func (b line) quote(p []byte) line {
	b = append(b, '"')
	for i, c := range p {
		switch {
		case c == '"' || c == '\\':
			b = append(b, '\\', c)
		case c >= ' ' && c < 0x7f:
			b = append(b, c)
		case c >= '\t' && c <= '\r':
			b = append(b, '\\', "tnvfr"[c-'\t'])
		default:
			b = append(b, '\\')
			// as short as the digit after it allows
			long := i+1 < len(p) && p[i+1] >= '0' && p[i+1] <= '9'
			if long || c >= 0o100 {
				b = append(b, '0'+c>>6)
			}
			if long || c >= 0o10 {
				b = append(b, '0'+c>>3&7)
			}
			b = append(b, '0'+c&7)
		}
	}
	return append(b, '"')
}

// address writes an address: 127.0.0.1:80, [::1]:80, "/tmp/s", @"name".
func (b line) address(a sockets.Address) line {
	switch a.Family {
	case sockets.INET:
		b = a.IP.AppendTo(b)
		b = append(b, ':')
		return strconv.AppendUint(b, uint64(a.Port), 10)
	case sockets.INET6:
		b = append(b, '[')
		b = a.IP.AppendTo(b)
		b = append(b, "]:"...)
		return strconv.AppendUint(b, uint64(a.Port), 10)
	case sockets.UNIX:
		switch {
		case a.Abstract:
			return append(b, '@').quote([]byte(a.Path))
		case a.Path == "":
			return b.text("{sa_family=AF_UNIX}")
		}
		return b.quote([]byte(a.Path))
	}
	return b.text("{sa_family=AF_UNSPEC}")
}

func (b line) flags(f sockets.MsgFlags) line {
	if f == 0 {
		return append(b, '0')
	}
	return append(b, f.String()...)
}

// with writes the arguments that begin with a socket.
func with(fd sockets.FD) line { return make(line, 0, 128).fd(fd) }
