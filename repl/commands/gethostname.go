package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var gethostname = &repl.Command{
	Name:    "gethostname",
	Group:   repl.Names,
	Summary: names.T("this machine's own name", "本机的名字"),
	Detail: names.T(
		"What the machine calls itself; the kernel keeps it. Nobody else need know it: whether it can be looked up depends on the hosts file and on the name servers.",
		"机器给自己起的名字，保存在内核里。别人不一定认识它：能否查到地址，取决于 hosts 文件和域名服务器。"),
	Usage:   []string{""},
	Example: []string{"gethostname"},
	Python:  "gethostname()",
	Man:     "gethostname(2)",
	Run: func(e *repl.Env) error {
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), "gethostname()")
		name, err := sys.Hostname()
		if err != nil {
			return e.Fail("gethostname", nil, err)
		}
		e.Result(sockets.TextOf(name))
		return nil
	},
}
