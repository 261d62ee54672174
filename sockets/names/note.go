package names

// Note gives the text of a note, with its {placeholders} filled. An id that
// is not in the table gives a zero Text.
func Note(id string, pairs ...string) Text {
	for _, n := range notes {
		if n.id == id {
			return n.text.Fill(pairs...)
		}
	}
	return Text{}
}

// NoteIDs gives the ids of all notes, in the order of the table.
func NoteIDs() []string {
	ids := make([]string, len(notes))
	for i, n := range notes {
		ids[i] = n.id
	}
	return ids
}

// NoteFields gives the names that Note fills in for an id, in the order in
// which they are read.
func NoteFields(id string) []string { return placeholders(Note(id).En) }

type note struct {
	id   string
	text Text
}
