package lessons

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// How a course is checked:
//
//	file ─▶ read strictly ─▶ its texts and words ─▶ played: first solutions in a row, then each other solution and each
//	near-miss from a fresh start up to its step ─▶ its Python lines, as one program ─▶ Report

// A Player is one fresh session, in which lines are played.
type Player interface {
	World
	// Do plays a line, and shows the act to the observer.
	Do(ctx context.Context, line string) *sockets.Act
	// Settle tells of what came since.
	Settle()
	// Tell says who is shown the acts from now on.
	Tell(sockets.Observer)
	Close()
}

// A Stage makes players, and knows the language of their lines.
type Stage interface {
	Open() (Player, error)
	// Words are what has to be taught before a line can be typed: the command's name, its flags as they are typed, and &.
	Words(line string) ([]string, error)
	// Python starts an interpreter; an error says that there is none.
	Python() (Interpreter, error)
}

// A Checker checks courses.
type Checker struct {
	Stage Stage
	Only  string // the id of the one lesson that is meant, or its file's name; "" for all
	Lang  names.Lang
	Pace  time.Duration // before each line, as a person would take; what is true must not depend on haste
	// Apart checks one lesson, by its file's name, in a process of its own; several at a time. nil checks all of them in this one.
	Apart func(ctx context.Context, file string) (*LessonReport, error)
}

func (c *Checker) lesson(ctx context.Context, course *Course, h Head, taught map[string]bool) (*LessonReport, error) {
	began := time.Now()
	r := &checking{Checker: c, ctx: ctx, report: LessonReport{Lesson: h.ID, File: h.File, Problems: []Problem{}}}
	l, err := course.Lesson(h.Name())
	if err != nil {
		var bad *FormatError
		if !errors.As(err, &bad) {
			return nil, err
		}
		r.add(Problem{Rule: "format", File: h.File, Line: bad.Line, Message: bad.In(c.Lang)})
		return r.done(began), nil
	}
	r.l = l
	r.report.Steps = len(l.Steps)
	for _, other := range course.Heads() {
		if other.ID == h.ID && other.File != h.File {
			r.problem("format", "$.id", nil, names.T("%s has the same id", "%s 的 id 与它相同"), other.File)
		}
	}
	r.texts()
	r.words(taught)
	r.ends()
	if err := r.play(); err != nil {
		return nil, err
	}
	return r.done(began), nil
}

// A checking is the check of one lesson.
type checking struct {
	*Checker
	ctx context.Context
	l   *Lesson

	lacking bool // the machine has not all that the lesson needs
	report  LessonReport
}

func (c *checking) done(began time.Time) *LessonReport {
	c.report.Took = time.Since(began)
	slices.SortStableFunc(c.report.Problems, func(a, b Problem) int { return a.Line - b.Line })
	return &c.report
}

func (c *checking) add(p Problem) {
	if !slices.Contains(c.report.Problems, p) {
		c.report.Problems = append(c.report.Problems, p)
	}
}

// problem tells of a broken rule at a path of the file.
func (c *checking) problem(rule, path string, s *Step, t names.Text, args ...any) {
	p := Problem{Rule: rule, File: c.report.File, Message: both(t, args...).In(c.Lang)}
	if s != nil {
		p.Step = s.ID
	}
	p.Line = c.l.source.mistake(path, names.Text{}).Line
	c.add(p)
}

// untold notes what cannot be told here, and why.
func (c *checking) untold(what string, why names.Text) {
	c.report.Untold = append(c.report.Untold, what+": "+why.In(c.Lang))
}

// play plays the lesson in all the ways that its file knows.
func (c *checking) play() error {
	if !c.needs() {
		return nil
	}
	c.lacking = len(c.report.Untold) > 0
	whole, heard, vars, err := c.row(false)
	if err != nil || !whole {
		return err
	}
	if len(c.l.Roles) > 0 { // as it is played before a class
		if whole, _, _, err := c.row(true); err != nil || !whole {
			return err
		}
	}
	var tasks []func() error
	for i, s := range c.l.Steps {
		for n := range s.Solutions[1:] {
			tasks = append(tasks, func() error { return c.another(i, n+1) })
		}
		for n := range s.Wrong {
			if c.lacking {
				break // what a near-miss looks like may depend on what this machine lacks
			}
			tasks = append(tasks, func() error { return c.nearMiss(i, n) })
		}
	}
	if c.l.RunsPython {
		tasks = append(tasks, func() error { return c.python(heard, vars) })
	}
	for _, t := range tasks { // one after the other: they share one table of descriptors, of which lessons speak
		if err := t(); err != nil {
			return err
		}
	}
	return nil
}

// needs reports whether the machine has what the lesson cannot do without: what it does without has a text for that.
func (c *checking) needs() bool {
	p, err := c.Stage.Open()
	if err != nil {
		return true // the row tells
	}
	defer p.Close()
	for _, n := range c.l.Needs {
		if err := p.Offers(n.What); err != nil {
			c.untold(n.What, Said(err))
			if n.Without.IsZero() {
				return false
			}
		}
	}
	return true
}

// row plays the first solutions of all steps in one row, each role in its own session or all together in one, and says what
// each step received, for Python.
func (c *checking) row(together bool) (whole bool, all []heard, vars map[string]string, err error) {
	t, err := c.open(together)
	if err != nil {
		return false, nil, nil, err
	}
	defer t.close()
	for i, s := range c.l.Steps {
		if t.lacks(s) {
			c.untold(s.ID, t.judge(s).Seen)
			all = append(all, heard{})
			t.pass(s, Passing)
			continue
		}
		t.before(s)
		at := fmt.Sprintf("$.steps[%d].solutions[0]", i)
		c.report.Solutions++
		if !t.lines(s, at, s.Solutions[0], t.scolds(s, at, s.Solutions[0])) {
			return false, nil, nil, nil
		}
		how := Done
		switch v := t.await(s); v.Outcome {
		case NotYet:
			c.problem("solution", at, s, names.T("the step does not hold after its solution: %s", "用了它的做法，这一步仍不成立：%s"), v.Seen)
			return false, nil, nil, nil
		case Untold:
			how = Passing
			if len(c.l.Needs) == 0 {
				c.problem("untold", fmt.Sprintf("$.steps[%d].expect", i), s, names.T("cannot be told here, and the lesson needs nothing: %s", "在这里无法判断，而这一课没有写 needs：%s"), v.Seen)
			}
			c.untold(s.ID, v.Seen)
		}
		all = append(all, hear(t.at(s).run.Record))
		p := t.pass(s, how)
		if s.Predict != nil && how == Done && c.mismeasured(p) {
			c.problem("key", fmt.Sprintf("$.steps[%d].predict.choices", i), s, names.T("measured was %q, which is no choice", "测得的是 %q，选项里没有"), p.Value)
		}
	}
	c.leaks(t)
	return true, all, t.ends[0].run.Vars, nil
}

// mismeasured reports whether what a prediction is about was measured, and is none of its choices; or could have been, and was not.
func (c *checking) mismeasured(p Passed) bool {
	return p.Measured == "" && !c.lacking && (p.Why == nil || errors.Is(p.Why, errUnmeasured))
}

// leaks holds the lesson to closing what it opened.
func (c *checking) leaks(t *take) {
	var open []string
	for _, e := range t.ends {
		all, _ := e.Sockets("")
		for _, s := range all {
			if !s.Closed {
				open = append(open, s.Name)
			}
		}
	}
	if len(open) > 0 {
		last := c.l.Steps[len(c.l.Steps)-1]
		c.problem("leak", fmt.Sprintf("$.steps[%d].solutions", len(c.l.Steps)-1), last, names.T("left open at the end: %s", "结束时仍然打开：%s"), strings.Join(open, ", "))
	}
}

// another plays one more solution of a step.
func (c *checking) another(step, n int) error {
	t, err := c.open(false)
	if err != nil {
		return err
	}
	defer t.close()
	s := c.l.Steps[step]
	if t.lacks(s) || !t.upTo(step) {
		return nil
	}
	c.report.Solutions++
	at := fmt.Sprintf("$.steps[%d].solutions[%d]", step, n)
	if !t.lines(s, at, s.Solutions[n], t.scolds(s, at, s.Solutions[n])) {
		return nil
	}
	if v := t.await(s); v.Outcome == NotYet {
		c.problem("solution", at, s, names.T("the step does not hold after this solution: %s", "用了这种做法，这一步仍不成立：%s"), v.Seen)
	} else if s.Predict != nil && v.Outcome == Held {
		if p := t.pass(s, Done); c.mismeasured(p) {
			c.problem("key", fmt.Sprintf("$.steps[%d].predict.choices", step), s, names.T("after solution %d measured was %q, which is no choice", "用第 %d 种做法测得的是 %q，选项里没有"), n+1, p.Value)
		}
	}
	return nil
}

// nearMiss plays a near-miss: the step must not hold, and this near-miss's answer must be the one that is given.
func (c *checking) nearMiss(step, n int) error {
	t, err := c.open(false)
	if err != nil {
		return err
	}
	defer t.close()
	s := c.l.Steps[step]
	if t.lacks(s) || !t.upTo(step) {
		return nil
	}
	c.report.NearMisses++
	at := fmt.Sprintf("$.steps[%d].wrong[%d]", step, n)
	var said *NearMiss
	holds := false
	judge := func() {
		holds = holds || t.judge(s).Outcome == Held
		if m := t.at(s).run.NearMiss(t.at(s)); m != nil {
			said = m
		}
	}
	judge() // what is so before has been said before
	said = nil
	if !t.lines(s, at+".do", s.Wrong[n].Do, judge) {
		return nil
	}
	for end := time.Now().Add(max(quietTime, time.Duration(s.Within))); !holds && time.Now().Before(end); time.Sleep(time.Millisecond) {
		t.settle()
		judge()
	}
	switch {
	case holds:
		c.problem("near-miss", at, s, names.T("the step holds after this near-miss", "犯了这个常见错误，这一步却成立了"))
	case said == nil:
		c.problem("near-miss", at, s, names.T("no answer is given to this near-miss: its when does not hold", "这个常见错误没有得到回答：它的 when 不成立"))
	case said != s.Wrong[n]:
		c.problem("near-miss", at, s, names.T("the answer given is that of another near-miss: %s", "给出的是另一个常见错误的回答：%s"), said.Say)
	}
	return nil
}
