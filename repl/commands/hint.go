package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var hint_ = &repl.Command{
	Name:    "hint",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("what is missing, and a hint", "还缺什么，并给一个提示"),
	Detail: names.T("There are three for each step: a nudge, what to use, and the full line.",
		"每一步有三个提示：点一下、用什么、完整的命令。"),
	Example: []string{"lesson attributes", "hint"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.Hint()
	},
}
