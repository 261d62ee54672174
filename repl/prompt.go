package repl

import (
	"context"
	"strconv"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

func itoa(n int) string { return strconv.Itoa(n) }

// Prompt is what stands before the line being typed: the current socket, its state, and what waits in its queue.
func (s *Session) Prompt() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	k := s.current()
	if k == nil {
		return "sockstep› "
	}
	look := sys.For(context.Background(), sockets.NewAct(0, "")).Quiet()
	p := k.Name
	state, queue := k.State, k.RecvQ
	if k.KindName() == "tcp" {
		if st, err := look.State(k.FD); err == nil {
			state = st
		}
	}
	if k.Backlog >= 0 {
		if n, _, err := look.AcceptQueue(k.FD); err == nil {
			queue = n
		}
	} else if n, err := look.QueueIn(k.FD); err == nil {
		queue = n
	}
	if state != "" && state != "CLOSE" {
		p += " " + state
	}
	if queue > 0 {
		p += " " + itoa(queue)
	}
	return p + "› "
}

// WaitsFor is what a line may be waiting for while it runs; zero where its command never waits.
func (s *Session) WaitsFor(line string) names.Text {
	l, err := ParseLine(line, func(string) (sockets.Value, bool) { return sockets.Value{}, true })
	if err != nil {
		return names.Text{}
	}
	c, l, err := s.table.verb(l, func(w Word) bool { return IsName(w.Text) })
	if err != nil || l.Job {
		return names.Text{}
	}
	return s.innermost(c, l).Waits
}
