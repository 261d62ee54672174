package commands

import (
	"errors"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var connect = &repl.Command{
	Name:    "connect",
	Group:   repl.Open,
	Usage:   []string{"[S] ADDR", "KIND ADDR"},
	Summary: names.T("connect a socket to an address", "把套接字连接到一个地址"),
	Detail: names.T(
		"TCP: the kernel does the three-way handshake and connect returns when it is over, whether or not the server has called accept. "+
			"UDP: no packet is sent; the address is only remembered. With KIND the socket is made too.",
		"TCP：内核完成三次握手后 connect 就返回，不管服务器有没有调用 accept。UDP：不发任何报文，只是记住对端地址。写上 KIND 时连同创建套接字一起完成。"),
	Flags:   []repl.Flag{sixFlag, timeoutFlag},
	Choices: map[string][]repl.Choice{"KIND": kindChoices},
	Example: []string{"s = listen tcp 127.0.0.1:8888", "c = connect tcp 127.0.0.1:8888"},
	Python:  "c.connect(('127.0.0.1', 8888))",
	Man:     "connect(2)",
	Waits:   names.T("the server's answer", "服务器应答"),
	Run: func(e *repl.Env) error {
		if !isKind(e) {
			k, err := e.Socket()
			if err != nil {
				return err
			}
			if !e.More() && k.Backlog >= 0 { // it takes connections, and makes none
				var told *sockets.Error
				line := e.Name(0, "c") + " = connect " + k.KindName() + " " + repl.Reachable(k.Local).String()
				if errors.As(e.Missing("ADDR"), &told) {
					return told.Hint(names.T(line, line))
				}
			}
			addr, err := e.Address(k.Family)
			if err != nil {
				return err
			}
			if err := e.CheckNames(0); err != nil {
				var told *sockets.Error
				if line := e.Name(0, "") + " = connect " + k.KindName() + " " + addr.String(); errors.As(err, &told) {
					return told.Hint(names.T(line, line)) // a new socket was meant
				}
				return err
			}
			if err := e.Gives(0); err != nil {
				return err
			}
			if err := belated(e, k); err != nil {
				return err
			}
			if err := e.Deadline(); err != nil {
				return err
			}
			e.Python(k.Name, ".connect(", e.AddressPython(addr), ")")
			return connectTo(e, k, addr)
		}
		k, addr, err := readKindAndAddress(e)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		s, err := k.open(e, 0)
		if err != nil {
			return err
		}
		python := s.Name + " = socket(" + k.python() + "); " + s.Name + ".connect(" + e.AddressPython(addr) + ")"
		if d, timed, _ := e.FlagDuration("timeout"); timed {
			python = strings.Replace(python, "; ", "; "+s.Name+".settimeout("+repl.PythonSeconds(d)+"); ", 1) + "; " + s.Name + ".settimeout(None)"
		}
		e.Python(python)
		e.Brief(s)
		if err := connectTo(e, s, addr); err != nil {
			return undo(e, s, err)
		}
		e.Result(repl.SocketResult(s))
		return nil
	},
}

func connectTo(e *repl.Env, k *sockets.Socket, addr sockets.Address) error {
	var err error
	e.Toward(k, addr)
	defer e.Connecting(k, addr)()
	e.Block(func() { err = e.Sys.Connect(k.FD, addr) })
	if err == nil || !e.Waiting(k, err) {
		return connected(e, k, addr, err)
	}
	e.Learn(k, true)
	// settimeout: as Python does, wait until the socket can be written and ask how it went.
	if err := e.Ready("connect", k, false); err != nil {
		return ended(err, names.T("connect waits no more, but the kernel goes on with the handshake: `poll {s} --write` tells when it is over",
			"connect 不再等待，但内核会继续握手：`poll {s} --write` 可以得知何时结束").Fill("s", k.Name))
	}
	errno, gerr := e.Sys.SocketError(k.FD)
	if gerr != nil {
		return e.Fail("connect", k, gerr, repl.AddressPairs(addr)...)
	}
	if errno != "" {
		return e.FailErrno("connect", k, errno, repl.AddressPairs(addr)...)
	}
	return connected(e, k, addr, nil)
}

func connected(e *repl.Env, k *sockets.Socket, addr sockets.Address, err error) error {
	if addr.IP.IsValid() && (err != nil || k.Local.Port != 0) {
		e.Learn(k, err == nil || sys.Errno(err) == "EINPROGRESS")
	}
	var cut *sys.InterruptedError
	if errors.As(err, &cut) && k.KindName() == "tcp" {
		// The kernel would go on with the handshake. It is undone: connect(2), AF_UNSPEC. That leaves ECONNRESET for the next call.
		door := e.Afterwards().Scaffold()
		door.Connect(k.FD, sockets.Address{})
		door.SocketError(k.FD)
		return ended(e.Fail("connect", k, err), names.T("the handshake that had begun was taken back; {s} may connect again",
			"已经开始的握手被撤销；{s} 可以重新 connect").Fill("s", k.Name))
	}
	if err != nil {
		if sys.Errno(err) == "EINPROGRESS" {
			k.Peer, k.Bound = addr, true
			e.Act.Note("connect-in-progress", "s", k.Name)
		}
		return e.Fail("connect", k, err, append(repl.AddressPairs(addr), "kind", kindFor(k, addr))...)
	}
	k.Peer, k.Bound = addr, true
	e.Join(k)
	switch {
	case k.Local == addr && k.Stream() && addr.IP.IsValid():
		e.Act.Note("self-connect", "s", k.Name)
	case k.Stream() && addr.IP.IsValid() && k.Partner == nil && e.Listener(addr) != nil:
		if l := e.Listener(addr); defers(e, l) {
			e.Act.Note("accept-deferred", "s", l.Name, "word", k.Name)
		} else {
			e.NoteOnce("connected-before-accept")
		}
	case k.Kind == sockets.Dgram:
		e.NoteOnce("udp-connect", "peer", addr.String())
	}
	return nil
}

// defers reports whether a listening socket keeps a connection to itself until its first bytes are there: tcp(7), TCP_DEFER_ACCEPT.
func defers(e *repl.Env, l *sockets.Socket) bool {
	opt, ok := names.LookupOption("TCP_DEFER_ACCEPT")
	if !ok || l.KindName() != "tcp" {
		return false
	}
	v, err := e.Sys.Scaffold().Getsockopt(l.FD, opt)
	return err == nil && v.Int > 0
}

// ended says of a wait that was ended what came of it.
func ended(err error, why names.Text) error {
	var known *sockets.Error
	if errors.As(err, &known) && (known.Kind == "timed-out" || known.Kind == "cancelled") {
		known.Because(why)
	}
	return err
}

// kindFor is the kind of a new socket like k that can have this address.
func kindFor(k *sockets.Socket, addr sockets.Address) string {
	switch unix := k.Family == sockets.UNIX; {
	case unix == (addr.Family == sockets.UNIX):
		return k.KindName()
	case unix:
		return "tcp"
	}
	return "unix"
}
