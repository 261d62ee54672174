package repl

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// What the commands of the group learn ask of the session.

// noLesson is the error where no lesson is on.
func (e *Env) noLesson() error {
	return &sockets.Error{Op: e.Command.Name, Kind: "no-lesson", Message: names.T("no lesson is on", "现在没有在上课"), Fix: names.T("lesson", "lesson")}
}

// running is the lesson that is on.
func (e *Env) running() (*learning, error) {
	g, err := e.learning()
	if err != nil {
		return nil, err
	}
	if g.run == nil || g.free {
		return nil, e.noLesson()
	}
	return g, nil
}

// refreshed opens the course, with what was done of it by now, in other terminals too.
func (e *Env) refreshed() (*learning, error) {
	g, err := e.learning()
	if err == nil && g.progress.Refresh() != nil {
		return g, nil // what was known before is better than nothing; the next change tells
	}
	return g, err
}

// LessonList are the lessons, each with what was done of it.
func (e *Env) LessonList() (sockets.Value, error) {
	g, err := e.refreshed()
	if err != nil {
		return sockets.Value{}, err
	}
	var rows []sockets.Value
	for _, h := range g.course.Heads() {
		t := g.progress.Tally(h)
		mark := ""
		switch {
		case t.Finished:
			mark = "✓"
		case t.Begun:
			mark = "…"
		}
		rows = append(rows, sockets.CardOf(
			field("lesson", h.Number), field("id", h.ID), field("title", h.Title.In(e.Lang())), field("minutes", strconv.Itoa(h.Minutes)),
			field("steps", strconv.Itoa(t.Done+t.Hinted+t.Skipped+t.Untold+t.Partner)+"/"+strconv.Itoa(t.Steps)), field("done", mark)))
	}
	g.listed = true
	return sockets.ListOf(rows...), nil
}

func field(name, text string) sockets.Field {
	return sockets.Field{Name: name, Value: sockets.TextOf(text)}
}

// Lesson begins with a lesson, or comes back to it where it was left. Without a word it is the one that is on, the one that was
// left, or the next. role is the learner's, where the lesson has roles: the zero Word for the one that it has, or the first.
func (e *Env) Lesson(w Word, given bool, role Word) error {
	g, err := e.learning()
	if err != nil {
		return err
	}
	h, err := e.whichLesson(g, w, given)
	if err != nil {
		return err
	}
	if g.run != nil && g.run.Lesson.ID == h.ID && !g.free && !g.over && (role.Text == "" || role.Text == g.run.Role) {
		ev := e.Session.stepEvent(true)
		e.Result(ev.Value(e.Lang()))
		return nil
	}
	l, err := e.readLesson(g, h)
	if err != nil {
		return err
	}
	if err := roleIn(l, role); err != nil {
		return err
	}
	at := g.progress.Tally(h).At
	step := 0
	for i, st := range l.Steps {
		if st.ID == at {
			step = i
		}
	}
	if g.pair != nil && g.run != nil && g.run.Lesson.ID == l.ID && !g.over { // where the partner is by now
		step = g.run.At()
	}
	return e.startLesson(l, step, role.Text)
}

// Retell shows the step that is on, where one is.
func (e *Env) Retell() {
	if g := e.Session.lesson; g != nil && g.run != nil && !g.free && !g.staged() {
		e.Result(e.Session.stepEvent(false).Value(e.Lang()))
	}
}

// roleIn is an error where the lesson has no such role.
func roleIn(l *lessons.Lesson, role Word) error {
	switch {
	case role.Text == "", slices.Contains(l.Roles, role.Text):
		return nil
	case len(l.Roles) == 0:
		return role.Err(names.T("this lesson has one end only", "这一课只有一端"))
	}
	err := role.Err(names.T("no role of this lesson is called "+role.Text, "这一课没有叫 "+role.Text+" 的角色"))
	list := strings.Join(l.Roles, " ")
	if near, ok := names.Nearest(role.Text, l.Roles); ok {
		list = "--as " + near
	}
	return err.Hint(names.T(list, list))
}

func (e *Env) readLesson(g *learning, h lessons.Head) (*lessons.Lesson, error) {
	l, err := g.course.Read(h)
	if err != nil {
		why := lessons.Said(err)
		return nil, &sockets.Error{Op: e.Command.Name, Kind: "lessons", Err: err, Message: names.T("this lesson cannot be read: "+why.En, "这一课无法读取："+why.Zh),
			Why: names.T("Its file has to be mended: `$ sockstep lessons check PATH` says all that is wrong. The other lessons can be had meanwhile.", "要先修正它的文件：`$ sockstep lessons check PATH` 会指出所有问题。其他课不受影响。"),
			Fix: names.T("lessons", "lessons")}
	}
	return l, nil
}

func (e *Env) whichLesson(g *learning, w Word, given bool) (lessons.Head, error) {
	if given {
		if h, ok := g.course.Find(w.Text); ok {
			return h, nil
		}
		err := w.Err(names.T("no lesson is called "+w.Text, "没有叫 "+w.Text+" 的课"))
		var ids []string
		for _, h := range g.course.Heads() {
			ids = append(ids, h.ID)
		}
		if near, ok := names.Nearest(w.Text, ids); ok {
			return lessons.Head{}, err.Hint(names.T("lesson "+near, "lesson "+near))
		}
		return lessons.Head{}, err.Hint(names.T("lessons", "lessons"))
	}
	if g.run != nil && !g.over {
		h, _ := g.course.Find(g.run.Lesson.ID)
		return h, nil
	}
	heads := g.course.Heads()
	for _, h := range heads { // one that was begun and not finished, else the first that was not
		if t := g.progress.Tally(h); t.Begun && !t.Finished {
			return h, nil
		}
	}
	for _, h := range heads {
		if !g.progress.Tally(h).Finished {
			return h, nil
		}
	}
	return heads[0], nil
}

// NextStep goes on where that is possible: to the next lesson, or beyond a step that cannot be told here.
func (e *Env) NextStep() error {
	g, err := e.running()
	if err != nil {
		return err
	}
	s := e.Session
	if g.over {
		h, ok := g.after(g.run.Lesson.ID)
		if !ok {
			return &sockets.Error{Op: "next", Kind: "no-lesson", Message: names.T("that was the last lesson", "这是最后一课"), Fix: names.T("lessons", "lessons")}
		}
		l, err := e.readLesson(g, h)
		if err != nil {
			return err
		}
		return e.startLesson(l, 0, "")
	}
	if !g.run.Mine() {
		return e.AwaitTurn()
	}
	v := g.run.Judge(g.world(s))
	s.own()
	switch v.Outcome {
	case lessons.NotYet:
		return &sockets.Error{Op: "next", Kind: "not-yet", Message: names.T("this step is not done yet: "+v.Seen.En, "这一步还没有完成："+v.Seen.Zh), Fix: names.T("hint", "hint"),
			Why: names.T("A lesson goes on by itself as soon as its step is done. `skip` plays the solution.", "步骤一完成，课程就会自动继续。`skip` 会演示答案。")}
	case lessons.Untold:
		s.pass(lessons.Passing)
	default:
		s.pass(lessons.Done)
	}
	e.Result(s.stepEvent(false).Value(e.Lang()))
	return nil
}

// Again begins the step anew; a lesson that is over, from its beginning.
func (e *Env) Again() error {
	g, err := e.running()
	if err != nil {
		return err
	}
	step := g.run.At()
	if g.over {
		step = 0
	}
	if g.pair != nil && !g.pair.due() {
		return e.noPartner()
	}
	return e.startLesson(g.run.Lesson, step, "")
}

// StepMissing makes of the error where no step was named one that names some of the lesson that is on.
func (e *Env) StepMissing(err error) error {
	var known *sockets.Error
	if g, none := e.running(); none == nil && errors.As(err, &known) {
		fix := "goto " + g.run.Lesson.Steps[0].ID
		return known.Hint(names.T(fix, fix))
	}
	return err
}

// GoTo goes to a step, by its number or its id.
func (e *Env) GoTo(w Word) error {
	g, err := e.running()
	if err != nil {
		return err
	}
	for i, st := range g.run.Lesson.Steps {
		if st.ID == w.Text || strconv.Itoa(i+1) == w.Text {
			if g.pair != nil && !g.pair.due() {
				return e.noPartner()
			}
			return e.startLesson(g.run.Lesson, i, "")
		}
	}
	var ids []string
	for _, st := range g.run.Lesson.Steps {
		ids = append(ids, st.ID)
	}
	n := strconv.Itoa(len(ids))
	return w.Err(names.T("no step is called "+w.Text, "没有叫 "+w.Text+" 的步骤")).Because(names.T("there are 1 to "+n+": "+strings.Join(ids, " "), "可用的有 1 到 "+n+"："+strings.Join(ids, " ")))
}

// step is the step that is on, where the lesson is not over and the step is the learner's own.
func (e *Env) step() (*learning, error) {
	g, err := e.running()
	switch {
	case err != nil:
	case g.over:
		return nil, &sockets.Error{Op: e.Command.Name, Kind: "no-lesson", Message: names.T("this lesson is done", "本课已经完成"), Fix: names.T("next", "next")}
	case !g.run.Mine() && !g.pair.due():
		return nil, e.noPartner()
	case !g.run.Mine():
		return nil, &sockets.Error{Op: e.Command.Name, Kind: "not-yours", Message: g.run.Say("this step is {partner}'s", "这一步是{partner}的"), Fix: names.T("next", "next"),
			Why: g.run.Say("The lesson goes on by itself as soon as {partner} has done it; `next` waits for that.", "{partner}一做完，课程就会自动继续；`next` 会等到那时。")}
	}
	return g, err
}

// done says of the step that is on that what was done before has done it, and how to go on.
func (l *learning) done() names.Text {
	if st := l.run.Step(); st.Predict == nil || l.run.Predicted() {
		return names.T("What you have done has done this step already: `next` goes on.", "你先前做的已经完成了这一步：`next` 继续。")
	}
	return names.T("What you have done has done this step already: `predict` answers its question, `next` goes on.", "你先前做的已经完成了这一步：`predict` 回答问题，`next` 继续。")
}

// Hint gives the next hint, and says what is missing.
func (e *Env) Hint() error {
	g, err := e.step()
	if err != nil {
		return err
	}
	v := g.run.Judge(g.world(e.Session))
	e.Session.own()
	ev := g.event()
	if v.Outcome == lessons.Held {
		ev.Said = g.done()
		e.Result(ev.Value(e.Lang()))
		return nil
	}
	ev.Verdict, ev.Missing = v.Outcome.String(), v.Seen
	ev.Hint, ev.Hints = g.run.Hint()
	e.Result(ev.Value(e.Lang()))
	return nil
}

// SkipStep plays the solution of the step that is on, in a fresh session, for everyone to see.
func (e *Env) SkipStep() error {
	g, err := e.step()
	if err != nil {
		return err
	}
	s := e.Session
	at := g.run.At()
	had := g.run.Vars
	if err := e.startAgain(g.run.Lesson, at, "", had); err != nil {
		return err
	}
	r := g.run
	s.tellDrawn(had)
	if r.At() != at || !r.Mine() { // what stood in the way is told
		return nil
	}
	g.playing = true
	v, err := e.playStep(g.run.Step().Solutions[0])
	g.playing = false
	if err != nil {
		return err
	}
	if g.run != r { // the partner has begun anew meanwhile
		return nil
	}
	if v.Outcome == lessons.NotYet {
		return &sockets.Error{Op: "skip", Kind: "lessons", Message: names.T("the solution was played, but: "+v.Seen.En, "演示了答案，但是："+v.Seen.Zh), Fix: names.T("again", "again")}
	}
	s.pass(lessons.Skipped)
	e.Result(s.stepEvent(false).Value(e.Lang()))
	return nil
}

// Solution shows the step's solutions.
func (e *Env) Solution() error {
	g, err := e.step()
	if err != nil {
		return err
	}
	v := g.run.Judge(g.world(e.Session))
	e.Session.own()
	ev := g.event()
	if v.Outcome == lessons.Held {
		ev.Said = g.done()
		e.Result(ev.Value(e.Lang()))
		return nil
	}
	st := g.run.Step()
	for _, lines := range st.Solutions {
		ev.Solutions = append(ev.Solutions, g.run.Model(lines))
	}
	ev.Python = g.run.Python()
	e.Result(ev.Value(e.Lang()))
	return nil
}

// Free leaves the lesson for a while.
func (e *Env) Free() error {
	g, err := e.running()
	if err != nil {
		return err
	}
	g.free = true
	e.Session.unwatch()
	if p := g.pair; p != nil {
		p.send(message{Kind: "pause"})
	}
	ev := g.event()
	ev.Text = names.T("The lesson waits. Its sockets are yours to try things with; `lesson` comes back to this step, with fresh ones.",
		"课程先停在这里。它的套接字可以随意试；`lesson` 会回到这一步，并换上新的套接字。")
	e.Result(ev.Value(e.Lang()))
	return nil
}
