package commands

import (
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var getservbyname = &repl.Command{
	Name:    "getservbyname",
	Group:   repl.Names,
	Usage:   []string{"SERVICE [PROTO]"},
	Summary: names.T("a service's usual port", "查询服务的常用端口"),
	Detail: names.T(
		"It reads a list (/etc/services) and asks no network: the answer is where a service usually listens, not whether one listens there. "+
			"A service that the list of this machine lacks is taken from sockstep's own, and a note says so.",
		"它只查一张表（/etc/services），不访问网络：结果是这种服务通常使用的端口，并不表示真有程序在监听。"+
			"本机的表里没有的服务，从 sockstep 自带的表里取，并会注明。"),
	Choices: map[string][]repl.Choice{"PROTO": protoChoices},
	Example: []string{"getservbyname mysql"},
	Python:  "getservbyname('mysql')",
	Man:     "getservbyname(3)",
	Run: func(e *repl.Env) error {
		w, err := e.Next("SERVICE")
		if err != nil {
			return err
		}
		proto, _, err := protoWord(e)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), "getservbyname(", pyWord(w), pyProto(proto), ")")
		port, ok := service(e, w.Text, proto)
		if !ok {
			return noService(w, proto)
		}
		e.Result(sockets.IntOf(int64(port)))
		return nil
	},
}

// pyProto is the protocol as a further argument in Python.
func pyProto(proto string) string {
	if proto == "" {
		return ""
	}
	return ", '" + proto + "'"
}

// noService is the error for a word that names no service.
func noService(w repl.Word, proto string) error {
	listed, _ := sys.Services()
	known := append(listed, names.Services()...)
	if port, ok := names.FindService(known, w.Text, ""); ok && proto != "" {
		return w.Err(names.T("no service "+w.Text+" is listed for "+proto, proto+" 没有叫 "+w.Text+" 的服务")).
			Because(names.T("it is listed for another protocol, with port "+strconv.Itoa(port), "它登记在别的协议下，端口是 "+strconv.Itoa(port))).
			Hint(names.T("getservbyname "+w.Raw, "getservbyname "+w.Raw))
	}
	bad := w.Err(names.T("no service is called "+w.Text, "没有叫 "+w.Text+" 的服务"))
	if _, err := strconv.Atoi(w.Text); err == nil {
		return bad.Because(names.T("this is a port", "这是一个端口")).Hint(names.T("getservbyport "+w.Text, "getservbyport "+w.Text))
	}
	if near, ok := repl.NearestService(w.Text); ok {
		return bad.Hint(names.T(near, near))
	}
	return bad
}
