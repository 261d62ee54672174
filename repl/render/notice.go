package render

import (
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets"
)

// notice writes what belongs to no line of the student's, each on a line that a dot marks: the end of a
// job, an arrival, a late packet. It may come while a line is being typed, and is brief.
func (d *drawing) notice(a *sockets.Act) {
	d.marked = true
	if a.Job > 0 {
		d.jobEnd(a)
	}
	noted := slices.ContainsFunc(a.Steps, func(s sockets.Step) bool { _, ok := s.(sockets.Note); return ok })
	var steps []sockets.Step
	for _, s := range d.shown(a.Steps) {
		_, isNote := s.(sockets.Note)
		_, isCall := s.(sockets.Call)
		change, isChange := s.(sockets.Change)
		inWords := isChange && noted && change.Field != "state" // a note says what changed, but names no state
		if isNote == (a.Job > 0) && !isCall && !inWords {
			steps = append(steps, s)
		}
	}
	d.marked = a.Job == 0 // the notes of a job stand below its line, and say why it ended so
	d.steps(steps)
	if a.Job > 0 {
		return
	}
	// What is told is shown even where notes are off: it was the reason to speak.
	for _, s := range a.Steps {
		if n, ok := s.(sockets.Note); ok {
			d.told(plain, d.say(n.Text))
		}
	}
	switch {
	case isLesson(a.Value):
		d.lesson(a.Value)
	case !a.Value.IsNothing():
		d.told(plain, a.Value.Text)
	}
	if e := asError(a.Err); e != nil {
		d.told(red, d.message(a, e))
	}
}

func (d *drawing) told(s style, t string) {
	d.begin()
	d.lines(2, s, d.wrap(t, d.prose(2)))
}

// jobEnd says, on one line where it fits, which job is over and what it gave: · job 1  c = accept s  = c1
func (d *drawing) jobEnd(a *sockets.Act) {
	d.begin()
	d.put(dim, d.say(wordJob)+" "+strconv.Itoa(a.Job))

	line := strings.TrimSpace(strings.TrimSuffix(strings.TrimSpace(Sanitize(a.Line)), "&"))
	if line != "" {
		d.to(d.col + 2)
		d.put(plain, shorten(line, d.room(d.col)))
	}
	if _, picture := PictureOf(a.Value); !a.Value.IsNothing() && !picture { // whose first line says nothing
		s, _, more := strings.Cut(a.Value.Text, "\n")
		s = Sanitize(s)
		if more {
			s += ellipsis
		}
		d.beside(piece{{dim, "= "}, {bold, shorten(s, d.room(4))}})
	}
	e := asError(a.Err)
	if e == nil {
		d.newline()
		return
	}
	bad := red
	if a.Expected || e.Kind == "cancelled" {
		bad = plain
	}
	for i, l := range d.wrap(d.message(a, e), d.prose(2)) {
		if i > 0 {
			d.newline()
		}
		d.beside(piece{{bad, l}})
	}
	d.newline()
}

// beside writes a piece on the line that has begun, or on the next where there is no room.
func (d *drawing) beside(p piece) {
	if d.col > 0 && d.col+2+p.width() > d.width {
		d.newline()
	}
	d.to(max(d.col+min(d.col, 2), 2))
	d.putPiece(p)
}
