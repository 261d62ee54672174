package render

import (
	"slices"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Ladder draws the story of a connection: what was done at its ends on the outside, the packets between as arrows, the
// state beside each end as it changes. It fits the width, from 40 columns on. What does not fit on an arrow stands below it:
// what befell a packet is what the ladder is looked at for.
//
//	c 127.0.0.1:40022                                        s 127.0.0.1:8888
//	connect c 127.0.…  │                                    │
//	SYN_SENT           ├──────── SYN seq 0 ────────────────▶│
//	ESTABLISHED        │◀─────── SYN+ACK seq 0 ack 1 ───────┤ SYN_RECV
//	                   ├──────── ACK ack 1 ────────────────▶│ ESTABLISHED
func Ladder(l sockets.Ladder, width int, lang names.Lang) string {
	width = max(width-2, 40)
	c := lanesOf(l, width, lang)
	var b strings.Builder
	row := func(left, middle, right string) {
		left, right = shorten(Sanitize(left), c.left), shorten(Sanitize(right), c.right)
		line := padRight(left, c.left) + " " + middle + " " + right
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	gap := "│" + strings.Repeat(" ", c.arrow) + "│"
	b.WriteString(c.heads(l, width) + "\n")
	for _, r := range l.Rungs {
		if r.Packet != nil {
			for i, middle := range rung(r, c.arrow, lang) {
				if i > 0 {
					r.Ends = [2]string{}
				}
				row(r.Ends[0], middle, r.Ends[1])
			}
			continue
		}
		for i, text := range []string{r.Line, r.State} {
			other := r.Ends
			if i > 0 {
				other = [2]string{}
			}
			switch {
			case text == "":
			case r.FromLeft:
				row(text, gap, other[1])
			default:
				row(other[0], gap, text)
			}
		}
	}
	return strings.TrimRight(b.String(), "\n")
}

// Lanes are how wide the parts of a ladder are: what is outside at both ends, and the arrows.
type lanes struct{ left, right, arrow int }

// How long an arrow is at least, where there is room, and how wide the lane is of what has no packets.
const (
	shortestArrow = 32
	emptyLane     = 8
)

// lanesOf shares the width out: first to the numbers of the packets, then to the lines outside as long as they are, then to
// what befell the packets.
func lanesOf(l sockets.Ladder, width int, lang names.Lang) lanes {
	var sides [2]int
	numbers, all := emptyLane, emptyLane
	for _, r := range l.Rungs {
		if r.Packet == nil {
			own := 1
			if r.FromLeft {
				own = 0
			}
			sides[own] = max(sides[own], Width(Sanitize(r.Line)), Width(r.State))
		} else {
			words := rungWords(*r.Packet, lang)
			all, numbers = max(all, shortestArrow), max(numbers, shortestArrow)
			all = max(all, Width(joined(words))+arrowEnds)
			numbers = max(numbers, Width(joined(words[:numbersOf(*r.Packet)]))+arrowEnds)
		}
		for side, text := range r.Ends {
			sides[side] = max(sides[side], Width(text))
		}
	}
	const borders = 4 // and the blanks beside them
	total := width - borders
	side := max(min((width-36)/2, 28), 8)
	least := [2]int{min(sides[0], side), min(sides[1], side)}
	c := lanes{arrow: min(numbers, total-least[0]-least[1])}
	rest := total - c.arrow
	c.left = min(sides[0], max(rest-sides[1], least[0], rest/2))
	c.right = min(sides[1], rest-c.left)
	c.arrow += min(max(all-c.arrow, 0), rest-c.left-c.right)
	return c
}

// heads is the line of the two ends, each above its side; a long address may stand above the arrows.
func (c lanes) heads(l sockets.Ladder, width int) string {
	left, right := Sanitize(l.Left), Sanitize(l.Right)
	right = shorten(right, max(width-Width(left)-2, width/2))
	left = shorten(left, width-Width(right)-2)
	begin := max(min(c.left+c.arrow+4, width-Width(right)), Width(left)+2)
	if begin = min(begin, width-Width(right)); right == "" {
		return left
	}
	return padRight(left, begin) + right
}

// arrowEnds is what an arrow takes beside its words.
const arrowEnds = 5

// rungWords are what is told of a packet on its arrow; what stands first is never parted from it.
func rungWords(p sockets.Packet, lang names.Lang) (words []string) {
	words = append(words, flagWords(p))
	if n := packetNumbers(p); n != "" {
		words = append(words, numberPairs(n)...)
	}
	for _, o := range p.Options {
		if strings.HasPrefix(o, "fragment ") || p.Source == "inferred" {
			words = append(words, optionWords(o, lang))
		}
	}
	var befell []string
	if p.Lost {
		befell = append(befell, say(wordLost, lang))
	}
	for _, mark := range packetMarks(p) {
		befell = append(befell, say(mark, lang))
	}
	for i, word := range befell {
		if i < len(befell)-1 {
			word += strings.TrimSpace(say(wordsComma, lang))
		}
		words = append(words, word)
	}
	for i := range words {
		words[i] = Sanitize(words[i])
	}
	return words
}

// PacketTitle is all that is told of a packet, in full.
func PacketTitle(p sockets.Packet, lang names.Lang) string {
	var befell []string
	if p.Lost {
		befell = append(befell, say(wordLost, lang))
	}
	marks := p.Marks
	p.Marks, p.Lost = nil, false
	words := rungWords(p, lang)
	for _, id := range marks {
		if word, ok := names.HeaderWord(id); ok {
			befell = append(befell, say(word, lang))
		}
	}
	if len(befell) > 0 {
		words = append(words, " "+strings.Join(befell, say(names.T("; ", "；"), lang)))
	}
	return strings.Join(words, " ")
}

// numbersOf is how many of a packet's words are its flags and numbers.
func numbersOf(p sockets.Packet) int {
	if n := packetNumbers(p); n != "" {
		return 1 + len(numberPairs(n))
	}
	return 1
}

// numberPairs parts "seq 1 ack 2 len 3" where it may be broken.
func numberPairs(s string) (pairs []string) {
	words := strings.Fields(s)
	for ; len(words) > 1; words = words[2:] {
		pairs = append(pairs, words[0]+" "+words[1])
	}
	return pairs
}

// rung draws a packet as an arrow with its name on it; one that was lost does not arrive. What finds no room on the arrow
// follows in lines below.
func rung(r sockets.Rung, width int, lang names.Lang) []string {
	p := *r.Packet
	words := rungWords(p, lang)
	if r.Between != "" {
		words = slices.Insert(words, 1, Sanitize(say(wordFrom, lang)+" "+r.Between))
	}
	room := max(width-arrowEnds, 1)
	on := 1
	for on < len(words) && Width(joined(words[:on+1])) <= room {
		on++
	}
	label, words := shorten(joined(words[:on]), room), words[on:]
	rows := []string{arrow(r, label, width)}
	for _, line := range lines(words, max(width-2, 1)) {
		before := (width - Width(line)) / 2
		rows = append(rows, "│"+padRight(strings.Repeat(" ", before)+line, width)+"│")
	}
	return rows
}

// joined sets words beside each other; after a Chinese comma stands no blank.
func joined(words []string) string {
	return strings.ReplaceAll(strings.Join(words, " "), "， ", "，")
}

// lines puts words into lines, and breaks only one that has no room in a line of its own.
func lines(words []string, room int) (all []string) {
	for _, w := range words {
		if n := len(all); n > 0 && Width(joined([]string{all[n-1], w})) <= room {
			all[n-1] = joined([]string{all[n-1], w})
			continue
		}
		for _, part := range Wrap(w, room) {
			all = append(all, strings.TrimSpace(part))
		}
	}
	return all
}

func arrow(r sockets.Rung, label string, width int) string {
	label = " " + label + " "
	dashes := max(width-1-Width(label), 2)
	before := dashes / 2
	left, right := strings.Repeat("─", before), strings.Repeat("─", dashes-before)
	switch {
	case r.FromLeft && r.Packet.Lost:
		return "├" + left + label + strings.TrimSuffix(right, "─") + "✗ │"
	case r.FromLeft:
		return "├" + left + label + right + "▶│"
	case r.Packet.Lost:
		return "│ ✗" + strings.TrimPrefix(left, "─") + label + right + "┤"
	}
	return "│◀" + left + label + right + "┤"
}
