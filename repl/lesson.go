package repl

import (
	"context"
	"errors"
	"os"
	"strings"
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
	return l != nil && l.run != nil && !l.free && !l.over && !l.playing && l.run.Mine()
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
	if l.run == nil || l.free || l.over || l.playing || l.run.Mine() || !lessons.Relevant(a) || l.warned == l.run.Step() {
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
	s.tellPassed(how)
	if l.play == nil { // what is played before a class, the presenter has not done
		s.keep(l.progress.Pass(l.run.Lesson.ID, p, next))
	}
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

// event is an event of the step that is on.
func (l *learning) event() lessons.Event {
	ev := lessons.Event{Lesson: l.run.Lesson.ID}
	if step := l.run.Step(); step != nil {
		ev.Step = step.ID
	}
	return ev
}

// announce tells an event as a notice that belongs to the line before it.
func (s *Session) announce(ev lessons.Event) {
	a := sockets.NewAct(0, "", s.observers...)
	s.tellUntold(a)
	a.Value = ev.Value(s.Lang())
	a.End()
}

// announceStep tells the text of the step that is on, or the end of the lesson.
func (s *Session) announceStep(intro bool) {
	if st := s.lesson.run.Step(); st != nil && st.Predict != nil {
		s.lesson.asked = st
	}
	if !s.lesson.staged() {
		s.announce(s.stepEvent(intro))
	}
}

// stepEvent is the text of the step that is on, or the end of the lesson.
func (s *Session) stepEvent(intro bool) lessons.Event {
	l := s.lesson
	ev, r := l.event(), l.run
	step := r.Step()
	if step == nil {
		ev.Verdict = "held"
		ev.After = names.T("The lesson is done.", "本课完成。")
		ev.Outro = names.T("Try alone: ", "自己试试：").Plus(names.Text{})
		t := r.Fill(r.Lesson.Try)
		ev.Outro = names.Text{En: ev.Outro.En + t.En, Zh: ev.Outro.Zh + t.Zh}
		if h, ok := l.after(r.Lesson.ID); ok {
			more := names.Text{En: "`next` begins the next lesson: " + h.Title.En, Zh: "`next` 开始下一课：" + h.Title.Zh}
			ev.Outro = names.Text{En: ev.Outro.En + "\n" + more.En, Zh: ev.Outro.Zh + "\n" + more.Zh}
		}
		return ev
	}
	ev.Role, ev.Together = step.Role, step.Role != "" && r.Role == ""
	switch label, _ := r.Lesson.RoleName(step.Role); {
	case ev.Role == "":
	case ev.Together:
		ev.Whose = names.Text{En: label.En, Zh: label.Zh}
	case r.Mine():
		ev.Whose = r.Say("you are {own}", "你是{own}")
	default:
		ev.Partner = step.Role
		ev.Whose = r.Say("{partner}'s step; you are {own}", "{partner}的步骤；你是{own}")
		ev.Whose.En = strings.ToLower(ev.Whose.En[:1]) + ev.Whose.En[1:]
	}
	if v := r.Lacks(l.world(s)); v.Outcome == lessons.Untold && r.Mine() {
		ev.Verdict, ev.Missing = v.Outcome.String(), v.Seen.Plus(names.T("(`next` goes on)", "（`next` 继续）"))
	}
	s.own()
	title := strings.TrimSpace(r.Lesson.Number + " ")
	ev.Title = names.Text{En: strings.TrimSpace(title + " " + r.Lesson.Title.En), Zh: strings.TrimSpace(title + " " + r.Lesson.Title.Zh)}
	ev.At, ev.Of = r.At()+1, len(r.Lesson.Steps)
	if intro {
		ev.Intro = r.Fill(r.Lesson.Intro)
		if more := l.ends(); !more.IsZero() {
			ev.Intro = names.Text{En: ev.Intro.En + "\n" + more.En, Zh: ev.Intro.Zh + "\n" + more.Zh}
		}
		if l.progress.IsNew() {
			ev.Outro = names.T("In a lesson: `hint` helps, `solution` shows a way, `skip` plays it, `lesson` shows the step again, `free` leaves for a while.",
				"上课时：`hint` 给提示，`solution` 显示做法，`skip` 替你做，`lesson` 再次显示这一步，`free` 暂时离开。")
		}
		for _, n := range r.Lesson.Needs {
			if l.world(s).Offers(n.What) != nil && !n.Without.IsZero() {
				t := r.Fill(n.Without)
				ev.Intro = names.Text{En: ev.Intro.En + "\n" + t.En, Zh: ev.Intro.Zh + "\n" + t.Zh}
			}
		}
		s.own()
	}
	ev.Text = r.Fill(step.Text)
	if !r.Mine() {
		if step.Predict != nil {
			q := r.Fill(step.Predict.Question)
			ev.Text = names.Text{En: ev.Text.En + "\n" + q.En, Zh: ev.Text.Zh + "\n" + q.Zh}
		}
		lead := r.Say("{partner}: ", "{partner}：")
		ev.Text = names.Text{En: lead.En + ev.Text.En, Zh: lead.Zh + ev.Text.Zh}
		ev.Waits = !l.pair.due() || !l.pair.who.Program && !l.pair.asked
		return ev
	}
	if py := r.Lines([]string{step.Python})[0]; strings.Count(py, "\n") < 2 {
		ev.Python = py
	}
	if step.Predict != nil && !r.Predicted() {
		ev.Question = r.Fill(step.Predict.Question)
		ev.Choices = r.Choices(step.Predict)
	}
	return ev
}

// ends says who has which end, where a lesson begins that has two; zero for any other.
func (l *learning) ends() names.Text {
	switch p := l.pair; {
	case p == nil:
		return names.Text{}
	case p.there() && !p.who.Program:
		return l.run.Say("You are {own}; {partner} is in the other terminal.", "你是{own}；{partner}在另一个终端。")
	case p.due():
		return l.run.Say("You are {own}. The program plays {partner}, until somebody takes that end by `sockstep lesson join` in another terminal.",
			"你是{own}。{partner}由程序扮演，直到有人在另一个终端输入 `sockstep lesson join` 接下那一端。")
	}
	return l.run.Say("You are {own}. {partner} is not there: `sockstep lesson join` in another terminal takes that end, `lesson alone` lets the program play it.",
		"你是{own}。{partner}不在：在另一个终端输入 `sockstep lesson join` 可以接下那一端，`lesson alone` 让程序来扮演。")
}

// after is the lesson that follows another.
func (l *learning) after(id string) (lessons.Head, bool) {
	heads := l.course.Heads()
	for i, h := range heads[:max(len(heads)-1, 0)] {
		if h.ID == id {
			return heads[i+1], true
		}
	}
	return lessons.Head{}, false
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
