package names

import (
	"net/netip"
	"strconv"
	"strings"
)

// An interval is the whole numbers that the kernel takes for an option; to any other it says EINVAL.
type interval struct {
	apart     string // one that lies outside: "-1"; "" for none
	low, high int64
}

const anyInt = 1<<31 - 1

// intervals are those of the options of which they are known, as Linux has them.
var intervals = map[string]interval{
	"TCP_MAXSEG":           {"0", 88, 32767},
	"TCP_KEEPIDLE":         {"", 1, 32767},
	"TCP_KEEPINTVL":        {"", 1, 32767},
	"TCP_KEEPCNT":          {"", 1, 127},
	"TCP_SYNCNT":           {"", 1, 127},
	"TCP_USER_TIMEOUT":     {"", 0, anyInt},
	"TCP_FASTOPEN":         {"", 0, anyInt},
	"TCP_FASTOPEN_CONNECT": {"", 0, 1},
	"TCP_RTO_MAX_MS":       {"", 1000, 120000},
	"TCP_INQ":              {"", 0, 1},
	"IP_TTL":               {"-1", 1, 255},
	"IP_MINTTL":            {"", 0, 255},
	"IP_MTU_DISCOVER":      {"", 0, 5},
	"IP_MULTICAST_TTL":     {"", -1, 255},
	"IP_MULTICAST_ALL":     {"", 0, 1},
	"IPV6_UNICAST_HOPS":    {"", -1, 255},
	"IPV6_MULTICAST_HOPS":  {"", -1, 255},
	"IPV6_MULTICAST_LOOP":  {"", 0, 1},
	"IPV6_TCLASS":          {"", -1, 255},
	"IPV6_MINHOPCOUNT":     {"", 0, 255},
	"IPV6_MTU_DISCOVER":    {"", 0, 5},
	"IPV6_MTU":             {"0", 1280, anyInt},
	"SO_BUSY_POLL":         {"", 0, anyInt},
	"SO_BUF_LOCK":          {"", 0, 3},
	"UDP_SEGMENT":          {"", 0, 65535},
}

// String writes them so that it can be read in both languages: "-1, 1 … 255".
func (i interval) String() string {
	s := strconv.FormatInt(i.low, 10) + " … " + strconv.FormatInt(i.high, 10)
	if i.apart != "" {
		s = i.apart + ", " + s
	}
	return s
}

func (i interval) holds(n int64) bool {
	return n >= i.low && n <= i.high || strconv.FormatInt(n, 10) == i.apart
}

// optionOf is the option of which a situation's pairs speak.
func optionOf(pairs []string) Option {
	name, ok := given("opt", pairs)
	if !ok {
		return Option{}
	}
	o, _ := LookupOption(name)
	return o
}

// unfit is why the kernel said EINVAL to the value of an option, as a Holder; "" where that is not known.
func unfit(pairs []string) string {
	o := optionOf(pairs)
	value, _ := given("value", pairs)
	if o.Name == "IPV6_V6ONLY" { // the kernel looks at nothing else
		return "PORT_GIVEN"
	}
	switch o.Type {
	case Mreq, Mreq6, GroupReq:
		for w := range strings.FieldsSeq(value) {
			_, last, _ := strings.Cut(w, "=") // a member may be named
			if ip, err := netip.ParseAddr(w); err == nil && ip.IsMulticast() {
				return ""
			}
			if ip, err := netip.ParseAddr(last); err == nil && ip.IsMulticast() {
				return ""
			}
		}
		return "NO_GROUP"
	}
	known, ok := intervals[o.Name]
	if !ok {
		return ""
	}
	if n, err := strconv.ParseInt(value, 0, 64); err == nil && !known.holds(n) {
		return "OUT_OF_RANGE"
	}
	return "IN_RANGE"
}

// takes are the values of a situation's option.
func takes(pairs []string) string { return intervals[optionOf(pairs).Name].String() }

// pages are the manual pages of the levels.
var pages = map[string]string{"IPPROTO_IP": "ip", "IPPROTO_IPV6": "ipv6", "IPPROTO_TCP": "tcp", "IPPROTO_UDP": "udp", "SOL_RAW": "raw"}

// pageOf is the page of section 7 that a situation's option belongs to.
func pageOf(pairs []string) string {
	if page, ok := pages[optionOf(pairs).Level]; ok {
		return page
	}
	return "socket"
}
