package commands

import (
	"cmp"
	"net/netip"
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var sendto = &repl.Command{
	Name:    "sendto",
	Group:   repl.Talk,
	Usage:   []string{"[S] ADDR MSG"},
	Summary: names.T("send a datagram to an address", "向一个地址发送数据报"),
	Detail: names.T(
		"No connection is needed, and none is made: the datagram leaves whether or not anybody is there. Nothing tells the sender that it arrived.",
		"不需要连接，也不会建立连接：不管对面有没有人，数据报都会发出去。没有任何东西告诉发送方它到了没有。"),
	Flags:   sendFlags,
	Example: []string{"u = socket udp", "sendto u 127.0.0.1:9999 hello"},
	Python:  "u.sendto(b'hello', ('127.0.0.1', 9999))",
	Man:     "sendto(2)",
	Waits:   names.T("room in the send buffer", "发送缓冲区有空位"),
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if err := e.CheckNames(1); err != nil {
			return err
		}
		words := e.Words()
		addr, err := e.Address(k.Family)
		if err != nil {
			return cmp.Or(turned(e, k, words), err)
		}
		p, err := readPayload(e)
		if err != nil {
			return err
		}
		if p.stream != nil {
			if p.close != nil {
				p.close()
			}
			return e.FlagErr(names.T("no datagram is as long as that", "没有这么长的数据报"), "file", "fill").
				Hint(names.T("at most 65507 bytes go into one over IPv4", "IPv4 上一个数据报最多 65507 字节"))
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		flags := msgFlags(e)
		e.Python(e.Assign(), k.Name, ".sendto(", p.python, pythonFlags(flags), ", ", e.AddressPython(addr), ")")
		if err := e.Ready("sendto", k, false); err != nil {
			return err
		}
		unbound := !k.Bound
		e.Toward(k, addr)
		e.Speaks(k, p.data)
		var n int
		e.Block(func() { n, err = e.Sys.Sendto(k.FD, p.data, flags, addr) })
		if err != nil {
			return e.Fail("sendto", k, err, append(repl.AddressPairs(addr), "n", strconv.Itoa(len(p.data)))...)
		}
		e.Sent(k, int64(n))
		if n > 0 && flags&sockets.MsgOOB != 0 {
			e.SentUrgent(k)
		}
		e.Result(sockets.IntOf(int64(n)))
		sentTo(e, k, "sendto", addr, unbound)
		return nil
	},
}

// turned is the error for a message that stands before the address, as in Python's sendto; nil where it is not that.
func turned(e *repl.Env, k *sockets.Socket, ws []repl.Word) error {
	for i := 1; i < len(ws) && !hostlike(ws[0]); i++ {
		if i == 1 && !e.Spoken() && !ws[0].Quoted && repl.IsName(ws[0].Text) {
			continue // rather a socket's name, with a letter wrong
		}
		if spec, used, err := repl.ReadAddress(ws[i:], false); err != nil || used < len(ws)-i || spec.Unix || !hostlike(ws[i]) {
			continue
		}
		message, addr := "", ""
		for j, w := range ws {
			if j < i {
				message += " " + w.Raw
			} else {
				addr += " " + w.Raw
			}
		}
		line := "sendto " + k.Name + addr + strings.TrimSuffix(message, ",")
		return ws[0].Err(names.T("here the address comes first, then the message", "这里先写地址，再写消息")).Hint(names.T(line, line))
	}
	return nil
}

// hostlike reports whether an address may begin with a word, by its form alone.
func hostlike(w repl.Word) bool {
	_, err := netip.ParseAddr(w.Text)
	return err == nil || w.Tuple || w.Text == "localhost" || w.Value != nil && w.Value.Addr != nil || !w.Quoted && strings.ContainsAny(w.Text, ":(")
}

// sentTo tells what a datagram to an address brings with it: the kernel may have bound the socket for it, and nobody says
// whether it arrived.
func sentTo(e *repl.Env, k *sockets.Socket, op string, addr sockets.Address, unbound bool) {
	if unbound && addr.IP.IsValid() && k.Kind != sockets.Raw { // whose port is its protocol, from the start
		k.Bound = true
		e.Observe(k)
		e.Act.Note("implicit-bind", "s", k.Name, "op", op, "addr", k.Local.String())
	}
	if k.KindName() == "tcp" && !addr.IsZero() && addr != k.Peer {
		e.Act.Note("address-ignored", "addr", addr.String(), "peer", repl.PeerName(k))
	}
	if k.KindName() == "udp" && !addr.IsZero() {
		e.NoteOnce("no-delivery-report", "op", op, "addr", addr.String())
	}
}
