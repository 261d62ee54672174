package repl

import (
	"errors"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// freshen ends the jobs, closes every socket and forgets every name: a lesson begins with nothing.
func (e *Env) freshen() (closed []string) {
	s := e.Session
	for _, j := range s.jobs {
		if !j.ended && j.env != e {
			j.cancel()
			e.Block(func() { <-j.done })
		}
	}
	door := e.Sys
	e.Sys = e.Afterwards().Scaffold()
	for _, k := range s.open() {
		closed = append(closed, k.Name)
		_ = e.CloseSocket(k)
	}
	e.Sys = door
	clear(s.sockets)
	clear(s.values)
	clear(s.said)
	s.after = nil
	s.trace.holds = nil
	s.lesson.leave()
	s.lesson.made = nil
	return closed
}

// A beginning is how a lesson begins, or begins again.
type beginning struct {
	lesson *lessons.Lesson
	step   int // the one to come to
	run    func() (*lessons.Run, error)
	told   bool                 // the partner began, and knows
	add    func(*lessons.Event) // to what is told of it; may be nil
}

// startLesson begins with a lesson at a step: what stands before is played in a fresh session, and not shown. Where the lesson has
// roles, role is the learner's: "" for the one that it has already, or the first. A lesson that is played has all roles in one session.
func (e *Env) startLesson(l *lessons.Lesson, step int, role string) error {
	return e.startAgain(l, step, role, nil)
}

// startAgain is startLesson with the values that the lesson's variables had; nil where they are drawn anew.
func (e *Env) startAgain(l *lessons.Lesson, step int, role string, had map[string]string) error {
	s := e.Session
	g := s.lesson
	if len(l.Roles) == 0 || g.play != nil {
		s.part()
		return e.beginLesson(beginning{lesson: l, step: step, run: func() (*lessons.Run, error) { return lessons.BeginAgain(l, g.world(s), "", had) }})
	}
	on := e.elsewhereOn(l)
	if err := e.meet(l, role); err != nil {
		return err
	}
	p := g.pair
	p.coming = true
	defer s.arrived(p)
	return e.beginLesson(beginning{lesson: l, step: step, run: func() (*lessons.Run, error) { return lessons.BeginAgain(l, g.world(s), p.role(l), had) },
		add: func(ev *lessons.Event) {
			if ev.Said.IsZero() {
				ev.Said = on
			}
		}})
}

// beginLesson begins a run in a fresh session, and comes to its step.
func (e *Env) beginLesson(b beginning) error {
	s := e.Session
	g := s.lesson
	strangers := g.run == nil || g.free
	was := g.playing
	g.playing = true
	defer func() { g.playing = was }()
	closed := e.freshen()
	for _, n := range b.lesson.Needs {
		if err := g.world(s).Offers(n.What); err != nil && n.Without.IsZero() {
			s.own()
			return &sockets.Error{Op: e.Command.Name, Kind: "needs", Err: err,
				Message: names.T("this lesson needs "+n.What+", which this machine does not offer: "+lessons.Said(err).En, "这一课需要 "+n.What+"，而这台机器不提供："+lessons.Said(err).Zh)}
		}
	}
	run, err := b.run()
	s.own()
	if err != nil {
		return &sockets.Error{Op: e.Command.Name, Kind: "lessons", Err: err, Message: names.T("the lesson cannot begin: "+lessons.Said(err).En, "这一课无法开始："+lessons.Said(err).Zh)}
	}
	g.run, g.told, g.free, g.over = run, b.told, false, false
	g.begun(b.lesson.ID)
	s.tellBeginning(b)
	began := time.Now()
	stuck, err := e.playUpTo(b.step)
	if p := g.pair; p != nil && b.step > 0 {
		p.setUps = append(p.setUps, [2]time.Time{began, time.Now()})
		p.tell(Moment{Role: run.Role, Kind: "begin", Line: strconv.Itoa(run.At() + 1)})
	}
	if err != nil {
		g.free = true // so that lesson begins anew
		return err
	}
	s.watch()
	if at := run.Step(); at != nil && g.play == nil && stuck.IsZero() {
		s.keep(g.progress.Reach(b.lesson.ID, at.ID))
	}
	s.tellLook()
	ev := s.stepEvent(run.At() == 0)
	if strangers && len(closed) > 0 {
		list := orList(closed, ", ")
		ev.Said = names.T("A lesson begins with nothing open; closed were "+list+".", "课程开始时没有打开的套接字；已关闭 "+list+"。")
		if run.At() > 0 {
			ev.Said = names.T("The lesson has sockets of its own; closed were "+list+". What this step needs was made anew.", "课程使用自己的套接字；已关闭 "+list+"。这一步需要的都重新建好了。")
		}
	}
	if !stuck.IsZero() {
		ev.Said = stuck
	}
	if b.add != nil {
		b.add(&ev)
	}
	if open := s.socketNames(); run.At() > 0 && len(open) > 0 && !ev.Said.IsZero() { // their names are the solution's
		slices.Sort(open)
		ev.Said = names.Text{En: ev.Said.En + " Open here: " + strings.Join(open, ", ") + ".", Zh: ev.Said.Zh + "这里打开着：" + strings.Join(open, "、") + "。"}
	}
	e.Result(ev.Value(s.Lang()))
	return nil
}

// playUpTo plays the first solutions of the steps before one. What was called stands in this act, as sockstep's own. Where one
// does not come true here, the learner stands at that one, and is told.
func (e *Env) playUpTo(step int) (stuck names.Text, err error) {
	s := e.Session
	g := s.lesson
	if g.run.At() >= step {
		return stuck, nil
	}
	seq, last, odd, act := s.seq, s.last, s.odd, e.Act // the Env will be another line's; who was given the observer may keep it
	s.observers = []sockets.Observer{g.run.Record, sockets.ObserverFunc(func(_ *sockets.Act, st sockets.Step) {
		if c, ok := st.(sockets.Call); ok {
			c.Scaffold = true
			act.Add(c)
		}
	})}
	g.quiet = true
	defer func() {
		s.arrivals()
		s.flush()
		s.unwatch()
		s.seq, s.last, s.odd, g.quiet = seq, last, odd, false
	}()
	for g.run.At() < step {
		st := g.run.Step()
		if !g.run.Mine() {
			stuck, ok := e.awaitPartner()
			switch {
			case e.Ctx.Err() != nil:
				return stuck, e.interrupted(e.Command.Name, nil, e.Ctx.Err())
			case !ok:
				return stuck, nil
			}
			continue
		}
		v, err := e.playStep(st.Solutions[0])
		switch {
		case err != nil:
			return stuck, err
		case v.Outcome == lessons.NotYet:
			s.own()
			s.tellStuck(v.Seen)
			return names.T("This step's solution was played, but did not come true here: "+v.Seen.En+". The lesson goes on from it.",
				"演示了这一步的答案，但在这里没有成立："+v.Seen.Zh+"。课程从这一步继续。"), nil
		case v.Outcome == lessons.Untold:
			g.run.Pass(g.world(s), lessons.Passing)
			s.tellPassed(lessons.Passing)
		default:
			g.run.Pass(g.world(s), lessons.Done)
			s.tellPassed(lessons.Done)
		}
		s.own()
	}
	return stuck, nil
}

// playStep plays a solution, and waits until it has come true.
func (e *Env) playStep(lines []string) (lessons.Verdict, error) {
	s := e.Session
	g := s.lesson
	if v := g.run.Lacks(g.world(s)); v.Outcome == lessons.Untold {
		return v, nil
	}
	r := g.run
	for _, line := range r.Lines(lines) {
		act := s.do(e.Ctx, line)
		switch {
		case e.Ctx.Err() != nil:
			return lessons.Verdict{}, e.interrupted(e.Command.Name, nil, e.Ctx.Err())
		case g.run != r:
			return lessons.Verdict{}, nil
		}
		var bad *sockets.Error
		if act != nil && errors.As(act.Err, &bad) && bad.Kind == "internal" {
			return lessons.Verdict{}, bad
		}
	}
	v := s.await(e.Ctx, r.Patience(), func() lessons.Verdict { return r.Judge(g.world(s)) })
	s.own()
	return v, nil
}
