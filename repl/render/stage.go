package render

import (
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A stage is a page that is read from the last row: one step of a lesson alone, with wide margins and its number in large figures.
//
//	        05 The three-way handshake, and what accept does not do
//
//	        ▀▀█  ▄▀ █▀█
//	        █▄▄ ▀   ▀▀█
//
//	        Connect a client to it, without any accept.

// StageOptions say how a page is drawn.
type StageOptions struct {
	Columns, Rows int
	Lang          names.Lang
	Color         bool
}

// figures are the digits in half blocks, two rows each.
var figures = map[rune][2]string{
	'0': {"█▀█", "█▄█"}, '1': {"▀█ ", "▄█▄"}, '2': {"▀▀█", "█▄▄"}, '3': {"▀▀█", "▄██"}, '4': {"█ █", "▀▀█"}, '5': {"█▀▀", "▄▄█"},
	'6': {"█▀▀", "███"}, '7': {"▀▀█", "  █"}, '8': {"███", "█▄█"}, '9': {"█▀█", "▄▄█"}, '/': {" ▄▀", "▀  "},
}

// bigFigures is a number in large figures.
func bigFigures(number string) (rows [2]string) {
	for _, r := range number {
		f, ok := figures[r]
		if !ok {
			continue
		}
		for i := range rows {
			rows[i] += f[i] + " "
		}
	}
	return rows
}

// stageMeasure is how wide the text on a stage is at most: longer lines are lost from afar.
const stageMeasure = 72

// A stagePage is a page in the making, each line without its margin.
type stagePage struct {
	drawing
	room  int
	lines []string
	gaps  []bool // of lines: a blank one that may be left out
}

func newStage(o StageOptions) *stagePage {
	room := max(min(o.Columns-16, stageMeasure), min(o.Columns-2, narrowest))
	return &stagePage{drawing: drawing{page: page{width: o.Columns, palette: newPalette(o.Color)}, lang: o.Lang}, room: room}
}

func (d *stagePage) line(s style, text string) {
	d.lines, d.gaps = append(d.lines, d.palette[s].on+text+d.palette[s].off), append(d.gaps, false)
}

func (d *stagePage) gap() {
	if n := len(d.gaps); n > 0 && d.gaps[n-1] {
		return
	}
	d.lines, d.gaps = append(d.lines, ""), append(d.gaps, true)
}

// text adds running text, with what is to be typed in its own colour.
func (d *stagePage) text(s style, indent int, text string) {
	if text == "" {
		return
	}
	typed := false
	for _, l := range Wrap(sanitizeEach(text), d.room-indent) {
		var b strings.Builder
		b.WriteString(strings.Repeat(" ", indent))
		for i, part := range strings.Split(l, "`") {
			if i > 0 {
				typed = !typed
				if d.palette[cyan].on == "" {
					b.WriteByte('`')
				}
			}
			st := s
			if typed {
				st = cyan
			}
			b.WriteString(d.palette[st].on + part + d.palette[st].off)
		}
		d.line(plain, b.String())
	}
}

// place gives the lines their margin, and the page the rows that it has: gaps go first, then the end.
func (d *stagePage) place(rows int) []string {
	for i := len(d.lines) - 1; i >= 0 && len(d.lines) > rows; i-- {
		if d.gaps[i] {
			d.lines, d.gaps = append(d.lines[:i:i], d.lines[i+1:]...), append(d.gaps[:i:i], d.gaps[i+1:]...)
		}
	}
	if len(d.lines) > rows {
		d.lines = append(d.lines[:max(rows-1, 0):max(rows-1, 0)], ellipsis)
	}
	above := (rows - len(d.lines)) / 3
	margin := strings.Repeat(" ", max((d.width-d.room)/2, 0))
	out := make([]string, 0, rows)
	for range above {
		out = append(out, "")
	}
	for _, l := range d.lines {
		if l != "" {
			l = margin + l
		}
		out = append(out, l)
	}
	for len(out) < rows {
		out = append(out, "")
	}
	return out
}

// sanitizeEach is Sanitize, line by line.
func sanitizeEach(s string) string {
	lines := strings.Split(s, "\n")
	for i, l := range lines {
		lines[i] = Sanitize(l)
	}
	return strings.Join(lines, "\n")
}

// Stage is what a lesson says, alone on a screen: its title and number, its text, its question. intro shows the words before
// the first step in place of the step. The last row is left free.
func Stage(v sockets.Value, intro bool, o StageOptions) []string {
	get := func(name string) string { f, _ := v.Field(name); return f.Text }
	d := newStage(o)
	if t := get("title"); t != "" {
		d.text(bold, 0, t)
		d.gap()
	}
	if intro {
		d.text(plain, 0, get("intro"))
		return d.place(o.Rows - 1)
	}
	if at := get("at"); at != "" {
		for _, row := range bigFigures(at) {
			d.line(yellow, row)
		}
		d.text(dim, 0, get("whose"))
		d.gap()
	}
	d.text(bold, 0, get("after")) // of the lesson's end
	d.text(bold, 0, get("text"))
	if q := get("question"); q != "" {
		d.gap()
		d.text(yellow, 0, q)
		choices, _ := v.Field("choices")
		d.gap()
		for i, c := range choices.List {
			d.choice(i, c.Text)
		}
	}
	if t := get("outro"); t != "" {
		d.gap()
		d.text(plain, 0, t)
	}
	return d.place(o.Rows - 1)
}

func (d *stagePage) choice(i int, text string) {
	for j, l := range Wrap(Sanitize(text), d.room-6) {
		letter := " "
		if j == 0 {
			letter = string(rune('a' + i))
		}
		d.line(plain, "  "+d.palette[cyan].on+letter+d.palette[cyan].off+"   "+l)
	}
}

// StageHead is the step once more, above its lines: its number and its text, as short as they are.
func StageHead(v sockets.Value, o StageOptions) []string {
	get := func(name string) string { f, _ := v.Field(name); return f.Text }
	d := newStage(o)
	d.room = max(min(o.Columns-4, measure), 8)
	d.text(dim, 0, strings.TrimSpace(get("at")+"   "+get("whose"))+"   "+get("title"))
	d.text(bold, 0, get("text"))
	if q := get("question"); q != "" {
		d.text(yellow, 0, q)
	}
	d.gap()
	for i, l := range d.lines {
		if l != "" {
			d.lines[i] = "  " + l
		}
	}
	return d.lines[:min(len(d.lines), max(o.Rows/2, 1))]
}

// StageTold is how a step ended: what was measured, and what it means.
func StageTold(measured, after string, o StageOptions) []string {
	d := newStage(o)
	d.room = max(min(o.Columns-8, measure), 8)
	d.gap()
	mark := "✓ "
	for _, t := range []string{measured, after} {
		if t == "" {
			continue
		}
		s := plain
		if t == measured {
			s = bold
		}
		d.text(s, 0, mark+t)
		mark = ""
	}
	d.gap()
	for i, l := range d.lines {
		if l != "" {
			d.lines[i] = "  " + l
		}
	}
	return d.lines
}

// A Note is a paragraph of a page of speaker notes.
type Note struct {
	Label, Text string
	Typed       bool // a line of the session
}

// StageNotes is a page of speaker notes.
func StageNotes(title, right string, notes []Note, o StageOptions) []string {
	return stageNotes(title, right, notes, o).place(o.Rows - 1)
}

// StageNotesWhole is the same for a page that has no end.
func StageNotesWhole(title string, notes []Note, o StageOptions) []string {
	return stageNotes(title, "", notes, o).lines
}

func stageNotes(title, right string, notes []Note, o StageOptions) *stagePage {
	d := newStage(o)
	d.room = max(min(o.Columns-8, measure), 8)
	d.text(bold, 0, title)
	if right != "" {
		d.text(dim, 0, right)
	}
	d.gap()
	for _, n := range notes {
		if n.Text == "" {
			continue
		}
		if n.Label != "" {
			d.text(dim, 0, n.Label)
		}
		s := plain
		if n.Typed {
			s = cyan
		}
		d.text(s, 2, n.Text)
		d.gap()
	}
	return d
}
