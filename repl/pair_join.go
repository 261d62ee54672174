package repl

import (
	"context"
	"errors"
	"os"
	"slices"
	"syscall"
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// JoinLesson takes the other end of a lesson that is on in another terminal of this user's.
func (e *Env) JoinLesson(w Word, given bool) error {
	id := ""
	g, err := e.learning()
	if err != nil {
		return err
	}
	if given {
		h, err := e.whichLesson(g, w, true)
		if err != nil {
			return err
		}
		id = h.ID
	}
	if e.Session.meeting == nil {
		return errors.ErrUnsupported
	}
	all := e.terminals(answers)
	if cause := e.Ctx.Err(); cause != nil {
		return e.interrupted("lesson", nil, cause)
	}
	door, err := e.choose(all, id)
	if err != nil {
		return err
	}
	l, m, err := e.knock(door, id, false)
	if err != nil {
		return err
	}
	return e.joined(l, m)
}

// choose finds the terminal that a partner is to join.
func (e *Env) choose(all []terminal, id string) (door string, err error) {
	var free []terminal
	var lessons []string
	for _, t := range all {
		if t.free && (id == "" || t.lesson == id) {
			free = append(free, t)
			if !slices.Contains(lessons, t.lesson) {
				lessons = append(lessons, t.lesson)
			}
		}
	}
	refused := func(t names.Text, fix string) error {
		return &sockets.Error{Op: "lesson", Kind: "refused", Message: t, Fix: names.T(fix, fix)}
	}
	switch {
	case len(lessons) > 1:
		return "", refused(names.T("several lessons wait for a partner: "+orList(lessons, " and "), "有几课在等对方加入："+orList(lessons, "、")), "lesson join "+lessons[0])
	case len(free) > 0:
		return free[0].door, nil
	case len(all) > 0 && !slices.ContainsFunc(all, func(t terminal) bool { return !t.silent }):
		return "", refused(names.T("a terminal is in a lesson, but does not answer: it was stopped", "有一个终端在上课，但没有应答：它被暂停了"), "fg")
	case len(all) == 0:
		return "", &sockets.Error{Op: "lesson", Kind: "no-lesson", Message: names.T("no lesson of yours waits for a partner", "没有课在等对方加入"),
			Why: names.T("a lesson with two ends has to be on in another terminal first", "要先在另一个终端里开始一课有两端的课"),
			Fix: names.T("lesson tcp-echo", "lesson tcp-echo")}
	case len(all) > 0 && id != "" && !slices.ContainsFunc(all, func(t terminal) bool { return t.lesson == id }):
		return "", refused(names.T("the lesson that is on there is "+all[0].lesson+", not "+id, "那里上的是 "+all[0].lesson+"，不是 "+id), "lesson join "+all[0].lesson)
	}
	return "", refused(names.T("both ends are taken already", "两端都已经有人了"), "lessons")
}

// A terminal is one that is in a lesson with two ends.
type terminal struct {
	door, lesson string
	free         bool // nobody but the program has the other end
	silent       bool // it does not answer: it was stopped
}

// aGlance is how long a lesson that begins looks for other terminals.
const aGlance = 50 * time.Millisecond

// terminals asks all doors, the newest first, what is behind them. The doors of those that died are removed.
func (e *Env) terminals(patience time.Duration) (all []terminal) {
	for _, door := range e.Session.meeting.doors() {
		l, err := sys.Knock(door)
		if err != nil {
			switch {
			case errors.Is(err, syscall.ECONNREFUSED):
				_ = os.Remove(door)
			case errors.Is(err, syscall.EAGAIN):
				all = append(all, terminal{door: door, silent: true})
			}
			continue
		}
		m, err := e.speak(l, patience, message{Kind: "ask", Protocol: protocol})
		l.Close()
		switch {
		case err == nil && m.Kind == "tell":
			all = append(all, terminal{door: door, lesson: m.Lesson, free: m.Free})
		case e.Ctx.Err() != nil:
			return all
		default:
			all = append(all, terminal{door: door, silent: true})
		}
	}
	return all
}

// speak says something at a door, and waits for the answer.
func (e *Env) speak(l *sys.Link, patience time.Duration, say message) (m message, err error) {
	(&pair{link: l}).send(say)
	e.Block(func() {
		late, stop := time.AfterFunc(patience, l.Hang), context.AfterFunc(e.Ctx, l.Hang)
		m, err = receive(l)
		late.Stop()
		stop()
	})
	if cause := e.Ctx.Err(); cause != nil {
		err = e.interrupted(e.Command.Name, nil, cause)
	}
	return m, err
}

// knock asks to be let in at a door.
func (e *Env) knock(door, id string, program bool) (*sys.Link, message, error) {
	l, err := sys.Knock(door)
	if err != nil {
		return nil, message{}, err
	}
	m, err := e.speak(l, answers, message{Kind: "hello", Protocol: protocol, Lesson: id, Network: network(), Who: who{PID: os.Getpid(), Program: program}})
	switch {
	case err != nil:
	case m.Kind == "begin":
		return l, m, nil
	case m.Kind == "refuse":
		err = &sockets.Error{Op: "lesson", Kind: "refused", Message: m.Reason, Fix: names.T("lessons", "lessons")}
	default:
		err = errors.ErrUnsupported
	}
	l.Close()
	return nil, m, err
}

// elsewhereOn says that the lesson that is about to begin is on in another terminal, where an end of it is free; zero where it is not.
func (e *Env) elsewhereOn(l *lessons.Lesson) names.Text {
	s := e.Session
	if s.meeting == nil || s.paired() != nil {
		return names.Text{}
	}
	if !slices.ContainsFunc(e.terminals(aGlance), func(t terminal) bool { return t.free && t.lesson == l.ID }) {
		return names.Text{}
	}
	return names.T("This lesson is on in another terminal of yours, and an end of it is free there: `lesson join` takes that one.",
		"你的另一个终端正在上这一课，而且有一端空着：`lesson join` 可以接上。")
}

// joined begins with what the other terminal says.
func (e *Env) joined(l *sys.Link, m message) error {
	s := e.Session
	s.part()
	p := &pair{link: l, who: m.Who, met: true, news: make(chan struct{}), since: time.Now(), gen: m.Gen}
	s.pairUp(p)
	go s.listen(p, l)
	if err := e.begunThere(p, m); err != nil {
		s.part()
		return err
	}
	return nil
}
