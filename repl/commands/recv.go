package commands

import (
	"math"
	"slices"
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// defaultRecv is how many bytes recv asks for where the line does not say: the notes' 1024.
const defaultRecv = 1024

// maxRecv bounds what one recv may ask for.
const maxRecv = 1 << 30

var recvFlags = []repl.Flag{
	{Name: "peek", Meaning: names.T("look, and leave it in the queue (MSG_PEEK)", "只看不取（MSG_PEEK）")},
	{Name: "waitall", Meaning: names.T("block until all N bytes are there (MSG_WAITALL)", "等满 N 个字节才返回（MSG_WAITALL）")},
	{Name: "dontwait", Meaning: names.T("fail rather than block (MSG_DONTWAIT)", "不阻塞，没有数据就失败（MSG_DONTWAIT）")},
	{Name: "oob", Meaning: names.T("the urgent byte (MSG_OOB)", "取带外数据（MSG_OOB）")},
	timeoutFlag,
}

var recv = &repl.Command{
	Name:    "recv",
	Group:   repl.Talk,
	Usage:   []string{"[S] [N]"},
	Summary: names.T("take up to N bytes from the receive queue", "从接收队列取出最多 N 个字节"),
	Detail: names.T(
		"N is 1024 where it is left out. recv blocks while the queue is empty, and returns what is there as soon as there is anything: what does not fit stays for the next recv. "+
			"An empty result means that the peer has closed.",
		"N 省略时为 1024。队列为空时 recv 阻塞；只要有数据就返回现有的部分，取不完的留给下一次 recv。返回空表示对端已经关闭。"),
	Flags:   streamFlags,
	Example: []string{"a, b = socketpair", "send a hello", "data = recv b 1024"},
	Python:  "data = c.recv(1024)",
	Man:     "recv(2)",
	Waits:   names.T("data", "数据到来"),
	Run: func(e *repl.Env) error {
		return runRecv(e, "recv", 1)
	},
}

// streamFlags are those of recv and recvfrom.
var streamFlags = append([]repl.Flag{
	{Name: "exactly", Arg: "N", Meaning: names.T("again and again until N bytes came", "反复接收，直到收满 N 个字节")},
	{Name: "until", Arg: "BYTES", Meaning: names.T(`again and again until these bytes came: '\r\n'`, `反复接收，直到出现这些字节：'\r\n'`)},
	{Name: "out", Arg: "FILE", Meaning: names.T("write what comes to a file", "把收到的内容写进文件")},
}, recvFlags...)

// recvSize takes N, how many bytes may come in one call: there has to be memory for them.
func recvSize(e *repl.Env) (int64, error) {
	w := e.Peek()
	n, err := e.Int("N", defaultRecv, 0, maxRecv)
	if err == nil && !sys.RoomInMemory(int(n)) {
		return 0, w.Err(names.T("the system has no memory for "+w.Text+" bytes", "系统没有 "+w.Text+" 字节的内存")).
			Hint(names.T("ask for less: "+e.Command.Name+" takes what is there, up to N", "少要一些："+e.Command.Name+" 有多少取多少，最多 N 个字节"))
	}
	return n, err
}

// runRecv is recv and recvfrom; gives says how many values the command has.
func runRecv(e *repl.Env, op string, gives int) error {
	k, err := e.Socket()
	if err != nil {
		return err
	}
	n, err := recvSize(e)
	if err != nil {
		return err
	}
	if err := e.Gives(gives); err != nil {
		return err
	}
	if err := e.Deadline(); err != nil {
		return err
	}
	if e.Flag("exactly") || e.Flag("until") || e.Flag("out") {
		return recvMore(e, k, n)
	}
	flags := msgFlags(e)
	assign := e.Assign()
	if op == "recvfrom" && assign != "" { // Python gives both; here one may be left out
		assign = e.Name(0, "") + ", " + e.Name(1, "_") + " = "
	}
	e.Python(assign, k.Name, ".", op, "(", strconv.FormatInt(n, 10), pythonFlags(flags), ")")
	if op == "recv" && k.Stream() && flags&sockets.MsgWaitall != 0 && e.Flag("timeout") && k.Blocking { // there it is nothing to a socket with a timeout
		size := strconv.FormatInt(n, 10)
		(&sink{}).gathers(e, func(name string) string {
			return "len(" + name + ") < " + size + " and (_ := " + k.Name + ".recv(" + size + " - len(" + name + ")))"
		})
	}
	data, from, err := receive(e, op, k, int(n), flags)
	if err != nil && len(data) == 0 {
		return err
	}
	v := sockets.BytesOf(data)
	addr := sockets.Value{Type: sockets.NoValue, Text: "None"}
	if !from.IsZero() {
		v.Fields = []sockets.Field{{Name: "from", Value: sockets.TextOf(from.String())}}
		addr = from.Value()
	}
	e.Result(v, addr)
	return err
}

// receive makes one receiving call and notes what is odd in its result. With MSG_WAITALL an error may come beside the data that
// came before it.
func receive(e *repl.Env, op string, k *sockets.Socket, n int, flags sockets.MsgFlags) (data []byte, from sockets.Address, err error) {
	e.Receives(k)
	if flags&sockets.MsgDontwait == 0 {
		if err := e.Ready(op, k, true); err != nil {
			return nil, from, err
		}
	}
	length := -1
	if !k.Stream() {
		if length, err = datagramLength(e, k, n, flags); err != nil {
			return nil, from, e.Fail(op, k, err)
		}
	}
	buf, passing := e.Buffer(n)
	e.Block(func() {
		if op == "recvfrom" {
			n, from, err = e.Sys.Recvfrom(k.FD, buf, flags)
		} else {
			n, err = e.Sys.Recv(k.FD, buf, flags)
		}
	})
	if err == nil || n > 0 {
		if data = slices.Clip(buf[:n]); passing {
			data = slices.Clone(data)
		}
		noteReceived(e, k, len(data), len(buf), length, flags)
	}
	if err != nil {
		if err = e.Fail(op, k, err, "n", strconv.Itoa(len(buf))); n > 0 {
			doneBefore(err, int64(n), cameBefore)
		}
	}
	return data, from, err
}

// longer is the length of a datagram of which is known only that it had more than what came.
const longer = math.MaxInt

// noteReceived notes what a receiving call's count means. length is the datagram's own, -1 where unknown.
func noteReceived(e *repl.Env, k *sockets.Socket, got, asked, length int, flags sockets.MsgFlags) {
	if flags&(sockets.MsgPeek|sockets.MsgOOB) == 0 {
		e.Received(k, got)
	}
	pairs := []string{"s", k.Name, "peer", repl.PeerName(k), "n", strconv.Itoa(got), "got", strconv.Itoa(got)}
	switch {
	case k.Stream() && got == 0 && asked == 0:
		e.Act.Note("zero-recv", pairs...)
	case got == 0 && k.Broken != "" && k.KindName() == "tcp":
		e.Act.Note("after-reset", append(pairs, "errno", k.Broken)...)
	case got == 0 && k.ReadEnd && length < 0 && !isMessage(e, k):
		e.Act.Note("shut-here", pairs...)
	case got == 0 && (k.Stream() || k.Kind == sockets.Seqpacket && !isMessage(e, k)):
		e.Act.Note("eof", pairs...)
	case got == 0 && asked > 0:
		text := names.Note("empty-datagram", pairs...)
		if k.Kind == sockets.Seqpacket { // whose connection has an end
			text = names.Note("empty-record", pairs...)
		}
		e.Act.Add(sockets.Note{ID: "empty-datagram", Text: text})
	case length > got && flags&sockets.MsgPeek == 0:
		want := "" // the note says it without a number
		if length != longer {
			want = strconv.Itoa(length)
		}
		e.Act.Note("truncated-datagram", append(pairs, "want", want)...)
	case length < 0 && got == asked && !k.Stream() && asked < 65507 && flags&sockets.MsgDontwait == 0:
		e.Act.Note("maybe-cut", pairs...)
	case flags&sockets.MsgPeek != 0:
		e.Act.Note("peeked", pairs...)
	case k.Kind == sockets.Dgram && got < asked:
		e.NoteOnce("datagram-boundary", append(pairs, "want", strconv.Itoa(asked))...)
	case k.Stream() && got == asked && flags&sockets.MsgOOB == 0 && !e.Act.Noted("split"):
		if left, err := e.Sys.Scaffold().QueueIn(k.FD); err == nil && left > 0 {
			e.Act.Note("more-waiting", "s", k.Name, "n", strconv.Itoa(left), "want", strconv.Itoa(asked))
		}
	}
}

// isMessage reports whether 0 bytes that k, a seqpacket socket, received were an empty message: the kernel returns 0 at the end, too.
// It was none where the end has come and nothing more waits.
func isMessage(e *repl.Env, k *sockets.Socket) bool {
	if k.Kind != sockets.Seqpacket {
		return false
	}
	door := e.Sys.Scaffold()
	look := []sys.PollEntry{{FD: k.FD, Ended: true}}
	if _, err := door.Poll(look, 0); err != nil {
		return false
	}
	left, err := door.QueueIn(k.FD)
	return !look[0].Got.Ended && !look[0].Got.Hup || err == nil && left > 0
}

// datagramLength is the length of the datagram that comes next, -1 where it does not matter: a call that returns as many bytes
// as were asked for does not tell whether there were more. It waits for the datagram where the call itself would wait.
func datagramLength(e *repl.Env, k *sockets.Socket, n int, flags sockets.MsgFlags) (int, error) {
	if n > 65535 || k.FD < 0 {
		return -1, nil
	}
	look := sockets.MsgPeek | sockets.MsgTrunc
	// Where less is asked for than the usual, the look waits for the datagram; else the call itself waits, as it was asked to.
	waits := k.Blocking && flags&sockets.MsgDontwait == 0 && n < defaultRecv
	if !waits {
		look |= sockets.MsgDontwait
		if q, err := e.Sys.Scaffold().QueueIn(k.FD); err != nil || q == 0 {
			return -1, nil // an empty look would take a pending error away from the call
		}
	}
	var length int
	var err error
	e.Block(func() { length, err = e.Sys.Scaffold().Recv(k.FD, nil, look) })
	if err != nil {
		e.Act.Unscaffold() // the look waited in the call's place, and its failure is the call's
		return -1, err
	}
	return length, nil
}
