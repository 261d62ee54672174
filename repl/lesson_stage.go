package repl

import (
	"context"
	"strings"

	"sockstep/lessons"
	"sockstep/sockets/names"
)

// How a lesson is played before a class:
//
//	lesson ID --play ─▶ PlayLine ─▶ Do ─▶ … after the step's last line: judge ─▶ held: the next step
//	                       ▲                                                  ─▶ not: Failed, until the step begins again
//	                       └── Try: the keyboard is a person's, and nothing is judged ── Resume
//
// Whoever runs the lines (a script, or a terminal at the presenter's key) asks the session for them, so that each is a line
// like any other.

// A play is a lesson that is played.
type play struct {
	lesson string
	staged bool // a terminal shows the steps' texts, and how they ended
	line   int  // of the step's solution, the next
	typed  bool // the line that runs is the play's
	failed names.Text
	told   []lessons.Event
	before tried
}

// A tried is what is looked at before somebody tries something, and after.
type tried struct {
	held    bool
	sockets []lessons.Socket
}

// A Scene is where a play stands.
type Scene struct {
	Lesson *lessons.Lesson
	Vars   map[string]string
	Page   lessons.Event   // the text of the step that is on; of the lesson's end, where Over
	At     int             // the index of that step
	Line   string          // the next line of it; "" where none is left
	Begun  bool            // a line of it was run
	Failed names.Text      // why it has not come true, though all its lines were run
	Told   []lessons.Event // how the step before ended; several where one act ended several
	Over   bool
}

// Play begins a lesson that is played: its lines come from PlayLine. Nothing of it counts as done by the learner.
func (e *Env) Play(w Word, given bool) error {
	g, err := e.learning()
	if err != nil {
		return err
	}
	h, err := e.whichLesson(g, w, given)
	if err != nil {
		return err
	}
	l, err := e.readLesson(g, h)
	if err != nil {
		return err
	}
	g.play = &play{lesson: l.ID, staged: e.Session.live != nil}
	if err := e.startLesson(l, 0, ""); err != nil {
		g.play = nil
		return err
	}
	return nil
}

// begun is due when a lesson begins at a step: the play of another lesson is over, and this one's stands before its first line.
func (l *learning) begun(id string) {
	switch p := l.play; {
	case p == nil:
	case p.lesson != id:
		l.play = nil
	default:
		l.play = &play{lesson: p.lesson, staged: p.staged}
	}
}

// staged reports whether a terminal shows what the lesson says.
func (l *learning) staged() bool { return l.play != nil && l.play.staged }

// playing is the play that is on; nil for none. The caller holds the lock.
func (s *Session) playing() *play {
	if s.lesson == nil || s.lesson.run == nil {
		return nil
	}
	return s.lesson.play
}

// next is the step's next line, "" for none.
func (l *learning) next() string {
	step := l.run.Step()
	if step == nil || l.over || l.play.line >= len(step.Solutions[0]) {
		return ""
	}
	return l.run.Lines(step.Solutions[0][l.play.line:])[0]
}

// Scene tells where the play stands; false where none is on.
func (s *Session) Scene() (Scene, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.playing()
	if p == nil {
		return Scene{}, false
	}
	l := s.lesson
	c := Scene{Lesson: l.run.Lesson, Vars: l.run.Vars, At: l.run.At(), Line: l.next(), Begun: p.line > 0, Failed: p.failed, Told: p.told, Over: l.over}
	c.Page = s.stepEvent(c.At == 0)
	return c, true
}

// PlayLine gives the next line of the step that is on, which is to be run now; false where there is none: the play is over,
// the step has failed, or there is no play.
func (s *Session) PlayLine() (string, bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.playing()
	if p == nil || !p.failed.IsZero() {
		return "", false
	}
	line := s.lesson.next()
	if line == "" {
		return "", false
	}
	p.line++
	p.typed, p.told = true, nil
	return line, true
}

// TurnPage leaves the step that has ended: what was told of it is over.
func (s *Session) TurnPage() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.playing(); p != nil {
		p.told = nil
	}
}

// PassPlayed ends the step that is on where it holds already, as somebody has tried just that; false where it does not hold.
func (s *Session) PassPlayed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.playing() != nil && s.lesson.on() && s.judged().Outcome == lessons.Held
}

// PlayFailed reports whether the play stands at a step that has not come true.
func (s *Session) PlayFailed() bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.playing()
	return p != nil && !p.failed.IsZero()
}

// EndPlay ends the play. The sockets stay, as after free.
func (s *Session) EndPlay() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.playing() == nil {
		return
	}
	s.lesson.play, s.lesson.playing, s.lesson.free = nil, false, !s.lesson.over
	s.unwatch()
}

// learnPlayed judges a step after the last of its lines.
func (s *Session) learnPlayed(ctx context.Context) {
	l := s.lesson
	if !l.on() || l.next() != "" {
		return
	}
	if s.held {
		s.arrivals()
		s.flush()
	}
	v := s.await(ctx, l.run.Patience(), s.judged)
	switch v.Outcome {
	case lessons.Untold:
		s.pass(lessons.Passing)
		s.announceStep(false)
	case lessons.NotYet:
		l.play.failed = v.Seen
		if !l.staged() {
			ev := l.event()
			ev.Verdict, ev.Missing = v.Outcome.String(), v.Seen
			s.announce(ev)
		}
	}
}

// Try gives the keyboard to a person: nothing is judged until Resume.
func (s *Session) Try() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if p := s.playing(); p != nil {
		p.before = s.tried()
		s.lesson.playing = true
	}
}

// Resume ends Try. It says what stands in the way of the play now, zero where it can go on as if nothing had been tried.
func (s *Session) Resume() names.Text {
	s.mu.Lock()
	defer s.mu.Unlock()
	p := s.playing()
	if p == nil {
		return names.Text{}
	}
	s.arrivals()
	s.flush()
	l := s.lesson
	l.playing = false
	if l.free {
		l.free = false
		s.watch()
	}
	if p.before.sockets == nil && !p.before.held { // the step has begun anew meanwhile, or there was nothing yet
		return s.changed(tried{}, s.tried())
	}
	return s.changed(p.before, s.tried())
}

func (s *Session) tried() (t tried) {
	if step := s.lesson.run.Step(); step == nil || s.lesson.over {
		return t
	}
	w := s.lesson.world(s)
	t.held = s.lesson.run.Judge(w).Outcome == lessons.Held
	t.sockets, _ = w.Sockets("")
	s.own()
	return t
}

// changed says which of the sockets that the lesson stands on are not as they were.
func (s *Session) changed(before, after tried) names.Text {
	if after.held && !before.held {
		return names.T("what was tried has already done this step", "刚才的尝试已经做完了这一步")
	}
	var list []string
	for i, b := range before.sockets {
		if i >= len(after.sockets) || b.Closed {
			continue
		}
		a := after.sockets[i]
		if a.Closed || a.Name != b.Name || a.State != b.State || a.RecvQ != b.RecvQ || a.SendQ != b.SendQ || a.Local != b.Local || a.Peer != b.Peer {
			list = append(list, b.Name)
		}
	}
	if len(list) == 0 {
		return names.Text{}
	}
	all := strings.Join(list, ", ")
	return names.T("after what was tried, this is not as it was: "+all, "刚才的尝试之后，这些与原来不同："+all)
}

// keepPlaying gives what a play tells to its terminal, and reports whether there is one.
func (l *learning) keepPlaying(ev lessons.Event) bool {
	if l.play == nil {
		return false
	}
	l.play.line, l.play.failed = 0, names.Text{}
	if !l.play.staged {
		return false
	}
	l.play.told = append(l.play.told, ev)
	return true
}
