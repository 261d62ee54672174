package main

import (
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
		t.Skip(err)
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
