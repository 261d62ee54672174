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

// unresolved points at the word whose host could not be looked up.
func unresolved(e *repl.Env, w repl.Word, err error) error {
	var known *sockets.Error
	if !errors.As(err, &known) || known.Kind != "" {
		return err
	}
	known.Op = e.Command.Name
	return known.At(w.Col, len(w.Raw))
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

var (
	protoChoices = []repl.Choice{
		{Word: "tcp", Meaning: names.T("the service over TCP", "TCP 上的服务")},
		{Word: "udp", Meaning: names.T("the service over UDP", "UDP 上的服务")},
	}
	familyChoices = []repl.Choice{
		{Word: "AF_INET", Meaning: names.T("IPv4 (4 bytes)", "IPv4（4 字节）")},
		{Word: "AF_INET6", Meaning: names.T("IPv6 (16 bytes)", "IPv6（16 字节）")},
	}
)
