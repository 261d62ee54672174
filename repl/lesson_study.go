package repl

import (
	"errors"
	"io"
	"path/filepath"
	"strconv"
	"strings"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Predictions, the quiz, and what was done.

// Predict answers the step's question.
func (e *Env) Predict(ws []Word) error {
	g, err := e.step()
	if err != nil {
		return err
	}
	answer, at := joined(ws)
	i, err := g.run.Predict(answer)
	switch {
	case errors.Is(err, lessons.ErrNoQuestion):
		return &sockets.Error{Op: "predict", Kind: "no-question", Message: names.T("this step asks for no prediction", "这一步没有要预测的问题"), Fix: names.T("lesson", "lesson")}
	case err != nil:
		return at.Err(names.T("no choice is called "+answer, "没有 "+answer+" 这个选项")).Hint(names.T("predict a", "predict a"))
	}
	g.predicted = true
	ev := g.event()
	c := g.run.Choices(g.run.Step().Predict)[i]
	ev.Text = names.T("You say: "+c.En+". Now see for yourself.", "你的预测："+c.Zh+"。现在亲自看看。")
	e.Result(ev.Value(e.Lang()))
	return nil
}

func joined(ws []Word) (string, Word) {
	var all []string
	for _, w := range ws {
		all = append(all, w.Text)
	}
	return strings.Join(all, " "), ws[0]
}

// Quiz asks a question, or takes the answer.
func (e *Env) Quiz(ws []Word) error {
	g, err := e.learning()
	if err != nil {
		return err
	}
	var said names.Text
	if len(ws) > 0 {
		if g.quiz == nil {
			return ws[0].Err(names.T("nothing was asked yet", "还没有提问")).Hint(names.T("quiz", "quiz"))
		}
		answer, at := joined(ws)
		i := g.quiz.Answer(answer)
		if i < 0 {
			return at.Err(names.T("no choice is called "+answer, "没有 "+answer+" 这个选项")).Hint(names.T("quiz a", "quiz a"))
		}
		c := g.quiz.Choices[g.quiz.Right]
		said = names.T("Right: "+c.En+".", "答对了："+c.Zh+"。")
		if i != g.quiz.Right {
			said = names.T("Not so. It is: "+c.En+".", "不对，应为："+c.Zh+"。")
		}
		err := g.progress.Quizzed(i == g.quiz.Right)
		g.quiz = nil
		if err != nil {
			return err
		}
	}
	all, err := g.course.Questions(g.progress)
	if err != nil {
		return err
	}
	if len(all) == 0 {
		return &sockets.Error{Op: "quiz", Kind: "no-question", Message: names.T("no lesson is done yet to ask about", "还没有完成的课可以提问"), Fix: names.T("lesson", "lesson")}
	}
	g.quiz = &all[0]
	q := g.quiz
	ev := lessons.Event{Lesson: q.Lesson, Step: q.Step, Said: said, Question: q.Text, Choices: q.Choices, Quiz: true}
	if h, ok := g.course.Find(q.Lesson); ok {
		ev.Title = names.Text{En: strings.TrimSpace(h.Number + " " + h.Title.En), Zh: strings.TrimSpace(h.Number + " " + h.Title.Zh)}
	}
	e.Result(ev.Value(e.Lang()))
	return nil
}

// Progress tells what was done.
func (e *Env) Progress() (sockets.Value, error) {
	g, err := e.refreshed()
	if err != nil {
		return sockets.Value{}, err
	}
	var rows []sockets.Value
	for _, h := range g.course.Heads() {
		t := g.progress.Tally(h)
		if !t.Begun {
			continue
		}
		n := func(name string, v int) sockets.Field {
			return sockets.Field{Name: name, Value: sockets.IntOf(int64(v))}
		}
		rows = append(rows, sockets.CardOf(field("id", h.ID), n("steps", t.Steps), n("done", t.Done), n("hinted", t.Hinted), n("skipped", t.Skipped), n("untold", t.Untold), n("partner", t.Partner),
			field("predicted", strconv.Itoa(t.Right)+"/"+strconv.Itoa(t.Predicted))))
	}
	quiz := g.progress.Quiz()
	return sockets.CardOf(sockets.Field{Name: "lessons", Value: sockets.ListOf(rows...)}, field("quiz", strconv.Itoa(quiz.Right)+"/"+strconv.Itoa(quiz.Asked))), nil
}

// ExportProgress writes what was done to a file, as CSV or as JSON by its name, with mode 0600.
func (e *Env) ExportProgress(w Word, file func(write func(io.Writer) error) error) error {
	g, err := e.refreshed()
	if err != nil {
		return err
	}
	export := g.progress.ExportCSV
	switch filepath.Ext(w.Text) {
	case ".csv":
	case ".json":
		export = g.progress.ExportJSON
	default:
		return w.Err(names.T("the file's name ends in .csv or .json", "文件名以 .csv 或 .json 结尾")).Hint(names.T("progress export progress.csv", "progress export progress.csv"))
	}
	return file(func(f io.Writer) error { return export(f, g.course) })
}
