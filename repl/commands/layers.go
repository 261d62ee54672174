package commands

import (
	"fmt"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var layers_ = &repl.Command{
	Name:    "layers",
	Group:   repl.Look,
	Usage:   []string{"[NUMBER]"},
	Summary: names.T("take a packet apart, layer by layer", "把一个报文逐层拆开"),
	Detail: names.T(
		"First comes what lies in what, then each header with its place in the models of seven, four and five layers, with every field, the bytes it stands in and what it means; then all bytes, with a border before each field. "+
			"Packets are counted from 1 as they were seen; without a number the last is meant.",
		"先看一层套一层的结构，再看每个首部：它在七层、四层、五层模型中的位置，以及每个字段的值、所在字节和含义；最后是全部字节，每个字段前有分界线。报文按看到的先后从 1 数起，不写编号时是最后一个。"),
	Example: []string{"wire on", "u = socket udp", "sendto u 127.0.0.1:9999 hello", "layers 1"},
	Man:     "packet(7)",
	Run: func(e *repl.Env) error {
		var seen []repl.Traced
		for _, x := range e.Story() {
			if x.Frame != nil {
				seen = append(seen, x)
			}
		}
		w := e.Peek()
		n, err := e.Int("NUMBER", int64(len(seen)), 1, 1<<31)
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		switch {
		case len(seen) == 0:
			return nothingOnWire(e)
		case n > int64(len(seen)):
			return w.Err(names.T(fmt.Sprintf("packets were seen up to %d", len(seen)), fmt.Sprintf("看到的报文只到 %d", len(seen))))
		}
		x := seen[n-1]
		title := fmt.Sprintf("%d/%d  %s → %s  %s", n, len(seen), x.Packet.From, x.Packet.To, render.PacketTitle(*x.Packet, e.Lang()))
		e.Result(render.Layers(&x.Frame.Packet, title, e.Width(), e.Lang()).Value())
		return nil
	},
}

// nothingOnWire says that nothing was seen on the wire, which the line is about.
func nothingOnWire(e *repl.Env) error {
	err := &sockets.Error{Op: e.Command.Name, Message: names.T("no packet was seen yet", "还没有看到报文")}
	if x := e.Unseen(); x != nil {
		return err.Because(x.Message).Hint(x.Fix)
	}
	if !e.WireIsOn() {
		return err.Hint(names.T("wire on", "wire on"))
	}
	return err
}
