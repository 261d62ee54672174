package commands

import (
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var sendmsg = &repl.Command{
	Name:    "sendmsg",
	Group:   repl.Talk,
	Usage:   []string{"[S] MSG"},
	Summary: names.T("send a message with something beside it", "发送消息，并附带辅助数据"),
	Detail: names.T(
		"Over AF_UNIX an open socket travels beside the bytes (SCM_RIGHTS): the receiver gets a file descriptor of its own for the same socket. --creds sends this process's ids, which the kernel vouches for.",
		"经 AF_UNIX 可以随消息传递一个打开的套接字（SCM_RIGHTS）：接收方得到自己的文件描述符，指向同一个套接字。--creds 附上本进程的标识，由内核担保真实。"),
	Flags: []repl.Flag{
		{Name: "fd", Arg: "FD", Many: true, Meaning: names.T("pass this socket (several: s,t)", "传递这个套接字（多个写 s,t）")},
		{Name: "creds", Meaning: names.T("pass this process's pid, uid and gid", "附上本进程的 pid、uid、gid")},
		{Name: "to", Arg: "ADDR", Meaning: names.T("to this address, on an unconnected socket", "发往这个地址（用于未连接的套接字）")},
		timeoutFlag,
	},
	Example: []string{"a, b = socketpair", "s = socket tcp", "sendmsg a take this --fd s"},
	Python:  "send_fds(a, [b'take this'], [s.fileno()])",
	Man:     "sendmsg(2)",
	Waits:   names.T("room in the send buffer", "发送缓冲区有空位"),
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if err := e.CheckNames(1); err != nil {
			return err
		}
		m := sys.Message{}
		var anc []string
		if w, ok := e.FlagWord("fd"); ok {
			var fds []string
			for name := range strings.SplitSeq(w.Text, ",") {
				p, found := e.Named(repl.Word{Text: name})
				if !found || p.FD < 0 {
					return w.Err(names.T("no open socket is called "+name, "没有叫 "+name+" 的打开的套接字"))
				}
				e.Use(p)
				m.Rights = append(m.Rights, p.FD)
				fds = append(fds, name+".fileno()")
			}
			format := strings.Repeat("i", len(fds))
			anc = append(anc, "(SOL_SOCKET, SCM_RIGHTS, struct.pack('"+format+"', "+strings.Join(fds, ", ")+"))")
		}
		e.Use(k) // the one that sends stays the current one
		if e.Flag("creds") {
			c := sys.OwnCreds()
			m.Creds = &c
			anc = append(anc, "(SOL_SOCKET, SCM_CREDENTIALS, struct.pack('3i', os.getpid(), os.getuid(), os.getgid()))")
		}
		if m.Data, err = e.Message(); err != nil {
			return err
		}
		to := ""
		if w, ok := e.FlagWord("to"); ok {
			if m.To, err = e.AddressOf(w, k.Family); err != nil {
				return err
			}
			to = ", 0, " + e.WordPython(w, m.To)
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		e.Python(e.Assign(), k.Name, ".sendmsg([", pythonData(m.Data), "], [", strings.Join(anc, ", "), "]", to, ")")
		if err := e.Ready("sendmsg", k, false); err != nil {
			return err
		}
		unbound := !k.Bound
		pairs := []string{"n", strconv.Itoa(len(m.Data))}
		if !m.To.IsZero() {
			e.Toward(k, m.To)
			pairs = append(pairs, repl.AddressPairs(m.To)...)
		}
		e.Speaks(k, m.Data)
		var n int
		e.Block(func() { n, err = e.Sys.Sendmsg(k.FD, m) })
		e.Sent(k, int64(n))
		if err != nil {
			return partly(e, k, int64(max(n, 0)), int64(len(m.Data)), e.Fail("sendmsg", k, err, pairs...))
		}
		e.Result(sockets.IntOf(int64(n)))
		sentTo(e, k, "sendmsg", m.To, unbound)
		if k.Family != sockets.UNIX && len(anc) > 0 {
			e.Act.Note("beside-ignored")
		}
		return nil
	},
}
