package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var at = &repl.Command{
	Name:    "at",
	Group:   repl.Shell,
	Usage:   []string{"HOST COMMAND…"},
	Summary: names.T("do a line at the other host of the lab", "在实验室的另一台主机上执行一行"),
	Detail: names.T(
		"In the lab you sit at left. Sockets that the command makes belong to that host for ever: later lines use them by their names, without at. "+
			"What stands behind the host is a line as any other, with its flags and &.",
		"在实验室里，你坐在 left 前。命令创建的套接字永远属于那台主机：之后直接用名字操作，不必再写 at。"+
			"主机名之后就是普通的一行，选项和 & 照常使用。"),
	Choices: map[string][]repl.Choice{"HOST": hostChoices},
	Example: []string{"s = at right listen tcp :8888"},
	Man:     "network_namespaces(7)",
	Waits:   names.T("what the command waits for", "那条命令所等待的"),
	Wraps:   true,
	Run: func(e *repl.Env) error {
		host, err := e.Next("HOST")
		if err != nil {
			return err
		}
		if !e.More() {
			return e.Missing("COMMAND")
		}
		return e.At(host)
	},
}

var hostChoices = []repl.Choice{
	{Word: "left", Meaning: names.T("where you sit: 10.0.0.1", "你所在的主机：10.0.0.1")},
	{Word: "right", Meaning: names.T("the other host: 10.0.0.2", "另一台主机：10.0.0.2")},
}
