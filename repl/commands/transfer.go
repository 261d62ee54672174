package commands

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"strconv"
	"unicode/utf8"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// oneCall is up to how many bytes --fill and --file hand to the kernel in one call; more go in pieces.
const oneCall = 16 << 20

// A payload is what a send command was told to send.
type payload struct {
	data   []byte    // in memory
	stream io.Reader // or too much for that
	python string    // the expression in Python
	close  func() error
}

var sendFlags = []repl.Flag{
	{Name: "file", Arg: "FILE", Meaning: names.T("send what a file holds", "发送文件的内容")},
	{Name: "fill", Arg: "N", Meaning: names.T("send N bytes of x (64k, 10M)", "发送 N 个字节的 x（64k、10M）")},
	{Name: "oob", Meaning: names.T("as urgent data (MSG_OOB)", "作为带外数据发送（MSG_OOB）")},
	{Name: "dontwait", Meaning: names.T("fail rather than block (MSG_DONTWAIT)", "不阻塞，发不出就失败（MSG_DONTWAIT）")},
	{Name: "more", Meaning: names.T("more will follow (MSG_MORE)", "后面还有数据（MSG_MORE）")},
	timeoutFlag,
}

// readPayload takes the message, or the file or the fill that stands for it.
func readPayload(e *repl.Env) (payload, error) {
	file, isFile := e.FlagWord("file")
	_, isFill := e.FlagWord("fill")
	if isFile || isFill {
		if isFile && isFill {
			w, _ := e.FlagWord("fill")
			return payload{}, w.Err(names.T("--file and --fill exclude each other", "--file 和 --fill 不能同时使用"))
		}
		if err := e.Done(); err != nil {
			return payload{}, err
		}
	}
	switch {
	case isFill:
		n, err := e.FlagInt("fill", 0, 0, 1<<40)
		if err != nil {
			return payload{}, err
		}
		python := "b'x' * " + strconv.FormatInt(n, 10)
		if n <= oneCall {
			return payload{data: bytes.Repeat([]byte{'x'}, int(n)), python: python}, nil
		}
		return payload{stream: io.LimitReader(fill{}, n), python: python}, nil
	case isFile:
		return filePayload(e, file)
	}
	data, err := e.Message()
	return payload{data: data, python: pythonData(data)}, err
}

// fill reads as x for ever.
type fill struct{}

func (fill) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = 'x'
	}
	return len(p), nil
}

func filePayload(e *repl.Env, w repl.Word) (payload, error) {
	f, err := openFile(e, w, os.O_RDONLY)
	if err != nil {
		return payload{}, err
	}
	info, err := f.Stat()
	if err != nil {
		f.Close()
		return payload{}, fileError(e, w, err)
	}
	python := "open(" + sockets.PyString(w.Text) + ", 'rb').read()"
	if info.Mode().IsRegular() && info.Size() <= oneCall {
		data, err := io.ReadAll(f)
		f.Close()
		if err != nil {
			return payload{}, fileError(e, w, err)
		}
		return payload{data: data, python: python}, nil
	}
	return payload{stream: f, python: python, close: f.Close}, nil
}

// pythonData writes bytes as a Python student would: text with its encode, else a bytes literal.
func pythonData(b []byte) string {
	for _, c := range b {
		if c >= utf8.RuneSelf && utf8.Valid(b) {
			return sockets.PyString(string(b)) + ".encode()"
		}
	}
	return sockets.PyBytes(b)
}

// pythonFlags writes the flags as a further argument of Python's call.
func pythonFlags(f sockets.MsgFlags) string {
	if f == 0 {
		return ""
	}
	return ", " + f.String()
}

// msgFlags are the MSG_ flags that the line asks for.
func msgFlags(e *repl.Env) sockets.MsgFlags {
	var f sockets.MsgFlags
	for _, x := range []struct {
		name string
		flag sockets.MsgFlags
	}{{"oob", sockets.MsgOOB}, {"peek", sockets.MsgPeek}, {"waitall", sockets.MsgWaitall}, {"dontwait", sockets.MsgDontwait}, {"more", sockets.MsgMore}} {
		if e.Flag(x.name) {
			f |= x.flag
		}
	}
	return f
}

// runSend is send and sendall; all says to go on until everything is sent.
func runSend(e *repl.Env, name string, all bool) error {
	k, err := e.Socket()
	if err != nil {
		return err
	}
	if err := e.CheckNames(1); err != nil {
		return err
	}
	if err := e.Deadline(); err != nil {
		return err
	}
	p, err := readPayload(e)
	if err != nil {
		return err
	}
	if p.close != nil {
		defer p.close()
	}
	flags := msgFlags(e)
	if p.stream != nil {
		name = "sendall" // in as many calls as it takes
	}
	e.Python(e.Assign(), k.Name, ".", name, "(", p.python, pythonFlags(flags), ")")
	if p.stream != nil {
		if flags != 0 {
			return e.FlagErr(names.T("MSG_ flags go with up to 16 MiB, which one call sends", "MSG_ 标志只用于不超过 16 MiB、一次调用发完的数据"), "oob", "dontwait", "more")
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
		e.Speaks(k, rest)
		e.Block(func() { n, err = e.Sys.Send(k.FD, rest, flags) })
		total += int64(max(n, 0))
		e.Sent(k, int64(n))
		if n > 0 && flags&sockets.MsgOOB != 0 {
			e.SentUrgent(k)
		}
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
		return e.FlagErr(names.T("more than 16 MiB go through a blocking socket only", "超过 16 MiB 的数据只能经阻塞套接字发送"), "file", "fill").
			Hint(names.T("settimeout "+k.Name+" none", "settimeout "+k.Name+" none"))
	}
	var n int64
	var err error
	e.Block(func() { n, err = e.Sys.SendAll(k.FD, p.stream, 0, nil) })
	e.Sent(k, n)
	var source *fs.PathError
	switch {
	case errors.As(err, &source):
		w, _ := e.FlagWord("file")
		return partly(e, k, n, -1, fileError(e, w, err))
	case err != nil:
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
		doneBefore(err, n, sentBefore)
	}
	return err
}

var (
	sentBefore = names.T("there was no room for more, and the line waits no longer; bytes taken before: {n}",
		"没有空间容纳更多，也不再等待；此前已接收的字节数：{n}")
	cameBefore = names.T("no more came, and the line waits no longer; bytes that had come before, and were taken: {n}",
		"没有更多数据到来，也不再等待；此前已到达并被取走的字节数：{n}")
)

// doneBefore says of a failure what was done before it, where the explanation speaks of a call that had done nothing.
func doneBefore(err error, n int64, why names.Text) {
	var known *sockets.Error
	if errors.As(err, &known) && (known.Errno == "EAGAIN" || known.Kind == "timed-out" || known.Kind == "cancelled") {
		known.Because(why.Fill("n", strconv.FormatInt(n, 10)))
	}
}

func notePartial(e *repl.Env, k *sockets.Socket, n, want int64) {
	w := "" // the note says it without a number
	if want >= 0 {
		w = strconv.FormatInt(want, 10)
	}
	e.Act.Note("partial-send", "s", k.Name, "n", strconv.FormatInt(n, 10), "got", strconv.FormatInt(n, 10), "want", w)
}
