package commands

import (
	"runtime"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var hows = map[string]struct {
	how    sys.How
	python string
}{
	"rd": {sys.RD, "SHUT_RD"}, "wr": {sys.WR, "SHUT_WR"}, "rdwr": {sys.RDWR, "SHUT_RDWR"},
	"shut_rd": {sys.RD, "SHUT_RD"}, "shut_wr": {sys.WR, "SHUT_WR"}, "shut_rdwr": {sys.RDWR, "SHUT_RDWR"},
}

var shutdown = &repl.Command{
	Name:    "shutdown",
	Group:   repl.Close,
	Usage:   []string{"[S] [HOW]"},
	Summary: names.T("end one direction of a connection, or both", "关闭连接的一个方向或两个方向"),
	Detail: names.T(
		"wr sends a FIN: the peer reads an end, and can still send. rd ends the waiting, not the reading: recv gives what has come, and 0 bytes where nothing is there. Over TCP and UDP the peer is told nothing, and what it still sends can be read; over AF_UNIX its send fails. rdwr (where HOW is left out) is both. The descriptor stays open until close.",
		"wr 发送 FIN：对端读到结束，但仍能继续发送。rd 结束的是等待，而不是读取：已到的数据 recv 仍能读出，没有数据时立即得到 0 字节。TCP 和 UDP 的对端并不知道，它再发来的仍能读到；AF_UNIX 对端的 send 会失败。省略 HOW 时为 rdwr，两者都做。描述符要到 close 才释放。"),
	Choices: map[string][]repl.Choice{"HOW": {
		{Word: "rd", Meaning: names.T("wait for no more data", "不再等待数据")},
		{Word: "wr", Meaning: names.T("send no more: a FIN", "不再发送：发出 FIN")},
		{Word: "rdwr", Meaning: names.T("both", "两者都")},
	}},
	Example: []string{"a, b = socketpair", "shutdown a wr"},
	Python:  "s.shutdown(SHUT_WR)",
	Man:     "shutdown(2)",
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		how := hows["rdwr"]
		if e.More() {
			w, _ := e.Next("HOW")
			var ok bool
			if how, ok = hows[strings.ToLower(w.Text)]; !ok {
				if err := e.Misnamed(w); err != nil {
					return err
				}
				return w.Err(names.T("a direction is rd, wr or rdwr", "方向是 rd、wr 或 rdwr")).Hint(names.T("shutdown "+k.Name+" wr", "shutdown "+k.Name+" wr"))
			}
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Python(k.Name, ".shutdown(", how.python, ")")
		if err := e.Sys.Shutdown(k.FD, how.how); err != nil {
			failure := e.Fail("shutdown", k, err)
			if runtime.GOOS == "linux" && sys.Errno(err) == "ENOTCONN" && k.Family != sockets.UNIX {
				k.WriteEnd = k.WriteEnd || how.how != sys.RD
				k.ReadEnd = k.ReadEnd || how.how != sys.WR
				e.Act.Note("shut-all-the-same", "s", k.Name)
			}
			return failure
		}
		k.WriteEnd = k.WriteEnd || how.how != sys.RD
		k.ReadEnd = k.ReadEnd || how.how != sys.WR
		if how.how == sys.WR && k.Kind != sockets.Dgram {
			e.Act.Note("half-close", "s", k.Name, "peer", repl.PeerName(k))
		}
		return nil
	},
}
