package render

import (
	"fmt"
	"strconv"

	"sockstep/sockets/names"
	"sockstep/sockets/wire"
)

// The fields of a header stand in columns, and what a field means is told to the end: beside it as far as there is room for
// words, and below it in a narrow window. In a wide one the bytes of each field stand before it.
const (
	wideFrom     = 112 // columns
	bytesColumn  = len("00 00 00 00 00 00")
	valueMost    = len("0000:0000:0000:0000:0000:0000:0000:0000")
	valueLeast   = len("65535 (http)")
	meaningLeast = 24
	fieldIndent  = 4
)

// A told field is one as it is written.
type toldField struct{ where, name, value, meaning string }

// fields writes the fields of a header.
func (a *apart) fields(layer int) {
	fields := a.layers[layer].Fields
	told := make([]toldField, len(fields))
	firstWidth, nameWidth, valueWidth := 0, 0, 0
	for i, f := range fields {
		told[i] = a.told(f)
		firstWidth = max(firstWidth, len(told[i].where))
		nameWidth = max(nameWidth, Width(told[i].name))
		valueWidth = min(max(valueWidth, Width(told[i].value)), valueMost)
	}
	if a.width >= wideFrom {
		firstWidth = bytesColumn
	}
	nameAt := fieldIndent + firstWidth + columnGap
	valueAt := nameAt + nameWidth + columnGap
	meaningAt := valueAt + valueWidth + columnGap
	if most := a.width - meaningLeast; meaningAt > most { // a longer value goes into the column behind it
		meaningAt = max(most, min(valueAt+valueLeast+columnGap, meaningAt))
	}
	below := a.width-meaningAt < meaningLeast
	if below {
		meaningAt = nameAt + columnGap
	}
	for i, f := range told {
		a.p.line()
		a.p.to(fieldIndent)
		if a.width >= wideFrom {
			a.p.add(a.tones[layer][i], a.bytesOf(fields[i]))
		} else {
			a.p.add(a.tones[layer][i], f.where)
		}
		a.p.to(nameAt)
		a.p.add(toneNone, shorten(f.name, max(a.width-nameAt, 1)))
		at := valueAt
		if at+Width(f.value) > a.width {
			at = nameAt + Width(f.name) + columnGap
		}
		if at+Width(f.value) <= a.width {
			a.p.to(at)
			a.p.add(toneNone, f.value)
		} else {
			a.p.line()
			a.p.paragraph(toneNone, f.value, nameAt+columnGap, a.width)
		}
		if f.meaning == "" {
			continue
		}
		if below || a.p.column() > meaningAt-columnGap {
			a.p.line()
		}
		a.p.paragraph(toneNone, f.meaning, meaningAt, a.width)
	}
}

func (a *apart) told(f wire.Field) toldField {
	t := toldField{where: strconv.Itoa(f.Begin), name: f.ID, value: Sanitize(f.Value)}
	if f.End-1 > f.Begin {
		t.where += "-" + strconv.Itoa(f.End-1)
	}
	if x, ok := names.LookupHeaderField(f.ID); ok {
		t.name, t.meaning = say(x.Name, a.lang), say(x.Meaning, a.lang)
	}
	if word, ok := names.HeaderWord(f.Word); ok && f.Word != "" {
		t.meaning = say(word, a.lang)
	}
	return t
}

// bytesOf writes the bytes of a field; of one within a byte its bits, with a dot for each of another field.
func (a *apart) bytesOf(f wire.Field) string {
	b := a.data[f.Begin:f.End]
	if f.Bits > 0 && len(b) == 1 {
		bits := []byte(fmt.Sprintf("%08b", b[0]))
		for i := range bits {
			if i < f.Bit || i >= f.Bit+f.Bits {
				bits[i] = '.'
			}
		}
		return string(bits)
	}
	const most = (bytesColumn + 1) / 3
	if len(b) > most {
		return wire.HexRun{Bytes: b[:most-1]}.Hex() + " " + ellipsis
	}
	return wire.HexRun{Bytes: b}.Hex()
}
