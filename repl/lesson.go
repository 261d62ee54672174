package repl

import (
	"context"
	"errors"
	"os"
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// How a lesson goes on within a session:
//
//	a line's act is over ──┐
//	a notice (an arrival, ─┼─▶ judge ─▶ held: what was seen, and the next step's text
//	a job's end)           ┘         ─▶ not yet: a near-miss's answer, or what is missing, where the line was about sockets

// learning is what a session knows of lessons.
type learning struct {
	course    *lessons.Course
	progress  *lessons.Progress
	run       *lessons.Run  // the lesson that is on, or was before it was left
	free      bool          // it was left for a while
	over      bool          // it is done
	playing   bool          // lines are played, and not judged
	quiet     bool          // they are not shown, either
	play      *play         // it is played before a class; nil where it is not
	pair      *pair         // the two ends of a lesson that has two; nil for any other
	told      bool          // the partner has drawn the variables
	predicted bool          // by the line that runs
	asked     *lessons.Step // a question, and nothing has been done since: what was done too early does not answer it
	warned    *lessons.Step // the partner's step at which the learner was told that it is
	made      []made
	outside   []sockets.Observer // those of the session, without the lesson's
	calls     *sockets.Act       // the judge's own
	quiz      *lessons.Question
	listed    bool // by the line that runs: the lessons
}

// OpenLessons opens the course and what was done of it.
type OpenLessons func() (*lessons.Course, *lessons.Progress, error)

func openEmbedded() (*lessons.Course, *lessons.Progress, error) {
	c, err := lessons.Embedded()
	if err != nil {
		return nil, nil, err
	}
	p, err := lessons.NewProgress(nil)
	return c, p, err
}

// learning opens the course with the first line that asks for it.
func (e *Env) learning() (*learning, error) {
	s := e.Session
	if s.lesson != nil && s.lesson.course != nil {
		return s.lesson, nil
	}
	open := s.openLessons
	if open == nil {
		open = openEmbedded
	}
	c, p, err := open()
	if err != nil {
		why := lessons.Said(err)
		return nil, &sockets.Error{Op: e.Command.Name, Kind: "lessons", Err: err, Message: names.T("the lessons cannot be opened: "+why.En, "无法打开课程："+why.Zh)}
	}
	s.lesson = &learning{course: c, progress: p, calls: sockets.NewAct(0, ""), outside: s.observers}
	return s.lesson, nil
}

// on reports whether a lesson is on, and judged here.
func (l *learning) on() bool {
	return l != nil && l.run != nil && !l.free && !l.over && !l.playing && l.run.Mine() && (l.pair == nil || !l.pair.coming)
}

// world is what the judge asks. Its calls are told by the next act.
func (l *learning) world(s *Session) world { return s.world(l.calls) }

// own gives the judge's calls to the next act.
func (s *Session) own() {
	l := s.lesson
	s.untold = append(s.untold, l.calls.Steps...)
	l.calls = sockets.NewAct(0, "")
}

// learn judges the step that is on, after a line.
func (s *Session) learn(ctx context.Context, a *sockets.Act) {
	l := s.lesson
	if l.listed && !s.held { // a script types nothing more
		s.tellHowToBegin()
	}
	l.listed = false
	if l.play != nil && l.play.typed {
		l.play.typed = false
		s.learnPlayed(ctx)
		return
	}
	l.asked = nil
	if l.predicted {
		l.predicted = false
		if l.on() {
			s.judged()
		}
		return
	}
	if a == nil || lessons.IsEvent(a.Value) {
		return
	}
	if !l.on() {
		s.outOfTurn(a)
		return
	}
	if s.held { // nobody else tells what the line brought about
		s.arrivals()
		s.flush()
	}
	v := s.judged()
	if v.Outcome == lessons.NotYet && lessons.Relevant(a) {
		if longest := l.run.Within(); longest > 0 {
			v = s.await(ctx, longest, s.judged)
		}
	}
	if !l.on() || v.Outcome == lessons.Held {
		return
	}
	near := l.run.NearMiss(l.world(s))
	s.own()
	ev := l.event()
	ev.Verdict = v.Outcome.String()
	switch {
	case v.Outcome == lessons.Untold && lessons.Relevant(a):
		ev.Missing = v.Seen.Plus(names.T("(`next` goes on)", "（`next` 继续）"))
	case near != nil:
		ev.Said = l.run.Fill(near.Say)
	case lessons.Relevant(a):
		ev.Missing = v.Seen
	default:
		return
	}
	s.announce(ev)
}

// outOfTurn says once a step that it is the partner's, to who does something all the same.
func (s *Session) outOfTurn(a *sockets.Act) {
	l := s.lesson
	if l.run == nil || l.free || l.over || l.playing || l.pair == nil || l.pair.coming || l.run.Mine() || !lessons.Relevant(a) || l.warned == l.run.Step() {
		return
	}
	l.warned = l.run.Step()
	s.aside(l.run.Say("This step is {partner}'s. What you have done stays as it is, and counts for your own next step.", "这一步是{partner}的。你做的会保留，算在你自己的下一步里。"))
}

// learnEvent judges the step that is on, after something came by itself. Within a line the line's end judges.
func (s *Session) learnEvent() {
	if l := s.lesson; l.on() && !s.doing && l.play == nil && !(l.asked == l.run.Step() && !l.run.Predicted()) {
		s.judged()
	}
}

// await judges until the step has come true, or its time is over.
func (s *Session) await(ctx context.Context, longest time.Duration, judge func() lessons.Verdict) (v lessons.Verdict) {
	for end := time.Now().Add(longest); ; {
		s.arrivals()
		s.flush()
		v = judge()
		if v.Outcome != lessons.NotYet || time.Now().After(end) || ctx.Err() != nil {
			return v
		}
		s.outside(func() { time.Sleep(time.Millisecond) })
	}
}

// judged judges, and goes on for as long as steps hold. Where one begins that asks for a prediction, it stops there.
func (s *Session) judged() lessons.Verdict {
	l := s.lesson
	v := l.run.Judge(l.world(s))
	s.own()
	if v.Outcome != lessons.Held {
		return v
	}
	for v.Outcome == lessons.Held {
		s.pass(lessons.Done)
		step := l.run.Step()
		if step == nil || step.Predict != nil || !l.run.Mine() {
			break
		}
		v = l.run.Judge(l.world(s))
		s.own()
	}
	s.announceStep(false)
	return lessons.Verdict{Outcome: lessons.Held}
}

// pass ends the step that is on: it tells what was seen, and keeps the progress.
func (s *Session) pass(how lessons.How) {
	l := s.lesson
	ev := l.event()
	p := l.run.Pass(l.world(s), how)
	s.own()
	next := ""
	if step := l.run.Step(); step != nil {
		next = step.ID
	} else {
		l.over = true
	}
	ev.Verdict = "held"
	if how == lessons.Passing {
		ev.Verdict = "cannot-tell"
	}
	ev.After = l.run.Fill(p.Step.After)
	ev.Measured = measured(l.run, p)
	if !l.keepPlaying(ev) {
		s.announce(ev)
	}
	if l.play == nil { // what is played before a class, the presenter has not done
		s.keep(l.progress.Pass(l.run.Lesson.ID, p, next))
	}
	s.tellPassed(how)
}

// measured says how a prediction came out.
func measured(r *lessons.Run, p lessons.Passed) names.Text {
	q := p.Step.Predict
	if q == nil || p.Measured == "" {
		return names.Text{}
	}
	word := func(is string) names.Text {
		for i, c := range q.Choices {
			if c.Is == is {
				return r.Choices(q)[i]
			}
		}
		return names.T(is, is)
	}
	m, g := word(p.Measured), word(p.Predicted)
	switch {
	case p.Predicted == "":
		return names.T("Measured: "+m.En+".", "测得："+m.Zh+"。")
	case p.Right():
		return names.T("You said so: "+m.En+".", "你说对了："+m.Zh+"。")
	}
	return names.T("You said: "+g.En+". Measured: "+m.En+".", "你说的是："+g.Zh+"。测得："+m.Zh+"。")
}

// keep tells where the progress could not be kept.
func (s *Session) keep(err error) {
	if err == nil {
		return
	}
	ev := s.lesson.event()
	ev.Said = names.T("the progress could not be saved: "+lessons.Said(err).En, "进度无法保存："+lessons.Said(err).Zh)
	s.announce(ev)
}

// watch makes the lesson's record one of the observers.
func (s *Session) watch() {
	l := s.lesson
	s.observers = append(append([]sockets.Observer(nil), l.outside...), l.run.Record)
	if l.pair != nil {
		s.observers = append(s.observers, sockets.ObserverFunc(s.tellDone))
	}
}

// unwatch ends that.
func (s *Session) unwatch() { s.observers = s.lesson.outside }

// leave removes the files that the lesson's variables named. Where a partner has drawn them, they are the partner's affair.
func (l *learning) leave() {
	if l == nil || l.run == nil || l.told {
		return
	}
	for _, path := range l.run.Paths() {
		if err := os.Remove(path); err != nil && !errors.Is(err, os.ErrNotExist) {
			continue // it was not ours
		}
	}
}
