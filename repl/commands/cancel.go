package commands

import (
	"strconv"

	"sockstep/repl"
	"sockstep/sockets/names"
)

var cancel = &repl.Command{
	Name:    "cancel",
	Group:   repl.Look,
	Usage:   []string{"[JOB]"},
	Summary: names.T("end a job, as Ctrl-C ends a line", "结束一个后台命令，相当于按 Ctrl-C"),
	Detail:  names.T("Without a number the newest that runs is ended. Its socket stays as it was.", "不写编号时结束最新的那个。套接字保持原样。"),
	Example: []string{"s = listen tcp 127.0.0.1:8888", "accept s &", "cancel"},
	Run: func(e *repl.Env) error {
		if err := e.CheckNames(0); err != nil {
			return err
		}
		id, err := e.CancelJob()
		if err != nil {
			return err
		}
		e.Act.Note("job-cancelled", "job", strconv.Itoa(id))
		return nil
	},
}
