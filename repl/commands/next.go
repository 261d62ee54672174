package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var next_ = &repl.Command{
	Name:    "next",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("go on: to the next lesson, or past what cannot be told here", "继续：进入下一课，或越过这里无法判断的步骤"),
	Detail: names.T("A step that is done needs no next: the lesson goes on by itself. Where the step is the partner's, next waits until it is done.",
		"步骤完成后不需要 next，课程会自动继续。如果这一步是对方的，next 会等它完成。"),
	Waits:   names.T("the partner", "对方"),
	Example: []string{"lesson attributes", "s = socket udp", "! next"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.NextStep()
	},
}
