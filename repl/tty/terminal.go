package tty

import (
	"context"
	"errors"
	"fmt"
	"os"
	"slices"
	"sync"
	"syscall"

	"golang.org/x/term"

	"sockstep/sockets/names"
)

// A Shell is what the terminal serves.
type Shell interface {
	// Prefix is the text of the prompt, in one line. It may hold SGR colours; without any, the terminal's own
	// colour is used. It is asked before every line and by [Terminal.Refresh].
	Prefix() string

	// Run runs one line. ctx ends at Ctrl-C, at a signal that ends the program, and with the context of Loop.
	// Run writes its output to the Terminal. A true quit ends Loop.
	Run(ctx context.Context, line string) (quit bool)

	// Complete lists what may stand at the cursor, which is an offset in bytes. Between two calls of Run it must
	// give the same answer for the same line and cursor. For an empty line it is only asked at Tab.
	Complete(line string, cursor int) []Suggestion
}

// A Suggestion is one row of the completion menu.
type Suggestion struct {
	Text        string // replaces the word
	Description string // what the student reads beside it
	Start       int    // where in the line the replaced word starts, in bytes; it ends at the cursor
}

// Options say where the terminal is and how it behaves. In and Out must be terminals.
type Options struct {
	In, Out     *os.File
	HistoryFile string // kept in memory only if empty
	HistoryMax  int    // lines kept; 0 means 10,000
	Color       bool
	Lang        func() names.Lang // what the terminal itself speaks; nil means English
}

// ErrNotTerminal says that there is nothing to draw a prompt on: read plain lines instead.
var ErrNotTerminal = errors.New("not a terminal")

// A SignalError says which signal ended the loop. The custom is to exit with 128 + the signal's number.
type SignalError struct{ Signal syscall.Signal }

func (e *SignalError) Error() string { return "ended by signal: " + e.Signal.String() }

// ExitStatus is the status that a Unix shell gives to a program that such a signal ended.
func (e *SignalError) ExitStatus() int { return 128 + int(e.Signal) }

// A Terminal is a prompt on one terminal. Its methods may be called from any goroutine, but only one Loop runs at a time.
type Terminal struct {
	modes   *modes
	reader  *reader
	screen  *screen
	history *history
	engine  *engine
	stage   stage
	lang    func() names.Lang

	mu     sync.Mutex
	shell  Shell // while Loop runs, as are the next two
	ctx    context.Context
	quit   context.CancelCauseFunc
	cancel context.CancelCauseFunc // of the running command
	live   *Live                   // that it shows
	closed bool

	over chan struct{} // closed when it has been given back for good
}

// errQuit is the cause of an end that needs no report: Ctrl-D, or a command's wish.
var errQuit = errors.New("quit")

// Open prepares the terminal and reads the history; the modes are left alone until Loop. It fails with an error that
// wraps [ErrNotTerminal] where no prompt can be drawn: In or Out is redirected, or TERM is dumb.
func Open(o Options) (*Terminal, error) {
	for _, f := range []*os.File{o.In, o.Out} {
		if f == nil || !term.IsTerminal(int(f.Fd())) {
			return nil, fmt.Errorf("open prompt: %w", ErrNotTerminal)
		}
	}
	if os.Getenv("TERM") == "dumb" {
		return nil, fmt.Errorf("open prompt: TERM is dumb: %w", ErrNotTerminal)
	}
	if tty, err := os.Open("/dev/tty"); err == nil {
		tty.Close()
	} else {
		takeControl(o.In)
	}
	m, err := readModes(o.In)
	if err != nil {
		return nil, fmt.Errorf("open prompt: %w", err)
	}
	if o.HistoryMax <= 0 {
		o.HistoryMax = 10000
	}
	t := &Terminal{
		modes:   m,
		screen:  newScreen(o.Out, o.Color),
		history: openHistory(o.HistoryFile, o.HistoryMax),
		lang:    o.Lang,
		over:    make(chan struct{}),
	}
	t.reader = newReader(o.In, t.fail, t.overtaken)
	if t.engine, err = newEngine(t); err != nil {
		return nil, fmt.Errorf("open prompt: %w", err)
	}
	return t, nil
}

// Write writes the output of a running command. While a line is being typed, whole lines go above it.
func (t *Terminal) Write(p []byte) (int, error) { return t.screen.Write(p) }

// Notice shows whole lines above the line being typed, which keeps its text, its cursor and its open menu; while a
// command runs they are lines of its output. Of control characters only colours survive.
func (t *Terminal) Notice(s string) { t.screen.notice(s) }

// Refresh asks for the prefix again and redraws the prompt. It calls the Shell's Prefix: hold no lock that Prefix needs.
func (t *Terminal) Refresh() {
	t.mu.Lock()
	s := t.shell
	t.mu.Unlock()
	if s != nil {
		t.screen.setPrefix(t.prefix(s))
	}
}

// Width is the number of columns now.
func (t *Terminal) Width() int { w, _ := t.screen.size(); return w }

// Height is the number of rows now.
func (t *Terminal) Height() int { _, h := t.screen.size(); return h }

// History lists the lines kept, the oldest first.
func (t *Terminal) History() []string { return slices.Clone(t.history.list()) }

// Close gives the terminal back as Open found it, and ends a running Loop. It may be called again.
func (t *Terminal) Close() error {
	t.leave(errQuit)
	t.mu.Lock()
	closed := t.closed
	t.closed = true
	t.mu.Unlock()
	if closed {
		return nil
	}
	defer close(t.over)
	return t.restore()
}

// restore undoes all that Loop did to the terminal.
func (t *Terminal) restore() error {
	t.screen.finish()
	t.screen.raw(pasteOff + showCursor)
	return t.modes.restore()
}

// fail is deferred on goroutines of our own: a fault of ours ends the loop, which gives the terminal back, rather than
// the process, which would not.
func (t *Terminal) fail() {
	if r := recover(); r != nil {
		t.leave(fmt.Errorf("internal error: %v", r))
	}
}

// fault tells of a panic that cost no more than what was going on.
func (t *Terminal) fault(r any) { t.Notice(t.say(fault, "why", fmt.Sprint(r))) }

// prefix asks the shell for its prompt; a panic there must not cost the student the session.
func (t *Terminal) prefix(s Shell) (p string) {
	defer func() {
		if r := recover(); r != nil {
			p = "> "
			t.fault(r)
		}
	}()
	return s.Prefix()
}
