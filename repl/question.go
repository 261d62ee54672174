package repl

import (
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// While a question is open, its answer is often typed as it stands: a. That is a line like any other, and a bad one; the
// error says how to answer.

// A question is one that is open: of the step that is on, or of the quiz.
type question struct {
	command string // that answers it
	choices []names.Text
}

// asked is the question that is open, not ok where there is none.
func (s *Session) asked() (q question, ok bool) {
	l := s.lesson
	switch {
	case l.on() && l.run.Step() != nil && l.run.Step().Predict != nil && !l.run.Predicted():
		return question{"predict", l.run.Choices(l.run.Step().Predict)}, true
	case l != nil && l.quiz != nil:
		return question{"quiz", l.quiz.Choices}, true
	}
	return q, false
}

// letters are those of the choices: a, b, c.
func (q question) letters() (all []string) {
	for i := range q.choices {
		all = append(all, string(rune('a'+i)))
	}
	return all
}

// answer is the error of a line that is nothing but an answer to the question that is open, nil for any other. A letter is
// one even where it could be short for a command; a word is one where it is no command.
func (s *Session) answer(l Line, isCommand bool) *sockets.Error {
	q, ok := s.asked()
	if !ok || len(l.Names) > 0 || l.Job || l.Command.Text == "" {
		return nil
	}
	words := []string{l.Command.Text}
	for _, w := range l.Words {
		words = append(words, w.Text)
	}
	said := strings.Join(words, " ")
	is := len(said) == 1 && s.table.named(said) == nil && int(said[0]|0x20)-'a' >= 0 && int(said[0]|0x20)-'a' < len(q.choices)
	for _, c := range q.choices {
		is = is || !isCommand && (strings.EqualFold(said, c.En) || strings.EqualFold(said, c.Zh))
	}
	if !is {
		return nil
	}
	line := q.command + " " + said
	return sockets.Usage(names.T("this is an answer; "+q.command+" gives it", "这是一个答案；用 "+q.command+" 来回答")).
		At(l.Command.Col, len(l.Command.Raw)).Hint(names.T(line, line))
}

// MissingAnswer is the error of a command that answers a question, without an answer: it tells the choices of the one that is open.
func (e *Env) MissingAnswer() error {
	err := e.Missing("ANSWER")
	q, ok := e.Session.asked()
	if !ok || q.command != e.Command.Name {
		return err
	}
	var en, zh, lines []string
	for i, letter := range q.letters() {
		en = append(en, letter+" "+strconv.Quote(q.choices[i].En))
		zh = append(zh, letter+"“"+q.choices[i].Zh+"”")
		lines = append(lines, q.command+" "+letter)
	}
	return err.(*sockets.Error).Because(names.T("the choices are "+orList(en, " and "), "可选的有 "+strings.Join(zh, "、"))).
		Hint(names.T(orList(lines, " or "), orList(lines, " 或 ")))
}
