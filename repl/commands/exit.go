package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var exit = &repl.Command{
	Name:    "exit",
	Group:   repl.Shell,
	Usage:   []string{"[STATUS]"},
	Summary: names.T("leave the shell", "退出"),
	Detail:  names.T("Every socket is closed and every job ended. Ctrl-D on an empty line does the same.", "所有套接字都会关闭，所有后台命令都会结束。空行上按 Ctrl-D 也一样。"),
	Example: []string{"exit"},
	Python:  "exit()",
	Run: func(e *repl.Env) error {
		status, err := e.Int("STATUS", 0, 0, 255)
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Exit(int(status))
		return nil
	},
}
