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
		List   []map[string]any
		Fields map[string]any
	}
	Error *struct{ Op, Errno, Kind, Message, Fix string }
}

func (a *jsonAct) field(name string) string { text, _ := a.Value.Fields[name].(string); return text }

// A shell is a program that is given lines and answers in JSON.
type shell struct {
	t      *testing.T
	c      *exec.Cmd
	in     io.WriteCloser
	out    *bufio.Scanner
	asides []jsonAct // what belonged to no line
}

// home is what the programs of one user have in common.
func home(t *testing.T) []string {
	t.Helper()
	dir := t.TempDir()
	run := filepath.Join(dir, "run")
	if err := os.Mkdir(run, 0o700); err != nil {
		t.Fatal(err)
	}
	return []string{"HOME=" + dir, "XDG_CONFIG_HOME=" + dir, "XDG_STATE_HOME=" + dir, "XDG_RUNTIME_DIR=" + run}
}

func open(t *testing.T, home []string, args ...string) *shell {
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
		if a.Act > 0 {
			return &a
		}
		s.asides = append(s.asides, a)
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

// plays does its own steps of the lesson that is on, by their first solutions, until the lesson is over.
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
		solutions, _ := s.does("solution").Value.Fields["solutions"].([]any)
		for _, line := range solutions[0].([]any) {
			s.types(line.(string))
		}
		for end := time.Now().Add(longest); s.does("lesson --wait").field("step") == step; time.Sleep(time.Millisecond) {
			if time.Now().After(end) {
				s.t.Fatalf("%s's step %s does not come true: %+v", role, step, s.types("hint").Value)
			}
		}
	}
	s.t.Fatal("the lesson has no end")
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
			})
		}
	}
}
