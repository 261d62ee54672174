package render

import (
	"fmt"
	"strconv"
	"strings"

	"sockstep/sockets/names"
	"sockstep/sockets/wire"
)

var (
	wordsRange    = names.T("bytes {a} to {b}", "字节 {a} 到 {b}")
	wordsQuoted   = names.T(" (quoted)", "（引用）")
	wordsData     = names.T("data of the packet that is quoted", "被引用报文里的数据")
	wordsInQuoted = names.T(", in the packet that is quoted", "（在被引用的报文里）")
	wordsAdds     = names.T("it adds: ", "它添加了：")
	wordsTotal    = names.T("= {n} bytes, {h} of them headers", "= {n} 字节，其中首部 {h} 字节")
	wordsCarried  = names.T("{n} bytes", "{n} 字节")
	wordsBorders  = names.T("║ begins a layer, │ a field; below stands the number of its first byte", "║ 处开始一层，│ 处开始一个字段，下方是它第一个字节的编号")
	wordByte      = names.T("byte", "字节")
	wordsMore     = names.T("… {n} bytes more of this field", "……这一字段还有 {n} 字节")
	wordsSeven    = names.T("of seven layers", "七层")
	wordsFour     = names.T("of four", "四层")
	wordsFive     = names.T("of five", "五层")
)

// layerTones are by the layer's name in the model of seven.
var layerTones = map[string]tone{
	"link": toneLink, "network": toneNetwork, "transport": toneTransport,
	"session": toneApplication, "presentation": toneApplication, "application": toneApplication,
}

// Layers takes a packet apart: what lies in what, each header with its place in the models and its fields, and the bytes
// with a border wherever a field begins. A layer has one colour throughout, and every second field of it is underlined.
//
//	[Ethernet 14 [IPv4 20 [TCP 32 [5 bytes]]]] = 71 bytes, 66 of them headers
//	0020  00 01║b3 2a│22 b8│27 c3 …
//	byte        34    36    38
func Layers(packet *wire.Packet, title string, width int, lang names.Lang) Picture {
	a := apart{layers: packet.Layers(), data: packet.Data, width: max(width-2, 28), lang: lang}
	a.sortFields()
	for i, l := range Wrap(Sanitize(title), a.width) {
		if i > 0 || l != "" {
			a.p.line(stroke{toneBold, l})
		}
	}
	a.nested()
	for i := range a.layers {
		a.p.line()
		a.layer(i)
	}
	a.p.line()
	a.hexdump()
	return a.p
}

// An apart is a packet on its way to a picture.
type apart struct {
	p      Picture
	layers []wire.Layer
	data   []byte
	width  int
	lang   names.Lang
	tones  [][]tone // of each field of each layer
}

func (a *apart) say(t names.Text, pairs ...string) string { return say(t.Fill(pairs...), a.lang) }

// bytesPerLine is how many bytes of the hexdump fit in a line.
func (a *apart) bytesPerLine() int {
	for _, n := range []int{16, 8} {
		if len("0000 ")+3*n+2+n < a.width {
			return n
		}
	}
	return 4
}

// sortFields gives each field its tone: fields that share a byte have the same one.
func (a *apart) sortFields() {
	for _, l := range a.layers {
		a.tones = append(a.tones, make([]tone, len(l.Fields)))
	}
	layer, lined, begin := -1, false, -1
	for _, line := range wire.Hexdump(a.data, a.layers, len(a.data)) {
		for _, r := range line.Runs {
			if r.Layer < 0 || r.First < 0 || r.Begin == begin {
				continue
			}
			lined = r.Layer == layer && !lined
			layer, begin = r.Layer, r.Begin
			for i := r.First; i <= r.Last; i++ {
				a.tones[r.Layer][i] = a.toneOf(r.Layer)
				if lined {
					a.tones[r.Layer][i] |= toneLined
				}
			}
		}
	}
}

func (a *apart) toneOf(layer int) tone {
	if layer < 0 {
		return toneDim
	}
	return layerTones[a.layers[layer].OSI]
}

// name is what a layer is called in the language.
func (a *apart) name(l wire.Layer) string {
	if t, ok := names.LayerName(l.Name); ok {
		return say(t, a.lang)
	}
	return l.Name
}

// nested shows what lies in what: [Ethernet 14 [IPv4 20 [TCP 32 [5 bytes]]]] = 71 bytes.
func (a *apart) nested() {
	var units [][]stroke
	var open []int
	headers := 0
	closeTo := func(depth int) {
		for len(open) > depth {
			units[len(units)-1] = append(units[len(units)-1], stroke{a.toneOf(open[len(open)-1]), "]"})
			open = open[:len(open)-1]
		}
	}
	for i, l := range a.layers {
		n := l.End - l.Begin
		text := "[" + a.name(l) + " " + strconv.Itoa(n)
		switch l.Name {
		case "trailer": // of the frame, behind all that lies in it
			closeTo(1)
		case "surplus": // of the IP packet
			for len(open) > 1 && a.layers[open[len(open)-1]].OSI != "network" {
				closeTo(len(open) - 1)
			}
		case "payload":
			text = "[" + a.say(wordsCarried, "n", strconv.Itoa(n))
		default:
			headers += n
		}
		open = append(open, i)
		units = append(units, []stroke{{a.toneOf(i), text}})
		if l.Name == "trailer" || l.Name == "surplus" {
			closeTo(len(open) - 1)
		}
	}
	closeTo(0)
	units = append(units, []stroke{{toneNone, a.say(wordsTotal, "n", strconv.Itoa(len(a.data)), "h", strconv.Itoa(headers))}})
	a.p.flow(units, 2, a.width)
}

// layer writes one header: where it is, its place in the models, what it is there for, its fields.
func (a *apart) layer(i int) {
	l := a.layers[i]
	title := a.name(l)
	if l.Quoted {
		title += a.say(wordsQuoted)
	}
	a.p.line(stroke{a.toneOf(i), title}, stroke{toneDim, "  " + a.say(wordsRange, "a", strconv.Itoa(l.Begin), "b", strconv.Itoa(l.End-1))})
	if place := a.place(l); place != "" {
		a.p.line()
		a.p.paragraph(toneDim, place, 2, a.width)
	}
	if adds, ok := names.LayerAdds(l.Name); ok {
		a.p.line()
		a.p.paragraph(toneNone, a.say(wordsAdds)+say(adds, a.lang), 2, a.width)
	}
	a.fields(i)
}

// place is where a layer stands in the three models. What an error quotes is the beginning of a packet that went before: its
// data is no layer of this one.
func (a *apart) place(l wire.Layer) string {
	if l.Quoted && l.Name == "payload" {
		return a.say(wordsData)
	}
	var parts []string
	for _, m := range []struct {
		model names.Model
		id    string
		title names.Text
	}{{names.OSI, l.OSI, wordsSeven}, {names.TCPIP4, l.TCPIP4, wordsFour}, {names.TCPIP5, l.TCPIP5, wordsFive}} {
		if x, ok := names.FindModelLayer(m.model, m.id); ok {
			parts = append(parts, a.say(m.title)+a.say(wordsColon)+say(x.Name, a.lang))
		}
	}
	place := strings.Join(parts, a.say(wordsComma))
	if l.Quoted && place != "" {
		place += a.say(wordsInQuoted)
	}
	return place
}

// Of a long field, which is nearly always the data, the first lines are shown and the last: wire save has them all.
const (
	longField  = 16 // lines
	shownFirst = 8
)

// monotony is how many lines from i on say no more than that a long field goes on.
func monotony(dump []wire.HexLine, i int) int {
	same := func(j int) bool { // line j is of the same field as line i, and of no other
		a, b := dump[i].Runs[0], dump[j].Runs[0]
		return len(dump[j].Runs) == 1 && a.Layer == b.Layer && a.First == b.First
	}
	first, last := i, i
	for first > 0 && i-first <= shownFirst && same(first-1) {
		first--
	}
	for last+1 < len(dump) && same(last+1) {
		last++
	}
	if !same(i) || i-first != shownFirst || last-first < longField {
		return 0
	}
	return last - i
}

// hexdump writes the bytes, with a border before each field, and below it the number of its first byte.
func (a *apart) hexdump() {
	a.p.line()
	a.p.paragraph(toneDim, a.say(wordsBorders), 0, a.width)
	const left = len("0000 ")
	begin := -1 // of the field that the last byte belongs to
	layer := -2
	dump := wire.Hexdump(a.data, a.layers, a.bytesPerLine())
	for i := 0; i < len(dump); i++ {
		if n := monotony(dump, i); n > 0 {
			a.p.line(stroke{toneDim, strings.Repeat(" ", left+1) + a.say(wordsMore, "n", strconv.Itoa(n*a.bytesPerLine()))})
			i += n
		}
		line := dump[i]
		a.p.line(stroke{toneDim, fmt.Sprintf("%04x ", line.Offset)})
		word := a.say(wordByte)
		marks := word + strings.Repeat(" ", left-Width(word))
		for _, r := range line.Runs {
			t, first := a.toneOf(r.Layer), -1
			if r.First >= 0 {
				t = a.tones[r.Layer][r.First]
				first = a.layers[r.Layer].Fields[r.First].Begin
			} else if r.Layer >= 0 {
				first = a.layers[r.Layer].Begin
			}
			column := left + 1 + 3*(r.Begin-line.Offset)
			switch {
			case r.Layer != layer:
				a.p.add(toneDim, "║")
			case first != begin:
				a.p.add(toneDim, "│")
			default:
				a.p.add(toneNone, " ")
			}
			if n := column - Width(marks); (r.Layer != layer || first != begin) && n > 0 {
				marks += strings.Repeat(" ", n) + strconv.Itoa(r.Begin)
			}
			layer, begin = r.Layer, first
			a.p.add(t, r.Hex())
		}
		a.p.to(left + 3*a.bytesPerLine() + 2)
		for _, r := range line.Runs {
			t := a.toneOf(r.Layer)
			if r.First >= 0 {
				t = a.tones[r.Layer][r.First]
			}
			a.p.add(t, r.ASCII())
		}
		if Width(marks) > left {
			a.p.line(stroke{toneDim, marks})
		}
	}
}
