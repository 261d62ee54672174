package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var inetNtop = &repl.Command{
	Name:    "inet_ntop",
	Group:   repl.Names,
	Usage:   []string{"FAMILY PACKED"},
	Summary: names.T("bytes as an IPv4 or IPv6 address", "把字节转换成 IPv4 或 IPv6 地址"),
	Detail: names.T(
		"The way back from inet_pton: 4 bytes for AF_INET, 16 for AF_INET6. In IPv6 the longest run of zero groups is written as ::.",
		"inet_pton 的逆操作：AF_INET 用 4 个字节，AF_INET6 用 16 个。IPv6 里最长的一串零组写成 ::。"),
	Choices: map[string][]repl.Choice{"FAMILY": familyChoices},
	Example: []string{`inet_ntop AF_INET b'\xc0\xa8\x01\x02'`},
	Python:  `inet_ntop(AF_INET, b'\xc0\xa8\x01\x02')`,
	Man:     "inet_ntop(3)",
	Run: func(e *repl.Env) error {
		f, err := familyWord(e)
		if err != nil {
			return err
		}
		w, packed, err := packedWord(e, f)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), "inet_ntop(", string(f), ", ", pyPacked(w), ")")
		e.Result(sockets.TextOf(ntop(packed)))
		return nil
	},
}
