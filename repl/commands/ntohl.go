package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var ntohl = &repl.Command{
	Name:    "ntohl",
	Group:   repl.Names,
	Usage:   []string{"NUMBER"},
	Summary: names.T("a 32-bit number in this machine's order", "32 位整数：网络字节序转主机字节序"),
	Detail: names.T(
		"Network to host, long: the way back from htonl, and the same operation: turning four bytes round twice leaves them as they were.",
		"network to host long：htonl 的逆操作，也是同一个操作：四个字节倒转两次就恢复原样。"),
	Example: []string{"ntohl 0x0100007f"},
	Python:  "ntohl(0x0100007f)",
	Man:     "ntohl(3)",
	Run:     func(e *repl.Env) error { return reorder(e, 32) },
}
