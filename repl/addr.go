package repl

import (
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
		return unixSpec(text), 1, nil
	}
	if i := firstWide(w.Raw, false); i >= 0 && !onUnix { // no name server is to be asked for it
		err := wideError(w.Raw, i, narrowed(w.Raw))
		return spec, 1, err.At(w.Col+err.Col, err.Width)
	}
	host, port, ok := cutPort(text)
	if ok {
		if port == "" {
			return spec, 1, portMissing(w, host)
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
	if err := checkPort(ws[1], ws[1].Text); err != nil {
		return spec, 2, err
	}
	return hostSpec(host, ws[1].Text), 2, nil
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
	if before, after, ok := strings.Cut(host, ","); ok && strings.Trim(after, "0123456789") == "" && after != "" { // as in Python's brackets
		line := before + ":" + after
		return w.Err(names.T("between host and port stands a colon or a blank", "主机和端口之间写冒号或空格")).Hint(names.T(line, line))
	}
	e := w.Err(names.T("the port is missing", "缺少端口"))
	if strings.Contains(host, ":") && !strings.HasPrefix(host, "[") {
		host = "[" + host + "]"
	}
	if host != "" && !strings.ContainsAny(host, ".:[") {
		e.Because(names.T("a file's path needs a /: ./"+host, "如果是文件路径，要带 /：./"+host))
	}
	return e.Hint(names.T(host+":8888, or "+host+":http", host+":8888，或 "+host+":http"))
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
