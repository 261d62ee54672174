package lessons

import (
	"errors"
	"strings"
	"testing"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

func begin(t *testing.T, w World) *Run {
	t.Helper()
	l, err := Read("01-sample.yaml", []byte(skeletal(t)))
	if err != nil {
		t.Fatal(err)
	}
	r, err := Begin(l, w, "")
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestRun goes through a lesson: a near-miss, a prediction, hints, and a socket that is closed and told of no more.
func TestRun(t *testing.T) {
	w := &fakeWorld{}
	r := begin(t, w)
	if got := r.Fill(r.Step().Text).En; got != "Let a TCP socket listen at 127.0.0.1:40001." {
		t.Error(got)
	}
	refused := acted(sockets.Value{}, &sockets.Error{Op: "connect", Errno: "ECONNREFUSED"}, sockets.Call{Op: "connect", Args: "5", Ret: -1, Errno: "ECONNREFUSED"})
	for range 2 { // the same mistake gets the same answer again
		r.Record.Observe(refused, nil)
		if v := r.Judge(w); v.Outcome != NotYet {
			t.Errorf("%+v", v)
		}
		if n := r.NearMiss(w); n == nil || !strings.Contains(n.Say.En, "Nobody listens") {
			t.Errorf("%+v", n)
		}
	}
	if n := r.NearMiss(w); n != nil {
		t.Error("a near-miss was made without an act", n.Say)
	}
	if !Relevant(refused) || Relevant(acted(sockets.IntOf(1), nil, sockets.Call{Op: "getsockname"})) {
		t.Error("a connect is relevant, a look is not")
	}

	if _, err := r.Predict("z"); !errors.Is(err, ErrNoChoice) {
		t.Error(err)
	}
	if i, err := r.Predict("B"); err != nil || i != 1 {
		t.Error(i, err)
	}
	if i, err := r.Predict("established"); err != nil || i != 2 {
		t.Error(i, err)
	}
	for want := 1; want <= 4; want++ {
		if hint, n := r.Hint(); n != min(want, 3) || hint.Zh == "" {
			t.Error(hint, n)
		}
	}

	w.sockets = []Socket{listening}
	if v := r.Judge(w); v.Outcome != Held {
		t.Fatalf("%+v", v)
	}
	p := r.Pass(w, Done)
	if p.Step.ID != "listen" || p.Predicted != "ESTABLISHED" || p.Measured != "LISTEN" || p.Right() || p.Hints != 3 {
		t.Errorf("%+v", p)
	}
	if v := r.Judge(w); v.Outcome != NotYet || v.Seen.En != "mine (tcp, 127.0.0.1:40001) is still open" {
		t.Errorf("%+v", v)
	}
	if _, err := r.Predict("a"); !errors.Is(err, ErrNoQuestion) {
		t.Error(err)
	}
	w.sockets = nil // its name was taken by another
	if v := r.Judge(w); v.Outcome != Held {
		t.Errorf("%+v", v)
	}
	r.Pass(w, Skipped)
	if r.Step() != nil || r.Judge(w).Outcome != Untold {
		t.Error("the lesson is over")
	}
}

// TestJudgePanics: our own fault is never the learner's.
func TestStepNeeds(t *testing.T) {
	w := &fakeWorld{lacks: errors.New("no luck here")}
	r := begin(t, w)
	r.Step().Needs = "raw"
	if v := r.Judge(w); v.Outcome != Untold || v.Seen.En != "no luck here" {
		t.Errorf("%+v", v)
	}
	if v := r.Lacks(w); v.Outcome != Untold {
		t.Errorf("%+v", v)
	}
	w.lacks = nil
	if v := r.Judge(w); v.Outcome != NotYet || r.Lacks(w).Outcome == Untold {
		t.Errorf("%+v", v)
	}
}

func TestJudgePanics(t *testing.T) {
	r := begin(t, &fakeWorld{})
	if v := r.Judge(nil); v.Outcome != Untold || v.Seen.Zh == "" {
		t.Errorf("%+v", v)
	}
}

func TestDraw(t *testing.T) {
	w := &fakeWorld{}
	drawn, err := draw(map[string]string{"a": "random-word", "b": "random-word", "n": "random-number 3 9", "p": "temp-path"}, nil, w)
	if err != nil || drawn["a"] == drawn["b"] || drawn["n"] < "3" || drawn["n"] > "9" || drawn["p"] != "/tmp/x" {
		t.Error(drawn, err)
	}
}

func TestEvent(t *testing.T) {
	v := Event{Lesson: "udp", Step: "cut", Verdict: "not-yet", Missing: names.T("it", "它")}.Value(names.Chinese)
	if !IsEvent(v) || IsEvent(sockets.CardOf(sockets.Field{Name: "lesson"})) || IsEvent(sockets.IntOf(1)) {
		t.Error(v)
	}
	for name, want := range map[string]string{"lesson": "udp", "step": "cut", "verdict": "not-yet", "text": "", "missing": "它"} {
		if f, ok := v.Field(name); !ok || f.Text != want {
			t.Errorf("%s: %q", name, f.Text)
		}
	}
}
