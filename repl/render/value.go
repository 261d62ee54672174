package render

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A value longer than mostLines is shown by its first keptLines, and what is left out is counted.
const (
	mostLines = 12
	keptLines = 10
)

// value writes what the line gave back: text as it is, a card and a list of cards as tables, all else behind a "=".
func (d *drawing) value(a *sockets.Act) {
	v := a.Value
	switch {
	case v.IsNothing():
	case v.Type == sockets.CardValue && isGrouped(v.Fields):
		d.groups(2, v.Fields)
	case isLesson(v):
		d.lesson(v)
	case v.Type == sockets.CardValue:
		d.card(2, v.Fields)
	case isCards(v):
		d.cards(2, v.List)
	case v.Type == sockets.TextValue && v.Addr == nil && len(v.Fields) == 0:
		if p, ok := PictureOf(v); ok && p.Width() <= d.room(2) {
			d.picture(p)
			break
		}
		d.text(v.Text)
	default:
		d.result(a, v)
	}
}

// picture writes what was laid out in lines as it is.
func (d *drawing) picture(p Picture) {
	for _, l := range p.lines {
		if len(l) > 0 {
			d.to(2)
		}
		d.buf = appendLine(d.buf, l, d.palette[bold].on != "")
		d.newline()
	}
}

// text writes text for reading: its own lines and their indents stay, and lines that are too long wrap.
func (d *drawing) text(s string) {
	for line := range strings.SplitSeq(strings.TrimSuffix(sanitizeLines(s), "\n"), "\n") {
		words := strings.TrimLeft(line, " ")
		indent := min(2+len(line)-len(words), d.width/2)
		if words == "" {
			d.newline()
			continue
		}
		d.hanging(indent, words)
	}
}

// hanging writes a line of text. What does not fit goes below the text after its last wide gap, as of a
// line of a help table, and else below its beginning.
func (d *drawing) hanging(indent int, line string) {
	hang := indent
	if Width(line) > d.room(indent) {
		if i := strings.LastIndex(line, "  "); i > 0 && indent+Width(line[:i+2]) <= d.width/2 {
			hang = indent + Width(line[:i+2])
			d.to(indent)
			d.put(plain, line[:i+2])
			line = line[i+2:]
		}
	}
	d.lines(hang, plain, Wrap(line, d.room(hang)))
}

// result writes a value as Python would print it, and beside it what else is known: a sender, a descriptor.
func (d *drawing) result(a *sockets.Act, v sockets.Value) {
	d.begin()
	d.put(dim, "= ")
	const hang = 4
	s := Sanitize(v.Text)
	var left int
	var more, moreOfName = moreText, moreTextOfName
	if body, quoted := pyBytesBody(v, s); quoted && Width(s) > d.room(hang) {
		more, moreOfName = moreBytes, moreBytesOfName
		left = d.bytes(s[:2], body, s[len(s)-1:], len(v.Bytes))
	} else {
		var lines []string
		lines, left = firstLines(s, d.room(hang))
		for i, l := range lines {
			if i > 0 {
				d.newline()
			}
			d.to(hang)
			d.put(bold, l)
		}
	}
	if left > 0 {
		t := more
		name := keptName(a.Line)
		if name != "" {
			t = moreOfName
		}
		d.newline()
		d.lines(hang, dim, Wrap(d.say(t.Fill("n", grouped(left), "name", name)), d.room(hang)))
	}
	var beside, below []piece
	if t, ok := readable(v); ok {
		beside = append(beside, piece{{dim, "utf-8 "}, {plain, t}})
	}
	for _, f := range v.Fields {
		beside = append(beside, piece{{dim, besideName(f, d.lang) + " "}, {plain, cellText(f.Value)}})
	}
	beside, below = d.tooWide(hang, beside)
	if len(beside) > 0 {
		d.flow(hang, 3, beside, nil)
	}
	d.endLine()
	for _, p := range below {
		d.to(hang)
		d.putPiece(p[:1])
		lines, left := firstLines(p[1].text, d.prose(d.col))
		if left > 0 {
			lines[len(lines)-1] += ellipsis
		}
		d.lines(d.col, p[1].style, lines)
	}
}

// tooWide takes the pieces out that have no room on a line of their own: they wrap below.
func (d *drawing) tooWide(hang int, all []piece) (beside, below []piece) {
	for _, p := range all {
		if p.width() > d.room(hang) && strings.Contains(strings.TrimSpace(p[1].text), " ") || p.width() > 2*d.room(hang) {
			below = append(below, p)
		} else {
			beside = append(beside, p)
		}
	}
	return beside, below
}

// readable is what bytes say that are text in another script than ASCII, whose escapes nobody can read: one line of UTF-8.
func readable(v sockets.Value) (string, bool) {
	t := strings.TrimRight(string(v.Bytes), "\r\n")
	if v.Type != sockets.BytesValue || printableASCII(t) || !utf8.ValidString(t) || strings.ContainsFunc(t, func(r rune) bool { return !unicode.IsPrint(r) }) {
		return "", false
	}
	return Sanitize(t), true
}

// pyBytesBody is what stands between the quotes of bytes.
func pyBytesBody(v sockets.Value, s string) (string, bool) {
	if v.Type != sockets.BytesValue || len(s) < 3 || s[0] != 'b' || s[1] != s[len(s)-1] || !printableASCII(s) {
		return "", false
	}
	return s[2 : len(s)-1], true
}

// bytes writes the inside of long bytes, broken after each \n, so that a request or a reply is read line
// by line, and never within an escape. It gives how many bytes were left out.
func (d *drawing) bytes(open, body, closing string, total int) (left int) {
	d.put(bold, open)
	hang := d.col
	width := max(d.room(hang)-len(closing), 4)
	var lines []string
	var ends []int // how many bytes are shown up to the end of each line
	start, at, shown := 0, 0, 0
	for at < len(body) && len(lines) <= mostLines {
		n := escapeLen(body[at:])
		if at+n-start > width {
			lines, ends = append(lines, body[start:at]), append(ends, shown)
			start = at
		}
		at += n
		shown++
		if body[at-n:at] == `\n` && at < len(body) {
			lines, ends = append(lines, body[start:at]), append(ends, shown)
			start = at
		}
	}
	if at == len(body) {
		lines, ends = append(lines, body[start:]), append(ends, shown)
	}
	if len(lines) > mostLines {
		lines, left = lines[:keptLines], total-ends[keptLines-1]
	}
	for i, l := range lines {
		if i > 0 {
			d.newline()
			d.to(hang)
		}
		d.put(bold, l)
	}
	if left == 0 {
		d.put(bold, closing)
	}
	return left
}

// escapeLen is the length of the escape or character that s begins with.
func escapeLen(s string) int {
	switch {
	case s[0] != '\\' || len(s) == 1:
		return 1
	case s[1] == 'x':
		return min(4, len(s))
	}
	return 2
}

// firstLines wraps text, and gives no more than its first lines with the count of characters left out.
func firstLines(s string, width int) (lines []string, left int) {
	beginning := s
	if most := (mostLines + 1) * width * utf8.UTFMax; len(s) > most {
		beginning = s[:runeStart(s, most)]
	}
	lines = Wrap(beginning, width)
	if len(lines) <= mostLines && len(beginning) == len(s) {
		return lines, 0
	}
	lines = lines[:min(len(lines), keptLines)]
	rest := s
	for _, l := range lines {
		_, rest, _ = strings.Cut(rest, l)
	}
	return lines, utf8.RuneCountInString(strings.TrimLeft(rest, " "))
}

// isCards reports whether v is a list of cards and nothing else.
func isCards(v sockets.Value) bool {
	return v.Type == sockets.ListValue && len(v.List) > 0 && !slices.ContainsFunc(v.List, func(e sockets.Value) bool { return e.Type != sockets.CardValue })
}

// cellText is v as a cell of a table or a field of a card shows it: addresses as the language reads them.
func cellText(v sockets.Value) string {
	s := v.Text
	switch {
	case v.Addr != nil:
		s = v.Addr.String()
	case v.Type == sockets.ListValue:
		parts := make([]string, len(v.List))
		for i, e := range v.List {
			parts[i] = cellText(e)
		}
		s = strings.Join(parts, ", ")
	case v.Type == sockets.CardValue:
		parts := make([]string, len(v.Fields))
		for i, f := range v.Fields {
			parts[i] = f.Name + "=" + cellText(f.Value)
		}
		s = strings.Join(parts, " ")
	}
	return orDash(Sanitize(s))
}

var moreCharacters = names.T("… {n} more characters", "……还有 {n} 个字符")

// cards writes cards of the same kind as a table with a row for each.
func (d *drawing) cards(indent int, cards []sockets.Value) {
	t := tableOf(cards, d.lang)
	title, prose := t.cutProse()
	room := d.room(indent)
	if prose != nil {
		room = max(room-proseRoom-columnGap, room/2)
	}
	head, rows, hidden := t.Lines(room)
	if prose == nil {
		d.lines(indent, dim, []string{head})
		d.lines(indent, plain, rows)
	} else {
		d.beforeProse(indent, head, title, rows, prose)
	}
	if len(hidden) > 0 {
		d.lines(indent, dim, Wrap(d.say(wordHidden)+strings.Join(hidden, ", "), d.room(indent)))
	}
}

// proseRoom is how many columns running text in a table wants at least.
const proseRoom = 30

// beforeProse writes a table's rows with running text behind each, wrapped into the room that is left.
func (d *drawing) beforeProse(indent int, head, title string, rows, prose []string) {
	widest := Width(head)
	for _, r := range rows {
		widest = max(widest, Width(r))
	}
	hang := indent + widest + columnGap
	d.to(indent)
	d.put(dim, head)
	d.to(hang)
	d.put(dim, title)
	d.newline()
	for i, r := range rows {
		d.to(indent)
		d.put(plain, r)
		d.to(hang)
		d.lines(hang, plain, Wrap(Sanitize(prose[i]), d.room(hang)))
	}
}
