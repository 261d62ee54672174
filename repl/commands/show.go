package commands

import (
	"slices"
	"strings"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var layerChoices = []repl.Choice{
	{Word: "calls", Meaning: names.T("system calls with their results", "系统调用及其结果")},
	{Word: "packets", Meaning: names.T("packets on the wire", "线路上的报文")},
	{Word: "changes", Meaning: names.T("what changed in the kernel", "内核里变化了什么")},
	{Word: "notes", Meaning: names.T("why", "为什么")},
	{Word: "python", Meaning: names.T("the line in Python", "对应的 Python 代码")},
}

var allChoice = []repl.Choice{{Word: "all", Meaning: names.T("also those that sockstep makes for itself", "连 sockstep 自己用的也显示")}}

var layers = words(layerChoices)

var show = &repl.Command{
	Name:    "show",
	Group:   repl.Shell,
	Usage:   []string{"[LAYER] [SWITCH]", "calls all"},
	Summary: names.T("choose what is shown of each line", "选择每一行显示哪些层次"),
	Detail: names.T("The layers are calls, packets, changes, notes and python; each is on or off. show calls all shows also the calls that sockstep makes for itself. Without a word it tells what is on.",
		"层次有 calls、packets、changes、notes 和 python，各自 on 或 off。show calls all 连 sockstep 自己用的调用也显示。不写参数时告诉你哪些是打开的。"),
	Choices: map[string][]repl.Choice{"LAYER": layerChoices, "SWITCH": switchChoices, "all": allChoice},
	Example: []string{"show calls all"},
	Run: func(e *repl.Env) error {
		sh := e.Session.Show()
		if !e.More() {
			if err := e.Gives(1); err != nil {
				return err
			}
			e.Result(showCard(sh))
			return nil
		}
		w, _ := e.Next("LAYER")
		name := strings.ToLower(w.Text)
		if !slices.Contains(layers, name) {
			err := w.Err(names.T("a layer is one of "+strings.Join(layers, " "), "层次是 "+strings.Join(layers, " ")+" 之一"))
			if near, ok := names.Nearest(name, layers); ok {
				return err.Hint(names.T(near, near))
			}
			return err
		}
		v, err := e.Next("SWITCH")
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		if name == "calls" && strings.EqualFold(v.Text, "all") {
			sh.Calls = render.CallsAll
			e.Session.SetShow(sh)
			return nil
		}
		on, err := readSwitch(v)
		if err != nil {
			return err
		}
		switch name {
		case "calls":
			sh.Calls = render.CallsOff
			if on {
				sh.Calls = render.CallsOn
			}
		case "packets":
			sh.Packets = on
		case "changes":
			sh.Changes = on
		case "notes":
			sh.Notes = on
		case "python":
			sh.Python = on
		}
		e.Session.SetShow(sh)
		return nil
	},
}

func showCard(sh render.Show) sockets.Value {
	word := func(on bool) sockets.Value {
		if on {
			return sockets.TextOf("on")
		}
		return sockets.TextOf("off")
	}
	calls := word(sh.Calls != render.CallsOff)
	if sh.Calls == render.CallsAll {
		calls = sockets.TextOf("all")
	}
	return sockets.CardOf(sockets.Field{Name: "calls", Value: calls}, sockets.Field{Name: "packets", Value: word(sh.Packets)},
		sockets.Field{Name: "changes", Value: word(sh.Changes)}, sockets.Field{Name: "notes", Value: word(sh.Notes)},
		sockets.Field{Name: "python", Value: word(sh.Python)})
}
