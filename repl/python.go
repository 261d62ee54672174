package repl

import (
	"slices"
	"strings"
)

// pythonWords are Python's keywords, which can name nothing there.
var pythonWords = strings.Fields(`False None True and as assert async await break class continue def del elif else except finally
	for from global if import in is lambda nonlocal not or pass raise return try while with yield`)

// inPython makes the names of a line in Python such as Python takes: one that is a keyword there gets an underscore.
func (s *Session) inPython(line string) string {
	reserved := func(name string) bool {
		_, socket := s.sockets[name]
		_, value := s.values[name]
		return socket || value
	}
	var b strings.Builder
	for i := 0; i < len(line); {
		if q := line[i]; q == '\'' || q == '"' {
			end := i + 1
			for end < len(line) && line[end] != q {
				if line[end] == '\\' {
					end++
				}
				end++
			}
			end = min(end+1, len(line))
			b.WriteString(line[i:end])
			i = end
			continue
		}
		n := nameLen(line[i:])
		word := line[i : i+n]
		b.WriteString(word)
		if i += n; n == 0 {
			b.WriteByte(line[i])
			i++
		} else if slices.Contains(pythonWords, word) && reserved(word) && (i == len(line) || strings.IndexByte(".,=;) ]", line[i]) >= 0) && !strings.HasPrefix(line[i:], " _") {
			b.WriteByte('_')
		}
	}
	return b.String()
}
