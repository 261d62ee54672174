package main

import (
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/goccy/go-yaml"

	"sockstep/lessons"
	"sockstep/repl/render"
	"sockstep/sockets/names"
)

// TestLessonFormatExamples: every example of the page is true. Those of a chapter are put together to a lesson; what they leave out
// comes from the skeleton.
func TestLessonFormatExamples(t *testing.T) {
	for _, l := range []names.Lang{names.English, names.Chinese} {
		course := fstest.MapFS{}
		var blocks []string
		end := func() {
			if id := fmt.Sprintf("chapter-%d", len(course)+1); len(blocks) > 0 {
				course[fmt.Sprintf("%02d-%s.yaml", len(course)+1, id)] = &fstest.MapFile{Data: chapterLesson(t, id, blocks)}
			}
			blocks = nil
		}
		for _, p := range lessons.Format(l) {
			switch {
			case p.Kind == lessons.Chapter:
				end()
			case p.Lang == "yaml" && strings.HasPrefix(p.Text, "id: "): // whole
				id, _, _ := strings.Cut(p.Text[len("id: "):], "\n")
				if r := checkCourse(t, one(t, "01-"+id+".yaml", p.Text)); r.Problems() > 0 {
					t.Errorf("%s: %+v", id, r.Lessons[0].Problems)
				}
			case p.Lang == "yaml":
				blocks = append(blocks, p.Text)
			}
		}
		end()
		c, err := lessons.Open(course)
		if err != nil {
			t.Fatal(err)
		}
		if l == names.Chinese { // the same examples, as a test of lessons holds: there it is enough that they can be read
			for _, h := range c.Heads() {
				if _, err := c.Read(h); err != nil {
					t.Error(err)
				}
			}
			continue
		}
		for _, r := range checkCourse(t, c).Lessons {
			t.Logf("%s: %d steps, %d solutions, %d near-misses, %d in Python, not told: %v", r.File, r.Steps, r.Solutions, r.NearMisses, r.Python, r.Untold)
			for _, p := range r.Problems {
				t.Errorf("%s: %s: %s: %s", r.File, p.Step, p.Rule, p.Message)
			}
			if len(r.Problems) > 0 {
				t.Logf("%s", course[r.File].Data)
			}
		}
	}
}

// chapterLesson is the lesson that the examples of a chapter are parts of.
func chapterLesson(t *testing.T, id string, blocks []string) []byte {
	t.Helper()
	lesson, skeleton := map[string]any{}, map[string]any{}
	_, text, err := lessons.Skeleton(id, nil)
	if err != nil {
		t.Fatal(err)
	}
	read := func(text string, v any) {
		if err := yaml.Unmarshal([]byte(text), v); err != nil {
			t.Fatalf("%s\n%v", text, err)
		}
	}
	read(string(text), &skeleton)
	var steps []map[string]any
	for _, b := range blocks {
		if strings.HasPrefix(b, "- ") {
			var more []map[string]any
			read(b, &more)
			steps = append(steps, more...)
			continue
		}
		read(b, &lesson)
	}
	if lesson["roles"] == nil { // the ends of a lesson close what is theirs
		steps = append(steps, map[string]any{
			"id": "last", "python": "for x in (u, v): x.close()", "solutions": []any{[]any{"s9 = socketpair", "close all"}},
			"expect": []any{map[string]any{"call": map[string]any{"op": "close"}}, map[string]any{"no-socket": map[string]any{"closed": false}}},
		})
	}
	vars, taught := map[string]any{}, map[string]bool{}
	for i, s := range steps {
		var lines []string
		for n, solution := range s["solutions"].([]any) {
			for _, line := range solution.([]any) {
				if n == 0 {
					lines = append(lines, line.(string))
				}
				maps.Copy(taught, wordsOf(t, line.(string)))
			}
		}
		for name, kind := range map[string]string{"port": "free-port", "dead": "free-port", "word": "random-word", "path": "temp-path"} {
			if strings.Contains(fmt.Sprint(s), "$"+name) {
				vars[name] = kind
			}
		}
		hint := both("`" + strings.Join(lines, "`, `") + "`")
		first := skeleton["steps"].([]any)[0].(map[string]any)
		fill(s, map[string]any{"text": both(fmt.Sprintf("%d.", i)), "after": first["after"], "hints": []any{both("1."), both("2."), hint}})
	}
	delete(skeleton, "runs-python")
	skeleton["teaches"], skeleton["vars"] = slices.Sorted(maps.Keys(taught)), vars
	if lesson["teaches"] != nil {
		lesson["teaches"] = append(lesson["teaches"].([]any), "socketpair")
	}
	fill(lesson, skeleton)
	lesson["steps"] = steps
	file, err := yaml.Marshal(lesson)
	if err != nil {
		t.Fatal(err)
	}
	return file
}

// both is a text that is the same in both languages.
func both(s string) map[string]any { return map[string]any{"en": s, "zh": s} }

// fill adds what is missing.
func fill(to, from map[string]any) {
	for k, v := range from {
		if to[k] == nil {
			to[k] = v
		}
	}
}

func wordsOf(t *testing.T, line string) map[string]bool {
	t.Helper()
	words, err := lessonStage{&settings{}}.Words(strings.NewReplacer("$port", "9", "$dead", "8", "$n", "3", "$path", "/tmp/x", "$word", "w").Replace(line))
	if err != nil {
		t.Errorf("%s: %v", line, err)
	}
	all := map[string]bool{}
	for _, w := range words {
		all[w] = true
	}
	return all
}

// TestLessonFormatPage: the page fits a terminal of 80 columns and more, and is the same text with colour and without.
func TestLessonFormatPage(t *testing.T) {
	for _, l := range []names.Lang{names.English, names.Chinese} {
		for _, width := range []int{60, 80, 132} {
			plain := drawPage(lessons.Format(l), width, false)
			for line := range strings.Lines(plain) {
				line = strings.TrimSuffix(line, "\n")
				if w := render.Width(line); w > max(width, 80) || w > width && !strings.HasPrefix(line, strings.Repeat(" ", codeIndent)) {
					t.Errorf("%v, %d columns: %d in %q", l, width, w, line)
				}
				if line != strings.TrimRight(line, " ") {
					t.Errorf("%v: blanks at the end of %q", l, line)
				}
			}
			if strings.ContainsAny(plain, "\x1b\t") {
				t.Errorf("%v: piped, it is no plain text", l)
			}
			colored := drawPage(lessons.Format(l), width, true)
			if !strings.Contains(colored, boldText) || strings.NewReplacer(boldText, "", dimText, "", codeText, "", noStyle, "").Replace(colored) != plain {
				t.Errorf("%v, %d columns: colour changes the text", l, width)
			}
		}
	}
}
