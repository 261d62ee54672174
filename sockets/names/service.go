package names

import (
	"bufio"
	"fmt"
	"io"
	"strconv"
	"strings"
)

// Service is a well-known service: its name, port and protocol.
type Service struct {
	Name    string
	Port    int
	Proto   string // "tcp" or "udp"
	Aliases []string
}

// LookupService finds the port of a service in sockstep's own table, by its
// name or an alias. An empty proto means any, as for getservbyname.
func LookupService(name, proto string) (port int, ok bool) {
	return FindService(services, name, proto)
}

// LookupPort finds the name of a port in sockstep's own table. An empty proto
// means any.
func LookupPort(port int, proto string) (name string, ok bool) {
	return FindPort(services, port, proto)
}

// Services gives sockstep's own table.
func Services() []Service { return append([]Service(nil), services...) }

// FindService finds the port of a service in a list, such as that of
// /etc/services. Names count as they are written, in their case.
func FindService(list []Service, name, proto string) (port int, ok bool) {
	for _, s := range list {
		if proto != "" && s.Proto != proto {
			continue
		}
		if s.Name == name {
			return s.Port, true
		}
		for _, a := range s.Aliases {
			if a == name {
				return s.Port, true
			}
		}
	}
	return 0, false
}

// FindPort finds the name of a port in a list.
func FindPort(list []Service, port int, proto string) (name string, ok bool) {
	for _, s := range list {
		if s.Port == port && (proto == "" || s.Proto == proto) {
			return s.Name, true
		}
	}
	return "", false
}

// ParseServices reads the format of /etc/services: a name, port/protocol, and
// aliases; # begins a comment. As the C library does, it passes over a line
// that it cannot read, and returns an error only for r's own.
func ParseServices(r io.Reader) ([]Service, error) {
	var list []Service
	lines := bufio.NewScanner(r)
	for lines.Scan() {
		text, _, _ := strings.Cut(lines.Text(), "#")
		words := strings.Fields(text)
		if len(words) < 2 {
			continue
		}
		number, proto, ok := strings.Cut(words[1], "/")
		port, err := strconv.ParseUint(number, 10, 16)
		if !ok || err != nil || proto == "" {
			continue
		}
		s := Service{Name: words[0], Port: int(port), Proto: proto}
		if len(words) > 2 {
			s.Aliases = words[2:]
		}
		list = append(list, s)
	}
	if err := lines.Err(); err != nil {
		return list, fmt.Errorf("read services: %w", err)
	}
	return list, nil
}
