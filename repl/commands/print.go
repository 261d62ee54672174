package commands

import (
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var print_ = &repl.Command{
	Name:    "print",
	Group:   repl.Shell,
	Usage:   []string{"WORD…"},
	Summary: names.T("print words and kept values", "打印文字和保存的值"),
	Detail:  names.T("A kept value is printed as Python's print does: bytes as b'…'.", "保存的值按 Python 的 print 输出：字节串显示为 b'…'。"),
	Example: []string{"port = getservbyname http", "print http is port $port"},
	Python:  "print('http is port', port)",
	Run: func(e *repl.Env) error {
		var shown, py []string
		words := e.Rest()
		e.NoteBare(words)
		for _, w := range words {
			if w.Value != nil {
				shown = append(shown, w.Value.Text)
				py = append(py, strings.Trim(w.Raw, "${}"))
				continue
			}
			shown = append(shown, w.Text)
			py = append(py, sockets.PyString(w.Text))
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python("print(", strings.Join(py, ", "), ")")
		e.Result(sockets.TextOf(strings.Join(shown, " ")))
		return nil
	},
}
