package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"time"

	"golang.org/x/term"

	"sockstep/lessons"
	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// runLines runs the lines given with -c.
func (s *settings) runLines() error {
	return s.runReader(strings.NewReader(strings.Join(s.lines, "\n") + "\n"))
}

// runReader runs a script: every line an act, up to the first that fails.
func (s *settings) runReader(r io.Reader) error {
	var session *repl.Session
	lang := func() names.Lang { return session.Lang() }
	var out interface {
		sockets.Observer
		Err() error
	}
	if s.json {
		out = render.NewJSON(s.io.out, lang)
	} else {
		out = render.NewText(s.io.out, render.Options{
			Lang: lang, Show: func() render.Show { return session.Show() }, Width: s.width, Color: s.colored(), Echo: !s.typed,
		})
	}
	session = repl.NewSession(repl.Config{
		Table: commands.Table(), Lang: s.language(), Observers: []sockets.Observer{out}, Hold: true,
		OpenWire: s.wires(), OpenKernel: openKernel, Lab: s.network(), Width: s.width, OpenLessons: s.openLessons, Meeting: s.meeting(),
		Thread: sys.Dedicate(), // every call is made on this very thread: nothing is handed over
	})
	defer session.Close() // the oldest first, unlike the kernel: a client closes before its server's end, whose port stays free
	if s.typed && s.first == "" {
		fmt.Fprint(s.io.out, greeting.In(session.Lang()))
	}
	if s.first != "" {
		r = io.MultiReader(strings.NewReader(s.first+"\n"), r)
	}
	status, err := s.runScript(session, repl.NewLines(r), out.Err)
	session.Flush()
	if session.JobFailed() {
		status = max(status, lineFailed)
	}
	if err == nil {
		err = out.Err()
	}
	if err != nil {
		fmt.Fprintln(s.io.err, "sockstep: "+lessons.Said(err).In(lang()))
		status = lineFailed
	}
	if status != allHeld {
		return statusError(status)
	}
	return nil
}

func (s *settings) runScript(session *repl.Session, in *repl.Lines, outErr func() error) (status int, err error) {
	var again func(runs bool)
	ask := func() {}
	if s.typed {
		ask = func() { fmt.Fprint(s.io.out, session.Prompt()) }
		again = func(runs bool) {
			fmt.Fprintln(s.io.out) // behind the ^C
			if !runs {
				ask()
			}
		}
	}
	interrupt := watchInterrupt(again, session.Abandon)
	defer interrupt.stop()
	next := func() bool {
		ask()
		return in.Next()
	}
	for next() && outErr() == nil {
		if !s.typed { // who types a comment has it on the screen
			session.Remark(in.Text())
		}
		ctx, done := interrupt.context()
		act := session.Do(ctx, in.Text())
		failed := act != nil && !act.OK() || !playThrough(ctx, session, outErr)
		interrupted := done()
		if failed && !s.typed { // who types has seen it, and went on
			status = lineFailed
			if !s.keepGoing {
				return status, nil
			}
		}
		if interrupted && !s.typed {
			return lineFailed, nil
		}
		if quit, wanted := session.Quit(); quit {
			return max(status, wanted), nil
		}
	}
	session.Remark("")
	if s.typed {
		fmt.Fprintln(s.io.out) // behind the prompt that Ctrl-D answered
	}
	return status, in.Err()
}

// playThrough runs the lines of a lesson that is played, one after the other: nobody is there to wait for. False where a step
// has not come true. What the lines' own results are is the lesson's affair: some are there to fail.
func playThrough(ctx context.Context, session *repl.Session, outErr func() error) bool {
	for outErr() == nil {
		line, ok := session.PlayLine()
		if !ok {
			break
		}
		session.Do(ctx, line)
		if ctx.Err() != nil {
			break
		}
	}
	failed := session.PlayFailed() || ctx.Err() != nil
	session.EndPlay()
	return !failed
}

// An interrupter makes Ctrl-C end the line that runs. Between lines it ends the program, as it ends every other, and so does a
// second one for a line whose end takes long, as when nobody reads what it says; where the lines are typed it does neither. The
// signals that end a program end the line first, which so says what it did, and gives the file that it wrote its name.
type interrupter struct {
	signals chan os.Signal

	mu     sync.Mutex
	ctx    context.Context // of all lines up to the one that is ended
	cancel context.CancelFunc
	over   chan struct{} // closed when the line that runs is over; nil where none does
	came   bool          // during the line
	ending bool          // the program is: no line begins any more
}

// lastMoment is how long a line may take to end once the program is to.
const lastMoment = 200 * time.Millisecond

// watchInterrupt watches for signals. abandon is called where one of them ends the program. again is what a terminal sees of a
// Ctrl-C, and whether a line runs that it ends; nil where nobody types.
func watchInterrupt(again func(runs bool), abandon func()) *interrupter {
	i := &interrupter{signals: make(chan os.Signal, 1)}
	signal.Notify(i.signals, os.Interrupt)
	for _, sig := range []os.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		if !signal.Ignored(sig) { // by nohup(1)
			signal.Notify(i.signals, sig)
		}
	}
	go func() {
		for sig := range i.signals {
			if sig == os.Interrupt && i.endLine(again) {
				continue
			}
			i.endAll()
			abandon()
			dieOf(sig)
		}
	}()
	return i
}

// endLine ends the line that runs, or the one that is being typed; false where there is none that has not been ended already.
func (i *interrupter) endLine(again func(runs bool)) bool {
	i.mu.Lock()
	defer i.mu.Unlock()
	if again != nil {
		again(i.over != nil) // before the line says what became of it
	}
	if i.over == nil || i.came {
		return again != nil
	}
	i.came = true
	i.cancel()
	return true
}

// endAll ends the line that runs, and lets no other begin.
func (i *interrupter) endAll() {
	i.mu.Lock()
	i.ending = true
	over := i.over
	i.mu.Unlock()
	i.endLine(nil)
	if over != nil {
		select {
		case <-over:
		case <-time.After(lastMoment):
		}
	}
}

// context is what the next line runs under; done says that it is over, and reports whether Ctrl-C came.
func (i *interrupter) context() (ctx context.Context, done func() (came bool)) {
	i.stayEnded()
	i.mu.Lock()
	defer i.mu.Unlock()
	if i.ctx == nil || i.ctx.Err() != nil {
		i.ctx, i.cancel = context.WithCancel(context.Background())
	}
	i.over, i.came = make(chan struct{}), false
	return i.ctx, i.done
}

func (i *interrupter) done() (came bool) {
	i.mu.Lock()
	close(i.over)
	i.over, came = nil, i.came
	i.mu.Unlock()
	i.stayEnded()
	return came
}

// stayEnded does not return once the program ends by a signal.
func (i *interrupter) stayEnded() {
	i.mu.Lock()
	ending := i.ending
	i.mu.Unlock()
	if ending {
		select {}
	}
}

func (i *interrupter) stop() {
	signal.Stop(i.signals)
	close(i.signals)
}

// width is the terminal's, 80 where there is none.
func (s *settings) width() int {
	if w, _, err := term.GetSize(int(s.io.out.Fd())); err == nil && w > 0 {
		return w
	}
	return 80
}
