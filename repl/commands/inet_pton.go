package commands

import (
	"net/netip"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var inetPton = &repl.Command{
	Name:    "inet_pton",
	Group:   repl.Names,
	Usage:   []string{"FAMILY IP"},
	Summary: names.T("an IPv4 or IPv6 address as its bytes", "把 IPv4 或 IPv6 地址转换成字节"),
	Detail: names.T(
		"p stands for presentation, n for network. AF_INET gives 4 bytes, AF_INET6 16. It is strict where inet_aton is not: four decimal numbers without leading zeros, no short forms. An interface (fe80::1%eth0) is no part of the bytes.",
		"p 是 presentation（书写形式），n 是 network（网络形式）。AF_INET 得到 4 个字节，AF_INET6 得到 16 个。它比 inet_aton 严格：必须是四个没有前导 0 的十进制数，不接受简写。网卡名（fe80::1%eth0）不属于这些字节。"),
	Choices: map[string][]repl.Choice{"FAMILY": familyChoices},
	Example: []string{"inet_pton AF_INET6 ::1"},
	Python:  "inet_pton(AF_INET6, '::1')",
	Man:     "inet_pton(3)",
	Run: func(e *repl.Env) error {
		f, err := familyWord(e)
		if err != nil {
			return err
		}
		w, err := e.Next("IP")
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), "inet_pton(", string(f), ", ", pyWord(w), ")")
		ip, perr := netip.ParseAddr(w.Text)
		if perr != nil || ip.Zone() != "" || sockets.IPAddress(ip, 0).Family != f {
			return badIP(w, f)
		}
		e.Result(sockets.BytesOf(ip.AsSlice()))
		return nil
	},
}

// badIP is the error for a word that inet_pton does not take for an address of this family.
func badIP(w repl.Word, f sockets.Family) error {
	ip, err := netip.ParseAddr(w.Text)
	a, lenient := sys.Aton(w.Text)
	switch {
	case err == nil && ip.Zone() != "":
		bare := ip.WithZone("").String()
		return w.Err(names.T("the interface after % is no part of the address's bytes", "% 后面的网卡名不属于地址的字节")).Hint(names.T(bare, bare))
	case err == nil:
		other := string(sockets.IPAddress(ip, 0).Family)
		return w.Err(names.T("this address is of the family "+other, "这个地址属于 "+other)).Hint(names.T("inet_pton "+other+" "+w.Raw, "inet_pton "+other+" "+w.Raw))
	case f == sockets.INET && lenient && !strings.ContainsRune(w.Text, 0):
		full := a.String()
		return w.Err(names.T("inet_pton wants four decimal numbers without leading zeros", "inet_pton 要求四个没有前导 0 的十进制数")).
			Because(names.T("inet_aton reads this as "+full, "inet_aton 把它读作 "+full)).Hint(names.T(full, full))
	case f == sockets.INET:
		return badIPv4(w)
	}
	return w.Err(names.T("this is no IPv6 address: up to eight groups of hexadecimal digits, and one :: for the zeros", "这不是 IPv6 地址：应是最多八组十六进制数，连续的零可以用一个 :: 代替")).
		Hint(names.T("::1", "::1"))
}
