package tty

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"strings"
	"syscall"
	"time"

	prompt "github.com/c-bata/go-prompt"
)

const (
	// grace is how long a command may take to end once its context has.
	grace = 500 * time.Millisecond

	// settle is how long a size must last to be drawn for: a window being dragged changes it at every pixel.
	settle = 20 * time.Millisecond
)

// Loop reads lines and runs them until Ctrl-D, until a command wishes to quit, or until ctx ends, which it returns the
// error of. A signal that ends a program (TERM, HUP, QUIT), or the terminal's going away, gives a [SignalError]. However
// it ends, and be it by a panic, the terminal is as Open found it.
func (t *Terminal) Loop(ctx context.Context, s Shell) (err error) {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	if err := t.begin(ctx, cancel, s); err != nil {
		return err
	}
	context.AfterFunc(ctx, func() { t.giveUpOutput(context.Cause(ctx)) })
	defer t.conclude(&err)
	defer context.AfterFunc(ctx, t.engine.end)()
	defer t.watch()()

	t.screen.setPrefix(t.prefix(s))
	if err := t.modes.to(modePrompt); err != nil {
		return err
	}
	t.screen.raw(pasteOn)
	if err := t.history.trouble(); err != nil {
		t.Notice(t.say(historyLost, "why", err.Error()))
	}
	t.engine.loop()
	return nil
}

// begin makes the terminal serve s.
func (t *Terminal) begin(ctx context.Context, cancel context.CancelCauseFunc, s Shell) error {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch {
	case t.closed:
		return fmt.Errorf("loop: %w", os.ErrClosed)
	case t.shell != nil:
		return errors.New("loop: already running")
	}
	t.shell, t.ctx, t.quit = s, ctx, cancel
	t.engine.reset()
	return nil
}

// conclude gives the terminal back, and turns the way that the loop ended into its error.
func (t *Terminal) conclude(err *error) {
	if r := recover(); r != nil {
		*err = fmt.Errorf("internal error: %v", r)
	}
	t.mu.Lock()
	ctx := t.ctx
	t.shell, t.ctx, t.quit = nil, nil, nil
	t.mu.Unlock()
	if *err == nil && ctx.Err() != nil && context.Cause(ctx) != errQuit {
		*err = context.Cause(ctx)
	}
	if e := t.restore(); *err == nil {
		*err = e
	}
}

// leave ends the loop, and the command that runs in it.
func (t *Terminal) leave(why error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.quit != nil {
		t.quit(why)
		t.engine.end()
	}
}

// giveUpOutput lets a program that a signal ends come to its end also where the terminal takes no more, as after Ctrl-S: what
// has not been taken after a while is thrown away, until the terminal is closed: a command that was left behind may go on writing.
func (t *Terminal) giveUpOutput(why error) {
	var sig *SignalError
	if !errors.As(why, &sig) {
		return
	}
	for wait := grace; ; wait = time.Millisecond {
		select {
		case <-t.over:
			return
		case <-time.After(wait):
			t.modes.dropOutput()
		}
	}
}

// watch answers signals until the function that it returns is called. An answer may wait for the terminal to take what is
// written; what ends the program must not wait with it.
func (t *Terminal) watch() (stop func()) {
	signals, ends, done := make(chan os.Signal, 16), make(chan os.Signal, 4), make(chan struct{})
	signal.Notify(signals, watched()...)
	signal.Notify(ends, ending()...)
	resized := time.AfterFunc(time.Hour, func() {
		defer t.fail()
		t.screen.refresh()
		t.tellResized()
		if t.stage.on() != nil {
			t.reader.put(resized)
		}
	})
	resized.Stop()
	each := func(signals <-chan os.Signal, answer func(os.Signal)) {
		defer t.fail()
		for {
			select {
			case s := <-signals:
				answer(s)
			case <-done:
				return
			}
		}
	}
	go each(signals, func(s os.Signal) { t.answer(s, resized) })
	go each(ends, func(s os.Signal) {
		number, _ := s.(syscall.Signal)
		t.leave(&SignalError{number})
	})
	return func() {
		signal.Stop(signals)
		signal.Stop(ends)
		resized.Stop()
		close(done)
	}
}

// answer does what a signal asks for.
func (t *Terminal) answer(s os.Signal, resized *time.Timer) {
	switch s {
	case os.Interrupt:
		t.modes.wakeWriter()
		t.interrupt()
	case sigResize:
		resized.Reset(settle)
	case sigContinue:
		t.modes.again()
		t.screen.raw(pasteOn)
		t.screen.refresh()
	}
}

// interrupt is Ctrl-C as a signal: it ends the command that runs, and what was typed ahead; else it is the key.
func (t *Terminal) interrupt() {
	t.reader.drop()
	t.mu.Lock()
	cancel := t.cancel
	t.mu.Unlock()
	if cancel == nil {
		t.reader.press(prompt.ControlC)
		return
	}
	t.screen.interrupt(func() { cancel(context.Canceled) })
}

// overtaken answers a Ctrl-C that came as a key, in the moment before the terminal made signals of them, to a command
// that has started since.
func (t *Terminal) overtaken() {
	t.mu.Lock()
	running := t.cancel != nil
	t.mu.Unlock()
	if running && t.reader.holds(named(prompt.ControlC)) {
		t.interrupt()
	}
}

// step is bound to handOver: it works on all the keys that are there, up to one of go-prompt's own. A line that was
// finished runs at once; so of a hundred pasted lines none waits for go-prompt.
func (e *engine) step(b *prompt.Buffer) {
	d := b.Document()
	chosen := line{d.Text, len(d.TextBeforeCursor())}
	e.menu.asked = false
	if e.selected() {
		// go-prompt has put the selected row into its buffer.
		if _, ok := e.t.reader.next(dismisses); ok {
			e.close()
		} else if chosen != e.editor.line {
			e.editor.change(chosen, moving)
		}
	}
	for !e.isEnding() {
		k, ok := e.t.reader.next(func(k key) bool { return !e.isNative(k) })
		if !ok {
			break
		}
		if e.editor.search == nil && e.t.stage.takes(k) {
			e.present(k)
			continue
		}
		if k == named(prompt.Tab) && e.editor.search == nil {
			e.editor.change(e.menu.list[0].whole(e.editor.line), moving)
			continue
		}
		e.grant(e.editor.press(k))
	}
	if e.t.reader.ended() {
		e.t.leave(&SignalError{syscall.SIGHUP})
	}
	if !e.isEnding() {
		e.t.modes.to(modePrompt)
	}
	*b = *buffer(e.editor.line)
}

// selected reports whether a row of the menu was selected when the key came, and forgets it: the key took it.
func (e *engine) selected() bool {
	r := e.t.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	was := e.selecting
	e.selecting = false
	return was
}

// dismisses reports whether the key takes a selection back.
func dismisses(k key) bool { return wishes[k] == dismiss }

// close closes the menu until the line changes.
func (e *engine) close() {
	l := e.editor.line
	e.menu.closed = &l
}

// buffer is go-prompt's form of a line.
func buffer(l line) *prompt.Buffer {
	b := prompt.NewBuffer()
	b.InsertText(l.text, false, true)
	b.CursorLeft(len([]rune(l.after())))
	return b
}

// grant does what the editor cannot.
func (e *engine) grant(w wish) {
	t, text := e.t, e.editor.line.text
	switch w {
	case run:
		text = strings.TrimRight(text, " ") // behind the word that Tab has completed
		t.screen.commit(text)
		t.history.add(text)
		e.editor.reset()
		e.menu.forget()
		if strings.TrimSpace(text) != "" && t.run(text) {
			t.leave(errQuit)
		}
		if err := t.history.trouble(); err != nil {
			t.Notice(t.say(historyLost, "why", err.Error()))
		}
		t.nextPrefix()
	case discard:
		t.screen.commit(text + "^C")
		e.editor.reset()
		t.nextPrefix()
	case leave:
		t.screen.commit("")
		t.leave(errQuit)
	case clear:
		t.screen.clear()
	case dismiss:
		e.close()
	}
}

// nextPrefix asks for the prefix of a new line.
func (t *Terminal) nextPrefix() {
	t.mu.Lock()
	s, ctx := t.shell, t.ctx
	t.mu.Unlock()
	if ctx.Err() == nil {
		t.screen.setPrefix(t.prefix(s))
	}
}

// run runs a line and waits for its end; but not for ever, once the program is to end.
func (t *Terminal) run(text string) (quit bool) {
	t.modes.to(modeCommand)
	t.mu.Lock()
	s, parent := t.shell, t.ctx
	ctx, cancel := context.WithCancelCause(parent)
	t.cancel = cancel
	t.mu.Unlock()
	t.screen.setRunning(true)
	defer func() {
		t.closeLive()
		t.mu.Lock()
		t.cancel = nil
		t.mu.Unlock()
		t.screen.setRunning(false)
		cancel(nil)
	}()
	t.reader.ahead()
	t.overtaken()
	done := make(chan bool, 1)
	go func() {
		quit := false
		defer func() {
			if r := recover(); r != nil {
				t.fault(r)
			}
			done <- quit
		}()
		quit = s.Run(ctx, text)
	}()
	select {
	case quit = <-done:
		return quit
	case <-parent.Done():
	}
	select {
	case quit = <-done:
	case <-time.After(grace):
	}
	return quit
}
