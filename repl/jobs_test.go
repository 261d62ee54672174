package repl_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/sockets"
)

// A student types lines and sees acts, those of no line too.
type student struct {
	t *testing.T
	*repl.Session

	mu   sync.Mutex
	seen []*sockets.Act
}

func newStudent(t *testing.T, hold bool) *student {
	s := &student{t: t}
	s.Session = repl.NewSession(repl.Config{Table: commands.Table(), Hold: hold, Observers: []sockets.Observer{s}})
	t.Cleanup(s.Session.Close)
	return s
}

func (s *student) Observe(a *sockets.Act, st sockets.Step) {
	if st == nil {
		s.mu.Lock()
		s.seen = append(s.seen, a)
		s.mu.Unlock()
	}
}

// does types lines that must hold, and gives the text of the last one's value.
func (s *student) does(lines ...string) string {
	s.t.Helper()
	var text string
	for _, l := range lines {
		a := s.Do(context.Background(), l)
		if !a.OK() {
			s.t.Fatalf("%s: %v", l, a.Err)
		}
		text = a.Value.Text
		if a.Value.Addr != nil {
			text = a.Value.Addr.String()
		}
	}
	return text
}

// told are the acts that were shown, each by its number and line.
func (s *student) told() (all []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, a := range s.seen {
		line := a.Line
		if a.Seq == 0 {
			line = "0 " + line
		}
		all = append(all, line)
	}
	return all
}

func kindOf(err error) string {
	var e *sockets.Error
	if errors.As(err, &e) {
		return e.Kind
	}
	return ""
}

// A job that takes a name away from a socket ends the line at the prompt that waits on that socket.
func TestJobClosesWhatTheLineWaitsOn(t *testing.T) {
	s := newStudent(t, false)
	to := s.does("l = listen tcp 127.0.0.1:0", "inspect l sockname")
	s.does("c, d = socketpair", "c = accept l &")
	done := make(chan *sockets.Act)
	go func() { done <- s.Do(context.Background(), "recv c") }()
	other := newStudent(t, true)
	other.does("connect tcp "+to, "close all")
	a := <-done
	if a.Err != nil && kindOf(a.Err) != "cancelled" { // without an error it began late, and read the end from the new c
		t.Errorf("recv c: %v", a.Err)
	}
	s.does("wait 1", "inspect c peername")
}

// TestEndedWait: who ends a wait for a job, or a sleep, is not told of a socket that waited, but that the job goes on.
func TestEndedWait(t *testing.T) {
	s := newStudent(t, true)
	s.does("u = listen udp 127.0.0.1:0", "recvfrom u &")
	for line, notes := range map[string][]string{"wait": {"cancelled", "job-started"}, "sleep 10": {"cancelled"}} {
		ctx, cancel := context.WithTimeout(context.Background(), 20*time.Millisecond)
		a := s.Do(ctx, line)
		cancel()
		var got []string
		for _, st := range a.Steps {
			if n, ok := st.(sockets.Note); ok {
				got = append(got, n.ID)
				if strings.Contains(n.Text.En, "the socket") {
					t.Errorf("%s: %s", line, n.Text.En)
				}
			}
		}
		slices.Sort(got)
		if kindOf(a.Err) != "cancelled" || !slices.Equal(got, notes) {
			t.Errorf("%s: %v, with the notes %q, want %q", line, a.Err, got, notes)
		}
	}
	s.does("cancel 1")
}

// What a job made and still tries to connect can be closed: the job ends, and nothing is left of it.
func TestCloseWhatAJobMakes(t *testing.T) {
	s := newStudent(t, true)
	to := s.does("l = socket", "bind l 127.0.0.1:0", "listen l 0", "inspect l sockname")
	s.does("k = connect tcp "+to, "c = connect tcp "+to+" &", "close c")
	if a := s.Do(context.Background(), "wait 1"); kindOf(a.Err) != "cancelled" {
		t.Errorf("wait: %v", a.Err)
	}
	s.does("close all")
	if got := s.does("sockets"); got != "[]" {
		t.Errorf("still open: %s", got)
	}
}

// The end of a job is told once: after its beginning, before the next act, or at once where nothing is held back.
func TestEndOfAJobIsToldOnce(t *testing.T) {
	for _, hold := range []bool{true, false} {
		s := newStudent(t, hold)
		s.does("u = socket udp", "!EOPNOTSUPP accept u &", "wait", "print on")
		want := []string{"u = socket udp", "!EOPNOTSUPP accept u &", "0 !EOPNOTSUPP accept u &", "wait", "print on"}
		if got := s.told(); !slices.Equal(got, want) {
			t.Errorf("hold %v: %q", hold, got)
		}
	}
}

// Many jobs at once, each waiting on its own end, all end; the prompt is never held up.
func TestManyJobs(t *testing.T) {
	s := newStudent(t, false)
	watching, stop := context.WithCancel(context.Background())
	defer stop()
	go s.WatchArrivals(watching)
	names := "abcdefghijklmnop"
	for _, n := range names {
		s.does(string(n)+", "+string(n)+"2 = socketpair", "recv "+string(n)+" &")
	}
	began := time.Now()
	for _, n := range names {
		s.does("send "+string(n)+"2 hello", "sockets", "jobs")
	}
	s.does("wait")
	if took := time.Since(began); took > 10*time.Second {
		t.Errorf("it took %v", took)
	}
	s.does("close all")
}

// Ctrl-C ends what waits, at once, and the socket is as it was.
func TestCancelledLine(t *testing.T) {
	s := newStudent(t, true)
	s.does("a, b = socketpair", "l = listen tcp 127.0.0.1:0", "u = listen udp 127.0.0.1:0")
	for _, line := range []string{"recv a", "recv a --exactly 3", "recv a --until x", "accept l", "recvfrom u", "recvmsg a", "poll a b", "sendall a --fill 4M", "sleep 60"} {
		ctx, cancel := context.WithCancel(context.Background())
		time.AfterFunc(5*time.Millisecond, cancel)
		began := time.Now()
		act := s.Do(ctx, line)
		if took := time.Since(began); took > 2*time.Second {
			t.Errorf("%s: ended after %v", line, took)
		}
		if kindOf(act.Err) != "cancelled" {
			t.Errorf("%s: %v", line, act.Err)
		}
	}
	if got := s.does("send b back", "recv a"); got != "b'back'" {
		t.Errorf("a is not as it was: %s", got)
	}
}

// TestJobsAreBounded: the program must not run into the limit of its threads.
func TestJobsAreBounded(t *testing.T) {
	s := newStudent(t, true)
	for refused := false; !refused; {
		a := s.Do(context.Background(), "sleep 1000 &")
		if refused = !a.OK(); !refused && a.Job > 5000 {
			t.Fatal("job 5000 was not refused")
		}
	}
	s.does("cancel", "sleep 1000 &")
}
