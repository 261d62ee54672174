package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var free_ = &repl.Command{
	Name:    "free",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("leave the lesson for a while", "暂时离开课程"),
	Detail: names.T("The sockets stay, to try things with. lesson comes back to the same step, with fresh ones.",
		"套接字保留，可以随意试。lesson 会回到同一步，并换上新的套接字。"),
	Example: []string{"lesson attributes", "free"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.Free()
	},
}
