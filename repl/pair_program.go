package repl

import (
	"context"
	"time"

	"sockstep/lessons"
	"sockstep/sockets/sys"
)

// readingTime is how long the program waits before it plays a step that a person reads at the other end.
const readingTime = 1500 * time.Millisecond

// PlayPartner takes the other end of the lesson behind a door, and plays it from the solutions: each step of its own as soon as it is
// on. It returns when the other terminal has gone, or the context is over.
func (s *Session) PlayPartner(ctx context.Context, door string) (err error) {
	s.plays = true
	s.attend(func(e *Env) {
		_, err = e.learning()
		if err != nil {
			return
		}
		var l *sys.Link
		var m message
		if l, m, err = e.knock(door, "", true); err == nil {
			err = e.joined(l, m)
		}
	})
	if err != nil {
		return err
	}
	stop := context.AfterFunc(ctx, func() { s.mu.Lock(); defer s.mu.Unlock(); s.part() })
	defer stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	var played *lessons.Run // the step that was played last
	at := -1
	for {
		p := s.paired()
		if !p.there() {
			return nil
		}
		g := s.lesson
		if p.coming || g.run == nil || g.over || !g.run.Mine() || played == g.run && at == g.run.At() {
			news := p.news
			s.outside(func() { <-news })
			continue
		}
		played, at = g.run, g.run.At()
		if p.slow { // there is time to read what is to be done
			s.outside(func() {
				select {
				case <-time.After(readingTime):
				case <-ctx.Done():
				}
			})
			if g.run != played || g.run.At() != at || p.coming {
				at = -1
				continue
			}
		}
		s.playOwn(ctx)
	}
}

// playOwn plays the step that is on, for everyone to see.
func (s *Session) playOwn(ctx context.Context) {
	g := s.lesson
	r := g.run
	s.doing = true
	defer func() { s.doing = false }()
	v := r.Lacks(g.world(s))
	s.own()
	if v.Outcome != lessons.Untold {
		g.playing = true
		for _, line := range r.Lines(r.Step().Solutions[0]) {
			s.do(ctx, line)
			if g.run != r || ctx.Err() != nil {
				break
			}
		}
		g.playing = false
		if g.run != r || ctx.Err() != nil { // begun anew meanwhile
			return
		}
		v = s.await(ctx, r.Patience(), s.judged)
	}
	switch v.Outcome {
	case lessons.Untold:
		s.pass(lessons.Passing)
	case lessons.NotYet:
		s.tellStuck(v.Seen)
	}
}
