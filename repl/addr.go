package repl

import (
	"net/netip"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// An AddressSpec is an address as written, before names are looked up.
type AddressSpec struct {
	Host     string // "" for every interface
	Port     string // a number or a service's name
	Path     string // AF_UNIX
	Abstract bool
	Unix     bool
	Family   sockets.Family  // where brackets or colons say so: AF_INET6
	Address  sockets.Address // ready, where it came from a kept value
}

// ReadAddress reads an address from one word, or from two: HOST:PORT, HOST PORT, [::1]:80, :PORT, *:PORT, 127.0.0.1:http,
// Python's ('127.0.0.1', 80); a path with a /, unix:NAME, or @name. used says how many words it took.
// onUnix: it is meant for an AF_UNIX socket, where any other word is a path too.
func ReadAddress(ws []Word, onUnix bool) (spec AddressSpec, used int, err *sockets.Error) {
	w := ws[0]
	if w.Value != nil && w.Value.Addr != nil {
		return AddressSpec{Address: *w.Value.Addr, Unix: w.Value.Addr.Family == sockets.UNIX, Family: w.Value.Addr.Family}, 1, nil
	}
	text := w.Text
	switch {
	case w.Tuple:
		spec, err = readTuple(w)
		return spec, 1, err
	case strings.HasPrefix(text, "unix:"):
		return unixSpec(text[len("unix:"):]), 1, nil
	case strings.HasPrefix(text, "@") || strings.HasPrefix(text, "\x00"):
		return unixSpec(text), 1, nil
	case strings.Contains(text, "/"):
		if err := aURL(w); err != nil && !onUnix {
			return spec, 1, err
		}
		return unixSpec(text), 1, nil
	}
	if i := firstWide(w.Raw, false); i >= 0 && !onUnix { // no name server is to be asked for it
		err := wideError(w.Raw, i, narrowed(w.Raw))
		return spec, 1, err.At(w.Col+err.Col, err.Width)
	}
	host, port, ok := cutPort(text)
	if ok {
		if port == "" {
			err := portMissing(w, host)
			if _, nan := strconv.ParseUint(follows(ws), 10, 16); nan == nil {
				err.Hint(names.T(text+ws[1].Text, text+ws[1].Text)) // 127.0.0.1: 80
			}
			return spec, 1, err
		}
		if err := checkPort(w, port); err != nil {
			if onUnix {
				return unixSpec(text), 1, nil
			}
			return spec, 1, err
		}
		return hostSpec(host, port), 1, nil
	}
	if onUnix {
		return unixSpec(text), 1, nil
	}
	if len(ws) < 2 || strings.HasPrefix(ws[1].Raw, "-") {
		return spec, 1, portMissing(w, host)
	}
	if host, port := strings.TrimPrefix(host, "("), strings.TrimSuffix(ws[1].Text, ")"); host != text && port != ws[1].Text {
		line := strings.TrimSuffix(host, ",") + ":" + port
		return spec, 2, w.Err(names.T("in Python's brackets the host stands in quotes; here neither is needed", "Python 的括号里主机要加引号；这里两者都不用写")).Hint(names.T(line, line))
	}
	if port, colon := strings.CutPrefix(ws[1].Text, ":"); colon { // 127.0.0.1 : 8888
		if port == "" {
			port = follows(ws[1:])
		}
		_, service := names.LookupService(port, "tcp")
		if _, err := strconv.ParseUint(port, 10, 16); err == nil || service {
			line, end := host+":"+port, ws[1]
			if end.Text == ":" {
				end = ws[2]
			}
			return spec, 2, sockets.Usage(names.T("host, colon and port are one word, without blanks", "主机、冒号和端口连着写，中间没有空格")).
				At(w.Col, end.Col+len(end.Raw)-w.Col).Hint(names.T(line, line))
		}
	}
	if err := checkPort(ws[1], ws[1].Text); err != nil {
		return spec, 2, err
	}
	return hostSpec(host, ws[1].Text), 2, nil
}

// follows is the word behind the first, "" for none.
func follows(ws []Word) string {
	if len(ws) < 2 {
		return ""
	}
	return ws[1].Text
}

func unixSpec(path string) AddressSpec {
	if name, ok := strings.CutPrefix(path, "@"); ok {
		return AddressSpec{Unix: true, Abstract: true, Path: name}
	}
	if name, ok := strings.CutPrefix(path, "\x00"); ok {
		return AddressSpec{Unix: true, Abstract: true, Path: name}
	}
	return AddressSpec{Unix: true, Path: path}
}

func hostSpec(host, port string) AddressSpec {
	s := AddressSpec{Host: host, Port: port}
	if h, ok := strings.CutPrefix(host, "["); ok {
		s.Host, s.Family = strings.TrimSuffix(h, "]"), sockets.INET6
	} else if strings.Contains(host, ":") {
		s.Family = sockets.INET6
	}
	if s.Host == "*" {
		s.Host = ""
	}
	return s
}

// cutPort splits HOST:PORT; not ok where there is no port. A bare IPv6 address has no port: its colons are its own.
func cutPort(s string) (host, port string, ok bool) {
	if strings.HasPrefix(s, "[") {
		i := strings.LastIndex(s, "]")
		if i >= 0 && strings.HasPrefix(s[i+1:], ":") {
			return s[:i+1], s[i+2:], true
		}
		return s, "", false
	}
	switch strings.Count(s, ":") {
	case 0:
		return s, "", false
	case 1:
		host, port, _ = strings.Cut(s, ":")
		return host, port, true
	}
	return s, "", false
}

func portMissing(w Word, host string) *sockets.Error {
	if host == "" || host == "*" {
		host = ""
	}
	if _, err := strconv.Atoi(host); err == nil {
		e := w.Err(names.T("this is a port; an address is a host and a port", "这只是端口；地址由主机和端口组成"))
		return e.Hint(names.T("127.0.0.1:"+host+", or :"+host+" for every interface", "127.0.0.1:"+host+"，或 :"+host+" 表示所有网卡"))
	}
	if line := respelled(host); line != "" {
		return w.Err(names.T("between host and port stands a colon or a blank", "主机和端口之间写冒号或空格")).Hint(names.T(line, line))
	}
	e := w.Err(names.T("the port is missing", "缺少端口"))
	switch {
	case strings.HasPrefix(host, "[") && !strings.Contains(host, "]"):
		e = w.Err(names.T("this bracket is never closed", "这个括号没有闭合"))
		host += "]"
	case strings.Contains(host, ":") && !strings.HasPrefix(host, "["):
		if line := bracketed(host); line != "" {
			return e.Because(names.T("without brackets every colon belongs to the IPv6 address", "不写方括号时，每个冒号都属于 IPv6 地址")).Hint(names.T(line, line))
		}
		if line := uncolonned(host); line != "" {
			return w.Err(names.T("there is a colon too many", "多了一个冒号")).Hint(names.T(line, line))
		}
		if _, err := netip.ParseAddr(host); err != nil {
			return e.Hint(names.T("[::1]:8888", "[::1]:8888"))
		}
		host = "[" + host + "]"
	}
	if host != "" && !strings.ContainsAny(host, ".:[") {
		e.Because(names.T("a file's path needs a /: ./"+host, "如果是文件路径，要带 /：./"+host))
	}
	return e.Hint(names.T(host+":8888, or "+host+":http", host+":8888，或 "+host+":http"))
}

// respelled is HOST:PORT for what stands in round brackets without quotes, or is parted by another sign than a colon; "" for
// anything else.
func respelled(s string) string {
	s = strings.TrimSuffix(strings.TrimPrefix(s, "("), ")")
	i := strings.LastIndexAny(s, ",;]")
	if i < 1 || i+1 == len(s) || strings.Trim(s[i+1:], "0123456789") != "" {
		return ""
	}
	host, port := s[:i], s[i+1:]
	if s[i] == ']' {
		host = s[:i+1]
	}
	return host + ":" + port
}

// bracketed is [HOST]:PORT for an IPv6 address whose last colon seems to part the port: ::1:8888. "" for anything else.
func bracketed(s string) string {
	i := strings.LastIndex(s, ":")
	if i < 0 {
		return ""
	}
	ip, err := netip.ParseAddr(s[:i])
	if _, perr := strconv.ParseUint(s[i+1:], 10, 16); err != nil || perr != nil || !ip.Is6() {
		return ""
	}
	return "[" + s[:i] + "]:" + s[i+1:]
}

// uncolonned is HOST:PORT for an IPv4 address or a name with a colon too many: 127.0.0.1:8888:. "" for anything else.
func uncolonned(s string) string {
	parts := strings.FieldsFunc(s, func(r rune) bool { return r == ':' })
	switch {
	case len(parts) == 1 && strings.HasPrefix(s, ":") && !strings.HasPrefix(s, "::"):
		parts = []string{"", parts[0]}
	case len(parts) != 2 || strings.HasPrefix(s, ":"):
		return ""
	}
	_, ip := netip.ParseAddr(parts[0])
	if _, port := strconv.ParseUint(parts[1], 10, 16); port != nil || ip != nil && parts[0] != "" && strings.Trim(parts[0], "0123456789abcdefABCDEF") == "" {
		return ""
	}
	return parts[0] + ":" + parts[1]
}

// aURL is the error for a URL where an address is wanted; nil for anything else.
func aURL(w Word) *sockets.Error {
	scheme, rest, ok := strings.Cut(w.Text, "://")
	if !ok || scheme == "" || strings.Trim(strings.ToLower(scheme), "abcdefghijklmnopqrstuvwxyz") != "" {
		return nil
	}
	host, _, _ := strings.Cut(rest, "/")
	if _, _, given := cutPort(host); !given {
		port := strings.ToLower(scheme)
		if _, known := names.LookupService(port, "tcp"); !known {
			port = "8888"
		}
		host += ":" + port
	}
	return w.Err(names.T("this is a URL; an address is a host and a port", "这是 URL；地址由主机和端口组成")).Hint(names.T(host, host))
}

// checkPort refuses what can be no port: a number out of 0 to 65535, or no name at all.
func checkPort(w Word, port string) *sockets.Error {
	at := func(m names.Text) *sockets.Error {
		if i := strings.LastIndex(w.Raw, port); i >= 0 && port != "" {
			return sockets.Usage(m).At(w.Col+i, len(port))
		}
		return w.Err(m)
	}
	if n, err := strconv.Atoi(port); err == nil || strings.Trim(port, "-0123456789") == "" {
		if err != nil || n < 0 || n > 65535 {
			return at(names.T("a port is a number from 0 to 65535", "端口是 0 到 65535 的整数")).
				Hint(names.T("0 lets the kernel choose", "0 表示让内核选择"))
		}
		return nil
	}
	for _, r := range port {
		if !(r == '-' || r == '_' || r == '+' || r == '.' || r == '*' || r >= '0' && r <= '9' || r >= 'a' && r <= 'z' || r >= 'A' && r <= 'Z') {
			return at(names.T("this is neither a port number nor a service's name", "这既不是端口号，也不是服务名"))
		}
	}
	return nil
}

// readTuple reads ('127.0.0.1', 8888), as Python writes an address.
func readTuple(w Word) (AddressSpec, *sockets.Error) {
	inner := strings.TrimSuffix(strings.TrimPrefix(w.Text, "("), ")")
	host, rest, ok := strings.Cut(inner, ",")
	port, rest, _ := strings.Cut(rest, ",")
	host, port = strings.Trim(strings.TrimSpace(host), `'"`), strings.TrimSpace(port)
	if !ok || port == "" {
		return AddressSpec{}, w.Err(names.T("an address in brackets is a host and a port: ('127.0.0.1', 8888)", "括号里的地址是主机和端口：('127.0.0.1', 8888)"))
	}
	if err := checkPort(w, port); err != nil {
		return AddressSpec{}, err
	}
	if _, scope, ok := strings.Cut(rest, ","); ok && strings.Contains(host, ":") { // ('fe80::1', 80, flowinfo, scope_id)
		if scope = strings.TrimSpace(scope); scope != "0" && scope != "" {
			host += "%" + scope
		}
	}
	return hostSpec(host, port), nil
}
