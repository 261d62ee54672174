package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var gethostbyname = &repl.Command{
	Name:    "gethostbyname",
	Group:   repl.Names,
	Usage:   []string{"HOST"},
	Summary: names.T("a host's IPv4 address", "查询主机的 IPv4 地址"),
	Detail: names.T(
		"The hosts file is asked first, then the name servers. It gives one IPv4 address, the first; a host may have more, and IPv6 ones: getaddrinfo lists them all. "+
			"gethostbyname of one's own gethostname is often 127.0.0.1 or 127.0.1.1, not the address that others reach: see interfaces.",
		"先查 hosts 文件，再问域名服务器。只给出第一个 IPv4 地址；一台主机可能有多个地址，也可能有 IPv6 地址，getaddrinfo 会全部列出。"+
			"用 gethostname 得到的本机名来查，结果往往是 127.0.0.1 或 127.0.1.1，不是别人能访问的地址；本机地址请看 interfaces。"),
	Flags:   []repl.Flag{timeoutFlag},
	Example: []string{"gethostbyname localhost"},
	Python:  "gethostbyname('localhost')",
	Man:     "gethostbyname(3)",
	Waits:   aNameServer,
	Run: func(e *repl.Env) error {
		w, err := hostWord(e)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		e.Python(e.Assign(), "gethostbyname(", pyWord(w), ")")
		all, err := hostAddresses(e, w, sockets.INET)
		if err != nil {
			return err
		}
		e.Result(sockets.TextOf(all[0].String()))
		return nil
	},
}
