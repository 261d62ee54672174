package diag

import (
	"encoding/binary"
	"errors"
	"iter"

	"golang.org/x/sys/unix"
)

// A header is struct nlmsghdr of netlink(7), which stands before every message.
type header struct {
	length    uint32 // with the header
	kind      uint16
	flags     uint16
	seq, from uint32
}

var errMalformed = errors.New("the answer is not what netlink(7) says it is")

// message makes a message of sock_diag.
func message(b []byte, flags uint16, seq uint32, payload []byte) []byte {
	b = binary.NativeEndian.AppendUint32(b, uint32(unix.NLMSG_HDRLEN+len(payload)))
	b = binary.NativeEndian.AppendUint16(b, unix.SOCK_DIAG_BY_FAMILY)
	b = binary.NativeEndian.AppendUint16(b, flags)
	b = binary.NativeEndian.AppendUint32(b, seq)
	b = binary.NativeEndian.AppendUint32(b, 0) // the kernel knows from whom it is
	return append(b, payload...)
}

// next takes the first message off what one recvfrom(2) gave.
func next(b []byte) (h header, payload, rest []byte, err error) {
	if len(b) < unix.NLMSG_HDRLEN {
		return header{}, nil, nil, errMalformed
	}
	n := binary.NativeEndian
	h = header{n.Uint32(b), n.Uint16(b[4:]), n.Uint16(b[6:]), n.Uint32(b[8:]), n.Uint32(b[12:])}
	if h.length < unix.NLMSG_HDRLEN || uint64(h.length) > uint64(len(b)) {
		return header{}, nil, nil, errMalformed
	}
	return h, b[unix.NLMSG_HDRLEN:h.length], b[min(aligned(int(h.length)), len(b)):], nil
}

// status is what NLMSG_ERROR and NLMSG_DONE begin with: 0, or an errno less than zero. An NLMSG_DONE of an old kernel has none.
func status(payload []byte) error {
	if len(payload) < 4 {
		return nil
	}
	if n := int32(binary.NativeEndian.Uint32(payload)); n < 0 {
		return unix.Errno(-n)
	}
	return nil
}

// attributes are the type and value of each attribute in b, as far as b is well formed.
func attributes(b []byte) iter.Seq2[uint16, []byte] {
	return func(yield func(uint16, []byte) bool) {
		for len(b) >= unix.SizeofNlAttr {
			n := int(binary.NativeEndian.Uint16(b))
			if n < unix.SizeofNlAttr || n > len(b) {
				return
			}
			kind := binary.NativeEndian.Uint16(b[2:]) &^ (unix.NLA_F_NESTED | unix.NLA_F_NET_BYTEORDER)
			if !yield(kind, b[unix.SizeofNlAttr:n]) {
				return
			}
			b = b[min(aligned(n), len(b)):]
		}
	}
}

// attribute appends one, padded.
func attribute(b []byte, kind uint16, value []byte) []byte {
	b = binary.NativeEndian.AppendUint16(b, uint16(unix.SizeofNlAttr+len(value)))
	b = binary.NativeEndian.AppendUint16(b, kind)
	b = append(b, value...)
	return append(b, make([]byte, aligned(len(value))-len(value))...)
}

func aligned(n int) int { return (n + unix.NLMSG_ALIGNTO - 1) &^ (unix.NLMSG_ALIGNTO - 1) }

// number is the value of an attribute that is one number, of whatever size.
func number(value []byte) uint32 {
	switch {
	case len(value) >= 4:
		return binary.NativeEndian.Uint32(value)
	case len(value) >= 1:
		return uint32(value[0])
	}
	return 0
}
