package lessons

import (
	"regexp"
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets/names"
)

// Own are the learner's names for the sockets that a lesson speaks of, by the lesson's own names for them: only those that differ.
// Names are free in a lesson, and what it shows is to be typed.
type Own map[string]string

// names finds them out. As well as the names that steps have given it knows those that the step that is on has found so far; and where a
// line of this step would take the name of a socket that plays another part, the name is another one.
func (j *judge) names(s *Step, b bindings) Own {
	o, taken := Own{}, map[string]string{} // taken: a name, and the ID of what has it
	all, _ := j.sockets(j.own)
	for _, k := range all {
		if isOwnName(k.Name) && (!k.Closed || taken[k.Name] == "") {
			taken[k.Name] = k.ID
		}
	}
	for _, name := range sortedKeys(b) {
		k, err := j.named(name, b)
		if err != nil || !isOwnName(k.Name) || k.Name == name {
			continue
		}
		if id := taken[k.Name]; id == k.ID || id == "" { // the partner's only where it is not taken for one's own
			o[name] = k.Name
		}
	}
	if s == nil {
		return o
	}
	kept := keptIn(s)
	for _, e := range s.Expect {
		if e.As == "" || e.Socket == nil || b[e.As] != "" || !slices.Contains(kept, e.As) {
			continue
		}
		if k, ok := j.find(taken[e.As]); !ok || !j.plays(k, e, b) {
			continue
		}
		for n := 2; ; n++ {
			if free := e.As + strconv.Itoa(n); taken[free] == "" && b[free] == "" {
				o[e.As], taken[free] = free, "-"
				break
			}
		}
	}
	return o
}

// plays reports whether a socket has a part of its own, so that its name is not to be given to what is expected.
func (j *judge) plays(k Socket, e *Expect, b bindings) bool {
	if k.Closed {
		return false
	}
	if b.other(e.As, k.ID) {
		return true
	}
	m, err := j.mismatches(e.Socket, k, b)
	return err == nil && len(m.other) > 0 && (k.Backlog >= 0 || k.Peer != "")
}

var ownName = regexp.MustCompile(`^[\p{L}_][\p{L}\p{N}_]*$`)

// isOwnName reports whether a socket's name is one: of a socket that nothing names any more it is an address, or nothing.
func isOwnName(name string) bool { return ownName.MatchString(name) }

// Text tells a text with the learner's names: what stands between ` as a line, the rest word by word.
func (o Own) Text(t names.Text) names.Text {
	if len(o) == 0 {
		return t
	}
	return names.Text{En: o.prose(t.En), Zh: o.prose(t.Zh)}
}

func (o Own) prose(s string) string {
	parts := strings.Split(s, "`")
	for i, p := range parts {
		if i%2 == 1 {
			parts[i] = o.Line(p)
		} else {
			parts[i] = o.words(p, o.named)
		}
	}
	return strings.Join(parts, "`")
}

// Line tells a line, or the beginning of one, with the learner's names. What is sent is no name.
func (o Own) Line(line string) string {
	switch {
	case len(o) == 0:
		return line
	case pyCall.MatchString(line):
		return o.Python(line)
	}
	begin := 0
	if m := keptNames.FindStringSubmatchIndex(line); m != nil {
		begin = m[3]
	}
	head := o.words(line[:begin], nil)
	verb, before, n := "", "", 0 // n words stand behind the verb
	rest := spaced.ReplaceAllStringFunc(line[begin:], func(w string) string {
		name, known := o[w]
		was := before
		before = w
		switch {
		case verb != "":
			n++
		case w == "=" || strings.HasPrefix(w, "!") || w == "at" || was == "at" || known && w == line:
		default:
			verb = w
			return w
		}
		if known && (n < 2 || !strings.HasPrefix(verb, "send") || was == "--fd") {
			return name
		}
		return w
	})
	return head + rest
}

// spaced is a word of a line: a text in quotes is one.
var spaced = regexp.MustCompile(`(?:"(?:[^"\\]|\\.)*"|[^\s"])+`)

// Python tells lines of Python with the learner's names.
func (o Own) Python(code string) string {
	if len(o) == 0 {
		return code
	}
	at := 0
	var b strings.Builder
	for _, m := range pyText.FindAllStringIndex(code, -1) {
		b.WriteString(o.words(code[at:m[0]], nil))
		b.WriteString(code[m[0]:m[1]])
		at = m[1]
	}
	b.WriteString(o.words(code[at:], nil))
	return b.String()
}

// pyCall begins a line of Python that stands in a text.
var pyCall = regexp.MustCompile(`^(?:[\w, ]+= *)?\w+(?:\.\w+)?\(`)

// pyText is a text in Python, with the letters before it.
var pyText = regexp.MustCompile(`[bfr]*(?:'(?:[^'\\\n]|\\.)*'|"(?:[^"\\\n]|\\.)*")`)

var identifier = regexp.MustCompile(`[A-Za-z_][A-Za-z0-9_]*`)

// words puts the learner's names in the place of the lesson's, each where only may say that it stands for a socket; nil for all but
// those behind a dot or a $.
func (o Own) words(s string, only func(before, word, after string) bool) string {
	var b strings.Builder
	at := 0
	for _, m := range identifier.FindAllStringIndex(s, -1) {
		w, before, after := s[m[0]:m[1]], s[:m[0]], s[m[1]:]
		name, known := o[w]
		if !known || before != "" && strings.ContainsAny(before[len(before)-1:], `.$\0123456789`) || only != nil && !only(before, w, after) {
			continue
		}
		b.WriteString(s[at:m[0]])
		b.WriteString(name)
		at = m[1]
	}
	b.WriteString(s[at:])
	return b.String()
}

var (
	seconds  = regexp.MustCompile(`(?:[0-9]|\$\w+) $`)
	genitive = regexp.MustCompile(`^['’]s\b`)
	verbs    = regexp.MustCompile(`^(?: (?:and|or|is|was|has|have|had|listens?|connects?|got|gets|gives|gave|does|for|to|first[.,;:])\b|[^ A-Za-z0-9])`)
)

// named reports whether a word of running text is a name: the s of a second or a genitive is none, nor is what begins b'…', nor the
// article a, which some other word follows.
func (o Own) named(before, word, after string) bool {
	switch {
	case strings.HasSuffix(before, "'"), strings.HasSuffix(before, "’"), strings.HasSuffix(before, "-"), strings.HasPrefix(after, "-"):
		return false
	case strings.HasPrefix(after, "'") && !genitive.MatchString(after), strings.HasPrefix(after, `"`) && (word == "b" || word == "f"):
		return false
	case word == "s" && seconds.MatchString(before):
		return false
	case word == "a":
		return after == "" || verbs.MatchString(after) || hasHan(before+after)
	}
	return true
}
