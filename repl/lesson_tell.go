package repl

import (
	"maps"
	"slices"
	"strings"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// What a lesson says.

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

// tellDrawn says which values that stand on the screen could not be had once more.
func (s *Session) tellDrawn(had map[string]string) {
	r := s.lesson.run
	for _, name := range slices.Sorted(maps.Keys(had)) {
		if was, is := had[name], r.Vars[name]; was != is {
			ev := s.lesson.event()
			ev.Said = names.T("What was "+was+" in the text is "+is+" from here on: the old one is not free yet.", "课文里的 "+was+" 从这里起改为 "+is+"：原来的还没有空出来。")
			s.announce(ev)
		}
	}
}

// tellHowToBegin says below the list of the lessons what to do with it: the list is longer than many a screen, and its end is what is seen.
func (s *Session) tellHowToBegin() {
	s.announce(lessons.Event{Said: names.T("`lesson ID` begins one of them, by its id or its number; `lesson` alone goes on where you left.",
		"`lesson ID` 开始其中一课，ID 是编号或名字；只写 `lesson` 接着上次的课。")})
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
	r.Look(l.world(s))
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
	if py := r.Python(); strings.Count(py, "\n") < 2 {
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
