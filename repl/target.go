package repl

import (
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
		return sockets.Address{}, err
	}
	w := e.words[0]
	if n > 1 {
		w.Raw = e.line.Text[w.Col : e.words[1].Col+len(e.words[1].Raw)]
	}
	if spec.Unix {
		e.noteCurly(e.words[:n])
	}
	e.words = e.words[n:]
	addr, rerr := e.Resolve(spec, family, w)
	if !spec.Address.IsZero() {
		e.keptAddress = strings.Trim(w.Raw, "${}")
	}
	return addr, rerr
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
				return sockets.Address{}, w.Err(names.T("no service is called "+spec.Port, "没有叫 "+spec.Port+" 的服务"))
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
