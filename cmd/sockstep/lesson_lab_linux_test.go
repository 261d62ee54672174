package main

import (
	"strings"
	"testing"

	"sockstep/lessons"
)

// TestLabLessons plays those lessons in a lab that are not to be had outside of one, in both languages.
func TestLabLessons(t *testing.T) {
	t.Parallel()
	command, _ := inALab(t)
	course, err := lessons.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	played := 0
	for _, h := range course.Heads() {
		l, err := course.Lesson(h.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(l.Needs) == 0 || l.Needs[0].What != "lab" {
			continue
		}
		played++
		for _, lang := range languages() {
			t.Run(h.ID+"/"+lang, func(t *testing.T) {
				t.Parallel()
				var out []byte
				var err error
				for range 3 { // a step that loses a race on a busy machine wins it in another try; what is wrong stays so
					c := command("sockstep", "--lang", lang, "--lab", "lessons", "check", "--only", h.ID)
					if out, err = c.CombinedOutput(); err == nil {
						break
					}
					t.Logf("%v\n%s", err, out)
				}
				if err != nil || strings.Contains(string(out), " 0 solutions") {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
	if played == 0 {
		t.Error("no lesson needs a lab")
	}
}
