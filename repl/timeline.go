package repl

import (
	"errors"
	"slices"
	"strconv"
	"time"

	"sockstep/lessons"
	"sockstep/sockets"
)

// A Moment is one thing on the timeline of a lesson that has two ends.
type Moment struct {
	At      time.Time       `json:"at"` // when it began
	Role    string          `json:"role,omitempty"`
	Kind    string          `json:"kind,omitempty"` // act, waits, packet, came, left, begin
	Program bool            `json:"program,omitempty"`
	Line    string          `json:"line,omitempty"`
	Result  string          `json:"result,omitempty"`
	Failed  bool            `json:"failed,omitempty"`
	Waited  time.Duration   `json:"waited,omitempty"` // within its calls, where that was long
	Calls   []string        `json:"calls,omitempty"`
	Packet  *sockets.Packet `json:"-"`
}

// mostMoments bounds how many are remembered; waits are told from longWait on.
const (
	mostMoments = 2000
	longWait    = 100 * time.Millisecond
)

func (p *pair) tell(m Moment) {
	if m.At.IsZero() {
		m.At = time.Now()
	}
	if i := p.waiting(m); i >= 0 && m.Kind == "act" { // it waits no more: the line's own moment says how long it has
		p.story = slices.Delete(p.story, i, i+1)
	}
	if len(p.story) == mostMoments {
		p.story = append(p.story[:0], p.story[mostMoments/2:]...)
	}
	p.story = append(p.story, m)
}

// waiting is the moment that told of the same line that it waits, -1 for none.
func (p *pair) waiting(m Moment) int {
	return slices.IndexFunc(p.story, func(w Moment) bool { return w.Kind == "waits" && w.Role == m.Role && w.Line == m.Line })
}

// setUp reports whether both ends were being set up at a time: what went between them then is nobody's doing.
func (p *pair) setUp(at time.Time) bool {
	return slices.ContainsFunc(p.setUps, func(d [2]time.Time) bool { return !at.Before(d[0]) && at.Before(d[1]) })
}

// tellDone tells the partner what a line of this terminal's did, when it is over. It is an observer.
func (s *Session) tellDone(a *sockets.Act, st sockets.Step) {
	if a.Line == "" {
		return
	}
	if c, called := st.(sockets.Call); called { // which a job makes beside the session
		if _, begun := s.firstCalls.Load(a); !begun {
			s.firstCalls.Store(a, time.Now().Add(-c.Took))
		}
		return
	}
	if st != nil {
		return
	}
	began, _ := s.firstCalls.LoadAndDelete(a)
	p := s.paired()
	if p == nil {
		return
	}
	at, _ := began.(time.Time)
	m := Moment{At: at, Role: s.lesson.run.Role, Kind: "act", Line: a.Line}
	if lessons.IsEvent(a.Value) {
		return
	}
	for _, st := range a.Steps {
		if c, ok := st.(sockets.Call); ok && !c.Scaffold {
			m.Waited += c.Took
			result := strconv.FormatInt(c.Ret, 10)
			if c.Errno != "" {
				result = c.Errno
			}
			m.Calls = append(m.Calls, c.Op+"("+c.Args+") = "+result)
		}
	}
	m.shorten()
	if i := p.waiting(m); m.Calls == nil {
		if i < 0 {
			return
		}
		m.At = p.story[i].At.Add(-waitsLong) // it was told to wait: that it does no more is told, too
	}
	if m.Waited < longWait {
		m.Waited = 0
	}
	var e *sockets.Error
	if errors.As(a.Err, &e) {
		m.Result, m.Failed = e.Errno, true
		if m.Result == "" {
			m.Result = e.Kind
		}
	} else if a.Value.Type != sockets.NoValue {
		m.Result = "= " + a.Value.Text
	}
	m.shorten()
	p.tell(m)
	p.send(message{Kind: "act", Act: &m})
}

// The longest line and result that are told, in characters, and how many calls.
const (
	longestTold = 400
	mostCalls   = 20
)

// shorten bounds what a moment holds: a message may be a megabyte, and a line has a thousand calls.
func (m *Moment) shorten() {
	cut := func(s string) string {
		if r := []rune(s[:min(len(s), 4*longestTold+4)]); len(r) > longestTold {
			return string(r[:longestTold]) + "…"
		}
		return s
	}
	m.Line, m.Result = cut(m.Line), cut(m.Result)
	m.Calls = slices.Clone(m.Calls[:min(len(m.Calls), mostCalls)])
	for i := range m.Calls {
		m.Calls[i] = cut(m.Calls[i])
	}
}

// waitsLong is how long a line waits before the partner is told that it does: then it is for the partner to do something.
const waitsLong = 300 * time.Millisecond

// tellWaits tells the partner that a line waits, once it has done so for a while. What it gives is to be called when the line is over.
func (s *Session) tellWaits(e *Env) (over func()) {
	if !s.paired().there() || e.Command.Group == Learn || s.lesson.run == nil {
		return func() {}
	}
	act := e.Act
	t := time.AfterFunc(waitsLong, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		p := s.paired()
		if p == nil || p.coming || s.lesson.free || e.Act != act || !slices.Contains(s.waiting, e) {
			return
		}
		m := Moment{At: time.Now(), Role: s.lesson.run.Role, Kind: "waits", Line: act.Line}
		m.shorten()
		p.tell(m)
		p.send(message{Kind: "act", Act: &m})
	})
	return func() { t.Stop() }
}

// Timeline are the moments of the lesson that is on, in their order: what the lines of both ends did, and the packets between.
// roles are the two ends, as the lesson has them, and labels what they are called.
func (e *Env) Timeline() (all []Moment, roles, labels [2]string, err error) {
	g, err := e.running()
	if err != nil {
		return nil, roles, labels, err
	}
	p := g.pair
	if p == nil {
		return nil, roles, labels, e.oneEnd()
	}
	all = slices.Clone(p.story)
	roles = [2]string(g.run.Lesson.Roles)
	for i, role := range roles {
		label, _ := g.run.Lesson.RoleName(role)
		labels[i] = label.In(e.Lang())
	}
	for _, x := range e.Story() {
		if x.Packet == nil || x.At.Before(p.since) || p.setUp(x.At) {
			continue
		}
		role := g.run.Role
		if !x.Packet.Sent {
			role = g.run.Partner()
		}
		all = append(all, Moment{At: x.At, Role: role, Kind: "packet", Packet: x.Packet})
	}
	slices.SortStableFunc(all, func(a, b Moment) int { return a.At.Compare(b.At) })
	return all, roles, labels, nil
}
