package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var ntohs = &repl.Command{
	Name:    "ntohs",
	Group:   repl.Names,
	Usage:   []string{"NUMBER"},
	Summary: names.T("a 16-bit number in this machine's order", "16 位整数：网络字节序转主机字节序"),
	Detail: names.T(
		"Network to host, short: the way back from htons. Turning two bytes round twice leaves them as they were, so it is the same operation under a name that tells its purpose.",
		"network to host short：htons 的逆操作。两个字节互换两次就恢复原样，所以它其实是同一个操作，名字只说明用途。"),
	Example: []string{"ntohs 47138"},
	Python:  "ntohs(47138)",
	Man:     "ntohs(3)",
	Run:     func(e *repl.Env) error { return reorder(e, 16) },
}
