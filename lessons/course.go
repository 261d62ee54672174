package lessons

import (
	"bytes"
	"embed"
	"errors"
	"io/fs"
	"path"
	"runtime"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/goccy/go-yaml"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

//go:embed course/*.yaml
var embedded embed.FS

// A Course is a folder of lessons, in the order of their files' names.
type Course struct {
	files fs.FS
	heads []Head
}

// A Head is what a list of lessons shows of one.
type Head struct {
	ID      string     `yaml:"id"`
	Number  string     `yaml:"-"`
	File    string     `yaml:"-"`
	Title   names.Text `yaml:"title"`
	Minutes int        `yaml:"minutes"`
	Teaches []string   `yaml:"teaches"`
	Roles   []string   `yaml:"roles"`
	Needs   []Need     `yaml:"needs"`
	Steps   int        `yaml:"-"`
}

// Name is the lesson's file's name, without its ending: no two lessons of a course share it.
func (h Head) Name() string { return strings.TrimSuffix(h.File, ".yaml") }

// Embedded is sockstep's own course.
func Embedded() (*Course, error) {
	sub, err := fs.Sub(embedded, "course")
	if err != nil {
		return nil, err
	}
	return Open(sub)
}

// ErrNoLessons is that of a folder in which there are none.
var ErrNoLessons = &sockets.Error{Kind: "no-lessons", Message: names.T("no lessons: no file is called NN-id.yaml", "没有课程：没有名为 NN-id.yaml 的文件")}

// Open opens a folder of lessons. Only the heads are read, down to "steps:"; Lesson reads the whole of one. A file that cannot be
// read has a head all the same, which says so: the others can be had.
func Open(files fs.FS) (*Course, error) {
	all, err := fs.ReadDir(files, ".")
	if err != nil {
		return nil, err
	}
	c := &Course{files: files}
	for _, f := range all { // in the order of their names
		if name := f.Name(); path.Ext(name) == ".yaml" && !strings.HasPrefix(name, ".") {
			c.heads = append(c.heads, Head{File: name})
		}
	}
	if len(c.heads) == 0 {
		return nil, ErrNoLessons
	}
	var next atomic.Int64
	var readers sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), len(c.heads)) { // each file on its own: a lesson is to begin before anybody notices
		readers.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(c.heads)); i = next.Add(1) - 1 {
				c.heads[i] = c.head(c.heads[i].File)
			}
		})
	}
	readers.Wait()
	return c, nil
}

var unreadable = names.T("cannot be read: see lessons check", "无法读取：见 lessons check")

func (c *Course) head(file string) Head {
	text, err := c.text(file)
	head, steps := text, []byte(nil)
	if i := bytes.Index(text, []byte("\nsteps:")); i >= 0 {
		head, steps = text[:i+1], text[i+1:]
	}
	var h Head
	if err == nil {
		err = unbroken(func() error { return yaml.Unmarshal(head, &h) })
	}
	h.Number, h.File, h.Steps = numberOf(file), file, bytes.Count(steps, []byte("\n- id:"))
	if err != nil || !idForm.MatchString(h.ID) { // Lesson tells what is wrong
		h.ID = strings.TrimPrefix(strings.TrimSuffix(file, ".yaml"), h.Number+"-")
		h.Title = unreadable
	}
	return h
}

// text is that of a file. What is no file, as a FIFO, is not waited for.
func (c *Course) text(file string) ([]byte, error) {
	info, err := fs.Stat(c.files, file)
	if err == nil && !info.Mode().IsRegular() {
		return nil, &FormatError{File: file, Message: names.T("this is no file", "这不是文件")}
	}
	var text []byte
	if err == nil {
		text, err = fs.ReadFile(c.files, file)
	}
	if err != nil {
		var at *fs.PathError
		if errors.As(err, &at) {
			err = at.Err
		}
		return nil, &FormatError{File: file, Message: Said(err)}
	}
	return text, nil
}

// Alone is a course of one of its lessons, by its file's name.
func (c *Course) Alone(file string) (*Course, bool) {
	for _, h := range c.heads {
		if h.File == file {
			return &Course{files: c.files, heads: []Head{h}}, true
		}
	}
	return nil, false
}

// Heads lists the lessons in order.
func (c *Course) Heads() []Head { return c.heads }

// Find finds a lesson by its id, its number (4, 04), its file's name, or an unambiguous beginning of its id.
func (c *Course) Find(word string) (Head, bool) {
	var found []Head
	number := strings.TrimLeft(word, "0")
	for _, h := range c.heads {
		switch {
		case h.ID == word, h.Number != "" && strings.TrimLeft(h.Number, "0") == number, h.Name() == word:
			return h, true
		case word != "" && strings.HasPrefix(h.ID, word):
			found = append(found, h)
		}
	}
	if len(found) == 1 {
		return found[0], true
	}
	return Head{}, false
}

// Lesson reads a whole lesson.
func (c *Course) Lesson(id string) (*Lesson, error) {
	h, ok := c.Find(id)
	if !ok {
		return nil, &sockets.Error{Kind: "no-lesson", Message: names.T("no lesson is called "+id, "没有叫 "+id+" 的课")}
	}
	return c.Read(h)
}

// Read reads the whole lesson of a head. What is wrong is a *FormatError.
func (c *Course) Read(h Head) (*Lesson, error) {
	text, err := c.text(h.File)
	if err != nil {
		return nil, err
	}
	return Read(h.File, text)
}
