package commands

import (
	"errors"
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var bind = &repl.Command{
	Name:    "bind",
	Group:   repl.Open,
	Usage:   []string{"[S] ADDR"},
	Summary: names.T("give a socket its own address", "给套接字绑定本地地址"),
	Detail: names.T(
		"A server binds so that clients know where to find it. Port 0 lets the kernel choose a free one. "+
			"For AF_UNIX the address is a file that bind creates; it stays after close, and --unlink removes a stale one first.",
		"服务器绑定地址，客户端才知道到哪里找它。端口写 0 时由内核选一个空闲端口。AF_UNIX 的地址是 bind 创建的文件，close 之后文件仍在；--unlink 会先删除残留的套接字文件。"),
	Flags:   []repl.Flag{unlinkFlag},
	Example: []string{"s = socket tcp", "bind s 127.0.0.1:8888"},
	Python:  "s.bind(('127.0.0.1', 8888))",
	Man:     "bind(2)",
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		addr, err := e.Address(k.Family)
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Python(pythonUnlink(e, addr), k.Name, ".bind(", e.AddressPython(addr), ")")
		if err := unlinkStale(e, addr); err != nil {
			return err
		}
		return bindTo(e, k, addr)
	},
}

// bindTo binds k, and notes what the address means.
func bindTo(e *repl.Env, k *sockets.Socket, addr sockets.Address) error {
	e.Toward(k, addr)
	if err := e.Sys.Bind(k.FD, addr); err != nil {
		err = e.FailTaken("bind", k, addr, err)
		var known *sockets.Error
		if own := e.Taken().Own; own != nil && errors.As(err, &known) && known.Errno == "EADDRINUSE" {
			switch {
			case own.Backlog >= 0 && e.Taken().State != "BOUND": // shutdown may have ended it
				known.Because(names.T(own.Name+" listens there already.", own.Name+" 已经在那里监听。"))
			case addr.Family == sockets.UNIX:
				known.Because(names.T(own.Name+" is bound there already.", own.Name+" 已经绑定在那里。"))
			}
			if e.Taken().State != "ESTABLISHED" { // whose close may leave its port in TIME_WAIT
				known.Hint(freed(e, own, addr))
			}
		}
		if errors.As(err, &known) && known.Errno == "EADDRINUSE" && inTheWay(e, addr) {
			known.Because(names.T(addr.Path+" is there and is no socket. bind never takes the place of a file.", addr.Path+" 已经存在，而且不是套接字。bind 从不取代已有的文件。")).
				Hint(names.T("Choose another path.", "换一个路径。"))
		}
		return err
	}
	k.Bound = true
	if addr.Unnamed() {
		if local, err := e.Sys.Scaffold().Getsockname(k.FD); err == nil {
			k.Rename(e.Act, local)
			e.Act.Note("autobind", "s", k.Name, "addr", local.String())
		}
	}
	if addr.IP.IsValid() && addr.Port == 0 && k.Kind != sockets.Raw { // whose port is its protocol
		if local, err := e.Sys.Scaffold().Getsockname(k.FD); err == nil {
			k.Rename(e.Act, local)
			e.Act.Note("ephemeral-port", "s", k.Name, "port", strconv.Itoa(int(local.Port)), "addr", local.String())
		}
	}
	if addr.Unspecified() {
		e.Act.Note("public-address", "s", k.Name, "port", strconv.Itoa(int(max(addr.Port, k.Local.Port))), "addr", addr.String())
		if addr.Family == sockets.INET6 && k.Family == sockets.INET6 && !onlyIPv6(e, k) {
			e.Act.Note("dual-stack", "s", k.Name, "port", strconv.Itoa(int(max(addr.Port, k.Local.Port))))
		}
	}
	return nil
}

// inTheWay reports whether what is at a path is no socket, and so nothing that --unlink would remove.
func inTheWay(e *repl.Env, addr sockets.Address) bool {
	if addr.Family != sockets.UNIX || addr.Abstract {
		return false
	}
	isSocket, exists := e.Sys.Scaffold().Exists(addr.Path)
	return exists && !isSocket
}

// freed is how an address that the session's own socket holds is got: closing that one leaves its file behind.
func freed(e *repl.Env, own *sockets.Socket, addr sockets.Address) names.Text {
	closing := "close " + own.Name
	if addr.Family != sockets.UNIX || addr.Abstract {
		return names.T(closing, closing)
	}
	binding := e.Wanted() + " --unlink"
	return names.T("First `"+closing+"`, then `"+binding+"`.", "先 `"+closing+"`，再 `"+binding+"`。")
}

// onlyIPv6 reports whether k keeps IPv4 clients out.
func onlyIPv6(e *repl.Env, k *sockets.Socket) bool {
	opt, _ := names.LookupOption("IPV6_V6ONLY")
	v, err := e.Sys.Scaffold().Getsockopt(k.FD, opt)
	return err == nil && v.Int != 0
}
