package main

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// TestReadmeSessions plays each session of the README again, and compares. In a session's block, lines after › are typed
// in sockstep, and those after $ in another terminal; all the rest is what they gave, in the order in which it came.
// -update writes down what they give now.
func TestReadmeSessions(t *testing.T) {
	if !privately(t) {
		return
	}
	for _, r := range readReadmes(t) {
		for _, s := range r.sections("session") {
			t.Run(r.lang+"/"+s.name, func(t *testing.T) {
				want := unfenced(s.body)
				lines := typed(want)
				needs(t, lines)
				var got string
				for range 5 { // a busy kernel may show what a line made happen only with the next line
					got = play(t, r.lang, lines)
					if normal(got) == normal(want) {
						return
					}
				}
				skipTaken(t, got)
				if *update {
					r.replace(t, s, fenced("text", got))
					return
				}
				t.Errorf("%s: the session %s is another one now (-want +got); rewrite it with -update:\n%s",
					r.path, s.name, cmp.Diff(normal(want), normal(got)))
			})
		}
	}
}

// TestReadmeLines runs the lines that stand in the README without what they give: they must hold.
func TestReadmeLines(t *testing.T) {
	if !privately(t) {
		return
	}
	for _, r := range readReadmes(t) {
		for i, lines := range r.fences("sockstep") {
			t.Run(r.lang+"/"+strconv.Itoa(i+1), func(t *testing.T) {
				if ok, _ := condition("ipv6", r.lang); !ok {
					lines = regexp.MustCompile(`(?m)^.*\[::1\].*\n`).ReplaceAllString(lines, "")
				}
				dir := stage(t)
				var out []byte
				err := alone(func() (err error) {
					c := exec.Command("sockstep", "--lang", r.lang, "run", "-")
					c.Dir, c.Stdin = dir, strings.NewReader(lines)
					out, err = c.CombinedOutput()
					return err
				})
				if err != nil {
					skipTaken(t, string(out))
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
}

// TestReadmeCourse types what the README says of a course of one's own, line for line, into a shell.
func TestReadmeCourse(t *testing.T) {
	if !privately(t) {
		return
	}
	for _, r := range readReadmes(t) {
		played := 0
		for _, block := range r.fences("sh") {
			if !strings.Contains(block, "--course") {
				continue
			}
			played++
			dir := stage(t)
			c := exec.Command("sh", "-exc", block) // nobody types into it: a lesson shows its step, and ends
			c.Dir = dir
			c.Env = append(os.Environ(), "XDG_STATE_HOME="+dir+"/state", "XDG_CONFIG_HOME="+dir+"/config")
			var out []byte
			err := alone(func() (err error) {
				out, err = c.CombinedOutput()
				return err
			})
			if err != nil {
				t.Errorf("%s: %v\n%s", r.path, err, out)
			}
			if done, err := os.ReadFile(dir + "/done.csv"); err != nil || !strings.HasPrefix(string(done), "lesson,step,how,") {
				t.Errorf("%s: %v\n%s", r.path, err, done)
			}
		}
		if played != 1 {
			t.Errorf("%s: %d blocks are about a course of one's own", r.path, played)
		}
	}
}

// skipTaken skips a session that failed because somebody else holds its port, which cannot be in a private network.
func skipTaken(t *testing.T, seen string) {
	t.Helper()
	if os.Getenv(privateMark) == "" && strings.Contains(seen, "EADDRINUSE") {
		t.Skip("a port is taken, and no private network is to be had")
	}
}

// needs skips a session where a program that it is played with is not installed.
func needs(t *testing.T, lines []string) {
	t.Helper()
	for _, line := range lines {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			for part := range strings.SplitSeq(command, " | ") {
				if _, err := exec.LookPath(strings.Fields(part)[0]); err != nil {
					if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
						t.Fatal(err)
					}
					t.Skip(err)
				}
			}
		}
	}
}

// stage is a folder to play in, with the examples at hand.
func stage(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	examples, err := filepath.Abs("../../examples")
	if err == nil {
		err = os.Symlink(examples, filepath.Join(dir, "examples"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return dir
}

// alone calls f on a thread of its own, in a network in which nothing has happened yet.
func alone(f func() error) error {
	result := make(chan error)
	go func() {
		err := emptyNetwork()
		if err == nil {
			err = f()
		}
		result <- err
	}()
	return <-result
}

// A screen is what a program wrote that was not yet taken.
type screen struct {
	mu      sync.Mutex
	text    bytes.Buffer
	changed time.Time
	ended   bool
	err     error // how it ended
}

func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.changed = time.Now()
	return s.text.Write(p)
}

func (s *screen) look() (text string, quiet time.Duration, ended bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text.String(), time.Since(s.changed), s.ended
}

func (s *screen) take() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	text := s.text.String()
	s.text.Reset()
	return text
}

const (
	patience   = 20 * time.Second
	calm       = 150 * time.Millisecond // a program that wrote nothing for so long waits for something
	nextGlance = 5 * time.Millisecond
)

// play types the lines of a session and returns all that is seen.
func play(t *testing.T, lang string, lines []string) string {
	t.Helper()
	p := &player{t: t, lang: lang, dir: stage(t)}
	if err := alone(func() error { return p.play(lines) }); err != nil {
		skipTaken(t, p.seen.String()+err.Error())
		t.Fatalf("%v\nup to there:\n%s", err, p.seen.String())
	}
	return p.seen.String()
}

type player struct {
	t         *testing.T
	lang, dir string
	seen      strings.Builder
	others    []*screen
}

func (p *player) play(lines []string) error {
	c := exec.Command("sockstep", "--lang", p.lang, "run", "-")
	in, err := c.StdinPipe()
	if err != nil {
		return err
	}
	out, err := p.run(c)
	if err != nil {
		return err
	}
	for _, line := range lines {
		if command, ok := strings.CutPrefix(line, "$ "); ok {
			p.seen.WriteString(line + "\n")
			if err := p.start(command); err != nil {
				return err
			}
		} else if _, err := fmt.Fprintf(in, "%s\nsleep 0\n", strings.TrimPrefix(line, "› ")); err != nil {
			return err
		} else if err := p.answer(out); err != nil {
			return fmt.Errorf("%s: %w", line, err)
		}
		p.listen()
	}
	in.Close()
	err = wait(func() bool { _, _, ended := out.look(); return ended })
	p.seen.WriteString(out.take())
	p.listen()
	if err == nil {
		err = out.err
	}
	return err
}

// run starts a program, with all that it starts itself, and ends it after the test.
func (p *player) run(c *exec.Cmd) (*screen, error) {
	s := &screen{changed: time.Now()}
	c.Dir, c.Stdout, c.Stderr = p.dir, s, s
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if err := c.Start(); err != nil {
		return nil, err
	}
	done := make(chan struct{})
	go func() {
		err := c.Wait()
		s.mu.Lock()
		s.ended, s.err = true, err
		s.mu.Unlock()
		close(done)
	}()
	p.t.Cleanup(func() {
		syscall.Kill(-c.Process.Pid, syscall.SIGKILL)
		<-done
	})
	return s, nil
}

// wait waits until something is so.
func wait(so func() bool) error {
	for end := time.Now().Add(patience); !so(); time.Sleep(nextGlance) {
		if time.Now().After(end) {
			return fmt.Errorf("no end of it after %v", patience)
		}
	}
	return nil
}

// The line sleep 0 is typed after each one, and not shown: what it gives says that the one before is over.
var over = regexp.MustCompile(`(?m)^› sleep 0\n  \S+ +time\.sleep\(0\)\n`)

func (p *player) answer(out *screen) error {
	var text string
	var at []int
	var ended bool
	err := wait(func() bool {
		text, _, ended = out.look()
		at = over.FindStringIndex(text)
		return at != nil || ended
	})
	if at == nil {
		return fmt.Errorf("no answer (%v):\n%s", err, text)
	}
	out.take()
	p.seen.WriteString(text[:at[0]])
	return nil
}

// start runs a command in the other terminal, until it has ended or waits for something.
func (p *player) start(command string) error {
	before := connections()
	s, err := p.run(exec.Command("sh", "-c", command))
	if err != nil {
		return err
	}
	p.others = append(p.others, s)
	now, since := before, time.Now()
	return wait(func() bool {
		if c := connections(); c != now {
			now, since = c, time.Now()
		}
		text, quiet, ended := s.look()
		return ended || (text != "" || now != before) && quiet > calm && time.Since(since) > calm
	})
}

// connections are those of the calling thread's network, as the kernel lists them, less what only counts time.
func connections() string {
	var b strings.Builder
	table, _ := os.ReadFile("/proc/thread-self/net/tcp")
	for line := range strings.Lines(string(table)) {
		if words := strings.Fields(line); len(words) > 4 {
			b.WriteString(strings.Join(words[1:5], " ") + "\n")
		}
	}
	return b.String()
}

// listen writes down what came in the other terminal, once it is quiet there.
func (p *player) listen() {
	for _, s := range p.others {
		begin := time.Now()
		_ = wait(func() bool {
			_, quiet, ended := s.look()
			return ended || quiet > calm && time.Since(begin) > calm
		})
		p.seen.WriteString(s.take())
	}
}

var (
	took     = regexp.MustCompile(`(?m)^(  (?:call|调用) .*?) +[\d.,]+ (?:ns|µs|ms|s|min)$`)
	tookJSON = regexp.MustCompile(`("us": )\d+`)
	port     = regexp.MustCompile(`\b(?:3[2-9]\d{3}|[45]\d{4}|6[0-5]\d{3})\b`)
	fds      = []*regexp.Regexp{ // one after another: a call has one among its arguments and another as its result
		regexp.MustCompile(`(?m)(^  (?:call|调用) +\w+\(|\bfd |"fd": |^  fileno +|"args": ")(\d+)\b`),
		regexp.MustCompile(`(?m)(^  (?:call|调用) +(?:socket|accept|accept4|dup)\(.*= )(\d+)$`),
		regexp.MustCompile(`("op": "(?:socket|accept|accept4|dup)",\s+"args": "[^"]*",\s+"ret": )(\d+)`),
	}
	blanks   = regexp.MustCompile(` {2,}`)
	byItself = regexp.MustCompile(`(?m)^· .*\n(?:  .*\n)*|^  (?:change|变化) .*\n|^  (?:packet|报文|note|说明) .*\n(?:          .*\n|        .*\n)*`)
	other    = regexp.MustCompile(`(?m)^(?:[^› ·].*)?\n`)
)

// Of a packet the clock's part: when it came, and TCP's timestamps.
var (
	seenAfter = regexp.MustCompile(`(captured|捕获)(?: +[\d.,]+ [µm]?s)?`)
	stamps    = regexp.MustCompile(`ts \d+/\d+`)
)

// normal is a transcript without what differs from run to run: durations, file descriptors, the ports that the kernel
// chose. Each of the latter becomes a number in the order in which they come up, so that the same stays the same.
//
// Of two programs, neither waits for the other where it need not: what each of them shows is compared by itself, and of
// sockstep's what it did, not what it saw on the way.
func normal(s string) string {
	if strings.Contains(s, "\n$ ") || strings.HasPrefix(s, "$ ") {
		s = other.ReplaceAllString(byItself.ReplaceAllString(s, ""), "") + strings.Join(other.FindAllString(s, -1), "")
	}
	s = tookJSON.ReplaceAllString(took.ReplaceAllString(s, "$1"), "${1}0")
	s = stamps.ReplaceAllString(seenAfter.ReplaceAllString(s, "$1"), "ts")
	known := map[string]string{}
	number := func(kind, s string) string {
		if known[kind+s] == "" {
			known[kind+s] = kind + strconv.Itoa(len(known))
		}
		return known[kind+s]
	}
	s = port.ReplaceAllStringFunc(s, func(p string) string { return number("PORT", p) })
	for _, fd := range fds {
		s = fd.ReplaceAllStringFunc(s, func(m string) string {
			g := fd.FindStringSubmatch(m)
			return g[1] + number("FD", g[2])
		})
	}
	return blanks.ReplaceAllString(s, "  ")
}

// TestNormal holds that two runs are one, in which the program had other descriptors open before the first socket.
func TestNormal(t *testing.T) {
	run := func(s, c, d int) string {
		return fmt.Sprintf("  call    socket(AF_INET, SOCK_STREAM, 0) = %d     14 µs\n  call    accept(%d, 127.0.0.1:40000) = %d     9 µs\n  = d  fd %d  kind tcp\n  call  close(%d) = 0  1 µs\n"+
			`"op": "accept",  "args": "%d",  "ret": %d`, s, s, d, d, c, s, d)
	}
	if d := cmp.Diff(normal(run(8, 9, 10)), normal(run(7, 8, 9))); d != "" {
		t.Error(d)
	}
	if normal(run(8, 9, 10)) == normal(run(8, 9, 8)) {
		t.Error("a call that gave another socket is told from this one no more")
	}
}
