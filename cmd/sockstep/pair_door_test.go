package main

import (
	"maps"
	"os"
	"path/filepath"
	"sockstep/lessons"
	"strings"
	"syscall"
	"testing"
	"time"
)

// TestUninvited: who may not come in is told why.
func TestUninvited(t *testing.T) {
	user := home(t)
	c := open(t, user)
	if e := c.types("lesson join").Error; e == nil || e.Kind != "no-lesson" || !strings.HasPrefix(e.Fix, "lesson ") {
		t.Errorf("with nobody there: %+v", e)
	}
	a := open(t, user)
	a.does("lesson tcp-echo")
	if e := c.types("lesson join buffers").Error; e == nil || e.Kind != "refused" || !strings.Contains(e.Message, "tcp-echo") {
		t.Errorf("for another lesson: %+v", e)
	}
	d := open(t, user)
	if said := d.does("lesson tcp-echo").field("said"); !strings.Contains(said, "`lesson join` takes that one") {
		t.Errorf("who begins a lesson that waits elsewhere is told %q", said)
	}
	d.does("lesson udp-echo")
	if e := c.types("lesson join").Error; e == nil || e.Kind != "refused" || !strings.HasPrefix(e.Fix, "lesson join ") || !strings.Contains(e.Message, "tcp-echo and udp-echo") && !strings.Contains(e.Message, "udp-echo and tcp-echo") {
		t.Errorf("where two lessons wait: %+v", e)
	}
	d.does("exit")
	d.c.Wait()
	b := open(t, user)
	b.does("lesson join")
	if e := c.types("lesson join").Error; e == nil || e.Kind != "refused" {
		t.Errorf("a third one: %+v", e)
	}
	if e := c.types("lesson tcp-echo --as nobody").Error; e == nil || e.Kind != "usage" || !strings.Contains(e.Fix, "server") {
		t.Errorf("a role that is none: %+v", e)
	}
	c.does("lesson handshake")
	for _, line := range []string{"timeline", "lesson alone"} {
		if e := c.types(line).Error; e == nil || e.Kind != "one-end" {
			t.Errorf("%s in a lesson with one end: %+v", line, e)
		}
	}

	// Where they meet nobody else may come, and it is none of the student's sockets.
	run := strings.TrimPrefix(user[3], "XDG_RUNTIME_DIR=") + "/sockstep"
	doors, _ := filepath.Glob(run + "/lesson-*.sock")
	for _, door := range append(doors, run) {
		info, err := os.Stat(door)
		if err != nil || info.Mode().Perm()&0o077 != 0 {
			t.Errorf("%s: %v %v", door, info.Mode(), err)
		}
	}
	if len(doors) == 0 {
		t.Error("there is no door")
	}
	for _, s := range []*shell{a, b} {
		if list := s.does("sockets").Value.List; len(list) > 0 {
			t.Errorf("the sockets are %v", list)
		}
		if fd := s.does("x = socket tcp").Value.Fields["fd"].(float64); fd > 20 {
			t.Errorf("the first socket has the number %v", fd)
		}
		s.does("exit")
		s.c.Wait()
	}
	if left, _ := filepath.Glob(run + "/lesson-*.sock"); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

// TestBreak: who leaves the lesson for a while holds nobody up, and comes back to where the other one is.
func TestBreak(t *testing.T) {
	_, a, b := two(t)
	a.solves()
	a.does("free")
	b.hears("server has left the lesson for a while")
	b.solves()
	b.solves()
	for end := time.Now().Add(longest); a.does("lesson").field("step") != "accept" && time.Now().Before(end); {
		if b.does("lesson").field("role") == "client" { // a came back before it had heard of a step, and both began that once more
			b.solves()
		}
	}
	a.at("accept")
	b.at("accept")
	a.does("lang zh")
	a.solves()
	a.at("answer")
	a.does("lesson buffers")
	b.hears("server has left. ")
	b.does("lesson alone")
	b.at("again") // the program has answered
}

// TestStoppedPartner: a terminal that is stopped holds the other one up no longer than the lesson does.
func TestStoppedPartner(t *testing.T) {
	_, a, b := two(t)
	b.c.Process.Signal(syscall.SIGSTOP)
	began := time.Now()
	a.solves()
	for range 200 {
		a.does("print x")
		a.does("x = socket tcp")
		a.does("close x")
	}
	a.does("exit")
	a.c.Wait()
	if took := time.Since(began); took > longest/2 {
		t.Errorf("it took %v", took)
	}
	b.c.Process.Signal(syscall.SIGCONT)
	b.hears("in another terminal comes back")
}

// TestGoTo: every step of a lesson with two ends can be gone to, from either end; what it needs is set up at both.
func TestGoTo(t *testing.T) {
	course, err := lessons.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range paired(t) {
		t.Run(h.ID, func(t *testing.T) {
			l, err := course.Lesson(h.ID)
			if err != nil {
				t.Fatal(err)
			}
			user := home(t)
			a := open(t, user)
			a.does("lesson " + h.ID)
			b := open(t, user)
			b.does("lesson join")
			for i, st := range l.Steps {
				by, other := a, b
				if i%2 == 1 {
					by, other = b, a
				}
				if e := by.does("goto " + st.ID); e.field("step") != st.ID || e.field("said") != "" {
					t.Errorf("goto %s stands at %s: %s", st.ID, e.field("step"), e.field("said"))
				}
				other.at(st.ID)
				if st.Role == l.Roles[i%2] { // and go on from there, as one is told
					by.does("skip")
				}
			}
		})
	}
}

// TestNothingStays: whatever ends a terminal, its door and the lesson's file go with it.
func TestNothingStays(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGINT} {
		user := home(t)
		a := open(t, user)
		a.does("lesson unix-echo")
		path := strings.TrimPrefix(a.solution()[0], "s = listen unix ")
		a.solves()
		if _, err := os.Lstat(path); err != nil {
			t.Fatal(err)
		}
		a.c.Process.Signal(sig)
		a.c.Wait()
		left, _ := filepath.Glob(strings.TrimPrefix(user[3], "XDG_RUNTIME_DIR=") + "/sockstep/lesson-*.sock")
		if _, err := os.Lstat(path); err == nil || len(left) > 0 {
			t.Errorf("%v leaves %v and %s (%v)", sig, left, path, err)
		}
	}
	// Of two terminals, the one that stays has the file.
	user := home(t)
	a := open(t, user)
	a.does("lesson unix-echo")
	b := open(t, user)
	b.does("lesson join")
	a.solves()
	b.does("goto serve") // whoever begins draws the path
	path := strings.TrimPrefix(a.does("sockets").Value.List[0]["local"].(string), "unix:")
	b.does("exit")
	b.c.Wait()
	a.hears("has left")
	if _, err := os.Lstat(path); err != nil {
		t.Error("the file went with the terminal that has left")
	}
	a.does("exit")
	a.c.Wait()
	if _, err := os.Lstat(path); err == nil {
		t.Error("the file stays")
	}
}

// TestForgedPartner: variables of a partner's are words of the kind that the lesson draws, or there is no lesson with it.
func TestForgedPartner(t *testing.T) {
	course, err := lessons.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for id, good := range map[string]map[string]string{
		"tcp-echo":  {"port": "20000", "word": "bado", "more": "kalo"},
		"unix-echo": {"path": "/tmp/sockstep-123456", "word": "bado"},
	} {
		l, err := course.Lesson(id)
		if err != nil {
			t.Fatal(err)
		}
		if !l.Draws(good) {
			t.Errorf("%s does not draw %v", id, good)
		}
		for name := range good {
			for _, bad := range []string{"", "--file /etc/passwd", "x --unlink", "9 9", "$data", "a;b", "/etc/passwd", "/tmp/../etc/sockstep-123456", "\n"} {
				forged := maps.Clone(good)
				forged[name] = bad
				if l.Draws(forged) {
					t.Errorf("%s draws %s %q", id, name, bad)
				}
			}
		}
		if more := maps.Clone(good); l.Draws(nil) || func() bool { more["other"] = "bado"; return l.Draws(more) }() {
			t.Errorf("%s draws what it has not", id)
		}
	}
	// What begins, leaves or changes a lesson is no job: it would end itself.
	a := open(t, home(t))
	for _, line := range []string{"lesson tcp-echo &", "lesson join &", "next &", "again &", "skip &"} {
		if e := a.types(line).Error; e == nil || e.Kind != "usage" {
			t.Errorf("%s: %+v", line, e)
		}
	}
	a.does("lesson tcp-echo")
}
