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
			text, python := printed(w)
			shown = append(shown, text)
			py = append(py, python)
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python("print(", strings.Join(py, ", "), ")")
		if name := e.Name(0, ""); name != "" {
			e.Python(name, " = ", printedValue(words, py), "; print(", name, ")")
		}
		if len(words) == 1 && words[0].Bytes {
			e.Result(sockets.BytesOf([]byte(words[0].Text)))
			return nil
		}
		e.Result(sockets.TextOf(strings.Join(shown, " ")))
		return nil
	},
}

// printed is what print shows of a word, and what the word is in Python.
func printed(w repl.Word) (text, python string) {
	switch {
	case w.Value != nil:
		return w.Value.Text, strings.Trim(w.Raw, "${}")
	case w.Bytes:
		b := sockets.PyBytes([]byte(w.Text))
		return b, b
	}
	return w.Text, sockets.PyString(w.Text)
}

// printedValue is what is printed as one value in Python; py are the words in Python.
func printedValue(words []repl.Word, py []string) string {
	switch {
	case len(words) == 0:
		return "''"
	case len(words) > 1:
		return "' '.join(map(str, [" + strings.Join(py, ", ") + "]))"
	case words[0].Value != nil && words[0].Value.Type != sockets.TextValue:
		return "str(" + py[0] + ")"
	}
	return py[0]
}
