//go:build unix

package examples

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

// patience is how long a test waits for what must come. It is never waited out where all is well.
const patience = 30 * time.Second

// A program is a process that a test started, with its output so far.
type program struct {
	t     *testing.T
	cmd   *exec.Cmd
	stdin io.WriteCloser
	ended chan struct{} // closed when it has exited and all its output is read

	mu       sync.Mutex
	out, err bytes.Buffer
	news     chan struct{} // closed and made anew at each piece of output
}

// start starts a program; it ends with the test at the latest.
func start(t *testing.T, dir, name string, args ...string) *program {
	t.Helper()
	p := &program{t: t, cmd: exec.Command(name, args...), ended: make(chan struct{}), news: make(chan struct{})}
	p.cmd.Dir = dir
	p.cmd.Stdout, p.cmd.Stderr = teller{p, &p.out}, teller{p, &p.err}
	var err error
	if p.stdin, err = p.cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	t.Cleanup(func() {
		_ = p.cmd.Process.Kill()
		<-p.ended
		if t.Failed() {
			out := p.stdout()
			t.Logf("%s\nstdout:\n%s\nstderr:\n%.4000s", strings.Join(p.cmd.Args, " "), out[max(len(out)-700, 0):], p.stderr())
		}
	})
	return p
}

type teller struct {
	p  *program
	to *bytes.Buffer
}

func (w teller) Write(b []byte) (int, error) {
	w.p.mu.Lock()
	defer w.p.mu.Unlock()
	w.to.Write(b)
	close(w.p.news)
	w.p.news = make(chan struct{})
	return len(b), nil
}

func (p *program) stdout() string { p.mu.Lock(); defer p.mu.Unlock(); return p.out.String() }
func (p *program) stderr() string { p.mu.Lock(); defer p.mu.Unlock(); return p.err.String() }

// says waits until the program has printed what the pattern matches, and returns the match and its groups.
func (p *program) says(pattern string) []string {
	p.t.Helper()
	re := regexp.MustCompile(pattern)
	deadline := time.After(patience)
	for {
		p.mu.Lock()
		found, news := re.FindStringSubmatch(p.out.String()), p.news
		p.mu.Unlock()
		if found != nil {
			return found
		}
		select {
		case <-news:
		case <-p.ended:
			if found := re.FindStringSubmatch(p.stdout()); found != nil {
				return found
			}
			p.t.Fatalf("%s ended (%v) without saying %s", p.cmd.Args, p.cmd.ProcessState, pattern)
		case <-deadline:
			p.t.Fatalf("%s has not said %s", p.cmd.Args, pattern)
		}
	}
}

// types writes to the program's standard input.
func (p *program) types(text string) {
	p.t.Helper()
	if _, err := io.WriteString(p.stdin, text); err != nil {
		p.t.Fatalf("%s: %v", p.cmd.Args, err)
	}
}

// ends waits until the program has exited, and gives its exit status; -1 where a signal ended it.
func (p *program) ends() int {
	p.t.Helper()
	select {
	case <-p.ended:
	case <-time.After(patience):
		_ = p.cmd.Process.Signal(syscall.SIGABRT) // Go lists what runs
		p.t.Fatalf("%s does not end", p.cmd.Args)
	}
	return p.cmd.ProcessState.ExitCode()
}

// kill kills the program and waits until it is gone.
func (p *program) kill() {
	_ = p.cmd.Process.Kill()
	<-p.ended
}

// peer finds a program of the other side. Where it is missing the test is skipped, or fails where SOCKSTEP_REQUIRE=all.
func peer(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err == nil && name == "python3" {
		path, err = pythonItself(path)
	}
	if err == nil {
		return path
	}
	if require {
		t.Fatalf("%s is not installed, and SOCKSTEP_REQUIRE=all: %v", name, err)
	}
	t.Skipf("NOT TESTED: %s is not installed: %v", name, err)
	return ""
}

// pythonItself is the interpreter behind whatever starts it: a version manager's shell script takes long.
var pythonItself = func() func(string) (string, error) {
	var once sync.Once
	var path string
	var err error
	return func(shim string) (string, error) {
		once.Do(func() {
			var out []byte
			out, err = exec.Command(shim, "-c", "import sys; print(sys.executable)").Output()
			path = strings.TrimSpace(string(out))
		})
		return path, err
	}
}()

// python starts one of the folder programs.
func python(t *testing.T, dir, name string, args ...string) *program {
	t.Helper()
	return start(t, dir, peer(t, "python3"), append([]string{filepath.Join(here, "programs", name)}, args...)...)
}

// An act is one line of --json.
type act struct {
	Act      *int     `json:"act"`
	Job      int      `json:"job"`
	Line     *string  `json:"line"`
	OK       *bool    `json:"ok"`
	Expected bool     `json:"expected"`
	Steps    []step   `json:"steps"`
	Value    *value   `json:"value"`
	Error    *failure `json:"error"`
	Python   string   `json:"python"`
}

type step struct {
	Kind        string `json:"kind"`
	Op          string `json:"op"`
	Args        string `json:"args"`
	Ret         int64  `json:"ret"`
	Errno       string `json:"errno"`
	US          int64  `json:"us"`
	Times       int    `json:"times"`
	Scaffold    bool   `json:"scaffold"`
	Interrupted bool   `json:"interrupted"`
	ID          string `json:"id"`
	Text        string `json:"text"`
	Socket      string `json:"socket"`
	Field       string `json:"field"`
	Was         string `json:"was"`
	Now         string `json:"now"`

	// of a packet
	Source         string   `json:"source"`
	Proto          string   `json:"proto"`
	From           string   `json:"from"`
	To             string   `json:"to"`
	Flags          string   `json:"flags"`
	Seq            int64    `json:"seq"`
	Ack            int64    `json:"ack"`
	Len            int      `json:"len"`
	Options        []string `json:"options"`
	Lost           bool     `json:"lost"`
	Retransmission bool     `json:"retransmission"`
	Duplicate      bool     `json:"duplicate"`
	OutOfOrder     bool     `json:"out_of_order"`
	Direction      string   `json:"direction"`
	Window         int      `json:"window"`
	Marks          []string `json:"marks"`
	Checksum       string   `json:"checksum"`
}

type value struct {
	Type   string         `json:"type"`
	Text   string         `json:"text"`
	Base64 string         `json:"base64"`
	Int    int64          `json:"int"`
	List   []any          `json:"list"`
	Fields map[string]any `json:"fields"`
}

type failure struct {
	Op      string `json:"op"`
	Errno   string `json:"errno"`
	Kind    string `json:"kind"`
	Message string `json:"message"`
	Why     string `json:"why"`
	Fix     string `json:"fix"`
	Column  int    `json:"column"`
	Width   int    `json:"width"`
}

func (a act) calls() (all []step) {
	for _, s := range a.Steps {
		if s.Kind == "call" {
			all = append(all, s)
		}
	}
	return all
}

// notes are the ids of an act's notes.
func (a act) notes() string {
	var ids []string
	for _, s := range a.Steps {
		if s.Kind == "note" {
			ids = append(ids, s.ID)
		}
	}
	return strings.Join(ids, " ")
}

func (a act) errno() string {
	if a.Error == nil {
		return ""
	}
	if a.Error.Errno != "" {
		return a.Error.Errno
	}
	return a.Error.Kind
}

// parseActs reads the output of --json. Every line must be one act with the keys that are always there, and no unknown one.
func parseActs(out string) ([]act, error) {
	var acts []act
	for line := range strings.Lines(out) {
		var a act
		d := json.NewDecoder(strings.NewReader(line))
		d.DisallowUnknownFields()
		if err := d.Decode(&a); err != nil {
			return acts, fmt.Errorf("%w in %q", err, line)
		}
		if a.Act == nil || a.Line == nil || a.OK == nil || a.Value == nil {
			return acts, fmt.Errorf("a key is missing in %q", line)
		}
		acts = append(acts, a)
	}
	return acts, nil
}

// A shell is a sockstep that is typed into, line by line.
type shell struct {
	*program
	seen int // acts that were read
}

// open starts a shell.
func open(t *testing.T, dir string) *shell {
	t.Helper()
	return &shell{program: start(t, dir, sockstep, "--json", "--keep-going")}
}

// begin types a line and does not wait for its end.
func (s *shell) begin(line string) { s.t.Helper(); s.types(line + "\n") }

// finished waits for the end of the line that began first of those that have not been waited for. What belongs to no act is passed over.
func (s *shell) finished() act {
	s.t.Helper()
	deadline := time.After(patience)
	for {
		s.mu.Lock()
		out, news := s.out.String(), s.news
		s.mu.Unlock()
		whole := out[:strings.LastIndexByte(out, '\n')+1]
		acts, err := parseActs(whole)
		if err != nil {
			s.t.Fatal(err)
		}
		for s.seen < len(acts) {
			a := acts[s.seen]
			s.seen++
			if *a.Act > 0 {
				return a
			}
		}
		select {
		case <-news:
		case <-s.ended:
			if s.stdout() == out {
				s.t.Fatalf("sockstep ended: %v", s.cmd.ProcessState)
			}
		case <-deadline:
			s.t.Fatal("the line does not end")
		}
	}
}

// do runs a line, which must succeed or fail as it says.
func (s *shell) do(line string) act {
	s.t.Helper()
	s.begin(line)
	a := s.finished()
	if *a.Line != line {
		s.t.Fatalf("typed %q, and the act is %q", line, *a.Line)
	}
	if !*a.OK {
		s.t.Fatalf("%s: %+v", line, *a.Error)
	}
	return a
}

// all runs lines.
func (s *shell) all(lines ...string) {
	s.t.Helper()
	for _, l := range lines {
		s.do(l)
	}
}

// port is the port of a bound socket.
func (s *shell) port(name string) string {
	s.t.Helper()
	text := s.do("inspect " + name + " sockname").Value.Text
	found := regexp.MustCompile(`, (\d+)`).FindStringSubmatch(text)
	if found == nil {
		s.t.Fatalf("%s has no port: %s", name, text)
	}
	return found[1]
}

// leave ends the shell: nothing may be open, and no line have failed.
func (s *shell) leave() {
	s.t.Helper()
	if a := s.do("sockets"); a.Value.Text != "[]" {
		s.t.Errorf("still open: %s", a.Value.Text)
	}
	_ = s.stdin.Close()
	if status := s.ends(); status != 0 || s.stderr() != "" {
		s.t.Errorf("exit status %d, stderr %q", status, s.stderr())
	}
}

// until waits until something holds that no output tells of.
func until(t *testing.T, what string, holds func() bool) {
	t.Helper()
	for end := time.Now().Add(patience); !holds(); {
		if time.Now().After(end) {
			t.Fatalf("waited in vain until %s", what)
		}
		time.Sleep(time.Millisecond)
	}
}

// sessions are the example scripts.
func sessions(t *testing.T) []string {
	t.Helper()
	all, err := filepath.Glob(filepath.Join(here, "*.sock"))
	if err != nil || len(all) == 0 {
		t.Fatalf("no examples: %v", err)
	}
	return all
}

func read(t *testing.T, path string) string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}
