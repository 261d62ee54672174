package commands

import (
	"net/netip"
	"strconv"
	"strings"
	"syscall"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var getaddrinfo = &repl.Command{
	Name:    "getaddrinfo",
	Group:   repl.Names,
	Usage:   []string{"HOST [PORT]"},
	Summary: names.T("every address that a host can be reached at", "列出可用来访问主机的所有地址"),
	Detail: names.T(
		"Each row is (family, type, protocol, canonical name, address): what socket and then connect want. Without flags each address comes for tcp, udp and raw, as in Python. "+
			"PORT is a number or a service's name. HOST * means this machine: the loopback addresses, to connect to; with --passive the addresses of every interface, to bind. "+
			"A program that tries the rows one after another works with IPv4 and IPv6.",
		"每一行是 (地址族, 类型, 协议, 规范名, 地址)：正好是 socket 和 connect 需要的参数。不带选项时，每个地址按 tcp、udp、raw 各列一行，与 Python 相同。"+
			"PORT 是端口号或服务名。HOST 写 * 表示本机：得到用于 connect 的回环地址；加 --passive 则得到用于 bind 的所有网卡的地址。"+
			"程序依次尝试每一行，就能同时支持 IPv4 和 IPv6。"),
	Flags: []repl.Flag{
		{Name: "4", Meaning: names.T("IPv4 only", "只要 IPv4")},
		{Name: "6", Meaning: names.T("IPv6 only", "只要 IPv6")},
		{Name: "tcp", Meaning: names.T("rows for tcp only", "只要 tcp 的行")},
		{Name: "udp", Meaning: names.T("rows for udp only", "只要 udp 的行")},
		{Name: "passive", Meaning: names.T("* stands for every interface, to bind (AI_PASSIVE)", "* 表示所有网卡，用于 bind（AI_PASSIVE）")},
		timeoutFlag,
	},
	Example: []string{"getaddrinfo 127.0.0.1 80 --tcp"},
	Python:  "getaddrinfo('127.0.0.1', 80, type=SOCK_STREAM)",
	Man:     "getaddrinfo(3)",
	Waits:   aNameServer,
	Run: func(e *repl.Env) error {
		host, port, err := hostAndPort(e)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		family, kinds, err := wanted(e)
		if err != nil {
			return err
		}
		e.Python(e.Assign(), "getaddrinfo(", pyHost(host), ", ", pyPort(port), pyWanted(e), ")")
		var ports []int
		if kinds, ports, err = kindPorts(e, port, kinds); err != nil {
			return err
		}
		var ips []netip.Addr
		if anyHost(host) {
			ips = anyAddresses(e, family)
		} else if ips, err = hostAddresses(e, host, family); err != nil {
			return err
		}
		var rows []sockets.Value
		for _, ip := range ips {
			for i, k := range kinds {
				rows = append(rows, addrinfo(ip, k, ports[i]))
			}
		}
		e.Result(sockets.ListOf(rows...))
		return nil
	},
}

// hostAndPort takes HOST and PORT, which may stand in one word: localhost:80. A port that is not there is the zero Word.
func hostAndPort(e *repl.Env) (host, port repl.Word, err error) {
	if host, err = hostWord(e); err != nil {
		return host, port, err
	}
	if e.More() {
		port, err = e.Next("PORT")
		return host, port, err
	}
	colon := strings.LastIndexByte(host.Text, ':')
	bracketed := strings.HasPrefix(host.Text, "[") && strings.Contains(host.Text, "]:")
	if host.Value != nil || host.Quoted || colon < 0 || !bracketed && strings.Count(host.Text, ":") != 1 {
		return host, port, nil
	}
	port = repl.Word{Text: host.Text[colon+1:], Raw: host.Raw[colon+1:], Col: host.Col + colon + 1}
	host.Text, host.Raw = host.Text[:colon], host.Raw[:colon]
	if bracketed {
		host.Text = strings.Trim(host.Text, "[]")
	}
	return host, port, nil
}

// anyHost reports whether the host is left open: getaddrinfo's NULL.
func anyHost(w repl.Word) bool {
	return w.Text == "*" || !w.Quoted && w.Value == nil && (w.Text == "None" || w.Text == "" && w.Raw == "")
}

// anyAddresses are the addresses that stand for this machine, in the order of getaddrinfo(3).
func anyAddresses(e *repl.Env, family sockets.Family) []netip.Addr {
	all := []netip.Addr{netip.IPv6Loopback(), netip.AddrFrom4([4]byte{127, 0, 0, 1})}
	if e.Flag("passive") {
		all = []netip.Addr{netip.IPv4Unspecified(), netip.IPv6Unspecified()}
	}
	var out []netip.Addr
	for _, ip := range all {
		if family == "" || sockets.IPAddress(ip, 0).Family == family {
			out = append(out, ip)
		}
	}
	return out
}

// An infoKind is a type with its protocol, as getaddrinfo lists them.
type infoKind struct {
	name   string // in the services list; "" for raw, which has no services
	kind   sockets.Kind
	number int
	proto  int
}

var infoKinds = []infoKind{
	{"tcp", sockets.Stream, syscall.SOCK_STREAM, 6},
	{"udp", sockets.Dgram, syscall.SOCK_DGRAM, 17},
	{"", sockets.Raw, syscall.SOCK_RAW, 0},
}

// wanted is what the flags ask for.
func wanted(e *repl.Env) (family sockets.Family, kinds []infoKind, err error) {
	for _, pair := range [][2]string{{"4", "6"}, {"tcp", "udp"}} {
		if w, ok := e.FlagWord(pair[1]); ok && e.Flag(pair[0]) {
			return "", nil, w.Err(names.T("these two exclude each other; without either both are listed", "这两个选项互相排斥；都不写则两种都列出"))
		}
	}
	switch {
	case e.Flag("4"):
		family = sockets.INET
	case e.Flag("6"):
		family = sockets.INET6
	}
	for _, k := range infoKinds {
		if !e.Flag("tcp") && !e.Flag("udp") || k.name != "" && e.Flag(k.name) {
			kinds = append(kinds, k)
		}
	}
	return family, kinds, nil
}

// kindPorts finds the port for each kind. A service's name drops the kinds that it is not listed for.
func kindPorts(e *repl.Env, w repl.Word, kinds []infoKind) (kept []infoKind, ports []int, err error) {
	if w.Text == "" || w.Text == "None" && !w.Quoted {
		return kinds, make([]int, len(kinds)), nil
	}
	if w.Value != nil || !w.Quoted && strings.Trim(w.Text, "+-0123456789") == "" {
		n, err := portNumber(w)
		for range kinds {
			ports = append(ports, n)
		}
		return kinds, ports, err
	}
	for _, k := range kinds {
		if k.name == "" {
			continue
		}
		if port, ok := service(e, w.Text, k.name); ok {
			kept, ports = append(kept, k), append(ports, port)
		}
	}
	if len(kept) > 0 {
		return kept, ports, nil
	}
	proto := ""
	if len(kinds) == 1 {
		proto = kinds[0].name
	}
	return nil, nil, noService(w, proto)
}

// addrinfo is one row: (family, type, proto, canonname, sockaddr).
func addrinfo(ip netip.Addr, k infoKind, port int) sockets.Value {
	addr := sockets.IPAddress(ip, uint16(port))
	number := syscall.AF_INET
	if addr.Family == sockets.INET6 {
		number = syscall.AF_INET6
	}
	where := addr.Value()
	if addr.Family == sockets.INET6 {
		where = sockets.TupleOf(sockets.TextOf(ip.WithZone("").String()), sockets.IntOf(int64(port)), sockets.IntOf(0), sockets.IntOf(scopeID(ip.Zone())))
		where.Addr = &addr
	}
	return sockets.TupleOf(
		enum("AddressFamily", string(addr.Family), number), enum("SocketKind", string(k.kind), k.number),
		sockets.IntOf(int64(k.proto)), sockets.TextOf(""), where)
}

// scopeID is the number of the interface that stands behind the % of an address; 0 for none.
func scopeID(zone string) int64 {
	n, _ := strconv.ParseUint(zone, 10, 32)
	all, _ := sys.Interfaces()
	for _, i := range all {
		if i.Name == zone {
			return int64(i.Index)
		}
	}
	return int64(n)
}

// enum is a member of one of Python's enumerations, as its repr is.
func enum(class, name string, n int) sockets.Value {
	return sockets.Value{Type: sockets.IntValue, Int: int64(n), Text: "<" + class + "." + name + ": " + strconv.Itoa(n) + ">"}
}

func pyHost(w repl.Word) string {
	if anyHost(w) {
		return "None"
	}
	return pyWord(w)
}

func pyPort(w repl.Word) string {
	switch {
	case w.Text == "" || w.Text == "None" && !w.Quoted:
		return "None"
	case w.Value == nil && !w.Quoted && strings.Trim(w.Text, "0123456789") == "":
		return w.Text
	}
	return pyWord(w)
}

// pyWanted is what the flags ask for, in Python.
func pyWanted(e *repl.Env) string {
	s := ""
	for _, f := range []struct{ flag, python string }{
		{"4", "family=AF_INET"}, {"6", "family=AF_INET6"}, {"tcp", "type=SOCK_STREAM"}, {"udp", "type=SOCK_DGRAM"}, {"passive", "flags=AI_PASSIVE"},
	} {
		if e.Flag(f.flag) {
			s += ", " + f.python
		}
	}
	return s
}
