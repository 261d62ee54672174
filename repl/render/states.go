package render

import (
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Visit is a state that a socket was seen in.
type Visit = sockets.Visit

// States draws the diagram of TCP's states (RFC 9293, figure 5) with the way that one socket has gone through it, and
// below or beside it the way in words. Where two visits are no neighbours in the diagram, the kernel went on between two
// looks: then the shortest way is drawn as what it is, a guess. From 80 columns on it is a diagram, below that a list.
//
//	╔═ 4 ═══════╗                  a state that was seen, with its place in the order
//	║▶FIN_WAIT1◀║                  where the socket is now
//	══ close/FIN ══▶  ┄┄ ACK ┄┄▶   seen to go; not seen, but it must have
func States(path []Visit, width int, lang names.Lang) Picture {
	width = max(width-2, 30)
	w := walkOf(path)
	if width < diagramWidth {
		p := w.list(width, lang)
		p.line()
		p.lines = append(p.lines, w.panel(width, unlimited, lang).lines...)
		return p
	}
	p := w.diagram(lang)
	if room := width - diagramWidth - panelGap; room >= panelLeast {
		return p.beside(w.panel(min(room, panelMost), len(p.lines), lang), diagramWidth+panelGap)
	}
	w.inWords(&p, width, lang)
	return p
}

// A walk is a path through the diagram.
type walk struct {
	stops []stop
	boxes [places]mark
	taken map[int]trace // by the index of the transition
	here  place
}

// A stop is a visit in its place. Its number is the one that stands in the box.
type stop struct {
	Visit
	name    string
	at      place
	number  int
	missing []place // what must have been between this and the one before
	seen    bool    // the arrow that led here
}

// A mark is how a box of the diagram is drawn.
type mark struct {
	as      trace
	numbers []string
}

func walkOf(path []Visit) *walk {
	w := &walk{taken: map[int]trace{}, here: nowhere}
	last := nowhere
	for _, v := range path {
		s := stop{Visit: v, at: placeOf(v.State, last), number: len(w.stops) + 1, name: Sanitize(v.State)}
		if s.at != nowhere {
			s.name = placeNames[s.at]
		}
		if n := len(w.stops); n > 0 && w.stops[n-1].name == s.name {
			continue // nothing changed
		}
		if s.at != nowhere {
			w.visit(last, &s)
			last = s.at
		}
		w.here = s.at
		w.stops = append(w.stops, s)
	}
	return w
}

// visit marks the box of a stop, and the arrows by which it was reached.
func (w *walk) visit(from place, s *stop) {
	box := &w.boxes[s.at]
	box.as = double
	box.numbers = append(box.numbers, strconv.Itoa(s.number))
	if from == nowhere || s.Reset {
		return
	}
	way := route(from, s.at)
	if from == closedAgain { // the two boxes of CLOSE are one state
		from, way = closed, way[min(1, len(way)):]
	}
	as := dotted
	if len(way) == 1 {
		as, s.seen = double, true
	}
	for _, next := range way {
		if i, ok := between(from, next); ok {
			w.taken[i] = max(w.taken[i], as)
		}
		if next != s.at && (from != closedAgain || next != closed) {
			s.missing = append(s.missing, next)
			w.boxes[next].as = max(w.boxes[next].as, dotted)
		}
		from = next
	}
}

// diagramWidth and diagramHeight are what the diagram takes.
const (
	diagramWidth  = 78
	diagramHeight = 17
)

// The places of the boxes: column, row, width, height.
var boxes = [places][4]int{
	listen: {0, 0, 15, 4}, closed: {31, 0, 15, 4}, synSent: {63, 0, 15, 4},
	synRecv: {0, 6, 15, 3}, established: {31, 6, 15, 3},
	finWait1: {0, 10, 15, 3}, closing: {26, 10, 13, 3}, closeWait: {64, 10, 14, 3},
	finWait2: {0, 14, 15, 3}, timeWait: {26, 14, 13, 3}, closedAgain: {48, 14, 10, 3}, lastAck: {66, 14, 12, 3},
}

// The arrows: from the border of a box to before another, or onto its border where it comes from above, and where the
// label begins.
var arrows = []struct {
	from, to place
	points   []point
	label    point
}{
	{closed, listen, []point{{31, 1}, {15, 1}}, point{20, 1}},
	{listen, closed, []point{{14, 2}, {30, 2}}, point{20, 2}},
	{closed, synSent, []point{{45, 1}, {62, 1}}, point{49, 1}},
	{synSent, closed, []point{{63, 2}, {46, 2}}, point{49, 2}},
	{listen, synRecv, []point{{1, 3}, {1, 6}}, point{3, 4}},
	{synRecv, listen, []point{{11, 6}, {11, 4}}, point{13, 4}},
	{synSent, synRecv, []point{{66, 3}, {66, 5}, {13, 5}, {13, 6}}, point{32, 5}},
	{synSent, established, []point{{72, 3}, {72, 7}, {46, 7}}, point{53, 7}},
	{synRecv, established, []point{{14, 7}, {30, 7}}, point{20, 7}},
	{synRecv, finWait1, []point{{1, 8}, {1, 10}}, point{3, 9}},
	{established, finWait1, []point{{35, 8}, {35, 9}, {13, 9}, {13, 10}}, point{19, 9}},
	{established, closeWait, []point{{41, 8}, {41, 9}, {65, 9}, {65, 10}}, point{50, 9}},
	{finWait1, finWait2, []point{{1, 12}, {1, 14}}, point{3, 13}},
	{finWait1, closing, []point{{14, 11}, {25, 11}}, point{17, 11}},
	{closing, timeWait, []point{{27, 12}, {27, 14}}, point{29, 13}},
	{closeWait, lastAck, []point{{67, 12}, {67, 14}}, point{69, 13}},
	{finWait2, timeWait, []point{{14, 15}, {25, 15}}, point{17, 15}},
	{timeWait, closedAgain, []point{{38, 15}, {47, 15}}, point{41, 15}},
	{lastAck, closedAgain, []point{{66, 15}, {58, 15}}, point{61, 15}},
}

// The legend stands where the diagram has room.
var legendAt = point{42, 10}

var legend = []struct {
	as   string
	tone tone
	what names.Text
}{
	{"══", toneWay, names.T("seen to go", "看到走过")},
	{"┄┄", toneNone, names.T("not seen: a guess", "没看到，是推测")},
	{"──", toneDim, names.T("not gone", "没有走")},
	{"a/b", toneDim, names.T("at a, b is sent", "遇到 a，发出 b")},
}

func (w *walk) diagram(lang names.Lang) Picture {
	c := newCanvas(diagramWidth, diagramHeight)
	for at, b := range boxes {
		w.box(c, place(at), b[0], b[1], b[2], b[3])
	}
	for _, a := range arrows {
		i, _ := between(a.from, a.to)
		as := w.taken[i]
		c.arrow(a.points, as)
		w.label(c, a.points, a.label, transitions[i].label, traceTones[as])
	}
	for i, l := range legend {
		c.write(legendAt.x, legendAt.y+i, l.tone, l.as)
		c.write(legendAt.x+4, legendAt.y+i, toneDim, say(l.what, lang))
	}
	return c.picture()
}

// label writes what happens on an arrow that lies, and beside one that stands; a long one there in two lines.
func (w *walk) label(c canvas, points []point, at point, label string, t tone) {
	last := points[len(points)-1]
	before, after, cut := strings.Cut(label, "/")
	switch {
	case last.x != points[0].x:
		c.write(at.x-1, at.y, t, " "+label+" ")
	case cut && last.y-points[0].y > 2:
		c.write(at.x, at.y, t, before+"/")
		c.write(at.x, at.y+1, t, after)
	default:
		c.write(at.x, at.y, t, label)
	}
}

func (w *walk) box(c canvas, at place, x, y, width, height int) {
	m := w.boxes[at]
	c.box(x, y, width, height, m.as)
	if n := numbersIn(m.numbers, width-6); n != "" {
		c.write(x+2, y, traceTones[m.as], " "+n+" ")
	}
	name, t := placeNames[at], traceTones[m.as]
	left := x + 1 + (width-2-len(name))/2
	if w.here == at {
		t = toneHere
		c.write(left-1, y+1, t, "▶"+name+"◀")
		return
	}
	c.write(left, y+1, t, name)
}

// numbersIn writes as many numbers as have room: of more, the first and the last.
func numbersIn(numbers []string, room int) string {
	s := strings.Join(numbers, ",")
	if len(s) > room {
		s = numbers[0] + ellipsis + numbers[len(numbers)-1]
	}
	return shorten(s, room)
}

// list is the diagram where there is no room for one: each state with the ways out of it.
func (w *walk) list(width int, lang names.Lang) Picture {
	var p Picture
	const hang = 5
	for at := range places {
		if at == closedAgain && w.boxes[at].as == thin {
			continue
		}
		m := w.boxes[at]
		here, t := " ", traceTones[m.as]
		if w.here == at {
			here, t = "▶", toneHere
		}
		number := map[trace]string{thin: "", dotted: "┄", double: numbersIn(m.numbers, 3)}[m.as]
		p.line(stroke{t, here + padRight(number, hang-2)}, stroke{toneNone, " "}, stroke{t, placeNames[at]})
		for i, out := range transitions {
			if out.from != at {
				continue
			}
			arrow := map[trace]string{thin: "──▶ ", dotted: "┄┄▶ ", double: "══▶ "}[w.taken[i]]
			p.line()
			p.to(hang)
			p.add(traceTones[w.taken[i]], arrow+placeNames[out.to])
			if lineWidth(p.lines[len(p.lines)-1])+2+len(out.label) <= width {
				p.to(hang + 4 + len("ESTABLISHED") + 2)
				p.add(traceTones[w.taken[i]], out.label)
			}
		}
	}
	for _, l := range legend[:3] {
		p.line(stroke{l.tone, l.as}, stroke{toneDim, "  " + say(l.what, lang)})
	}
	return p
}
