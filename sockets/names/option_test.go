package names

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestOptions(t *testing.T) {
	kinds := []string{"tcp", "udp", "unix", "unix-dgram", "unix-seqpacket", "icmp", "raw"}
	levels := map[string][]string{
		"SOL_SOCKET": {"SO_"}, "IPPROTO_IP": {"IP_", "MCAST_"}, "IPPROTO_IPV6": {"IPV6_"},
		"IPPROTO_TCP": {"TCP_"}, "IPPROTO_UDP": {"UDP_"}, "SOL_RAW": {"ICMP_"},
	}
	seen := map[string]bool{}
	for _, o := range Options() {
		for _, name := range append([]string{o.Name}, o.Aliases...) {
			if seen[name] {
				t.Errorf("%s: twice in the tables", name)
			}
			seen[name] = true
			if got, ok := LookupOption(strings.ToLower(name)); !ok || got.Name != o.Name {
				t.Errorf("LookupOption(%q) = %q, %v", name, got.Name, ok)
			}
			if !slices.ContainsFunc(levels[o.Level], func(p string) bool { return strings.HasPrefix(name, p) }) {
				t.Errorf("%s: level %q", name, o.Level)
			}
		}
		if !o.Get && !o.Set {
			t.Errorf("%s: can neither be read nor set", o.Name)
		}
		if o.Privileged && !o.Set {
			t.Errorf("%s: privileged, but cannot be set", o.Name)
		}
		if len(o.Kinds) == 0 {
			t.Errorf("%s: fits no kind of socket", o.Name)
		}
		for _, k := range o.Kinds {
			if !slices.Contains(kinds, k) || !o.Fits(k) {
				t.Errorf("%s: kind %q", o.Name, k)
			}
		}
		if o.Type.String() == "unknown" {
			t.Errorf("%s: type %d", o.Name, o.Type)
		}
		// The line is shown beside name and value on one line of a projector.
		if n := len(o.Meaning.En); n > 120 {
			t.Errorf("%s: a line of %d letters", o.Name, n)
		}
	}
	if _, ok := LookupOption("SO_NOTHING"); ok {
		t.Error("LookupOption found SO_NOTHING")
	}
	o, _ := LookupOption("IP_MTU_DISCOVER")
	if v, ok := o.LookupValue("ip_pmtudisc_do"); !ok || v.Name != "IP_PMTUDISC_DO" {
		t.Errorf("LookupValue = %+v, %v", v, ok)
	}
	if o, _ := LookupOption("SO_LINGER"); len(o.Fields) != 2 || o.Fields[0].Name != "l_onoff" {
		t.Errorf("SO_LINGER: fields %+v", o.Fields)
	}
	if OptionType(99).String() != "unknown" {
		t.Error("a type that is none has a name")
	}
}

// notOptions are defined in the same headers under the same prefixes, and are
// no options: values, flags, message types and numbers of the old layouts.
var notOptions = regexp.MustCompile(`^(SO_(SECURITY_.*|PEERNAME|.*_(OLD|NEW)|DEVMEM_.*)` +
	`|IP_(PMTUDISC_.*|DEFAULT_.*|MSFILTER_SIZE)|MCAST_(EXCLUDE|INCLUDE)` +
	`|IPV6_(FL_.*|FLOWINFO_(FLOWLABEL|PRIORITY)|PRIORITY_.*|TLV_.*|PMTUDISC_.*|PREFER_.*)` +
	`|TCP_(MSS_.*|REPAIR_(ON|OFF.*)|MD5SIG_(MAX.*|FLAG.*)|RECEIVE_ZEROCOPY.*|ENCAP_.*|AO_(MAX.*|KEYF.*)|HEADER_SIZE|FLAG_.*)` +
	`|UDP_(ENCAP_.*|V4_FLOW|V6_FLOW))$`)

func TestHeadersHoldNoOtherOptions(t *testing.T) {
	define := regexp.MustCompile(`(?m)^#\s*define\s+((?:SO|IP|MCAST|IPV6|TCP|UDP)_[A-Z0-9_]+)\s+\S`)
	for _, header := range []string{"asm-generic/socket.h", "linux/in.h", "linux/in6.h", "linux/tcp.h", "linux/udp.h"} {
		text, err := os.ReadFile("/usr/include/" + header)
		if err != nil {
			t.Skipf("no C headers here: %v", err)
		}
		for _, m := range define.FindAllStringSubmatch(string(text), -1) {
			if name := m[1]; !notOptions.MatchString(name) {
				if _, ok := LookupOption(name); !ok {
					t.Errorf("%s: %s is not in the tables", header, name)
				}
			}
		}
	}
}
