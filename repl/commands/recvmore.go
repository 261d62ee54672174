package commands

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// keepAtMost is how many bytes --exactly keeps in memory where no name asks for them, and how many --until waits through.
const keepAtMost = 16 << 20

// valueAtMost is how many bytes a kept value may have.
const valueAtMost = 1 << 30

// recvMore receives again and again: until there are enough bytes, or a delimiter, or into a file.
func recvMore(e *repl.Env, k *sockets.Socket, n int64) error {
	if !k.Stream() && (e.Flag("exactly") || e.Flag("until")) {
		return e.FlagErr(names.T("a datagram comes whole or not at all: --exactly and --until are for streams", "数据报要么整个到达要么没有：--exactly 和 --until 只用于字节流"), "exactly", "until").
			Hint(names.T("recvfrom "+k.Name, "recvfrom "+k.Name))
	}
	if e.Flag("exactly") && e.Flag("until") {
		w, _ := e.FlagWord("until")
		return w.Err(names.T("--exactly and --until exclude each other", "--exactly 和 --until 不能同时使用"))
	}
	if e.Flag("peek") || e.Flag("oob") {
		return e.FlagErr(names.T("--peek and --oob make one call; they do not go with --exactly, --until or --out", "--peek 和 --oob 只做一次调用，不能和 --exactly、--until、--out 一起用"), "peek", "oob")
	}
	exactly, err := e.FlagInt("exactly", -1, 1, 1<<50)
	if err != nil {
		return err
	}
	sink, err := newSink(e, exactly)
	if err != nil {
		return err
	}
	defer sink.abandon()
	switch {
	case e.Flag("until"):
		w, _ := e.FlagWord("until")
		if w.Text == "" {
			return w.Err(names.T("--until needs at least one byte", "--until 至少要一个字节"))
		}
		sink.gathers(e, func(name string) string {
			return "not " + name + ".endswith(" + sockets.PyBytes([]byte(w.Text)) + ") and (_ := " + k.Name + ".recv(1" + pythonFlags(msgFlags(e)&sockets.MsgDontwait) + "))"
		})
		err = recvUntil(e, k, []byte(w.Text), int(n), sink)
	case exactly >= 0 && impatient(e, k):
		size := strconv.FormatInt(exactly, 10)
		sink.gathers(e, func(name string) string {
			return "len(" + name + ") < " + size + " and (_ := " + k.Name + ".recv(" + size + " - len(" + name + ")" + pythonFlags(msgFlags(e)&sockets.MsgDontwait) + "))"
		})
		err = recvExactly(e, k, exactly, sink)
	case exactly >= 0:
		e.Python(e.Assign(), sink.python(k.Name+".recv("+strconv.FormatInt(exactly, 10)+pythonFlags(sockets.MsgWaitall|msgFlags(e))+")"))
		err = recvExactly(e, k, exactly, sink)
	default:
		e.Python(e.Assign(), sink.python(k.Name+".recv("+strconv.FormatInt(n, 10)+pythonFlags(msgFlags(e))+")"))
		var data []byte
		data, _, err = receive(e, "recv", k, int(n), msgFlags(e))
		sink.Write(data)
	}
	return sink.finish(e, k, err)
}

// impatient reports whether a call of Python's would not wait for all bytes at once: a socket with a timeout does not block, and
// MSG_WAITALL is nothing to it.
func impatient(e *repl.Env, k *sockets.Socket) bool {
	return e.Flag("timeout") || e.Flag("dontwait") || k.Timeout > 0 || !k.Blocking
}

// gathers says in Python how the bytes are received piece by piece, as long as a condition on what came holds.
func (s *sink) gathers(e *repl.Env, while func(name string) string) {
	name := e.Name(0, "data")
	if s.path != "" {
		name = "data"
	}
	e.Python(name, " = b''\nwhile ", while(name), ":\n    ", name, " += _")
	if s.path != "" {
		e.Python(e.Act.Python, "\n", e.Assign(), s.python("data"))
	}
}

func recvExactly(e *repl.Env, k *sockets.Socket, n int64, to io.Writer) error {
	if err := e.Ready("recv", k, true); err != nil {
		return err
	}
	if k.Timeout > 0 || !k.Blocking || e.Flag("dontwait") {
		return recvSteps(e, k, n, to)
	}
	var got int64
	var err error
	e.Receives(k)
	e.Block(func() { got, err = e.Sys.RecvExactly(k.FD, n, to, 0, nil) })
	k.Received += uint64(got)
	var path *fs.PathError
	switch {
	case errors.As(err, &path): // of the file that it goes to, which tells it
		return err
	case err == io.EOF || err == io.ErrUnexpectedEOF:
		return closedEarly(e, k, got, n)
	case err != nil:
		return e.Fail("recv", k, err)
	}
	return nil
}

// recvSteps receives n bytes call by call, each with its own wait, as settimeout wants it.
func recvSteps(e *repl.Env, k *sockets.Socket, n int64, to io.Writer) error {
	for got := int64(0); got < n; {
		data, _, err := receive(e, "recv", k, int(min(n-got, 1<<18)), msgFlags(e))
		if err := take(to, data, err); err != nil {
			return err
		}
		if len(data) == 0 {
			return closedEarly(e, k, got, n)
		}
		got += int64(len(data))
	}
	return nil
}

// take writes what came, also where err came beside it.
func take(to io.Writer, data []byte, err error) error {
	if _, werr := to.Write(data); err == nil {
		return werr
	}
	return err
}

// recvUntil looks before it takes, so that what follows the delimiter stays in the queue for the next recv.
func recvUntil(e *repl.Env, k *sockets.Socket, delim []byte, n int, to io.Writer) error {
	flags := msgFlags(e) &^ sockets.MsgWaitall
	buf := make([]byte, max(n, len(delim)))
	var tail []byte // the last bytes taken, in which the delimiter may have begun
	total := int64(0)
	for {
		if err := e.Ready("recv", k, true); err != nil {
			return err
		}
		var seen int
		var err error
		e.Block(func() { seen, err = e.Sys.Scaffold().Recv(k.FD, buf, sockets.MsgPeek|flags) })
		if err != nil {
			e.Act.Unscaffold()
			return e.Fail("recv", k, err)
		}
		n := seen
		joined := append(bytes.Clone(tail), buf[:seen]...)
		at := bytes.Index(joined, delim)
		if at >= 0 {
			n = at + len(delim) - len(tail)
		}
		data, _, err := receive(e, "recv", k, max(n, 1), flags)
		if err := take(to, data, err); err != nil {
			return err
		}
		if len(data) == 0 {
			return closedEarly(e, k, total, -1)
		}
		total += int64(len(data))
		if tail = append(tail, data...); bytes.HasSuffix(tail, delim) { // another job may have taken what was seen
			return nil
		}
		if total > keepAtMost && !e.Flag("out") {
			n := strconv.FormatInt(total, 10)
			return &sockets.Error{Op: "recv", Message: names.T("the delimiter has not come within "+n+" bytes", n+" 字节里没有出现分隔符"),
				Why: names.T("what came is the value of this line; --out FILE takes any amount", "已收到的部分就是这一行的值；--out FILE 则不限多少")}
		}
		tail = tail[max(len(tail)-len(delim)+1, 0):]
	}
}

// closedEarly is the failure of a recv that wanted more than the peer sent. want -1: a delimiter.
func closedEarly(e *repl.Env, k *sockets.Socket, got, want int64) error {
	g, w := strconv.FormatInt(got, 10), strconv.FormatInt(want, 10)
	e.Act.Note("eof", "s", k.Name, "peer", repl.PeerName(k), "n", g, "got", g)
	m := names.T("the peer closed after "+g+" of "+w+" bytes", "对端在发出 "+w+" 字节中的 "+g+" 字节后关闭了连接")
	if want < 0 {
		m = names.T("the peer closed after "+g+" bytes, and the delimiter never came", "对端发出 "+g+" 字节后关闭了连接，分隔符一直没有出现")
	}
	return &sockets.Error{Op: "recv", Kind: "eof", Err: io.ErrUnexpectedEOF, Message: m,
		Why: names.T("a stream may end anywhere; what came is the value of this line", "字节流可能在任何地方结束；已收到的部分就是这一行的值")}
}

// A sink takes what recvMore receives: a file, which takes its name only when it is complete, or memory. What the file
// cannot take goes to memory, too.
type sink struct {
	path  string
	word  repl.Word // that names it
	file  *newFile  // nil for memory
	buf   bytes.Buffer
	limit int64 // of buf; -1 none
	n     int64
	err   error // of the file
}

func newSink(e *repl.Env, exactly int64) (*sink, error) {
	s := &sink{limit: -1}
	w, toFile := e.FlagWord("out")
	if !toFile {
		switch named := e.Name(0, "") != ""; {
		case exactly > keepAtMost && !named:
			s.limit = 1 << 16
		case exactly > valueAtMost:
			w, _ := e.FlagWord("exactly")
			return nil, w.Err(names.T("a value may have 1 GiB at most", "一个值最多 1 GiB")).
				Hint(names.T("--out FILE takes any amount", "--out FILE 不限多少"))
		}
		return s, nil
	}
	if w.Text == "" {
		return nil, w.Err(names.T("a file's name is wanted here", "这里要一个文件名"))
	}
	s.path, s.word = w.Text, w
	f, err := createFile(e, w)
	if err != nil {
		return nil, err
	}
	s.file = f
	return s, nil
}

// python is the Python that takes what data gives: into the file, where there is one.
func (s *sink) python(data string) string {
	if s.path == "" {
		return data
	}
	return "open(" + sockets.PyString(s.path) + ", 'wb').write(" + data + ")"
}

func (s *sink) Write(p []byte) (int, error) {
	s.n += int64(len(p))
	if s.file != nil {
		n, err := 0, s.err
		if err == nil {
			n, err = s.file.Write(p)
		}
		if s.err = err; err != nil {
			s.buf.Write(p[n:])
		}
		return n, err
	}
	if s.limit >= 0 && int64(s.buf.Len()+len(p)) > s.limit {
		s.buf.Write(p[:max(s.limit-int64(s.buf.Len()), 0)])
		return len(p), nil
	}
	return s.buf.Write(p)
}

// abandon removes a file that was not finished.
func (s *sink) abandon() {
	if s.file != nil {
		s.file.abandon()
	}
}

// finish makes what came the value of the line, also where err cut it short: nothing a peer sent is lost.
func (s *sink) finish(e *repl.Env, k *sockets.Socket, err error) error {
	if s.word.Raw != "" {
		v := sockets.IntOf(s.n)
		if err == nil || s.n > int64(s.buf.Len()) {
			s.keep()
		}
		if s.err != nil {
			v, err = sockets.BytesOf(s.buf.Bytes()), s.failed(e)
		}
		v.Fields = []sockets.Field{{Name: "file", Value: sockets.TextOf(s.path)}}
		e.Result(v)
		return err
	}
	n := strconv.FormatInt(s.n, 10)
	if s.limit >= 0 && s.n > int64(s.buf.Len()) {
		e.Act.Note("not-kept", "s", k.Name, "n", n, "got", n, "want", strconv.Itoa(s.buf.Len()))
	}
	v := sockets.BytesOf(s.buf.Bytes())
	v.Fields = []sockets.Field{{Name: "bytes", Value: sockets.IntOf(s.n)}}
	if err == nil || s.n > 0 {
		e.Result(v)
	}
	if s.n > 0 {
		doneBefore(err, s.n, cameBefore)
	}
	return err
}

// keep gives the file its name. Where that cannot be, it stays under the one that it has.
func (s *sink) keep() {
	left, err := s.file.keep()
	if left != "" {
		s.path = left
	}
	if s.err == nil {
		s.err = err
	}
	s.file = nil
}

// failed is the error of the file; it says where that is what came.
func (s *sink) failed(e *repl.Env) error {
	err := fileError(e, s.word, s.err)
	var told *sockets.Error
	if errors.As(err, &told) && told.Kind == "usage" {
		told.Op, told.Kind = e.Command.Name, "" // the line ran
	}
	if told != nil {
		rest := strconv.Itoa(s.buf.Len())
		n := strconv.FormatInt(s.n-int64(s.buf.Len()), 10)
		told.Because(names.T(s.path+" holds the first "+n+" bytes of what came; the "+rest+" after them are the value of this line",
			s.path+" 里有收到的前 "+n+" 字节；其后的 "+rest+" 字节就是这一行的值"))
	}
	return err
}
