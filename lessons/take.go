package lessons

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A take is one play of the lesson. Where it has roles, each has a session of its own.
type take struct {
	c    *checking
	ends []*end
}

// An end is a role's session, and the World of its Run.
type end struct {
	Player
	run   *Run
	other *end // nil where one session has all roles
}

// open begins the lesson anew: in a session for each role, or all in one.
func (c *checking) open(together bool) (*take, error) {
	t := &take{c: c}
	roles := c.l.Roles
	if len(roles) == 0 || together {
		roles = []string{""}
	}
	for i, role := range roles {
		p, err := c.Stage.Open()
		if err != nil {
			t.close()
			return nil, err
		}
		e := &end{Player: p}
		t.ends = append(t.ends, e)
		if i > 0 {
			e.run = BeginWith(c.l, t.ends[0].run.Vars, role)
		} else if e.run, err = Begin(c.l, p, role); err != nil {
			t.close()
			return nil, err
		}
		p.Tell(e.run.Record)
	}
	if len(t.ends) == 2 {
		t.ends[0].other, t.ends[1].other = t.ends[1], t.ends[0]
	}
	return t, nil
}

// at is the end whose step it is.
func (t *take) at(s *Step) *end {
	for _, e := range t.ends {
		if e.run.Role == s.Role {
			return e
		}
	}
	return t.ends[0]
}

// whose is the end that a role's word for the World means.
func (e *end) whose(role string) *end {
	if role != "" && e.other != nil {
		return e.other
	}
	return e
}

// Sockets are the role's, told apart from the other's.
func (e *end) Sockets(role string) ([]Socket, error) {
	w := e.whose(role)
	all, err := w.Player.Sockets("")
	return Of(w.run.Role, all), err
}

// Option asks the session that has the socket.
func (e *end) Option(s Socket, name string) (sockets.Value, error) {
	role := roleOf(s.ID)
	s.ID = strings.TrimPrefix(s.ID, role+"/")
	w := e
	if role != e.run.Role {
		w = e.whose(role)
	}
	return w.Player.Option(s, name)
}

// Kept are the role's values.
func (e *end) Kept(role string) ([]sockets.Value, error) { return e.whose(role).Player.Kept("") }

// Packets is nil where packets are seen.
func (e *end) Packets(role string) error { return e.whose(role).Player.Packets("") }

// settle lets every session tell of what came since.
func (t *take) settle() {
	for _, e := range t.ends {
		e.Settle()
	}
}

func (t *take) judge(s *Step) Verdict { return t.at(s).run.Judge(t.at(s)) }

// pass ends a step at both ends.
func (t *take) pass(s *Step, how How) Passed {
	e := t.at(s)
	p := e.run.Pass(e, how)
	if e.other != nil {
		e.other.run.Follow(e.run.Bound())
	}
	return p
}

// close ends the play, and removes the socket files that it has left.
func (t *take) close() {
	for _, e := range t.ends {
		e.Close()
	}
	if len(t.ends) == 0 || t.ends[0].run == nil {
		return
	}
	for _, path := range t.ends[0].run.Paths() {
		if at, err := os.Lstat(path); err == nil && at.Mode()&os.ModeSocket != 0 {
			_ = os.Remove(path)
		}
	}
}

// The longest times: for a line to end, and for a near-miss to stay untrue.
const (
	lineTime  = 10 * time.Second
	quietTime = 5 * time.Millisecond
)

// lines plays lines; at is their path in the file. Lines that were not understood, or never end, are problems.
func (t *take) lines(s *Step, at string, lines []string, each func()) bool {
	for i, line := range t.at(s).run.Lines(lines) {
		if t.c.Pace > 0 {
			time.Sleep(t.c.Pace)
			t.settle()
		}
		ctx, cancel := context.WithTimeout(t.c.ctx, lineTime)
		act := t.at(s).Do(ctx, line)
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
		t.settle()
		if each != nil {
			each()
		}
	}
	return true
}

// scolds is due after each line of a solution: a near-miss that tells to begin again, while the solution is on its way, is wrong.
func (t *take) scolds(s *Step, at string, lines []string) func() {
	done := 0
	return func() {
		if done++; done == len(lines) || t.judge(s).Outcome == Held {
			return
		}
		e := t.at(s)
		if m := e.run.NearMiss(e); m != nil && strings.Contains(m.Say.En, "`again`") {
			t.c.problem("near-miss", at, s, names.T("after %q, a line of a right solution, it is told to begin again: %s", "%q 是正确做法中的一行，之后却被告知要重新开始：%s"), lines[done-1], m.Say)
		}
	}
}

// await judges until the step holds, or its time is over.
func (t *take) await(s *Step) (v Verdict) {
	for end := time.Now().Add(t.at(s).run.Patience()); ; {
		t.settle()
		v = t.judge(s)
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
			t.pass(s, Passing)
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
		t.pass(s, how)
	}
	return true
}

func (t *take) path(s *Step, rest string) string {
	return fmt.Sprintf("$.steps[%d].%s", slices.Index(t.c.l.Steps, s), rest)
}

// lacks reports whether the machine does not have what the step needs.
func (t *take) lacks(s *Step) bool { return s.Needs != "" && t.at(s).Offers(s.Needs) != nil }

// before holds the step to not being true before anything was done.
func (t *take) before(s *Step) {
	t.settle()
	if v := t.judge(s); v.Outcome == Held {
		t.c.problem("before", t.path(s, "expect"), s, names.T("the step holds before anything was done", "什么都还没做，这一步就已经成立"))
	}
}
