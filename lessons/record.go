package lessons

import (
	"errors"
	"slices"
	"sync"
	"time"

	"sockstep/sockets"
)

// A Record remembers the acts of a learner: it is an Observer of a session. The zero Record is empty.
type Record struct {
	mu   sync.Mutex
	acts []recorded
}

type recorded struct {
	act  *sockets.Act
	over time.Time
}

// mostRecorded bounds how many acts of one step are remembered, the newest.
const mostRecorded = 4096

// Observe remembers an act when it is over.
func (r *Record) Observe(a *sockets.Act, s sockets.Step) {
	if s == nil {
		r.add(a)
	}
}

func (r *Record) add(a *sockets.Act) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if IsEvent(a.Value) || talk(a.Err) {
		return
	}
	if len(r.acts) == mostRecorded {
		r.acts = append(r.acts[:0], r.acts[mostRecorded/2:]...)
	}
	r.acts = append(r.acts, recorded{a, time.Now()})
}

// talk reports whether a line failed that was said to the lesson: what a lesson asks of lines is not asked of that.
func talk(err error) bool {
	var e *sockets.Error
	return errors.As(err, &e) && slices.Contains([]string{"no-lesson", "no-question", "not-yet", "not-yours", "no-partner", "one-end", "refused", "taken", "lessons"}, e.Kind)
}

// reset forgets everything: a step begins.
func (r *Record) reset() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.acts = nil
}

func (r *Record) len() int {
	r.mu.Lock()
	defer r.mu.Unlock()
	return len(r.acts)
}

// since gives the acts from a mark on.
func (r *Record) since(mark int) (acts []*sockets.Act) {
	for _, a := range r.recorded(mark) {
		acts = append(acts, a.act)
	}
	return acts
}

// recorded gives them with what is known beside them.
func (r *Record) recorded(mark int) []recorded {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.acts[min(mark, len(r.acts)):])
}
