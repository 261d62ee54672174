package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

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
		if err := e.CheckNames(1); err != nil {
			return err
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		v, err := e.WaitJob()
		if err != nil {
			return err
		}
		e.Result(v)
		return nil
	},
}
