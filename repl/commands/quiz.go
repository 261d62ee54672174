package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var quiz_ = &repl.Command{
	Name:    "quiz",
	Group:   repl.Learn,
	Usage:   []string{"[ANSWER]"},
	Summary: names.T("questions about the lessons that you have done", "就学过的课提问"),
	Example: []string{"! quiz"},
	Run: func(e *repl.Env) error {
		if err := e.CheckNames(0); err != nil {
			return err
		}
		return e.Quiz(e.Rest())
	},
}
