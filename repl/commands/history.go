package commands

import (
	"fmt"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var history = &repl.Command{
	Name:    "history",
	Group:   repl.Look,
	Usage:   []string{"[NUMBER]"},
	Summary: names.T("the lines of this session", "本次会话输入过的命令"),
	Detail: names.T("With a number, the last so many. At the prompt Ctrl-R searches the lines of earlier sessions too.",
		"写上数字只看最近那么多条。在提示符下，Ctrl-R 还能搜索以前会话的命令。"),
	Example: []string{"s = socket tcp", "history"},
	Run: func(e *repl.Env) error {
		n, err := e.Int("NUMBER", 1000, 1, 1<<31)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		lines := e.Lines()
		first := max(len(lines)-int(n), 0)
		var out []string
		for i, l := range lines[first:] {
			out = append(out, fmt.Sprintf("%4d  %s", first+i+1, l))
		}
		e.Result(sockets.TextOf(strings.Join(out, "\n")))
		return nil
	},
}
