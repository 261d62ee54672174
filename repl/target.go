package repl

import (
	"cmp"
	"errors"
	"net/netip"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// Address takes an address for a socket of this family, and looks its names up. "" takes any family.
func (e *Env) Address(family sockets.Family) (sockets.Address, error) {
	if len(e.words) == 0 {
		return sockets.Address{}, e.Missing("ADDR")
	}
	if len(e.words) > 1 && IsName(e.words[0].Text) && !e.words[0].Quoted {
		if _, n, err := ReadAddress(e.words[1:], family == sockets.UNIX); err == nil && n > 0 && looksLikeAddress(e.words[1]) {
			if err := e.noSocket(e.words[0]); err != nil {
				return sockets.Address{}, err
			}
		}
	}
	spec, n, err := ReadAddress(e.words, family == sockets.UNIX)
	if err != nil {
		if k, named := e.Named(e.words[0]); named && n == 1 {
			err = addressOf(e.words[0], k)
		}
		return sockets.Address{}, err
	}
	w, first := e.words[0], e.words[0].Raw
	if n > 1 {
		w.Raw = e.line.Text[w.Col : e.words[1].Col+len(e.words[1].Raw)]
	}
	if spec.Unix {
		e.noteCurly(e.words[:n])
	}
	e.words = e.words[n:]
	addr, rerr := e.Resolve(spec, family, w)
	var known *sockets.Error
	if k, named := e.Named(w); named && errors.As(rerr, &known) && known.Kind == "usage" { // what follows is no port: sendto u s hello
		w.Raw = first
		rerr = addressOf(w, k)
	}
	if !spec.Address.IsZero() {
		e.keptAddress = strings.Trim(w.Raw, "${}")
	}
	return addr, rerr
}

// addressOf is the error for a socket's name where an address is wanted; it tells the socket's own.
func addressOf(w Word, k *sockets.Socket) *sockets.Error {
	err := w.Err(names.T(k.Name+" is a socket; an address is wanted here", k.Name+" 是套接字，这里要一个地址"))
	addr := k.Local
	if !addr.IP.IsValid() || addr.Port == 0 {
		line := "inspect " + k.Name + " sockname"
		return err.Hint(names.T(line, line))
	}
	addr = Reachable(addr)
	return err.Hint(names.T(addr.String(), addr.String()))
}

// Reachable is the address by which a socket bound to addr can be spoken to from here: every interface's is nobody's.
func Reachable(addr sockets.Address) sockets.Address {
	if addr.Unspecified() {
		addr.IP = netip.MustParseAddr("127.0.0.1")
		if addr.Family == sockets.INET6 {
			addr.IP = netip.IPv6Loopback()
		}
	}
	return addr
}

// AddressPython is the line's address in Python: by its name where it is a kept one.
func (e *Env) AddressPython(addr sockets.Address) string {
	if e.keptAddress != "" {
		return e.keptAddress
	}
	return addr.Python()
}

// WordPython is the address that a flag's word gives, in Python: by its name where it is a kept one.
func (e *Env) WordPython(w Word, addr sockets.Address) string {
	if spec, _, err := ReadAddress([]Word{w}, false); err == nil && !spec.Address.IsZero() {
		return strings.Trim(w.Raw, "${}")
	}
	return addr.Python()
}

func looksLikeAddress(w Word) bool { return w.Tuple || strings.ContainsAny(w.Text, ":/@") }

// Resolve looks up the names in an address. The first address of the family is taken.
func (e *Env) Resolve(spec AddressSpec, family sockets.Family, w Word) (sockets.Address, error) {
	switch {
	case !spec.Address.IsZero():
		return spec.Address, nil
	case spec.Unix:
		return sockets.Address{Family: sockets.UNIX, Path: spec.Path, Abstract: spec.Abstract}, nil
	}
	proto := "tcp"
	port, err := strconv.Atoi(spec.Port)
	if err != nil {
		var ok bool
		if port, ok = e.Service(spec.Port, proto); !ok {
			if port, ok = e.Service(spec.Port, "udp"); !ok {
				return sockets.Address{}, noService(w, spec)
			}
		}
	}
	want := family
	if want != sockets.INET && want != sockets.INET6 {
		want = spec.Family
	}
	if spec.Family == sockets.INET6 && want == sockets.INET {
		want = sockets.INET6 // the kernel shall say that they do not fit
	}
	if ip, err := netip.ParseAddr(spec.Host); err == nil && ip.Is4() && want == sockets.INET6 {
		want = sockets.INET
	}
	ip, err := e.lookUp(spec.Host, want)
	if err != nil {
		var known *sockets.Error
		if errors.As(err, &known) {
			known.At(w.Col, len(w.Raw))
			return sockets.Address{}, known
		}
		return sockets.Address{}, err
	}
	return sockets.IPAddress(ip, uint16(port)), nil
}

// noService is the error for a port that is no number and no service's name.
func noService(w Word, spec AddressSpec) *sockets.Error {
	err := w.Err(names.T("no service is called "+spec.Port, "没有叫 "+spec.Port+" 的服务"))
	if line := cmp.Or(respelled(w.Text), bracketed(w.Text)); line != "" { // the port is there, and this is the message
		return w.Err(names.T("the port is not parted from the host", "端口没有和主机分开")).Hint(names.T(line, line))
	}
	if near, ok := NearestService(spec.Port); ok {
		host := spec.Host
		if spec.Family == sockets.INET6 {
			host = "[" + host + "]"
		}
		return err.Hint(names.T(host+":"+near, host+":"+near))
	}
	return err
}

// NearestService is the service that a word was most likely meant to name.
func NearestService(word string) (string, bool) {
	listed, _ := sys.Services()
	var all []string
	for _, s := range append(listed, names.Services()...) {
		all = append(append(all, s.Name), s.Aliases...)
	}
	return names.Nearest(word, all)
}

// lookUp finds the first address of a host; of no host, the one that stands for every interface.
func (e *Env) lookUp(host string, family sockets.Family) (netip.Addr, error) {
	if host == "" {
		if family == sockets.INET6 {
			return netip.IPv6Unspecified(), nil
		}
		return netip.IPv4Unspecified(), nil
	}
	if ip, err := netip.ParseAddr(host); err == nil {
		if ip.Zone() == "" {
			return ip, nil
		}
		family = sockets.INET6
	}
	if family == "" {
		family = sockets.INET
	}
	all, err := e.HostAddresses(host, family)
	if err != nil {
		return netip.Addr{}, err
	}
	return all[0], nil
}

// HostAddresses are the addresses of a host, in the resolver's order; it may wait for a name server.
func (e *Env) HostAddresses(host string, family sockets.Family) (all []netip.Addr, err error) {
	e.Block(func() { all, err = sys.Resolve(e.Ctx, host, family) })
	if err == nil && len(all) > 0 {
		return all, nil
	}
	return nil, e.GaiError(host, err)
}

// Service finds a service's port in /etc/services, and where that is missing or bare, in our own table.
func (e *Env) Service(name, proto string) (port int, ok bool) {
	if listed, err := sys.Services(); err == nil {
		if port, ok := names.FindService(listed, name, proto); ok {
			return port, true
		}
	}
	return names.LookupService(name, proto)
}
