package commands

import (
	"strings"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var why = &repl.Command{
	Name:    "why",
	Group:   repl.Look,
	Usage:   []string{""},
	Summary: names.T("explain the last error or odd result in full", "完整解释上一个错误或异常结果"),
	Detail: names.T("It tells again what failed, what the errno means, the usual cause, what to type, and every note of that line.",
		"再说一遍什么失败了、错误码的含义、常见原因、该怎么做，以及那一行的所有说明。"),
	Example: []string{"s = socket tcp", "! accept s", "why"},
	Python:  "",
	Man:     "errno(3)",
	Run: func(e *repl.Env) error {
		if err := e.Gives(1); err != nil {
			return err
		}
		act := e.LastOdd()
		if act == nil {
			e.Result(sockets.TextOf(names.T("nothing has gone wrong yet", "到现在为止一切正常").In(e.Lang())))
			return nil
		}
		e.Result(sockets.TextOf(strings.Join(render.Explain(act, e.Lang()), "\n")))
		return nil
	},
}
