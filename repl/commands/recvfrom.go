package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var recvfrom = &repl.Command{
	Name:    "recvfrom",
	Group:   repl.Talk,
	Usage:   []string{"[S] [N]"},
	Summary: names.T("take a datagram, and learn who sent it", "取出一个数据报，并得知是谁发的"),
	Detail: names.T(
		"One call takes one datagram, never two. N is 1024 where it is left out; what is longer is cut, and the rest is gone for good.",
		"一次调用取一个数据报，不会取两个。N 省略时为 1024；更长的会被截断，剩下的永远丢失。"),
	Flags:   streamFlags,
	Example: []string{"u = listen udp 127.0.0.1:9999", "v = socket udp", "sendto v 127.0.0.1:9999 hello", "data, addr = recvfrom u"},
	Python:  "data, addr = u.recvfrom(1024)",
	Man:     "recvfrom(2)",
	Waits:   names.T("a datagram", "数据报到来"),
	Run: func(e *repl.Env) error {
		return runRecv(e, "recvfrom", 2)
	},
}
