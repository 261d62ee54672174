package commands

import (
	"errors"
	"slices"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var timeoutFlag = repl.Flag{Name: "timeout", Arg: "D", Meaning: names.T("give up after this time: 0.5, 500ms", "到这个时间就放弃：0.5、500ms")}

var accept = &repl.Command{
	Name:    "accept",
	Group:   repl.Open,
	Usage:   []string{"[S]"},
	Summary: names.T("take the next connection from the queue", "从队列里取出下一个连接"),
	Detail: names.T(
		"The connection is there already: the kernel did the handshake when the client connected. accept only hands it over, as a new socket; the listening one goes on listening.",
		"连接早已建立：客户端 connect 时内核就完成了握手。accept 只是把它取出来，得到一个新套接字；原来的套接字继续监听。"),
	Flags:   []repl.Flag{timeoutFlag},
	Example: []string{"s = listen tcp 127.0.0.1:8888", "k = connect tcp 127.0.0.1:8888", "c, addr = accept s"},
	Python:  "c, addr = s.accept()",
	Man:     "accept(2)",
	Waits:   names.T("a client", "客户端连接"),
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if err := e.Gives(2); err != nil {
			return err
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		e.Python(k.Name, ".accept()")
		if e.Names() > 0 { // Python gives two, whether the line keeps the second or not
			e.Python(e.Name(0, ""), ", ", e.Name(1, "addr"), " = ", k.Name, ".accept()")
		}
		if err := e.Ready("accept", k, true); err != nil {
			return err
		}
		var fd sockets.FD
		var peer sockets.Address
		e.Block(func() { fd, peer, err = e.Sys.Accept(k.FD) })
		if err != nil {
			return fromListener(e, k, e.Fail("accept", k, err))
		}
		c := e.NewSocket(0, "c", fd, k.Family, k.Kind, k.Proto)
		c.Peer, c.Bound, c.Inherits, c.State = peer, true, k, "" // it was never closed: the kernel made it connected
		c.Way = slices.Clip(k.Way)                               // it came from there
		if local, err := e.Sys.Scaffold().Getsockname(fd); err == nil {
			c.Local = local
		}
		e.Join(c)
		if !k.Blocking {
			e.NoteOnce("child-inherits", "s", c.Name)
		}
		switch {
		case peer.Unnamed():
			e.NoteOnce("unnamed-client", "s", c.Name)
		case peer.IP.Is4In6():
			e.NoteOnce("mapped-address", "s", c.Name, "peer", peer.String())
		}
		addr := e.Name(1, "addr")
		e.Python(c.Name, ", ", addr, " = ", k.Name, ".accept()")
		v := repl.SocketResult(c)
		v.Fields = append(v.Fields, sockets.Field{Name: "from", Value: sockets.TextOf(peer.String())})
		e.Result(v, peer.Value())
		return nil
	},
}

// fromListener names the socket to accept from, where k is one end of a connection and the session has a single one that does.
func fromListener(e *repl.Env, k *sockets.Socket, err error) error {
	var known *sockets.Error
	if !errors.As(err, &known) || known.Errno != "EINVAL" || k.Backlog >= 0 || k.Peer.IsZero() {
		return err
	}
	var listeners []*sockets.Socket
	for _, o := range e.OpenSockets() {
		if o.Backlog >= 0 && o.Kind != sockets.Dgram {
			listeners = append(listeners, o)
		}
	}
	if len(listeners) != 1 {
		return err
	}
	line := e.Name(0, "c") + " = accept " + listeners[0].Name
	return known.Hint(names.T(line, line))
}
