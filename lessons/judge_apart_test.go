package lessons

import (
	"testing"
	"time"

	"sockstep/sockets"
)

// TestCallApart: only calls count that are so far apart; a hasty one begins a new row.
func TestCallApart(t *testing.T) {
	is := &CallIs{Op: "send", Times: "2", Apart: Duration(100 * time.Millisecond)}
	for _, test := range []struct {
		at   []time.Duration
		want Outcome
	}{
		{[]time.Duration{0}, NotYet},
		{[]time.Duration{0, 99 * time.Millisecond}, NotYet},
		{[]time.Duration{0, 100 * time.Millisecond}, Held},
		{[]time.Duration{0, 10 * time.Millisecond, 200 * time.Millisecond}, Held},
		{[]time.Duration{0, 200 * time.Millisecond, 210 * time.Millisecond}, NotYet},
	} {
		r := &Record{}
		for _, at := range test.at {
			a := sockets.NewAct(1, "")
			a.Steps = append(a.Steps, sockets.Call{Op: "sendto", Args: `3, "x", 1, 0`, Ret: 1})
			r.acts = append(r.acts, recorded{act: a, over: time.Unix(0, 0).Add(at)})
		}
		if v := (&judge{record: r}).call(is, nil); v.Outcome != test.want {
			t.Errorf("sends at %v: %v, want %v", test.at, v.Outcome, test.want)
		} else if v.Outcome == NotYet && v.Seen.IsZero() {
			t.Errorf("sends at %v: nothing is said", test.at)
		}
	}
}
