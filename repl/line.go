package repl

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

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

// ParseLine cuts a line. vars finds what $name stands for.
func ParseLine(text string, vars func(string) (sockets.Value, bool)) (Line, *sockets.Error) {
	return parseLine(text, vars, nil)
}

// parseLine is ParseLine with room for the words.
func parseLine(text string, vars lookup, room []Word) (Line, *sockets.Error) {
	l := Line{Text: text}
	x := lexer{line: text, vars: vars}
	x.blanks()
	if strings.HasPrefix(text[x.pos:], "!") {
		x.pos++
		l.MustFail, l.Errno = true, failure(text[x.pos:])
		x.pos += len(l.Errno)
	}
	x.blanks()
	if name := apart(text[x.pos:]); l.MustFail && l.Errno == "" && name != "" {
		l.Errno = name
		x.pos += len(name)
		x.blanks()
	}
	begin := x.pos
	if head := assigned(text[x.pos:]); head != "" {
		l.Names = nameWords(head, x.pos)
		x.pos += len(head) + 1
	}
	words, err := x.words(room)
	if err != nil {
		return l, err
	}
	if n := len(words); n > 0 && words[n-1].Raw == "&" {
		l.Job, words = true, words[:n-1]
	}
	if len(words) > 0 {
		l.Command, l.Words = words[0], words[1:]
		if l.Command.Raw == "=" {
			return l, l.Command.Err(names.T("a name is missing before =", "= 之前缺少名字")).Hint(names.T("s = socket tcp", "s = socket tcp"))
		}
		if len(l.Names) > 0 && !l.MustFail && strings.HasPrefix(l.Command.Raw, "!") {
			bang := "!" + failure(l.Command.Raw[1:])
			at := l.Command.Col
			line := bang + " " + text[begin:at] + strings.TrimSpace(text[at+len(bang):])
			return l, sockets.Usage(names.T("! stands at the beginning of the line", "! 写在一行的开头")).At(at, len(bang)).Hint(names.T(line, line))
		}
		return l, nil
	}
	switch {
	case len(l.Names) > 0:
		return l, sockets.Usage(names.T("a command is missing after =", "= 之后缺少命令")).At(max(len(strings.TrimRightFunc(text, unicode.IsSpace))-1, 0), 1).
			Hint(names.T(l.Names[0].Text+" = socket tcp", l.Names[0].Text+" = socket tcp"))
	case l.Job || l.MustFail:
		return l, sockets.Usage(names.T("a command is missing", "缺少命令")).At(strings.IndexAny(text, "!&"), 1)
	}
	return l, nil
}

// ampersand is the error about a word that seems to be meant as the "&" at the end of a job; err for any other.
func (l Line) ampersand(err *sockets.Error) *sockets.Error {
	if err.Kind != "usage" {
		return err
	}
	line := ""
	for i, w := range append([]Word{l.Command}, l.Words...) {
		if w.Quoted || err.Col != w.Col || !strings.HasSuffix(w.Raw, "&") {
			continue
		}
		switch before := strings.TrimSpace(l.Text[:w.Col] + strings.TrimRight(w.Raw, "&")); {
		case i == 0 && len(l.Words) > 0:
			line = strings.TrimSpace(l.Text[:w.Col]+l.Text[w.Col+len(w.Raw):]) + " &"
		case i > 0 && before != "":
			line = before + " &"
		}
	}
	if line == "" {
		return err
	}
	return err.Hint(names.T(line, line)).Because(names.T("& stands by itself at the end of a line, which is then a job; a line holds one command",
		"& 单独写在一行的末尾，表示作为作业运行；一行只写一条命令"))
}

// failures are the kinds of failure that have no errno and that "!" can ask for.
var failures = []string{"timed-out", "cancelled", "usage", "eof", "expect", "no-lab", "no-lesson", "not-yet"}

// failure is the errno or the kind of failure that s begins with, "" for neither.
func failure(s string) string {
	word := s
	if i := strings.IndexFunc(s, unicode.IsSpace); i >= 0 {
		word = s[:i]
	}
	switch {
	case word == "expect" && !slices.Contains(strings.Fields(s[len(word):]), word): // that command itself must fail
		return ""
	case slices.Contains(failures, word):
		return word
	case len(word) > 1 && word[0] == 'E' && strings.Trim(word, "ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_") == "":
		return word
	}
	return ""
}

// apart is the errno that s begins with where it stands by itself, behind "!" and a blank, with a command behind it; "" for none.
func apart(s string) string {
	word, rest, _ := strings.Cut(s, " ")
	if _, ok := names.LookupErrno(word); ok && failure(word) == word && strings.TrimSpace(rest) != "" {
		return word
	}
	return ""
}

// assigned is what stands left of "=" in a line that begins with NAME, NAME = and "" in any other. An "==" is no "=".
func assigned(s string) string {
	blanks := func(i int) int {
		for i < len(s) && s[i] == ' ' {
			i++
		}
		if i < len(s) && (s[i] < ' ' || s[i] >= utf8.RuneSelf) { // a tab, or the blank of a Chinese input method
			i = len(s) - len(strings.TrimLeftFunc(s[i:], unicode.IsSpace))
		}
		return i
	}
	for i := 0; ; {
		n := nameLen(s[i:])
		i = blanks(i + n)
		switch {
		case n == 0 || i == len(s):
			return ""
		case s[i] == ',':
			i = blanks(i + 1)
		case s[i] == '=' && !strings.HasPrefix(s[i:], "=="):
			return s[:i]
		default:
			return ""
		}
	}
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
