package commands

import (
	"errors"
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// defaultBacklog is what Python's listen() asks for: the least of 128 and the system's limit.
const defaultBacklog = 128

var reuseFlag = repl.Flag{Name: "reuse", Meaning: names.T("set SO_REUSEADDR first, as Python's create_server does", "先设置 SO_REUSEADDR，与 Python 的 create_server 相同")}

var listen = &repl.Command{
	Name:    "listen",
	Group:   repl.Open,
	Usage:   []string{"[S] [BACKLOG]", "KIND ADDR [BACKLOG]"},
	Summary: names.T("let a bound socket take connections", "让已绑定的套接字接受连接"),
	Detail: names.T(
		"From now on the kernel itself completes handshakes and queues the connections, up to BACKLOG (128) and one more, until accept takes them. "+
			"With KIND and ADDR the socket is made and bound too, each call shown. A udp socket has no listen(2): it is bound, and that is all it needs.",
		"从这时起，内核自己完成握手并把连接排进队列，最多 BACKLOG（默认 128）再加一个，等 accept 来取。写上 KIND 和 ADDR 时连同创建和绑定一起完成，每个调用都会显示。udp 没有 listen(2)：绑定之后就能收。"),
	Flags:   []repl.Flag{sixFlag, unlinkFlag, reuseFlag},
	Choices: map[string][]repl.Choice{"KIND": kindChoices},
	Example: []string{"s = listen tcp 127.0.0.1:8888"},
	Python:  "s.listen()",
	Man:     "listen(2)",
	Run: func(e *repl.Env) error {
		if !isKind(e) {
			return listenOn(e)
		}
		k, addr, err := readKindAndAddress(e)
		if err != nil {
			return err
		}
		backlog, given, err := readBacklog(e)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		if err := unlinkStale(e, addr); err != nil {
			return err
		}
		s, err := k.open(e, 0)
		if err != nil {
			return err
		}
		python := pythonUnlink(e, addr) + s.Name + " = socket(" + k.python() + "); "
		if e.Flag("reuse") {
			python += s.Name + ".setsockopt(SOL_SOCKET, SO_REUSEADDR, 1); "
			if err := reuse(e, s); err != nil {
				return undo(e, s, err)
			}
		}
		python += s.Name + ".bind(" + addr.Python() + ")"
		e.Python(python)
		if err := bindTo(e, s, addr); err != nil {
			return undo(e, s, suggestReuse(e, addr, s.KindName() == "tcp", err))
		}
		if k.typ == sockets.Dgram || k.typ == sockets.Raw {
			e.Observe(s)
			e.Act.Note("no-listener", "s", s.Name, "addr", s.Local.String())
		} else {
			e.Python(python, "; ", s.Name, ".listen(", backlogPython(backlog, given), ")")
			if err := startListening(e, s, backlog); err != nil {
				return undo(e, s, err)
			}
		}
		e.Result(repl.SocketResult(s))
		return nil
	},
}

func reuse(e *repl.Env, k *sockets.Socket) error {
	o, _ := names.LookupOption("SO_REUSEADDR")
	return e.Fail("setsockopt", k, e.Sys.Setsockopt(k.FD, o, []string{"1"}), "opt", o.Name, "value", "1")
}

// suggestReuse tells how the very line can be made to work where an old connection still holds the port, or an old file the path.
func suggestReuse(e *repl.Env, addr sockets.Address, tcp bool, err error) error {
	var known *sockets.Error
	if !errors.As(err, &known) || known.Errno != "EADDRINUSE" || inTheWay(e, addr) {
		return err
	}
	if h := e.Taken(); h.Own != nil || h.State == "ESTABLISHED" || addr.IP.IsValid() && !tcp { // it is told already how
		return err
	}
	switch line := e.Wanted(); {
	case addr.Path != "" && !addr.Abstract && !e.Flag("unlink"):
		line += " --unlink"
		known.Hint(names.T("If no server uses it, remove the stale file first: `"+line+"`.", "如果没有服务器在用它，先删除残留的文件：`"+line+"`。"))
	case e.Taken().State == "LISTEN" || e.Taken().State == "BOUND":
		known.Hint(names.T("Another port, or let the kernel choose one: port 0.", "换一个端口，或让内核来选：端口写 0。"))
	case addr.IP.IsValid() && !e.Flag("reuse") && e.Taken().State == "TIME_WAIT":
		line += " --reuse"
		known.Hint(names.T("`"+line+"`; Linux lets it in if the old server was started so, too, else after 60 s.",
			"`"+line+"`；旧服务器当初也这样启动过，Linux 才马上放行，否则要等 60 秒。"))
	case addr.IP.IsValid() && !e.Flag("reuse"):
		line += " --reuse"
		known.Hint(names.T("If it is only TIME_WAIT: `"+line+"`; Linux lets it in if the old server was started so, too, else after 60 s. If a server runs there: another port.",
			"如果只是 TIME_WAIT：`"+line+"`；旧服务器当初也这样启动过，Linux 才马上放行，否则要等 60 秒。如果那里有服务器在运行：换一个端口。"))
	}
	return err
}

func listenOn(e *repl.Env) error {
	k, err := e.Socket()
	if err != nil {
		return err
	}
	if err := belated(e, k); err != nil {
		return err
	}
	if w := e.Peek(); strings.ContainsAny(w.Text, ":/@(") {
		line := "listen " + k.KindName() + " " + w.Raw
		return w.Err(names.T("listen takes no address: bind does", "listen 不带地址，地址由 bind 给出")).
			Hint(names.T("bind "+k.Name+" "+w.Raw+", then listen "+k.Name+"; or in one step: "+line, "先 bind "+k.Name+" "+w.Raw+"，再 listen "+k.Name+"；或一步完成："+line))
	}
	backlog, given, err := readBacklog(e)
	if err != nil {
		return err
	}
	if err := e.Gives(0); err != nil {
		return err
	}
	e.Python(k.Name, ".listen(", backlogPython(backlog, given), ")")
	return startListening(e, k, backlog)
}

func readBacklog(e *repl.Env) (n int, given bool, err error) {
	given = e.More()
	v, err := e.Int("BACKLOG", defaultBacklog, -1<<31, 1<<31-1)
	return int(v), given, err
}

func backlogPython(n int, given bool) string {
	if !given {
		return ""
	}
	return strconv.Itoa(n)
}

func startListening(e *repl.Env, k *sockets.Socket, backlog int) error {
	backlog = max(backlog, 0) // as Python has it; the kernel would take -1 for the most there is
	if err := e.Sys.Listen(k.FD, backlog); err != nil {
		local := k.Local
		if now, err := e.Sys.Scaffold().Getsockname(k.FD); err == nil {
			local = now
		}
		return e.FailTaken("listen", k, local, err)
	}
	unbound := !k.Bound && k.Family != sockets.UNIX
	if k.Backlog >= 0 { // a second listen changes it
		e.Act.Change(k.Name, "backlog", strconv.Itoa(k.Backlog), strconv.Itoa(backlog))
	}
	k.Backlog, k.Bound = backlog, true
	if !k.Toward.IsZero() { // a connect that failed took its port away, and listen gave it another
		if local, err := e.Sys.Scaffold().Getsockname(k.FD); err == nil {
			k.Rename(e.Act, local)
		}
	}
	if unbound {
		e.Observe(k)
		e.Act.Note("listen-unbound", "s", k.Name, "port", strconv.Itoa(int(k.Local.Port)))
	}
	if limit, err := sys.Somaxconn(); err == nil && backlog > limit {
		k.Backlog = limit
		e.Act.Note("backlog-truncated", "s", k.Name, "want", strconv.Itoa(backlog), "got", strconv.Itoa(limit))
	}
	return nil
}
