package render

import (
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// card writes the fields of a card below each other, their values aligned.
func (d *drawing) card(indent int, fields []sockets.Field) {
	widest := 0
	for _, f := range fields {
		if f.Value.Type != sockets.CardValue && !isCards(f.Value) {
			widest = max(widest, Width(d.fieldName(f)))
		}
	}
	widest = min(widest, max(d.width/3, 8))
	for _, f := range fields {
		if f.Unshown {
			continue
		}
		d.to(indent)
		name := d.fieldName(f)
		switch {
		case f.Value.Type == sockets.CardValue && len(f.Value.Fields) > 0:
			d.lines(indent, dim, []string{shorten(name, d.room(indent))})
			d.card(min(indent+2, d.width/2), f.Value.Fields)
		case isCards(f.Value):
			d.lines(indent, dim, []string{shorten(name, d.room(indent))})
			d.cards(min(indent+2, d.width/2), f.Value.List)
		default:
			d.put(dim, shorten(name, widest))
			hang := indent + widest + 2
			lines, left := firstLines(d.fieldText(f), d.room(hang))
			d.lines(hang, plain, lines)
			if left > 0 {
				d.lines(hang, dim, Wrap(d.say(moreCharacters.Fill("n", grouped(left))), d.room(hang)))
			}
		}
	}
}

func (d *drawing) fieldName(f sockets.Field) string { return fieldName(f, d.lang) }

// fieldText is what a card shows of a field.
func (d *drawing) fieldText(f sockets.Field) string { return fieldText(f, d.lang) }

func fieldText(f sockets.Field, lang names.Lang) string {
	if !f.Told.IsZero() {
		return say(f.Told, lang)
	}
	return cellText(f.Value)
}

// isGrouped reports whether the fields of a card stand in groups.
func isGrouped(fields []sockets.Field) bool { return len(fields) > 0 && !fields[0].Group.IsZero() }

// A block is a group of fields below its title.
type block struct {
	title string
	rows  []sockets.Field
}

// height is how many lines the block takes.
func (b block) height() int { return 1 + len(b.rows) }

const (
	blockGap    = 3 // columns between two blocks that stand beside each other
	mostColumns = 3
)

// groups writes a card whose fields stand in groups: beside each other as far as there is room, in the order that they have.
func (d *drawing) groups(indent int, fields []sockets.Field) {
	var blocks []block
	for _, f := range fields {
		if f.Unshown {
			continue
		}
		if title := say(f.Group, d.lang); len(blocks) == 0 || blocks[len(blocks)-1].title != title {
			blocks = append(blocks, block{title: title})
		}
		last := &blocks[len(blocks)-1]
		last.rows = append(last.rows, f)
	}
	for n := min(len(blocks), mostColumns); n > 1; n-- {
		if columns := d.columns(columnsOfBlocks(blocks, n)); widthOf(columns) <= d.room(indent) {
			d.besides(indent, columns)
			return
		}
	}
	for i, b := range blocks { // one below the other, where what is too long wraps
		if i > 0 {
			d.newline()
		}
		d.to(indent)
		d.put(bold, b.title)
		d.newline()
		d.card(indent, b.rows)
	}
}

// columnsOfBlocks parts blocks into n columns, the highest of which is as low as can be.
func columnsOfBlocks(blocks []block, n int) [][]block {
	if n == 1 {
		return [][]block{blocks}
	}
	var best [][]block
	for i := 1; i <= len(blocks)-n+1; i++ {
		parts := append([][]block{blocks[:i]}, columnsOfBlocks(blocks[i:], n-1)...)
		if best == nil || highest(parts) < highest(best) {
			best = parts
		}
	}
	return best
}

func highest(columns [][]block) (most int) {
	for _, c := range columns {
		n := len(c) - 1 // blank lines
		for _, b := range c {
			n += b.height()
		}
		most = max(most, n)
	}
	return most
}

// A columnOfText is blocks laid out: lines of a name and a text, or of a title.
type columnOfText struct {
	lines        [][2]string
	isTitle      []bool
	names, width int
}

func (d *drawing) columns(parts [][]block) (columns []columnOfText) {
	for _, blocks := range parts {
		var c columnOfText
		add := func(name, text string, title bool) {
			c.lines = append(c.lines, [2]string{name, text})
			c.isTitle = append(c.isTitle, title)
		}
		texts := 0
		for i, b := range blocks {
			if i > 0 {
				add("", "", true)
			}
			add(b.title, "", true)
			c.width = max(c.width, Width(b.title))
			for _, f := range b.rows {
				name, text := Sanitize(f.Name), d.fieldText(f)
				c.names, texts = max(c.names, Width(name)), max(texts, Width(text))
				add(name, text, false)
			}
		}
		c.width = max(c.width, c.names+2+texts)
		columns = append(columns, c)
	}
	return columns
}

func widthOf(columns []columnOfText) (n int) {
	for _, c := range columns {
		n += c.width + blockGap
	}
	return n - blockGap
}

func (d *drawing) besides(indent int, columns []columnOfText) {
	most := 0
	for _, c := range columns {
		most = max(most, len(c.lines))
	}
	for i := range most {
		at := indent
		for _, c := range columns {
			if i < len(c.lines) && c.lines[i][0] != "" {
				d.to(at)
				if c.isTitle[i] {
					d.put(bold, c.lines[i][0])
				} else {
					d.put(dim, c.lines[i][0])
					d.to(at + c.names + 2)
					d.put(plain, c.lines[i][1])
				}
			}
			at += c.width + blockGap
		}
		d.newline()
	}
}
