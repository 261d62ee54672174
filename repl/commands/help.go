package commands

import (
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var help = &repl.Command{
	Name:    "help",
	Group:   repl.Shell,
	Usage:   []string{"[TOPIC]"},
	Summary: names.T("all commands, or one command or topic", "所有命令；或某条命令、某个主题的说明"),
	Example: []string{"help send"},
	Run: func(e *repl.Env) error {
		if !e.More() {
			if err := e.Gives(1); err != nil {
				return err
			}
			e.Result(sockets.TextOf(e.Table().Overview(e.Lang())))
			return nil
		}
		w, _ := e.Next("TOPIC")
		if err := e.Gives(1); err != nil {
			return err
		}
		var page string
		if isCommand(e, w.Text) {
			c, _ := e.Table().Lookup(w)
			page = c.Help(e.Lang())
		}
		for _, t := range names.Topics() {
			if t.Name != strings.ToLower(w.Text) {
				continue
			}
			if page != "" { // jobs is both
				page += "\n\n"
			}
			page += t.Title.In(e.Lang()) + "\n\n" + t.Body.In(e.Lang())
		}
		if page != "" {
			if id, ok := e.LessonNamed(w.Text); ok {
				page += "\n\n" + names.T("the lesson about it: lesson "+id, "对应的课：lesson "+id).In(e.Lang())
			}
			e.Result(sockets.TextOf(page))
			return nil
		}
		c, err := e.Table().Lookup(w)
		if err != nil {
			return helpError(e, w, err)
		}
		e.Result(sockets.TextOf(c.Help(e.Lang())))
		return nil
	},
}

func isCommand(e *repl.Env, name string) bool {
	for _, c := range e.Table() {
		if c.Name == name {
			return true
		}
	}
	return false
}

// helpError suggests topics too.
func helpError(e *repl.Env, w repl.Word, err *sockets.Error) error {
	if o, ok := names.LookupOption(w.Text); ok {
		e.Result(sockets.TextOf(o.Level + " " + o.Name + "\n\n  " + o.Meaning.In(e.Lang())))
		return nil
	}
	if x, ok := names.LookupErrno(w.Text); ok {
		e.Result(sockets.TextOf(x.Name + "\n\n  " + x.Meaning.In(e.Lang())))
		return nil
	}
	if id, ok := e.LessonNamed(w.Text); ok {
		line := "lesson " + id
		return w.Err(names.T(w.Text+" is a lesson, no command or topic", w.Text+" 是一课，不是命令或主题")).Hint(names.T(line, line))
	}
	var all []string
	for _, t := range names.Topics() {
		all = append(all, t.Name)
	}
	if near, ok := names.Nearest(strings.ToLower(w.Text), all); ok && err.Fix.En == "help lists them all" {
		return err.Hint(names.T("help "+near, "help "+near))
	}
	if isCommand(e, err.Fix.En) {
		err.Hint(names.T("help "+err.Fix.En, "help "+err.Fix.En))
	}
	return err.Because(names.T("topics: "+strings.Join(all, " "), "主题："+strings.Join(all, " ")))
}
