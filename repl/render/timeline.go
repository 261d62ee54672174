package render

import (
	"fmt"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A TimelineRow is one thing that happened at the two ends of a lesson.
type TimelineRow struct {
	At      time.Duration // since the first
	Role    string        // whose line it is; of a packet, its sender
	Kind    string        // act, waits, packet, came, left, begin
	Line    string
	Result  string        // what the line gave, or its errno
	Waited  time.Duration // within its calls; 0 for not worth telling
	Program bool          // of came: the program plays this end
	Packet  *sockets.Packet
}

// Value is the row as a card.
func (r TimelineRow) Value() sockets.Value {
	fields := []sockets.Field{{Name: "us", Value: sockets.IntOf(r.At.Microseconds())}, {Name: "role", Value: sockets.TextOf(r.Role)}, {Name: "kind", Value: sockets.TextOf(r.Kind)}}
	add := func(name, text string) {
		if text != "" {
			fields = append(fields, sockets.Field{Name: name, Value: sockets.TextOf(text)})
		}
	}
	add("line", r.Line)
	add("result", r.Result)
	if r.Waited > 0 {
		fields = append(fields, sockets.Field{Name: "waited", Value: sockets.IntOf(r.Waited.Microseconds())})
	}
	if p := r.Packet; p != nil {
		add("from", p.From)
		add("to", p.To)
		add("flags", p.Flags)
		add("source", p.Source)
		fields = append(fields, sockets.Field{Name: "len", Value: sockets.IntOf(int64(p.Len))})
	}
	return sockets.CardOf(fields...)
}

var (
	timelineCame    = names.T("is there, in another terminal", "来了，在另一个终端")
	timelineProgram = names.T("is there: the program plays it", "来了：由程序扮演")
	timelineLeft    = names.T("has gone", "离开了")
	timelineBegin   = names.T("both ends are set up for step {n}", "两端都为第 {n} 步准备好了")
	timelineWaited  = names.T("waited {t}", "等待了 {t}")
	timelineEmpty   = names.T("nothing has happened yet", "还什么都没有发生")
)

// The longest arrow of a packet: a longer one says no more.
const longestArrow = 44

// Timeline draws what happened at the ends that are called so, one below the other: when, at whose end, which line with what it gave; and the packets between the
// ends as arrows.
//
//	0.000  server  s = listen tcp 127.0.0.1:20345  = s
//	4.210  client  k = connect tcp 127.0.0.1:20345  = k
//	       server │◀────── SYN seq 0 ──────┤ client
func Timeline(rows []TimelineRow, roles, labels [2]string, width int, lang names.Lang) Picture {
	var p Picture
	width = max(width-2, 30)
	role := max(Width(labels[0]), Width(labels[1]))
	clock := 7
	if n := len(rows); n > 0 && rows[n-1].At >= 1000*time.Second {
		clock = 9
	}
	hang := clock + 2 + role + 2
	for _, r := range rows {
		if r.Packet != nil {
			arrow := min(width-hang-role-4, longestArrow)
			if arrow < 12 {
				continue
			}
			for i, g := range rung(sockets.Rung{Packet: r.Packet, FromLeft: r.Role == roles[0]}, arrow, lang) {
				left, right := labels[0], " "+labels[1]
				if i > 0 {
					left, right = "", ""
				}
				p.line(stroke{toneNone, strings.Repeat(" ", clock+2)}, stroke{toneDim, padLeft(left, role) + " " + g + right})
			}
			continue
		}
		label := labels[1]
		if r.Role == roles[0] {
			label = labels[0]
		}
		p.line(stroke{toneDim, fmt.Sprintf("%*.3f  ", clock, r.At.Seconds())}, stroke{toneBold, padRight(label, role) + "  "})
		switch r.Kind {
		case "came":
			t := timelineCame
			if r.Program {
				t = timelineProgram
			}
			p.paragraph(toneDim, say(t, lang), hang, width)
			continue
		case "begin":
			p.paragraph(toneDim, say(timelineBegin.Fill("n", Sanitize(r.Line)), lang), hang, width)
			continue
		case "left":
			p.paragraph(toneDim, say(timelineLeft, lang), hang, width)
			continue
		}
		p.paragraph(toneNone, Sanitize(r.Line), hang, width)
		result, t := Sanitize(r.Result), toneDim
		if r.Kind == "waits" {
			result = say(lessonWaiting, lang)
		} else if result != "" && !strings.HasPrefix(result, "=") {
			t = toneAlert
		}
		if r.Waited > 0 {
			result = strings.TrimLeft(result+"  "+say(timelineWaited.Fill("t", duration(r.Waited)), lang), " ")
		}
		if result == "" {
			continue
		}
		result = shorten(result, width-hang-3)
		if at := lineWidth(p.lines[len(p.lines)-1]); at+2+Width(result) > width {
			p.line(stroke{toneNone, strings.Repeat(" ", hang+1)})
		}
		p.add(toneNone, "  ")
		p.add(t, result)
	}
	if len(rows) == 0 {
		p.line(stroke{toneDim, say(timelineEmpty, lang)})
	}
	return p
}

func padLeft(s string, width int) string {
	return strings.Repeat(" ", max(width-Width(s), 0)) + s
}
