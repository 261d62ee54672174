package repl

import (
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// partnerTime is how long the partner is given for a step that its program plays.
const partnerTime = 10 * time.Second

// begun is due when the partner has begun anew: this end is set up for the same step.
func (s *Session) begun(p *pair, m message) {
	if p.coming {
		p.begins = &m
		return
	}
	p.coming = true
	go s.attend(func(e *Env) {
		if s.paired() != p {
			return
		}
		if err := e.begunThere(p, m); err != nil {
			e.Act.Err = e.explain(err)
		}
	})
}

// begunThere sets this end up for the step at which the partner has begun the lesson.
func (e *Env) begunThere(p *pair, m message) error {
	s := e.Session
	g := s.lesson
	p.coming = true
	defer s.arrived(p)
	h, ok := g.course.Find(m.Lesson)
	if !ok || h.ID != m.Lesson {
		return &sockets.Error{Op: "lesson", Kind: "lessons", Message: names.T("this terminal's course has no lesson "+m.Lesson, "这个终端的课程里没有 "+m.Lesson),
			Why: names.T("Both terminals have to be in the same course: `$ sockstep lesson join --course PATH`.", "两个终端要用同一门课程：`$ sockstep lesson join --course PATH`。")}
	}
	l, err := e.readLesson(g, h)
	if err != nil {
		return err
	}
	if mark(l) != m.Text || m.Side < 0 || m.Side >= len(l.Roles) || m.Passed < 0 || m.Passed > m.At || m.At > len(l.Steps) || !l.Draws(m.Vars) {
		return &sockets.Error{Op: "lesson", Kind: "lessons", Message: names.T("the two terminals have different texts of "+m.Lesson, "两个终端里的 "+m.Lesson+" 不是同一份")}
	}
	again := g.run != nil && g.run.Lesson.ID == l.ID && p.lesson == l.ID
	p.gen, p.side, p.lesson, p.slow = m.Gen, m.Side, l.ID, m.Slow
	return e.beginLesson(beginning{lesson: l, step: m.At, told: true, run: func() (*lessons.Run, error) {
		run := lessons.BeginWith(l, m.Vars, p.role(l))
		for run.At() < m.Passed {
			run.Follow(m.Bound)
		}
		return run, nil
	}, add: func(ev *lessons.Event) {
		if again && ev.Said.IsZero() {
			ev.Said = s.lesson.run.Say("{partner} has begun at this step; both ends were set up afresh.", "{partner}从这一步重新开始；两端都重新准备好了。")
		}
	}})
}

// beginAgain begins the lesson at a step, at both ends.
func (e *Env) beginAgain(step int, said names.Text) {
	s := e.Session
	g := s.lesson
	p := s.paired()
	if p == nil || g.run == nil {
		return
	}
	p.coming = true
	defer s.arrived(p)
	l := g.run.Lesson
	e.Act.Err = e.beginLesson(beginning{lesson: l, step: step, run: func() (*lessons.Run, error) { return lessons.Begin(l, g.world(s), p.role(l)) },
		add: func(ev *lessons.Event) {
			if ev.Said.IsZero() {
				ev.Said = said
			}
		}})
}

// tellBeginning tells the partner that this terminal has begun, and calls one where nobody is there.
func (s *Session) tellBeginning(b beginning) {
	p := s.paired()
	if p == nil {
		return
	}
	p.target, p.stopped, p.seen, p.told = b.step, false, nil, nil
	if b.told {
		return
	}
	p.gen = p.nextGen()
	s.tellBegin(p, b.step)
	if !p.there() && (p.who == who{} || p.who.Program) { // whoever has left may come back: the program takes that place only where it is asked to
		s.callPartner()
	}
}

// awaitPartner waits until the partner has come to its next step; false, and why, where it does not.
func (e *Env) awaitPartner() (stuck names.Text, ok bool) {
	s := e.Session
	r := s.lesson.run
	p := s.paired()
	at := r.At()
	late := time.NewTimer(partnerTime)
	defer late.Stop()
	for over := false; ; {
		for p != nil && len(p.inbox) > 0 && r.At() == at && p.begins == nil {
			m := p.inbox[0]
			p.inbox = p.inbox[1:]
			s.hear(p, m)
		}
		switch {
		case r.At() > at:
			return stuck, true
		case p != nil && s.paired() == p && over && p.there():
			return r.Say("{partner} does not answer; the lesson stands at a step of {partner}'s.", "{partner}没有应答；课程停在{partner}的步骤上。"), false
		case p == nil, s.paired() != p, !p.due(), over:
			return r.Say("The lesson stands at a step of {partner}'s, and nobody is there. `lesson join` in another terminal takes that end; `lesson alone` lets the program play it.",
				"课程停在{partner}的步骤上，而{partner}不在。在另一个终端输入 `lesson join` 可以接上；`lesson alone` 让程序来扮演。"), false
		case p.stopped:
			return r.Say("{partner} could not do this step; the lesson goes on from it.", "{partner}没能做成这一步；课程从这里继续。"), false
		case p.begins != nil, e.Ctx.Err() != nil:
			return stuck, false
		}
		news := p.news
		e.Block(func() {
			select {
			case <-news:
			case <-late.C:
				over = true
			case <-e.Ctx.Done():
			}
		})
	}
}

// tellStuck tells the partner that this end could not come to the step that was meant.
func (s *Session) tellStuck(reason names.Text) {
	if p := s.paired(); p != nil {
		p.send(message{Kind: "stuck", Reason: reason})
	}
}

// arrived is due when both ends are set up, or cannot be: what was heard meanwhile is taken now.
func (s *Session) arrived(p *pair) {
	p.coming, p.target = false, 0
	for len(p.inbox) > 0 && !p.coming && p.begins == nil && s.paired() == p {
		m := p.inbox[0]
		p.inbox = p.inbox[1:]
		s.hear(p, m)
	}
	if p.lost && s.paired() == p && !p.coming {
		s.tellParted(p)
	}
	if m := p.begins; m != nil && s.paired() == p {
		p.begins = nil
		s.begun(p, *m)
	}
	p.heard()
}

// AwaitTurn waits until a step of the learner's own is on, or the lesson is over, and shows it.
func (e *Env) AwaitTurn() error {
	s := e.Session
	g, err := e.running()
	if err != nil {
		return err
	}
	r := g.run
	waited := false
	for p := g.pair; p != nil && g.pair == p && g.run == r && !r.Mine() && !g.over; {
		if !p.due() {
			return e.noPartner()
		}
		news := p.news
		e.Block(func() {
			select {
			case <-news:
			case <-e.Ctx.Done():
			}
		})
		if err := e.Ctx.Err(); err != nil {
			return e.interrupted(e.Command.Name, nil, err)
		}
		waited = true
	}
	if g.run != nil && (s.held || !waited) { // else it was told above the prompt as it began
		e.Result(s.stepEvent(false).Value(e.Lang()))
	}
	return nil
}

// Alone has the program play the partner who is not there.
func (e *Env) Alone() error {
	g, err := e.running()
	if err != nil {
		return err
	}
	p := g.pair
	switch {
	case p == nil:
		return e.oneEnd()
	case p.due():
		return &sockets.Error{Op: "lesson", Kind: "taken", Message: g.run.Say("{partner} is there already", "{partner}已经在了"), Fix: names.T("lesson", "lesson")}
	}
	p.who = who{Program: true}
	return e.startLesson(g.run.Lesson, g.run.At(), "")
}

// oneEnd is the error where the lesson that is on has no partner.
func (e *Env) oneEnd() error {
	return &sockets.Error{Op: e.Command.Name, Kind: "one-end", Message: names.T("this lesson has one end only, and it is yours", "这一课只有一端，就是你的这一端"), Fix: names.T("lessons", "lessons")}
}

// noPartner is the error where a partner is wanted who is not there.
func (e *Env) noPartner() error {
	return &sockets.Error{Op: e.Command.Name, Kind: "no-partner", Message: e.Session.lesson.run.Say("{partner} is not there", "{partner}不在"), Fix: names.T("lesson alone", "lesson alone"),
		Why: names.T("`lesson join` in another terminal takes that end; `lesson alone` lets the program play it.", "在另一个终端输入 `lesson join` 可以接上；`lesson alone` 让程序来扮演。")}
}
