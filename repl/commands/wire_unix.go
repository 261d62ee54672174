package commands

import (
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var (
	noPackets = names.T("AF_UNIX has no packets: the kernel puts the bytes of a send into the peer's queue at once. What is beside a line is its end's state and recvq after it.",
		"AF_UNIX 没有报文：send 的数据由内核直接放进对端的队列。行旁边写的是那一端在这一步之后的状态和 recvq。")
	endNow  = names.T("{end}   inode {inode}   recvq {recvq}   sendq {sendq} of memory", "{end}   inode {inode}   recvq {recvq}   sendq 内存 {sendq}")
	ofOther = names.T("the peer", "对端")
)

// drawUnix draws what lines did at both ends of an AF_UNIX socket, what waited at each after it, and below what the kernel knows
// of both now.
func drawUnix(e *repl.Env, k *sockets.Socket) error {
	deeds, peer := e.Deeds(k)
	left, right := k, peer
	if k.Inherits != nil || peer != nil && len(deeds) > 0 && deeds[0].Socket == peer && peer.Inherits == nil {
		left, right = peer, k
	}
	l := sockets.Ladder{Left: endName(left, k, right), Right: endName(right, k, left)}
	var list []sockets.Value
	act := 0
	queues := map[*sockets.Socket]int{}
	states := map[*sockets.Socket]string{}
	for _, d := range deeds {
		at := d.At.Sub(deeds[0].At)
		if d.Act != act || d.Act == 0 { // socketpair is a line at both
			act = d.Act
			l.Rungs = append(l.Rungs, sockets.Rung{At: at, FromLeft: d.Socket == left, Line: d.Line})
			list = append(list, sockets.TextOf(d.Line))
		}
		after := func(s *sockets.Socket, state string, recvq int) {
			var words []string
			if state != "" && state != states[s] {
				states[s] = state
				words = append(words, state)
			}
			if recvq != queues[s] {
				queues[s] = recvq
				words = append(words, "recvq "+strconv.Itoa(recvq))
			}
			if len(words) == 0 {
				return
			}
			line, told := &l.Rungs[len(l.Rungs)-1], strings.Join(words, "  ")
			if side := btoi(s == right); line.Line != "" && line.FromLeft == (s == right) && line.Ends[side] == "" {
				line.Ends[side] = told
				return
			}
			l.Rungs = append(l.Rungs, sockets.Rung{At: at, FromLeft: s == left, State: told})
		}
		if d.Peer != nil {
			after(d.Peer, "", d.PeerRecvQ)
		}
		after(d.Socket, d.State, d.RecvQ)
	}
	text := render.Ladder(l, e.Width(), e.Lang())
	for _, s := range []*sockets.Socket{left, right} {
		if line := nowOf(e, s); line != "" {
			text += "\n\n"[btoi(strings.Contains(text, "inode ")):] + line
		}
	}
	if peer == nil && k.FD >= 0 && k.Backlog < 0 {
		if line := peerElsewhere(e, k); line != "" {
			text += "\n" + line
		}
	}
	text += "\n\n" + noPackets.In(e.Lang())
	v := sockets.TextOf(text)
	v.List = list
	e.Result(v)
	return nil
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// endName heads a side of the ladder.
func endName(s, k, other *sockets.Socket) string {
	switch {
	case s == nil && k.Backlog >= 0:
		return ""
	case s == nil:
		return k.Peer.String()
	case s.Local.IsZero() || s.Local.Unnamed():
		return s.Name
	}
	return named(s.Name, s.Local.String())
}

// nowOf is what the kernel knows of an end now, "" where it knows nothing.
func nowOf(e *repl.Env, s *sockets.Socket) string {
	if s == nil || s.FD < 0 {
		return ""
	}
	n, err := e.Known(s)
	if err != nil {
		return ""
	}
	return unixLine(e, s.Name, *n.Unix)
}

func unixLine(e *repl.Env, name string, u sockets.KernelUnix) string {
	sendq := octets(int64(u.SendQ))
	if u.State == "LISTEN" {
		return names.T(name+"   inode "+itoa(int(u.Inode))+"   to accept "+itoa(int(u.RecvQ))+"   backlog "+itoa(int(u.SendQ)),
			name+"   inode "+itoa(int(u.Inode))+"   待 accept "+itoa(int(u.RecvQ))+"   backlog "+itoa(int(u.SendQ))).In(e.Lang())
	}
	return endNow.Fill("end", name, "inode", itoa(int(u.Inode)), "recvq", itoa(int(u.RecvQ)), "sendq", sendq).In(e.Lang())
}

// peerElsewhere is what the kernel knows of the other end, where it is another program's.
func peerElsewhere(e *repl.Env, k *sockets.Socket) string {
	u, pid, program, err := e.UnixPeer(k)
	if err != nil {
		return ""
	}
	line := unixLine(e, ofOther.In(e.Lang()), u)
	if program != "" {
		line += "   " + program + " " + itoa(pid)
	}
	return line
}
