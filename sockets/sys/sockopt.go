//go:build unix

package sys

import (
	"encoding/binary"
	"net/netip"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Getsockopt is getsockopt(2), with the value read as the option's type says:
//
//	bool, int, …   an int; Fields "name" tells the manual's name of the number, where it has one
//	linger, …      a card of the struct's members, under their names in C
//	tcp_info       a card, each number with its unit in its text ("201000 µs")
//	string         text
//	a list         a list of ints
//	anything else  bytes
//
// An option that cannot be read is asked for all the same: the refusal is the kernel's.
func (c Caller) Getsockopt(fd sockets.FD, opt names.Option) (sockets.Value, error) {
	level, num, ok := numbers(opt)
	if !ok {
		return sockets.Value{}, unsupported("this system has no " + opt.Name)
	}
	buf := make([]byte, room(opt))
	var v sockets.Value
	n := uint32(len(buf))
	unit := uint32(1)
	if opt.Type == names.Filter {
		unit = instruction // SO_GET_FILTER counts instructions, not bytes
	}
	n /= unit
	_, err := c.call("getsockopt", func() (uintptr, unix.Errno) {
		r, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(fd), uintptr(level), uintptr(num),
			uintptr(unsafe.Pointer(&buf[0])), uintptr(unsafe.Pointer(&n)), 0)
		if errno == 0 {
			v = decode(opt, buf[:min(int(n*unit), len(buf))])
		}
		return r, errno
	}, func(ok bool) string {
		b := with(fd).option(opt)
		if ok {
			b = b.text(", ").value(v)
		}
		return string(b)
	})
	if err != nil {
		return sockets.Value{}, err
	}
	return v, nil
}

// option writes a level and an option.
func (b line) option(opt names.Option) line {
	return b.text(", ").text(opt.Level).text(", ").text(opt.Name)
}

// value writes an option's value as strace does: [1], "cubic", {l_onoff=1, l_linger=30}.
func (b line) value(v sockets.Value) line {
	switch v.Type {
	case sockets.IntValue:
		return b.text("[").text(v.Text).text("]")
	case sockets.BytesValue:
		return b.bytes(v.Bytes)
	case sockets.TextValue:
		if v.Addr == nil {
			return b.quote([]byte(v.Text))
		}
	case sockets.CardValue:
		// a long struct is cut as strace cuts it
		fields := v.Fields
		b = append(b, '{')
		for i, f := range fields {
			if i > 0 {
				b = b.text(", ")
			}
			if i == 8 {
				b = b.text("...")
				break
			}
			b = b.text(f.Name).text("=").text(f.Value.Text)
		}
		return append(b, '}')
	}
	return b.text(v.Text)
}

// instruction is the size of a struct sock_filter.
const instruction = 8

// room is how many bytes a getsockopt of the option is ready for.
func room(opt names.Option) int {
	switch opt.Type {
	case names.Bool, names.Int, names.Byte, names.Uint32, names.Descriptor, names.InAddr, names.ICMPFilter:
		return 4
	case names.Uint64, names.Linger:
		return 8
	case names.Duration:
		return int(unsafe.Sizeof(unix.Timeval{}))
	case names.Ucred:
		return ucredSize
	case names.String:
		return 256
	case names.Filter:
		return unix.BPF_MAXINSNS * instruction
	}
	return 4096
}

// decode reads what the kernel wrote.
func decode(opt names.Option, b []byte) sockets.Value {
	switch opt.Type {
	case names.Bool, names.Int, names.Byte, names.Descriptor:
		n, ok := cint(b)
		if !ok {
			break
		}
		if bigEndianIndex(opt.Name) {
			n = int64(binary.BigEndian.Uint32(b))
		}
		return named(opt, n)
	case names.Uint32:
		n, ok := cint(b)
		if !ok {
			break
		}
		if bigEndianIndex(opt.Name) {
			n = int64(binary.BigEndian.Uint32(b))
		}
		return named(opt, int64(uint32(n)))
	case names.Uint64:
		switch len(b) {
		case 8:
			n := binary.NativeEndian.Uint64(b)
			v := named(opt, int64(n))
			v.Text = strconv.FormatUint(n, 10)
			return v
		case 4:
			return named(opt, int64(binary.NativeEndian.Uint32(b)))
		}
	case names.Duration:
		if len(b) >= int(unsafe.Sizeof(unix.Timeval{})) {
			var tv unix.Timeval
			copy(unsafe.Slice((*byte)(unsafe.Pointer(&tv)), unsafe.Sizeof(tv)), b)
			sec, usec := tv.Unix()
			return card(num("tv_sec", sec), num("tv_usec", usec/1000))
		}
	case names.Linger:
		if len(b) >= 8 {
			return card(num("l_onoff", int64(int32(binary.NativeEndian.Uint32(b)))), num("l_linger", int64(int32(binary.NativeEndian.Uint32(b[4:])))))
		}
	case names.String:
		s, _, _ := strings.Cut(string(b), "\x00")
		return sockets.TextOf(s)
	case names.InAddr:
		if len(b) == 4 {
			return sockets.TextOf(netip.AddrFrom4([4]byte(b)).String())
		}
	case names.Ucred:
		if v, ok := decodeUcred(b); ok {
			return v
		}
	case names.TCPInfo:
		return decodeTCPInfo(opt, b)
	case names.Filter:
		var words []string
		for ; len(b) >= instruction; b = b[instruction:] {
			w := line(nil).int(int64(binary.NativeEndian.Uint16(b))).text(",").int(int64(b[2])).text(",").int(int64(b[3]))
			words = append(words, string(w.text(",").int(int64(binary.NativeEndian.Uint32(b[4:])))))
		}
		return card(num("len", int64(len(words))), sockets.Field{Name: "filter", Value: sockets.TextOf(strings.Join(words, " "))})
	case names.ICMPFilter:
		if len(b) == 4 {
			var blocked []sockets.Value
			for mask, i := binary.NativeEndian.Uint32(b), 0; i < 32; i++ {
				if mask&(1<<i) != 0 {
					blocked = append(blocked, sockets.IntOf(int64(i)))
				}
			}
			return sockets.ListOf(blocked...)
		}
	case names.List:
		var list []sockets.Value
		for ; len(b) >= 4; b = b[4:] {
			list = append(list, sockets.IntOf(int64(binary.NativeEndian.Uint32(b))))
		}
		return sockets.ListOf(list...)
	}
	return sockets.BytesOf(b)
}

// cint reads a C int, or the single byte that some options are.
func cint(b []byte) (int64, bool) {
	switch {
	case len(b) >= 4:
		return int64(int32(binary.NativeEndian.Uint32(b))), true
	case len(b) == 1:
		return int64(b[0]), true
	}
	return 0, false
}

// named is a number, with its name in the manual in Fields.
func named(opt names.Option, n int64) sockets.Value {
	v := sockets.IntOf(n)
	if name := valueName(opt, n); name != "" {
		v.Fields = []sockets.Field{{Name: "name", Value: sockets.TextOf(name)}}
	}
	return v
}

func valueName(opt names.Option, n int64) string {
	if opt.Name == "SO_ERROR" {
		return errnoName(unix.Errno(n))
	}
	for _, v := range opt.Values {
		if k, ok := constants[v.Name]; ok && int64(k) == n {
			return v.Name
		}
	}
	// the names of several flags, where they make up all of the number
	var all []string
	rest := n
	for _, v := range opt.Values {
		if k, ok := constants[v.Name]; ok && k != 0 && rest&int64(k) == int64(k) {
			all = append(all, v.Name)
			rest &^= int64(k)
		}
	}
	if rest == 0 && len(all) > 1 {
		return strings.Join(all, "|")
	}
	return ""
}

// card is a struct, printed as strace prints one.
func card(fields ...sockets.Field) sockets.Value {
	v := sockets.CardOf(fields...)
	v.Text = string(line(nil).value(v))
	return v
}

func num(name string, n int64) sockets.Field {
	return sockets.Field{Name: name, Value: sockets.IntOf(n)}
}

// SocketError is getsockopt(2) of SO_ERROR: the error that waits on the socket, which asking clears; "" for none.
func (c Caller) SocketError(fd sockets.FD) (errno string, err error) {
	n, err := c.socketError(fd)
	return errnoName(n), err
}

func (c Caller) socketError(fd sockets.FD) (unix.Errno, error) {
	v, err := c.Getsockopt(fd, names.Option{Name: "SO_ERROR", Level: "SOL_SOCKET", Type: names.Int})
	return unix.Errno(v.Int), err
}

// Accepting is getsockopt(2) of SO_ACCEPTCONN: whether listen was called.
func (c Caller) Accepting(fd sockets.FD) (bool, error) {
	v, err := c.Getsockopt(fd, names.Option{Name: "SO_ACCEPTCONN", Level: "SOL_SOCKET", Type: names.Bool})
	return v.Int != 0, err
}

type optionNumber struct{ level, number int }

// OptionNumber gives the kernel's level and number of an option, by the name that the manual gives it.
func OptionNumber(name string) (level, number int, ok bool) {
	n, ok := optionNumbers[name]
	return n.level, n.number, ok
}

// numbers is OptionNumber at the option's own level: ip(7) and ipv6(7) share the names that begin with MCAST.
func numbers(opt names.Option) (level, number int, ok bool) {
	level, number, ok = OptionNumber(opt.Name)
	if l, known := levels[opt.Level]; known {
		level = l
	}
	return level, number, ok
}
