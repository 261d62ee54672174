package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var lessons_ = &repl.Command{
	Name:    "lessons",
	Group:   repl.Learn,
	Usage:   []string{""},
	Summary: names.T("the course, and what you have done of it", "课程表，以及你的进度"),
	Example: []string{"lessons"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(1); err != nil {
			return err
		}
		v, err := e.LessonList()
		if err != nil {
			return err
		}
		e.Result(v)
		return nil
	},
}
