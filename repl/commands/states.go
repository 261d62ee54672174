package commands

import (
	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var states = &repl.Command{
	Name:    "states",
	Group:   repl.Look,
	Usage:   []string{"[S]"},
	Summary: names.T("draw TCP's states, and the way that a socket went", "画出 TCP 状态图，以及套接字走过的路"),
	Detail: names.T(
		"The diagram is that of RFC 9293. The numbers are the order in which the socket was seen in a state; what packets prove counts as seen. "+
			"Where the kernel went on between two looks, the way between is dotted: a guess. A closed socket is followed as long as the kernel has its connection. `help tcp-states` tells the states in words.",
		"状态图出自 RFC 9293。数字是套接字经过各状态的顺序；报文能证明的也算看到。"+
			"如果内核在两次查看之间又走了几步，中间的路画成点线：那是推测。关闭之后，只要内核还保留着连接，就继续跟踪。`help tcp-states` 用文字说明各状态。"),
	Example: []string{"s = listen tcp 127.0.0.1:8888", "c = connect tcp 127.0.0.1:8888", "states c"},
	Man:     "tcp(7)",
	Run: func(e *repl.Env) error {
		k, err := stated(e)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		var way []sockets.Visit
		if k != nil {
			e.Use(k)
			way = k.Way
		}
		v := render.States(way, e.Width(), e.Lang()).Value()
		for _, visit := range way {
			v.List = append(v.List, sockets.TextOf(visit.State))
		}
		e.Result(v)
		return nil
	},
}

// stated takes the TCP socket that is meant; nil where none is named and the current one, if any, is not TCP's.
func stated(e *repl.Env) (*sockets.Socket, error) {
	w := e.Peek()
	k, named := e.Named(w)
	if !named {
		if k, named = e.Current(); !named || k.KindName() != "tcp" {
			return nil, nil
		}
		return k, nil
	}
	e.Next("S")
	if k.KindName() != "tcp" {
		return nil, w.Err(names.T(k.Name+" is no TCP socket: only TCP has these states", k.Name+" 不是 TCP 套接字：只有 TCP 有这些状态"))
	}
	return k, nil
}
