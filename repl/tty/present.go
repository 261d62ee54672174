package tty

import (
	"bytes"
	"fmt"
	"math/rand/v2"
	"strings"
	"sync"
	"time"
	"unicode"

	prompt "github.com/c-bata/go-prompt"
	"github.com/rivo/uniseg"
)

// A Presenter has the keyboard in place of the editor: it says which line is typed, and when it is run. What it types stands on
// the prompt's own line, and is run as any other.
type Presenter interface {
	// Press answers a key: a character, or Enter, Tab, Esc, Left, Right, PageUp, PageDown, Backspace, Ctrl-D; Resize when the
	// terminal's size has changed. It is called on the loop's goroutine.
	Press(key string) Cue
	// Label stands in place of the prompt; "" for the prompt itself. It is asked before every frame.
	Label() string
}

// A Cue is what follows from a key. The zero Cue leaves all as it is.
type Cue struct {
	Type  string // typed as a person does; a key in the midst of it puts all of it there at once
	Set   string // stands on the line at once
	Run   bool   // the line is run
	Yield bool   // the keyboard is a person's, with an empty line, until Esc
	End   bool   // there is no presenter any more
	Quit  bool   // Loop ends
}

// A stage is what the terminal knows of its presenter.
type stage struct {
	mu        sync.Mutex // a leaf
	presenter Presenter
	yielded   bool
	rest      string // to be typed
	typing    *time.Timer
}

// Keys that no keyboard has.
var (
	tick    = key{code: prompt.NotDefined, alt: -1} // the next character is due
	resized = key{code: prompt.NotDefined, alt: -2}
)

// Present gives the keyboard to a presenter; nil takes it back.
func (t *Terminal) Present(p Presenter) {
	t.stage.mu.Lock()
	defer t.stage.mu.Unlock()
	t.stage.presenter, t.stage.yielded, t.stage.rest = p, false, ""
}

// on is the presenter that has the keyboard, nil for none.
func (s *stage) on() Presenter {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.yielded {
		return nil
	}
	return s.presenter
}

// takes reports whether a key is the presenter's; while it has yielded, Esc alone is.
func (s *stage) takes(k key) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case k == tick || k == resized:
		return true
	case s.presenter == nil:
		return false
	}
	return !s.yielded || k == named(prompt.Escape)
}

func (s *stage) label() string {
	if p := s.on(); p != nil {
		return p.Label()
	}
	return ""
}

// keyNames are those of the keys that are no characters.
var keyNames = map[key]string{
	named(prompt.Enter): "Enter", named(prompt.ControlJ): "Enter", named(prompt.Tab): "Tab", named(prompt.Escape): "Esc",
	named(prompt.Left): "Left", named(prompt.Right): "Right", named(prompt.PageUp): "PageUp", named(prompt.PageDown): "PageDown",
	named(prompt.Backspace): "Backspace", named(prompt.ControlH): "Backspace", named(prompt.ControlD): "Ctrl-D", resized: "Resize",
}

// present answers a key of the presenter's.
func (e *engine) present(k key) {
	st := &e.t.stage
	if k.text == "" {
		e.cue(k, keyNames[k])
		return
	}
	for i, r := range k.text {
		if st.on() == nil {
			e.grant(e.editor.press(typed(k.text[i:])))
			return
		}
		e.cue(k, string(r))
	}
}

func (e *engine) cue(k key, name string) {
	st := &e.t.stage
	st.mu.Lock()
	p, rest := st.presenter, st.rest
	if k == named(prompt.Escape) && st.yielded {
		st.yielded = false
		e.editor.reset()
	}
	deaf := p == nil || st.yielded
	st.mu.Unlock()
	switch {
	case deaf:
		return
	case k == tick:
		e.typeOn()
		return
	case rest != "" && k != resized:
		e.typeAll()
		return
	case name == "":
		return
	}
	c := p.Press(name)
	if c.Yield || c.End {
		st.mu.Lock()
		st.yielded = c.Yield
		if c.End {
			st.presenter = nil
		}
		st.mu.Unlock()
		e.editor.reset()
		e.menu.forget()
	}
	switch {
	case c.Quit:
		e.editor.reset()
		e.t.leave(errQuit)
	case c.Type != "":
		e.editor.reset()
		st.mu.Lock()
		st.rest = c.Type
		st.mu.Unlock()
		e.typeOn()
	case c.Set != "":
		e.editor.change(newLine(c.Set), moving)
	case c.Run:
		e.grant(run)
	}
}

// typeOn types a character, and sees to the next.
func (e *engine) typeOn() {
	st := &e.t.stage
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.rest == "" {
		return
	}
	c, rest, _, _ := uniseg.FirstGraphemeClusterInString(st.rest, -1)
	st.rest = rest
	e.editor.line = e.editor.line.end().insert(c)
	if rest != "" {
		st.typing = time.AfterFunc(rhythm(c), func() { e.t.reader.put(tick) })
	}
}

// typeAll types the rest at once.
func (e *engine) typeAll() {
	st := &e.t.stage
	st.mu.Lock()
	defer st.mu.Unlock()
	if st.typing != nil {
		st.typing.Stop()
	}
	e.editor.line = e.editor.line.end().insert(st.rest)
	st.rest = ""
}

// rhythm is how long a person takes from this character to the next: longer behind a word, and never twice the same.
func rhythm(after string) time.Duration {
	d := 35*time.Millisecond + rand.N(50*time.Millisecond)
	if r := []rune(after)[0]; unicode.IsSpace(r) || unicode.IsPunct(r) {
		d += 30*time.Millisecond + rand.N(80*time.Millisecond)
	}
	return d
}

// put gives a key as if it had been pressed.
func (r *reader) put(k key) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.keys = append(r.keys, k)
	r.changed.Broadcast()
}

// Page lets lines stand alone on the screen, and the prompt below them. A fresh one clears the screen; else only what has changed
// is seen to change. The last row is the prompt's.
// It asks the presenter for its label: hold no lock that Label needs.
func (t *Terminal) Page(lines []string, fresh bool) {
	t.screen.setLabel(t.stage.label())
	t.screen.page(lines, fresh)
}

func (s *screen) page(lines []string, fresh bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	b.WriteString(hideCursor)
	if fresh {
		b.WriteString(clearScreen)
	} else {
		fmt.Fprint(&b, "\x1b[H")
	}
	_, rows := s.size()
	for _, l := range lines[:min(len(lines), rows-1)] {
		l = clean(l, s.colour)
		b.WriteString(l)
		if strings.Contains(l, "\x1b") {
			b.WriteString(plain)
		}
		b.WriteString("\x1b[K\r\n")
	}
	b.WriteString("\x1b[J")
	visible := s.visible
	s.visible, s.row, s.column = false, 0, false
	if visible {
		s.view.prefix = s.promptText()
		s.draw(&b)
	}
	s.out.Write(b.Bytes())
}
