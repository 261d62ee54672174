package commands

import (
	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var timeline_ = &repl.Command{
	Name:    "timeline",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("what both terminals of a lesson have done, and the packets between", "一课的两个终端各做了什么，以及其间的报文"),
	Detail: names.T("In the order in which it happened: the lines of both ends with what they gave, how long their calls waited, and the packets that went between them as this terminal saw them. It begins where this terminal came to the lesson.",
		"按发生的先后：两端的每一行和它的结果、它的调用等待了多久，以及本终端看到的、两端之间的报文。从本终端进入这一课时开始。"),
	Example: []string{"lesson tcp-echo", "s = listen tcp 127.0.0.1:0", "timeline"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(1); err != nil {
			return err
		}
		all, roles, labels, err := e.Timeline()
		if err != nil {
			return err
		}
		var rows []render.TimelineRow
		var list []sockets.Value
		for _, m := range all {
			r := render.TimelineRow{At: m.At.Sub(all[0].At), Role: m.Role, Kind: m.Kind, Line: m.Line, Result: m.Result, Waited: m.Waited, Program: m.Program, Packet: m.Packet}
			rows = append(rows, r)
			list = append(list, r.Value())
		}
		v := render.Timeline(rows, roles, labels, e.Width(), e.Lang()).Value()
		v.List = list
		e.Result(v)
		return nil
	},
}
