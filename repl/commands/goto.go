package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var goto_ = &repl.Command{
	Name:    "goto",
	Group:   repl.Learn,
	Usage:   []string{"STEP"},
	Summary: names.T("go to a step of the lesson", "跳到本课的某一步"),
	Detail: names.T("By its number or its name. The steps before it are played in a fresh session, and count as what they were.",
		"用编号或名字指定。它之前的步骤在全新的会话里演示，原来的完成情况不变。"),
	Example: []string{"lesson attributes", "goto bind"},
	Run: func(e *repl.Env) error {
		w, err := e.Next("STEP")
		if err != nil {
			return e.StepMissing(err)
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.GoTo(w)
	},
}
