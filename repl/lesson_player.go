package repl

import (
	"context"

	"sockstep/lessons"
	"sockstep/sockets"
)

// A Player plays the lines of lessons in a session of its own, to check them: a lessons.Player.
type Player struct {
	world
	s  *Session
	to sockets.Observer
}

// NewPlayer opens a session in which lines are played. Of c the observers and Hold do not count.
func NewPlayer(c Config) *Player {
	p := &Player{}
	c.Hold = true
	c.Observers = []sockets.Observer{sockets.ObserverFunc(func(a *sockets.Act, st sockets.Step) {
		if p.to != nil {
			p.to.Observe(a, st)
		}
	})}
	p.s = NewSession(c)
	p.s.lesson = &learning{}
	p.world = p.s.world(sockets.NewAct(0, ""))
	return p
}

var _ lessons.Player = (*Player)(nil)

// Do plays a line.
func (p *Player) Do(ctx context.Context, line string) *sockets.Act { return p.s.Do(ctx, line) }

// Settle tells of what came since.
func (p *Player) Settle() {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	p.s.arrivals()
	p.s.flush()
	p.act.Steps = nil // of the judge's own calls nobody will ask
}

// Tell says who is shown the acts from now on.
func (p *Player) Tell(o sockets.Observer) { p.to = o }

// Close closes the session.
func (p *Player) Close() { p.s.Close() }

// Sockets are the session's.
func (p *Player) Sockets(string) ([]lessons.Socket, error) {
	p.s.mu.Lock()
	defer p.s.mu.Unlock()
	return p.world.Sockets("")
}

// LessonWords are what has to be taught before a line can be typed: the command's name, its flags, and & for a job.
func (t Table) LessonWords(line string) (words []string, err error) {
	l, bad := ParseLine(line, func(string) (sockets.Value, bool) { return sockets.Value{}, true })
	if bad != nil {
		return nil, bad
	}
	for {
		c, rest, bad := t.verb(l, func(w Word) bool { return t.named(w.Text) == nil && IsName(w.Text) })
		if bad != nil {
			return nil, bad
		}
		words = append(words, c.Name)
		if c.Wraps && len(rest.Words) > 1 {
			l.Command, l.Words = rest.Words[1], rest.Words[2:]
			continue
		}
		for _, w := range rest.Words {
			if isFlag(c, w) {
				if f, _, ok := c.flag(flagSpelling(w.Text)); ok {
					words = append(words, f.Spelling())
				}
			}
		}
		break
	}
	if l.Job {
		words = append(words, "&")
	}
	return words, nil
}

func flagSpelling(w string) string {
	for i := range w {
		if w[i] == '=' {
			return w[:i]
		}
	}
	return w
}
