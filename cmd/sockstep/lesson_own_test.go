package main

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"sockstep/lessons"
)

// plain begins a line of a solution that makes sockets, with their names.
var plain = regexp.MustCompile(`^((?:\w+, )*\w+) = (?:socket|listen|connect|accept|socketpair|at|recvmsg)\b`)

// renamed are the lines of a solution as somebody types them who gives every socket a name of its own choice.
func renamed(lines []string) (all []string) {
	own := lessons.Own{}
	for _, line := range lines {
		if m := plain.FindStringSubmatch(line); m != nil {
			for _, name := range strings.Split(m[1], ", ") {
				if !strings.HasPrefix(name, "my_") && name != "addr" && name != "data" {
					own[name] = "my_" + name
				}
			}
		}
		all = append(all, own.Line(line))
	}
	return all
}

// TestOwnNames: whoever calls the sockets otherwise than the lesson does can type every line of every solution as it is shown.
func TestOwnNames(t *testing.T) {
	course, err := lessons.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	for _, h := range course.Heads() {
		l, err := course.Read(h)
		if err != nil {
			t.Fatal(err)
		}
		if len(h.Roles) > 0 || slices.ContainsFunc(l.Needs, func(n lessons.Need) bool { return n.Without.IsZero() }) {
			continue
		}
		t.Run(h.ID, func(t *testing.T) {
			s := open(t, home(t))
			a := s.does("lesson " + h.ID)
			for at := range l.Steps {
				step := a.field("step")
				if a.field("lesson") != h.ID { // the last step held at once, and the next lesson has begun
					break
				}
				if step != l.Steps[at].ID {
					t.Fatalf("at %s, not at %s", step, l.Steps[at].ID)
				}
				lines := renamed(s.solution())
				for _, line := range lines {
					s.types(line)
				}
				for end := time.Now().Add(5 * time.Second); ; time.Sleep(time.Millisecond) {
					if a = s.types("lesson"); a.field("step") != step {
						break
					}
					if e := s.types("next").Error; e == nil { // it cannot be told here
						a = s.does("lesson")
						break
					} else if time.Now().After(end) {
						t.Fatalf("%s by %q: %s", step, lines, e.Message)
					}
				}
			}
		})
	}
}
