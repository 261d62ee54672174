package render

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

const hexDigits = "0123456789abcdef"

// Sanitize makes s safe to send to a terminal and honest to read: everything that is not a printable
// character is written as Python would escape it (\n, \x1b, \u202e), and a byte that is no UTF-8 as \xff.
// What it gives is one line, and sanitising that again changes nothing.
func Sanitize(s string) string {
	for i := 0; i < len(s); {
		r, n := rune(s[i]), 1
		if r >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
		}
		if !shown(r, n) {
			return string(appendSanitized(append(make([]byte, 0, len(s)+16), s[:i]...), s[i:]))
		}
		i += n
	}
	return s
}

func appendSanitized(b []byte, s string) []byte {
	for i := 0; i < len(s); {
		r, n := utf8.DecodeRuneInString(s[i:])
		switch {
		case shown(r, n):
			b = append(b, s[i:i+n]...)
		case r == '\n':
			b = append(b, `\n`...)
		case r == '\r':
			b = append(b, `\r`...)
		case r == '\t':
			b = append(b, `\t`...)
		case n == 1: // a control character, or a byte that is no UTF-8
			b = append(b, '\\', 'x', hexDigits[s[i]>>4], hexDigits[s[i]&15])
		case r > 0xffff:
			b = append(b, '\\', 'U', '0', '0')
			for shift := 20; shift >= 0; shift -= 4 {
				b = append(b, hexDigits[r>>shift&15])
			}
		default:
			b = append(b, '\\', 'u')
			for shift := 12; shift >= 0; shift -= 4 {
				b = append(b, hexDigits[r>>shift&15])
			}
		}
		i += n
	}
	return b
}

// shown reports whether a rune of n bytes may reach the terminal as it is. Format characters are
// hidden hands (bidi overrides among them) and are escaped, but for the two that hold emoji and
// Indic or Arabic letters together. Line separators are escaped, as some terminals obey them.
func shown(r rune, n int) bool {
	switch {
	case r < utf8.RuneSelf:
		return r >= 0x20 && r < 0x7f
	case r == utf8.RuneError && n == 1:
		return false
	case r == '\u200c' || r == '\u200d':
		return true
	}
	return unicode.IsGraphic(r)
}

// sanitizeLines is Sanitize for text of several lines: line ends stay, and tabs become blanks.
func sanitizeLines(s string) string {
	if !strings.ContainsAny(s, "\n\t") {
		return Sanitize(s)
	}
	var b strings.Builder
	for i, line := range strings.Split(s, "\n") {
		if i > 0 {
			b.WriteByte('\n')
		}
		col := 0
		for j, part := range strings.Split(line, "\t") {
			if j > 0 {
				n := tabWidth - col%tabWidth
				b.WriteString(strings.Repeat(" ", n))
				col += n
			}
			part = Sanitize(part)
			b.WriteString(part)
			col += Width(part)
		}
	}
	return b.String()
}

const tabWidth = 8
