package lessons

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A take is one play of the lesson.
type take struct {
	c      *checking
	player Player
	run    *Run
}

func (c *checking) open() (*take, error) {
	p, err := c.Stage.Open()
	if err != nil {
		return nil, err
	}
	role := ""
	run, err := Begin(c.l, p, role)
	if err != nil {
		p.Close()
		return nil, err
	}
	p.Tell(run.Record)
	return &take{c, p, run}, nil
}

// close ends the play, and removes the socket files that it has left.
func (t *take) close() {
	t.player.Close()
	for _, path := range t.run.Paths() {
		if at, err := os.Lstat(path); err == nil && at.Mode()&os.ModeSocket != 0 {
			_ = os.Remove(path)
		}
	}
}

// The longest times: for a line to end, for a step to come true where its file says nothing, and for a near-miss to stay untrue.
const (
	lineTime  = 10 * time.Second
	stepTime  = time.Second
	quietTime = 5 * time.Millisecond
)

// lines plays lines; at is their path in the file. Lines that were not understood, or never end, are problems.
func (t *take) lines(s *Step, at string, lines []string, each func()) bool {
	for i, line := range t.run.Lines(lines) {
		ctx, cancel := context.WithTimeout(t.c.ctx, lineTime)
		act := t.player.Do(ctx, s.Role, line)
		late := ctx.Err() != nil
		cancel()
		var bad *sockets.Error
		path := fmt.Sprintf("%s[%d]", at, i)
		switch {
		case late:
			t.c.problem("line", path, s, names.T("%s: waited for %v without end", "%s：等了 %v 也没有结束"), line, lineTime)
			return false
		case act == nil:
			t.c.problem("line", path, s, names.T("%q is no line", "%q 不是一行命令"), line)
			return false
		case errors.As(act.Err, &bad) && (bad.Kind == "usage" || bad.Kind == "expected" || bad.Kind == "internal") && !act.Expected:
			t.c.problem("line", path, s, names.T("%s: %s", "%s：%s"), line, bad.Message)
			return false
		}
		t.player.Settle()
		if each != nil {
			each()
		}
	}
	return true
}

// await judges until the step holds, or its time is over.
func (t *take) await(s *Step) (v Verdict) {
	longest := time.Duration(s.Within)
	if longest == 0 {
		longest = stepTime
	}
	for end := time.Now().Add(longest); ; {
		t.player.Settle()
		v = t.run.Judge(t.player)
		if v.Outcome != NotYet || time.Now().After(end) {
			return v
		}
		time.Sleep(time.Millisecond)
	}
}

// upTo plays the first solutions of the steps before one.
func (t *take) upTo(step int) bool {
	for _, s := range t.c.l.Steps[:step] {
		if t.lacks(s) {
			t.run.Pass(t.player, Passing)
			continue
		}
		if !t.lines(s, "", s.Solutions[0], nil) {
			return false
		}
		how := Done
		switch v := t.await(s); v.Outcome {
		case NotYet:
			t.c.problem("solution", t.path(s, "solutions[0]"), s, names.T("held once, but not again: %s", "成立过一次，再来一次却不成立：%s"), v.Seen)
			return false
		case Untold:
			how = Passing
		}
		t.run.Pass(t.player, how)
	}
	return true
}

func (t *take) path(s *Step, rest string) string {
	return fmt.Sprintf("$.steps[%d].%s", slices.Index(t.c.l.Steps, s), rest)
}

// lacks reports whether the machine does not have what the step needs.
func (t *take) lacks(s *Step) bool { return s.Needs != "" && t.player.Offers(s.Needs) != nil }

// before holds the step to not being true before anything was done.
func (t *take) before(s *Step) {
	t.player.Settle()
	if v := t.run.Judge(t.player); v.Outcome == Held {
		t.c.problem("before", t.path(s, "expect"), s, names.T("the step holds before anything was done", "什么都还没做，这一步就已经成立"))
	}
}
