package main

import (
	"bufio"
	"encoding/json"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"sockstep/lessons"
)

// A jsonAct is what the tests of lessons look at in an act.
type jsonAct struct {
	Act   int
	Line  string
	OK    bool
	Value struct {
		Text   string
		List   cards
		Fields map[string]any
	}
	Error *struct{ Op, Errno, Kind, Message, Fix string }
}

// cards are the elements of a list, as far as they are cards.
type cards []map[string]any

func (c *cards) UnmarshalJSON(b []byte) error {
	if json.Unmarshal(b, (*[]map[string]any)(c)) != nil {
		*c = nil
	}
	return nil
}

func (a *jsonAct) field(name string) string { text, _ := a.Value.Fields[name].(string); return text }

// A shell is a program that is given lines and answers in JSON.
type shell struct {
	t      testing.TB
	c      *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	asides []jsonAct // what belonged to no line
}

// home is what the programs of one user have in common.
func home(t testing.TB) []string {
	t.Helper()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_STATE_HOME=" + dir, "XDG_RUNTIME_DIR=" + run, "TMPDIR=" + dir} // those that are killed leave a lesson's file
}

func open(t testing.TB, home []string, args ...string) *shell {
	t.Helper()
	s := &shell{t: t, c: exec.Command("sockstep", append([]string{"--json", "--keep-going"}, args...)...)}
	s.c.Env = append(os.Environ(), home...)
	s.c.Stderr = os.Stderr
	var err error
	if s.in, err = s.c.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := s.c.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	s.out = bufio.NewScanner(out)
	s.out.Buffer(nil, 1<<24)
	if err := s.c.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.kill() })
	return s
}

func (s *shell) kill() {
	s.c.Process.Kill()
	s.c.Wait()
}

// types types a line and gives its act.
func (s *shell) types(line string) *jsonAct {
	s.t.Helper()
	if _, err := io.WriteString(s.in, line+"\n"); err != nil {
		s.t.Fatalf("%s: %v", line, err)
	}
	late := time.AfterFunc(longest, func() {
		s.t.Errorf("%s: no answer after %v", line, longest)
		s.c.Process.Kill()
	})
	defer late.Stop()
	for s.out.Scan() {
		var a jsonAct
		if err := json.Unmarshal(s.out.Bytes(), &a); err != nil {
			s.t.Fatalf("%v: %s", err, s.out.Text())
		}
		if a.Act > 0 && a.Line == line {
			return &a
		}
		s.asides = append(s.asides, a) // or one that skip has played
	}
	s.t.Fatalf("%s: the program has ended", line)
	return nil
}

// does types a line that must succeed.
func (s *shell) does(line string) *jsonAct {
	s.t.Helper()
	a := s.types(line)
	if !a.OK {
		s.t.Fatalf("%s: %+v", line, a.Error)
	}
	return a
}

// said reports whether something was told beside the lines that has these words.
func (s *shell) said(words string) bool {
	return slices.ContainsFunc(s.asides, func(a jsonAct) bool { return strings.Contains(a.Value.Text, words) })
}

// plays does its own steps of the lesson that is on, by their first solutions, under names of its own, until the lesson is over.
func (s *shell) plays(role string) {
	s.t.Helper()
	for range 100 {
		a := s.does("lesson --wait")
		if a.field("outro") != "" {
			return
		}
		if a.field("role") != role {
			s.t.Fatalf("waited for a step of %s, and got one of %s: %+v", role, a.field("role"), a)
		}
		step := a.field("step")
		for _, line := range renamed(s.solution()) {
			s.types(line)
		}
		for end := time.Now().Add(longest); s.does("lesson --wait").field("step") == step; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				s.t.Fatalf("%s's step %s does not come true: %+v", role, step, s.types("hint").Value)
			}
		}
	}
	s.t.Fatal("the lesson has no end")
}

// solution is the first one of the step that is on.
func (s *shell) solution() (lines []string) {
	s.t.Helper()
	a := s.does("solution")
	all, _ := a.Value.Fields["solutions"].([]any)
	if len(all) == 0 {
		s.t.Fatalf("no solution: %+v\n%+v", a, s.asides)
	}
	for _, line := range all[0].([]any) {
		lines = append(lines, line.(string))
	}
	return lines
}

// paired are the lessons with two ends.
func paired(t *testing.T) (all []lessons.Head) {
	t.Helper()
	course, err := lessons.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range course.Heads() {
		if len(h.Roles) > 0 {
			all = append(all, h)
		}
	}
	if len(all) == 0 {
		t.Fatal("no lesson has two ends")
	}
	return all
}

// TestAlone: each end of each lesson that has two can be done alone, in both languages: the program plays the other one, as a
// process of its own, which ends with the lesson.
func TestAlone(t *testing.T) {
	for _, h := range paired(t) {
		for i, role := range h.Roles {
			lang := []string{"en", "zh"}[i%2]
			t.Run(h.ID+"/"+role+"/"+lang, func(t *testing.T) {
				s := open(t, home(t), "--lang", lang)
				s.does("lesson " + h.ID + " --as " + role)
				s.plays(role)
				story := s.does("timeline").Value.List
				for _, r := range h.Roles {
					if !slices.ContainsFunc(story, func(m map[string]any) bool { return m["role"] == r && m["kind"] == "act" }) {
						t.Errorf("the timeline tells nothing of %s", r)
					}
				}
				p := s.does("progress").Value.Fields["lessons"].([]any)[0].(map[string]any)
				n := func(name string) float64 { n, _ := p[name].(float64); return n }
				if n("done")+n("partner") != n("steps") || n("done") == 0 || n("partner") == 0 || n("untold") > 0 {
					t.Errorf("the progress is %+v", p)
				}
			})
		}
	}
}

// TestTwoTerminals: two processes do a lesson, each its own end, in two languages.
func TestTwoTerminals(t *testing.T) {
	for _, h := range paired(t) {
		for i, role := range h.Roles {
			t.Run(h.ID+"/"+role, func(t *testing.T) {
				user := home(t)
				a := open(t, user, "--lang", "en")
				a.does("lesson " + h.ID + " --as " + role)
				b := open(t, user, "--lang", "zh")
				if got := b.does("lesson join").field("role"); got == "" {
					t.Error("whoever joins is not told whose step it is")
				}
				done := make(chan bool)
				go func() {
					defer close(done)
					b.plays(h.Roles[1-i])
				}()
				a.plays(role)
				<-done
				if !a.said("has come: the terminal of process") {
					t.Errorf("nobody has come: %+v", a.asides)
				}
				// They are one user's, who has done both ends, and saved at the same moments.
				p := a.does("progress").Value.Fields["lessons"].([]any)[0].(map[string]any)
				if p["done"] != p["steps"] {
					t.Errorf("the progress is %+v", p)
				}
			})
		}
	}
}

// solves does the step that is on by its first solution, and says which it was.
func (s *shell) solves() string {
	s.t.Helper()
	step := s.does("lesson --wait").field("step")
	for _, line := range s.solution() {
		s.types(line)
	}
	return step
}

// at waits until the lesson stands at a step.
func (s *shell) at(step string) {
	s.t.Helper()
	var got string
	for end := time.Now().Add(longest); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if got = s.does("lesson").field("step"); got == step {
			return
		}
	}
	s.t.Fatalf("the lesson stands at %s, not at %s: %+v\n%+v", got, step, s.types("hint"), s.asides)
}

// hears waits until something was told beside the lines.
func (s *shell) hears(words string) {
	s.t.Helper()
	for end := time.Now().Add(longest); !s.said(words); time.Sleep(10 * time.Millisecond) {
		if s.does("print x"); time.Now().After(end) {
			s.t.Fatalf("%q was not told: %+v", words, s.asides)
		}
	}
}

// two are two terminals of one user in tcp-echo: a server and a client.
func two(t *testing.T) (user []string, a, b *shell) {
	t.Helper()
	user = home(t)
	a = open(t, user)
	a.does("lesson tcp-echo")
	b = open(t, user)
	b.does("lesson join")
	return user, a, b
}

// TestPartnerDies: whoever is left is told, and both stand at the same step again once somebody has come back, or the program
// has taken the place. What was open at the step is open again, at both ends.
func TestPartnerDies(t *testing.T) {
	user, a, b := two(t)
	a.solves()
	b.solves()
	b.at("send")
	b.kill()
	a.hears("client is gone")
	a.at("send")

	b = open(t, user, "-c", "lesson join tcp-echo", "-c", "sockets", "-c", "send k hello")
	for _, want := range []string{"send", "k", "5"} {
		if !b.out.Scan() || !strings.Contains(b.out.Text(), want) {
			t.Errorf("%q is not in %s", want, b.out.Text())
		}
	}
	a.hears("Both ends were set up afresh")
	a.hears("client has left") // at the end of its script
	if e := a.types("next").Error; e == nil || e.Kind != "no-partner" || e.Fix != "lesson alone" {
		t.Errorf("to wait for nobody gives %+v", e)
	}
	a.does("lesson alone")
	if e := a.types("lesson alone").Error; e == nil || e.Kind != "taken" {
		t.Errorf("one who is there already: %+v", e)
	}
	a.plays("server")

	// The one that opened the lesson may die, too.
	user, a, b = two(t)
	a.solves()
	b.at("connect")
	a.kill()
	b.hears("server is gone")
	a = open(t, user)
	a.does("lesson join")
	a.at("connect")
	done := make(chan bool)
	go func() { defer close(done); a.plays("server") }()
	b.plays("client")
	<-done
}

// TestBeginsAgain: either end may begin a step again, go to another one, or have its own played: the other comes along, whatever
// it does just then.
func TestBeginsAgain(t *testing.T) {
	_, a, b := two(t)
	a.solves()
	b.solves()
	b.solves()
	a.at("accept")
	if e := b.types("skip").Error; e == nil || e.Kind != "not-yours" || e.Fix != "next" {
		t.Errorf("to skip the partner's step gives %+v", e)
	}
	b.does("goto connect")
	a.hears("client has begun at this step")
	a.at("connect")

	waits := make(chan *jsonAct)
	go func() { waits <- a.types("c, addr = accept s") }() // before its time: nobody has connected yet
	b.hears("'line': 'c, addr = accept s'")                // a waits in the call
	b.does("again")                                        // and s is closed meanwhile
	if act := <-waits; act.Error == nil || act.Error.Kind != "cancelled" && act.Error.Errno != "EBADF" {
		t.Errorf("a line whose socket is closed by a new beginning gives %+v %+v", act, act.Error)
	}
	a.at("connect")
	b.at("connect")
	b.does("skip")
	a.at("send")
	b.solves()
	a.at("accept")
	a.does("skip")
	b.at("answer")
	a.solves()
	b.at("again")

	for range 5 { // both at once
		done := make(chan bool)
		go func() { defer close(done); a.types("again") }()
		b.types("again")
		<-done
	}
	a.at("again")
	b.at("again")
	done := make(chan bool)
	go func() { defer close(done); a.plays("server") }()
	b.plays("client")
	<-done
}

// TestEarly: what was done before the partner had done its step counts, for the one that comes then.
func TestEarly(t *testing.T) {
	_, a, b := two(t)
	a.solves()
	waits := make(chan *jsonAct)
	go func() { waits <- a.types("c, addr = accept s") }()
	b.solves()
	if act := <-waits; !act.OK {
		t.Fatalf("%+v", act.Error)
	}
	b.solves()
	a.at("accept") // its question is still to be answered
	a.hears("send k ")
	a.does("predict b")
	a.at("answer")
}

// TestWaits: whoever waits in a call is seen to, at the other end, while it lasts; how long it was stands on the timeline.
func TestWaits(t *testing.T) {
	_, a, b := two(t)
	a.solves()
	b.does("lesson --wait")
	waits := make(chan *jsonAct)
	go func() { waits <- a.types("c, addr = accept s") }()
	b.hears("'line': 'c, addr = accept s'")
	b.solves()
	if act := <-waits; !act.OK {
		t.Fatalf("%+v", act.Error)
	}
	a.hears("connect tcp") // what each has told has come to the other
	b.hears("'result': '= c'")
	for _, s := range []*shell{a, b} {
		kinds := ""
		for _, m := range s.does("timeline").Value.List {
			if m["role"] == "server" && m["line"] == "c, addr = accept s" {
				kinds += m["kind"].(string) + " "
				if waited, _ := m["waited"].(float64); m["kind"] == "act" && waited < 100_000 {
					t.Errorf("it waited %v µs", waited)
				}
			}
		}
		if kinds != "act " { // it waits no more
			t.Errorf("on the timeline stands %q", kinds)
		}
	}
}
