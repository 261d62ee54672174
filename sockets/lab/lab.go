package lab

import (
	"net/netip"
	"os"
	"slices"
	"strings"
)

// The hosts of the lab. The student sits at Left.
const (
	Left  = "left"
	Right = "right"
)

// mark is the environment variable by which a program knows that it is in a lab: "new:" and its parent's network
// namespace for who has to build it, the founder's socket for everybody else.
const mark = "SOCKSTEP_LAB"

// A Process is a program to run. Streams that are nil are /dev/null, and a nil environment is this process's own.
type Process struct {
	Argv                  []string
	Env                   []string
	Stdin, Stdout, Stderr *os.File
}

// env is the process's environment, with the mark.
func (p *Process) env(value string) []string {
	env := p.Env
	if env == nil {
		env = os.Environ()
	}
	if value == "" {
		return env
	}
	env = slices.DeleteFunc(slices.Clone(env), func(s string) bool { return strings.HasPrefix(s, mark+"=") })
	return append(env, mark+"="+value)
}

// ethName is what a host calls its end of the cable.
const ethName = "eth0"

// A place is where a host is, in numbers that a person can read in a packet.
type place struct {
	name     string
	far      string // the other end of its veth pair
	mac      [6]byte
	ip4, ip6 netip.Prefix
	link6    netip.Prefix // what IPv6 needs on every link
	dir      Dir          // of what it sends
}

// places are the hosts.
func places() [2]place {
	return [2]place{
		{
			name: Left, far: "near", mac: [6]byte{2, 0, 0, 0, 0, 1}, dir: LeftToRight,
			ip4: netip.MustParsePrefix("10.0.0.1/24"), ip6: netip.MustParsePrefix("fd00:5050::1/64"), link6: netip.MustParsePrefix("fe80::1/64"),
		},
		{
			name: Right, far: "far", mac: [6]byte{2, 0, 0, 0, 0, 2}, dir: RightToLeft,
			ip4: netip.MustParsePrefix("10.0.0.2/24"), ip6: netip.MustParsePrefix("fd00:5050::2/64"), link6: netip.MustParsePrefix("fe80::2/64"),
		},
	}
}

// Hosts are the names of the lab and their addresses, IPv4 first. In the lab /etc/hosts has them too, for other
// programs, unless [Lab.Lacks] says otherwise.
func Hosts() map[string][]netip.Addr {
	hosts := map[string][]netip.Addr{}
	for _, p := range places() {
		hosts[p.name] = []netip.Addr{p.ip4.Addr(), p.ip6.Addr()}
	}
	return hosts
}

// Inside reports whether this program was started in a lab, by [Enter], [Join] or [Lab.Run], or by what they started.
func Inside() bool { return os.Getenv(mark) != "" }
