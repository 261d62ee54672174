package tty

import (
	"strings"

	"github.com/rivo/uniseg"
)

// A view is all that the prompt shows.
type view struct {
	prefix string // may hold colours
	line   line
	menu   menu
}

// A menu is the part of the suggestions that is shown.
type menu struct {
	rows     []Suggestion
	selected int // the row; -1 if none
	first    int // how many suggestions precede the rows
	total    int
	anchor   int // offset in the line under which it hangs
}

// A place is a cell on the screen, counted from the prompt's first one.
type place struct{ x, y int }

// A page is a text broken into rows, with the places of two offsets in it.
type page struct {
	rows           []string
	cursor, anchor place
	full           bool // the last row reaches the margin
}

// A pen breaks text into rows as a terminal does that wraps by itself.
type pen struct {
	cols int
	page
	row strings.Builder
	x   int
}

// write adds text. Colours take no room.
func (p *pen) write(s string) {
	for s != "" {
		if n := sgr(s); n > 0 {
			p.row.WriteString(s[:n])
			s = s[n:]
			continue
		}
		cluster, rest, width, _ := uniseg.FirstGraphemeClusterInString(s, -1)
		s = rest
		if width > p.cols {
			cluster, width = "?", 1
		}
		if p.x+width > p.cols {
			p.wrap()
		}
		p.row.WriteString(cluster)
		p.x += width
	}
}

func (p *pen) wrap() {
	p.rows = append(p.rows, p.row.String())
	p.row.Reset()
	p.x = 0
}

// here is where the next character goes, if it is a narrow one.
func (p *pen) here() place {
	if p.x >= p.cols {
		return place{0, len(p.rows) + 1}
	}
	return place{p.x, len(p.rows)}
}

// lay breaks a view, without its menu, into rows.
func lay(v view, cols int) page {
	p := pen{cols: cols}
	p.write(v.prefix)
	before, anchor := v.line.before(), min(v.menu.anchor, v.line.at)
	p.write(before[:anchor])
	p.anchor = p.here()
	p.write(before[anchor:])
	p.cursor = p.here()
	if after := v.line.after(); after != "" {
		if _, _, width, _ := uniseg.FirstGraphemeClusterInString(after, -1); width > 1 && p.x+width > cols && width <= cols {
			p.cursor = place{0, len(p.rows) + 1} // the cursor stands on the wide character, not on the gap it leaves
		}
		p.write(after)
	}
	p.full = p.x >= cols
	p.wrap()
	return p.page
}

// width is how many columns a text takes.
func width(s string) int { return uniseg.StringWidth(s) }

// fit cuts or fills a text to n columns.
func fit(s string, n int) string {
	if w := width(s); w <= n {
		return s + strings.Repeat(" ", n-w)
	}
	const more = "..."
	room := max(0, n-len(more))
	var b strings.Builder
	used := 0
	for s != "" {
		cluster, rest, w, _ := uniseg.FirstGraphemeClusterInString(s, -1)
		if used+w > room {
			break
		}
		b.WriteString(cluster)
		used += w
		s = rest
	}
	return b.String() + strings.Repeat(".", min(n, len(more))) + strings.Repeat(" ", max(0, n-used-len(more)))
}

// A menuLine is one row of the menu, ready but for its colours.
type menuLine struct {
	text, description string
	mark              string // a scroll bar
	selected          bool
}

// lines lays the menu out: its column, and at most height rows of at most cols columns.
func (m menu) lines(at, cols, height int) (x int, out []menuLine) {
	rows, selected := m.rows, m.selected
	first := m.first
	if len(rows) > height { // keep the selected row in sight
		from := min(max(0, selected-height+1), len(rows)-height)
		rows, selected, first = rows[from:from+height], selected-from, first+from
	}
	if len(rows) == 0 || cols < 8 {
		return 0, nil
	}
	var left, right int
	for _, r := range rows {
		left, right = max(left, width(r.Text)), max(right, width(r.Description))
	}
	bar := 0
	if m.total > len(rows) {
		bar = 1
	}
	// One column stays free: a row that reaches the margin would wrap.
	room := cols - 1 - 2 - bar
	left = min(left, room)
	gap := 2
	if right > 0 {
		if right = min(right, room-left-gap-1); right < 4 {
			right = 0
		}
	}
	total := left + 2 + bar
	if right > 0 {
		total += right + gap
	}
	for i, r := range rows {
		l := menuLine{text: " " + fit(r.Text, left) + " ", selected: i == selected}
		if right > 0 {
			l.description = " " + fit(r.Description, right) + " "
		}
		if bar > 0 {
			l.mark = " "
			if n := len(rows); i >= first*n/m.total && i <= (first+n-1)*n/m.total {
				l.mark = "|"
			}
		}
		out = append(out, l)
	}
	return max(0, min(at-1, cols-1-total)), out
}
