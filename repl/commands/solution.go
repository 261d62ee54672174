package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var solution_ = &repl.Command{
	Name:    "solution",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("show the lines that do this step", "显示完成这一步的命令"),
	Example: []string{"lesson attributes", "solution"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.Solution()
	},
}
