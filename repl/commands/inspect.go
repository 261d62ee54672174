package commands

import (
	"slices"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// A field is one thing that inspect can tell of a socket.
type field struct {
	name   string
	means  names.Text
	python string // the expression in Python, %s being the socket; "" where Python has none
	card   bool   // part of the card that inspect shows without a field
	get    func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error)
}

var none = sockets.Value{Type: sockets.NoValue, Text: "None"}

func fields() []field {
	text := func(f func(k *sockets.Socket) string) func(*repl.Env, sys.Caller, *sockets.Socket) (sockets.Value, error) {
		return func(_ *repl.Env, _ sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			return sockets.TextOf(f(k)), nil
		}
	}
	number := func(f func(k *sockets.Socket) int64) func(*repl.Env, sys.Caller, *sockets.Socket) (sockets.Value, error) {
		return func(_ *repl.Env, _ sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			return sockets.IntOf(f(k)), nil
		}
	}
	return []field{
		{"name", names.T("its name in this session", "在本会话里的名字"), "", true, text(func(k *sockets.Socket) string { return k.Name })},
		{"kind", names.T("tcp, udp, unix …", "tcp、udp、unix …"), "", true, text(typeWord)},
		{"family", names.T("address family", "地址族"), "%s.family", true, text(func(k *sockets.Socket) string { return "AddressFamily." + string(k.Family) })},
		{"type", names.T("stream, datagram …", "流式、数据报 …"), "%s.type", true, text(func(k *sockets.Socket) string { return "SocketKind." + string(k.Kind) })},
		{"proto", names.T("protocol number", "协议号"), "%s.proto", true, number(func(k *sockets.Socket) int64 { return int64(k.Proto) })},
		{"fileno", names.T("file descriptor", "文件描述符"), "%s.fileno()", true, number(func(k *sockets.Socket) int64 { return int64(k.FD) })},
		{"sockname", names.T("its own address", "本地地址"), "%s.getsockname()", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			a, err := c.Getsockname(k.FD)
			return a.Value(), e.Fail("getsockname", k, err)
		}},
		{"peername", names.T("its peer's address", "对端地址"), "%s.getpeername()", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			a, err := c.Getpeername(k.FD)
			return a.Value(), e.Fail("getpeername", k, err)
		}},
		{"state", names.T("TCP state", "TCP 状态"), "", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			if k.KindName() == "tcp" {
				s, err := c.State(k.FD)
				return sockets.TextOf(s), e.Fail("getsockopt", k, err, "opt", "TCP_INFO")
			}
			return sockets.TextOf(stateWord(k)), nil
		}},
		{"recvq", names.T("bytes to read; clients to accept", "待读字节数；待 accept 的客户端数"), "", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			if k.Backlog >= 0 {
				n, _, err := c.AcceptQueue(k.FD)
				return sockets.IntOf(int64(n)), e.Fail("getsockopt", k, err, "opt", "TCP_INFO")
			}
			n, err := c.QueueIn(k.FD)
			return sockets.IntOf(int64(n)), e.Fail("ioctl", k, err)
		}},
		{"sendq", names.T("bytes not yet acknowledged; backlog", "尚未确认的字节数；backlog"), "", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			if k.Backlog >= 0 {
				return sockets.IntOf(int64(k.Backlog)), nil
			}
			n, err := c.QueueOut(k.FD)
			if k.Family == sockets.UNIX && n > 0 {
				e.Act.Note("sendq-memory")
			}
			return sockets.IntOf(int64(n)), e.Fail("ioctl", k, err)
		}},
		{"backlog", names.T("as given to listen", "listen 时给出的值"), "", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			on, err := c.Accepting(k.FD)
			if err != nil || !on {
				return none, e.Fail("getsockopt", k, err, "opt", "SO_ACCEPTCONN")
			}
			return sockets.IntOf(int64(k.Backlog)), nil
		}},
		{"blocking", names.T("does a call wait", "调用是否等待"), "%s.getblocking()", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			on, err := c.Blocking(k.FD)
			return sockets.BoolOf(on || k.Timeout > 0), e.Fail("fcntl", k, err)
		}},
		{"timeout", names.T("of settimeout, in seconds", "settimeout 的秒数"), "%s.gettimeout()", true, func(_ *repl.Env, _ sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			if k.Blocking {
				return none, nil
			}
			return sockets.TextOf(repl.PythonTimeout(k)), nil
		}},
		{"ready", names.T("what can be done without waiting", "不必等待就能做什么"), "", true, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			entries := []sys.PollEntry{{FD: k.FD, Read: true, Write: true}}
			_, err := c.Poll(entries, 0)
			return sockets.TextOf(readyWords(k, entries[0].Got)), e.Fail("poll", k, err)
		}},
		{"sent", names.T("bytes sent by this session", "本会话发送的字节数"), "", true, number(func(k *sockets.Socket) int64 { return int64(k.Sent) })},
		{"received", names.T("bytes received by this session", "本会话接收的字节数"), "", true, number(func(k *sockets.Socket) int64 { return int64(k.Received) })},
		{"options", names.T("every option", "所有选项"), "", false, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			return optionCard(e, c, k), nil
		}},
		{"tcp_info", names.T("struct tcp_info of the kernel", "内核的 struct tcp_info"), "%s.getsockopt(IPPROTO_TCP, TCP_INFO, 256)", false, func(e *repl.Env, c sys.Caller, k *sockets.Socket) (sockets.Value, error) {
			o, _ := names.LookupOption("TCP_INFO")
			v, err := c.Getsockopt(k.FD, o)
			return v, e.Fail("getsockopt", k, err, "opt", "TCP_INFO")
		}},
	}
}

func fieldChoices() (all []repl.Choice) {
	for _, f := range fields() {
		all = append(all, repl.Choice{Word: f.name, Meaning: f.means})
	}
	return all
}

var inspect = &repl.Command{
	Name:    "inspect",
	Group:   repl.Look,
	Usage:   []string{"[S] [FIELD…]"},
	Summary: names.T("show what the kernel knows of a socket", "查看内核所知的套接字状态"),
	Detail: names.T("Fields: name kind family type proto fileno sockname peername state recvq sendq backlog blocking timeout ready sent received options tcp_info, and each member of tcp_info by itself: tcpi_rtt. A field alone is printed as Python prints it.",
		"字段：name kind family type proto fileno sockname peername state recvq sendq backlog blocking timeout ready sent received options tcp_info，以及 tcp_info 的每个成员，如 tcpi_rtt。只写一个字段时，按 Python 的样子打印。"),
	Choices: map[string][]repl.Choice{"FIELD": fieldChoices()},
	Flags:   []repl.Flag{untilFlag, timeoutFlag},
	Waits:   names.T("a field to change", "字段变化"),
	Example: []string{"s = socket tcp", "inspect s type"},
	Python:  "s.type, s.family, s.fileno(), s.getsockname(), s.getpeername()",
	Man:     "getsockname(2)",
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		all := fields()
		var chosen []field
		for e.More() {
			w, _ := e.Next("FIELD")
			i := slices.IndexFunc(all, func(f field) bool { return f.name == strings.ToLower(w.Text) || f.python == "%s."+w.Text+"()" })
			if info, ok := infoField(strings.ToLower(w.Text)); i < 0 && ok {
				chosen = append(chosen, info)
				continue
			}
			if i < 0 {
				if err := e.Misnamed(w); err != nil && len(chosen) == 0 {
					return err
				}
				return unknownField(w)
			}
			chosen = append(chosen, all[i])
		}
		if err := e.Gives(max(len(chosen), 1)); err != nil {
			return err
		}
		switch {
		case e.Flag("until") && len(chosen) == 1:
			return inspectUntil(e, k, chosen[0])
		case e.Flag("until") || e.Flag("timeout"):
			return e.FlagErr(names.T("inspect waits for one field, until it is a value", "inspect 只能等待一个字段变成某个值"), "until", "timeout").
				Hint(names.T("inspect "+k.Name+" state --until ESTABLISHED", "inspect "+k.Name+" state --until ESTABLISHED"))
		}
		if len(chosen) == 0 {
			return inspectCard(e, k, all)
		}
		var vs []sockets.Value
		var python []string
		for _, f := range chosen {
			v, err := f.get(e, e.Sys, k)
			if f.python != "" {
				python = append(python, strings.ReplaceAll(f.python, "%s", k.Name))
			}
			if err != nil {
				e.Python(strings.Join(python, ", "))
				return err
			}
			vs = append(vs, v)
		}
		if len(python) > 0 {
			e.Python(e.Assign(), strings.Join(python, ", "))
		}
		if len(vs) == 1 {
			e.Result(vs[0])
			return nil
		}
		var told []sockets.Field
		for i, f := range chosen {
			told = append(told, sockets.Field{Name: f.name, Value: vs[i]})
		}
		card := sockets.CardOf(told...)
		if e.Names() > 1 { // a, b = inspect s type proto
			e.Result(vs[0], vs[1:]...)
			e.Act.Value = card
			return nil
		}
		e.Result(card)
		return nil
	},
}

// inspectCard shows every field; what the kernel refuses to tell (a peer where there is none) is None.
func inspectCard(e *repl.Env, k *sockets.Socket, all []field) error {
	if k.FD < 0 {
		_, err := e.Sys.Getsockname(k.FD)
		return e.Fail("getsockname", k, err)
	}
	var told []sockets.Field
	quiet := *e
	quiet.Act = sockets.NewAct(0, "") // a refusal here is no mistake of the student's: no note
	for _, f := range all {
		if !f.card {
			continue
		}
		v, err := f.get(&quiet, e.Sys.Scaffold(), k)
		if err != nil {
			v = none
		}
		told = append(told, sockets.Field{Name: f.name, Value: v})
	}
	e.Result(sockets.CardOf(told...))
	return nil
}

func unknownField(w repl.Word) error {
	err := w.Err(names.T(w.Text+" is no field", "没有 "+w.Text+" 这个字段")).
		Because(names.T("there are "+strings.Join(words(fieldChoices()), " "), "可用的有 "+strings.Join(words(fieldChoices()), " ")))
	if near, ok := names.Nearest(strings.ToLower(w.Text), words(fieldChoices())); ok {
		return err.Hint(names.T(near, near))
	}
	return err
}
