package render

import (
	"errors"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// asError is err in the words of a student; an error of another making has its own text alone.
func asError(err error) *sockets.Error {
	if err == nil {
		return nil
	}
	var e *sockets.Error
	if errors.As(err, &e) {
		return e
	}
	s := err.Error()
	return &sockets.Error{Message: names.T(s, s), Err: err}
}

// pointed reports whether the failure is shown with the line and a caret.
func pointed(a *sockets.Act, e *sockets.Error) bool {
	return e != nil && e.Width > 0 && a.Line != ""
}

// failure writes an error: the line with a caret where a word is meant, then what, why, and what to do.
// A failure that was expected is not red, and needs no mending.
func (d *drawing) failure(a *sockets.Act, e *sockets.Error) {
	bad, label := red, labelError
	if a.Expected {
		bad = plain
	}
	if e.Kind == "cancelled" { // the student's own wish
		bad, label = plain, labelEnded
	}
	if pointed(a, e) {
		d.caret(a.Line, e, bad)
	}
	message := piece{{bad, d.message(a, e)}}
	if a.Expected {
		message = append(message, span{dim, d.say(wordExpected)})
	}
	d.labelled(bad, label, message)
	if !e.Why.IsZero() && !(d.show.Notes && a.Noted(e.Kind)) {
		d.paragraph(yellow, labelWhy, plain, d.say(e.Why))
	}
	if !e.Fix.IsZero() && !a.Expected {
		s := plain
		if e.Fix.En == e.Fix.Zh { // something to type is the same in both languages
			s = cyan
		}
		d.paragraph(dim, labelFix, s, d.say(e.Fix))
	}
}

func (d *drawing) caret(line string, e *sockets.Error, bad style) {
	shown, marks := Caret(line, e.Col, e.Width, d.room(2))
	if d.echo {
		d.put(dim, "›")
	}
	d.to(2)
	d.put(plain, shown)
	d.newline()
	d.to(2)
	d.put(bad, marks)
	d.newline()
}

// message is the errno and its meaning; the operation only where no line above names it.
func (d *drawing) message(a *sockets.Act, e *sockets.Error) string {
	s := d.say(e.Message)
	if e.Errno != "" {
		if s == "" {
			s = e.Errno
		} else {
			s = e.Errno + ": " + s
		}
	}
	if e.Op != "" && !d.callShown(a, e) {
		s = e.Op + ": " + s
	}
	return s
}

func (d *drawing) callShown(a *sockets.Act, e *sockets.Error) bool {
	if a.Seq == 0 || d.show.Calls == CallsOff {
		return false
	}
	for _, s := range a.Steps {
		if c, ok := s.(sockets.Call); ok && c.Errno == e.Errno && (!c.Scaffold || d.show.Calls == CallsAll) {
			return true
		}
	}
	return false
}

// paragraph writes running text behind a label.
func (d *drawing) paragraph(labelStyle style, label names.Text, s style, t string) {
	d.label(labelStyle, label)
	d.lines(gutter(d.lang), s, d.wrap(t, d.prose(gutter(d.lang))))
}

// labelled writes wrapped spans behind a label; the last span stays with the last line.
func (d *drawing) labelled(labelStyle style, label names.Text, spans piece) {
	d.label(labelStyle, label)
	hang := gutter(d.lang)
	width := d.prose(hang)
	for i, s := range spans {
		for j, l := range d.wrap(s.text, width) {
			switch {
			case j > 0 || i > 0 && d.col+1+Width(l) > hang+width:
				d.newline()
				d.to(hang)
			case i > 0 && d.lang == names.English: // the brackets of Chinese bring their own blank
				d.to(d.col + 1)
			}
			d.put(s.style, l)
		}
	}
	d.newline()
}

// wrap makes text that may hold lines safe, and wraps it.
func (d *drawing) wrap(t string, width int) []string { return Wrap(sanitizeLines(t), width) }

// Explain writes out an act's error and notes, a line each, with what was passed over when the act was shown.
func Explain(a *sockets.Act, l names.Lang) []string {
	var out []string
	add := func(label names.Text, text string) {
		head := say(label, l)
		out = append(out, head+strings.Repeat(" ", gutter(l)-2-Width(head))+text)
	}
	if a.Line != "" {
		out = append(out, "› "+a.Line)
	}
	if e := asError(a.Err); e != nil {
		head := say(e.Message, l)
		if e.Errno != "" {
			head = e.Errno + ": " + head
		}
		if e.Op != "" {
			head = e.Op + ": " + head
		}
		add(labelError, head)
		if !e.Why.IsZero() {
			add(labelWhy, say(e.Why, l))
		}
		if !e.Fix.IsZero() {
			add(labelFix, say(e.Fix, l))
		}
	}
	for _, st := range a.Steps {
		if n, ok := st.(sockets.Note); ok {
			add(labelNote, n.ID+": "+say(n.Text, l))
		}
	}
	return out
}
