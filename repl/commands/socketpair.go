package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var socketpair = &repl.Command{
	Name:    "socketpair",
	Group:   repl.Make,
	Usage:   []string{"[KIND]"},
	Summary: names.T("make two sockets that are each other's peer", "创建一对互为对端的套接字"),
	Detail: names.T("Both ends are AF_UNIX and connected from the start, without addresses. KIND is unix (the default), unix-dgram or unix-seqpacket.",
		"两端都是 AF_UNIX，一开始就已连接，也没有地址。KIND 为 unix（默认）、unix-dgram 或 unix-seqpacket。"),
	Choices: map[string][]repl.Choice{"KIND": kindChoices},
	Example: []string{"a, b = socketpair"},
	Python:  "a, b = socketpair()",
	Man:     "socketpair(2)",
	Run: func(e *repl.Env) error {
		k := kindWords["unix"]
		if e.More() {
			var err error
			if k, _, err = readKind(e); err != nil {
				return err
			}
			if e.More() {
				return unknownKind(e.Peek())
			}
		}
		if err := e.Gives(2); err != nil {
			return err
		}
		args := k.python()
		if k == kindWords["unix"] {
			args = ""
		}
		e.Python(e.Assign(), "socketpair(", args, ")")
		fa, fb, err := e.Sys.Socketpair(k.family, k.typ, k.proto)
		if err != nil {
			return e.Fail("socketpair", sockets.NewSocket("a", -1, k.family, k.typ, k.proto), err,
				"kind", sockets.KindName(k.family, k.typ, k.proto))
		}
		a := e.NewSocket(0, "s", fa, k.family, k.typ, k.proto)
		b := e.NewSocket(1, "s", fb, k.family, k.typ, k.proto)
		unnamed := sockets.Address{Family: sockets.UNIX}
		a.Local, a.Peer, b.Local, b.Peer = unnamed, unnamed, unnamed, unnamed
		a.Partner, b.Partner = b, a
		e.Python(a.Name, ", ", b.Name, " = socketpair(", args, ")")
		e.Result(sockets.TupleOf(repl.SocketResult(a), repl.SocketResult(b)))
		return nil
	},
}
