package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var send = &repl.Command{
	Name:    "send",
	Group:   repl.Talk,
	Usage:   []string{"[S] MSG"},
	Summary: names.T("send a message to the peer", "向对端发送消息"),
	Detail: names.T(
		"send copies bytes into the kernel's send buffer and returns how many it took: fewer than asked is no error. It does not wait for the peer to read them. "+
			"Several words are joined by one blank; quotes keep blanks and know Python's escapes.",
		"send 把字节拷进内核的发送缓冲区，返回拷进了多少；比要求的少也不算错误。它不等对端读走。多个词之间用一个空格相连；引号里保留空格，也认得 Python 的转义。"),
	Flags:   sendFlags,
	Example: []string{"a, b = socketpair", `send a "Hello\r\n"`},
	Python:  `s.send(b'Hello\r\n')`,
	Man:     "send(2)",
	Waits:   names.T("room in the send buffer", "发送缓冲区有空位"),
	Run:     func(e *repl.Env) error { return runSend(e, "send", false) },
}
