package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var htonl = &repl.Command{
	Name:    "htonl",
	Group:   repl.Names,
	Usage:   []string{"NUMBER"},
	Summary: names.T("a 32-bit number in the network's byte order", "32 位整数：主机字节序转网络字节序"),
	Detail: names.T(
		"Host to network, long: an IPv4 address is such a number. The highest byte goes first; where the machine keeps the lowest first, the four bytes are turned round.",
		"host to network long：IPv4 地址就是这样的数。高位字节在前；如果机器的内存里低位字节在前，四个字节就要整个倒过来。"),
	Example: []string{"htonl 0x7f000001"},
	Python:  "htonl(0x7f000001)",
	Man:     "htonl(3)",
	Run:     func(e *repl.Env) error { return reorder(e, 32) },
}
