package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var lang = &repl.Command{
	Name:    "lang",
	Group:   repl.Shell,
	Usage:   []string{"[LANG]"},
	Summary: names.T("speak English or Chinese", "切换语言：英文或中文"),
	Detail:  names.T("The choice is kept for later sessions. Without a word it tells which is in force.", "选择会保留到以后的会话。不写参数时告诉你当前语言。"),
	Choices: map[string][]repl.Choice{"LANG": {
		{Word: "en", Meaning: names.T("English", "英文")},
		{Word: "zh", Meaning: names.T("Chinese", "中文")},
	}},
	Example: []string{"lang zh"},
	Run: func(e *repl.Env) error {
		if !e.More() {
			if err := e.Gives(1); err != nil {
				return err
			}
			e.Result(sockets.TextOf(e.Lang().String()))
			return nil
		}
		w, _ := e.Next("LANG")
		l, ok := names.ParseLang(w.Text)
		if !ok || w.Text != "zh" && w.Text != "en" {
			return w.Err(names.T("the languages are en and zh", "语言是 en 和 zh"))
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.SetLang(l)
		e.Retell()
		return nil
	},
}
