package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var jobs = &repl.Command{
	Name:    "jobs",
	Group:   repl.Look,
	Usage:   []string{""},
	Summary: names.T("list the lines that run beside the prompt", "列出在后台运行的命令"),
	Example: []string{"s = listen tcp 127.0.0.1:8888", "c = accept s &", "jobs"},
	Run: func(e *repl.Env) error {
		if err := e.Gives(1); err != nil {
			return err
		}
		var rows []sockets.Value
		for _, j := range e.JobList() {
			state, told := "running", names.T("running", "运行中")
			switch {
			case j.Cancelled:
				state, told = "cancelled", names.T("cancelled", "已取消")
			case j.Err:
				state, told = "failed", names.T("failed", "失败")
			case j.Ended:
				state, told = "done", names.T("done", "结束")
			}
			rows = append(rows, sockets.CardOf(
				sockets.Field{Name: "job", Value: sockets.IntOf(int64(j.ID))},
				sockets.Field{Name: "state", Value: sockets.TextOf(state), Told: told},
				sockets.Field{Name: "line", Value: sockets.TextOf(j.Line)},
			))
		}
		if len(rows) == 0 {
			e.Act.Note("no-jobs")
		}
		e.Result(sockets.ListOf(rows...))
		return nil
	},
}
