package lessons

import (
	"context"

	"sockstep/sockets/names"
)

// Rehearse plays a lesson's first solutions in a session of its own, and gives what was measured for each step's question, by the
// step's id. Where a step does not come true, the rest is missing.
func Rehearse(ctx context.Context, stage Stage, l *Lesson) (map[string]names.Text, error) {
	c := &checking{Checker: &Checker{Stage: stage}, ctx: ctx, l: l}
	t, err := c.open(true)
	if err != nil {
		return nil, err
	}
	defer t.close()
	measured := map[string]names.Text{}
	run := t.ends[0].run
	for run.Step() != nil && ctx.Err() == nil {
		s := run.Step()
		if !t.lines(s, "", s.Solutions[0], nil) {
			break
		}
		how := Done
		switch t.await(s).Outcome {
		case NotYet:
			return measured, nil
		case Untold:
			how = Passing
		}
		choices := run.choicesOf(s)
		if p := t.pass(s, how); p.Measured != "" {
			for i, choice := range s.Predict.Choices {
				if choice.Is == p.Measured {
					measured[s.ID] = choices[i]
				}
			}
		}
	}
	return measured, ctx.Err()
}

func (r *Run) choicesOf(s *Step) []names.Text {
	if s.Predict == nil {
		return nil
	}
	return r.Choices(s.Predict)
}
