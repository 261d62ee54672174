package tty

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/rivo/uniseg"
)

// A line is the text being typed, and the place in it where typing goes. Its methods return another line and leave this
// one alone, so that undo is a matter of keeping the old one.
type line struct {
	text string // no control characters
	at   int    // offset in bytes, always between two characters
}

// newLine has the cursor at its end.
func newLine(s string) line { return line{s, len(s)} }

func (l line) before() string { return l.text[:l.at] }
func (l line) after() string  { return l.text[l.at:] }
func (l line) to(at int) line { return line{l.text, at} }
func (l line) end() line      { return l.to(len(l.text)) }

// insert types s at the cursor.
func (l line) insert(s string) line {
	return line{l.before() + s + l.after(), l.at + len(s)}
}

// cut takes the text between two offsets out, and leaves the cursor there.
func (l line) cut(from, to int) (line, string) {
	return line{l.text[:from] + l.text[to:], from}, l.text[from:to]
}

// left is the offset one character before the cursor, as the eye counts characters: a letter with its accents, or an
// emoji of many parts, is one.
func (l line) left() int {
	at := 0
	for rest := l.before(); rest != ""; {
		cluster, after, _, _ := uniseg.FirstGraphemeClusterInString(rest, -1)
		if rest = after; rest != "" {
			at += len(cluster)
		}
	}
	return at
}

// right is the offset one character after the cursor.
func (l line) right() int {
	cluster, _, _, _ := uniseg.FirstGraphemeClusterInString(l.after(), -1)
	return l.at + len(cluster)
}

// leftWord is the start of the word before the cursor; in tells what a word consists of.
func (l line) leftWord(in func(rune) bool) int {
	r := []rune(l.before())
	i := len(r)
	for i > 0 && !in(r[i-1]) {
		i--
	}
	for i > 0 && in(r[i-1]) {
		i--
	}
	return len(string(r[:i]))
}

// rightWord is the end of the word after the cursor.
func (l line) rightWord(in func(rune) bool) int {
	r := []rune(l.after())
	i := 0
	for i < len(r) && !in(r[i]) {
		i++
	}
	for i < len(r) && in(r[i]) {
		i++
	}
	return l.at + len(string(r[:i]))
}

// lastWord is the last word of a text. A quoted text with the blanks in it is one, as the shell has it; a quote opens a
// word only at its start, or behind a b there.
func lastWord(s string) string {
	start, end, quote := 0, 0, rune(0)
	escaped, between := false, true
	for i, r := range s {
		switch {
		case quote != 0:
			if !escaped && r == quote {
				quote = 0
			}
			escaped = !escaped && r == '\\'
		case unicode.IsSpace(r):
			between = true
			continue
		default:
			if between {
				start, between = i, false
			}
			if opens := strings.TrimLeft(s[start:i], "bB"); (r == '\'' || r == '"') && opens == "" && i-start < 2 {
				quote = r
			}
		}
		_, size := utf8.DecodeRuneInString(s[i:])
		end = i + size
	}
	return s[start:end]
}

// letter is what Alt and the word keys call part of a word, as in readline.
func letter(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) }

// solid is what Ctrl-W calls part of a word.
func solid(r rune) bool { return !unicode.IsSpace(r) }

// transpose swaps the characters around the cursor; at the end of the line, the last two. Where there are no two, it
// changes nothing.
func (l line) transpose() line {
	at := l.at
	if at == len(l.text) {
		at = l.left()
	}
	l, found := l.to(at), l
	from, to := l.left(), l.right()
	if at == 0 {
		return found
	}
	swapped := slices.Concat([]byte(l.text[:from]), []byte(l.text[l.at:to]), []byte(l.text[from:l.at]), []byte(l.text[to:]))
	return line{string(swapped), to}
}
