package commands

import (
	"io"

	"sockstep/repl"
	"sockstep/sockets/names"
)

var progress_ = &repl.Command{
	Name:    "progress",
	Group:   repl.Learn,
	Usage:   []string{"", "export FILE"},
	Summary: names.T("what you have done, alone, with hints, or skipped", "你的进度：独立完成、用了提示、跳过的"),
	Detail: names.T("Steps that you did without a hint are counted apart from those with hints, those that skip played, those that cannot be told on this machine, and those of the partner's in a lesson with two ends. A question's first answer is the one that counts.\nprogress export writes a row for each step, as CSV or JSON by the ending of the file's name.",
		"不看提示做完的步骤，与看过提示的、用 skip 跳过的、在这台机器上无法判断的，以及两端的课里由对方完成的，分开计数。问题以第一次的回答为准。\nprogress export 为每一步写一行，按文件名后缀存成 CSV 或 JSON。"),
	Choices: map[string][]repl.Choice{"export": {{Word: "export", Meaning: names.T("write it to a file, a row a step", "写进文件，每一步一行")}}},
	Example: []string{"progress"},
	Run: func(e *repl.Env) error {
		if !e.More() {
			if err := e.Gives(1); err != nil {
				return err
			}
			v, err := e.Progress()
			if err != nil {
				return err
			}
			e.Result(v)
			return nil
		}
		verb, _ := e.Next("WORD")
		if verb.Text != "export" {
			return verb.Err(names.T("progress knows export", "progress 后面可以写 export")).Hint(names.T("progress export progress.csv", "progress export progress.csv"))
		}
		w, err := e.Next("FILE")
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		return e.ExportProgress(w, func(write func(io.Writer) error) error { return writeWhole(e, w, write) })
	},
}
