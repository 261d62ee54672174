package lessons

import (
	"strings"

	"sockstep/sockets/names"
)

// unfold makes running text of the lines of a file: a line break there is a blank, in Chinese nothing; an empty line parts
// paragraphs, and a line that is indented stands for itself.
func (l *Lesson) unfold() {
	all := []*names.Text{&l.Title, &l.Intro, &l.Try, &l.Notes}
	for i := range l.Needs {
		all = append(all, &l.Needs[i].Without)
	}
	for _, s := range l.Steps {
		if s == nil {
			continue
		}
		all = append(all, &s.Text, &s.After, &s.Notes)
		for i := range s.Hints {
			all = append(all, &s.Hints[i])
		}
		for _, w := range s.Wrong {
			if w != nil {
				all = append(all, &w.Say)
			}
		}
		if s.Predict != nil {
			all = append(all, &s.Predict.Question)
		}
	}
	for _, t := range all {
		t.En, t.Zh = unfolded(t.En, " "), unfolded(t.Zh, "")
	}
}

func unfolded(s, join string) string {
	var b strings.Builder
	fresh := true // a line begins
	for line := range strings.SplitSeq(strings.TrimSpace(s), "\n") {
		words := strings.TrimSpace(line)
		switch own := strings.HasPrefix(line, "  "); {
		case words == "":
			fresh = true
			continue
		case b.Len() == 0:
		case fresh || own:
			b.WriteByte('\n')
		default:
			b.WriteString(join)
		}
		fresh = strings.HasPrefix(line, "  ")
		if fresh {
			b.WriteString("  ")
		}
		b.WriteString(words)
	}
	return b.String()
}
