package commands

import (
	"net/netip"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var inetAton = &repl.Command{
	Name:    "inet_aton",
	Group:   repl.Names,
	Usage:   []string{"IP"},
	Summary: names.T("an IPv4 address as its 4 bytes", "把 IPv4 地址转换成 4 个字节"),
	Detail: names.T(
		"These 4 bytes, in this order, are what a packet carries. inet_aton is lenient: 127.1 is 127.0.0.1, 0x7f is hexadecimal, and a number with a leading 0 is octal, so 010.0.0.1 is 8.0.0.1. "+
			"What follows a blank is not read at all. inet_pton takes four decimal numbers and nothing else.",
		"数据包里携带的就是这 4 个字节，顺序也是这样。inet_aton 很宽松：127.1 就是 127.0.0.1，0x7f 按十六进制读，以 0 开头的数按八进制读，所以 010.0.0.1 是 8.0.0.1；空格之后的内容根本不看。inet_pton 只接受四个十进制数。"),
	Example: []string{"inet_aton 192.168.1.2"},
	Python:  "inet_aton('192.168.1.2')",
	Man:     "inet_aton(3)",
	Run: func(e *repl.Env) error {
		w, err := e.Next("IP")
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), "inet_aton(", pyWord(w), ")")
		ip, ok := sys.Aton(w.Text)
		if !ok || strings.ContainsRune(w.Text, 0) {
			return badIPv4(w)
		}
		if ip.String() != w.Text {
			e.Act.Note("lenient-address", "word", strings.Fields(w.Text)[0], "addr", ip.String())
		}
		e.Result(sockets.BytesOf(ip.AsSlice()))
		return nil
	},
}

// badIPv4 is the error for a word that is no IPv4 address.
func badIPv4(w repl.Word) error {
	bad := w.Err(names.T("this is no IPv4 address: four numbers from 0 to 255 with dots between them", "这不是 IPv4 地址：应是四个 0 到 255 的数，中间用点隔开"))
	host, port, hasPort := strings.Cut(w.Text, ":")
	_, v4 := sys.Aton(host)
	ip, err := netip.ParseAddr(w.Text)
	switch {
	case err == nil && ip.Is6():
		return bad.Because(names.T("it is an IPv6 address", "它是 IPv6 地址")).Hint(names.T("inet_pton AF_INET6 "+w.Raw, "inet_pton AF_INET6 "+w.Raw))
	case hasPort && v4 && port != "":
		return bad.Because(names.T("a port is no part of an IP address", "端口不是 IP 地址的一部分")).Hint(names.T(host, host))
	case strings.ContainsAny(strings.ToLower(w.Text), "ghijklmnopqrstuvwyz"):
		return bad.Because(names.T("a name must be looked up first", "主机名要先查询成地址")).Hint(names.T("gethostbyname "+w.Raw, "gethostbyname "+w.Raw))
	}
	return bad.Hint(names.T("192.168.1.2", "192.168.1.2"))
}
