package lessons

import (
	"bytes"
	"encoding/json"
	"errors"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
)

// A drawer keeps progress in memory.
type drawer struct {
	b     []byte
	saved int
}

func (d *drawer) Lock() (func(), error) { return func() {}, nil }

func (d *drawer) Load() ([]byte, error) {
	if d.b == nil {
		return nil, fs.ErrNotExist
	}
	return d.b, nil
}
func (d *drawer) Save(b []byte) error { d.b = b; d.saved++; return nil }

func passed(id string, how How, hints int, predicted, measured string) Passed {
	return Passed{Step: &Step{ID: id}, How: how, Hints: hints, Predicted: predicted, Measured: measured}
}

func sampleCourse(t *testing.T) *Course {
	t.Helper()
	c, err := Open(fstest.MapFS{"01-sample.yaml": {Data: []byte(skeletal(t))}})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// TestProgress: each change is saved at once, two terminals lose nothing of each other's, and what was done best counts.
func TestProgress(t *testing.T) {
	d := &drawer{}
	a, err := NewProgress(d)
	if err != nil {
		t.Fatal(err)
	}
	b, _ := NewProgress(d)
	for _, err := range []error{
		a.Reach("sample", "listen"),
		a.Pass("sample", passed("listen", Skipped, 0, "", "LISTEN"), "close"),
		b.Reach("other", "x"),
		a.Pass("sample", passed("listen", Done, 2, "CLOSE", "LISTEN"), "close"),
		a.Pass("sample", passed("listen", Skipped, 0, "LISTEN", "LISTEN"), "close"),
		b.Pass("sample", passed("close", Done, 0, "", ""), ""),
		b.Quizzed(true), a.Quizzed(false),
	} {
		if err != nil {
			t.Fatal(err)
		}
	}
	if d.saved != 8 {
		t.Error("saved", d.saved)
	}
	p, err := NewProgress(d)
	if err != nil {
		t.Fatal(err)
	}
	got := p.Tally(sampleCourse(t).Heads()[0])
	if !got.Begun || !got.Finished || got.At != "" || got.Steps != 2 || got.Done != 1 || got.Hinted != 1 || got.Skipped != 0 || got.Predicted != 1 || got.Right != 0 {
		t.Errorf("%+v", got)
	}
	if q := p.Quiz(); q.Asked != 2 || q.Right != 1 {
		t.Errorf("%+v", q)
	}
	if p.Tally(Head{ID: "other"}).Begun != true || p.Measured("sample", "listen") != "LISTEN" {
		t.Error("the other terminal's progress is lost")
	}
	var csv, js bytes.Buffer
	if err := p.ExportCSV(&csv, sampleCourse(t)); err != nil || !strings.HasPrefix(csv.String(), "lesson,step,how,hints,predicted,measured,when\n") || !strings.Contains(csv.String(), "sample,listen,done,2,CLOSE,LISTEN,") {
		t.Error(err, csv.String())
	}
	if err := p.ExportJSON(&js, sampleCourse(t)); err != nil || !json.Valid(js.Bytes()) {
		t.Error(err, js.String())
	}
}

// TestSpoiltProgress: what cannot be read is not overwritten.
func TestSpoiltProgress(t *testing.T) {
	d := &drawer{b: []byte("{")}
	if _, err := NewProgress(d); err == nil || d.saved != 0 {
		t.Error(err, d.saved)
	}
}

func TestQuestions(t *testing.T) {
	c := sampleCourse(t)
	p, _ := NewProgress(nil)
	if all, err := c.Questions(p); err != nil || len(all) != 0 {
		t.Error(all, err)
	}
	_ = p.Pass("sample", passed("listen", Done, 0, "", "LISTEN"), "close")
	_ = p.Pass("sample", passed("close", Done, 0, "", ""), "")
	all, err := c.Questions(p)
	if err != nil || len(all) != 3 { // the prediction, and which line does each of the two steps
		t.Fatal(all, err)
	}
	for _, q := range all {
		right := q.Choices[q.Right].En
		if q.Answer(right) != q.Right || q.Answer(string(rune('a'+q.Right))) != q.Right || q.Answer("zzz") != -1 || strings.Contains(q.Text.En, "$") {
			t.Errorf("%+v", q)
		}
		if strings.Contains(q.Text.En, "Which state") != (right == "LISTEN") {
			t.Errorf("%+v", q)
		}
	}
}

// TestQuestionsOfTheBroken: a lesson that was done and can no longer be read asks nothing, and leaves the others' questions.
func TestQuestionsOfTheBroken(t *testing.T) {
	files := fstest.MapFS{"01-sample.yaml": {Data: []byte(skeletal(t))}, "02-bad.yaml": {Data: []byte("id: bad\n")}}
	p, _ := NewProgress(nil)
	_ = p.Pass("bad", passed("x", Done, 0, "", ""), "")
	c, err := Open(files)
	if err != nil {
		t.Fatal(err)
	}
	if all, err := c.Questions(p); err == nil || len(all) != 0 {
		t.Error(all, err)
	}
	_ = p.Pass("sample", passed("listen", Done, 0, "", "LISTEN"), "")
	if all, err := c.Questions(p); err != nil || len(all) != 3 {
		t.Error(all, err)
	}
}

func TestCourse(t *testing.T) {
	c, err := Open(fstest.MapFS{"02-late.yaml": {Data: []byte("id: [")}, "01-sample.yaml": {Data: []byte(skeletal(t))}, "10-sampler.yaml": {Data: []byte("id: sampler\n")},
		"11-none.yaml": {}, "15-tag.yaml": {Data: []byte("id: tag\nminutes: 5\nteaches: !listen, close]\nvars: {port: free-port}\n")}, "12-odd.yaml": {Data: []byte("id: No Id\n")}, "13-folder.yaml/x": {}, ".14-hidden.yaml": {}, "notes.txt": {}})
	if err != nil {
		t.Fatal(err)
	}
	for word, want := range map[string]string{"1": "sample", "01": "sample", "sample": "sample", "01-sample": "sample", "2": "late", "10": "sampler", "sampl": "", "x": "", "": "", "0": ""} {
		if h, ok := c.Find(word); h.ID != want || ok != (want != "") {
			t.Errorf("%q: %q, not %q", word, h.ID, want)
		}
	}
	var ids []string
	for _, h := range c.Heads() {
		ids = append(ids, h.Number+" "+h.ID)
	}
	if got, want := strings.Join(ids, ", "), "01 sample, 02 late, 10 sampler, 11 none, 12 odd, 13 folder, 15 tag"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	for _, h := range c.Heads()[1:] {
		var bad *FormatError
		if _, err := c.Read(h); !errors.As(err, &bad) || bad.File != h.File {
			t.Errorf("%s: %v", h.File, err)
		}
	}
	if one, ok := c.Alone("10-sampler.yaml"); !ok || len(one.Heads()) != 1 || one.Heads()[0].ID != "sampler" {
		t.Error("one file is no course of it alone", one)
	}
	if _, err := Open(fstest.MapFS{"notes.txt": {}}); !errors.Is(err, ErrNoLessons) {
		t.Error(err)
	}
	if _, err := c.Lesson("late"); err == nil || !strings.HasPrefix(err.Error(), "02-late.yaml:1:") {
		t.Error(err)
	}
	if name, _, _ := Skeleton("mine", []string{"01-a.yaml", "07-b.yaml"}); name != "08-mine.yaml" {
		t.Error(name)
	}
	if _, _, err := Skeleton("mine", []string{"01-a.yaml", "07-mine.yaml"}); err == nil || !strings.Contains(err.Error(), "07-mine.yaml") {
		t.Error("an id that is taken", err)
	}
	if _, _, err := Skeleton("Not so", nil); err == nil {
		t.Error("an id with a blank")
	}
}
