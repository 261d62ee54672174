package tty

import (
	"strings"
	"unicode"
	"unicode/utf8"

	prompt "github.com/c-bata/go-prompt"
)

// An editor turns keys into changes of the line.
type editor struct {
	line    line
	history *history
	recall  recall  // the place in the history
	search  *search // while Ctrl-R searches
	sought  string  // by the search before
	undo    []line
	killed  string
	last    habit // what the key before did, for keys that go on with it
	yanked  int   // how far Alt-. went back
}

// A habit is what several keys in a row may do together.
type habit int

const (
	moving habit = iota
	typing
	killing
	yanking
)

// A wish is what the editor cannot do itself.
type wish int

const (
	nothing wish = iota
	run          // Enter
	discard      // Ctrl-C
	leave        // Ctrl-D on an empty line
	clear        // Ctrl-L
	dismiss      // Esc: close the menu
)

// reset starts a new line.
func (e *editor) reset() {
	*e = editor{history: e.history, killed: e.killed, sought: e.sought}
}

// wishes are the keys that the loop answers.
var wishes = map[key]wish{
	named(prompt.Enter):    run,
	named(prompt.ControlC): discard,
	named(prompt.ControlL): clear,
	named(prompt.Escape):   dismiss,
	named(prompt.ControlG): dismiss,
}

// bindings are the keys that change the line. A key that stands nowhere does nothing.
var bindings = map[key]func(*editor){
	named(prompt.ControlA): func(e *editor) { e.move(0) },
	named(prompt.Home):     func(e *editor) { e.move(0) },
	named(prompt.ControlE): func(e *editor) { e.move(len(e.line.text)) },
	named(prompt.End):      func(e *editor) { e.move(len(e.line.text)) },
	named(prompt.ControlB): func(e *editor) { e.move(e.line.left()) },
	named(prompt.Left):     func(e *editor) { e.move(e.line.left()) },
	named(prompt.ControlF): func(e *editor) { e.move(e.line.right()) },
	named(prompt.Right):    func(e *editor) { e.move(e.line.right()) },

	alted('b'):                 func(e *editor) { e.move(e.line.leftWord(letter)) },
	named(prompt.ControlLeft):  func(e *editor) { e.move(e.line.leftWord(letter)) },
	alted('f'):                 func(e *editor) { e.move(e.line.rightWord(letter)) },
	named(prompt.ControlRight): func(e *editor) { e.move(e.line.rightWord(letter)) },

	named(prompt.ControlH):  func(e *editor) { e.erase(e.line.left(), e.line.at) },
	named(prompt.Backspace): func(e *editor) { e.erase(e.line.left(), e.line.at) },
	named(prompt.ControlD):  func(e *editor) { e.erase(e.line.at, e.line.right()) },
	named(prompt.Delete):    func(e *editor) { e.erase(e.line.at, e.line.right()) },

	named(prompt.ControlK):      func(e *editor) { e.kill(e.line.at, len(e.line.text)) },
	named(prompt.ControlU):      func(e *editor) { e.kill(0, e.line.at) },
	named(prompt.ControlW):      func(e *editor) { e.kill(e.line.leftWord(solid), e.line.at) },
	alted(0x7f):                 func(e *editor) { e.kill(e.line.leftWord(letter), e.line.at) },
	alted('d'):                  func(e *editor) { e.kill(e.line.at, e.line.rightWord(letter)) },
	named(prompt.ControlDelete): func(e *editor) { e.kill(e.line.at, e.line.rightWord(letter)) },
	named(prompt.ControlY):      func(e *editor) { e.change(e.line.insert(e.killed), moving) },

	named(prompt.ControlT):          func(e *editor) { e.change(e.line.transpose(), moving) },
	named(prompt.ControlUnderscore): (*editor).unchange,
	alted('.'):                      (*editor).lastWord,
	alted('_'):                      (*editor).lastWord,

	named(prompt.Up):       (*editor).older,
	named(prompt.ControlP): (*editor).older,
	named(prompt.Down):     (*editor).newer,
	named(prompt.ControlN): (*editor).newer,
	named(prompt.ControlR): func(e *editor) { e.search = newSearch(e.line) },
}

// press does what the key means here and now.
func (e *editor) press(k key) wish {
	if e.search != nil && e.searching(k) {
		return nothing
	}
	if k.text != "" {
		e.insert(k.text)
		return nothing
	}
	if k.code == prompt.ControlD && e.line.text == "" {
		return leave
	}
	if w, ok := wishes[k]; ok {
		e.last = moving
		return w
	}
	if do, ok := bindings[k]; ok {
		do(e)
	}
	return nothing
}

// move puts the cursor elsewhere.
func (e *editor) move(at int) {
	e.line, e.last = e.line.to(at), moving
}

// change replaces the line in a way that undo can take back.
func (e *editor) change(l line, h habit) {
	if l.text != e.line.text {
		e.undo = append(e.undo[max(0, len(e.undo)-mostUndo):], e.line)
	}
	e.line, e.last = l, h
}

// mostUndo is how many changes can be taken back.
const mostUndo = 1000

// insert types text. Typing is undone word by word, a paste of any length at once.
func (e *editor) insert(s string) {
	for s != "" {
		n := len(s)
		if n < longPaste {
			n = firstWord(s)
		}
		l := e.line.insert(s[:n])
		if e.last == typing && !startsWord(e.line.before(), s) {
			e.line = l
		} else {
			e.change(l, typing)
		}
		s = s[n:]
	}
}

// longPaste is the length from which on nobody typed the text.
const longPaste = 256

// firstWord is the length of the first word of s and the blanks behind it.
func firstWord(s string) int {
	n := len(s) - len(strings.TrimLeftFunc(s, unicode.IsSpace))
	if end := strings.IndexFunc(s[n:], unicode.IsSpace); end >= 0 {
		n += end
		return len(s) - len(strings.TrimLeftFunc(s[n:], unicode.IsSpace))
	}
	return len(s)
}

// startsWord reports whether s, typed after before, begins a new word.
func startsWord(before, s string) bool {
	last, _ := utf8.DecodeLastRuneInString(before)
	first, _ := utf8.DecodeRuneInString(s)
	return unicode.IsSpace(last) && !unicode.IsSpace(first)
}

// erase takes text away for good.
func (e *editor) erase(from, to int) {
	l, _ := e.line.cut(from, to)
	e.change(l, moving)
}

// kill takes text away for Ctrl-Y. Kills in a row gather.
func (e *editor) kill(from, to int) {
	forward := from == e.line.at
	l, s := e.line.cut(from, to)
	switch {
	case s == "":
		return
	case e.last != killing:
		e.killed = s
	case forward:
		e.killed += s
	default:
		e.killed = s + e.killed
	}
	e.change(l, killing)
}

// unchange takes the last change back.
func (e *editor) unchange() {
	if n := len(e.undo); n > 0 {
		e.line, e.undo, e.last = e.undo[n-1], e.undo[:n-1], moving
	}
}

// lastWord inserts the last word of the line before, seen from the place in the history; again, of the line before that.
func (e *editor) lastWord() {
	lines := e.history.list()
	if e.last != yanking {
		e.yanked = e.recall.away
	}
	for e.yanked < len(lines) {
		e.yanked++
		word := lastWord(lines[len(lines)-e.yanked])
		if word == "" {
			continue
		}
		if e.last == yanking {
			e.unchange()
		}
		e.change(e.line.insert(word), yanking)
		return
	}
}
