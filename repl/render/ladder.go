package render

import (
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Ladder draws the story of a connection: what was done at its ends on the outside, the packets between as arrows, the
// state beside each end as it changes. It fits the width, from 40 columns on.
//
//	c 127.0.0.1:40022                                        s 127.0.0.1:8888
//	connect c 127.0.…  │                                    │
//	SYN_SENT           ├──────── SYN seq 0 ────────────────▶│
//	ESTABLISHED        │◀─────── SYN+ACK seq 0 ack 1 ───────┤ SYN_RECV
//	                   ├──────── ACK ack 1 ────────────────▶│ ESTABLISHED
func Ladder(l sockets.Ladder, width int, lang names.Lang) string {
	width = max(width-2, 40)
	side := min((width-36)/2, 28)
	side = max(side, 8)
	arrow := width - 2*side - 4
	var b strings.Builder
	row := func(left, middle, right string) {
		left, right = shorten(Sanitize(left), side), shorten(Sanitize(right), side)
		line := padRight(left, side) + " " + middle + " " + right
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	gap := "│" + strings.Repeat(" ", arrow) + "│"
	row(l.Left, strings.Repeat(" ", arrow+2), l.Right)
	for _, r := range l.Rungs {
		if r.Packet != nil {
			row(r.Ends[0], rung(r, arrow, lang), r.Ends[1])
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

// rung draws a packet as an arrow with its name on it; one that was lost does not arrive.
func rung(r sockets.Rung, width int, lang names.Lang) string {
	p := *r.Packet
	label := flagWords(p)
	if n := packetNumbers(p); n != "" {
		label += " " + n
	}
	if p.Lost {
		label += " " + say(wordLost, lang)
	}
	for _, mark := range packetMarks(p) {
		label += " " + say(mark, lang)
	}
	label = " " + shorten(Sanitize(label), max(width-6, 1)) + " "
	dashes := max(width-1-Width(label), 2)
	before := dashes / 2
	left, right := strings.Repeat("─", before), strings.Repeat("─", dashes-before)
	switch {
	case r.FromLeft && p.Lost:
		return "├" + left + label + strings.TrimSuffix(right, "─") + "✗ │"
	case r.FromLeft:
		return "├" + left + label + right + "▶│"
	case p.Lost:
		return "│ ✗" + strings.TrimPrefix(left, "─") + label + right + "┤"
	}
	return "│◀" + left + label + right + "┤"
}
