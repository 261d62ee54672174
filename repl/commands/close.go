package commands

import (
	"cmp"
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var close_ = &repl.Command{
	Name:    "close",
	Group:   repl.Close,
	Usage:   []string{"[S]", "all"},
	Summary: names.T("close a socket, or all of them", "关闭一个套接字，或全部关闭"),
	Detail: names.T(
		"close gives the descriptor back at once. The connection itself ends in the kernel's own time: what was sent still goes out, then a FIN. If bytes from the peer lie unread, TCP sends a RST instead.",
		"close 立刻交还描述符。连接由内核按自己的节奏结束：已发送的数据照样送出，然后是 FIN。如果还有对端的数据没读，TCP 改发 RST。"),
	Choices: map[string][]repl.Choice{"all": {{Word: "all", Meaning: names.T("every open socket", "所有打开的套接字")}}},
	Example: []string{"s = socket tcp", "close s"},
	Python:  "s.close()",
	Man:     "close(2)",
	Run: func(e *repl.Env) error {
		if w := e.Peek(); w.Text == "all" && !w.Quoted {
			if _, named := e.Named(w); !named {
				e.Next("S")
				return closeAll(e)
			}
		}
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if err := e.Gives(0); err != nil {
			return err
		}
		e.Python(k.Name, ".close()")
		return closeOne(e, k)
	},
}

func closeAll(e *repl.Env) error {
	if err := e.Gives(0); err != nil {
		return err
	}
	python := ""
	var failed error
	for _, k := range e.OpenSockets() {
		if host := e.Host(); host != "" && cmp.Or(k.Host, "left") != host { // at right close all
			continue
		}
		if python != "" {
			python += "; "
		}
		python += k.Name + ".close()"
		if err := closeOne(e, k); err != nil && failed == nil {
			failed = err
		}
	}
	e.Python(python)
	return failed
}

// noteLost notes what a close throws away, and is told to the peer by RST: the close of the last descriptor of a connection.
func noteLost(e *repl.Env, k *sockets.Socket) {
	if !k.Stream() || k.Backlog >= 0 || k.FD < 0 || k.Peer.IsZero() || e.Twin(k) != nil {
		return
	}
	door := e.Sys.Scaffold()
	if n, err := door.QueueIn(k.FD); err == nil && n > 0 {
		note := "unread-at-close"
		if k.KindName() == "tcp" {
			if s, err := door.State(k.FD); err == nil && s == "CLOSE" { // or TIME_WAIT, which the descriptor does not know
				note = "unread-over"
			}
		}
		e.Act.NoteEach(note, "s", k.Name, "n", strconv.Itoa(n), "peer", repl.PeerName(k))
		return
	}
	if k.KindName() != "tcp" || !undelivered[k.State] {
		return
	}
	linger, _ := names.LookupOption("SO_LINGER")
	if v, err := door.Getsockopt(k.FD, linger); err == nil && v.Text == "{l_onoff=1, l_linger=0}" {
		e.Act.Note("linger-reset", "s", k.Name)
	}
}

// undelivered are the states of TCP in which a close may leave something undone, so that SO_LINGER 0 makes it a RST.
var undelivered = map[string]bool{"ESTABLISHED": true, "CLOSE_WAIT": true, "FIN_WAIT1": true, "FIN_WAIT2": true}

func closeOne(e *repl.Env, k *sockets.Socket) error {
	last := e.Twin(k) == nil // else the socket lives on
	noteLost(e, k)
	file := k.Local.Path
	if !last || k.Inherits != nil || k.Local.Abstract {
		file = ""
	}
	err := e.CloseSocket(k)
	if err == nil && file != "" {
		e.NoteOnce("socket-file-stays", "s", k.Name, "path", file)
	}
	return e.Fail("close", k, err)
}
