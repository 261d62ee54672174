package commands

import (
	"strings"

	"sockstep/repl"
	"sockstep/sockets/names"
)

var switchChoices = []repl.Choice{
	{Word: "on", Meaning: names.T("switch it on", "打开")},
	{Word: "off", Meaning: names.T("switch it off", "关闭")},
}

// readSwitch reads on or off, in any of the usual words.
func readSwitch(w repl.Word) (bool, error) {
	switch strings.ToLower(w.Text) {
	case "on", "1", "true", "yes":
		return true, nil
	case "off", "0", "false", "no":
		return false, nil
	}
	return false, w.Err(names.T("this must be on or off", "这里应写 on 或 off"))
}
