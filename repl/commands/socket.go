package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var socket = &repl.Command{
	Name:    "socket",
	Group:   repl.Make,
	Usage:   []string{"[KIND]", "[AF_…] [SOCK_…] [IPPROTO_…]"},
	Summary: names.T("make a socket", "创建套接字"),
	Detail: names.T(
		"KIND is tcp (none means tcp, as in Python), udp, unix, unix-dgram, unix-seqpacket, icmp or raw; the manual's words (AF_INET SOCK_STREAM) do too. "+
			"A new socket has no address and no peer: it is only a file descriptor and the buffers behind it.",
		"KIND 可以是 tcp（省略即 tcp，与 Python 相同）、udp、unix、unix-dgram、unix-seqpacket、icmp 或 raw；也可以写手册里的名字（AF_INET SOCK_STREAM）。新套接字没有地址也没有对端：它只是一个文件描述符和它背后的缓冲区。"),
	Flags:   []repl.Flag{sixFlag},
	Choices: map[string][]repl.Choice{"KIND": kindChoices},
	Example: []string{"s = socket tcp"},
	Python:  "s = socket(AF_INET, SOCK_STREAM)",
	Man:     "socket(2)",
	Run: func(e *repl.Env) error {
		k, _, err := readKind(e)
		if err != nil {
			return err
		}
		if e.More() {
			return unknownKind(e.Peek())
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), "socket(", k.python(), ")")
		s, err := k.open(e, 0)
		if err != nil {
			return err
		}
		e.Python(s.Name, " = socket(", k.python(), ")")
		e.Result(repl.SocketResult(s))
		return nil
	},
}
