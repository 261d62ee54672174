package commands

import (
	"slices"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var inspect = &repl.Command{
	Name:    "inspect",
	Group:   repl.Look,
	Usage:   []string{"[S] [FIELD…]"},
	Summary: names.T("show what the kernel knows of a socket", "查看内核所知的套接字状态"),
	Detail: names.T(
		"A field alone is printed as Python prints it: a plain number, times in microseconds, sizes in bytes. Tab lists the fields, --explain says what each means; each member of tcp_info is one, too: tcpi_ato. "+
			"After close, inspect shows the connection as long as the kernel has it. In JSON the card always has every field.",
		"只写一个字段时，按 Python 的样子打印：纯数字，时间以微秒计，大小以字节计。按 Tab 列出字段，--explain 说明各自的含义；tcp_info 的每个成员也是字段，如 tcpi_ato。"+
			"关闭之后，只要内核还保留着连接，inspect 就能看到它。JSON 输出的卡片总是包含所有字段。"),
	Choices: map[string][]repl.Choice{"FIELD": fieldChoices()},
	Flags: []repl.Flag{
		{Name: "all", Meaning: names.T("show every field", "显示所有字段")},
		{Name: "explain", Meaning: names.T("say what each field means", "说明每个字段的含义")},
		untilFlag, timeoutFlag,
	},
	Waits:   names.T("a field to change", "字段变化"),
	Example: []string{"s = socket tcp", "inspect s type"},
	Python:  "s.type, s.family, s.fileno(), s.getsockname(), s.getpeername()",
	Man:     "getsockname(2)",
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		all := fields()
		var chosen []field
		for e.More() {
			w, _ := e.Next("FIELD")
			i := slices.IndexFunc(all, func(f field) bool { return f.name == strings.ToLower(w.Text) || f.python == "%s."+w.Text+"()" })
			if info, ok := infoField(strings.ToLower(w.Text)); i < 0 && ok {
				chosen = append(chosen, info)
				continue
			}
			if i < 0 {
				if err := e.Misnamed(w); err != nil && len(chosen) == 0 {
					return err
				}
				return unknownField(w)
			}
			chosen = append(chosen, all[i])
		}
		if err := e.Gives(max(len(chosen), 1)); err != nil {
			return err
		}
		switch {
		case e.Flag("until") && len(chosen) == 1:
			return inspectUntil(e, k, chosen[0])
		case e.Flag("until") || e.Flag("timeout"):
			return e.FlagErr(names.T("inspect waits for one field, until it is a value", "inspect 只能等待一个字段变成某个值"), "until", "timeout").
				Hint(names.T("inspect "+k.Name+" state --until ESTABLISHED", "inspect "+k.Name+" state --until ESTABLISHED"))
		}
		switch {
		case e.Flag("all") && len(chosen) > 0:
			return e.FlagErr(names.T("--all is for the whole card", "--all 用于整张卡片"), "all")
		case e.Flag("explain"):
			return explainFields(e, k, chosen)
		case len(chosen) == 0:
			return inspectCard(e, k)
		}
		l := lookAt(e, e.Sys, k)
		var vs []sockets.Value
		var python []string
		for _, f := range chosen {
			v, err := f.get(l)
			if f.python != "" {
				python = append(python, strings.ReplaceAll(f.python, "%s", k.Name))
			}
			if err != nil {
				e.Python(strings.Join(python, ", "))
				return err
			}
			vs = append(vs, v)
		}
		if len(python) > 0 {
			e.Python(e.Assign(), strings.Join(python, ", "))
		}
		if len(vs) == 1 {
			e.Result(vs[0])
			return nil
		}
		var told []sockets.Field
		for i, f := range chosen {
			told = append(told, sockets.Field{Name: f.name, Value: vs[i]})
		}
		card := sockets.CardOf(told...)
		if e.Names() > 1 { // a, b = inspect s type proto
			e.Result(vs[0], vs[1:]...)
			e.Act.Value = card
			return nil
		}
		e.Result(card)
		return nil
	},
}

func unknownField(w repl.Word) error {
	var shown []string
	for _, f := range fields() {
		if f.calm != 0 {
			shown = append(shown, f.name)
		}
	}
	list := strings.Join(shown, " ")
	err := w.Err(names.T(w.Text+" is no field", "没有 "+w.Text+" 这个字段")).
		Because(names.T("there are "+list+"; --all shows more", "可用的有 "+list+"；更多见 --all"))
	all, typed := words(fieldChoices()), strings.ToLower(w.Text)
	if near, ok := names.Nearest(typed, all); ok {
		return err.Hint(names.T(near, near))
	}
	if i := slices.IndexFunc(all, func(name string) bool { return strings.HasPrefix(name, typed) }); i >= 0 {
		return err.Hint(names.T(all[i], all[i]))
	}
	return err
}
