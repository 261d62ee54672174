//go:build unix

package sys

import (
	"encoding/binary"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"time"
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

// A member is one member of a struct as it was given: its word, and where that stands.
type member struct {
	word  string
	index int
}

func (m member) given() bool { return m.word != "" }

// members hands the words to the members of a struct, by name or in order.
func members(words []string, fields ...string) ([]member, error) {
	got := make([]member, len(fields))
	next := 0
	for i, w := range words {
		name, value, named := strings.Cut(w, "=")
		at := -1
		if named {
			for j, f := range fields {
				_, tail, _ := strings.Cut(f, "_")
				if strings.EqualFold(name, f) || strings.EqualFold(name, tail) {
					at = j
				}
			}
			if at < 0 {
				return nil, wrong(i, name, names.T("there is no member {word}: it has {fields}", "没有 {word} 这个成员，只有 {fields}"), "fields", strings.Join(fields, ", "))
			}
		} else {
			for next < len(got) && got[next].given() {
				next++
			}
			if at, value = next, w; at == len(fields) {
				return nil, wrong(i, w, names.T("{word} is one too many: it has {fields}", "{word} 是多余的，只有 {fields}"), "fields", strings.Join(fields, ", "))
			}
		}
		if got[at].given() {
			return nil, wrong(i, w, names.T("{fields} is given twice", "{fields} 给了两次"), "fields", fields[at])
		}
		got[at] = member{value, i}
	}
	for i := range got {
		if !got[i].given() {
			got[i].index = len(words)
		}
	}
	return got, nil
}

func (m member) int(name string) (int64, error) {
	if !m.given() {
		return 0, missing(m.index, names.T("{field} is missing", "缺少 {field}"), "field", name)
	}
	n, err := strconv.ParseInt(m.word, 0, 32)
	if err != nil {
		return 0, wrong(m.index, m.word, names.T("{field} is a number: {word} is none", "{field} 是一个数，{word} 不是"), "field", name)
	}
	return n, nil
}

func (m member) ip(name string, want func(netip.Addr) bool, family string) (netip.Addr, error) {
	if !m.given() {
		return netip.Addr{}, missing(m.index, names.T("{field} is missing", "缺少 {field}"), "field", name)
	}
	ip, err := netip.ParseAddr(m.word)
	if err != nil || !want(ip) {
		return ip, wrong(m.index, m.word, names.T("{field} is an {family} address: {word} is none", "{field} 是 {family} 地址，{word} 不是"), "field", name, "family", family)
	}
	return ip, nil
}

// iface is the index of an interface, 0 where none is given.
func (m member) iface(e encoder) (int64, error) {
	if !m.given() {
		return 0, nil
	}
	if n, err := strconv.ParseUint(m.word, 10, 31); err == nil {
		return int64(n), nil
	}
	i, ok := e.c.interfaceIndex(e.fd, m.word)
	if !ok {
		return 0, wrong(m.index, m.word, names.T("{word} is no interface", "没有叫 {word} 的网络接口"))
	}
	return i, nil
}

func encodeDuration(words []string) ([]byte, sockets.Value, error) {
	var tv unix.Timeval
	if strings.Contains(words[0], "=") || len(words) > 1 {
		fields := []string{"tv_sec", "tv_usec"}
		m, err := members(words, fields...)
		if err != nil {
			return nil, sockets.Value{}, err
		}
		var n [2]int64
		for i, f := range fields {
			if m[i].given() {
				if n[i], err = m[i].int(f); err != nil {
					return nil, sockets.Value{}, err
				}
			}
		}
		setTimeval(&tv, n[0], n[1]) // as they are: the kernel says EDOM to more than a second of microseconds
	} else {
		var d time.Duration
		if s, err := strconv.ParseFloat(words[0], 64); err == nil && math.Abs(s) < 1e9 {
			d = time.Duration(math.Round(s*1e6)) * time.Microsecond
		} else if d, err = time.ParseDuration(words[0]); err != nil {
			return nil, sockets.Value{}, wrong(0, words[0], names.T("{word} is no time: write seconds (1.5) or a unit (500ms)", "{word} 不是时间：写秒数（1.5）或带单位（500ms）"))
		}
		tv = unix.NsecToTimeval(int64(d))
	}
	raw := append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(&tv)), unsafe.Sizeof(tv))...)
	return raw, card(num("tv_sec", int64(tv.Sec)), num("tv_usec", int64(tv.Usec))), nil
}

func encodeLinger(words []string) ([]byte, sockets.Value, error) {
	m, err := members(words, "l_onoff", "l_linger")
	if err != nil {
		return nil, sockets.Value{}, err
	}
	on, ok := onOff(m[0].word)
	if !ok {
		if !m[0].given() {
			return nil, sockets.Value{}, missing(m[0].index, names.T("l_onoff is missing: on or off", "缺少 l_onoff：on 或 off"))
		}
		if on, err = m[0].int("l_onoff"); err != nil {
			return nil, sockets.Value{}, wrong(m[0].index, m[0].word, names.T("l_onoff is on or off: {word} is neither", "l_onoff 只能是 on 或 off，不能是 {word}"))
		}
	}
	var seconds int64
	if m[1].given() || on != 0 {
		if seconds, err = m[1].int("l_linger"); err != nil {
			return nil, sockets.Value{}, err
		}
	}
	raw := binary.NativeEndian.AppendUint32(nil, uint32(on))
	raw = binary.NativeEndian.AppendUint32(raw, uint32(seconds))
	return raw, card(num("l_onoff", on), num("l_linger", seconds)), nil
}

func (e encoder) encodeMreqn(words []string) ([]byte, sockets.Value, error) {
	// an interface may stand where the local address would
	if len(words) == 2 && !strings.Contains(words[1], "=") {
		if _, err := netip.ParseAddr(words[1]); err != nil {
			words = []string{words[0], "imr_ifindex=" + words[1]}
		}
	}
	m, err := members(words, "imr_multiaddr", "imr_address", "imr_ifindex")
	if err != nil {
		return nil, sockets.Value{}, err
	}
	group, err := m[0].ip("imr_multiaddr", netip.Addr.Is4, "IPv4")
	if err != nil {
		return nil, sockets.Value{}, err
	}
	local := netip.IPv4Unspecified()
	if m[1].given() {
		if local, err = m[1].ip("imr_address", netip.Addr.Is4, "IPv4"); err != nil {
			return nil, sockets.Value{}, err
		}
	}
	index, err := m[2].iface(e)
	if err != nil {
		return nil, sockets.Value{}, err
	}
	raw := append(group.AsSlice(), local.AsSlice()...)
	raw = binary.NativeEndian.AppendUint32(raw, uint32(index))
	return raw, card(addrField("imr_multiaddr", group), addrField("imr_address", local), num("imr_ifindex", index)), nil
}

func encodeMreqSource(words []string) ([]byte, sockets.Value, error) {
	fields := mreqSourceFields
	m, err := members(words, fields[:]...)
	if err != nil {
		return nil, sockets.Value{}, err
	}
	var raw []byte
	var v []sockets.Field
	for i, f := range fields {
		ip, err := m[i].ip(f, netip.Addr.Is4, "IPv4")
		if err != nil {
			return nil, sockets.Value{}, err
		}
		raw = append(raw, ip.AsSlice()...)
		v = append(v, addrField(f, ip))
	}
	return raw, card(v...), nil
}

func (e encoder) encodeMreq6(words []string) ([]byte, sockets.Value, error) {
	m, err := members(words, "ipv6mr_multiaddr", "ipv6mr_interface")
	if err != nil {
		return nil, sockets.Value{}, err
	}
	group, err := m[0].ip("ipv6mr_multiaddr", netip.Addr.Is6, "IPv6")
	if err != nil {
		return nil, sockets.Value{}, err
	}
	index, err := m[1].iface(e)
	if err != nil {
		return nil, sockets.Value{}, err
	}
	a := group.As16()
	raw := binary.NativeEndian.AppendUint32(a[:], uint32(index))
	return raw, card(addrField("ipv6mr_multiaddr", group), num("ipv6mr_interface", index)), nil
}

func (e encoder) encodeGroup(words []string, source bool) ([]byte, sockets.Value, error) {
	fields := []string{"gr_interface", "gr_group"}
	if source {
		fields = []string{"gsr_interface", "gsr_group", "gsr_source"}
	}
	m, err := members(words, fields...)
	if err != nil {
		return nil, sockets.Value{}, err
	}
	index, err := m[0].iface(e)
	if err != nil {
		return nil, sockets.Value{}, err
	}
	raw := make([]byte, groupAt)
	binary.NativeEndian.PutUint32(raw, uint32(index))
	v := []sockets.Field{num(fields[0], index)}
	for i := 1; i < len(fields); i++ {
		ip, err := m[i].ip(fields[i], netip.Addr.IsValid, "IP")
		if err != nil {
			return nil, sockets.Value{}, err
		}
		var sa sockaddr
		sa.set(sockets.IPAddress(ip, 0))
		raw = append(raw, sa.buf[:]...)
		v = append(v, addrField(fields[i], ip))
	}
	return raw, card(v...), nil
}

func encodeInts(words []string, fields ...string) ([]byte, sockets.Value, error) {
	m, err := members(words, fields...)
	if err != nil {
		return nil, sockets.Value{}, err
	}
	var raw []byte
	var v []sockets.Field
	for i, f := range fields {
		n, err := m[i].int(f)
		if err != nil {
			return nil, sockets.Value{}, err
		}
		raw = binary.NativeEndian.AppendUint32(raw, uint32(n))
		v = append(v, num(f, n))
	}
	return raw, card(v...), nil
}

// encodeFilter reads a classic BPF program as `tcpdump -ddd` and bpf_asm write it, a word an instruction.
func encodeFilter(words []string) ([]byte, sockets.Value, error) {
	var raw []byte
	for i, w := range words {
		parts := strings.Split(w, ",")
		if len(parts) != 4 {
			return nil, sockets.Value{}, wrong(i, w, names.T("{word} is no instruction: code,jt,jf,k", "{word} 不是一条指令：code,jt,jf,k"))
		}
		var n [4]uint64
		for j, bits := range []int{16, 8, 8, 32} {
			var err error
			if n[j], err = strconv.ParseUint(parts[j], 0, bits); err != nil {
				return nil, sockets.Value{}, wrong(i, w, names.T("{word} is no instruction: code,jt,jf,k", "{word} 不是一条指令：code,jt,jf,k"))
			}
		}
		raw = binary.NativeEndian.AppendUint16(raw, uint16(n[0]))
		raw = append(raw, byte(n[1]), byte(n[2]))
		raw = binary.NativeEndian.AppendUint32(raw, uint32(n[3]))
	}
	return raw, card(num("len", int64(len(words))), sockets.Field{Name: "filter", Value: sockets.TextOf(strings.Join(words, " "))}), nil
}

func addrField(name string, ip netip.Addr) sockets.Field {
	return sockets.Field{Name: name, Value: sockets.TextOf(ip.String())}
}

func wrong(index int, word string, message names.Text, pairs ...string) error {
	return &WordError{Index: index, Message: message.Fill(append(pairs, "word", strconv.Quote(word))...)}
}

func missing(index int, message names.Text, pairs ...string) error {
	return &WordError{Index: index, Message: message.Fill(pairs...)}
}
