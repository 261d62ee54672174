package sys

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"os"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A ResolveError is a name that could not be resolved, as getaddrinfo(3) or gethostbyaddr(3) tells it.
type ResolveError struct {
	Name    string // "EAI_NONAME"; of gethostbyaddr "HOST_NOT_FOUND"
	Code    int    // the number that Python shows with it: -2
	Host    string
	Message names.Text
	Err     error // what the resolver said, nil where it was not asked
}

// Error gives the error's name and the English message.
func (e *ResolveError) Error() string { return e.Name + ": " + e.Message.En }

// Unwrap returns what the resolver said.
func (e *ResolveError) Unwrap() error { return e.Err }

// Python reports how Python would raise it: "gaierror", or "herror" for a reverse look-up.
func (e *ResolveError) Python() string {
	if strings.HasPrefix(e.Name, "EAI_") {
		return "gaierror"
	}
	return "herror"
}

var resolveErrors = map[string]struct {
	code    int
	message names.Text
}{
	"EAI_NONAME":     {-2, names.T("no such name: {host}", "没有这个名字：{host}")},
	"EAI_AGAIN":      {-3, names.T("the name server did not answer, {host} may exist", "域名服务器没有应答，{host} 也许存在")},
	"EAI_FAIL":       {-4, names.T("the name server failed to resolve {host}", "域名服务器无法解析 {host}")},
	"EAI_FAMILY":     {-6, names.T("names are resolved for AF_INET and AF_INET6 only", "只能为 AF_INET 和 AF_INET6 解析名字")},
	"EAI_ADDRFAMILY": {-9, names.T("{host} has no address of this family", "{host} 没有这个协议族的地址")},
	"HOST_NOT_FOUND": {1, names.T("{host} has no name", "{host} 没有对应的名字")},
	"TRY_AGAIN":      {2, names.T("the name server did not answer, {host} may have a name", "域名服务器没有应答，{host} 也许有名字")},
	"NO_RECOVERY":    {3, names.T("the name server failed to look up {host}", "域名服务器无法查找 {host}")},
}

func unresolved(name, host string, cause error) error {
	e := resolveErrors[name]
	return &ResolveError{Name: name, Code: e.code, Host: host, Message: e.message.Fill("host", host), Err: cause}
}

// Resolve gives the addresses of a host, as getaddrinfo(3) does: the family may be [sockets.INET],
// [sockets.INET6] or "" for both. The empty host is every interface (0.0.0.0, ::) and "<broadcast>"
// is 255.255.255.255, as in Python; numbers may be written in inet_aton's forms (127.1). Errors are
// a [ResolveError], or an [InterruptedError] where the context was over.
func Resolve(ctx context.Context, host string, family sockets.Family) ([]netip.Addr, error) {
	network := map[sockets.Family]string{"": "ip", "AF_UNSPEC": "ip", sockets.INET: "ip4", sockets.INET6: "ip6"}[family]
	if network == "" {
		return nil, unresolved("EAI_FAMILY", host, nil)
	}
	var literal []netip.Addr
	switch ip, err := netip.ParseAddr(host); {
	case host == "" && network == "ip6":
		return []netip.Addr{netip.IPv6Unspecified()}, nil
	case host == "" && network == "ip4":
		return []netip.Addr{netip.IPv4Unspecified()}, nil
	case host == "":
		return []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}, nil
	case host == "<broadcast>":
		literal = []netip.Addr{netip.AddrFrom4([4]byte{255, 255, 255, 255})}
	case err == nil && !isZone(ip.Zone()):
		return nil, unresolved("EAI_NONAME", host, nil)
	case err == nil:
		literal = []netip.Addr{ip}
	default:
		if ip, rest, ok := aton(host); ok && rest == "" {
			literal = []netip.Addr{ip}
		}
	}
	if literal != nil {
		if network == "ip4" && !literal[0].Is4() || network == "ip6" && literal[0].Is4() {
			return nil, unresolved("EAI_ADDRFAMILY", host, nil)
		}
		return literal, nil
	}
	if strings.ContainsRune(host, 0) || len(host) > 255 {
		return nil, unresolved("EAI_NONAME", host, nil)
	}
	ips, err := net.DefaultResolver.LookupNetIP(ctx, network, host)
	if err != nil {
		return nil, resolverFailed(ctx, "getaddrinfo", host, err, "EAI_NONAME", "EAI_AGAIN", "EAI_FAIL")
	}
	for i := range ips {
		ips[i] = ips[i].Unmap()
	}
	return ips, nil
}

// resolverFailed names what the resolver said: no such name, no answer, or anything else.
func resolverFailed(ctx context.Context, op, host string, err error, none, again, fail string) error {
	if ctx.Err() != nil {
		return &InterruptedError{Op: op, Cause: context.Cause(ctx)}
	}
	// Go's resolver takes a file that it cannot open for one that is not there.
	if f, oerr := os.Open(os.DevNull); oerr == nil {
		f.Close()
	} else if name := Errno(oerr); name == "EMFILE" || name == "ENFILE" {
		return oerr
	}
	var dns *net.DNSError
	var unsuitable *net.AddrError
	switch {
	case errors.As(err, &unsuitable): // the hosts file knows the name, with addresses of another family
		return unresolved("EAI_ADDRFAMILY", host, err)
	case errors.As(err, &dns) && dns.IsNotFound:
		return unresolved(none, host, err)
	case errors.As(err, &dns) && (dns.IsTimeout || dns.IsTemporary):
		return unresolved(again, host, err)
	}
	return unresolved(fail, host, err)
}

// Reverse gives the names of an address, as gethostbyaddr(3) does: the first is the host's, the others aliases.
func Reverse(ctx context.Context, ip netip.Addr) ([]string, error) {
	if line := hostsLine(ip); line != nil {
		return line, nil
	}
	all, err := net.DefaultResolver.LookupAddr(ctx, ip.String())
	if err == nil && len(all) == 0 {
		err = &net.DNSError{Err: "no name", Name: ip.String(), IsNotFound: true}
	}
	if err != nil {
		return nil, resolverFailed(ctx, "gethostbyaddr", ip.String(), err, "HOST_NOT_FOUND", "TRY_AGAIN", "NO_RECOVERY")
	}
	for i := range all {
		all[i] = strings.TrimSuffix(all[i], ".")
	}
	return all, nil
}

// hostsLine gives the names of an address in the hosts file, hosts(5): those of its first line, as the C library does.
// Go's resolver would join the names of all lines.
func hostsLine(ip netip.Addr) []string {
	data, err := os.ReadFile("/etc/hosts")
	if err != nil {
		return nil // there may be none; the resolver knows where else to look
	}
	for line := range strings.Lines(string(data)) {
		text, _, _ := strings.Cut(line, "#")
		words := strings.Fields(text)
		if len(words) < 2 {
			continue
		}
		if a, err := netip.ParseAddr(words[0]); err == nil && a == ip {
			return words[1:]
		}
	}
	return nil
}

// A Host is an entry of the host data base: struct hostent.
type Host struct {
	Name      string
	Aliases   []string
	Addresses []netip.Addr
}

// HostByName is gethostbyname(3): the canonical name of a host, and its IPv4 addresses. A number is its own name.
func HostByName(ctx context.Context, host string) (Host, error) {
	ips, err := Resolve(ctx, host, sockets.INET)
	if err != nil {
		return Host{}, err
	}
	h := Host{Name: host, Addresses: ips}
	if _, _, number := aton(host); !number && host != "" && host != "<broadcast>" {
		if canonical, err := net.DefaultResolver.LookupCNAME(ctx, host); err == nil {
			h.Name = strings.TrimSuffix(canonical, ".")
		}
		if !strings.EqualFold(h.Name, host) {
			h.Aliases = []string{host}
		}
	}
	return h, nil
}

// Hostname is gethostname(2).
func Hostname() (string, error) { return os.Hostname() }

// Aton is inet_aton(3): an IPv4 address of one to four numbers, each decimal, octal (017) or hexadecimal (0x7f),
// the last of which fills the bytes that are left. As in the C library what follows a blank is ignored.
func Aton(s string) (netip.Addr, bool) {
	ip, rest, ok := aton(s)
	return ip, ok && (rest == "" || strings.ContainsRune(" \t\n\v\f\r", rune(rest[0])))
}

func aton(s string) (ip netip.Addr, rest string, ok bool) {
	var parts [4]uint64
	for i := 0; ; i++ {
		n, after, ok := strtoul(s)
		if !ok {
			return ip, s, false
		}
		parts[i] = n
		if after != "" && after[0] == '.' && i < 3 {
			if n > 0xff {
				return ip, s, false
			}
			s = after[1:]
			continue
		}
		if after != "" && after[0] == '.' || n > 0xffffffff>>(8*i) {
			return ip, s, false
		}
		for j := range i {
			n |= parts[j] << (24 - 8*j)
		}
		return netip.AddrFrom4([4]byte{byte(n >> 24), byte(n >> 16), byte(n >> 8), byte(n)}), after, true
	}
}

// strtoul is strtoul(3) with base 0, of what begins with a digit and fits in 32 bits.
func strtoul(s string) (n uint64, rest string, ok bool) {
	if s == "" || s[0] < '0' || s[0] > '9' {
		return 0, s, false
	}
	base := uint64(10)
	if s[0] == '0' {
		base = 8
		if len(s) > 2 && s[1]|0x20 == 'x' && digit(s[2]) < 16 {
			base, s = 16, s[2:]
		}
	}
	for ; s != "" && digit(s[0]) < base; s = s[1:] {
		if n = n*base + digit(s[0]); n > 0xffffffff {
			return 0, s, false
		}
	}
	return n, s, true
}

// digit is the value of a digit of any base up to 16, and 16 for what is none.
func digit(c byte) uint64 {
	switch {
	case c >= '0' && c <= '9':
		return uint64(c - '0')
	case c|0x20 >= 'a' && c|0x20 <= 'f':
		return uint64(c|0x20-'a') + 10
	}
	return 16
}
