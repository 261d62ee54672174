package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var interfaces = &repl.Command{
	Name:    "interfaces",
	Group:   repl.Names,
	Usage:   []string{""},
	Summary: names.T("this machine's interfaces and addresses", "本机的网卡和地址"),
	Detail: names.T(
		"What ifconfig and ip addr show. The addresses here are those that bind can take: lo's are for this machine alone, 0.0.0.0 stands for all of them. "+
			"The number after the / says how many bits all neighbours on that network share; the mtu is how many bytes one packet may have.",
		"相当于 ifconfig 和 ip addr 的输出。bind 可以使用这里的地址：lo 的地址只限本机，0.0.0.0 代表所有网卡。"+
			"/ 后面的数是同一网络的邻居共有的位数；mtu 是一个数据包最多的字节数。"),
	Example: []string{"interfaces"},
	Python:  "if_nameindex()",
	Man:     "getifaddrs(3)",
	Run: func(e *repl.Env) error {
		if err := e.Gives(1); err != nil {
			return err
		}
		all, err := sys.Interfaces()
		if err != nil {
			return e.Fail("getifaddrs", nil, err)
		}
		e.Python(e.Assign(), "if_nameindex()")
		var cards, pairs []sockets.Value
		for _, i := range all {
			var flags, addresses []sockets.Value
			for _, f := range i.Flags {
				flags = append(flags, sockets.TextOf(f))
			}
			for _, a := range i.Addresses {
				addresses = append(addresses, sockets.TextOf(a.String()))
			}
			cards = append(cards, sockets.CardOf(
				sockets.Field{Name: "name", Value: sockets.TextOf(i.Name)},
				sockets.Field{Name: "index", Value: sockets.IntOf(int64(i.Index))},
				sockets.Field{Name: "address", Value: sockets.ListOf(addresses...)},
				sockets.Field{Name: "mtu", Value: sockets.IntOf(int64(i.MTU))},
				sockets.Field{Name: "flags", Value: sockets.ListOf(flags...)},
			))
			pairs = append(pairs, sockets.TupleOf(sockets.IntOf(int64(i.Index)), sockets.TextOf(i.Name)))
		}
		v := sockets.ListOf(cards...)
		v.Text = sockets.ListOf(pairs...).Text // what Python's if_nameindex prints
		e.Result(v)
		return nil
	},
}
