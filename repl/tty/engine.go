package tty

import (
	"errors"
	"fmt"
	"runtime"
	"strconv"
	"strings"
	"time"

	prompt "github.com/c-bata/go-prompt"
)

// An engine runs go-prompt's loop. The loop polls, one goroutine for keys and one for frames; the engine lets it sleep:
//
//   - after each frame the loop waits in done, inside the writer's Flush, until a key has been handed over;
//   - its reader waits in Read until there is a key and the loop is waiting for it.
//
// So there is never more than one key on the way, and a key always meets the frame that the student saw when he pressed
// it. Tab and the keys that move in an open menu are go-prompt's own, where there is a choice. All others become the one key handOver, whose
// binding, step, takes every key that is there and lets the editor work on them: a paste is one key to go-prompt.
type engine struct {
	t      *Terminal
	prompt *prompt.Prompt
	frame  frame
	menu   completions
	editor editor

	// Guarded by reader.mu.
	started   bool // go-prompt reads keys
	waiting   bool // the loop waits for a key
	ending    bool // Loop is to return
	selecting bool // a row of the menu is selected
	native    key  // the key handed over, if it is one of go-prompt's own
}

const (
	// handOver is a key that no keyboard has.
	handOver = prompt.F24

	// menuHeight is how many suggestions are shown at most.
	menuHeight = 8
)

// errNoKey makes go-prompt's reader look whether it is to stop.
var errNoKey = errors.New("no key")

// newEngine makes go-prompt ready.
func newEngine(t *Terminal) (e *engine, err error) {
	e = &engine{t: t}
	e.editor.history = t.history
	e.frame.done = e.done
	// go-prompt opens /dev/tty before it looks at its options, and panics where there is none.
	defer func() {
		if r := recover(); r != nil {
			e, err = nil, fmt.Errorf("go-prompt: %v: %w", r, ErrNotTerminal)
		}
	}()
	before := openOn("/dev/tty")
	e.prompt = prompt.New(func(string) {}, e.complete,
		prompt.OptionParser(e),
		prompt.OptionWriter(&e.frame),
		prompt.OptionMaxSuggestion(menuHeight),
		// The whole text before the cursor is the word that a suggestion replaces: see toPrompt.
		prompt.OptionCompletionWordSeparator("\x00"),
		prompt.OptionAddKeyBind(prompt.KeyBind{Key: handOver, Fn: e.step}),
		prompt.OptionSetExitCheckerOnInput(func(string, bool) bool { return e.isEnding() }),
	)
	for fd := range openOn("/dev/tty") {
		if !before[fd] {
			closeDescriptor(fd) // go-prompt's own /dev/tty, which it will never use
		}
	}
	return e, nil
}

// reset makes ready for loop.
func (e *engine) reset() {
	r := e.t.reader
	r.mu.Lock()
	e.started, e.waiting, e.ending, e.selecting, e.native = false, false, false, false, key{}
	r.mu.Unlock()
	e.editor.reset()
	e.menu.forget()
}

// loop runs go-prompt until end is called.
func (e *engine) loop() { e.prompt.Input() }

// end makes loop return.
func (e *engine) end() {
	r := e.t.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	e.ending = true
	r.changed.Broadcast()
}

func (e *engine) isEnding() bool {
	r := e.t.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	return e.ending
}

// Setup implements prompt.ConsoleParser; Loop sets the modes.
func (e *engine) Setup() error { return nil }

// TearDown implements prompt.ConsoleParser.
func (e *engine) TearDown() error { return nil }

// GetWinSize implements prompt.ConsoleParser. go-prompt shall neither wrap nor cut nor find the window too small: the
// screen does all that, and knows the size of the moment.
func (e *engine) GetWinSize() *prompt.WinSize { return &prompt.WinSize{Row: 65535, Col: 65535} }

// Read implements prompt.ConsoleParser: it hands the next key over when the loop waits for it.
func (e *engine) Read() ([]byte, error) {
	r := e.t.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	for {
		switch {
		case !e.started: // the first frame could not wait, as nobody would have read keys: make go-prompt draw another
			e.started = true
			return sequence(handOver), nil
		case e.waiting && (e.ending || len(r.keys) > 0 || r.gone):
			e.waiting = false
			r.changed.Broadcast()
			return e.token(), nil
		case e.ending:
			return nil, errNoKey
		}
		r.changed.Wait()
	}
}

// token is what go-prompt gets for the next key.
func (e *engine) token() []byte {
	r := e.t.reader
	e.native = key{}
	if e.ending || len(r.keys) == 0 || !e.isNative(r.keys[0]) {
		return sequence(handOver)
	}
	e.native, r.keys = r.keys[0], r.keys[1:]
	return sequence(e.native.code)
}

// isNative reports whether go-prompt itself answers the key.
func (e *engine) isNative(k key) bool {
	if e.editor.search != nil || e.t.stage.on() != nil {
		return false
	}
	switch k {
	case named(prompt.Tab):
		return !e.decided()
	case named(prompt.BackTab):
		return true
	case named(prompt.Up), named(prompt.Down):
		return e.selecting
	}
	return false
}

// decided reports whether Tab leaves no choice: then it takes the only suggestion, and there is nothing to select.
func (e *engine) decided() bool {
	c := &e.menu
	return !e.selecting && c.known && c.line == e.editor.line && len(c.list) == 1 && (c.closed == nil || *c.closed != c.line)
}

// sequence is how go-prompt's key table spells a key.
func sequence(k prompt.Key) []byte {
	for _, s := range prompt.ASCIISequences {
		if s.Key == k {
			return s.ASCIICode
		}
	}
	panic("go-prompt has no sequence for " + k.String())
}

// done puts a frame on the screen, and then keeps go-prompt's loop asleep until a key has been handed over.
func (e *engine) done(m menuRows) {
	l, menu := e.editor.line, menu{selected: -1}
	if first, err := strconv.Atoi(strings.TrimSpace(m.first)); err == nil && m.rows > 0 && first+m.rows <= len(e.menu.list) {
		rows := e.menu.list[first : first+m.rows]
		menu.rows, menu.selected, menu.first, menu.total = rows, m.selected, first, len(e.menu.list)
		menu.anchor = rows[max(0, m.selected)].Start
		if m.selected >= 0 {
			l = e.menu.list[first+m.selected].in(l)
		}
	}
	label := e.t.stage.label()
	if e.editor.search != nil {
		label = e.t.say(e.editor.search.label())
	}
	e.t.screen.setLabel(label)

	r := e.t.reader
	r.mu.Lock()
	started := e.started
	r.mu.Unlock()
	e.t.screen.show(l, menu)
	if !started {
		return
	}

	r.mu.Lock()
	e.selecting, e.waiting = menu.selected >= 0, true
	r.want()
	r.changed.Broadcast()
	for e.waiting {
		r.changed.Wait()
	}
	native := e.native
	r.mu.Unlock()
	if native == named(prompt.Tab) && l.text == "" {
		e.menu.asked = true
	}
	// The key is a few instructions away from go-prompt's channel. Had the loop looked into it too early, it would sleep
	// for ten milliseconds.
	for end := time.Now().Add(50 * time.Microsecond); time.Now().Before(end); {
		runtime.Gosched()
	}
}
