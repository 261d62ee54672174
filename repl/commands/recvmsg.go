package commands

import (
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var recvmsg = &repl.Command{
	Name:    "recvmsg",
	Group:   repl.Talk,
	Usage:   []string{"[S] [N]"},
	Summary: names.T("take a message and what came beside it", "取出消息和附带的辅助数据"),
	Detail: names.T(
		"Sockets that were passed get names of their own: the second name left of = is the first of them. Credentials come once SO_PASSCRED is on.",
		"传来的套接字会得到自己的名字：= 左边第二个名字就是其中第一个。打开 SO_PASSCRED 后才能收到对方的凭据。"),
	Flags:   recvFlags,
	Example: []string{"a, b = socketpair", "s = socket tcp", "sendmsg a take this --fd s", "data, t = recvmsg b"},
	Python:  "data, fds, flags, addr = recv_fds(b, 1024, 4)",
	Man:     "recvmsg(2)",
	Waits:   names.T("a message", "消息到来"),
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		n, err := recvSize(e)
		if err != nil {
			return err
		}
		if err := e.Gives(16); err != nil {
			return err
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		flags := msgFlags(e)
		if e.Name(1, "") == "" {
			e.Python(e.Name(0, "data"), ", ancdata, flags, addr = ", k.Name, ".recvmsg(", strconv.FormatInt(n, 10), ", CMSG_SPACE(64)", pythonFlags(flags), ")")
		} else {
			python := e.Name(0, "") + ", fds, flags, addr = recv_fds(" + k.Name + ", " + strconv.FormatInt(n, 10) + ", 16" + pythonFlags(flags) + ")"
			for i := 1; e.Name(i, "") != ""; i++ {
				python += "; " + e.Name(i, "") + " = socket(fileno=fds[" + strconv.Itoa(i-1) + "])"
			}
			e.Python(python)
		}
		if err := e.Ready("recvmsg", k, true); err != nil {
			return err
		}
		var m sys.Message
		e.Receives(k)
		var cut error // what ended the call; with MSG_WAITALL a part of the message may have come before
		e.Block(func() { m, cut = e.Sys.Recvmsg(k.FD, int(n), flags) })
		if cut = e.Fail("recvmsg", k, cut, "n", strconv.FormatInt(n, 10)); cut != nil && len(m.Data) == 0 {
			return cut
		}
		doneBefore(cut, int64(len(m.Data)), cameBefore)
		length := -1
		if m.Flags&sockets.MsgTrunc != 0 {
			if length = longer; m.Length > len(m.Data) {
				length = m.Length
			}
		}
		noteReceived(e, k, len(m.Data), int(n), length, flags)
		v := sockets.BytesOf(m.Data)
		field := func(name string, f sockets.Value) { v.Fields = append(v.Fields, sockets.Field{Name: name, Value: f}) }
		if !m.From.IsZero() && !m.From.Unnamed() {
			field("from", sockets.TextOf(m.From.String()))
		}
		if m.Flags != 0 {
			field("flags", sockets.TextOf(m.Flags.String()))
		}
		if m.Creds != nil {
			field("creds", sockets.CardOf(sockets.Field{Name: "pid", Value: sockets.IntOf(int64(m.Creds.PID))},
				sockets.Field{Name: "uid", Value: sockets.IntOf(int64(m.Creds.UID))}, sockets.Field{Name: "gid", Value: sockets.IntOf(int64(m.Creds.GID))}))
		}
		for _, c := range m.Other {
			field(c.Type, c.Value)
		}
		more := []sockets.Value{}
		for i, fd := range m.Rights {
			family, kind, proto, err := e.Sys.Scaffold().Describe(fd)
			if err != nil {
				e.Sys.Close(fd) // a file, not a socket: it can be no name of this shell
				e.Act.NoteEach("not-a-socket", "n", strconv.Itoa(int(fd)))
				continue
			}
			var p *sockets.Socket
			if own := ownOf(e, k, fd, family); own != nil {
				p = e.NewDescriptor(i+1, "s", fd, own)
				p.Timeout = 0 // which does not travel
			} else {
				p = e.NewSocket(i+1, "s", fd, family, kind, proto)
				e.Adopt(p)
			}
			more = append(more, repl.SocketResult(p))
			e.Act.NoteEach("passed-socket", "s", p.Name, "n", strconv.Itoa(int(fd)))
		}
		if m.Flags&sockets.MsgCtrunc != 0 {
			e.Act.Note("passed-lost", "s", k.Name)
		}
		switch {
		case len(more) == 1:
			field("socket", more[0])
		case len(more) > 1:
			field("sockets", sockets.ListOf(more...))
		}
		for len(more) < e.Names()-1 { // fewer came than were named
			more = append(more, none)
		}
		e.Result(v, more...)
		return cut
	},
}

// ownOf is this session's own socket that a descriptor which came through k stands for, nil where another program sent its own.
func ownOf(e *repl.Env, k *sockets.Socket, fd sockets.FD, family sockets.Family) *sockets.Socket {
	kernel, err := e.Kernel(k)
	if err != nil {
		return nil
	}
	inode, err := kernel.Inode(fd)
	if err != nil {
		return nil
	}
	like := sockets.NewSocket("", fd, family, "", 0)
	like.Host = k.Host
	return e.SocketWithInode(like, inode)
}
