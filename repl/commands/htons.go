package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var htons = &repl.Command{
	Name:    "htons",
	Group:   repl.Names,
	Usage:   []string{"NUMBER"},
	Summary: names.T("a 16-bit number in the network's byte order", "16 位整数：主机字节序转网络字节序"),
	Detail: names.T(
		"Host to network, short: a port is such a number. The network sends the highest byte first, most machines keep the lowest first in memory, and then the two bytes change places. Python's bind and connect do this for you; C programs call it.",
		"host to network short：端口就是这样的数。网络上高位字节在前，多数机器的内存里低位字节在前，这时两个字节要互换。Python 的 bind 和 connect 会替你转换，C 程序则要自己调用。"),
	Example: []string{"htons 8888"},
	Python:  "htons(8888)",
	Man:     "htons(3)",
	Run:     func(e *repl.Env) error { return reorder(e, 16) },
}
