package render

import (
	"strings"

	"github.com/fatih/color"
)

// A style is what a stretch of text means; the package's doc lists the colours.
type style int

const (
	plain style = iota
	bold
	red
	yellow
	cyan
	dim
	styleCount
)

// A palette holds the sequences that switch each style on and off; empty ones where there is no colour.
type palette [styleCount]struct{ on, off string }

func newPalette(colored bool) *palette {
	p := new(palette)
	if !colored {
		return p
	}
	for s, c := range map[style]*color.Color{
		bold:   color.New(color.Bold),
		red:    color.New(color.FgRed),
		yellow: color.New(color.FgYellow),
		cyan:   color.New(color.FgCyan),
		dim:    color.New(color.Faint),
	} {
		// The caller has decided; what the package color thinks of stdout and NO_COLOR does not matter.
		c.EnableColor()
		p[s].on, p[s].off, _ = strings.Cut(c.Sprint("|"), "|")
	}
	return p
}

// A span is text of one style, and a piece is spans that stay on one line.
type (
	span struct {
		style style
		text  string
	}
	piece []span
)

func text(s style, t string) piece { return piece{{s, Sanitize(t)}} }

func (p piece) width() int {
	n := 0
	for _, s := range p {
		n += Width(s.text)
	}
	return n
}

// fit shortens the widest span so that the piece is at most width columns wide.
func (p piece) fit(width int) piece {
	over := p.width() - width
	if over <= 0 {
		return p
	}
	widest := 0
	for i, s := range p {
		if Width(s.text) > Width(p[widest].text) {
			widest = i
		}
	}
	p = append(piece(nil), p...)
	p[widest].text = shortenMiddle(p[widest].text, max(Width(p[widest].text)-over, 1))
	return p
}

// measure is how far right a duration stands: on a wider window the eye would lose its line.
const measure = 100

// A page is lines in the making.
type page struct {
	buf     []byte
	col     int // columns of the line so far
	width   int
	palette *palette
}

// put writes text at the end of the line. All that is written passes here, and no control character does.
func (p *page) put(s style, t string) {
	if t == "" {
		return
	}
	p.buf = append(p.buf, p.palette[s].on...)
	p.buf = append(p.buf, Sanitize(t)...)
	p.buf = append(p.buf, p.palette[s].off...)
	p.col += Width(t)
}

func (p *page) putPiece(piece piece) {
	for _, s := range piece {
		p.put(s.style, s.text)
	}
}

// to fills the line with blanks up to a column.
func (p *page) to(col int) {
	for ; p.col < col; p.col++ {
		p.buf = append(p.buf, ' ')
	}
}

func (p *page) newline() {
	p.buf = append(p.buf, '\n')
	p.col = 0
}

// endLine ends a line that has begun.
func (p *page) endLine() {
	if p.col > 0 {
		p.newline()
	}
}

// room is the columns from hang to the edge; at least a few, so that even a sliver of a window shows something.
func (p *page) room(hang int) int { return max(p.width-hang, 8) }

// prose is the room for running text, which no one reads well in very long lines.
func (p *page) prose(hang int) int { return max(min(p.width, measure)-hang, 8) }

// lines writes lines of one style, each from column hang on.
func (p *page) lines(hang int, s style, lines []string) {
	for _, l := range lines {
		p.to(hang)
		p.put(s, l)
		p.newline()
	}
}

// flow writes pieces from column hang on, gap columns apart, on as many lines as they need, and the last
// piece, right, at the right edge.
func (p *page) flow(hang, gap int, pieces []piece, right piece) {
	p.to(hang)
	for _, piece := range pieces {
		piece = piece.fit(p.room(hang))
		if p.col > hang {
			if p.col+gap+piece.width() > p.width {
				p.newline()
				p.to(hang)
			} else {
				p.to(p.col + gap)
			}
		}
		p.putPiece(piece)
	}
	p.right(hang, right)
}

// right ends the line with a piece at its right edge, or on a line of its own where there is no room.
func (p *page) right(hang int, piece piece) {
	w := piece.width()
	if w > 0 {
		if p.col+2+w > p.width {
			p.newline()
			p.to(hang)
		}
		p.to(max(min(p.width, measure)-w, p.col+2))
		p.putPiece(piece)
	}
	p.endLine()
}
