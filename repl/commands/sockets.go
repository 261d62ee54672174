package commands

import (
	"math"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var sockets_ = &repl.Command{
	Name:    "sockets",
	Group:   repl.Look,
	Usage:   []string{""},
	Summary: names.T("list the open sockets", "列出打开的套接字"),
	Detail: names.T("State, queues and readiness come from the kernel. On a listening socket recvq counts the connections that wait for accept, and sendq is its backlog.",
		"状态、队列和就绪情况都来自内核。监听套接字的 recvq 是等待 accept 的连接数，sendq 是 backlog。"),
	Flags:   []repl.Flag{{Name: "all", Meaning: names.T("also the connections that live on after their close", "也列出关闭之后仍然存在的连接")}},
	Example: []string{"s = listen tcp 127.0.0.1:8888", "sockets"},
	Python:  "",
	Man:     "ss(8)",
	Run: func(e *repl.Env) error {
		if err := e.Gives(1); err != nil {
			return err
		}
		look := e.Sys.Scaffold()
		open := e.OpenSockets()
		entries := make([]sys.PollEntry, len(open))
		for i, k := range open {
			e.Observe(k)
			entries[i] = sys.PollEntry{FD: k.FD, Read: true, Write: true}
		}
		if len(open) > 0 {
			if _, err := look.Poll(entries, 0); err != nil {
				return err
			}
		}
		var rows []sockets.Value
		for i, k := range open {
			recvq, sendq := sockets.IntOf(int64(k.RecvQ)), sockets.IntOf(int64(k.SendQ))
			if k.Backlog >= 0 {
				sendq = sockets.IntOf(int64(k.Backlog))
			}
			name, current := sockets.Field{Name: "name", Value: sockets.TextOf(k.Name)}, e.IsCurrent(k)
			if current {
				name.Told = names.T(k.Name+"*", k.Name+"*")
			}
			rows = append(rows, sockets.CardOf(
				name,
				sockets.Field{Name: "fd", Value: sockets.IntOf(int64(k.FD))},
				sockets.Field{Name: "type", Value: sockets.TextOf(typeWord(k))},
				sockets.Field{Name: "local", Value: sockets.TextOf(orDash(k.Local))},
				sockets.Field{Name: "peer", Value: sockets.TextOf(orDash(k.Peer))},
				sockets.Field{Name: "state", Value: sockets.TextOf(stateWord(k))},
				sockets.Field{Name: "recvq", Value: recvq},
				sockets.Field{Name: "sendq", Value: sendq},
				sockets.Field{Name: "ready", Value: sockets.TextOf(readyWords(k, entries[i].Got))},
				sockets.Field{Name: "current", Value: sockets.BoolOf(current), Unshown: true},
			))
		}
		if e.Flag("all") {
			rows = withAfterlives(e, rows)
		}
		v := sockets.ListOf(rows...)
		if len(rows) == 0 {
			e.Act.Note("no-sockets")
		}
		e.Result(v)
		return nil
	},
}

// withAfterlives adds the connections that no program has open any more and that the kernel has not forgotten, and says how
// long they last.
func withAfterlives(e *repl.Env, rows []sockets.Value) []sockets.Value {
	dash := func(name string) sockets.Field {
		return sockets.Field{Name: name, Value: none, Told: names.T("-", "-")}
	}
	for _, k := range e.FollowedSockets() {
		known, err := e.Known(k)
		if err != nil || known.TCP == nil {
			continue
		}
		t := known.TCP
		recvq, sendq := dash("recvq"), dash("sendq")
		ready := sockets.Field{Name: "ready", Value: sockets.TextOf("-")}
		left := sockets.Field{Name: "left", Value: none, Unshown: true}
		if t.State != "TIME_WAIT" {
			recvq = sockets.Field{Name: "recvq", Value: sockets.IntOf(int64(t.Unread()))}
			sendq = sockets.Field{Name: "sendq", Value: sockets.IntOf(int64(t.SendQ))}
		}
		if t.Timer.Kind == sockets.TimeWait {
			s := int64(math.Ceil(t.Timer.Left.Seconds()))
			left.Value, ready.Told = sockets.IntOf(s), names.T(itoa(int(s))+" s left", "还剩 "+itoa(int(s))+" 秒")
		}
		rows = append(rows, sockets.CardOf(
			sockets.Field{Name: "name", Value: sockets.TextOf(e.NameOf(k))},
			dash("fd"),
			sockets.Field{Name: "type", Value: sockets.TextOf(typeWord(k))},
			sockets.Field{Name: "local", Value: sockets.TextOf(orDash(k.Local))},
			sockets.Field{Name: "peer", Value: sockets.TextOf(orDash(k.Peer))},
			sockets.Field{Name: "state", Value: sockets.TextOf(t.State)},
			recvq, sendq, ready, left,
		))
	}
	return rows
}

// typeWord is a socket's kind, with a 6 where it speaks IPv6.
func typeWord(k *sockets.Socket) string {
	if k.Family == sockets.INET6 {
		return k.KindName() + "6"
	}
	return k.KindName()
}

func orDash(a sockets.Address) string {
	if a.IsZero() || a.Unnamed() || a.IP.IsValid() && a.IP.IsUnspecified() && a.Port == 0 {
		return "-"
	}
	return a.String()
}

func stateWord(k *sockets.Socket) string {
	if k.State == "" {
		if k.Bound {
			return "BOUND"
		}
		return "-"
	}
	return k.State
}

// readyWords says what can be done at once: accept, read, write; end where nothing more will come.
func readyWords(k *sockets.Socket, r sys.Ready) string {
	var ws []string
	if r.Read {
		if k.Backlog >= 0 {
			ws = append(ws, "accept")
		} else {
			ws = append(ws, "read")
		}
	}
	if r.Write {
		ws = append(ws, "write")
	}
	if r.Hup {
		ws = append(ws, "hup")
	}
	if r.Err {
		ws = append(ws, "error")
	}
	if len(ws) == 0 {
		return "-"
	}
	return strings.Join(ws, " ")
}
