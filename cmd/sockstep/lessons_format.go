package main

import (
	"io"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/lessons"
	"sockstep/repl/render"
	"sockstep/sockets/names"
)

// newLessonsFormat prints how a lesson is written: sockstep lessons format
func newLessonsFormat(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "format",
		Short: s.say(names.T("print how a lesson is written: every key, with examples that check", "输出课程文件的写法：每个键，附可通过检查的例子")),
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			_, err := io.WriteString(s.io.out, drawPage(lessons.Format(s.language()), s.width(), s.colored()))
			return err
		},
	}
}

// How a page is drawn: prose is wrapped, entries stand in two columns, and code is indented and else left as it is.
const (
	codeIndent  = 4
	entryIndent = 2
	widestTerm  = 20 // a wider one has a line of its own
)

// drawPage writes a page for a terminal so wide.
func drawPage(page []lessons.Part, width int, colored bool) string {
	d := &pageDrawing{width: width, colored: colored}
	for i, p := range page {
		if i > 0 && (p.Kind != lessons.Entry || page[i-1].Kind != lessons.Entry) {
			d.text.WriteByte('\n')
		}
		switch p.Kind {
		case lessons.Title, lessons.Chapter, lessons.Section:
			d.heading(p)
		case lessons.Prose:
			d.lines(render.Wrap(p.Text, width), 0)
		case lessons.Entry:
			d.entry(p, termColumn(page, i))
		case lessons.Code:
			for line := range strings.Lines(p.Text) {
				d.code(strings.TrimSuffix(line, "\n"))
			}
		}
	}
	return d.text.String()
}

// termColumn is where the texts of the list begin that an entry belongs to.
func termColumn(page []lessons.Part, at int) (column int) {
	for at > 0 && page[at-1].Kind == lessons.Entry {
		at--
	}
	for ; at < len(page) && page[at].Kind == lessons.Entry; at++ {
		if w := render.Width(page[at].Term); w <= widestTerm {
			column = max(column, w)
		}
	}
	return entryIndent + column + 2
}

type pageDrawing struct {
	text    strings.Builder
	width   int
	colored bool
	inCode  bool // between two backquotes, which may stand on two lines
}

const (
	boldText = "\x1b[1m"
	dimText  = "\x1b[2m"
	codeText = "\x1b[36m"
	noStyle  = "\x1b[0m"
)

func (d *pageDrawing) styled(style, text string) string {
	if !d.colored || text == "" {
		return text
	}
	return style + text + noStyle
}

// heading writes one, underlined: without colour, too, it is seen from afar.
func (d *pageDrawing) heading(p lessons.Part) {
	for _, line := range render.Wrap(p.Text, d.width) {
		d.text.WriteString(d.styled(boldText, line) + "\n")
	}
	rule := map[lessons.PartKind]string{lessons.Title: "=", lessons.Chapter: "-", lessons.Section: "~"}[p.Kind]
	d.text.WriteString(d.styled(dimText, strings.Repeat(rule, min(render.Width(p.Text), d.width))) + "\n")
}

// lines writes text whose first line may have begun already.
func (d *pageDrawing) lines(all []string, indent int) {
	for i, line := range all {
		if i > 0 {
			d.text.WriteString(strings.Repeat(" ", indent))
		}
		d.text.WriteString(d.quoted(line) + "\n")
	}
	d.inCode = false
}

// quoted colours what stands in backquotes.
func (d *pageDrawing) quoted(line string) string {
	if !d.colored {
		return line
	}
	var b strings.Builder
	for i, piece := range strings.Split(line, "`") {
		if i > 0 {
			d.inCode = !d.inCode
			b.WriteByte('`')
		}
		if d.inCode {
			piece = d.styled(codeText, piece)
		}
		b.WriteString(piece)
	}
	return b.String()
}

func (d *pageDrawing) entry(p lessons.Part, column int) {
	d.text.WriteString(strings.Repeat(" ", entryIndent) + d.styled(codeText, p.Term))
	if at := entryIndent + render.Width(p.Term); at+2 <= column {
		d.text.WriteString(strings.Repeat(" ", column-at))
	} else {
		d.text.WriteString("\n" + strings.Repeat(" ", column))
	}
	d.lines(render.Wrap(p.Text, d.width-column), column)
}

// code writes a line as it is; a comment is dim.
func (d *pageDrawing) code(line string) {
	if line == "" {
		d.text.WriteByte('\n')
		return
	}
	code, comment := line, ""
	if i := strings.Index(line, "# "); i == 0 || i > 0 && line[i-1] == ' ' {
		code, comment = line[:i], line[i:]
	}
	d.text.WriteString(strings.Repeat(" ", codeIndent) + code + d.styled(dimText, comment) + "\n")
}
