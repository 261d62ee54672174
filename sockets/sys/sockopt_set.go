//go:build unix

package sys

import (
	"encoding/binary"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Setsockopt is setsockopt(2), with the value made of words as the option's type says:
//
//	bool            1 0 on off yes no true false
//	int, …          42 -1 0x10, a name of the manual (IP_PMTUDISC_DO), several joined by |
//	duration        1.5 500ms 2s, or tv_sec=1 tv_usec=500000
//	linger          1 30, on 30, off, or l_onoff=1 l_linger=30
//	ip_mreqn        group [local address] [interface]
//	ip_mreq_source  group, interface's address, source
//	ipv6_mreq       group [interface]
//	group_req       interface, group (and source)
//	string          the word
//	sock_fprog      instructions as code,jt,jf,k
//	list, bytes     the words; bytes as 0x… or as they are
//
// The members of a struct can be named, too: imr_multiaddr=224.0.0.1. A word that fits nowhere gives a [WordError]
// and no call.
func (c Caller) Setsockopt(fd sockets.FD, opt names.Option, words []string) error {
	level, num, ok := numbers(opt)
	if !ok {
		return unsupported("this system has no " + opt.Name)
	}
	if len(words) == 0 && opt.Type != names.String && opt.Type != names.ICMPFilter {
		return missing(0, names.T("{opt} needs a value", "{opt} 需要一个值"), "opt", opt.Name)
	}
	raw, v, err := encoder{c, fd}.encode(opt, words)
	if err != nil {
		return err
	}
	var program *sockFprog
	if opt.Type == names.Filter {
		program = &sockFprog{Len: uint16(len(raw) / 8), Filter: (*sockFilter)(unsafe.Pointer(unsafe.SliceData(raw)))}
	}
	_, err = c.call("setsockopt", func() (uintptr, unix.Errno) {
		if program != nil {
			r, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(num),
				uintptr(unsafe.Pointer(program)), unsafe.Sizeof(*program), 0)
			return r, errno
		}
		r, _, errno := unix.Syscall6(unix.SYS_SETSOCKOPT, uintptr(fd), uintptr(level), uintptr(num),
			uintptr(unsafe.Pointer(unsafe.SliceData(raw))), uintptr(len(raw)), 0)
		return r, errno
	}, func(bool) string { return string(with(fd).option(opt).text(", ").value(v)) })
	return err
}

// An encoder makes values of words for one socket, which it also asks for the numbers of interfaces.
type encoder struct {
	c  Caller
	fd sockets.FD
}

// encode makes the value of words: the kernel's bytes, and the value to show.
func (e encoder) encode(opt names.Option, words []string) ([]byte, sockets.Value, error) {
	one := func() (string, error) {
		if len(words) > 1 {
			return "", wrong(1, words[1], names.T("{opt} takes one value", "{opt} 只要一个值"), "opt", opt.Name)
		}
		return words[0], nil
	}
	switch opt.Type {
	case names.Bool, names.Int, names.Byte, names.Uint32, names.Descriptor:
		w, err := one()
		if err != nil {
			return nil, sockets.Value{}, err
		}
		n, err := e.numberOf(opt, w, 0)
		if err != nil {
			return nil, sockets.Value{}, err
		}
		low, high := int64(math.MinInt32), int64(math.MaxUint32)
		if opt.Type == names.Uint32 {
			low = 0
		}
		if n < low || n > high {
			return nil, sockets.Value{}, wrong(0, w, names.T("{word} does not fit in 32 bits", "{word} 超出了 32 位的范围"))
		}
		raw := binary.NativeEndian.AppendUint32(nil, uint32(n))
		if bigEndianIndex(opt.Name) {
			binary.BigEndian.PutUint32(raw, uint32(n))
		}
		return raw, sockets.IntOf(n), nil
	case names.Uint64:
		w, err := one()
		if err != nil {
			return nil, sockets.Value{}, err
		}
		n, err := e.numberOf(opt, w, 0)
		v := sockets.IntOf(n)
		v.Text = strconv.FormatUint(uint64(n), 10)
		return binary.NativeEndian.AppendUint64(nil, uint64(n)), v, err
	case names.String:
		w := ""
		if len(words) > 0 {
			var err error
			if w, err = one(); err != nil {
				return nil, sockets.Value{}, err
			}
		}
		return []byte(w), sockets.TextOf(w), nil
	case names.Duration:
		return encodeDuration(words)
	case names.Linger:
		return encodeLinger(words)
	case names.InAddr:
		if len(words) == 1 && !strings.Contains(words[0], "=") {
			if ip, err := netip.ParseAddr(words[0]); err == nil && ip.Is4() {
				a := ip.As4()
				return a[:], card(addrField("in_addr", ip)), nil
			}
			if i, ok := e.c.interfaceIndex(e.fd, words[0]); ok {
				return e.encodeMreqn([]string{"imr_multiaddr=0.0.0.0", "imr_ifindex=" + strconv.FormatInt(i, 10)})
			}
			return nil, sockets.Value{}, wrong(0, words[0], names.T("{word} is neither an IPv4 address nor an interface", "{word} 既不是 IPv4 地址，也不是网络接口"))
		}
		return e.encodeMreqn(words)
	case names.Mreq:
		return e.encodeMreqn(words)
	case names.MreqSource:
		return encodeMreqSource(words)
	case names.Mreq6:
		return e.encodeMreq6(words)
	case names.GroupReq, names.GroupSource:
		return e.encodeGroup(words, opt.Type == names.GroupSource)
	case names.Ucred:
		return encodeInts(words, "pid", "uid", "gid")
	case names.ICMPFilter:
		var mask uint32
		var blocked []sockets.Value
		for i, w := range words {
			n, err := strconv.ParseUint(w, 0, 5)
			if err != nil {
				return nil, sockets.Value{}, wrong(i, w, names.T("{word} is no ICMP type from 0 to 31", "{word} 不是 0 到 31 的 ICMP 类型"))
			}
			mask |= 1 << n
			blocked = append(blocked, sockets.IntOf(int64(n)))
		}
		return binary.NativeEndian.AppendUint32(nil, mask), sockets.ListOf(blocked...), nil
	case names.Filter:
		return encodeFilter(words)
	case names.List:
		var raw []byte
		var list []sockets.Value
		for i, w := range words {
			n, err := e.numberOf(opt, w, i)
			if err != nil {
				return nil, sockets.Value{}, err
			}
			raw = binary.NativeEndian.AppendUint32(raw, uint32(n))
			list = append(list, sockets.IntOf(n))
		}
		return raw, sockets.ListOf(list...), nil
	}
	w, err := one()
	if err != nil {
		return nil, sockets.Value{}, err
	}
	raw := []byte(w)
	if digits, ok := strings.CutPrefix(w, "0x"); ok {
		raw = nil
		for ; len(digits) >= 2; digits = digits[2:] {
			n, err := strconv.ParseUint(digits[:2], 16, 8)
			if err != nil {
				break
			}
			raw = append(raw, byte(n))
		}
		if digits != "" {
			return nil, sockets.Value{}, wrong(0, w, names.T("{word} is not pairs of hexadecimal digits", "{word} 不是成对的十六进制数字"))
		}
	}
	return raw, sockets.BytesOf(raw), nil
}

// numberOf reads a number: in any of Go's notations, as a name of the option's, or as on and off.
func (e encoder) numberOf(opt names.Option, word string, index int) (int64, error) {
	if n, err := strconv.ParseInt(word, 0, 64); err == nil {
		return n, nil
	}
	if n, err := strconv.ParseUint(word, 0, 64); err == nil {
		return int64(n), nil // the upper half of 64 bits
	}
	if opt.Type == names.Bool {
		if on, ok := onOff(word); ok {
			return on, nil
		}
		return 0, wrong(index, word, names.T("{opt} is on or off: {word} is neither", "{opt} 只能是 on 或 off，不能是 {word}"), "opt", opt.Name)
	}
	if isInterface(opt.Name) {
		if i, ok := e.c.interfaceIndex(e.fd, word); ok {
			return i, nil
		}
		return 0, wrong(index, word, names.T("{word} is no interface", "没有叫 {word} 的网络接口"))
	}
	var n int64
	for name := range strings.SplitSeq(word, "|") {
		v, ok := opt.LookupValue(name)
		k, known := constants[v.Name]
		switch {
		case ok && known:
			n |= int64(k)
		case ok:
			return 0, unsupported("this system has no " + v.Name)
		case len(opt.Values) > 0:
			if near, ok := names.Nearest(name, valueNames(opt)); ok {
				return 0, wrong(index, word, names.T("{opt} has no value {word}: did you mean {near}?", "{opt} 没有 {word} 这个值，是不是 {near}？"), "opt", opt.Name, "near", near)
			}
			return 0, wrong(index, word, names.T("{opt} has no value {word}", "{opt} 没有 {word} 这个值"), "opt", opt.Name)
		default:
			return 0, wrong(index, word, names.T("{opt} is a number: {word} is none", "{opt} 是一个数，{word} 不是"), "opt", opt.Name)
		}
	}
	return n, nil
}

func valueNames(opt names.Option) []string {
	all := make([]string, len(opt.Values))
	for i, v := range opt.Values {
		all[i] = v.Name
	}
	return all
}

func onOff(word string) (int64, bool) {
	switch strings.ToLower(word) {
	case "1", "on", "yes", "true":
		return 1, true
	case "0", "off", "no", "false":
		return 0, true
	}
	return 0, false
}

// isInterface reports whether the option's number is the index of an interface.
func isInterface(name string) bool {
	switch name {
	case "IPV6_MULTICAST_IF", "IP_UNICAST_IF", "IPV6_UNICAST_IF", "SO_BINDTOIFINDEX":
		return true
	}
	return false
}

// bigEndianIndex reports whether the option's number is in network byte order, of all places.
func bigEndianIndex(name string) bool { return name == "IP_UNICAST_IF" || name == "IPV6_UNICAST_IF" }

func wrong(index int, word string, message names.Text, pairs ...string) error {
	return &WordError{Index: index, Message: message.Fill(append(pairs, "word", strconv.Quote(word))...)}
}

func missing(index int, message names.Text, pairs ...string) error {
	return &WordError{Index: index, Message: message.Fill(pairs...)}
}
