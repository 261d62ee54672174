package names

import (
	"strings"
	"unicode/utf8"
)

// Nearest gives the known word that word was most likely meant to be, for
// "did you mean": the one at the smallest Damerau-Levenshtein distance, with
// case ignored, and of equals the first. It reports false when none is near
// enough to be worth saying.
func Nearest(word string, known []string) (string, bool) {
	w := []rune(strings.ToLower(word))
	if len(w) == 0 {
		return "", false
	}
	best, bestDistance := "", nearEnough(len(w))+1
	for _, k := range known {
		kr := []rune(strings.ToLower(k))
		// The distance is at least the difference in length.
		if d := len(kr) - len(w); d >= bestDistance || -d >= bestDistance {
			continue
		}
		if d := distance(w, kr); d < bestDistance && d < max(len(w), len(kr)) {
			best, bestDistance = k, d
		}
	}
	if best != "" {
		return best, true
	}
	return longerName(word, known)
}

// nearEnough is how many slips a word of n letters may hold.
func nearEnough(n int) int {
	switch {
	case n <= 3:
		return 1
	case n <= 5:
		return 2
	default:
		return 2 + (n-4)/4
	}
}

// longerName finds the only known word that has a part equal to word:
// "rcvbuf" for SO_RCVBUF.
func longerName(word string, known []string) (string, bool) {
	if utf8.RuneCountInString(word) < 3 {
		return "", false
	}
	found := ""
	for _, k := range known {
		if strings.Contains(strings.ToLower(k), strings.ToLower(word)) {
			if found != "" {
				return "", false
			}
			found = k
		}
	}
	return found, found != ""
}

// distance is the Damerau-Levenshtein distance in its optimal string
// alignment: insert, delete, replace, and swap two neighbours.
func distance(a, b []rune) int {
	before, last, row := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range last {
		last[j] = j
	}
	for i := 1; i <= len(a); i++ {
		row[0] = i
		for j := 1; j <= len(b); j++ {
			cost := 1
			if a[i-1] == b[j-1] {
				cost = 0
			}
			row[j] = min(last[j]+1, row[j-1]+1, last[j-1]+cost)
			if i > 1 && j > 1 && a[i-1] == b[j-2] && a[i-2] == b[j-1] {
				row[j] = min(row[j], before[j-2]+1)
			}
		}
		before, last, row = last, row, before
	}
	return last[len(b)]
}
