package commands

import (
	"sockstep/repl"
	"sockstep/sockets/names"
)

var dup = &repl.Command{
	Name:    "dup",
	Group:   repl.Make,
	Usage:   []string{"[S]"},
	Summary: names.T("a second file descriptor for one socket", "为同一个套接字再开一个文件描述符"),
	Detail: names.T("Both names stand for one socket in the kernel: what one does the other sees. The connection ends when the last of them is closed.",
		"两个名字对应内核里的同一个套接字：一个做的事另一个也看得到。最后一个关闭时连接才结束。"),
	Example: []string{"s = socket tcp", "d = dup s"},
	Python:  "d = s.dup()",
	Man:     "dup(2)",
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		e.Python(e.Assign(), k.Name, ".dup()")
		fd, err := e.Sys.Dup(k.FD)
		if err != nil {
			return e.Fail("dup", k, err)
		}
		d := e.NewDescriptor(0, "s", fd, k)
		e.NoteOnce("shared-descriptor", "s", d.Name)
		e.Python(d.Name, " = ", k.Name, ".dup()")
		e.Result(repl.SocketResult(d))
		return nil
	},
}
