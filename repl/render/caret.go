package render

import (
	"strings"
	"unicode/utf8"
)

// Caret shows a line and, below it, the word that is meant: n bytes from byte offset col on. Both are
// ready for a terminal of that many columns; of a longer line the part around the word is shown.
func Caret(line string, col, n, width int) (shown, marks string) {
	if width < 8 {
		width = 8
	}
	col = runeStart(line, min(max(col, 0), len(line)))
	end := min(max(col+max(n, 1), col), len(line))
	for end < len(line) && !utf8.RuneStart(line[end]) {
		end++
	}
	before, word, after := Sanitize(line[:col]), Sanitize(line[col:end]), Sanitize(line[end:])

	wordWidth := max(Width(word), 1) // past the end of the line there is still one column to point at
	room := width - Width(before) - wordWidth - Width(after)
	if room < 0 {
		before, word, after = window(before, word, after, width)
		wordWidth = max(Width(word), 1)
	}
	return before + word + after, strings.Repeat(" ", Width(before)) + strings.Repeat("^", wordWidth)
}

// window cuts before and after so that the word stays in sight, with as much around it as fits.
func window(before, word, after string, width int) (string, string, string) {
	word = shorten(word, width-2) // a column for each ellipsis
	room := width - max(Width(word), 1)
	left, right := Width(before), Width(after)
	// What one side does not need, the other may have.
	leftRoom := max(room/2, room-right)
	rightRoom := room - min(left, leftRoom)
	if left > leftRoom {
		before = ellipsis + tail(before, leftRoom-1)
	}
	return before, word, shorten(after, rightRoom)
}

// runeStart is the start of the character in which byte offset i lies.
func runeStart(s string, i int) int {
	for j := i; j > 0 && j < len(s) && j > i-utf8.UTFMax; j-- {
		if utf8.RuneStart(s[j]) {
			return j
		}
	}
	return i
}
