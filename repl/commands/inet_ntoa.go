package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var inetNtoa = &repl.Command{
	Name:    "inet_ntoa",
	Group:   repl.Names,
	Usage:   []string{"PACKED"},
	Summary: names.T("4 bytes as an IPv4 address", "把 4 个字节转换成 IPv4 地址"),
	Detail: names.T(
		"The way back from inet_aton: one number for each of the 4 bytes. PACKED is a bytes literal (the b before the quote matters), or a kept value.",
		"inet_aton 的逆操作：4 个字节各写成一个数。PACKED 是 bytes 字面量（引号前的 b 不能少），或保存的值。"),
	Example: []string{`inet_ntoa b'\xc0\xa8\x01\x02'`},
	Python:  `inet_ntoa(b'\xc0\xa8\x01\x02')`,
	Man:     "inet_ntoa(3)",
	Run: func(e *repl.Env) error {
		w, packed, err := packedWord(e, sockets.INET)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), "inet_ntoa(", pyPacked(w), ")")
		e.Result(sockets.TextOf(ntop(packed)))
		return nil
	},
}
