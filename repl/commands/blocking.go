package commands

import (
	"time"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var blocking = &repl.Command{
	Name:    "blocking",
	Group:   repl.Options,
	Usage:   []string{"[S] [SWITCH]"},
	Summary: names.T("whether calls on a socket wait", "设置或查看套接字是否阻塞"),
	Detail: names.T(
		"On a blocking socket, as every new one is, accept, connect, recv and send wait in the kernel until they can do their work. "+
			"After blocking off they never wait: what cannot be done at once fails with EAGAIN (connect with EINPROGRESS). Both end a settimeout. Without a word it tells how things stand.",
		"新建的套接字都是阻塞的：accept、connect、recv、send 会在内核里一直等到能完成为止。"+
			"blocking off 之后它们不再等待：不能马上完成的就以 EAGAIN 失败（connect 是 EINPROGRESS）。设置 on 或 off 都会取消 settimeout。不写开关时显示当前状态。"),
	Choices: map[string][]repl.Choice{"SWITCH": switchChoices},
	Example: []string{"s = socket tcp", "blocking s off"},
	Python:  "s.setblocking(False)",
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
			return isBlocking(e, k)
		}
		w, err := e.Next("SWITCH")
		if err != nil {
			return err
		}
		on, err := readSwitch(w)
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Python(k.Name, ".setblocking(", sockets.BoolOf(on).Text, ")")
		return setWaiting(e, k, on, 0)
	},
}

// isBlocking asks the kernel whether k blocks. Python counts a socket with a timeout as blocking, as it waits.
func isBlocking(e *repl.Env, k *sockets.Socket) error {
	e.Python(e.Assign(), k.Name, ".getblocking()")
	on, err := e.Sys.Blocking(k.FD)
	if err != nil {
		return e.Fail("fcntl", k, err)
	}
	k.Blocking = on
	if !on && k.Timeout > 0 {
		e.Act.Note("timeout-in-force", "s", k.Name, "t", repl.PythonSeconds(k.Timeout))
		on = true
	}
	e.Result(sockets.BoolOf(on))
	return nil
}

// setWaiting makes k block, or not, and wait no longer than timeout where that is more than 0.
func setWaiting(e *repl.Env, k *sockets.Socket, block bool, timeout time.Duration) error {
	if err := e.Sys.Nonblock(k.FD, !block); err != nil {
		return e.Fail("fcntl", k, err)
	}
	e.Act.Change(k.Name, "blocking", sockets.BoolOf(k.Blocking).Text, sockets.BoolOf(block).Text)
	was := repl.PythonTimeout(k)
	k.Blocking, k.Timeout = block, timeout
	e.Act.Change(k.Name, "timeout", was, repl.PythonTimeout(k))
	return nil
}
