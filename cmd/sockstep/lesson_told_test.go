package main

import (
	"regexp"
	"strings"
	"testing"
	"time"
)

// named finds the address that a step's text names.
func named(t *testing.T, a *jsonAct) string {
	t.Helper()
	m := regexp.MustCompile(`127\.0\.0\.1:(\d+)`).FindStringSubmatch(a.Value.Text)
	if m == nil {
		t.Fatalf("no port in %s", a.Value.Text)
	}
	return m[0]
}

// TestHintsInOwnWords: what a lesson proposes can be typed as it stands, whatever the sockets are called; and it says of a call that was
// made on another socket just that.
func TestHintsInOwnWords(t *testing.T) {
	s := open(t, home(t))
	at := named(t, s.does("lesson coalesced"))
	s.does("x = listen tcp " + at)
	s.does("hint")
	s.does("hint")
	if hint := s.does("hint").field("hint"); !strings.Contains(hint, "`x = listen tcp "+at+"`, `k = connect tcp "+at+"`, `c = accept x`") {
		t.Errorf("with x made, the hint is %s", hint)
	}
	s.does("y = connect tcp " + at)
	s.does("z = accept x")
	if text := s.does("lesson").field("python"); text != "" && !strings.Contains(text, "y.send(") {
		t.Errorf("the step is told in Python as %s", text)
	}
	s.does("hint")
	if hint := s.does("hint").field("hint"); hint != "`send` twice on y, then `recv` once on z." {
		t.Errorf("the second hint is %s", hint)
	}
	if hint := s.does("hint").field("hint"); !regexp.MustCompile("^`send y \\d+`, `send y \\d`, then `recv z 1024`$").MatchString(hint) {
		t.Errorf("the third hint is %s", hint)
	}
	s.does("send z 69")
	s.types("print x")
	if !s.said("send was called on z, not on y") || s.said("no send") {
		t.Errorf("after z has sent, this was told: %+v", s.asides)
	}
	for _, line := range s.solution() {
		s.does(line)
	}
	if step := s.does("lesson").field("step"); step != "one-send" {
		t.Errorf("after the solution as shown the lesson stands at %s", step)
	}
}

// TestHintsOfTwoEnds: the same in a lesson with two ends; and of a step that was done early it is told that it is done.
func TestHintsOfTwoEnds(t *testing.T) {
	_, a, b := two(t)
	at := named(t, a.does("lesson"))
	a.does("q = listen tcp " + at + " 5")
	a.does("c = accept q &")
	b.does("lesson --wait")
	b.does("s = connect tcp " + at)
	b.does("hint")
	b.does("hint")
	hint := b.does("hint").field("hint")
	line := strings.Trim(hint, "`")
	if !strings.HasPrefix(line, "send s ") {
		t.Fatalf("the hint is %s", hint)
	}
	b.does(line)
	a.at("accept")
	for _, line := range []string{"hint", "solution", "hint"} {
		act := a.does(line)
		if said := act.field("said"); !strings.Contains(said, "already") || !strings.Contains(said, "`predict`") || !strings.Contains(said, "`next`") || act.field("hint") != "" || act.Value.Fields["solutions"] != nil {
			t.Errorf("%s of a step that is done says %+v", line, act.Value.Fields)
		}
	}
	a.does("next")
	if step := a.does("lesson").field("step"); step != "answer" {
		t.Errorf("next leads to %s", step)
	}
	if got := a.solution(); got[0] != "data = recv c 1024" {
		t.Errorf("the solution is %q", got)
	}
}

// TestTimelineOfEndedWaits: what no longer waits is not told to wait, however it has ended, at either end.
func TestTimelineOfEndedWaits(t *testing.T) {
	_, a, b := two(t)
	at := named(t, a.does("lesson"))
	a.does("q = listen tcp " + at + " 5")
	b.does("lesson --wait")
	for _, line := range []string{"c, addr = accept q --timeout 0.6", "sleep 0.6"} {
		done := make(chan bool)
		go func() { defer close(done); a.types(line) }()
		b.hears("'line': '" + line + "'")
		<-done
		for _, s := range []*shell{a, b} {
			var kinds []string
			for end := time.Now().Add(longest); strings.Join(kinds, " ") != "act" && time.Now().Before(end); {
				kinds = nil
				for _, m := range s.does("timeline").Value.List {
					if m["line"] == line {
						kinds = append(kinds, m["kind"].(string))
					}
				}
			}
			if strings.Join(kinds, " ") != "act" {
				t.Errorf("of %s the timeline tells %q", line, kinds)
			}
		}
	}
}

// TestSkipKeepsValues: what skip plays is what stands on the screen.
func TestSkipKeepsValues(t *testing.T) {
	s := open(t, home(t))
	s.does("lesson coalesced")
	for range 2 {
		model := s.solution()
		s.asides = nil
		s.does("skip")
		for i, line := range model {
			if i >= len(s.asides) || s.asides[i].Line != line {
				t.Errorf("played were, of %q, %+v", model, s.asides)
			}
		}
	}
	at := named(t, s.does("goto connection"))
	model := s.solution()
	other := open(t, home(t))
	other.does("s = listen tcp " + at) // somebody takes the port
	s.asides = nil
	s.does("skip")
	if s.said(model[0]) || !s.said("What was "+at[len("127.0.0.1:"):]+" in the text is ") {
		t.Errorf("with another port, this was told: %+v", s.asides)
	}
}

// TestLessonsEndWithWhatToType: the list is longer than the screen, and its last row says how one begins.
func TestLessonsEndWithWhatToType(t *testing.T) {
	s := seatAt(t, 80, 24)
	screen := s.does("lessons", "29")
	if rows := strings.Split(strings.TrimSpace(screen), "\n"); !strings.Contains(strings.Join(rows[max(len(rows)-4, 0):], "\n"), "lesson ID") {
		t.Errorf("the screen ends with\n%s", screen)
	}
	s.types("exit\r")
	s.ends()
	if list := open(t, home(t)).does("lessons").Value; strings.Contains(list.Text, "lesson ID") {
		t.Errorf("the value is %s", list.Text)
	}
}
