package commands

import (
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var settimeout = &repl.Command{
	Name:    "settimeout",
	Group:   repl.Options,
	Usage:   []string{"[S] [SECONDS]"},
	Summary: names.T("how long calls on a socket may wait", "设置或查看套接字的超时时间"),
	Detail: names.T(
		"The kernel's call knows no timeout. Python makes the socket non-blocking, and before each call lets poll wait for so long: sockstep does the same. "+
			"0 never waits (blocking off), none waits for ever (blocking on). Without a word it tells the timeout. --timeout gives one to a single command, and SO_RCVTIMEO is the kernel's own.",
		"内核的收发调用没有超时参数。Python 的做法是把套接字设为非阻塞，每次调用之前先用 poll 等待这么久；sockstep 也是这样做的。"+
			"0 表示从不等待（即 blocking off），none 表示一直等（即 blocking on）。不写时间则显示当前的超时。--timeout 只对一条命令有效；SO_RCVTIMEO 是内核自己的超时。"),
	Example: []string{"s = socket tcp", "settimeout s 2.5"},
	Python:  "s.settimeout(2.5)",
	Man:     "fcntl(2)",
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if !e.More() {
			if err := e.Gives(1); err != nil {
				return err
			}
			e.Python(e.Assign(), k.Name, ".gettimeout()")
			e.Result(sockets.TextOf(repl.PythonTimeout(k)))
			return nil
		}
		if strings.EqualFold(e.Peek().Text, "none") {
			e.Next("SECONDS")
			if err := e.Gives(0); err != nil {
				return err
			}
			e.Python(k.Name, ".settimeout(None)")
			return setWaiting(e, k, true, 0)
		}
		d, err := e.Seconds("SECONDS")
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Python(k.Name, ".settimeout(", repl.PythonSeconds(d), ")")
		return setWaiting(e, k, false, d)
	},
}
