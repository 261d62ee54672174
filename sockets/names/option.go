package names

import "strings"

// OptionType is what an option's value is made of.
type OptionType int

// The types of values. The struct types have their Fields listed in the order
// of C.
const (
	Bool        OptionType = iota // an int that is 0 or 1
	Int                           // a C int
	Byte                          // an unsigned char (an int is taken, too)
	Uint32                        // an unsigned 32-bit number
	Uint64                        // an unsigned 64-bit number
	Duration                      // struct timeval: seconds and microseconds
	Linger                        // struct linger
	String                        // bytes up to a NUL: a name
	InAddr                        // struct in_addr, or ip_mreqn when set by interface
	Mreq                          // struct ip_mreqn: group, local address, interface
	MreqSource                    // struct ip_mreq_source
	Mreq6                         // struct ipv6_mreq
	GroupReq                      // struct group_req
	GroupSource                   // struct group_source_req
	Ucred                         // struct ucred
	TCPInfo                       // struct tcp_info
	ICMPFilter                    // struct icmp_filter: a set of ICMP types
	Filter                        // struct sock_fprog: a classic BPF program
	Bytes                         // any other struct, as its bytes
	List                          // a list of numbers (SO_PEERGROUPS)
	Descriptor                    // an int that is an open file descriptor
)

var optionTypes = [...]string{"bool", "int", "byte", "uint32", "uint64", "duration", "linger", "string",
	"in_addr", "ip_mreqn", "ip_mreq_source", "ipv6_mreq", "group_req", "group_source_req", "ucred",
	"tcp_info", "icmp_filter", "sock_fprog", "bytes", "list", "fd"}

// String gives the type's name, as sockstep shows it: "bool", "linger".
func (t OptionType) String() string {
	if t < 0 || int(t) >= len(optionTypes) {
		return "unknown"
	}
	return optionTypes[t]
}

// Field is one member of an option's struct.
type Field struct {
	Name    string
	Type    OptionType
	Unit    Text
	Meaning Text
}

// Value is one of the named values of an option, as the manual names it.
type Value struct {
	Name    string
	Meaning Text
}

// Option is one socket option.
type Option struct {
	Name       string   // as the manual writes it: "SO_REUSEADDR"
	Level      string   // "SOL_SOCKET", "IPPROTO_IP", "IPPROTO_IPV6", "IPPROTO_TCP", "IPPROTO_UDP", "SOL_RAW"
	Aliases    []string // other names of the same option
	Type       OptionType
	Fields     []Field // of a struct, in C order
	Unit       Text    // what a number counts; zero where it counts nothing
	Meaning    Text
	Get, Set   bool
	Idle       bool     // the kernel takes it and does nothing
	Privileged bool     // setting it needs a privilege, always or beyond a limit
	Kinds      []string // the kinds of socket that it works on
	Values     []Value  // the names of an enumeration or of flags
}

// MeaningAt is what the option means where its value is n. A flag is explained by what it does when it is on: of one that
// is off that would be false.
func (o Option) MeaningAt(n int64) Text {
	if o.Type != Bool || n != 0 || !o.Set || o.Idle {
		return o.Meaning
	}
	return Text{En: "when on: " + o.Meaning.En, Zh: "打开时：" + o.Meaning.Zh}
}

// Fits reports whether the option works on a kind of socket: "tcp", "udp",
// "unix", "unix-dgram", "unix-seqpacket", "icmp", "raw".
func (o Option) Fits(kind string) bool {
	for _, k := range o.Kinds {
		if k == kind {
			return true
		}
	}
	return false
}

// Options gives every option, level by level, in the order of the manual.
func Options() []Option {
	var all []Option
	for _, table := range optionTables {
		all = append(all, table...)
	}
	return all
}

// LookupOption finds an option by its name or one of its aliases, in any case.
func LookupOption(name string) (Option, bool) {
	for _, table := range optionTables {
		for _, o := range table {
			if strings.EqualFold(o.Name, name) {
				return o, true
			}
			for _, a := range o.Aliases {
				if strings.EqualFold(a, name) {
					return o, true
				}
			}
		}
	}
	return Option{}, false
}

// LookupValue finds one of the option's named values, in any case.
func (o Option) LookupValue(name string) (Value, bool) {
	for _, v := range o.Values {
		if strings.EqualFold(v.Name, name) {
			return v, true
		}
	}
	return Value{}, false
}

// The kinds of socket, as sockstep's socket command names them.
var (
	kindsAll   = []string{"tcp", "udp", "unix", "unix-dgram", "unix-seqpacket", "icmp", "raw"}
	kindsInet  = []string{"tcp", "udp", "icmp", "raw"}
	kindsDgram = []string{"udp", "icmp", "raw"}
	kindsTCP   = []string{"tcp"}
	kindsUDP   = []string{"udp"}
	kindsRaw   = []string{"raw"}
	kindsUnix  = []string{"unix", "unix-dgram", "unix-seqpacket"}
)
