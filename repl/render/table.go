package render

import (
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Table is text in rows and columns.
type Table struct {
	Columns []Column
	Rows    [][]string
}

// A Column is one column of a Table. Where there is no room for all, the heaviest column goes first,
// and of equals the last; the lightest stays.
type Column struct {
	Title  string
	Right  bool // aligned to the right, and never shortened: for numbers
	Weight int

	prose bool // running text
}

// Cells are not shortened below these widths: less would say nothing. Prose can do with less than a name.
const (
	narrowProse   = 8
	narrowName    = 11 // ESTABLISHED
	narrowAddress = 10 // 127…:40022
)

// columnGap is the blank between two columns; narrowGap where all columns stay, and their cells have no room for it.
const (
	columnGap = 2
	narrowGap = 1
)

// Lines gives the heading and a line for each row, none wider than width, and the titles of the columns
// that found no room. Cells are shortened before a column is left out: words at their end, addresses in their middle.
func (t Table) Lines(width int) (head string, rows []string, hidden []string) {
	natural, least := make([]int, len(t.Columns)), make([]int, len(t.Columns))
	for i, c := range t.Columns {
		title, narrow := Width(Sanitize(c.Title)), narrowName
		natural[i] = title
		for _, r := range t.Rows {
			if i < len(r) {
				natural[i] = max(natural[i], Width(Sanitize(r[i])))
				switch {
				case strings.Contains(r[i], " "):
					narrow = narrowProse
				case strings.Contains(r[i], ":"):
					narrow = min(narrow, narrowAddress)
				}
			}
		}
		least[i] = natural[i]
		if !c.Right {
			least[i] = min(natural[i], max(narrow, title))
		}
	}
	kept := make([]bool, len(t.Columns))
	for i := range kept {
		kept[i] = true
	}
	gap := columnGap
	widths := t.fit(natural, natural, kept, width, gap)
	if widths == nil { // with less between them more of the cells can be read
		gap = narrowGap
		widths = t.fit(natural, least, kept, width, gap)
	}
	for widths == nil {
		gap = columnGap
		kept[t.heaviest(kept)] = false
		widths = t.fit(natural, least, kept, width, gap)
	}
	for i, c := range t.Columns {
		if !kept[i] {
			hidden = append(hidden, Sanitize(c.Title))
		}
	}
	titles := make([]string, len(t.Columns))
	for i, c := range t.Columns {
		titles[i] = c.Title
	}
	head = t.line(titles, widths, kept, gap)
	for _, r := range t.Rows {
		rows = append(rows, t.line(r, widths, kept, gap))
	}
	return head, rows, hidden
}

// fit gives the widths at which the kept columns fit, nil for none. The widest column gives way first.
func (t Table) fit(natural, least []int, kept []bool, width, gap int) []int {
	widths := make([]int, len(natural))
	total, count, last := 0, 0, 0
	for i, n := range natural {
		if !kept[i] {
			continue
		}
		widths[i] = n
		total += n
		count++
		last = i
	}
	if count <= 1 { // the last column is shown whatever the width
		widths[last] = min(widths[last], max(width, 1))
		return widths
	}
	for total += gap * (count - 1); total > width; total-- {
		widest := -1
		for i := range widths {
			if kept[i] && widths[i] > least[i] && (widest < 0 || widths[i] > widths[widest]) {
				widest = i
			}
		}
		if widest < 0 {
			return nil
		}
		widths[widest]--
	}
	return widths
}

func (t Table) heaviest(kept []bool) int {
	heaviest := -1
	for i, c := range t.Columns {
		if kept[i] && (heaviest < 0 || c.Weight >= t.Columns[heaviest].Weight) {
			heaviest = i
		}
	}
	return heaviest
}

func (t Table) line(cells []string, widths []int, kept []bool, gap int) string {
	var b strings.Builder
	pending := 0 // blanks, written only when something follows them
	first := true
	for i, c := range t.Columns {
		if !kept[i] {
			continue
		}
		if !first {
			pending += gap
		}
		first = false
		cell := ""
		if i < len(cells) {
			cell = Sanitize(cells[i])
		}
		if strings.Contains(cell, " ") {
			cell = shorten(cell, widths[i])
		} else {
			cell = shortenMiddle(cell, widths[i])
		}
		blank := widths[i] - Width(cell)
		if c.Right {
			pending += blank
		}
		if cell != "" {
			b.WriteString(strings.Repeat(" ", pending))
			b.WriteString(cell)
			pending = 0
		}
		if !c.Right || cell == "" {
			pending += blank
		}
	}
	return b.String()
}

// columnWeights says which fields of a card matter most where a table has no room for all of them.
var columnWeights = map[string]int{
	"name": 0, "id": 0, "job": 0, "option": 0, "command": 0,
	"state": 1, "value": 1, "local": 1, "sockname": 1, "address": 1, "line": 1,
	"peer": 2, "peername": 2, "ready": 2,
	"type": 3, "kind": 3, "recvq": 3, "sendq": 3,
	"fd": 4, "fileno": 4,
}

const otherWeight = 5

// tableOf makes a table of cards: a column for each field, in the order in which the fields first come.
func tableOf(cards []sockets.Value, lang names.Lang) Table {
	var t Table
	index := map[string]int{}
	for _, card := range cards {
		for _, f := range card.Fields {
			if _, known := index[f.Name]; known || f.Unshown {
				continue
			}
			weight, known := columnWeights[f.Name]
			if !known {
				weight = otherWeight
			}
			index[f.Name] = len(t.Columns)
			t.Columns = append(t.Columns, Column{Title: headName(f, lang), Weight: weight, prose: f.Name == proseColumn})
		}
	}
	isText := make([]bool, len(t.Columns))
	for _, card := range cards {
		row := make([]string, len(t.Columns))
		for i := range row {
			row[i] = "-"
		}
		for _, f := range card.Fields {
			i, shown := index[f.Name]
			if !shown {
				continue
			}
			row[i] = fieldText(f, lang)
			switch {
			case f.Value.Type == sockets.NoValue:
			case !f.Told.IsZero():
				isText[i] = true
			case f.Value.Type == sockets.IntValue:
				t.Columns[i].Right = true
			default:
				isText[i] = true
			}
		}
		t.Rows = append(t.Rows, row)
	}
	for i := range t.Columns {
		t.Columns[i].Right = t.Columns[i].Right && !isText[i]
	}
	return t
}

// proseColumn is the field that holds running text; it stands last.
const proseColumn = "meaning"

// cutProse takes the column of running text off, nil where there is none: it is wrapped, not shortened.
func (t *Table) cutProse() (title string, prose []string) {
	last := len(t.Columns) - 1
	if last < 1 || !t.Columns[last].prose {
		return "", nil
	}
	title, t.Columns = t.Columns[last].Title, t.Columns[:last]
	for i, r := range t.Rows {
		prose = append(prose, r[last])
		t.Rows[i] = r[:last]
	}
	return title, prose
}
