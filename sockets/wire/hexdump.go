package wire

import "strings"

// A HexLine is one line of a hexdump: its offset in the frame, and its bytes in runs that belong to the same field.
type HexLine struct {
	Offset int
	Runs   []HexRun
}

// A HexRun is bytes of one line that belong together. Fields that share a byte make one run.
type HexRun struct {
	Begin, End  int // bytes of the frame
	Layer       int // index in the layers; -1 for bytes of none
	First, Last int // indices of the first and the last field in it; -1 where the layer has no fields
	Bytes       []byte
}

// Hexdump writes the bytes of a frame in lines of width, each in runs along the borders of the fields, so that a
// renderer can colour them. A width of 0 is 16.
func Hexdump(frame []byte, layers []Layer, width int) []HexLine {
	if width <= 0 {
		width = 16
	}
	var lines []HexLine
	for _, run := range runs(frame, layers) {
		for run.Begin < run.End {
			if run.Begin%width == 0 {
				lines = append(lines, HexLine{Offset: run.Begin})
			}
			part := run
			part.End = min(run.End, run.Begin-run.Begin%width+width)
			part.Bytes = frame[part.Begin:part.End]
			line := &lines[len(lines)-1]
			line.Runs = append(line.Runs, part)
			run.Begin = part.End
		}
	}
	return lines
}

// runs gives the runs of a whole frame, without gaps.
func runs(frame []byte, layers []Layer) []HexRun {
	var all []HexRun
	at := 0
	add := func(end, layer, field int) {
		if end = min(end, len(frame)); end > at {
			all = append(all, HexRun{Begin: at, End: end, Layer: layer, First: field, Last: field})
			at = end
		}
	}
	for i, l := range layers {
		add(l.Begin, -1, -1)
		for j, f := range l.Fields {
			if n := len(all); f.Begin < at && n > 0 && all[n-1].Layer == i { // it shares a byte with the one before
				all[n-1].Last = j
				if f.End > at {
					all[n-1].End, at = f.End, f.End
				}
				continue
			}
			add(f.End, i, j)
		}
		add(l.End, i, -1)
	}
	add(len(frame), -1, -1)
	return all
}

// Hex is the bytes in hexadecimal, two digits each, with blanks between.
func (r HexRun) Hex() string { return strings.ReplaceAll(colons(r.Bytes), ":", " ") }

// ASCII is the bytes as text, a dot for each that is no printable character of ASCII.
func (r HexRun) ASCII() string {
	s := make([]byte, len(r.Bytes))
	for i, c := range r.Bytes {
		s[i] = c
		if c < ' ' || c > '~' {
			s[i] = '.'
		}
	}
	return string(s)
}

// String is the line without colours, as xxd and tcpdump -X write it.
func (l HexLine) String() string {
	var hex, text strings.Builder
	for _, r := range l.Runs {
		hex.WriteString(r.Hex() + " ")
		text.WriteString(r.ASCII())
	}
	return hexOf(uint32(l.Offset), 4)[2:] + "  " + hex.String() + " " + text.String()
}
