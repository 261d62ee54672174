package commands

import (
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var send = &repl.Command{
	Name:    "send",
	Group:   repl.Talk,
	Usage:   []string{"[S] MSG"},
	Summary: names.T("send a message to the peer", "向对端发送消息"),
	Detail: names.T(
		"send copies bytes into the kernel's send buffer and returns how many it took: fewer than asked is no error. It does not wait for the peer to read them. "+
			"Several words are joined by one blank; quotes keep blanks and know Python's escapes.",
		"send 把字节拷进内核的发送缓冲区，返回拷进了多少；比要求的少也不算错误。它不等对端读走。多个词之间用一个空格相连；引号里保留空格，也认得 Python 的转义。"),
	Flags:   sendFlags,
	Example: []string{"a, b = socketpair", `send a "Hello\r\n"`},
	Python:  `s.send(b'Hello\r\n')`,
	Man:     "send(2)",
	Waits:   names.T("room in the send buffer", "发送缓冲区有空位"),
	Run:     func(e *repl.Env) error { return runSend(e, "send", false) },
}

var sendall = &repl.Command{
	Name:    "sendall",
	Group:   repl.Talk,
	Usage:   []string{"[S] MSG"},
	Summary: names.T("send until all of it is sent", "一直发送到全部发完"),
	Detail:  names.T("It calls send(2) again as often as it takes fewer bytes than are left; that is Python's sendall.", "send(2) 没发完就接着再调用，直到发完；这就是 Python 的 sendall。"),
	Flags:   sendFlags,
	Example: []string{"a, b = socketpair", "sendall a hello"},
	Python:  "s.sendall(b'hello')",
	Man:     "send(2)",
	Waits:   names.T("room in the send buffer", "发送缓冲区有空位"),
	Run:     func(e *repl.Env) error { return runSend(e, "sendall", true) },
}

func runSend(e *repl.Env, name string, all bool) error {
	k, err := e.Socket()
	if err != nil {
		return err
	}
	if err := e.CheckNames(1); err != nil {
		return err
	}
	p, err := readPayload(e)
	if err != nil {
		return err
	}
	if p.close != nil {
		defer p.close()
	}
	if err := e.Deadline(); err != nil {
		return err
	}
	flags := msgFlags(e)
	e.Python(e.Assign(), k.Name, ".", name, "(", p.python, pythonFlags(flags), ")")
	if p.stream != nil {
		if flags != 0 {
			return sockets.Usage(names.T("MSG_ flags go with up to 16 MiB, which one call sends", "MSG_ 标志只用于不超过 16 MiB、一次调用发完的数据"))
		}
		return sendStream(e, k, p)
	}
	var total int64
	for {
		if err := e.Ready("send", k, false); err != nil {
			return partly(e, k, total, int64(len(p.data)), err)
		}
		var n int
		rest := p.data[total:]
		e.Block(func() { n, err = e.Sys.Send(k.FD, rest, flags) })
		total += int64(max(n, 0))
		e.Sent(k, int64(n))
		if err != nil {
			return partly(e, k, total, int64(len(p.data)), e.Fail("send", k, err, "n", strconv.Itoa(len(rest))))
		}
		if !all || total >= int64(len(p.data)) {
			break
		}
	}
	e.Result(sockets.IntOf(total))
	if k.Stream() && total > 0 {
		e.NoteOnce("buffered", "s", k.Name, "peer", repl.PeerName(k), "n", strconv.FormatInt(total, 10))
	}
	if all && e.Assign() != "" { // Python's sendall returns None
		e.Python(k.Name, ".sendall(", p.python, pythonFlags(flags), "); ", e.Assign(), strconv.FormatInt(total, 10))
	}
	switch {
	case len(p.data) == 0 && k.Stream():
		e.Act.Note("zero-send", "s", k.Name, "peer", repl.PeerName(k))
	case total < int64(len(p.data)):
		notePartial(e, k, total, int64(len(p.data)))
	}
	if flags&sockets.MsgOOB != 0 {
		e.Act.Note("oob-urgent", "s", k.Name, "n", strconv.FormatInt(total, 10))
	}
	return nil
}

// sendStream sends more than fits in memory, in pieces of equal size.
func sendStream(e *repl.Env, k *sockets.Socket, p payload) error {
	if k.Timeout > 0 {
		return sockets.Usage(names.T("more than 16 MiB go through a blocking socket only", "超过 16 MiB 的数据只能经阻塞套接字发送")).
			Hint(names.T("settimeout "+k.Name+" none", "settimeout "+k.Name+" none"))
	}
	var n int64
	var err error
	e.Block(func() { n, err = e.Sys.SendAll(k.FD, p.stream, 0, nil) })
	e.Sent(k, n)
	if err != nil {
		return partly(e, k, n, -1, e.Fail("send", k, err))
	}
	e.Result(sockets.IntOf(n))
	return nil
}

// partly gives a failed send the bytes that it had sent before as its value. want -1: unknown.
func partly(e *repl.Env, k *sockets.Socket, n, want int64, err error) error {
	if n > 0 {
		e.Act.Value = sockets.IntOf(n)
		notePartial(e, k, n, want)
	}
	return err
}

func notePartial(e *repl.Env, k *sockets.Socket, n, want int64) {
	w := strconv.FormatInt(want, 10)
	if want < 0 {
		w = "?"
	}
	e.Act.Note("partial-send", "s", k.Name, "n", strconv.FormatInt(n, 10), "got", strconv.FormatInt(n, 10), "want", w)
}
