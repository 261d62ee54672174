package render

import (
	"strings"

	"github.com/fatih/color"

	"sockstep/sockets"
)

// A tone is what a stretch of a picture is. Without colour each is still told apart by the characters it is drawn with.
type tone byte

const (
	toneNone  tone = iota
	toneDim        // furniture, and what was not gone
	toneBold       // a value, a name
	toneWay        // the way that a socket has gone
	toneHere       // where it stands now
	toneAlert      // what went wrong

	// The layers of a packet; a layer of the network is a band of its own colour.
	toneLink
	toneNetwork
	toneTransport
	toneApplication
	toneCount

	toneLined tone = 0x80 // with one of the others: every second field of a layer
)

// A sequence switches a tone on and off in a terminal.
type sequence struct{ on, off string }

var sequences = func() (all [256]sequence) {
	of := [toneCount][]color.Attribute{
		toneDim:         {color.Faint},
		toneBold:        {color.Bold},
		toneWay:         {color.FgGreen, color.Bold},
		toneHere:        {color.FgGreen, color.Bold, color.ReverseVideo},
		toneAlert:       {color.FgRed},
		toneLink:        {color.FgMagenta},
		toneNetwork:     {color.FgHiBlue},
		toneTransport:   {color.FgGreen},
		toneApplication: {color.FgYellow},
	}
	for t, attributes := range of {
		for _, lined := range []bool{false, true} {
			at, a := tone(t), append([]color.Attribute(nil), attributes...)
			if lined {
				at, a = at|toneLined, append(a, color.Underline)
			}
			if len(a) == 0 {
				continue
			}
			c := color.New(a...)
			c.EnableColor() // the caller has decided
			all[at].on, all[at].off, _ = strings.Cut(c.Sprint("|"), "|")
		}
	}
	return all
}()

// A stroke is text of one tone; a line of a picture is strokes.
type stroke struct {
	tone tone
	text string
}

// A Picture is text that was laid out in lines: it is shown as it is, never wrapped. What it shows, it shows without
// colour too.
type Picture struct{ lines [][]stroke }

// add appends to the last line.
func (p *Picture) add(t tone, text string) {
	if text == "" {
		return
	}
	if len(p.lines) == 0 {
		p.lines = append(p.lines, nil)
	}
	last := &p.lines[len(p.lines)-1]
	text = Sanitize(text)
	if n := len(*last); n > 0 && (*last)[n-1].tone == t {
		(*last)[n-1].text += text
		return
	}
	*last = append(*last, stroke{t, text})
}

// line begins a new line with the strokes.
func (p *Picture) line(strokes ...stroke) {
	p.lines = append(p.lines, nil)
	for _, s := range strokes {
		p.add(s.tone, s.text)
	}
}

// to fills the last line with blanks up to a column.
func (p *Picture) to(column int) {
	if n := column - lineWidth(p.lines[len(p.lines)-1]); n > 0 {
		p.add(toneNone, strings.Repeat(" ", n))
	}
}

// column is where the last line ends.
func (p *Picture) column() int { return lineWidth(p.lines[len(p.lines)-1]) }

// paragraph writes text on from where the last line ends; the lines after it begin at a column.
func (p *Picture) paragraph(t tone, text string, hang, width int) {
	p.to(hang)
	first := Wrap(text, max(width-lineWidth(p.lines[len(p.lines)-1]), 8))[0]
	p.add(t, first)
	rest := strings.TrimLeft(text[len(first):], " ")
	if rest == "" {
		return
	}
	for _, l := range Wrap(rest, max(width-hang, 8)) {
		p.line(stroke{toneNone, strings.Repeat(" ", hang)}, stroke{t, l})
	}
}

// beside is p with another picture at its right, from a column on.
func (p Picture) beside(q Picture, column int) Picture {
	out := Picture{lines: make([][]stroke, 0, max(len(p.lines), len(q.lines)))}
	for i := range max(len(p.lines), len(q.lines)) {
		out.line()
		if i < len(p.lines) {
			for _, s := range p.lines[i] {
				out.add(s.tone, s.text)
			}
		}
		if i < len(q.lines) {
			out.to(column)
			for _, s := range q.lines[i] {
				out.add(s.tone, s.text)
			}
		}
	}
	return out
}

func lineWidth(line []stroke) (n int) {
	for _, s := range line {
		n += Width(s.text)
	}
	return n
}

// trimmed is the line without blanks at its end; an underlined blank is none.
func trimmed(line []stroke) []stroke {
	for n := len(line); n > 0; n-- {
		text := strings.TrimRight(line[n-1].text, " ")
		if text != "" {
			return append(line[:n-1:n-1], stroke{line[n-1].tone, text})
		}
	}
	return nil
}

// Width is how many columns p takes.
func (p Picture) Width() (n int) {
	for _, l := range p.lines {
		n = max(n, lineWidth(trimmed(l)))
	}
	return n
}

// String is p without colour.
func (p Picture) String() string { return strings.Join(p.Lines(false), "\n") }

// Lines are the lines of p, with the sequences of a terminal if it has colours.
func (p Picture) Lines(colored bool) []string {
	all := make([]string, len(p.lines))
	for i, l := range p.lines {
		all[i] = string(appendLine(nil, l, colored))
	}
	return all
}

func appendLine(b []byte, line []stroke, colored bool) []byte {
	for _, s := range trimmed(line) {
		if !colored {
			b = append(b, s.text...)
			continue
		}
		q := sequences[s.tone]
		b = append(append(append(b, q.on...), s.text...), q.off...)
	}
	return b
}

// Value is p as what a line gives back: its text, and beside it in Bytes the tone of each byte of that.
func (p Picture) Value() sockets.Value {
	var text strings.Builder
	var tones []byte
	write := func(s stroke) {
		text.WriteString(s.text)
		for range len(s.text) {
			tones = append(tones, byte(s.tone))
		}
	}
	for i, l := range p.lines {
		if i > 0 {
			write(stroke{toneNone, "\n"})
		}
		for _, s := range trimmed(l) {
			write(s)
		}
	}
	v := sockets.TextOf(text.String())
	v.Bytes = tones
	return v
}

// PictureOf is the picture that a value was made of; not ok where it is none. A tone is all that its bytes can choose:
// no text can steer the terminal by them.
func PictureOf(v sockets.Value) (p Picture, ok bool) {
	if v.Type != sockets.TextValue || len(v.Bytes) == 0 || len(v.Bytes) != len(v.Text) {
		return p, false
	}
	p.line()
	start := 0
	for i := range len(v.Text) {
		if v.Text[i] == '\n' {
			p.add(tone(v.Bytes[start]), v.Text[start:i])
			p.line()
			start = i + 1
			continue
		}
		if v.Bytes[i] != v.Bytes[start] {
			p.add(tone(v.Bytes[start]), v.Text[start:i])
			start = i
		}
	}
	if start < len(v.Text) {
		p.add(tone(v.Bytes[start]), v.Text[start:])
	}
	return p, true
}

// ASCII is p drawn with the characters that every terminal has; each keeps its place. Words stay as they are.
func (p Picture) ASCII() Picture {
	var out Picture
	for _, l := range p.lines {
		out.line()
		for _, s := range l {
			out.add(s.tone, plainly.Replace(s.text))
		}
	}
	return out
}

var plainly = strings.NewReplacer(
	"─", "-", "│", "|", "┌", "+", "┐", "+", "└", "+", "┘", "+", "├", "+", "┤", "+",
	"═", "=", "║", "#", "╔", "#", "╗", "#", "╚", "#", "╝", "#",
	"┄", ".", "┆", ":", "▶", ">", "◀", "<", "▲", "^", "▼", "v", "→", ">", "…", "~", "±", "~", "·", ".", "µ", "u", "∞", "-",
	"▁", "_", "▂", ".", "▃", ":", "▄", "-", "▅", "=", "▆", "+", "▇", "*", "█", "#",
)
