package render

import (
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A ladder is how the packets of one act are laid out: who stands left of the arrow, and how wide the
// columns are. The one that sent the first packet of two ends stands left, and the arrow turns.
type ladder struct {
	left                                map[[2]string]bool // {left, right}
	leftWidth, rightWidth, flags, marks int
	aligned                             bool // the columns fit
	timed                               bool // and so do the times
}

const arrowWidth = len(" > ")

func (d *drawing) ladder(steps []sockets.Step) ladder {
	var l ladder
	times := 0
	for _, s := range steps {
		p, ok := s.(sockets.Packet)
		if !ok {
			continue
		}
		if l.left == nil {
			l.left = map[[2]string]bool{}
		}
		if !l.left[[2]string{p.To, p.From}] {
			l.left[[2]string{p.From, p.To}] = true
		}
		left, _, right := l.ends(p)
		l.leftWidth = max(l.leftWidth, Width(left))
		l.rightWidth = max(l.rightWidth, Width(right))
		l.flags = max(l.flags, Width(flagWords(p)))
		l.marks = max(l.marks, Width(packetNumbers(p))+2+Width(d.source(p.Source)))
		if took := duration(p.After); took != "" {
			times = max(times, 2+Width(took))
		}
	}
	if d.marked {
		l.leftWidth, l.rightWidth = 0, 0 // they come one by one
		return l
	}
	room := d.width - gutter(d.lang) - (l.leftWidth + arrowWidth + l.rightWidth + 2 + l.flags + 2 + l.marks)
	// Of lines that would break, the times are left out first.
	l.aligned, l.timed = room >= 0, room < 0 || times <= room
	return l
}

func (l ladder) ends(p sockets.Packet) (left, arrow, right string) {
	from, to := Sanitize(p.From), Sanitize(p.To)
	if l.left[[2]string{p.From, p.To}] {
		return from, " → ", to
	}
	return to, " ← ", from
}

// packet writes a packet: who to whom, its flags and numbers, what befell it, and how sockstep knows of it.
func (d *drawing) packet(p sockets.Packet, l ladder) {
	d.label(dim, labelPacket)
	hang := gutter(d.lang)

	left, arrow, right := l.ends(p)
	flags := flagWords(p)
	numbers := packetNumbers(p)
	pieces := []piece{{{plain, left + arrow + right}}}
	what := piece{{plain, flags}}
	how := piece{{dim, d.source(p.Source)}}
	if took := duration(p.After); took != "" && l.timed {
		how = append(how, span{dim, "  " + took})
	}
	switch {
	case l.aligned:
		pieces = []piece{{{plain, padRight(left, l.leftWidth) + arrow + padRight(right, l.rightWidth)}}}
		what = piece{{plain, padRight(flags, l.flags)}}
	case pieces[0].width() > d.room(hang):
		pieces = []piece{{{plain, left}}, {{plain, strings.TrimLeft(arrow, " ") + right}}}
	}
	if d.marked && p.Socket != "" {
		pieces = append([]piece{text(bold, p.Socket)}, pieces...)
	}
	pieces = append(pieces, what)
	if numbers != "" {
		pieces = append(pieces, piece{{plain, numbers}})
	}
	if p.Lost {
		pieces = append(pieces, text(red, d.say(wordLost)))
	}
	for _, mark := range packetMarks(p) {
		pieces = append(pieces, text(bold, d.say(mark)))
	}
	if options := d.options(p); len(options) > 0 {
		for i, o := range options {
			options[i] = optionWords(o, d.lang)
		}
		pieces = append(pieces, text(dim, "["+strings.Join(options, " ")+"]"))
	}
	d.flow(hang, 2, pieces, how)
}

// optionWords is an option as it is read: what an inferred packet says in words is in the reader's language.
func optionWords(o string, lang names.Lang) string {
	n, many := strings.CutSuffix(o, " segments")
	again, repeated := strings.CutSuffix(o, " sent again")
	switch {
	case n == "one or more":
		return say(names.T(o, "一个或多个报文段"), lang)
	case many:
		return say(names.T(o, n+" 个报文段"), lang)
	case repeated:
		return say(names.T(o, "重传 "+again+" 次"), lang)
	}
	return o
}

// stampsFrom is from how many columns on a packet's timestamps and window stand beside it, too; --json and layers always tell them.
const stampsFrom = 110

func (d *drawing) options(p sockets.Packet) []string {
	if d.width >= stampsFrom {
		if isTCP(p) && p.Window > 0 {
			return append([]string{"win " + strconv.Itoa(p.Window)}, p.Options...)
		}
		return slices.Clone(p.Options)
	}
	var brief []string
	for _, o := range p.Options {
		if !strings.HasPrefix(o, "ts ") {
			brief = append(brief, o)
		}
	}
	return brief
}

// packetMarks says what is remarkable about a packet, but for its loss, in a word or two: what each means is told by layers.
func packetMarks(p sockets.Packet) (all []names.Text) {
	special := slices.Contains(p.Marks, "fast-retransmission") || slices.Contains(p.Marks, "spurious-retransmission")
	for _, id := range p.Marks {
		word, ok := names.HeaderWord(id)
		if !ok || id == "retransmission" && special {
			continue
		}
		en, _, _ := strings.Cut(strings.Split(word.En, ",")[0], ":")
		zh, _, _ := strings.Cut(word.Zh, "：")
		all = append(all, names.T(en, zh))
	}
	return all
}

func padRight(s string, width int) string {
	if n := width - Width(s); n > 0 {
		return s + strings.Repeat(" ", n)
	}
	return s
}

// source says how sockstep knows of a packet. There is always a word: a guess must not pass for a sight.
func (d *drawing) source(s string) string {
	switch s {
	case "captured":
		return d.say(wordCaptured)
	case "cable":
		return d.say(wordCable)
	case "inferred":
		return d.say(wordInferred)
	case "":
		return d.say(wordSourceUnknown)
	}
	return Sanitize(s)
}

var flagLetters = map[rune]string{'S': "SYN", 'F': "FIN", 'R': "RST", 'P': "PSH", '.': "ACK", 'A': "ACK", 'U': "URG", 'E': "ECE", 'C': "CWR", 'W': "CWR"}

// flagWords writes the flags of a segment out, SYN+ACK for "S." and "SA"; of what is not TCP its protocol.
func flagWords(p sockets.Packet) string {
	if !isTCP(p) {
		return Sanitize(strings.ToUpper(strings.TrimSpace(p.Proto + " " + p.Flags)))
	}
	var words []string
	for _, r := range p.Flags {
		w, ok := flagLetters[r]
		if !ok {
			return Sanitize(p.Flags)
		}
		words = append(words, w)
	}
	return strings.Join(words, "+")
}

func isTCP(p sockets.Packet) bool { return p.Proto == "" || strings.HasPrefix(p.Proto, "tcp") }

func packetNumbers(p sockets.Packet) string {
	length := "len " + strconv.Itoa(p.Len)
	switch {
	case p.Proto == "arp": // it carries nothing
		return ""
	case !isTCP(p):
		return length
	}
	s := "seq " + strconv.FormatUint(uint64(p.Seq), 10)
	if strings.ContainsAny(p.Flags, ".A") {
		s += " ack " + strconv.FormatUint(uint64(p.Ack), 10)
	}
	if p.Len > 0 {
		s += " " + length
	}
	return s
}
