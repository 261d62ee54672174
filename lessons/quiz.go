package lessons

import (
	"math/rand/v2"
	"slices"
	"strings"

	"sockstep/sockets/names"
)

// A Question is one of the quiz.
type Question struct {
	Lesson, Step string
	Text         names.Text
	Choices      []names.Text
	Right        int
}

// Answer is the choice that an answer means, -1 for none.
func (q *Question) Answer(text string) int {
	for _, l := range []names.Lang{names.English, names.Chinese} {
		var written []string
		for _, c := range q.Choices {
			written = append(written, c.In(l))
		}
		if i := choose(text, written); i >= 0 {
			return i
		}
	}
	return -1
}

// Questions are those of the lessons that were finished: the predictions, with what was measured on this machine, and which
// line does what a text asks for. Their order is drawn. A lesson that can no longer be read asks nothing; where no other does, its
// error is given.
func (c *Course) Questions(p *Progress) ([]Question, error) {
	var all []Question
	var broken error
	for _, h := range c.Heads() {
		if !p.Tally(h).Finished {
			continue
		}
		l, err := c.Read(h)
		if err != nil {
			broken = err
			continue
		}
		vars := sample(l.Vars)
		r := &Run{Lesson: l, Vars: vars}
		for i, s := range l.Steps {
			if q, ok := r.measuredQuestion(s, p.Measured(l.ID, s.ID)); ok {
				all = append(all, q)
			}
			if q, ok := r.lineQuestion(i); ok {
				all = append(all, q)
			}
		}
	}
	if len(all) == 0 {
		return nil, broken
	}
	rand.Shuffle(len(all), func(i, j int) { all[i], all[j] = all[j], all[i] })
	return all, nil
}

func (r *Run) measuredQuestion(s *Step, measured string) (q Question, ok bool) {
	if s.Predict == nil || measured == "" {
		return q, false
	}
	right := slices.IndexFunc(s.Predict.Choices, func(c Choice) bool { return c.Is == measured })
	task, ask := r.Fill(s.Text), r.Fill(s.Predict.Question)
	return Question{Lesson: r.Lesson.ID, Step: s.ID, Choices: r.Choices(s.Predict), Right: right,
		Text: names.Text{En: task.En + "\n" + ask.En, Zh: task.Zh + "\n" + ask.Zh}}, right >= 0
}

// lineQuestion asks which line does what a step asks for: its own first solution, where that is one line, or one of two others.
func (r *Run) lineQuestion(step int) (q Question, ok bool) {
	single := func(i int) string {
		if lines := r.Lesson.Steps[i].Solutions[0]; len(lines) == 1 {
			return r.Lines(lines)[0]
		}
		return ""
	}
	right := single(step)
	if right == "" {
		return q, false
	}
	lines := []string{right}
	for _, i := range rand.Perm(len(r.Lesson.Steps)) {
		other := single(i)
		if other != "" && len(lines) < 3 && !slices.ContainsFunc(lines, func(l string) bool { return verb(l) == verb(other) }) {
			lines = append(lines, other)
		}
	}
	if len(lines) < 2 {
		return q, false
	}
	rand.Shuffle(len(lines), func(i, j int) { lines[i], lines[j] = lines[j], lines[i] })
	s := r.Lesson.Steps[step]
	task := r.Fill(s.Text)
	q = Question{Lesson: r.Lesson.ID, Step: s.ID, Right: slices.Index(lines, right),
		Text: names.Text{En: task.En + "\nWhich line does it?", Zh: task.Zh + "\n哪一行能做到？"}}
	for _, l := range lines {
		q.Choices = append(q.Choices, names.Text{En: l, Zh: l})
	}
	return q, true
}

// verb is the command of a line.
func verb(line string) string {
	if m := keptNames.FindString(line); m != "" {
		line = line[len(m):]
	}
	word, _, _ := strings.Cut(strings.TrimSpace(line), " ")
	return word
}
