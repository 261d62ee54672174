package tty

import (
	"strings"

	prompt "github.com/c-bata/go-prompt"

	"sockstep/sockets/names"
)

// A search is Ctrl-R's: the line is the newest one of the history that contains what was typed since.
type search struct {
	query  string
	at     int  // the line found; -1 before the first
	failed bool // nothing older contains query
	typed  line // what to give back
}

func newSearch(l line) *search { return &search{at: -1, typed: l} }

// label is shown in place of the prefix.
func (s *search) label() names.Text {
	text := searching
	if s.failed {
		text = searchFailed
	}
	return text.Fill("query", s.query)
}

// searching reports whether the key was one of the search's. Any other key takes the line as found and works on it.
func (e *editor) searching(k key) bool {
	s := e.search
	switch {
	case k.text != "":
		s.query += k.text
		e.sought = s.query
		e.find(s.at, -1)
	case k == named(prompt.ControlR) && s.query == "": // as readline: the search before, again
		s.query = e.sought
		e.find(-1, -1)
	case k == named(prompt.ControlR):
		e.find(s.at-1, -1)
	case k == named(prompt.ControlS):
		e.find(s.at+1, +1)
	case k == named(prompt.Backspace) || k == named(prompt.ControlH):
		q := newLine(s.query)
		s.query = s.query[:q.left()]
		s.at = -1
		e.line = s.typed
		e.find(-1, -1)
	case k == named(prompt.Escape) || k == named(prompt.ControlG):
		e.line, e.search = s.typed, nil
	default:
		e.search = nil
		if e.line.text != s.typed.text {
			e.undo, e.last = append(e.undo, s.typed), moving
		}
		return false
	}
	return true
}

// find looks for the query from a line on, in the direction of step; a negative start means the newest line.
func (e *editor) find(from, step int) {
	s, lines := e.search, e.history.list()
	if s.query == "" {
		s.failed = false
		return
	}
	if s.at < 0 {
		from = len(lines) - 1
	}
	for i := from; i >= 0 && i < len(lines); i += step {
		// The same line again would look as if the key had done nothing.
		if at := strings.Index(lines[i], s.query); at >= 0 && (i == s.at || lines[i] != e.line.text || s.at < 0) {
			s.at, s.failed = i, false
			e.line = line{lines[i], at}
			return
		}
	}
	s.failed = true
}
