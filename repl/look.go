package repl

import (
	"bufio"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Table is the command table.
func (e *Env) Table() Table { return e.Session.table }

// Last is the last value that a line gave; not ok where none did.
func (e *Env) Last() (sockets.Value, bool) {
	return e.Session.last, !e.Session.last.IsNothing()
}

// LastOdd is the last act that failed or had a note, nil for none.
func (e *Env) LastOdd() *sockets.Act { return e.Session.odd }

// Lines are the session's lines, this one the last.
func (e *Env) Lines() []string { return slices.Concat(e.Session.lines...) }

// pages hold many lines, and never copy them to hold more.
type pages [][]string

const perPage = 1024

func (p *pages) add(line string) {
	if n := len(*p); n == 0 || len((*p)[n-1]) == perPage {
		*p = append(*p, make([]string, 0, perPage))
	}
	last := &(*p)[len(*p)-1]
	*last = append(*last, line)
}

// OpenSockets are the session's open sockets, by descriptor.
func (e *Env) OpenSockets() []*sockets.Socket { return e.Session.open() }

// Current is the socket that is meant where none is named.
func (e *Env) Current() (*sockets.Socket, bool) {
	k := e.Session.current()
	return k, k != nil
}

// IsCurrent reports whether k is meant where no socket is named.
func (e *Env) IsCurrent(k *sockets.Socket) bool { return e.Session.current() == k }

// Observe asks the kernel for k's state, addresses and queues now.
func (e *Env) Observe(k *sockets.Socket) { e.Session.observe(e.Sys.Scaffold(), e.Act, k, everything) }

// Adopt asks the kernel what a socket is that came from elsewhere: its addresses, and whether it listens.
func (e *Env) Adopt(k *sockets.Socket) {
	look := e.Sys.Scaffold()
	if a, err := look.Getsockname(k.FD); err == nil {
		k.Local = a
		k.Bound = a.Port != 0 || a.Path != ""
	}
	if a, err := look.Getpeername(k.FD); err == nil {
		k.Peer = a
	}
	if on, err := look.Accepting(k.FD); err == nil && on {
		k.Backlog = 0
		if _, backlog, err := look.AcceptQueue(k.FD); err == nil {
			k.Backlog = backlog
		}
	}
	if on, err := look.Blocking(k.FD); err == nil {
		k.Blocking = on
	}
}

// AddressOf reads an address from a single word, such as a flag's value.
func (e *Env) AddressOf(w Word, family sockets.Family) (sockets.Address, error) {
	spec, _, err := ReadAddress([]Word{w}, family == sockets.UNIX)
	if err != nil {
		return sockets.Address{}, err
	}
	return e.Resolve(spec, family, w)
}

// Width is how many columns there are to draw in.
func (e *Env) Width() int {
	if f := e.Session.width; f != nil {
		return f()
	}
	return 80
}

// Sleep waits, or ends with the line.
func (e *Env) Sleep(d time.Duration) error {
	var err error
	e.Block(func() {
		t := time.NewTimer(d)
		defer t.Stop()
		select {
		case <-t.C:
		case <-e.Ctx.Done():
			err = context.Cause(e.Ctx)
		}
	})
	if err != nil {
		return e.interrupted(e.Command.Name, nil, err)
	}
	return nil
}

// SetLang changes the session's language, for good where the session keeps settings.
func (e *Env) SetLang(l names.Lang) {
	e.Session.lang.Store(int32(l))
	if keep := e.Session.keepLang; keep != nil {
		if err := keep(l); err != nil {
			e.Act.Note("setting-not-kept", "why", err.Error())
		}
	}
}

// Exit ends the session after this line.
func (e *Env) Exit(status int) { e.Session.quit, e.Session.status = true, status }

// maxDepth bounds how deep run may stand in a file that is run.
const maxDepth = 16

// RunLines runs each line of r as an act, up to the first that fails; failed is its number, 0 for none.
func (e *Env) RunLines(r io.Reader) (lines, failed int, err error) {
	s := e.Session
	if s.depth >= maxDepth {
		return 0, 0, sockets.Usage(names.T("run stands in itself too deep", "run 嵌套得太深"))
	}
	s.depth++
	defer func() { s.depth-- }()
	in := NewLines(r)
	next := func() (ok bool) { e.Block(func() { ok = in.Next() }); return ok } // a FIFO may let us wait
	defer s.remark("")
	for next() {
		s.remark(in.Text())
		if act := s.do(e.Ctx, in.Text()); act != nil {
			lines++
			if !act.OK() {
				return lines, in.Number(), nil
			}
		}
		if s.quit {
			break
		}
		if err := e.Ctx.Err(); err != nil {
			return lines, 0, err
		}
	}
	return lines, 0, in.Err()
}

// longestLine is how many bytes a line may have. A file that has no lines, as /dev/zero, would fill the memory.
const longestLine = 64 << 20

// Lines reads lines, without their ends.
type Lines struct {
	r      *bufio.Reader
	text   string
	number int
	err    error
}

// NewLines reads the lines of r.
func NewLines(r io.Reader) *Lines { return &Lines{r: bufio.NewReader(r)} }

// Next goes to the next line; false at the end.
func (l *Lines) Next() bool {
	if l.err != nil {
		return false
	}
	text, err := l.read()
	if err != nil {
		l.err = err
		if text == "" || !errors.Is(err, io.EOF) { // who knows what the rest of the line would have been
			return false
		}
	}
	if l.number++; l.number == 1 {
		text = strings.TrimPrefix(text, "\ufeff") // which some editors put before a text
	}
	l.text = strings.TrimRight(text, "\r\n")
	return true
}

// read reads up to the end of a line.
func (l *Lines) read() (string, error) {
	var long []byte
	for {
		part, err := l.r.ReadSlice('\n')
		switch {
		case err == nil && long == nil:
			return string(part), nil
		case len(long)+len(part) > longestLine:
			return "", &sockets.Error{Message: names.T("line "+strconv.Itoa(l.number+1)+" is longer than 64 MiB", "第 "+strconv.Itoa(l.number+1)+" 行超过 64 MiB")}
		}
		long = append(long, part...)
		if !errors.Is(err, bufio.ErrBufferFull) {
			return string(long), err
		}
	}
}

// Text is the line.
func (l *Lines) Text() string { return l.text }

// Number is the line's, from 1.
func (l *Lines) Number() int { return l.number }

// Err is what ended the reading, nil for the end of the input.
func (l *Lines) Err() error {
	if errors.Is(l.err, io.EOF) {
		return nil
	}
	return l.err
}
