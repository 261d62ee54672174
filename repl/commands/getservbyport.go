package commands

import (
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var getservbyport = &repl.Command{
	Name:    "getservbyport",
	Group:   repl.Names,
	Usage:   []string{"PORT [PROTO]"},
	Summary: names.T("the service that usually has a port", "查询端口常用于哪种服务"),
	Detail: names.T(
		"The list of getservbyname, read the other way. It tells what a port is usually for; any program may listen on it.",
		"反过来查 getservbyname 的那张表。它说的是端口的通常用途；任何程序都可以监听这个端口。"),
	Choices: map[string][]repl.Choice{"PROTO": protoChoices},
	Example: []string{"getservbyport 80"},
	Python:  "getservbyport(80)",
	Man:     "getservbyport(3)",
	Run: func(e *repl.Env) error {
		w, err := e.Next("PORT")
		if err != nil {
			return err
		}
		n, err := portNumber(w)
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
		e.Python(e.Assign(), "getservbyport(", strconv.Itoa(n), pyProto(proto), ")")
		name, ok := serviceAt(e, n, proto)
		if !ok {
			what := "port " + strconv.Itoa(n)
			if proto != "" {
				what = proto + " " + what
			}
			return w.Err(names.T("no service is listed for "+what, "没有服务登记了 "+what)).
				Because(names.T("a port without a name is as good as any other", "没有登记名字的端口照样可以使用"))
		}
		e.Result(sockets.TextOf(name))
		return nil
	},
}

// portNumber reads a port, as an int of Python's.
func portNumber(w repl.Word) (int, error) {
	n, ok := pyInt(w)
	if !ok || n.Sign() < 0 || n.BitLen() > 16 {
		bad := w.Err(names.T("a port is a number from 0 to 65535", "端口是 0 到 65535 的整数"))
		if repl.IsName(w.Text) {
			bad.Hint(names.T("getservbyname "+w.Raw, "getservbyname "+w.Raw))
		}
		return 0, bad
	}
	return int(n.Int64()), nil
}
