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
		tv = timeval(d)
	}
	raw := append([]byte(nil), unsafe.Slice((*byte)(unsafe.Pointer(&tv)), unsafe.Sizeof(tv))...)
	return raw, card(num("tv_sec", int64(tv.Sec)), num("tv_usec", int64(tv.Usec))), nil
}

// timeval is a duration as the kernel takes it: tv_usec counts from tv_sec upwards, also where that is negative, and what is
// less than a microsecond is one, for 0 means for ever.
func timeval(d time.Duration) (tv unix.Timeval) {
	micros := int64(d / time.Microsecond)
	if d > 0 && d%time.Microsecond != 0 {
		micros++
	}
	sec, usec := micros/1e6, micros%1e6
	if usec < 0 {
		sec, usec = sec-1, usec+1e6
	}
	setTimeval(&tv, sec, usec)
	return tv
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
