package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var sendall = &repl.Command{
	Name:    "sendall",
	Group:   repl.Talk,
	Usage:   []string{"[S] MSG"},
	Summary: names.T("send until all of it is sent", "一直发送到全部发完"),
	Detail:  names.T("It calls send(2) again as often as it takes fewer bytes than are left; that is Python's sendall.", "send(2) 没发完就接着再调用，直到发完；这就是 Python 的 sendall。"),
	Flags:   sendFlags,
	Example: []string{"a, b = socketpair", "sendall a hello"},
	Python:  "s.sendall(b'hello')",
	Man:     "send(2)",
	Waits:   names.T("room in the send buffer", "发送缓冲区有空位"),
	Run:     func(e *repl.Env) error { return runSend(e, "sendall", true) },
}
