package repl

import (
	"context"
	"errors"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// An Env is what a command runs in: its words, its flags, the act it fills, and the door to the kernel.
type Env struct {
	Session *Session
	Ctx     context.Context
	Act     *sockets.Act
	Command *Command
	Sys     sys.Caller

	line    Line
	words   []Word // not yet taken
	flags   map[string]Word
	used    []use
	began   time.Time
	results []sockets.Value // for the names left of "="
	named   uint64          // which of those names went to sockets already, a bit each
	spoken  bool            // a word named the socket that is meant
	end     context.CancelFunc
	cancel  context.CancelFunc // ends the line; nil where nobody could ask for it
	stops   []func() bool      // of Interrupted
	closing *sockets.Socket    // that another line closes, for which this one was ended
	timed   *sockets.Socket    // the open socket that --timeout is for
	brief   *sockets.Socket    // that the line made, and closes again where it fails
	timeout time.Duration

	taken       Holder          // what held the address that bind or listen wanted
	toward      sockets.Address // that the line speaks to
	host        string          // of the lab, where it is not the student's own
	keptAddress string          // the name of the value that the address is
	park        func()          // of a job: tells that it waits

	// What the next line may use again.
	room   []Word // where the line's words stand
	buffer []byte
}

// A use is a socket that a line uses, and what of it is looked at when the line is over.
type use struct {
	socket *sockets.Socket
	look   aspect
}

var errTimedOut = errors.New("timed out")

// fresh is an Env for a line: that of a line that is over, where there is one.
func (s *Session) fresh() *Env {
	e := s.spare
	if e == nil {
		return &Env{Session: s, room: make([]Word, 0, 8)}
	}
	s.spare = nil
	return e
}

// reuse gives back the Env of a line that is over. Nothing may know it any more.
func (s *Session) reuse(e *Env) {
	*e = Env{Session: s, room: e.room, used: e.used[:0], results: e.results[:0], buffer: e.buffer}
	s.spare = e
}

// begin makes e that of a command's line: it parts the flags from the words.
func (e *Env) begin(ctx context.Context, act *sockets.Act, c *Command, line Line) *sockets.Error {
	e.Ctx, e.Act, e.Command, e.line = ctx, act, c, line
	ws := line.Words
	plain := 0 // how many words stand before the first that may be none
	for plain < len(ws) && (c.Wraps || ws[plain].Raw != "--" && !isFlag(c, ws[plain])) {
		plain++
	}
	e.words = ws[:plain:plain]
	for i := plain; i < len(ws); i++ {
		w := ws[i]
		if w.Raw == "--" && !c.Wraps {
			e.words = append(e.words, ws[i+1:]...)
			break
		}
		if c.Wraps || !isFlag(c, w) {
			e.words = append(e.words, w)
			continue
		}
		spelling, value, joined := strings.Cut(w.Text, "=")
		f, ambiguous, ok := c.flag(spelling)
		if !ok {
			return unknownFlag(c, w, spelling, ambiguous)
		}
		v := w
		v.Text = ""
		switch {
		case joined && f.Arg == "":
			return w.Err(names.T(f.Spelling()+" takes no value", f.Spelling()+" 不带值"))
		case joined:
			v.Text = value
		case f.Arg != "":
			if i+1 >= len(ws) || isFlag(c, ws[i+1]) {
				p, _ := ParamNamed(f.Arg)
				return w.Err(names.T(f.Spelling()+" needs "+p.Phrase.En, f.Spelling()+" 需要"+p.Phrase.Zh))
			}
			i++
			v = ws[i]
		}
		if e.flags == nil {
			e.flags = map[string]Word{}
		}
		if was, again := e.flags[f.Name]; again && f.Arg != "" {
			if !f.Many {
				return w.Err(names.T(f.Spelling()+" stands here twice", f.Spelling()+" 写了两次"))
			}
			v.Text = was.Text + "," + v.Text
		}
		e.flags[f.Name] = v
	}
	e.Sys = e.door()
	return nil
}

// Lang is the language of the session.
func (e *Env) Lang() names.Lang { return e.Session.Lang() }

// More reports whether words are left.
func (e *Env) More() bool { return len(e.words) > 0 }

// Peek is the next word, without taking it; the zero Word where none is left.
func (e *Env) Peek() Word {
	if len(e.words) == 0 {
		return Word{}
	}
	return e.words[0]
}

// Spoken reports whether a word named the socket that is meant.
func (e *Env) Spoken() bool { return e.spoken }

// Words are those that are left, without taking them.
func (e *Env) Words() []Word { return e.words }

// Rest takes all words that are left.
func (e *Env) Rest() []Word {
	ws := e.words
	e.words = nil
	return ws
}

// Next takes one word, which stands for param in the usage.
func (e *Env) Next(param string) (Word, error) {
	if len(e.words) == 0 {
		return Word{}, e.Missing(param)
	}
	w := e.words[0]
	e.words = e.words[1:]
	return w, nil
}

// Named returns the socket that a word names; "." is the current one. Closed sockets have names too: using one is EBADF.
func (e *Env) Named(w Word) (*sockets.Socket, bool) {
	if w.Quoted || w.Text == "" {
		return nil, false
	}
	if w.Text == "." {
		k := e.Session.current()
		return k, k != nil
	}
	if k, ok := e.Session.sockets[w.Text]; ok {
		return k, ok
	}
	if v, ok := e.Session.values[w.Text]; ok && v.Type == sockets.SocketValue { // c = wait
		k, ok := e.Session.sockets[v.Text]
		return k, ok
	}
	return nil, false
}

// Misnamed is the error for a word that can only be meant as a socket's name, since more words follow it; nil where it can not.
func (e *Env) Misnamed(w Word) error {
	if len(e.words) == 0 {
		return nil
	}
	return e.noSocket(w)
}

// Socket takes the socket that the first word names, or the current one.
func (e *Env) Socket() (*sockets.Socket, error) {
	if len(e.words) > 0 {
		if k, ok := e.Named(e.words[0]); ok {
			e.words = e.words[1:]
			e.spoken = true
			return e.Use(k), nil
		}
	}
	k := e.Session.current()
	if k == nil {
		if len(e.words) > 0 && e.words[0].Text != "." {
			if err := e.noSocket(e.words[0]); err != nil {
				return nil, err
			}
		}
		line := e.firstSocket()
		return nil, e.Missing("S").(*sockets.Error).Because(names.T("no socket is open yet", "还没有打开的套接字")).Hint(names.T(line, line))
	}
	return e.Use(k), nil
}

// Use says that the line uses k: it becomes the current socket, and is looked at when the line is over.
func (e *Env) Use(k *sockets.Socket) *sockets.Socket {
	e.Session.touch(k)
	if !e.uses(k) {
		e.used = append(e.used, use{k, everything})
	}
	return k
}

// Int takes a whole number from lo to hi; def where no word is left.
func (e *Env) Int(param string, def, lo, hi int64) (int64, error) {
	if len(e.words) == 0 {
		return def, nil
	}
	w := e.words[0]
	if err := e.noSocket(w); err != nil {
		return 0, err
	}
	e.words = e.words[1:]
	return parseCount(w, lo, hi)
}

// Seconds takes a duration.
func (e *Env) Seconds(param string) (time.Duration, error) {
	w, err := e.Next(param)
	if err != nil {
		return 0, err
	}
	return parseDuration(w)
}

// Message takes the rest of the line as a message: several words are joined by one blank.
func (e *Env) Message() ([]byte, error) {
	if len(e.words) == 0 {
		return nil, e.Missing("MSG")
	}
	ws := e.Rest()
	var b []byte
	for i, w := range ws {
		if i > 0 {
			b = append(b, ' ')
		}
		b = append(b, w.Text...)
		if !w.Quoted && w.Value == nil && hasEscape(w.Text) {
			e.Act.Note("bare-escape", "word", w.Raw)
		}
	}
	e.NoteBare(ws)
	return b, nil
}

// NoteBare notes what bare words may have been meant as: a text in quotes; and a single one, the value that is kept under this name.
func (e *Env) NoteBare(ws []Word) {
	e.noteCurly(ws)
	if len(ws) > 1 && len(e.used) > 0 && likeSocket(ws[0]) {
		e.Act.Note("name-sent", "word", ws[0].Text, "s", e.used[0].socket.Name)
	}
	if len(ws) != 1 || ws[0].Quoted || ws[0].Value != nil {
		return
	}
	if _, kept := e.Session.values[ws[0].Text]; kept {
		e.Act.Note("bare-name", "word", ws[0].Text)
	}
}

// likeSocket reports whether a word looks like the name of a socket, a letter with or without a number, which none has.
func likeSocket(w Word) bool {
	letter := strings.TrimRight(w.Text, "0123456789")
	return !w.Quoted && w.Value == nil && len(letter) == 1 && IsName(letter) && letter != "I"
}

// hasEscape reports whether a bare word looks as if an escape was meant.
func hasEscape(s string) bool {
	i := strings.IndexByte(s, '\\')
	return i >= 0 && i+1 < len(s) && strings.IndexByte("nrtx0", s[i+1]) >= 0
}
