package names

import (
	"slices"
	"strings"
	"unicode/utf8"
)

// Note gives the text of a note, with its {placeholders} filled. A socket, a
// peer and the like that the caller does not know are named by a word ("the
// peer"); where a number is not known, the note says itself without it. An id
// that is not in the table gives a zero Text.
func Note(id string, pairs ...string) Text {
	text := noteText(id)
	if short, ok := plainNotes[id]; ok && lacks(text.En, pairs) {
		text = short
	}
	for name, word := range noteWords {
		if _, ok := given(name, pairs); !ok {
			text.En = strings.ReplaceAll(text.En, "{"+name+"}", word.En)
			text.Zh = worded(text.Zh, "{"+name+"}", word.Zh)
		}
	}
	text = text.each(func(name string, _ Lang) (string, bool) { return given(name, pairs) })
	text.En = singular(text.En)
	return text
}

// worded puts a Chinese word in the place of a name. The blanks that part a name from Chinese go with it; those beside what is
// Latin stay.
func worded(s, place, word string) string {
	for {
		before, after, found := strings.Cut(s, place)
		if !found {
			return s
		}
		if trimmed := strings.TrimSuffix(before, " "); endsInChinese(trimmed) {
			before = trimmed
		}
		if trimmed := strings.TrimPrefix(after, " "); beginsInChinese(trimmed) {
			after = trimmed
		}
		s = before + word + after
	}
}

func endsInChinese(s string) bool {
	r, n := utf8.DecodeLastRuneInString(s)
	return n > 1 && r != utf8.RuneError
}

func beginsInChinese(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return n > 1 && r != utf8.RuneError
}

// given finds a name's value. An empty one is as good as none: an unnamed peer is an unknown one.
func given(name string, pairs []string) (string, bool) {
	for i := 0; i+1 < len(pairs); i += 2 {
		if pairs[i] == name && pairs[i+1] != "" {
			return pairs[i+1], true
		}
	}
	return "", false
}

// lacks reports whether s has a place that neither pairs nor a word can fill.
func lacks(s string, pairs []string) bool {
	for name := range places(s) {
		if _, ok := given(name, pairs); !ok && hasNoWord(name) {
			return true
		}
	}
	return false
}

// singular writes 1 byte, not 1 bytes: English alone counts so.
func singular(s string) string {
	for _, many := range []string{"1 bytes", "1 clients"} {
		for i := 0; ; {
			j := strings.Index(s[i:], many)
			if j < 0 {
				break
			}
			i += j + len(many)
			if before := i - len(many) - 1; before < 0 || s[before] == ' ' || s[before] == '(' {
				s, i = s[:i-1]+s[i:], i-1
			}
		}
	}
	return s
}

// NoteIDs gives the ids of all notes, in the order of the tables.
func NoteIDs() []string {
	var ids []string
	for _, n := range slices.Concat(notes, sessionNotes) {
		ids = append(ids, n.id)
	}
	return ids
}

// NoteFields gives the names that Note can fill in for an id, in the order in
// which they are read.
func NoteFields(id string) []string { return placeholders(noteText(id).En) }

func noteText(id string) Text {
	for _, table := range [][]note{notes, sessionNotes} {
		for _, n := range table {
			if n.id == id {
				return n.text
			}
		}
	}
	return Text{}
}

type note struct {
	id   string
	text Text
}

// noteWords stand for what a caller does not name.
var noteWords = map[string]Text{
	"s":    T("the socket", "套接字"),
	"peer": T("the peer", "对端"),
	"op":   T("the call", "这个调用"),
	"opt":  T("the option", "这个选项"),
	"path": T("the file", "这个文件"),
	"kind": T("datagram", "数据报"),
	"word": T("the word", "这个词"),
	"name": T("the name", "这个名字"),

	"errno": T("an error", "一个错误"),
}

// hasNoWord reports whether a placeholder can only be filled by the caller.
func hasNoWord(name string) bool { return noteWords[name].IsZero() }
