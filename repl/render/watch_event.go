package render

import (
	"strconv"
	"strings"
	"time"

	"sockstep/sockets/names"
)

// A WatchEvent is what became of a socket between two looks: its state is another one, or there is more or less to read.
type WatchEvent struct {
	Name     string
	At       time.Duration // since the watch began
	State    bool          // that is another one; else what there is to read
	Was, Now Sample
}

// keptEvents are more than any window has room for.
const keptEvents = 200

// AddEvents adds what became of a socket between two looks that follow each other. What goes on in the same direction is one
// event with the look before.
func AddEvents(all []WatchEvent, name string, was, now Sample) []WatchEvent {
	if was.State != now.State {
		all = append(all, WatchEvent{name, now.At, true, was, now})
	}
	if d := trend(was, now); d != 0 {
		for i := len(all) - 1; i >= 0 && all[i].Now.At >= was.At; i-- {
			if e := &all[i]; e.Name == name && !e.State && e.Now.At == was.At && trend(e.Was, e.Now) == d {
				e.Now = now
				return all
			}
		}
		all = append(all, WatchEvent{name, now.At, false, was, now})
	}
	if n := len(all) - keptEvents; n > 0 {
		all = append(all[:0], all[n:]...)
	}
	return all
}

// trend is 1 where more is to be read than was, -1 where less is, 0 where that cannot be said.
func trend(was, now Sample) int {
	switch {
	case was.RecvQ < 0 || now.RecvQ < 0 || listens(was) != listens(now) || was.RecvQ == now.RecvQ:
		return 0
	case was.RecvQ < now.RecvQ:
		return 1
	}
	return -1
}

var wordState = names.T("state", "状态")

// events writes the last events below the picture, as many as there is room for: when, of which socket, and what.
func (f *frame) events() {
	all := f.o.Events[max(len(f.o.Events)-f.room, 0):]
	at, name := 0, 0
	for _, e := range all {
		at, name = max(at, len(since(e.At))), max(name, Width(Sanitize(e.Name)))
	}
	name = min(name, max(f.width/3, 8))
	for _, e := range all {
		when := since(e.At)
		f.p.line(stroke{toneDim, strings.Repeat(" ", watchIndent+at-len(when)) + when})
		f.p.add(toneNone, "  ")
		f.p.add(toneBold, padRight(shorten(Sanitize(e.Name), name), name))
		f.p.add(toneNone, "  ")
		what, was, now, tone := say(wordState, f.o.Lang), Sanitize(e.Was.State), Sanitize(e.Now.State), toneWay
		if !e.State {
			g := queueOf(e.Now)
			what, was, now, tone = say(g.label, f.o.Lang), g.unit.write(e.Was.RecvQ, f.o.Lang), g.unit.write(e.Now.RecvQ, f.o.Lang), toneNone
		}
		f.p.add(toneDim, what+"  ")
		f.p.add(tone, shorten(orDash(was)+" → "+orDash(now), max(f.width-lineWidth(f.p.lines[len(f.p.lines)-1]), 1)))
	}
}

// since is a time of the watch, to a tenth of a second.
func since(d time.Duration) string {
	return "+" + strconv.FormatFloat(d.Round(100*time.Millisecond).Seconds(), 'f', 1, 64) + " s"
}
