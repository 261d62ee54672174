package repl

// lessons suggests the ids of the course.
func (c *completion) lessons() {
	l := c.s.lesson
	if l == nil || l.course == nil {
		open := c.s.openLessons
		if open == nil {
			open = openEmbedded
		}
		course, _, err := open()
		if err != nil {
			return
		}
		l = &learning{course: course}
	}
	for _, h := range l.course.Heads() {
		c.add(h.ID, h.Number+" "+h.Title.In(c.s.Lang()))
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
