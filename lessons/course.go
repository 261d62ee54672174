package lessons

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/goccy/go-yaml"

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
	Steps   int        `yaml:"-"`
}

// Embedded is sockstep's own course.
func Embedded() (*Course, error) {
	sub, err := fs.Sub(embedded, "course")
	if err != nil {
		return nil, err
	}
	return Open(sub)
}

// Open opens a folder of lessons. Only the heads are read, down to "steps:"; Lesson reads the whole of one.
func Open(files fs.FS) (*Course, error) {
	found, err := fs.Glob(files, "*.yaml")
	if err != nil {
		return nil, err
	}
	if len(found) == 0 {
		return nil, errors.New("no lessons: no file is called NN-id.yaml")
	}
	slices.Sort(found)
	c := &Course{files: files}
	for _, file := range found {
		text, err := fs.ReadFile(files, file)
		if err != nil {
			return nil, err
		}
		head, steps := text, []byte(nil)
		if i := bytes.Index(text, []byte("\nsteps:")); i >= 0 {
			head, steps = text[:i+1], text[i+1:]
		}
		h := Head{Number: numberOf(file), File: file, Steps: bytes.Count(steps, []byte("\n- id:"))}
		if err := yaml.Unmarshal(head, &h); err != nil || h.ID == "" { // Lesson tells what is wrong
			h.ID = strings.TrimPrefix(strings.TrimSuffix(path.Base(file), ".yaml"), h.Number+"-")
			h.Title = names.Text{En: h.ID, Zh: h.ID}
		}
		c.heads = append(c.heads, h)
	}
	return c, nil
}

// Heads lists the lessons in order.
func (c *Course) Heads() []Head { return c.heads }

// Find finds a lesson by its id, its number (4, 04), its file's name, or an unambiguous beginning of its id.
func (c *Course) Find(word string) (Head, bool) {
	var found []Head
	number := strings.TrimLeft(word, "0")
	for _, h := range c.heads {
		switch {
		case h.ID == word, h.Number != "" && strings.TrimLeft(h.Number, "0") == number, strings.TrimSuffix(h.File, ".yaml") == word:
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
		return nil, fmt.Errorf("no lesson is called %s", id)
	}
	text, err := fs.ReadFile(c.files, h.File)
	if err != nil {
		return nil, err
	}
	return Read(h.File, text)
}
