package render

import (
	"strings"
	"unicode/utf8"
)

// Wrap breaks text into lines of at most width columns: between words at blanks, between Chinese
// characters anywhere but before a closing or after an opening punctuation mark. A word wider than
// a line is cut. Line breaks in the text are kept; the blanks at which a line was broken are not.
func Wrap(text string, width int) []string {
	if width < 1 {
		width = 1
	}
	var lines []string
	for paragraph := range strings.SplitSeq(text, "\n") {
		lines = wrapParagraph(lines, paragraph, width)
	}
	return lines
}

func wrapParagraph(lines []string, s string, width int) []string {
	if Width(s) <= width {
		return append(lines, strings.TrimRight(s, " "))
	}
	var (
		start  = 0  // of the line
		col    = 0  // its columns so far
		brk    = -1 // where it may be broken, at the latest
		behind = 0  // columns from brk on
		at     = 0
		before = ""
	)
	for c, w := range characters(s) {
		if before != "" && mayBreak(before, c) {
			brk, behind = at, 0
		}
		// Blanks hang over the edge: they are dropped there. A second turn is for a word as wide as a line.
		for c != " " && col+w > width && at > start {
			if brk <= start {
				brk, behind = at, 0
			}
			lines = append(lines, strings.TrimRight(s[start:brk], " "))
			start, col = brk, behind
			brk = -1
		}
		col, behind = col+w, behind+w
		at += len(c)
		before = c
	}
	return append(lines, strings.TrimRight(s[start:], " "))
}

// mayBreak reports whether a line may end after the character a, with b the first of the next line.
func mayBreak(a, b string) bool {
	if a == " " {
		return b != " "
	}
	if b == " " {
		return false
	}
	last, _ := utf8.DecodeRuneInString(a)
	first, _ := utf8.DecodeRuneInString(b)
	if !ideograph(last) && !ideograph(first) {
		return false
	}
	return !strings.ContainsRune(noLineEnd, last) && !strings.ContainsRune(noLineStart, first)
}

// The punctuation that Chinese typesetting keeps from the start and from the end of a line. A straight
// quote may open or close.
const (
	noLineStart = "。，、；：？！）》」』】〉〕〗”’…—·％～,.;:!?)]}%" + "'\""
	noLineEnd   = "（《「『【〈〔〖“‘￥([{" + "'\""
)

// ideograph reports whether r belongs to a script that is written without blanks, or to its punctuation.
func ideograph(r rune) bool {
	return r >= 0x2e80 && (r <= 0xa4cf || r >= 0xac00 && r <= 0xd7a3 || r >= 0xf900 && r <= 0xfaff ||
		r >= 0xfe30 && r <= 0xfe4f || r >= 0xff00 && r <= 0xffef || r >= 0x20000 && r <= 0x3ffff)
}
