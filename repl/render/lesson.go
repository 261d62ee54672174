package render

import (
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// What a lesson says is a card that begins with lesson, step and verdict. It is drawn as a page to read:
//
//	04 Sockets and their attributes   3/11
//	the text, wrapped
//	python  s.listen()
//	a question?
//	  a  one answer   b  another

// isLesson reports whether a value is what a lesson said.
func isLesson(v sockets.Value) bool {
	return v.Type == sockets.CardValue && len(v.Fields) > 2 && v.Fields[0].Name == "lesson" && v.Fields[1].Name == "step" && v.Fields[2].Name == "verdict"
}

var (
	lessonHeld    = names.T("✓ ", "✓ ")
	lessonNotYet  = names.T("not yet: ", "尚未完成：")
	lessonUntold  = names.T("cannot be told here: ", "这里无法判断：")
	lessonHint    = names.T("hint {n} of 3: ", "提示 {n}/3：")
	lessonWaits   = names.T("The lesson goes on by itself as soon as this is done there.", "那边一做完，课程会自动继续。")
	lessonWaiting = names.T("… waits", "…… 在等待")
	lessonQuiz    = names.T("quiz a, quiz b … answers", "用 quiz a、quiz b …… 回答")
	lessonPredict = names.T("predict a, predict b … answers", "用 predict a、predict b …… 回答")
)

func (d *drawing) lesson(v sockets.Value) {
	get := func(name string) string { f, _ := v.Field(name); return f.Text }
	role, partner := Sanitize(get("role")), Sanitize(get("partner"))
	if line := get("line"); line != "" {
		result := get("result")
		if get("waits") != "" {
			result = d.say(lessonWaiting)
		}
		d.done(Sanitize(get("called")), line, result)
		return
	}
	if get("quiz") != "" { // the verdict is about the question before
		d.prosePage(yellow, "", get("said"))
	}
	if title := get("title"); title != "" {
		d.begin()
		d.put(bold, title)
		d.to(d.col + 3)
		d.put(dim, get("at"))
		if whose := Sanitize(get("whose")); whose != "" {
			d.beside(piece{{dim, whose}})
		}
		d.newline()
		d.marked = false
	}
	if get("quiz") == "" {
		d.prosePage(yellow, "", get("said"))
	}
	mark := ""
	if get("verdict") == "held" {
		mark = d.say(lessonHeld)
	}
	if m := get("measured"); m != "" {
		d.prosePage(plain, mark, m)
		mark = ""
	}
	d.prosePage(plain, mark, get("after"))
	d.prosePage(plain, "", get("intro"))
	if partner != "" && partner == role && get("title") != "" {
		d.prosePage(dim, "", get("text"))
		if get("waits") != "" {
			d.prosePage(plain, "", d.say(lessonWaits))
		}
	} else {
		d.prosePage(plain, "", get("text"))
	}
	if py := get("python"); py != "" {
		d.label(dim, labelPython)
		for i, line := range strings.Split(py, "\n") {
			if i > 0 {
				d.to(gutter(d.lang))
			}
			d.lines(gutter(d.lang), dim, Wrap(Sanitize(line), d.room(gutter(d.lang))))
		}
	}
	d.question(v)
	if h := get("hint"); h != "" {
		d.prosePage(plain, d.say(lessonHint.Fill("n", get("hints"))), h)
	}
	if all, ok := v.Field("solutions"); ok {
		for i, one := range all.List {
			for _, line := range one.List {
				d.lines(4, cyan, []string{Sanitize(line.Text)}) // whole, however long: it is there to be copied
			}
			if i+1 < len(all.List) {
				d.lines(2, dim, []string{"—"})
			}
		}
	}
	if m := get("missing"); m != "" {
		label := lessonNotYet
		if get("verdict") == "cannot-tell" {
			label = lessonUntold
		}
		d.begin()
		d.lines(2, dim, d.wrap(d.say(label)+m, d.prose(2)))
	}
	d.prosePage(plain, "", get("outro"))
}

// done tells on one line what a line of the partner's did: · client› k = connect tcp 127.0.0.1:8888  = k
func (d *drawing) done(partner, line, result string) {
	d.begin()
	d.put(bold, partner+"› ")
	d.put(plain, shorten(Sanitize(line), d.room(d.col)))
	if result != "" {
		s := dim
		if !strings.HasPrefix(result, "=") && !strings.HasPrefix(result, ellipsis) {
			s = red
		}
		d.beside(piece{{s, shorten(Sanitize(result), d.room(4))}})
	}
	d.newline()
}

// question writes a question with its choices, each with the letter that answers it.
func (d *drawing) question(v sockets.Value) {
	q, ok := v.Field("question")
	if !ok {
		return
	}
	d.prosePage(bold, "", q.Text)
	choices, _ := v.Field("choices")
	var pieces []piece
	for i, c := range choices.List {
		pieces = append(pieces, piece{{cyan, string(rune('a' + i))}, {plain, "  " + Sanitize(c.Text)}})
	}
	d.flow(4, 4, pieces, nil)
	how := lessonPredict
	if _, quiz := v.Field("quiz"); quiz {
		how = lessonQuiz
	}
	d.lines(4, dim, []string{d.say(how)})
}

// prosePage writes running text with what is to be typed in its own colour. Where there is no colour, it keeps its quotes.
func (d *drawing) prosePage(s style, mark, text string) {
	if text == "" {
		return
	}
	d.begin()
	d.marked = false // one dot marks all that is told at once
	colored := d.palette[cyan].on != ""
	typed := false
	for _, line := range d.wrap(mark+text, d.prose(2)) {
		d.to(2)
		if !colored {
			d.put(s, line)
			d.newline()
			continue
		}
		for i, part := range strings.Split(line, "`") {
			if i > 0 {
				typed = !typed
			}
			if typed {
				d.put(cyan, part)
			} else {
				d.put(s, part)
			}
		}
		d.newline()
	}
}
