package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var again_ = &repl.Command{
	Name:    "again",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("begin this step anew", "重新开始这一步"),
	Detail: names.T("The sockets are closed, and the steps before are played in a fresh session, with other ports and words.",
		"关闭所有套接字，并在全新的会话里演示前面的步骤，端口和词也会换新。"),
	Example: []string{"lesson attributes", "again"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.Again()
	},
}
