package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var predict_ = &repl.Command{
	Name:    "predict",
	Group:   repl.Learn,
	Usage:   []string{"ANSWER"},
	Summary: names.T("say what you expect, before you do it", "先说出你的预测，再动手"),
	Detail: names.T("The answer is a letter, or the words themselves. What is right is measured on this very machine.",
		"用字母或原词回答。正确答案是在这台机器上测出来的。"),
	Example: []string{"lesson attributes", "goto listen", "predict LISTEN"},
	Run: func(e *repl.Env) error {
		if !e.More() {
			return e.MissingAnswer()
		}
		if err := e.CheckNames(0); err != nil {
			return err
		}
		return e.Predict(e.Rest())
	},
}
