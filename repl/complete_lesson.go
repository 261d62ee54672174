package repl

import (
	"slices"
	"strings"

	"sockstep/lessons"
)

// course is the one that is open, or would be; nil where it cannot be.
func (c *completion) course() *lessons.Course {
	if l := c.s.lesson; l != nil && l.course != nil {
		return l.course
	}
	open := c.s.openLessons
	if open == nil {
		open = openEmbedded
	}
	course, _, err := open()
	if err != nil {
		return nil
	}
	return course
}

// lessons suggests the ids of the course.
func (c *completion) lessons() {
	if course := c.course(); course != nil {
		for _, h := range course.Heads() {
			c.add(h.ID, h.Number+" "+h.Title.In(c.s.Lang()))
		}
	}
}

// roles suggests those of the lesson that a word before names, or of all that have some.
func (c *completion) roles(words []Word) {
	course := c.course()
	if course == nil {
		return
	}
	for _, h := range course.Heads() {
		named := slices.ContainsFunc(words, func(w Word) bool { f, ok := course.Find(w.Text); return ok && f.ID == h.ID })
		if named || len(words) == 0 {
			for _, r := range h.Roles {
				c.add(r, h.Title.In(c.s.Lang()))
			}
		}
	}
}

// steps suggests those of the lesson that is on.
func (c *completion) steps() {
	l := c.s.lesson
	if l == nil || l.run == nil {
		return
	}
	for i, st := range l.run.Lesson.Steps {
		c.add(st.ID, itoa(i+1))
	}
}

// LessonNamed is the id of the lesson that a word names, where the course has one.
func (e *Env) LessonNamed(word string) (id string, ok bool) {
	c := completion{s: e.Session}
	course := c.course()
	if course == nil {
		return "", false
	}
	for _, h := range course.Heads() {
		if strings.EqualFold(h.ID, word) {
			return h.ID, true
		}
	}
	return "", false
}
