package render

import (
	"io"
	"strings"
	"sync"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Calls says which system calls are shown.
type Calls int

// Which system calls are shown.
const (
	CallsOff Calls = iota
	CallsOn        // those that the line asked for
	CallsAll       // and those that sockstep made for its own sake
)

// Show says which layers of an act are shown. The zero value shows the value and the error alone.
type Show struct {
	Calls                           Calls
	Packets, Changes, Notes, Python bool
}

// ShowAll shows every layer, less sockstep's own calls: what a new student sees.
func ShowAll() Show {
	return Show{Calls: CallsOn, Packets: true, Changes: true, Notes: true, Python: true}
}

// Options say how acts are written for a person. What may change from act to act is a function; each may be nil.
type Options struct {
	Lang  func() names.Lang // English
	Width func() int        // columns of the terminal; 80 for none and for 0
	Show  func() Show       // ShowAll
	Color bool
	Echo  bool // write the line before its act: for scripts, where no one typed it above
}

// Text writes each act for a person, when it is over. It may be shown acts from several goroutines.
type Text struct {
	w       io.Writer
	o       Options
	palette *palette

	mu  sync.Mutex
	buf []byte
	err error
}

// NewText returns an observer that writes acts to w.
func NewText(w io.Writer, o Options) *Text {
	return &Text{w: w, o: o, palette: newPalette(o.Color)}
}

// Observe writes a when it is over: one Write of whole lines, and none where there is nothing to show.
func (t *Text) Observe(a *sockets.Act, s sockets.Step) {
	if s != nil {
		return
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.drawing()
	if a.Seq == 0 {
		d.notice(a)
	} else {
		d.act(a)
	}
	t.buf = reusable(d.buf)
	if len(d.buf) == 0 {
		return
	}
	if _, err := t.w.Write(d.buf); err != nil && t.err == nil {
		t.err = err
	}
}

// Remark writes what the writer of a script says between its lines.
func (t *Text) Remark(text string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	d := t.drawing()
	d.put(dim, "# ")
	d.lines(2, plain, Wrap(Sanitize(text), d.prose(2)))
	t.buf = reusable(d.buf)
	if _, err := t.w.Write(d.buf); err != nil && t.err == nil {
		t.err = err
	}
}

// Err is the first error of the writer, nil for none.
func (t *Text) Err() error {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.err
}

// Narrower windows than this are drawn as if they were so wide: their lines wrap.
const narrowest = 20

func (t *Text) drawing() *drawing {
	d := &drawing{page: page{buf: t.buf[:0], width: 80, palette: t.palette}, show: ShowAll(), echo: t.o.Echo}
	if t.o.Lang != nil {
		d.lang = t.o.Lang()
	}
	if t.o.Show != nil {
		d.show = t.o.Show()
	}
	if t.o.Width != nil {
		if w := t.o.Width(); w > 0 {
			d.width = max(w, narrowest)
		}
	}
	return d
}

// A drawing is one act on its way to a page, in one language, with some layers shown.
type drawing struct {
	page
	lang   names.Lang
	show   Show
	echo   bool
	marked bool // the line begins with the dot of a notice
}

func (d *drawing) say(t names.Text) string { return say(t, d.lang) }

// act writes all of an act that is shown, in its order.
func (d *drawing) act(a *sockets.Act) {
	e := asError(a.Err)
	if d.echo && !pointed(a, e) {
		d.put(dim, "› ")
		d.lines(2, plain, Wrap(Sanitize(a.Line), d.room(2)))
	}
	if d.show.Python && a.Python != "" && !pointed(a, e) {
		d.label(dim, labelPython)
		var lines []string
		for line := range strings.SplitSeq(a.Python, "\n") {
			lines = append(lines, Wrap(Sanitize(line), d.room(gutter(d.lang)))...)
		}
		d.lines(gutter(d.lang), plain, lines)
	}
	d.steps(notesLast(a.Steps))
	d.value(a)
	if e != nil {
		d.failure(a, e)
	}
}

// label begins a line of a layer.
func (d *drawing) label(s style, l names.Text) {
	d.begin()
	d.put(s, d.say(l))
	d.to(gutter(d.lang))
}

// begin indents a block by two columns, or marks it as a notice.
func (d *drawing) begin() {
	if d.marked {
		d.put(dim, "·")
	}
	d.to(2)
}
