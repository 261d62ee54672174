package commands

import (
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var recvfrom = &repl.Command{
	Name:    "recvfrom",
	Group:   repl.Talk,
	Usage:   []string{"[S] [N]"},
	Summary: names.T("take a datagram, and learn who sent it", "取出一个数据报，并得知是谁发的"),
	Detail: names.T(
		"One call takes one datagram, never two. N is 1024 where it is left out; what is longer is cut, and the rest is gone for good.",
		"一次调用取一个数据报，不会取两个。N 省略时为 1024；更长的会被截断，剩下的永远丢失。"),
	Flags:   recvFlags,
	Example: []string{"u = listen udp 127.0.0.1:9999", "v = socket udp", "sendto v 127.0.0.1:9999 hello", "data, addr = recvfrom u"},
	Python:  "data, addr = u.recvfrom(1024)",
	Man:     "recvfrom(2)",
	Waits:   names.T("a datagram", "数据报到来"),
	Run: func(e *repl.Env) error {
		k, err := e.Socket()
		if err != nil {
			return err
		}
		n, err := e.Int("N", defaultRecv, 0, maxRecv)
		if err != nil {
			return err
		}
		if err := e.Gives(2); err != nil {
			return err
		}
		if err := e.Deadline(); err != nil {
			return err
		}
		flags := msgFlags(e)
		assign := e.Assign()
		if assign != "" { // both are given; here one may be left out
			assign = e.Name(0, "") + ", " + e.Name(1, "_") + " = "
		}
		e.Python(assign, k.Name, ".recvfrom(", strconv.FormatInt(n, 10), pythonFlags(flags), ")")
		data, from, err := receive(e, "recvfrom", k, int(n), flags)
		if err != nil {
			return err
		}
		v := sockets.BytesOf(data)
		addr := sockets.Value{Type: sockets.NoValue, Text: "None"}
		if !from.IsZero() {
			v.Fields = []sockets.Field{{Name: "from", Value: sockets.TextOf(from.String())}}
			addr = from.Value()
		}
		e.Result(v, addr)
		return nil
	},
}
