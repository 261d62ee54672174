package repl

import (
	"strings"
	"unicode"

	"sockstep/sockets/names"
)

// A Remarker is an observer that also shows what the writer of a script says between its lines.
type Remarker interface {
	Remark(text string)
}

// Remark takes a line of a script before it is done. Comments on lines of their own are shown when the last of a block
// has come, in the session's language where the block speaks both; but not "#:", by which tests are told something, and
// "#!". At the end of a script it is given "".
func (s *Session) Remark(line string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.remark(line)
}

func (s *Session) remark(line string) {
	text, ok := strings.CutPrefix(strings.TrimSpace(line), "#")
	switch {
	case !ok:
		block := s.remarks
		s.remarks = nil
		if len(block) > 0 {
			s.flush() // what has come meanwhile stands with the line above
		}
		for _, text := range inLanguage(block, s.Lang()) {
			for _, o := range s.observers {
				if r, ok := o.(Remarker); ok {
					r.Remark(text)
				}
			}
		}
	case !strings.HasPrefix(text, ":") && !strings.HasPrefix(text, "!"):
		s.remarks = append(s.remarks, strings.TrimSpace(text))
	}
}

// inLanguage are the lines of a block in this language, or all where it speaks one alone.
func inLanguage(block []string, l names.Lang) (lines []string) {
	for _, text := range block {
		if strings.ContainsFunc(text, isHan) == (l == names.Chinese) && text != "" {
			lines = append(lines, text)
		}
	}
	if lines == nil {
		return block
	}
	return lines
}

func isHan(r rune) bool { return unicode.Is(unicode.Han, r) }
