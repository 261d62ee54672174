package repl

import (
	"regexp"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Line is one line of the language, cut into its parts:
//
//	[ "!" [ERRNO] ] [ NAME { "," NAME } "=" ] command { word } [ "&" ]      # comment
type Line struct {
	Text     string
	MustFail bool
	Errno    string // with MustFail: the errno, or the kind of failure, that is asked for
	Names    []Word // left of "="
	Command  Word   // Text is "" for an empty line
	Words    []Word
	Job      bool // ended by "&"
}

// assignment matches NAME, NAME = at the start of a line, but not "==".
var assignment = regexp.MustCompile(`^[\pL_][\pL\pN_]*(?:[ \t]*,[ \t]*[\pL_][\pL\pN_]*)*[ \t]*=(?:[^=]|$)`)

// mustFail matches what may stand behind "!": an errno, or a kind of failure.
var mustFail = regexp.MustCompile(`^!(E[A-Z0-9_]+|timed-out|cancelled|usage)?(?:[ \t]|$)`)

// ParseLine cuts a line. vars finds what $name stands for.
func ParseLine(text string, vars func(string) (sockets.Value, bool)) (Line, *sockets.Error) {
	l := Line{Text: text}
	x := &lexer{line: text, vars: vars}
	x.blanks()
	if m := mustFail.FindStringSubmatch(text[x.pos:]); m != nil {
		l.MustFail, l.Errno = true, m[1]
		x.pos += 1 + len(m[1])
	} else if strings.HasPrefix(text[x.pos:], "!") {
		l.MustFail = true
		x.pos++
	}
	x.blanks()
	if m := assignment.FindString(text[x.pos:]); m != "" {
		head := text[x.pos : x.pos+strings.IndexByte(m, '=')]
		l.Names = nameWords(head, x.pos)
		x.pos += len(head) + 1
	}
	words, err := x.words()
	if err != nil {
		return l, err
	}
	if n := len(words); n > 0 && words[n-1].Raw == "&" {
		l.Job, words = true, words[:n-1]
	}
	if len(words) > 0 {
		l.Command, l.Words = words[0], words[1:]
		return l, nil
	}
	switch {
	case len(l.Names) > 0:
		return l, sockets.Usage(names.T("a command is missing after =", "= 之后缺少命令")).At(max(len(strings.TrimRight(text, " \t"))-1, 0), 1).
			Hint(names.T(l.Names[0].Text+" = socket tcp", l.Names[0].Text+" = socket tcp"))
	case l.Job || l.MustFail:
		return l, sockets.Usage(names.T("a command is missing", "缺少命令")).At(strings.IndexAny(text, "!&"), 1)
	}
	return l, nil
}

// nameWords cuts "c, addr " into its names; col is where it begins in the line.
func nameWords(head string, col int) []Word {
	var ws []Word
	for part := range strings.SplitSeq(head, ",") {
		name := strings.TrimSpace(part)
		ws = append(ws, Word{Text: name, Raw: name, Col: col + strings.Index(part, name)})
		col += len(part) + 1
	}
	return ws
}
