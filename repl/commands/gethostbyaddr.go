package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var gethostbyaddr = &repl.Command{
	Name:    "gethostbyaddr",
	Group:   repl.Names,
	Usage:   []string{"HOST"},
	Summary: names.T("the name that belongs to an address", "由地址反查主机名"),
	Detail: names.T(
		"It gives (name, aliases, addresses). A name is looked up first; then the hosts file and the name servers are asked which name its address has (a PTR record). "+
			"Whoever owns the address enters that name, or none: most web sites' addresses have none, and then it fails with herror 1. "+
			"The first part is a name, not an address: where notes show ('127.0.0.1', [], ['119.75.213.61']) for a web site, that 127.0.0.1 is what somebody entered as its name, and does not mean that the site is on this machine.",
		"结果是 (主机名, 别名, IP 地址)。如果给的是名字，先查出它的地址，再问 hosts 文件和域名服务器这个地址叫什么名字（PTR 记录）。"+
			"这个名字由地址的所有者登记，也可以不登记：多数网站的地址没有登记，这时会以 herror 1 失败。"+
			"第一项是名字，不是地址：有的笔记里查网站得到 ('127.0.0.1', [], ['119.75.213.61'])，那个 127.0.0.1 只是别人登记的名字，并不表示网站在本机上。"),
	Flags:   []repl.Flag{timeoutFlag},
	Example: []string{"gethostbyaddr 127.0.0.1"},
	Python:  "gethostbyaddr('127.0.0.1')",
	Man:     "gethostbyaddr(3)",
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
		e.Python(e.Assign(), "gethostbyaddr(", pyWord(w), ")")
		ips, err := hostAddresses(e, w, "")
		if err != nil {
			return err
		}
		var all []string
		e.Block(func() { all, err = sys.Reverse(e.Ctx, ips[0]) })
		if err != nil {
			return unresolved(e, w, e.GaiError(ips[0].String(), err))
		}
		aliases := make([]sockets.Value, len(all)-1)
		for i, a := range all[1:] {
			aliases[i] = sockets.TextOf(a)
		}
		e.Result(sockets.TupleOf(sockets.TextOf(all[0]), sockets.ListOf(aliases...), sockets.ListOf(sockets.TextOf(ips[0].WithZone("").String()))))
		return nil
	},
}
