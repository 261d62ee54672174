package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var lesson_ = &repl.Command{
	Name:    "lesson",
	Group:   repl.Learn,
	Usage:   []string{"[LESSON]"},
	Summary: names.T("begin a lesson, or go on with it", "开始一课，或继续上课"),
	Detail: names.T("A lesson is named by its id or its number; without one, the one that was left or the next begins. It looks at what your sockets are, not at what you type: any names and any way will do. It begins with nothing open, and comes back to the step where you left. In a lesson, this line shows the step again.",
		"课用编号或名字指定；不写时继续上次的课，或开始下一课。它看的是你的套接字的真实状态，而不是你输入的文字：名字随意，做法不限。开始时没有打开的套接字；再次进入时回到离开的那一步。上课时，这一行会再次显示当前步骤。"),
	Flags:   []repl.Flag{{Name: "play", Meaning: names.T("play the lesson before a class: its lines are typed at your key, and really run", "在课堂上演示：按键逐行输入答案，并真正执行")}},
	Example: []string{"lesson attributes"},
	Run: func(e *repl.Env) error {
		given := e.More()
		w := e.Peek()
		if given {
			e.Next("LESSON")
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		if e.Flag("play") {
			return e.Play(w, given)
		}
		return e.Lesson(w, given)
	},
}
