package commands

import (
	"strconv"

	"sockstep/repl"
	"sockstep/sockets/names"
)

var sleep = &repl.Command{
	Name:    "sleep",
	Group:   repl.Shell,
	Usage:   []string{"SECONDS"},
	Summary: names.T("wait a while", "等待一段时间"),
	Example: []string{"sleep 0.1"},
	Python:  "time.sleep(0.1)",
	Waits:   names.T("the time to pass", "时间过去"),
	Run: func(e *repl.Env) error {
		d, err := e.Seconds("SECONDS")
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Python("time.sleep(", strconv.FormatFloat(d.Seconds(), 'f', -1, 64), ")")
		return e.Sleep(d)
	},
}
