package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var lesson_ = &repl.Command{
	Name:    "lesson",
	Group:   repl.Learn,
	Usage:   []string{"[LESSON]", "join [LESSON]", "alone"},
	Summary: names.T("begin a lesson, or go on with it", "开始一课，或继续上课"),
	Detail: names.T("A lesson is named by its id or its number; without one, the one that was left or the next begins. It looks at what your sockets are, not at what you type: any names and any way will do. It begins with nothing open, and comes back to the step where you left. In a lesson, this line shows the step again.\n"+
		"Some lessons have two ends, such as a server and a client. You take the first, or the one that --as names; lesson join takes the other in another terminal. Until somebody does, the program plays it; where your partner has left, lesson alone lets the program go on.",
		"课用编号或名字指定；不写时继续上次的课，或开始下一课。它看的是你的套接字的真实状态，而不是你输入的文字：名字随意，做法不限。开始时没有打开的套接字；再次进入时回到离开的那一步。上课时，这一行会再次显示当前步骤。\n"+
			"有些课有两端，比如服务器和客户端。你做第一端，或者用 --as 指定的那一端；在另一个终端输入 lesson join 就接下另一端。没有人来时由程序扮演；同伴离开后，lesson alone 让程序接着扮演。"),
	Choices: map[string][]repl.Choice{
		"join":  {{Word: "join", Meaning: names.T("take the other end of a partner's lesson", "接下同伴那一课的另一端")}},
		"alone": {{Word: "alone", Meaning: names.T("let the program play the other end", "让程序扮演另一端")}},
	},
	Flags: []repl.Flag{
		{Name: "as", Arg: "ROLE", Meaning: names.T("which end you take, of a lesson that has two", "在有两端的课里做哪一端")},
		{Name: "wait", Meaning: names.T("first wait until a step of yours is on, as a script may have to", "先等到轮到自己的步骤，脚本里会用到")},
		{Name: "play", Meaning: names.T("play the lesson before a class: its lines are typed at your key, and really run", "在课堂上演示：按键逐行输入答案，并真正执行")},
	},
	Example: []string{"lesson attributes"},
	Waits:   names.T("the other terminal", "另一个终端"),
	Run: func(e *repl.Env) error {
		word := e.Peek()
		switch {
		case word.Quoted:
		case word.Text == "join":
			e.Next("WORD")
			w, given, err := lessonWord(e)
			if err != nil {
				return err
			}
			return e.JoinLesson(w, given)
		case word.Text == "alone":
			e.Next("WORD")
			if err := e.Gives(0); err != nil {
				return err
			}
			return e.Alone()
		}
		w, given, err := lessonWord(e)
		if err != nil {
			return err
		}
		if e.Flag("play") {
			if role, as := e.FlagWord("as"); as {
				return role.Err(names.T("a play has both ends: --as goes without --play", "演示时两端都在：--as 不和 --play 一起用"))
			}
			return e.Play(w, given)
		}
		if e.Flag("wait") && !given {
			return e.AwaitTurn()
		}
		role, _ := e.FlagWord("as")
		return e.Lesson(w, given, role)
	},
}

// lessonWord is the word that names a lesson, where one is given; nothing stands behind it.
func lessonWord(e *repl.Env) (w repl.Word, given bool, err error) {
	if given = e.More(); given {
		w, _ = e.Next("LESSON")
	}
	return w, given, e.Gives(0)
}
