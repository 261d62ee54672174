package tty

import (
	"strings"
	"unicode"
)

// clean makes a text safe to show: of control characters only tabs remain, and colours if they are wanted. An escape
// sequence of another kind loses its escape character and stands there as text, so that nobody wonders what was removed.
func clean(s string, colour bool) string {
	if strings.IndexFunc(s, hidden) < 0 {
		return strings.ToValidUTF8(s, "\uFFFD")
	}
	var b strings.Builder
	for s != "" {
		if n := sgr(s); n > 0 {
			if colour {
				b.WriteString(s[:n])
			}
			s = s[n:]
			continue
		}
		i := strings.IndexFunc(s[1:], hidden) + 1
		if i <= 0 {
			i = len(s)
		}
		part := s[:i]
		s = s[i:]
		b.WriteString(strings.Map(func(r rune) rune {
			if hidden(r) {
				return -1
			}
			return r
		}, part))
	}
	return strings.ToValidUTF8(b.String(), "\uFFFD")
}

// hidden are the characters that act on a terminal, or turn the reading direction so that a text says something else
// than its bytes.
func hidden(r rune) bool {
	return r != '\t' && unicode.IsControl(r) ||
		r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069
}

// sgr is the length of the colour sequence that s begins with, or 0.
func sgr(s string) int {
	if !strings.HasPrefix(s, "\x1b[") {
		return 0
	}
	for i := 2; i < len(s); i++ {
		switch c := s[i]; {
		case c == 'm':
			return i + 1
		case c != ';' && c != ':' && (c < '0' || c > '9'):
			return 0
		}
	}
	return 0
}
