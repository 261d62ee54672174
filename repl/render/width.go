package render

import (
	"iter"
	"strings"

	"github.com/rivo/uniseg"
)

const ellipsis = "…"

// Width is how many columns a terminal gives s: two for a Chinese character, none for a combining mark.
func Width(s string) int {
	if printableASCII(s) {
		return len(s)
	}
	return uniseg.StringWidth(s)
}

func printableASCII(s string) bool {
	for i := 0; i < len(s); i++ {
		if s[i] < 0x20 || s[i] > 0x7e {
			return false
		}
	}
	return true
}

// characters gives each character of s as a reader sees it (a grapheme cluster) with its columns.
func characters(s string) iter.Seq2[string, int] {
	return func(yield func(string, int) bool) {
		for s != "" {
			// Two printable ASCII characters never join: most text needs no tables.
			if c := s[0]; c >= 0x20 && c < 0x7f && (len(s) == 1 || s[1] < 0x80) {
				if !yield(s[:1], 1) {
					return
				}
				s = s[1:]
				continue
			}
			c, rest, w, _ := uniseg.FirstGraphemeClusterInString(s, -1)
			if !yield(c, w) {
				return
			}
			s = rest
		}
	}
}

// head is the longest beginning of s that fits in width columns.
func head(s string, width int) string {
	n, col := 0, 0
	for c, w := range characters(s) {
		if col += w; col > width {
			break
		}
		n += len(c)
	}
	return s[:n]
}

// tail is the longest end of s that fits in width columns.
func tail(s string, width int) string {
	over, n := Width(s)-width, 0
	for c, w := range characters(s) {
		if over <= 0 {
			break
		}
		over -= w
		n += len(c)
	}
	return s[n:]
}

// shorten cuts the end of s, so that it fits.
func shorten(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	return head(s, width-1) + ellipsis
}

// shortenMiddle cuts out of the middle of s, as both ends of a path or of a list of arguments matter. The
// port of an address stays whole: half a port would pass for another one.
func shortenMiddle(s string, width int) string {
	if Width(s) <= width {
		return s
	}
	if width < 1 {
		return ""
	}
	end := width - 1 - width/2
	if port := len(s) - strings.LastIndexByte(s, ':'); port > end && port <= len(":65535") && port < width-1 {
		end = port
	}
	return head(s, width-1-end) + ellipsis + tail(s, end)
}

// shortenArgs shortens the arguments of a call: within its longest string, where that is enough.
func shortenArgs(s string, width int) string {
	over := Width(s) - width
	if over <= 0 {
		return s
	}
	start, end := longestString(s)
	mark := ellipsis
	if strings.HasPrefix(s[end:], `"...`) { // it says already that more follows
		mark = ""
	}
	over += Width(mark)
	const enough = 4
	inside := s[start:end]
	if Width(inside)-over < enough {
		if short := fewerFields(s, width); Width(short) <= width {
			return short
		}
		return shortenMiddle(s, width)
	}
	inside = head(inside, Width(inside)-over)
	// Half an escape would pass for another byte.
	if i := strings.LastIndexByte(inside, '\\'); i >= 0 && i > len(inside)-4 {
		inside = inside[:i]
	}
	return s[:start] + inside + mark + s[end:]
}

// fewerFields keeps as many fields of the first struct in a list of arguments as fit.
func fewerFields(s string, width int) string {
	open := strings.IndexByte(s, '{') + 1
	end := strings.IndexByte(s, '}')
	if open == 0 || end < open {
		return s
	}
	fields := strings.SplitAfter(s[open:end], ", ")
	for n := len(fields) - 1; ; n-- {
		short := s[:open] + strings.Join(fields[:n], "") + ellipsis + s[end:]
		if n == 0 || Width(short) <= width {
			return short
		}
	}
}

// longestString finds what stands between the quotes of the longest string in a list of arguments.
func longestString(s string) (start, end int) {
	open := -1
	for i := 0; i < len(s); i++ {
		switch {
		case s[i] == '\\' && open >= 0:
			i++
		case s[i] == '"' && open < 0:
			open = i + 1
		case s[i] == '"':
			if i-open > end-start {
				start, end = open, i
			}
			open = -1
		}
	}
	return start, end
}
