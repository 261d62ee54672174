package commands

import (
	"net/netip"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// pythonGet is getsockopt in Python: an int comes as it is, a struct as bytes to unpack.
func pythonGet(s string, opt names.Option) string {
	args := s + ".getsockopt(" + pythonLevel(opt) + ", " + opt.Name
	switch opt.Type {
	case names.Bool, names.Int, names.Byte, names.Descriptor:
		return args + ")"
	case names.Uint32:
		return "struct.unpack('I', " + args + ", 4))[0]"
	case names.Uint64:
		return "struct.unpack('Q', " + args + ", 8))[0]"
	case names.Duration:
		return "struct.unpack('ll', " + args + ", 16))"
	case names.Linger:
		return "struct.unpack('ii', " + args + ", 8))"
	case names.Ucred:
		return "struct.unpack('3i', " + args + ", 12))"
	case names.InAddr:
		return "inet_ntoa(" + args + ", 4))"
	case names.String:
		return args + ", 256).rstrip(b'\\0').decode()"
	}
	return args + ", 1024)" // Python takes no longer buffer
}

// pythonSet is setsockopt in Python, with the value that the call was made with; "" where it would take more than a line.
func pythonSet(s string, opt names.Option, asked string, words []string) string {
	value, meaning := "", ""
	switch opt.Type {
	case names.Bool, names.Int, names.Byte, names.Uint32, names.Descriptor:
		value = strings.Trim(asked, "[]")
		if v, named := opt.LookupValue(words[0]); named && asked != "" { // none of these is a name of Python's
			value, meaning = v.Name, v.Name+" = "+value+"; "
		}
	case names.Uint64:
		value = "struct.pack('Q', " + strings.Trim(asked, "[]") + ")"
	case names.String:
		value = sockets.PyBytes([]byte(strings.Join(words, "")))
	case names.Duration:
		value = packed(asked, "l")
	case names.Linger, names.Mreq, names.MreqSource, names.Mreq6, names.InAddr:
		value = packed(asked, "i")
	}
	if value == "" || asked == "" {
		return ""
	}
	return defined(opt) + meaning + s + ".setsockopt(" + pythonLevel(opt) + ", " + opt.Name + ", " + value + ")"
}

// packed turns the members of a shown struct, {l_onoff=1, l_linger=30}, into the Python that packs them.
func packed(shown, code string) string {
	var parts, ints []string
	flush := func() {
		if len(ints) > 0 {
			parts = append(parts, "struct.pack('"+strings.Repeat(code, len(ints))+"', "+strings.Join(ints, ", ")+")")
			ints = nil
		}
	}
	for member := range strings.SplitSeq(strings.Trim(shown, "{}"), ", ") {
		name, value, _ := strings.Cut(member, "=")
		if _, err := strconv.ParseInt(value, 10, 64); err == nil {
			if name != "imr_ifindex" || value != "0" { // without it, it is the textbook's struct ip_mreq
				ints = append(ints, value)
			}
			continue
		}
		flush()
		ip, err := netip.ParseAddr(value)
		switch {
		case err != nil:
			return ""
		case ip.Is4():
			parts = append(parts, "inet_aton('"+value+"')")
		default:
			parts = append(parts, "inet_pton(AF_INET6, '"+value+"')")
		}
	}
	flush()
	return strings.Join(parts, " + ")
}
