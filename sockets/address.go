package sockets

import (
	"net/netip"
	"strconv"
	"strings"
)

// A Family is an address family, by its name in the manual: "AF_INET".
type Family string

// The families of socket(2) that sockstep opens.
const (
	INET  Family = "AF_INET"
	INET6 Family = "AF_INET6"
	UNIX  Family = "AF_UNIX"
)

// A Kind is a socket type, by its name in the manual: "SOCK_STREAM".
type Kind string

// The types of socket(2) that sockstep opens.
const (
	Stream    Kind = "SOCK_STREAM"
	Dgram     Kind = "SOCK_DGRAM"
	Seqpacket Kind = "SOCK_SEQPACKET"
	Raw       Kind = "SOCK_RAW"
)

// An Address is where a socket is or speaks to: IP and Port for AF_INET and AF_INET6, Path for AF_UNIX.
// The zero Address is no address.
type Address struct {
	Family   Family
	IP       netip.Addr // with its zone, where it has one
	Port     uint16
	Path     string // AF_UNIX: a path, or a name in the abstract namespace without its leading NUL
	Abstract bool
}

// IPAddress is the address of a port on an IP address.
func IPAddress(ip netip.Addr, port uint16) Address {
	if ip.Is4() {
		return Address{Family: INET, IP: ip, Port: port}
	}
	return Address{Family: INET6, IP: ip, Port: port}
}

// IsZero reports whether a is no address at all.
func (a Address) IsZero() bool { return a.Family == "" }

// Unnamed reports whether a is an AF_UNIX address without a name, as a client's is that never called bind.
func (a Address) Unnamed() bool { return a.Family == UNIX && a.Path == "" && !a.Abstract }

// Unspecified reports whether a stands for every interface: 0.0.0.0 or ::.
func (a Address) Unspecified() bool { return a.IP.IsValid() && a.IP.IsUnspecified() }

// String writes a as the language reads it: 127.0.0.1:80, [::1]:80, /tmp/s, @name, and "unnamed" for a nameless AF_UNIX address.
func (a Address) String() string {
	switch a.Family {
	case INET, INET6:
		return netip.AddrPortFrom(a.IP, a.Port).String()
	case UNIX:
		switch {
		case a.Abstract:
			return "@" + a.Path
		case a.Path == "":
			return "unnamed"
		case !strings.Contains(a.Path, "/"):
			return "unix:" + a.Path
		}
		return a.Path
	}
	return ""
}

// Python writes a as Python's socket module does: ('127.0.0.1', 80), ('::1', 80, 0, 0), '/tmp/s', b'\x00name', ”.
func (a Address) Python() string {
	switch a.Family {
	case INET:
		return "('" + a.IP.String() + "', " + strconv.Itoa(int(a.Port)) + ")"
	case INET6:
		scope := "0"
		if z := a.IP.Zone(); z != "" {
			scope = z
			if _, err := strconv.ParseUint(z, 10, 32); err != nil {
				scope = "if_nametoindex(" + PyString(z) + ")"
			}
		}
		return "('" + a.IP.WithZone("").String() + "', " + strconv.Itoa(int(a.Port)) + ", 0, " + scope + ")"
	case UNIX:
		if a.Abstract {
			return PyBytes([]byte("\x00" + a.Path))
		}
		return PyString(a.Path)
	}
	return "None"
}

// Value is a as a value: a list (host, port) for IP, text for AF_UNIX.
func (a Address) Value() Value {
	v := Value{Type: ListValue, Text: a.Python(), Addr: &a}
	switch a.Family {
	case INET, INET6:
		v.List = []Value{TextOf(a.IP.String()), IntOf(int64(a.Port))}
	default:
		v.Type = TextValue
	}
	return v
}
