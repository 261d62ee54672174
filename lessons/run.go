package lessons

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Run is one learner's way through a lesson.
type Run struct {
	Lesson *Lesson
	Role   string // whose step the learner's are; "" where there is one role only
	Vars   map[string]string
	Record *Record // of the step that is on

	at     int // the step that is on; len(Steps) once the lesson is over
	bound  bindings
	gone   map[string]Socket
	hints  int
	answer string // the prediction
	judged int    // of the record: what the last judgement had seen
	was    []bool // which near-misses were there then
	own    Own    // as last judged
}

// Begin draws the variables and begins with the first step.
func Begin(l *Lesson, w World, role string) (*Run, error) {
	return BeginAgain(l, w, role, nil)
}

// BeginAgain is Begin with the values that the variables had, where those can be had once more: they stand on the learner's screen.
func BeginAgain(l *Lesson, w World, role string, had map[string]string) (*Run, error) {
	vars, err := draw(l.Vars, had, w)
	if err != nil {
		return nil, err
	}
	return BeginWith(l, vars, role), nil
}

// BeginWith is Begin with variables that a partner has drawn.
func BeginWith(l *Lesson, vars map[string]string, role string) *Run {
	r := &Run{Lesson: l, Role: role, Vars: vars, Record: &Record{}, gone: map[string]Socket{}}
	r.enter(0)
	return r
}

// enter begins a step. What was done since the learner's own last step counts for the next one: whoever waits in accept while
// the partner still connects has begun in time.
func (r *Run) enter(step int) {
	if r.Mine() {
		r.Record.reset()
		r.judged = 0
	}
	r.at, r.hints, r.answer = step, 0, ""
	r.was = nil
	if s := r.Step(); s != nil {
		r.was = make([]bool, len(s.Wrong))
	}
}

// Step is the step that is on, nil once the lesson is over.
func (r *Run) Step() *Step {
	if r.at >= len(r.Lesson.Steps) {
		return nil
	}
	return r.Lesson.Steps[r.at]
}

// At is the index of the step that is on.
func (r *Run) At() int { return r.at }

// Mine reports whether the step that is on is the learner's own to do.
func (r *Run) Mine() bool {
	s := r.Step()
	return s != nil && (s.Role == "" || r.Role == "" || s.Role == r.Role)
}

// Partner is the role at the other end, "" where there is one role only, or one learner has both.
func (r *Run) Partner() string { return r.Lesson.Partner(r.Role) }

// Bound are the names that the lesson has given to sockets, each with the socket's ID.
func (r *Run) Bound() map[string]string { return r.bound }

// Follow ends a step that the partner has done, or that could not be told at the partner's; bound is its Bound.
func (r *Run) Follow(bound map[string]string) *Step {
	s := r.Step()
	r.bound = bound
	r.enter(r.at + 1)
	return s
}

// Fill puts the variables into a text, and the learner's names of sockets.
func (r *Run) Fill(t names.Text) names.Text { return fillText(r.own.Text(t), r.Vars) }

// Model are a solution's lines as the learner can type them: with the variables, and the learner's names.
func (r *Run) Model(lines []string) (all []string) {
	for _, l := range lines {
		all = append(all, fill(r.own.Line(l), r.Vars))
	}
	return all
}

// Python is the step's, as the learner would write it.
func (r *Run) Python() string { return fill(r.own.Python(r.Step().Python), r.Vars) }

// Lines puts the variables into lines, which are then run where the names are the lesson's.
func (r *Run) Lines(lines []string) (all []string) {
	for _, l := range lines {
		all = append(all, fill(l, r.Vars))
	}
	return all
}

// Paths are the files that the lesson's variables name: they may be there when it ends.
func (r *Run) Paths() (all []string) {
	for name, kind := range r.Lesson.Vars {
		if strings.HasPrefix(kind, "temp-path") {
			all = append(all, r.Vars[name])
		}
	}
	return all
}

func (r *Run) judge(w World, since int) *judge {
	j := &judge{world: w, record: r.Record, vars: r.Vars, own: r.Role, since: since, gone: r.gone}
	if s := r.Step(); s != nil {
		j.role = s.Role
	}
	if j.role == "" {
		j.role = r.Role
	}
	return j
}

// Judge says whether the step that is on has come true. What it found is kept: the sockets that the lesson has named.
func (r *Run) Judge(w World) (v Verdict) {
	s := r.Step()
	if s == nil {
		return Verdict{Outcome: Untold, Seen: names.T("the lesson is over", "这一课已经结束")}
	}
	defer func() {
		if p := recover(); p != nil { // our own fault, and never the learner's
			v = Verdict{Outcome: Untold, Seen: names.T(fmt.Sprintf("the judge itself failed: %v", p), fmt.Sprintf("判断程序自身出错：%v", p))}
		}
	}()
	if v := r.Lacks(w); v.Outcome == Untold {
		return v
	}
	j := r.judge(w, 0)
	v = j.all(s.Expect, r.bound, func(b bindings) Verdict {
		r.bound = b
		return held()
	})
	r.own = j.names(s, j.best(r.bound))
	r.remember(j)
	return v
}

// Look finds out anew what the learner's sockets are called, for what is told next.
func (r *Run) Look(w World) {
	defer func() { _ = recover() }()
	r.own = r.judge(w, 0).names(r.Step(), r.bound)
}

// Lacks is Untold, and says why, where the machine does not have what the step that is on needs: its lines are better not played.
func (r *Run) Lacks(w World) (v Verdict) {
	if s := r.Step(); s != nil && s.Needs != "" {
		if err := w.Offers(s.Needs); err != nil {
			return untold(err)
		}
	}
	return v
}

// settleTime is how long a step whose lines are played may take to come true, where its file says nothing.
const settleTime = time.Second

// partnerTime is how long the partner's terminal is given to tell of its sockets, before a step is said not to be so.
const partnerTime = 150 * time.Millisecond

// Within is how long after a line the step that is on may take to come true.
func (r *Run) Within() time.Duration {
	s := r.Step()
	switch {
	case s == nil:
		return 0
	case r.Role != "" && slices.ContainsFunc(s.Expect, func(e *Expect) bool { return e.asksOf(r.Partner()) }):
		return max(time.Duration(s.Within), partnerTime)
	}
	return time.Duration(s.Within)
}

// asksOf reports whether an expectation is about a role's sockets.
func (e *Expect) asksOf(role string) bool {
	switch {
	case e.Socket != nil:
		return e.Socket.Role == role
	case e.NoSocket != nil:
		return e.NoSocket.Role == role
	case e.Not != nil:
		return e.Not.asksOf(role)
	}
	asks := func(e *Expect) bool { return e.asksOf(role) }
	return slices.ContainsFunc(e.All, asks) || slices.ContainsFunc(e.Any, asks)
}

// Patience is how long the step that is on may take to come true once its lines have been played.
func (r *Run) Patience() time.Duration {
	if s := r.Step(); s != nil && s.Within > 0 {
		return time.Duration(s.Within)
	}
	return settleTime
}

// remember keeps what was seen of the sockets, for the time when the world no longer tells of them.
func (r *Run) remember(j *judge) {
	for _, all := range j.known {
		for _, s := range all {
			r.gone[s.ID] = s
		}
	}
}

// NearMiss gives the near-miss that was made since the last judgement, nil for none. It is asked after Judge, once an act.
func (r *Run) NearMiss(w World) (found *NearMiss) {
	s := r.Step()
	if s == nil {
		return nil
	}
	defer func() { _ = recover() }()
	since := r.judged
	r.judged = r.Record.len()
	for i, n := range s.Wrong {
		j := r.judge(w, since)
		is := j.all(n.When, r.bound, func(bindings) Verdict { return held() }).Outcome == Held
		if is && found == nil && (!r.was[i] || slices.ContainsFunc(n.When, ofActs)) {
			found = n
		}
		r.was[i] = is
	}
	return found
}

// ofActs reports whether an expectation is about what was done, not about what is.
func ofActs(e *Expect) bool {
	switch {
	case e.Call != nil, e.Received != nil, e.Sent != nil, e.Packet != nil, e.Note != "", e.Error != nil:
		return true
	case e.Value != nil:
		return !e.Value.Kept
	case e.Not != nil:
		return ofActs(e.Not)
	}
	return slices.ContainsFunc(e.All, ofActs) || slices.ContainsFunc(e.Any, ofActs)
}

// A Passed is how a step ended.
type Passed struct {
	Step      *Step
	How       How
	Hints     int
	Predicted string // the choice, as the file has it; "" where none was made
	Measured  string // the right choice; "" where there was no question, or nothing was measured
	Value     string // what was measured
	Why       error  // nothing could be measured here
}

// Right reports whether the prediction was.
func (p Passed) Right() bool { return p.Predicted != "" && p.Predicted == p.Measured }

// Pass ends the step that is on, and goes on to the next.
func (r *Run) Pass(w World, how How) Passed {
	s := r.Step()
	p := Passed{Step: s, How: how, Hints: r.hints, Predicted: r.answer}
	if s.Predict != nil {
		j := r.judge(w, 0)
		if v, err := j.measure(s.Predict.Key, r.bound); err != nil {
			p.Why = err
		} else {
			p.Value = v
			if i := j.right(s.Predict, v, r.bound); i >= 0 {
				p.Measured = s.Predict.Choices[i].Is
			}
		}
	}
	r.enter(r.at + 1)
	return p
}

// Hint gives the next hint, and how many were given with it; the last again where there are no more.
func (r *Run) Hint() (t names.Text, n int) {
	s := r.Step()
	r.hints = min(r.hints+1, len(s.Hints))
	return r.Fill(s.Hints[r.hints-1]), r.hints
}

// Hints is how many hints were given in this step.
func (r *Run) Hints() int { return r.hints }

// Choices are the answers to the step's question, as they are written in both languages.
func (r *Run) Choices(p *Predict) (all []names.Text) {
	for _, c := range p.Choices {
		t := names.Text{En: c.Is, Zh: c.Is}
		if !c.Say.IsZero() {
			t = c.Say
		}
		all = append(all, r.Fill(t))
	}
	return all
}

// Errors of Predict.
var (
	ErrNoQuestion = errors.New("there is no question")
	ErrNoChoice   = errors.New("no choice is called so")
)

// Predict answers the step's question: with a choice's letter, or its words. It gives the choice.
func (r *Run) Predict(answer string) (letter int, err error) {
	s := r.Step()
	if s == nil || s.Predict == nil {
		return 0, ErrNoQuestion
	}
	var en, zh, is []string
	for i, c := range r.Choices(s.Predict) {
		en, zh, is = append(en, c.En), append(zh, c.Zh), append(is, fill(s.Predict.Choices[i].Is, r.Vars))
	}
	i := -1
	for _, written := range [][]string{en, zh, is} {
		if i < 0 {
			i = choose(answer, written)
		}
	}
	if i < 0 {
		return 0, ErrNoChoice
	}
	r.answer = s.Predict.Choices[i].Is
	return i, nil
}

// Predicted reports whether the question was answered.
func (r *Run) Predicted() bool { return r.answer != "" }

// Relevant reports whether an act is about sockets, and not one of those that only look.
func Relevant(a *sockets.Act) bool {
	for _, st := range a.Steps {
		if c, ok := st.(sockets.Call); ok && !c.Scaffold && !strings.HasPrefix(c.Op, "get") && c.Op != "poll" {
			return true
		}
	}
	return false
}
