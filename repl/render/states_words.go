package render

import (
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets/names"
)

var (
	wordsNoState = names.T("no state was seen yet", "还没有看到任何状态")
	wordsWay     = names.T("the way so far", "走过的路")
	wordsAct     = names.T("act {n}", "第 {n} 步")
	wordsItself  = names.T("by itself", "内核自行转换")
	wordsReset   = names.T("reset", "被重置")
	wordsMissed  = names.T("not seen: {states}", "没看到：{states}")
	wordsOrReset = names.T("not seen: {states}, or a reset", "没看到：{states}，或者是被重置")
	wordsPerhaps = names.T("or a reset", "或者是被重置")
	wordsUnknown = names.T("not in this diagram", "不在此图中")
	wordsEarlier = names.T("… {n} earlier", "……更早的还有 {n} 个")
	wordsComma   = names.T(", ", "，")
	wordsInside  = names.T("({words})", "（{words}）")
	wordsColon   = names.T(": ", "：")
)

const (
	typedColumns  = 28 // of a line that was typed
	typedLeast    = 10 // below this its time gives way to it
	longestInFlow = 12 // stops that are told in running lines

	panelGap   = 3 // between the diagram and the words beside it
	panelLeast = 34
	panelMost  = 64
	unlimited  = 1 << 20 // rows
)

// inWords tells the way in running lines, "1 CLOSED → 2 SYN_SENT (connect, act 3) → …", and what the last state means.
func (w *walk) inWords(p *Picture, width int, lang names.Lang) {
	stops := w.stops
	if len(stops) == 0 {
		p.line(stroke{toneDim, say(wordsNoState, lang)})
		return
	}
	var units [][]stroke
	if n := len(stops) - longestInFlow; n > 0 {
		units = append(units, []stroke{{toneDim, say(wordsEarlier.Fill("n", strconv.Itoa(n)), lang)}})
		stops = stops[n:]
	}
	for i, s := range stops {
		unit := []stroke{{toneDim, strconv.Itoa(s.number) + " "}, {w.tone(s), s.name}}
		if s.number > 1 {
			unit = append([]stroke{s.arrow()}, unit...)
		}
		units = append(units, unit)
		if i+1 < len(stops) && s.Act > 0 && s.Act == stops[i+1].Act && s.Line == stops[i+1].Line && !s.Reset {
			continue // it is told with the last of that line
		}
		if told := s.told(lang); told != "" {
			units = append(units, []stroke{{toneDim, say(wordsInside.Fill("words", told), lang)}})
		}
	}
	p.flow(units, 4, width)
	p.line()
	w.meaning(p, width, lang)
}

// flow writes units on as many lines as they need, a blank between two; lines after the first begin at hang.
func (p *Picture) flow(units [][]stroke, hang, width int) {
	p.line()
	col := 0
	for i, unit := range units {
		n := lineWidth(unit)
		switch {
		case col > 0 && col+1+n > width:
			p.line()
			p.to(hang)
			col = hang
		case col > 0 && !wide(units, i):
			p.add(toneNone, " ")
			col++
		}
		if col+n > width && len(unit) == 1 {
			p.paragraph(unit[0].tone, unit[0].text, col, width)
			col = lineWidth(p.lines[len(p.lines)-1])
			continue
		}
		for _, s := range unit {
			p.add(s.tone, s.text)
		}
		col += n
	}
}

// wide reports whether a unit is parted from the one before by a bracket that has its own blank.
func wide(units [][]stroke, i int) bool {
	before := units[i-1]
	return strings.HasPrefix(units[i][0].text, "（") || strings.HasSuffix(before[len(before)-1].text, "）")
}

// panel tells the way beside the diagram, a line for each stop.
func (w *walk) panel(width, height int, lang names.Lang) Picture {
	var p Picture
	if len(w.stops) == 0 {
		p.line(stroke{toneDim, shorten(say(wordsNoState, lang), width)})
		return p
	}
	var end Picture
	end.line()
	end.line()
	w.meaning(&end, width, lang)
	digits := len(strconv.Itoa(len(w.stops)))
	for _, s := range w.stops {
		if len(s.missing) > 0 {
			p.line(stroke{toneNone, strings.Repeat(" ", digits-1) + "┄ "})
			p.paragraph(toneNone, s.notSeen(lang), digits+1, width)
		}
		number := strconv.Itoa(s.number)
		p.line(stroke{toneDim, strings.Repeat(" ", digits-len(number)) + number + " "}, stroke{w.tone(s), s.name})
		p.to(digits + 1 + len("ESTABLISHED") + 2)
		room := width - lineWidth(p.lines[len(p.lines)-1])
		p.add(toneDim, shorten(s.how(room, lang), room))
	}
	head := say(wordsWay, lang)
	if over := len(p.lines) + 1 + len(end.lines) - height; over > 0 && over < len(p.lines) {
		head = say(wordsEarlier.Fill("n", strconv.Itoa(w.before(p.lines[:over], digits))), lang)
		p.lines = p.lines[over:]
	}
	p.lines = append([][]stroke{{{toneDim, head}}}, p.lines...)
	p.lines = append(p.lines, end.lines...)
	return p
}

// before counts the stops among lines of the panel: each has its number at the left.
func (w *walk) before(lines [][]stroke, digits int) (n int) {
	for _, l := range lines {
		if _, err := strconv.Atoi(strings.TrimSpace(head(l[0].text, digits))); err == nil {
			n++
		}
	}
	return n
}

// meaning says what the state is in which the socket is now.
func (w *walk) meaning(p *Picture, width int, lang names.Lang) {
	last := w.stops[len(w.stops)-1]
	s, ok := names.LookupState(last.State)
	text := say(wordsUnknown, lang)
	if ok {
		text = say(s.Meaning, lang)
	}
	p.add(toneHere, "▶")
	p.add(toneNone, " ")
	p.add(toneBold, last.name)
	p.add(toneNone, say(wordsColon, lang))
	p.paragraph(toneNone, text, 2, width)
}

func (w *walk) tone(s stop) tone {
	if s.number == len(w.stops) {
		return toneHere
	}
	return toneWay
}

// arrow is what stands before a stop.
func (s stop) arrow() stroke {
	if s.seen || s.Reset || s.at == nowhere {
		return stroke{toneWay, "→ "}
	}
	return stroke{toneNone, "┄▶ "}
}

// told is what led to a stop, in short: the command, the act. What was not seen on the way the diagram shows, but for a
// reset, which has no arrow there.
func (s stop) told(lang names.Lang) string {
	var parts []string
	if c := verb(s.Line); c != "" {
		parts = append(parts, shorten(Sanitize(c), typedColumns))
	}
	parts = append(parts, s.cause(lang)...)
	if len(s.missing) > 0 && s.at == closedAgain {
		parts = append(parts, say(wordsPerhaps, lang))
	}
	return strings.Join(parts, say(wordsComma, lang))
}

// verb is the command of a line: "connect" for "c = connect tcp :80", and for "c = at right connect tcp :80".
func verb(line string) string {
	if _, after, ok := strings.Cut(line, "= "); ok && keptName(line) != "" {
		line = after
	}
	words := slices.DeleteFunc(strings.Fields(line), func(w string) bool { return strings.HasPrefix(w, "!") })
	if len(words) > 2 && words[0] == "at" {
		words = words[2:]
	}
	if len(words) == 0 {
		return ""
	}
	return words[0]
}

// cause are the act that led to a stop, or what else did.
func (s stop) cause(lang names.Lang) (parts []string) {
	if s.Reset {
		parts = append(parts, say(wordsReset, lang))
	}
	switch {
	case s.Act > 0:
		parts = append(parts, say(wordsAct.Fill("n", strconv.Itoa(s.Act)), lang))
	case s.Line == "" && s.number > 1 && !s.Reset:
		parts = append(parts, say(wordsItself, lang))
	}
	if s.at == nowhere {
		parts = append(parts, say(wordsUnknown, lang))
	}
	return parts
}

// how is what led to a stop, at length: the line as it was typed, the act and the time, in so many columns.
func (s stop) how(room int, lang names.Lang) string {
	comma := say(wordsComma, lang)
	parts := s.cause(lang)
	cause := strings.Join(parts, comma)
	if s.At > 0 {
		parts = append(parts, "+"+duration(s.At))
	}
	all := strings.Join(parts, comma)
	if s.Line == "" {
		return shorten(all, room)
	}
	line := Sanitize(s.Line)
	if room-Width(comma)-Width(all) < min(typedLeast, Width(line)) {
		all = cause
	}
	if all != "" {
		all = comma + all
	}
	return shorten(line, max(min(room-Width(all), typedColumns), 4)) + all
}

// notSeen names what must have been between this stop and the one before. Straight from a connection to its end a reset
// leads as well.
func (s stop) notSeen(lang names.Lang) string {
	if len(s.missing) == 0 {
		return ""
	}
	var all []string
	for _, at := range s.missing {
		all = append(all, placeNames[at])
	}
	t := wordsMissed
	if s.at == closedAgain {
		t = wordsOrReset
	}
	return say(t.Fill("states", strings.Join(all, ", ")), lang)
}
