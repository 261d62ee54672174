package commands

import (
	"errors"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// aNameServer is what a look-up waits for.
var aNameServer = names.T("a name server", "域名服务器")

// hostWord takes the host that the next word names. What is more than a host is refused with the host alone.
func hostWord(e *repl.Env) (repl.Word, error) {
	w, err := e.Next("HOST")
	if err != nil {
		return w, err
	}
	if w.Value != nil && w.Value.Addr != nil && w.Value.Addr.IP.IsValid() {
		w.Text = w.Value.Addr.IP.String() // the host of a kept address
		return w, nil
	}
	if _, rest, ok := strings.Cut(w.Text, "://"); ok {
		host, _, _ := strings.Cut(rest, "/")
		host, _, _ = strings.Cut(host, ":")
		return w, w.Err(names.T("this is a URL; a host is only the name in it", "这是 URL；主机只是其中的名字")).Hint(names.T(host, host))
	}
	return w, nil
}

// hostAddresses are the addresses of the host that w names, "" for both families.
func hostAddresses(e *repl.Env, w repl.Word, family sockets.Family) ([]netip.Addr, error) {
	all, err := e.HostAddresses(w.Text, family)
	return all, unresolved(e, w, err)
}

// unresolved tells of a host that could not be looked up, with the error's name and number in Python.
func unresolved(e *repl.Env, w repl.Word, err error) error {
	var known *sockets.Error
	if !errors.As(err, &known) || known.Kind != "" {
		return err
	}
	known.Op = e.Command.Name
	var r *sys.ResolveError
	if errors.As(err, &r) {
		known.Message = names.T(r.Python()+" "+strconv.Itoa(r.Code)+": "+r.Message.En, r.Python()+" "+strconv.Itoa(r.Code)+"："+r.Message.Zh)
		if x, ok := lookupReasons[r.Name]; ok {
			known.Why, known.Fix = x.why, x.fix
		}
	}
	return known.At(w.Col, len(w.Raw))
}

// lookupReasons say why a look-up fails, where it is not that nobody knows the name.
var lookupReasons = map[string]struct{ why, fix names.Text }{
	"EAI_ADDRFAMILY": {
		names.T("an address is of one family only; gethostbyname knows IPv4 alone", "一个地址只属于一个地址族；gethostbyname 只认 IPv4"),
		names.T("getaddrinfo takes both families", "getaddrinfo 两个地址族都可以"),
	},
	"EAI_AGAIN": {
		names.T("there is no way to a name server, or it does not answer", "连不上域名服务器，或者它没有应答"),
		names.T("look at the network, or use a number: 127.0.0.1", "检查网络，或直接用数字地址：127.0.0.1"),
	},
	"HOST_NOT_FOUND": {
		names.T("who owns an address may enter a name for it, and need not: most have none", "地址的所有者可以给它登记名字，但不是必须的：多数地址没有登记"),
		names.T("gethostbyaddr 127.0.0.1", "gethostbyaddr 127.0.0.1"),
	},
	"TRY_AGAIN": {
		names.T("there is no way to a name server, or it does not answer", "连不上域名服务器，或者它没有应答"),
		names.T("gethostbyaddr 127.0.0.1", "gethostbyaddr 127.0.0.1"),
	},
}

// protoWord takes the protocol that may follow a service or a port; "" takes any.
func protoWord(e *repl.Env) (string, repl.Word, error) {
	if !e.More() {
		return "", repl.Word{}, nil
	}
	w, err := e.Next("PROTO")
	if err != nil {
		return "", w, err
	}
	if known := []string{"tcp", "udp", "sctp", "dccp"}; !slices.Contains(known, w.Text) {
		bad := w.Err(names.T("the protocol is tcp or udp", "协议是 tcp 或 udp"))
		if near, ok := names.Nearest(w.Text, known); ok {
			bad.Hint(names.T(near, near))
		}
		return "", w, bad
	}
	return w.Text, w, nil
}

// service finds a service's port as getservbyname(3) does, in this machine's list. Where that knows nothing of the
// service, for any protocol, sockstep's own is asked, and a note says so.
func service(e *repl.Env, name, proto string) (port int, ok bool) {
	listed, _ := sys.Services()
	if port, ok = names.FindService(listed, name, proto); ok {
		return port, true
	}
	if _, known := names.FindService(listed, name, ""); known {
		return 0, false
	}
	if port, ok = names.LookupService(name, proto); ok {
		e.Act.Note("service-not-listed", "name", name, "port", strconv.Itoa(port))
	}
	return port, ok
}

// serviceAt finds the service of a port in the same way.
func serviceAt(e *repl.Env, port int, proto string) (name string, ok bool) {
	listed, _ := sys.Services()
	if name, ok = names.FindPort(listed, port, proto); ok {
		return name, true
	}
	if _, known := names.FindPort(listed, port, ""); known {
		return "", false
	}
	if name, ok = names.LookupPort(port, proto); ok {
		e.Act.Note("service-not-listed", "name", name, "port", strconv.Itoa(port))
	}
	return name, ok
}
