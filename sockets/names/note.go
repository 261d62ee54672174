package names

import (
	"slices"
	"strings"
)

// Note gives the text of a note, with its {placeholders} filled. A socket, a
// peer and the like that the caller does not know are named by a word ("the
// peer"); where a number is not known, the note says itself without it. An id
// that is not in the table gives a zero Text.
func Note(id string, pairs ...string) Text {
	text := noteText(id)
	known := map[string]bool{}
	var en, zh []string
	for j := 0; j+1 < len(pairs); j += 2 {
		if pairs[j+1] == "" { // an unnamed peer is an unknown one
			continue
		}
		known[pairs[j]] = true
		en, zh = append(en, pairs[j], pairs[j+1]), append(zh, pairs[j], pairs[j+1])
	}
	missing := func(name string) bool { return !known[name] && hasNoWord(name) }
	if short, ok := plainNotes[id]; ok && slices.ContainsFunc(placeholders(text.En), missing) {
		text = short
	}
	for name, word := range noteWords {
		if !known[name] {
			en, zh = append(en, name, word.En), append(zh, name, word.Zh)
		}
	}
	// One pass a side: what a peer sent may hold braces.
	return Text{En: singular(text.Fill(en...).En), Zh: text.Fill(zh...).Zh}
}

// singular writes 1 byte, not 1 bytes: English alone counts so.
func singular(s string) string {
	for _, word := range []string{"byte", "client"} {
		many := "1 " + word + "s"
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
}

// hasNoWord reports whether a placeholder can only be filled by the caller.
func hasNoWord(name string) bool { return noteWords[name].IsZero() }
