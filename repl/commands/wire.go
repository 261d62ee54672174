package commands

import (
	"io"
	"net/netip"
	"slices"
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/wire"
)

var wire_ = &repl.Command{
	Name:    "wire",
	Group:   repl.Look,
	Usage:   []string{"on", "off", "[S]", "save FILE"},
	Summary: names.T("see the packets, and draw them as a ladder", "查看报文，并画成时序图"),
	Detail: names.T(
		"Each line shows the packets that it caused, and later ones are told as they come: of this session's sockets, and nothing of anyone else's; none after wire off. "+
			"wire draws what was seen of a socket's connection; wire save writes it for Wireshark, each packet with the line that caused it. "+
			"To capture takes CAP_NET_RAW, but for a lab; without it packets are inferred from what the kernel counts, and wire on says what is missing.",
		"每一行都会显示它引起的报文，后来的报文随到随报：只看本会话的套接字，不看别人的任何流量；wire off 之后不再看。"+
			"wire 画出某个套接字的连接上看到的一切；wire save 存成 Wireshark 能打开的文件，每个报文附上引起它的那一行。"+
			"抓包需要 CAP_NET_RAW 权限，在实验室里则不需要；没有权限时，报文根据内核的计数推断，wire on 会说明缺少什么。"),
	Flags: []repl.Flag{
		{Name: "follow", Meaning: names.T("show packets as they come, until Ctrl-C", "随到随显示报文，直到按 Ctrl-C")},
		timeoutFlag,
	},
	Choices: map[string][]repl.Choice{
		"on":   {{Word: "on", Meaning: names.T("see the packets", "查看报文")}},
		"off":  {{Word: "off", Meaning: names.T("see them no more", "不再查看")}},
		"save": {{Word: "save", Meaning: names.T("write them to a file for Wireshark", "存成 Wireshark 能打开的文件")}},
	},
	Waits:   names.T("packets", "报文到来"),
	Example: []string{"wire on", "s = listen tcp 127.0.0.1:8888", "c = connect tcp 127.0.0.1:8888", "wire c"},
	Man:     "packet(7)",
	Run: func(e *repl.Env) error {
		w := e.Peek()
		_, named := e.Named(w)
		if !named && !w.Quoted {
			switch w.Text {
			case "on":
				e.Next("SWITCH")
				if err := e.Gives(0); err != nil {
					return err
				}
				return e.WireOn()
			case "off":
				e.Next("SWITCH")
				if err := e.Gives(0); err != nil {
					return err
				}
				e.WireOff()
				return nil
			case "save":
				e.Next("WORD")
				return saveWire(e)
			}
		}
		if e.Flag("follow") {
			if err := e.Gives(0); err != nil {
				return err
			}
			if err := e.WireOn(); err != nil {
				return err
			}
			if err := e.Deadline(); err != nil {
				return err
			}
			return e.FollowWire()
		}
		k, err := e.Socket()
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		if k.Family == sockets.UNIX {
			return drawUnix(e, k)
		}
		return drawWire(e, k)
	},
}

// drawWire draws a ladder for each connection of k.
func drawWire(e *repl.Env, k *sockets.Socket) error {
	var text string
	var packets []sockets.Value
	for _, s := range e.Strands(k) {
		if text != "" {
			text += "\n\n"
		}
		l := ladder(s)
		text += render.Ladder(l, e.Width(), e.Lang())
		for _, r := range l.Rungs {
			if r.Packet != nil {
				packets = append(packets, sockets.TextOf(r.Packet.From+" > "+r.Packet.To+" "+r.Packet.Flags))
			}
		}
	}
	if text == "" {
		return nothingSeen(e, k)
	}
	v := sockets.TextOf(text)
	v.List = packets
	e.Result(v)
	return nil
}

func nothingSeen(e *repl.Env, k *sockets.Socket) error {
	err := &sockets.Error{Op: "wire", Message: names.T("no packet of "+k.Name+" was seen", "还没有看到 "+k.Name+" 的报文")}
	if x := e.Unseen(); x != nil {
		return err.Because(x.Message).Hint(x.Fix)
	}
	if !e.WireIsOn() {
		return err.Because(names.T("packets are looked at from wire on until wire off", "只有在 wire on 到 wire off 之间才看报文")).Hint(names.T("wire on", "wire on"))
	}
	return err
}

// ladder makes the rungs of what happened between two addresses.
func ladder(s repl.Strand) sockets.Ladder {
	l := sockets.Ladder{Left: headOf(s, 0), Right: headOf(s, 1)}
	for i, x := range s.Story {
		r := sockets.Rung{At: x.At.Sub(s.Story[0].At), FromLeft: s.Side[i] == 0, Packet: x.Packet}
		if x.Packet != nil {
			if from, err := netip.ParseAddr(x.Packet.From); err == nil && from.Unmap().WithZone("") != s.Ends[s.Side[i]].Addr() && strings.HasPrefix(x.Packet.Proto, "icmp") {
				r.Between = x.Packet.From
			}
			l.Rungs = append(l.Rungs, r)
			continue
		}
		if x.Line == "" {
			l.Rungs = enters(l.Rungs, s.Side[i], x.State, r)
			continue
		}
		r.Line = x.Line
		l.Rungs = append(l.Rungs, r)
		if x.Own.Backlog < 0 { // a listening socket's state is none of the connection's
			l.Rungs = append(l.Rungs, sockets.Rung{At: x.Until.Sub(s.Story[0].At), FromLeft: r.FromLeft, State: x.State})
		}
	}
	slices.SortStableFunc(l.Rungs, func(a, b sockets.Rung) int { return int(a.At - b.At) })
	return onlyNewStates(l)
}

// enters puts a state that an end came to beside the packet before it, which led there; where it is none, by itself.
func enters(rungs []sockets.Rung, side int, state string, r sockets.Rung) []sockets.Rung {
	if n := len(rungs) - 1; n >= 0 && rungs[n].Packet != nil {
		led := &rungs[n].Ends[side]
		if *led != "" {
			*led += ", "
		}
		*led += state
		return rungs
	}
	r.State = state
	return append(rungs, r)
}

func named(name, addr string) string { return name + " " + addr }

// headOf is what stands above an end: the socket's name, where it is the session's, and its address.
func headOf(s repl.Strand, side int) string {
	addr := s.Ends[side].String()
	if s.Ends[side].Port() == 0 { // ICMP has none
		addr = s.Ends[side].Addr().String()
	}
	if s.Names[side] == "" {
		return addr
	}
	return named(s.Names[side], addr)
}

// saveWire writes all that was seen as a pcapng file, mode 0600, whole or not at all.
func saveWire(e *repl.Env) error {
	w, err := e.Next("FILE")
	if err != nil {
		return err
	}
	if err := e.Gives(1); err != nil {
		return err
	}
	story := e.Story()
	if !slices.ContainsFunc(story, func(x repl.Traced) bool { return x.Frame != nil }) {
		return nothingOnWire(e)
	}
	n := 0
	err = writeWhole(e, w, func(f io.Writer) (err error) {
		n, err = writeStory(f, story)
		return err
	})
	if err != nil {
		return err
	}
	v := sockets.IntOf(int64(n))
	v.Fields = []sockets.Field{{Name: "file", Value: sockets.TextOf(w.Text)}}
	e.Result(v)
	return nil
}

func writeStory(f io.Writer, story []repl.Traced) (n int, err error) {
	var links []wire.Interface // only what occurs: some readers take files of one link alone
	for _, x := range story {
		switch {
		case x.Frame == nil: // a line, or inferred: it has no bytes
		case !slices.ContainsFunc(links, func(i wire.Interface) bool { return i.Link == x.Frame.Link }):
			links = append(links, wire.Interface{Name: "sockstep", Link: x.Frame.Link})
		}
	}
	w, err := wire.NewWriter(f, "sockstep", links...)
	if err != nil {
		return 0, err
	}
	last := map[*sockets.Socket]string{} // what was done with each
	for _, x := range story {
		comment := "act " + strconv.Itoa(x.Act) + ": " + x.Line
		switch {
		case x.Packet == nil && x.Line == "": // a state
			continue
		case x.Packet == nil:
			last[x.Own] = "; its last was " + comment
			continue
		case x.Frame == nil:
			continue
		case x.Act == 0: // late: no line's
			comment = "socket " + x.Own.Name + last[x.Own]
		}
		if x.Packet.Lost { // a reader of the file cannot know
			comment += "; lost on the cable"
		}
		iface := slices.IndexFunc(links, func(i wire.Interface) bool { return i.Link == x.Frame.Link })
		if err := w.WritePacket(&x.Frame.Packet, comment, iface); err != nil {
			return n, err
		}
		n++
	}
	return n, nil
}
