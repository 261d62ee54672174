package main

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"
)

// TestProgressOfCourses: each course has its own file, named from where it lies; sockstep's own is the one that it always was.
func TestProgressOfCourses(t *testing.T) {
	dir := t.TempDir()
	a, b := filepath.Join(dir, "a", "course"), filepath.Join(dir, "b", "course")
	for _, d := range []string{a, b} {
		if err := os.MkdirAll(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Chdir(filepath.Dir(a))
	seen := map[string]string{}
	for _, course := range []string{"", a, b, a + "/01-x.yaml", dir + "/计算机 网络?"} {
		path, err := (&settings{course: coursePath(course)}).progressPath()
		if err != nil || seen[path] != "" {
			t.Errorf("%q and %q both keep theirs in %s: %v", course, seen[path], path, err)
		}
		seen[path] = course + "!"
		if name := filepath.Base(path); course == "" && name != "progress.json" || len(name) > 200 {
			t.Errorf("%q: %s", course, path)
		}
	}
	for _, way := range []string{"course", "./course/", "../a/course"} {
		if path, err := (&settings{course: coursePath(way)}).progressPath(); err != nil || seen[path] != a+"!" {
			t.Errorf("%q: %s %v", way, path, err)
		}
	}
}

// TestPlayOfCourses: the speaker's terminal follows a play of its own course alone, also where a lesson of another is called the same.
func TestPlayOfCourses(t *testing.T) {
	dir, err := playFolder()
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatal(err)
		}
		t.Skipf("SKIPPED ALOUD: a play has no folder to be followed in: %v", err)
	}
	f := &noteFile{filepath.Join(dir, "play-course-test.json")}
	t.Cleanup(f.gone)
	f.write(playNote{PID: os.Getpid(), Course: "/a", Lesson: "only-of-this-test"})
	for course, want := range map[string]bool{"/a": true, "/b": false, "": false} {
		if _, ok := playOf(course, "only-of-this-test"); ok != want {
			t.Errorf("%q: %v", course, ok)
		}
	}
}

// TestPartnerOfCourses: the program that plays the other end finds the lesson in the same course, and so does a terminal that joins
// with it; one of another course is told why it cannot.
func TestPartnerOfCourses(t *testing.T) {
	text, err := os.ReadFile("../../lessons/course/26-tcp-echo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	text = bytes.Replace(text, []byte("\nid: tcp-echo\n"), []byte("\nid: echo-of-ours\n"), 1)
	if err := os.WriteFile(filepath.Join(dir, "01-echo-of-ours.yaml"), text, 0o644); err != nil {
		t.Fatal(err)
	}
	head := paired(t)[0]
	s := open(t, home(t), "--course", dir)
	s.does("lesson echo-of-ours --as " + head.Roles[0])
	s.plays(head.Roles[0])

	user := home(t)
	a := open(t, user, "--course", dir)
	a.does("lesson echo-of-ours --as " + head.Roles[0])
	if bad := open(t, user).types("lesson join"); bad.OK || bad.Error.Kind != "lessons" {
		t.Errorf("a terminal of another course: %+v", bad)
	}
	if b := open(t, user, "--course", dir).does("lesson join"); b.field("lesson") != "echo-of-ours" {
		t.Errorf("%+v", b)
	}
}
