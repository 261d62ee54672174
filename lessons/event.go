package lessons

import (
	"strconv"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// An Event is what a lesson says: a step's text, that it has come true, what is missing, a hint. It is the value of an act.
type Event struct {
	Lesson, Step string
	Verdict      string     // of Step: "held", "not-yet", "cannot-tell"; "" where nothing was judged
	Title        names.Text // of the lesson, where its text is told
	At, Of       int        // which step of how many, from 1
	Role         string     // whose step it is, where the lesson has roles
	Whose        names.Text // the same, in words
	Called       names.Text // what Partner is called
	Partner      string     // the other role, of whose terminal this is told: what it did (Line, Result), or what became of it (Said)
	Line, Result string
	Waits        bool // for the partner, who is no program
	Together     bool // one learner has both roles
	Intro        names.Text
	Measured     names.Text // how a prediction came out
	After        names.Text
	Text         names.Text
	Python       string
	Question     names.Text
	Choices      []names.Text
	Missing      names.Text
	Said         names.Text // a near-miss's answer
	Hint         names.Text
	Hints        int // how many were given
	Solutions    [][]string
	Quiz         bool
	Outro        names.Text // what to try alone, and how to go on
}

// Value is the event as a card: lesson, step, verdict, text and missing, and what else there is.
func (e Event) Value(l names.Lang) sockets.Value {
	fields := []sockets.Field{{Name: "lesson", Value: sockets.TextOf(e.Lesson)}, {Name: "step", Value: sockets.TextOf(e.Step)}, {Name: "verdict", Value: sockets.TextOf(e.Verdict)}}
	add := func(name, text string) {
		if text != "" {
			fields = append(fields, sockets.Field{Name: name, Value: sockets.TextOf(text)})
		}
	}
	add("title", e.Title.In(l))
	if e.Of > 0 {
		add("at", strconv.Itoa(e.At)+"/"+strconv.Itoa(e.Of))
	}
	add("role", e.Role)
	add("whose", e.Whose.In(l))
	add("called", e.Called.In(l))
	add("partner", e.Partner)
	if e.Waits {
		add("waits", "True")
	}
	if e.Together {
		add("together", "True")
	}
	add("line", e.Line)
	add("result", e.Result)
	add("said", e.Said.In(l))
	add("measured", e.Measured.In(l))
	add("after", e.After.In(l))
	add("intro", e.Intro.In(l))
	fields = append(fields, sockets.Field{Name: "text", Value: sockets.TextOf(e.Text.In(l))})
	add("python", e.Python)
	add("question", e.Question.In(l))
	if len(e.Choices) > 0 {
		var all []sockets.Value
		for _, c := range e.Choices {
			all = append(all, sockets.TextOf(c.In(l)))
		}
		fields = append(fields, sockets.Field{Name: "choices", Value: sockets.ListOf(all...)})
	}
	if e.Quiz {
		add("quiz", "asked")
	}
	add("hint", e.Hint.In(l))
	if e.Hints > 0 {
		fields = append(fields, sockets.Field{Name: "hints", Value: sockets.IntOf(int64(e.Hints))})
	}
	if len(e.Solutions) > 0 {
		var all []sockets.Value
		for _, lines := range e.Solutions {
			var one []sockets.Value
			for _, line := range lines {
				one = append(one, sockets.TextOf(line))
			}
			all = append(all, sockets.ListOf(one...))
		}
		fields = append(fields, sockets.Field{Name: "solutions", Value: sockets.ListOf(all...)})
	}
	fields = append(fields, sockets.Field{Name: "missing", Value: sockets.TextOf(e.Missing.In(l))})
	add("outro", e.Outro.In(l))
	return sockets.CardOf(fields...)
}

// IsEvent reports whether a value is what a lesson said.
func IsEvent(v sockets.Value) bool {
	return v.Type == sockets.CardValue && len(v.Fields) > 2 && v.Fields[0].Name == "lesson" && v.Fields[1].Name == "step" && v.Fields[2].Name == "verdict"
}
