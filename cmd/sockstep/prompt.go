package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"time"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/repl/render"
	"sockstep/repl/tty"
	"sockstep/sockets"
	"sockstep/sockets/lab"
	"sockstep/sockets/names"
)

// prompt is the shell at a terminal.
func (s *settings) prompt() error {
	os.MkdirAll(filepath.Dir(historyPath()), 0o700)
	p := &prompter{color: s.colored(), refresh: make(chan struct{}, 1), quits: s.play}
	lang := func() names.Lang { return p.session.Lang() }
	t, err := tty.Open(tty.Options{In: s.io.in, Out: s.io.out, HistoryFile: historyPath(), Color: s.colored(), Lang: lang})
	if errors.Is(err, tty.ErrNotTerminal) {
		return s.plainPrompt()
	}
	if err != nil {
		return err
	}
	defer t.Close()
	p.terminal = t
	p.course, _ = s.courseName()
	p.text = render.NewText(&p.drawn, render.Options{
		Lang: lang, Show: func() render.Show { return p.session.Show() },
		Width: t.Width, Color: s.colored(),
	})
	p.session = repl.NewSession(repl.Config{
		Table: commands.Table(), Lang: s.language(), KeepLang: keepLang, OpenWire: s.wires(), OpenKernel: openKernel, Lab: s.network(), Width: t.Width, Observers: []sockets.Observer{p}, OpenLessons: s.openLessons, Meeting: s.meeting(),
		Live: func() (repl.Live, error) { return t.Live() },
	})
	hello := greeting
	if s.lab != nil {
		hello = labGreeting
		if !s.lab.Founder() {
			hello = joinGreeting
		}
	}
	if s.first == "" {
		fmt.Fprint(t, hello.In(p.session.Lang()))
	}
	if s.lab != nil {
		for _, lack := range s.lab.Lacks() {
			fmt.Fprintln(t, labLacks.In(p.session.Lang())+lack.Error())
		}
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go p.session.WatchArrivals(ctx)
	go p.keepFresh(ctx)
	go p.watchLab(ctx, s.lab)
	if s.first != "" {
		p.Run(ctx, s.first)
	}
	err = t.Loop(ctx, p)
	if p.play != nil {
		p.play.note.gone()
	}
	var sig *tty.SignalError
	if errors.As(err, &sig) {
		p.session.Abandon()
		return statusError(sig.ExitStatus()) // at once: the end of the process closes everything, whatever still waits
	}
	p.session.Close()
	if err != nil {
		return err
	}
	if _, status := p.session.Quit(); status != 0 {
		return statusError(status)
	}
	return nil
}

// plainPrompt reads lines from a terminal that cannot draw a prompt: TERM=dumb.
func (s *settings) plainPrompt() error {
	s.typed = true
	return s.runReader(s.io.in)
}

// greeting says in four lines what to type.
var greeting = names.T(
	"sockstep: real sockets, step by step. Try these, one line at a time:\n"+
		"  s = listen tcp 127.0.0.1:8888   a server waits for connections\n"+
		"  c = connect tcp 127.0.0.1:8888  a client connects, here or elsewhere\n"+
		"  lesson   a course    help   all commands    help send   one    Ctrl-D   leave\n",
	"sockstep：一步一步，用真正的套接字。一行一行地试试：\n"+
		"  s = listen tcp 127.0.0.1:8888   服务器等待连接\n"+
		"  c = connect tcp 127.0.0.1:8888  客户端发起连接，就在这里或在另一个终端\n"+
		"  lesson   上课     help   所有命令     help send   某条命令     Ctrl-D   退出\n")

// labGreeting is greeting for a network of the student's own.
var labGreeting = names.T(
	"sockstep: you sit at left (10.0.0.1); a cable leads to right (10.0.0.2). Try:\n"+
		"  s = at right listen tcp right:7000   a server at the other host\n"+
		"  cable drop next syn                  the cable loses the next SYN\n"+
		"  c = connect tcp right:7000           TCP tries again      Ctrl-D   leave\n",
	"sockstep：你坐在 left（10.0.0.1）前，一根网线通向 right（10.0.0.2）。试试：\n"+
		"  s = at right listen tcp right:7000   在另一台主机上开一个服务器\n"+
		"  cable drop next syn                  网线会丢掉下一个 SYN\n"+
		"  c = connect tcp right:7000           TCP 会重试           Ctrl-D   退出\n")

// joinGreeting is labGreeting for who has come into a lab that was there.
var joinGreeting = names.T(
	"sockstep: you have joined a lab, at left (10.0.0.1) as who has made it:\n"+
		"it ends with that terminal. Sockets are each terminal's own. Try:\n"+
		"  c = connect tcp right:7000   to a server that the other terminal has made\n"+
		"  cable                        the same cable for all    Ctrl-D   leave\n",
	"sockstep：你加入了一个实验室，和创建它的终端一样坐在 left（10.0.0.1）前；\n"+
		"那个终端结束，实验室也就结束。套接字归各自的终端。试试：\n"+
		"  c = connect tcp right:7000   连接另一个终端建立的服务器\n"+
		"  cable                        大家共用的网线            Ctrl-D   退出\n")

var labLacks = names.T("· the lab goes on without this: ", "· 实验室缺少这一项，其余照常：")

var labGone = names.T("· the lab is gone: the sockstep that made it has ended\n", "· 实验室没有了：创建它的 sockstep 已经结束\n")

// watchLab says when the lab is gone.
func (p *prompter) watchLab(ctx context.Context, l *lab.Lab) {
	if l == nil {
		return
	}
	select {
	case <-l.Done():
		p.terminal.Notice(labGone.In(p.session.Lang()))
	case <-ctx.Done():
	}
}

// A prompter is the shell that the terminal serves, and the observer that shows its acts.
type prompter struct {
	terminal *tty.Terminal
	session  *repl.Session
	color    bool
	refresh  chan struct{} // the prompt may have changed
	play     *presenter    // of a lesson; nil where none is played
	quits    bool          // the program ends with the play
	course   string        // which one it plays

	mu    sync.Mutex // of text and drawn: notices come from any goroutine
	text  *render.Text
	drawn bytes.Buffer
	blind bool     // what is done is not to be seen
	alone bool     // a page has the screen for itself
	kept  []string // notices that came meanwhile
}

// Observe shows an act when it is over: below its line, or above the line being typed where it belongs to none.
func (p *prompter) Observe(a *sockets.Act, st sockets.Step) {
	if st != nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn.Reset()
	p.text.Observe(a, nil)
	if p.drawn.Len() == 0 || p.blind {
		return
	}
	if a.Seq == 0 && p.alone {
		p.kept = append(p.kept, p.drawn.String())
		return
	}
	if a.Seq == 0 {
		p.terminal.Notice(p.drawn.String())
		select { // not here: the session, which tells of the act, is locked, and the prompt asks it
		case p.refresh <- struct{}{}:
		default:
		}
		return
	}
	p.terminal.Status("")
	p.terminal.Write(p.drawn.Bytes())
}

// Remark shows what the writer of a script says, above what his next line does.
func (p *prompter) Remark(text string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.drawn.Reset()
	p.text.Remark(text)
	if !p.blind {
		p.terminal.Status("")
		p.terminal.Write(p.drawn.Bytes())
	}
}

// keepFresh redraws the prompt when something came that it tells of.
func (p *prompter) keepFresh(ctx context.Context) {
	for {
		select {
		case <-p.refresh:
			p.terminal.Refresh()
		case <-ctx.Done():
			return
		}
	}
}

// Prefix is the prompt.
func (p *prompter) Prefix() string {
	text := p.session.Prompt()
	if !p.color {
		return text
	}
	return "\x1b[1m" + strings.TrimRight(text, " ") + "\x1b[0m "
}

// Run runs a line; what it waits for is said when it has waited for a while.
func (p *prompter) Run(ctx context.Context, line string) (quit bool) {
	running, over := context.WithCancel(ctx)
	timer := time.AfterFunc(250*time.Millisecond, func() { p.wait(running, line) })
	p.session.Do(ctx, line)
	timer.Stop()
	p.mu.Lock()
	over()
	p.terminal.Status("")
	p.mu.Unlock()
	p.played()
	quit, _ = p.session.Quit()
	return quit
}

var waitingFor = names.T("  … waiting for {what}; Ctrl-C ends it", "  … 正在等待{what}；按 Ctrl-C 结束")

// wait says what a line waits for, if it still runs.
func (p *prompter) wait(running context.Context, line string) {
	what := p.session.WaitsFor(line)
	if what.IsZero() {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if running.Err() != nil {
		return
	}
	l := p.session.Lang()
	p.terminal.Status(waitingFor.Fill("what", what.In(l)).In(l))
}

// Complete is completion.
func (p *prompter) Complete(line string, cursor int) []tty.Suggestion {
	var out []tty.Suggestion
	for _, s := range p.session.Complete(line, cursor) {
		out = append(out, tty.Suggestion{Text: s.Text, Description: s.Description, Start: s.Start})
	}
	return out
}
