package repl

import (
	"errors"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Missing is the error for a param that was left out: "bind needs an address: bind s 127.0.0.1:8888".
func (e *Env) Missing(param string) error {
	p, _ := ParamNamed(param)
	c := e.Command
	example := c.Name + " " + c.Usage[0]
	switch n := len(c.Example); {
	case param == "ADDR" && n > 0:
		example = e.withAddress()
	case n > 0:
		example = e.withSocket(c.Example[n-1])
	}
	return sockets.Usage(names.T(c.Name+" needs "+p.Phrase.En, c.Name+" 需要"+p.Phrase.Zh)).At(len(e.Typed()), 1).
		Hint(names.T(example, example))
}

// withSocket is an example of the command with the socket that the line is about in the place of the example's own.
func (e *Env) withSocket(example string) string {
	before, after, found := strings.Cut(example, e.Command.Name+" ")
	_, rest, more := strings.Cut(after, " ")
	if !found || !more || len(e.used) == 0 || !strings.HasPrefix(e.Command.Usage[0], "[S] ") {
		return example
	}
	return before + e.Command.Name + " " + e.used[0].socket.Name + " " + rest
}

// withAddress is the line as it was typed, with an address that fits its socket, and what comes behind it.
func (e *Env) withAddress() string {
	line, kind := e.Wanted(), ""
	var family sockets.Family
	switch {
	case len(e.used) > 0:
		k := e.used[0].socket
		family, kind = k.Family, k.KindName()
		if i := strings.Index(line, e.line.Command.Raw); !e.spoken && i >= 0 {
			i += len(e.line.Command.Raw)
			line = line[:i] + " " + k.Name + line[i:]
		}
	case len(e.line.Words) > 0:
		if kind = strings.ToLower(e.line.Words[0].Text); strings.HasPrefix(kind, "unix") || kind == "af_unix" {
			family = sockets.UNIX
		}
	}
	if e.Flag("6") {
		family = sockets.INET6
	}
	addr, behind := "127.0.0.1:8888", ""
	switch family {
	case sockets.INET6:
		addr = "[::1]:8888"
	case sockets.UNIX:
		addr = "./sock"
	}
	switch {
	case strings.HasSuffix(e.Command.Usage[0], "MSG"):
		behind = " hello"
	case e.Command.Name == "connect": // to what listens here, where something does
		for _, o := range e.OpenSockets() {
			if o.Backlog >= 0 && (family == "" || o.Family == family) && (kind == "" || o.KindName() == kind) {
				addr = Reachable(o.Local).String()
			}
		}
	}
	return line + " " + addr + behind
}

// Typed is the line as it was typed up to its last word, less "&" and a comment.
func (e *Env) Typed() string {
	end := e.line.Command.Col + len(e.line.Command.Raw)
	for _, w := range e.line.Words {
		end = max(end, w.Col+len(w.Raw))
	}
	return e.line.Text[:end]
}

// Wanted is Typed without the "!" that says it must fail: a line to propose.
func (e *Env) Wanted() string { return unmarked(e.Typed()) }

// unmarked is a line without the "!" that says it must fail.
func unmarked(line string) string {
	if strings.HasPrefix(line, "!") {
		_, line, _ = strings.Cut(line, " ")
	}
	return strings.TrimLeft(line, " ")
}

// Done is an error where words are left over.
func (e *Env) Done() error {
	if len(e.words) == 0 {
		return nil
	}
	w := e.words[0]
	if err := e.noSocket(w); err != nil {
		return err
	}
	return w.Err(names.T("this word is one too many for "+e.Command.Name, e.Command.Name+" 用不上这个词")).
		Hint(names.T("help "+e.Command.Name, "help "+e.Command.Name))
}

// noSocket is the error for a word that reads like a socket's name where there is no such socket; nil where it does not.
func (e *Env) noSocket(w Word) error {
	first, _, _ := strings.Cut(e.Command.Usage[0], " ")
	many := strings.Contains(first, "…")
	if !IsName(w.Text) || w.Quoted || strings.Trim(first, "[]…") != "S" || e.spoken && !many {
		return nil
	}
	err := w.Err(names.T("no socket is called "+w.Text, "没有叫 "+w.Text+" 的套接字"))
	if near, ok := names.Nearest(w.Text, e.Session.socketNames()); ok {
		return err.Hint(names.T(near, near))
	}
	if open := e.Session.socketNames(); len(open) > 0 {
		return err.Hint(names.T("open now: "+strings.Join(open, " "), "现在打开的有："+strings.Join(open, " ")))
	}
	return err.Hint(names.T(w.Text+" = socket tcp", w.Text+" = socket tcp"))
}

// misplaced is the error of a line that has its socket behind other words, where it stands before them: recv 1024 u. It is err
// for any other line.
func (e *Env) misplaced(err error) error {
	var known *sockets.Error
	first, _, _ := strings.Cut(e.Command.Usage[0], " ")
	if !errors.As(err, &known) || known.Kind != "usage" || e.spoken || strings.Trim(first, "[]…") != "S" {
		return err
	}
	for _, w := range e.line.Words[min(1, len(e.line.Words)):] {
		if _, named := e.Named(w); !named || known.Col != w.Col && e.Session.current() != nil {
			continue
		}
		line := e.socketFirst(w)
		return w.Err(names.T(w.Text+" is a socket: it stands first, right behind "+e.Command.Name, w.Text+" 是套接字：要写在最前面，紧跟在 "+e.Command.Name+" 后面")).
			Hint(names.T(line, line))
	}
	return err
}

// socketFirst is the line with one of its words right behind the command.
func (e *Env) socketFirst(w Word) string {
	typed, behind := e.Typed(), e.line.Command.Col+len(e.line.Command.Raw)
	line := typed[:behind] + " " + w.Raw + typed[behind:w.Col] + strings.TrimLeft(typed[w.Col+len(w.Raw):], " ")
	if line = strings.TrimRight(unmarked(line), " "); e.line.Job {
		line += " &"
	}
	return line
}

// firstSocket is a line that makes the socket which this one wants: in one step, where the command can do it.
func (e *Env) firstSocket() string {
	c := e.Command
	if len(e.words) == 0 || !looksLikeAddress(e.words[0]) || !strings.HasPrefix(c.Usage[len(c.Usage)-1], "KIND") {
		return "s = socket tcp"
	}
	kind := "tcp"
	if strings.ContainsAny(e.words[0].Text, "/@") {
		kind = "unix"
	}
	return "s = " + c.Name + " " + kind + " " + e.words[0].Raw
}
