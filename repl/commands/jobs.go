package commands

import (
	"strconv"

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
			state := "running"
			switch {
			case j.Err:
				state = "failed"
			case j.Ended:
				state = "done"
			}
			rows = append(rows, sockets.CardOf(
				sockets.Field{Name: "job", Value: sockets.IntOf(int64(j.ID))},
				sockets.Field{Name: "state", Value: sockets.TextOf(state)},
				sockets.Field{Name: "line", Value: sockets.TextOf(j.Line)},
			))
		}
		e.Result(sockets.ListOf(rows...))
		return nil
	},
}

var wait = &repl.Command{
	Name:    "wait",
	Group:   repl.Look,
	Usage:   []string{"[JOB]"},
	Summary: names.T("wait for a job, and take its value", "等待后台命令结束，并取得它的值"),
	Detail:  names.T("Without a number it waits for all of them and takes the value of the newest. Where the job failed, wait fails so too.", "不写编号时等待全部，取最新一个的值。作业失败时，wait 也以同样的错误失败。"),
	Flags:   []repl.Flag{timeoutFlag},
	Example: []string{"s = listen tcp 127.0.0.1:8888", "c = accept s &", "k = connect tcp 127.0.0.1:8888", "wait"},
	Waits:   names.T("a job's end", "作业结束"),
	Run: func(e *repl.Env) error {
		if err := e.Deadline(); err != nil {
			return err
		}
		v, err := e.WaitJob()
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Result(v)
		return nil
	},
}

var cancel = &repl.Command{
	Name:    "cancel",
	Group:   repl.Look,
	Usage:   []string{"[JOB]"},
	Summary: names.T("end a job, as Ctrl-C ends a line", "结束一个后台命令，相当于按 Ctrl-C"),
	Detail:  names.T("Without a number the newest that runs is ended. Its socket stays as it was.", "不写编号时结束最新的那个。套接字保持原样。"),
	Example: []string{"s = listen tcp 127.0.0.1:8888", "accept s &", "cancel"},
	Run: func(e *repl.Env) error {
		id, err := e.CancelJob()
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Act.Note("job-cancelled", "job", strconv.Itoa(id))
		return nil
	},
}
