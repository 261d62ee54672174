package lessons

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"io/fs"
	"maps"
	"slices"
	"strconv"
	"sync"
	"time"
)

// How says how a step ended.
type How string

// The ways in which a step ends.
const (
	Done    How = "done"
	Skipped How = "skipped" // its solution was played
	Passing How = "untold"  // it could not be told here, and the learner went on
	Partner How = "partner" // it was the partner's to do
)

// A Keeper keeps the progress: a file of the learner's. Save replaces it at once or not at all.
type Keeper interface {
	Load() ([]byte, error) // an error that wraps fs.ErrNotExist where there is none yet
	// Lock keeps other programs of the user's from changing it, until it is unlocked.
	Lock() (unlock func(), err error)
	Save([]byte) error
}

// Progress is what a learner has done. With a nil Keeper it lives as long as the program.
type Progress struct {
	keeper Keeper
	mu     sync.Mutex
	data   progressFile
}

type progressFile struct {
	Format  int                    `json:"format"`
	Lessons map[string]*LessonDone `json:"lessons"`
	Quiz    QuizDone               `json:"quiz"`
}

// A LessonDone is what was done of one lesson.
type LessonDone struct {
	At       string               `json:"at,omitempty"` // the step that is on
	Began    time.Time            `json:"began"`
	Finished *time.Time           `json:"finished,omitempty"` // for the first time
	Steps    map[string]*StepDone `json:"steps"`
}

// A StepDone is how a step ended, at best: done counts more than skipped, and the first prediction is the one that counts.
type StepDone struct {
	How       How       `json:"how"`
	Hints     int       `json:"hints,omitempty"`
	Predicted string    `json:"predicted,omitempty"`
	Measured  string    `json:"measured,omitempty"`
	When      time.Time `json:"when"`
}

// QuizDone counts the answers.
type QuizDone struct {
	Asked int `json:"asked"`
	Right int `json:"right"`
}

// NewProgress is the progress that a keeper has. What it has and cannot be read is an error, and is not overwritten.
func NewProgress(k Keeper) (*Progress, error) {
	p := &Progress{keeper: k}
	p.data.Format = 1
	return p, p.load()
}

func (p *Progress) load() error {
	if p.keeper != nil {
		b, err := p.keeper.Load()
		switch {
		case errors.Is(err, fs.ErrNotExist):
		case err != nil:
			return err
		default:
			var data progressFile
			if err := json.Unmarshal(b, &data); err != nil {
				return err
			}
			for _, l := range data.Lessons {
				if l != nil {
					maps.DeleteFunc(l.Steps, func(_ string, s *StepDone) bool { return s == nil })
				}
			}
			maps.DeleteFunc(data.Lessons, func(_ string, l *LessonDone) bool { return l == nil })
			p.data = data
		}
	}
	if p.data.Lessons == nil {
		p.data.Lessons = map[string]*LessonDone{}
	}
	return nil
}

// change reads what another terminal may have saved, changes one thing, and saves at once.
func (p *Progress) change(f func(*progressFile)) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.keeper != nil {
		unlock, err := p.keeper.Lock()
		if err != nil {
			return err
		}
		defer unlock()
	}
	if err := p.load(); err != nil {
		return err
	}
	f(&p.data)
	if p.keeper == nil {
		return nil
	}
	b, err := json.MarshalIndent(p.data, "", "  ")
	if err != nil {
		return err
	}
	return p.keeper.Save(append(b, '\n'))
}

func (f *progressFile) lesson(id string) *LessonDone {
	l := f.Lessons[id]
	if l == nil {
		l = &LessonDone{Began: time.Now().UTC().Truncate(time.Second)}
		f.Lessons[id] = l
	}
	if l.Steps == nil {
		l.Steps = map[string]*StepDone{}
	}
	return l
}

// Reach says that a learner stands at a step; "" for the end of the lesson.
func (p *Progress) Reach(lesson, step string) error {
	return p.change(func(f *progressFile) {
		l := f.lesson(lesson)
		l.At = step
		if now := time.Now().UTC().Truncate(time.Second); step == "" && l.Finished == nil {
			l.Finished = &now
		}
	})
}

// Pass says how a step ended, and where the learner stands now.
func (p *Progress) Pass(lesson string, passed Passed, next string) error {
	return p.change(func(f *progressFile) {
		l := f.lesson(lesson)
		now := time.Now().UTC().Truncate(time.Second)
		s := l.Steps[passed.Step.ID]
		if s == nil {
			s = &StepDone{How: passed.How, Hints: passed.Hints, When: now}
			l.Steps[passed.Step.ID] = s
		}
		if s.How != Done && passed.How == Done || s.How == Partner {
			s.How, s.Hints, s.When = passed.How, passed.Hints, now
		}
		if s.Predicted == "" {
			s.Predicted = passed.Predicted
		}
		if passed.Measured != "" {
			s.Measured = passed.Measured
		}
		l.At = next
		if next == "" && l.Finished == nil {
			l.Finished = &now
		}
	})
}

// Quizzed counts an answer.
func (p *Progress) Quizzed(right bool) error {
	return p.change(func(f *progressFile) {
		f.Quiz.Asked++
		if right {
			f.Quiz.Right++
		}
	})
}

// IsNew reports whether nothing has been done yet of any lesson.
func (p *Progress) IsNew() bool {
	p.mu.Lock()
	defer p.mu.Unlock()
	for _, l := range p.data.Lessons {
		if len(l.Steps) > 0 {
			return false
		}
	}
	return true
}

// Quiz is how the questions were answered.
func (p *Progress) Quiz() QuizDone { p.mu.Lock(); defer p.mu.Unlock(); return p.data.Quiz }

// A Tally counts what was done of a lesson.
type Tally struct {
	Begun, Finished                      bool
	At                                   string
	Steps, Done, Hinted, Skipped, Untold int
	Partner                              int
	Predicted, Right                     int
	Rows                                 []Row
}

// A Row is one step of the export.
type Row struct {
	Lesson    string `json:"lesson"`
	Step      string `json:"step"`
	How       How    `json:"how,omitempty"` // "" where it was not reached
	Hints     int    `json:"hints,omitempty"`
	Predicted string `json:"predicted,omitempty"`
	Measured  string `json:"measured,omitempty"`
	When      string `json:"when,omitempty"`
}

// Refresh reads what another terminal may have saved.
func (p *Progress) Refresh() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	return p.load()
}

// Tally counts a lesson. Done counts those without a hint alone; Hinted, Skipped, Untold and Partner are counted apart.
func (p *Progress) Tally(h Head) (t Tally) {
	p.mu.Lock()
	defer p.mu.Unlock()
	t.Steps, t.Rows = h.Steps, []Row{}
	l := p.data.Lessons[h.ID]
	if l == nil {
		return t
	}
	t.Begun, t.Finished, t.At = true, l.Finished != nil, l.At
	for _, id := range sortedKeys(l.Steps) {
		s := l.Steps[id]
		switch {
		case s.How == Skipped:
			t.Skipped++
		case s.How == Passing:
			t.Untold++
		case s.How == Partner:
			t.Partner++
		case s.Hints > 0:
			t.Hinted++
		default:
			t.Done++
		}
		if s.Predicted != "" && s.Measured != "" {
			t.Predicted++
			if s.Predicted == s.Measured {
				t.Right++
			}
		}
		t.Rows = append(t.Rows, Row{Lesson: h.ID, Step: id, How: s.How, Hints: s.Hints, Predicted: s.Predicted, Measured: s.Measured, When: s.When.Format(time.RFC3339)})
	}
	slices.SortFunc(t.Rows, func(a, b Row) int { return bytes.Compare([]byte(a.When), []byte(b.When)) })
	return t
}

// Measured is what a step's prediction was answered by, "" for nothing yet.
func (p *Progress) Measured(lesson, step string) string {
	p.mu.Lock()
	defer p.mu.Unlock()
	if l := p.data.Lessons[lesson]; l != nil && l.Steps[step] != nil {
		return l.Steps[step].Measured
	}
	return ""
}

// ExportCSV writes a row for each step that was reached.
func (p *Progress) ExportCSV(w io.Writer, c *Course) error {
	out := csv.NewWriter(w)
	_ = out.Write([]string{"lesson", "step", "how", "hints", "predicted", "measured", "when"})
	for _, h := range c.Heads() {
		for _, r := range p.Tally(h).Rows {
			_ = out.Write([]string{r.Lesson, r.Step, string(r.How), strconv.Itoa(r.Hints), r.Predicted, r.Measured, r.When})
		}
	}
	out.Flush()
	return out.Error()
}

// ExportJSON writes each lesson with its counts and its steps.
func (p *Progress) ExportJSON(w io.Writer, c *Course) error {
	type lesson struct {
		Lesson   string `json:"lesson"`
		Steps    int    `json:"steps"`
		Finished bool   `json:"finished"`
		Done     int    `json:"done"`
		Hinted   int    `json:"hinted"`
		Skipped  int    `json:"skipped"`
		Untold   int    `json:"untold"`
		Partner  int    `json:"partner"`
		Asked    int    `json:"predicted"`
		Right    int    `json:"right"`
		Rows     []Row  `json:"rows"`
	}
	all := []lesson{}
	for _, h := range c.Heads() {
		t := p.Tally(h)
		all = append(all, lesson{h.ID, t.Steps, t.Finished, t.Done, t.Hinted, t.Skipped, t.Untold, t.Partner, t.Predicted, t.Right, t.Rows})
	}
	b, err := json.MarshalIndent(struct {
		Lessons []lesson `json:"lessons"`
		Quiz    QuizDone `json:"quiz"`
	}{all, p.Quiz()}, "", "  ")
	if err != nil {
		return err
	}
	_, err = w.Write(append(b, '\n'))
	return err
}
