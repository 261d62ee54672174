package render

import (
	"strconv"
	"strings"
	"time"

	"sockstep/sockets/names"
)

// Missing is the number of what cannot be known: UDP has no congestion window.
const Missing = -1

// A Series is what one socket looked like over time, the newest sample last.
type Series struct {
	Name, Kind  string // "c", "tcp"
	Local, Peer string // "" for none
	Samples     []Sample
}

// A Sample is one look at a socket. Each number that cannot be known is Missing.
type Sample struct {
	At    time.Duration // since the watch began
	State string        // in the kernel's words; "" for none

	RecvQ, RecvMax int64 // bytes, and the size of the buffer; of a socket that listens, connections and the backlog
	Memory         bool  // RecvQ is the memory that messages take, more than the bytes in them
	SendQ, SendMax int64 // bytes, and the size of the buffer
	Cwnd, Ssthresh int64 // segments
	RTT, RTTVar    time.Duration
	Retransmits    int64         // segments that were sent again, so far
	InFlight       int64         // segments that are sent and not acknowledged
	Left           time.Duration // until the kernel forgets the connection; 0 where nothing is set for it
}

// WatchOptions say how a frame is drawn. The zero value is English without colour.
type WatchOptions struct {
	Lang  names.Lang
	Color bool
	ASCII bool   // for a terminal that has no other characters
	Key   string // the key that ends the watch, AnyKey for all of them; Ctrl-C for none
	Over  bool   // the watch has ended: no key is named

	Events []WatchEvent // the newest last: they stand below the picture, where it leaves room
}

// AnyKey stands for whichever key.
const AnyKey = "any"

var (
	headNow  = names.T("now", "现在")
	headLow  = names.T("min", "最小")
	headHigh = names.T("max", "最大")

	wordEnds     = names.T("{key} ends it", "按 {key} 结束")
	wordAnyKey   = names.T("any key ends it", "按任意键结束")
	wordNoRoom   = names.T("no room for: {rows}", "放不下：{rows}")
	wordSockets  = names.T("sockets not shown: {n}", "未显示的套接字：{n} 个")
	wordNoSample = names.T("nothing was measured yet", "还没有测量值")
	wordSeconds  = names.T("seconds", "秒")
)

// The columns of a frame. They depend on the width and the language alone, so that nothing jumps between two frames.
type columns struct {
	label, now, beside, ends int // widths; 0 for none
	plot                     int
	plotAt                   int
}

const (
	watchIndent = 2
	numberWidth = 8  // "1023 seg"
	besideWidth = 13 // "ssthresh 9999"
	plotLeast   = 12
	plotMost    = 120
)

func columnsOf(width int, lang names.Lang) columns {
	c := columns{now: numberWidth, beside: besideWidth, ends: numberWidth}
	for _, g := range gauges {
		c.label = max(c.label, Width(say(g.label, lang)))
	}
	room := func() int {
		at := watchIndent + c.label + 1 + c.now + 2
		if c.beside > 0 {
			at += c.beside + 2
		}
		if c.ends > 0 {
			at += 2*c.ends + 1 + 2
		}
		c.plotAt = at
		return width - at
	}
	if room() < plotLeast {
		c.beside = 0
	}
	if room() < plotLeast {
		c.ends = 0
	}
	c.plot = min(max(room(), 0), plotMost)
	return c
}

// Watch draws one frame: a block for each socket with its name, its state and its addresses, and in it a row for each
// number that can be known: now, what it is measured against, its least, its most, and a plot of it over time with the
// newest at the right. A plot begins at 0 and is as high as its most. What has no room in height is left out, the least
// weighty first, and the footer says so. The lines are ready for a terminal.
func Watch(samples []Series, width, height int, o WatchOptions) []string {
	return WatchPicture(samples, width, height, o).Lines(o.Color)
}

// WatchPicture is the frame of Watch as a picture.
func WatchPicture(samples []Series, width, height int, o WatchOptions) Picture {
	width, height = max(width, narrowest), max(height, 4)
	f := frame{o: o, width: width, columns: columnsOf(width, o.Lang)}
	f.choose(samples, height)
	f.head()
	for i, s := range samples[:f.shown] {
		if i > 0 && f.apart {
			f.p.line()
		}
		f.block(s)
	}
	f.axis(samples)
	f.footer(len(samples) - f.shown)
	f.events()
	if o.ASCII {
		return f.p.ASCII()
	}
	return f.p
}

// A frame is one picture of a watch in the making.
type frame struct {
	p       Picture
	o       WatchOptions
	width   int
	columns columns
	kept    int      // how many of the gauges
	shown   int      // how many of the sockets
	apart   bool     // a blank line parts the sockets
	left    []string // labels of the gauges that have no room
	room    int      // lines that are left
}

// choose finds how many gauges and sockets fit: a line each for the heading, the axis and the footer, one for each
// socket's name, and the rows.
func (f *frame) choose(samples []Series, height int) {
	const furniture = 3
	f.shown, f.kept = len(samples), len(gauges)
	need := func() int {
		n := furniture + f.shown
		for _, s := range samples[:f.shown] {
			n += len(f.rows(s))
		}
		return n
	}
	for f.kept > 2 && need() > height { // what a queue holds is the last to go
		f.kept--
	}
	for f.shown > 1 && need() > height {
		f.shown--
	}
	for f.kept > 0 && need() > height {
		f.kept--
	}
	f.apart = need()+f.shown-1 <= height
	if f.room = max(height-need(), 0); f.apart {
		f.room -= f.shown - 1
	}
	for _, g := range gauges[f.kept:] {
		for _, s := range samples[:f.shown] {
			if g.fits(s) {
				f.left = append(f.left, say(g.label, f.o.Lang))
				break
			}
		}
	}
}

// rows are the gauges that a socket has a number for.
func (f *frame) rows(s Series) (all []gauge) {
	for _, g := range gauges[:f.kept] {
		if g.fits(s) {
			all = append(all, g)
		}
	}
	return all
}

func (f *frame) head() {
	c := f.columns
	f.p.line()
	f.p.to(watchIndent + c.label + 1)
	f.right(toneDim, say(headNow, f.o.Lang), c.now)
	if c.ends > 0 {
		f.p.to(c.plotAt - 2 - 2*c.ends - 1)
		f.right(toneDim, say(headLow, f.o.Lang), c.ends)
		f.p.add(toneNone, " ")
		f.right(toneDim, say(headHigh, f.o.Lang), c.ends)
	}
}

// right writes text at the right edge of a column.
func (f *frame) right(t tone, text string, width int) {
	text = shorten(text, width)
	f.p.add(toneNone, strings.Repeat(" ", width-Width(text)))
	f.p.add(t, text)
}

func (f *frame) block(s Series) {
	state, none := "", say(wordNoSample, f.o.Lang)
	if len(s.Samples) > 0 {
		none = ""
		state = s.Samples[len(s.Samples)-1].State
	}
	ends := Sanitize(s.Local)
	if s.Peer != "" {
		ends += " → " + Sanitize(s.Peer)
	}
	name := shorten(Sanitize(s.Name), max(f.width/3, 8))
	f.p.line(stroke{toneBold, name})
	for _, word := range []stroke{{toneDim, Sanitize(s.Kind)}, {toneWay, Sanitize(state)}, {toneNone, ends}, {toneDim, none}} {
		room := f.width - lineWidth(f.p.lines[len(f.p.lines)-1]) - 2
		if word.text == "" || room < 4 {
			continue
		}
		f.p.add(toneNone, "  ")
		f.p.add(word.tone, shortenMiddle(word.text, room))
	}
	for _, g := range f.rows(s) {
		f.row(g, s.Samples)
	}
}

func (f *frame) row(g gauge, samples []Sample) {
	c, lang := f.columns, f.o.Lang
	last := samples[len(samples)-1]
	f.p.line()
	f.p.to(watchIndent)
	f.p.add(toneDim, padRight(say(g.label, lang), c.label))
	f.p.add(toneNone, " ")
	now := toneBold
	if g.bad != nil && g.bad(last) {
		now = toneAlert
	}
	f.right(now, g.unit.write(g.of(last), lang), c.now)
	if c.beside > 0 && g.beside != nil {
		f.p.add(toneNone, "  ")
		f.p.add(toneDim, shorten(g.beside(last, lang), c.beside))
	}
	if n := len(samples) - c.plot; c.plot > 0 && n > 0 {
		samples = samples[n:]
	}
	low, high := int64(Missing), int64(Missing)
	for _, s := range samples {
		if v := g.of(s); v >= 0 {
			high = max(high, v)
			if low < 0 {
				low = v
			}
			low = min(low, v)
		}
	}
	if c.ends > 0 {
		f.p.to(c.plotAt - 2 - 2*c.ends - 1)
		f.right(toneNone, g.unit.write(low, lang), c.ends)
		f.p.add(toneNone, " ")
		f.right(toneNone, g.unit.write(high, lang), c.ends)
	}
	if c.plot < plotLeast {
		return
	}
	f.p.to(c.plotAt + c.plot - len(samples))
	var plot strings.Builder
	for _, s := range samples {
		plot.WriteString(bar(g.of(s), high))
	}
	f.p.add(toneWay, plot.String())
}

// bars are the heights of a plot: of 0, and of more than 0.
var bars = [...]string{"▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"}

// bar is v as a part of the most. What is more than 0 is seen as such.
func bar(v, most int64) string {
	switch {
	case v < 0:
		return " "
	case v == 0:
		return bars[0]
	}
	return bars[1+int(float64(v)/float64(most)*float64(len(bars)-2)+0.5)]
}

// axis writes the time below the plots: how long ago, in seconds.
func (f *frame) axis(samples []Series) {
	c := f.columns
	f.p.line()
	step, ok := stepOf(samples)
	if c.plot < plotLeast || !ok {
		return
	}
	marks := []byte(strings.Repeat(" ", c.plot))
	const apart = 10
	for ago := apart; ago < c.plot; ago += apart {
		mark := "-" + secondsAgo(time.Duration(ago)*step)
		at := c.plot - 1 - ago
		if begin := at - len(mark) + 1; begin >= 0 {
			copy(marks[begin:], mark)
		}
	}
	copy(marks[c.plot-1:], "0")
	f.p.to(c.plotAt - 2 - Width(say(wordSeconds, f.o.Lang)))
	if lineWidth(f.p.lines[len(f.p.lines)-1]) > 0 {
		f.p.add(toneDim, say(wordSeconds, f.o.Lang))
	}
	f.p.to(c.plotAt)
	f.p.add(toneDim, string(marks))
}

// stepOf is the time between two samples, as it mostly is.
func stepOf(samples []Series) (time.Duration, bool) {
	for _, s := range samples {
		if n := len(s.Samples); n > 1 {
			step := (s.Samples[n-1].At - s.Samples[0].At) / time.Duration(n-1)
			return step.Round(step / 20), step > 0
		}
	}
	return 0, false
}

// secondsAgo is short enough for the marks of the axis.
func secondsAgo(d time.Duration) string {
	if d >= 10*time.Second {
		d = d.Round(time.Second)
	}
	return strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', -1, 64)
}

func (f *frame) footer(more int) {
	key := f.o.Key
	if key == "" {
		key = "Ctrl-C"
	}
	var words []string
	switch {
	case f.o.Over:
	case key == AnyKey:
		words = append(words, say(wordAnyKey, f.o.Lang))
	default:
		words = append(words, say(wordEnds.Fill("key", Sanitize(key)), f.o.Lang))
	}
	if more > 0 {
		words = append(words, say(wordSockets.Fill("n", strconv.Itoa(more)), f.o.Lang))
	}
	if len(f.left) > 0 {
		words = append(words, say(wordNoRoom.Fill("rows", strings.Join(f.left, " ")), f.o.Lang))
	}
	if len(words) > 0 {
		f.p.line(stroke{toneDim, shorten(strings.Join(words, " · "), f.width)})
	}
}
