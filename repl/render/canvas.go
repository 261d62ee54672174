package render

import "strings"

// A canvas is a picture in the making on which things stand at a column and a row.
type canvas struct{ rows [][]cell }

// A cell is one column. The second column of a wide character is empty.
type cell struct {
	text string
	tone tone
}

func newCanvas(width, height int) canvas {
	c := canvas{make([][]cell, height)}
	for y := range c.rows {
		c.rows[y] = make([]cell, width)
		for x := range c.rows[y] {
			c.rows[y][x].text = " "
		}
	}
	return c
}

func (c canvas) set(x, y int, t tone, s string) { c.rows[y][x] = cell{s, t} }

// write puts text at a place; what would stand outside is cut.
func (c canvas) write(x, y int, t tone, s string) {
	for char, w := range characters(s) {
		if x+w > len(c.rows[y]) {
			return
		}
		c.set(x, y, t, char)
		for i := 1; i < w; i++ {
			c.set(x+i, y, t, "")
		}
		x += w
	}
}

// picture gives what was drawn.
func (c canvas) picture() Picture {
	var p Picture
	var b strings.Builder
	for _, row := range c.rows {
		p.line()
		for i, cell := range row {
			b.WriteString(cell.text)
			if i+1 == len(row) || row[i+1].tone != cell.tone {
				p.add(cell.tone, b.String())
				b.Reset()
			}
		}
	}
	return p
}

// A trace is how a line is drawn: what it says, it says without colour.
type trace int

const (
	thin   trace = iota // nothing was seen to go here
	dotted              // it must have gone here, or somewhere like it
	double              // it was seen to go here
)

// The characters of each trace: ─ │ ┌ ┐ └ ┘.
var traceChars = [...][]string{
	thin:   strings.Split("─│┌┐└┘", ""),
	dotted: strings.Split("┄┆┌┐└┘", ""),
	double: strings.Split("═║╔╗╚╝", ""),
}

var traceTones = [...]tone{thin: toneDim, dotted: toneNone, double: toneWay}

// box draws a frame.
func (c canvas) box(x, y, w, h int, as trace) {
	t, ch := traceTones[as], traceChars[as]
	for i := x + 1; i < x+w-1; i++ {
		c.set(i, y, t, ch[0])
		c.set(i, y+h-1, t, ch[0])
	}
	for i := y + 1; i < y+h-1; i++ {
		c.set(x, i, t, ch[1])
		c.set(x+w-1, i, t, ch[1])
	}
	c.set(x, y, t, ch[2])
	c.set(x+w-1, y, t, ch[3])
	c.set(x, y+h-1, t, ch[4])
	c.set(x+w-1, y+h-1, t, ch[5])
}

// A point is a column and a row.
type point struct{ x, y int }

// towards is the direction from a to b on a straight line.
func (a point) towards(b point) point { return point{sign(b.x - a.x), sign(b.y - a.y)} }

func sign(n int) int { return min(max(n, -1), 1) }

// arrow draws a line along the points, with its head at the last. The first is not drawn: it is where the line leaves a box.
func (c canvas) arrow(points []point, as trace) {
	t, ch := traceTones[as], traceChars[as]
	for i := 1; i < len(points); i++ {
		from, to := points[i-1], points[i]
		d := from.towards(to)
		straight := ch[0]
		if d.x == 0 {
			straight = ch[1]
		}
		for p := (point{from.x + d.x, from.y + d.y}); p != to; p = (point{p.x + d.x, p.y + d.y}) {
			c.set(p.x, p.y, t, straight)
		}
		end := map[point]string{{1, 0}: "▶", {-1, 0}: "◀", {0, -1}: "▲", {0, 1}: "▼"}[d]
		if i+1 < len(points) {
			end = ch[corner(d, to.towards(points[i+1]))]
		}
		c.set(to.x, to.y, t, end)
	}
}

// corner is the index of the character that turns a line from one direction into another.
func corner(in, out point) int {
	switch {
	case in == point{0, 1} && out.x > 0, in == point{-1, 0} && out.y < 0:
		return 4 // └
	case in == point{0, 1}, in == point{1, 0} && out.y < 0:
		return 5 // ┘
	case in == point{0, -1} && out.x > 0, in == point{-1, 0}:
		return 2 // ┌
	}
	return 3 // ┐
}
