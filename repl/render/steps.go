package render

import (
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// steps writes what is shown of the steps, in order. Changes that follow each other are gathered by
// socket, and packets share their columns.
func (d *drawing) steps(all []sockets.Step) {
	steps := d.shown(all)
	ladder := d.ladder(steps)
	packets, seen := 0, 0
	for _, s := range steps {
		if _, ok := s.(sockets.Packet); ok {
			packets++
		}
	}
	for i := 0; i < len(steps); i++ {
		switch s := steps[i].(type) {
		case sockets.Call:
			d.call(s)
		case sockets.Packet:
			seen++
			switch {
			case packets <= mostPackets || seen <= firstPackets || seen > packets-lastPackets:
				d.packet(s, ladder)
			case seen == firstPackets+1:
				d.label(dim, labelPacket)
				d.put(dim, morePackets.Fill("n", strconv.Itoa(packets-firstPackets-lastPackets)).In(d.lang))
				d.newline()
			}
		case sockets.Note:
			d.note(s)
		case sockets.Change:
			first := i
			for i+1 < len(steps) && isChange(steps[i+1]) {
				i++
			}
			d.changes(steps[first : i+1])
		}
	}
}

// Of more packets than a person reads the first and the last are shown; wire, layers and --json have them all.
const (
	mostPackets  = 48
	firstPackets = 24
	lastPackets  = 8
)

var morePackets = names.T("… {n} more packets (wire draws them all)", "……还有 {n} 个报文（wire 画出全部）")

// notesLast puts what explains behind what happened, so that calls and changes stand together.
func notesLast(all []sockets.Step) []sockets.Step {
	var happened, notes []sockets.Step
	for _, s := range all {
		if _, ok := s.(sockets.Note); ok {
			notes = append(notes, s)
		} else {
			happened = append(happened, s)
		}
	}
	return append(happened, notes...)
}

func isChange(s sockets.Step) bool { _, ok := s.(sockets.Change); return ok }

func (d *drawing) shown(all []sockets.Step) []sockets.Step {
	var steps []sockets.Step
	for _, s := range all {
		ok := false
		switch s := s.(type) {
		case sockets.Call:
			ok = d.show.Calls == CallsAll || d.show.Calls == CallsOn && !s.Scaffold
		case sockets.Packet:
			ok = d.show.Packets
		case sockets.Change:
			ok = d.show.Changes
		case sockets.Note:
			ok = d.show.Notes
		}
		if ok {
			steps = append(steps, s)
		}
	}
	return steps
}

// call writes a system call as strace does, with its duration at the right. Of arguments that do not fit
// the middle is left out; in a narrow window the result has a line of its own.
func (d *drawing) call(c sockets.Call) {
	content, result := plain, plain
	if c.Errno != "" && !c.Interrupted { // what the student ended did not fail
		result = red
	}
	if c.Scaffold {
		content, result = dim, dim
	}
	ret := " = " + strconv.FormatInt(c.Ret, 10)
	if c.Errno != "" {
		ret += " " + c.Errno
	}
	if c.Times > 1 {
		ret = " × " + strconv.Itoa(c.Times) + ret
	}
	after := piece{{result, Sanitize(ret)}}
	if c.Interrupted {
		after = append(after, span{content, "  " + d.say(wordInterrupted)})
	}
	if c.Scaffold {
		after = append(after, span{dim, "  " + d.say(wordScaffold)})
	}
	took := text(dim, duration(c.Took))
	op, args := Sanitize(c.Op), Sanitize(c.Args)

	d.label(dim, labelCall)
	hang := gutter(d.lang)
	fixed := Width(op) + len("()")
	room := d.width - hang - fixed - after.width()
	if took.width() > 0 {
		room -= 2 + took.width()
	}
	const enough = 16 // columns of arguments that still say something
	if Width(args) <= room || room >= enough {
		d.put(content, op+"("+shortenArgs(args, room)+")")
		d.putPiece(after)
		d.right(hang, took)
		return
	}
	d.put(content, op+"("+shortenArgs(args, max(d.room(hang)-fixed, 1))+")")
	d.newline()
	d.to(hang + 1)
	d.putPiece(after.fit(d.room(hang + 1)))
	d.right(hang, took)
}

// changes writes what changed, a line for each socket where that fits.
func (d *drawing) changes(run []sockets.Step) {
	var sockNames []string
	fields := map[string][]piece{}
	widest := 0
	for _, s := range run {
		c := s.(sockets.Change)
		if _, known := fields[c.Socket]; !known {
			sockNames = append(sockNames, c.Socket)
			widest = max(widest, Width(Sanitize(c.Socket)))
		}
		fields[c.Socket] = append(fields[c.Socket], piece{
			{dim, fieldWord(c.Field, d.lang) + "  "},
			{plain, orDash(Sanitize(c.Was)) + became + orDash(Sanitize(c.Now))},
		})
	}
	widest = min(widest, len("255.255.255.255:65535"))
	for _, name := range sockNames {
		d.label(dim, labelChange)
		hang := d.col
		if widest > 0 {
			d.put(plain, shorten(Sanitize(name), widest))
			hang += widest + 2
		}
		d.flowChanges(hang, fields[name])
	}
}

// flowChanges writes what changed of one socket. What was and what is must both be read: where a change has no room behind the
// socket's name it goes below, and where it has none there either, it is broken at its arrow.
func (d *drawing) flowChanges(hang int, changed []piece) {
	tooWide := func(p piece) bool { return p.width() > d.room(hang) }
	if slices.ContainsFunc(changed, tooWide) && hang > gutter(d.lang) {
		d.newline()
		hang = gutter(d.lang)
	}
	var parts []piece
	for _, c := range changed {
		was, now, _ := strings.Cut(c[1].text, became)
		if tooWide(c) {
			parts = append(parts, piece{c[0], {plain, was}}, piece{{plain, strings.TrimLeft(became, " ") + now}})
		} else {
			parts = append(parts, c)
		}
	}
	d.flow(hang, 4, parts, nil)
}

// became leads from what was to what is.
const became = " → "

func orDash(s string) string {
	if s == "" {
		return "-"
	}
	return s
}

func (d *drawing) note(n sockets.Note) {
	d.paragraph(yellow, labelNote, plain, d.say(n.Text))
}
