package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var skip_ = &repl.Command{
	Name:    "skip",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("have the solution played, and go on", "演示答案，然后继续"),
	Detail: names.T("The step counts as skipped, not as done. It is played in a fresh session.",
		"这一步算作跳过，不算完成。演示在全新的会话里进行。"),
	Example: []string{"lesson attributes", "skip"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.SkipStep()
	},
}
