package main

import (
	"strings"
	"testing"

	"sockstep/lessons"
)

// TestCourse plays every lesson of the course in every way that its file knows.
func TestCourse(t *testing.T) {
	course, err := lessons.Embedded()
	if err != nil {
		t.Fatal(err)
	}
	c := lessons.Checker{Stage: lessonStage{&settings{}}}
	report, err := c.Check(t.Context(), course)
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	report.WriteText(&b)
	t.Log("\n" + b.String())
	if report.Problems() > 0 {
		t.Fail()
	}
}
