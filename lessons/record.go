package lessons

import (
	"sync"
	"time"

	"sockstep/sockets"
)

// A Record remembers the acts of the learners: it is an Observer of a session. The zero Record is empty.
type Record struct {
	mu   sync.Mutex
	acts []recorded
}

type recorded struct {
	role string
	act  *sockets.Act
	over time.Time
}

// mostRecorded bounds how many acts of one step are remembered, the newest.
const mostRecorded = 4096

// Observe remembers an act of the learner's own when it is over.
func (r *Record) Observe(a *sockets.Act, s sockets.Step) {
	if s == nil {
		r.Add("", a)
	}
}

// Add remembers an act of a role's.
func (r *Record) Add(role string, a *sockets.Act) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if IsEvent(a.Value) {
		return
	}
	if len(r.acts) == mostRecorded {
		r.acts = append(r.acts[:0], r.acts[mostRecorded/2:]...)
	}
	r.acts = append(r.acts, recorded{role, a, time.Now()})
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

// since gives the acts of a role from a mark on.
func (r *Record) since(mark int, role string) (acts []*sockets.Act) {
	for _, a := range r.recorded(mark, role) {
		acts = append(acts, a.act)
	}
	return acts
}

// recorded gives them with what is known beside them.
func (r *Record) recorded(mark int, role string) (all []recorded) {
	r.mu.Lock()
	defer r.mu.Unlock()
	for _, a := range r.acts[min(mark, len(r.acts)):] {
		if a.role == role {
			all = append(all, a)
		}
	}
	return all
}
