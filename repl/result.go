package repl

import (
	"strconv"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// Result gives the act its value, and keeps it under the name left of "=". More values go to the names after it.
func (e *Env) Result(v sockets.Value, more ...sockets.Value) {
	e.Act.Value = v
	e.results = append(append(e.results[:0], v), more...)
}

// Python gives the act its line in Python.
func (e *Env) Python(parts ...string) { e.Act.Python = strings.Join(parts, "") }

// pythonTimeout puts --timeout into the line in Python, where a timeout is the socket's and not a call's.
func (e *Env) pythonTimeout() {
	if e.timed == nil || e.Act.Python == "" {
		return
	}
	sep := " "
	if strings.Contains(e.Act.Python, "\n") {
		sep = "\n    "
	}
	e.Python(e.timed.Name, ".settimeout(", PythonSeconds(e.timeout), ")\n",
		"try:", sep, strings.ReplaceAll(e.Act.Python, "\n", sep), "\n",
		"finally: ", e.timed.Name, ".settimeout(", PythonTimeout(e.timed), ")")
}

// PythonTimeout is k's timeout as Python's gettimeout tells it.
func PythonTimeout(k *sockets.Socket) string {
	if k.Blocking {
		return "None"
	}
	return PythonSeconds(k.Timeout)
}

// PythonSeconds writes seconds as Python writes a float: 2.0.
func PythonSeconds(d time.Duration) string {
	s := strconv.FormatFloat(d.Seconds(), 'f', -1, 64)
	if !strings.Contains(s, ".") {
		s += ".0"
	}
	return s
}

// Name is the i-th name left of "=", or def.
func (e *Env) Name(i int, def string) string {
	if i < len(e.line.Names) {
		return e.line.Names[i].Text
	}
	return def
}

// Names is how many names stand left of "=".
func (e *Env) Names() int { return len(e.line.Names) }

// Assign is "NAME = " for the line in Python, "" where the line keeps nothing.
func (e *Env) Assign() string {
	if len(e.line.Names) == 0 {
		return ""
	}
	var ns []string
	for _, w := range e.line.Names {
		ns = append(ns, w.Text)
	}
	return strings.Join(ns, ", ") + " = "
}

// NewSocket gives a name to a socket that the kernel just made: the i-th name left of "=", else the first free one
// of prefix. What that name stood for before is closed, as Python closes a socket that nothing names any more.
func (e *Env) NewSocket(i int, prefix string, fd sockets.FD, f sockets.Family, kind sockets.Kind, proto int) *sockets.Socket {
	k := sockets.NewSocket("", fd, f, kind, proto)
	if k.Host = e.host; len(e.used) > 0 { // the one that it was accepted from, or came through
		k.Host = e.used[0].socket.Host
	}
	if k.KindName() == "tcp" {
		e.Session.visit(k, sockets.Visit{State: "CLOSE", Act: e.Act.Seq, Line: e.Act.Line, At: time.Since(e.Session.began)})
		k.State = "CLOSE"
	}
	return e.names(i, prefix, k)
}

// NewDescriptor gives a name to a second descriptor of a socket.
func (e *Env) NewDescriptor(i int, prefix string, fd sockets.FD, of *sockets.Socket) *sockets.Socket {
	of.Descriptors++
	return e.names(i, prefix, &sockets.Socket{FD: fd, Timeout: of.Timeout, Shared: of.Shared})
}

// names gives k its name, and lets go of what had it.
func (e *Env) names(i int, prefix string, k *sockets.Socket) *sockets.Socket {
	s := e.Session
	if k.Name = e.Name(i, ""); k.Name == "" {
		k.Name = s.freeName(prefix)
	}
	e.named |= 1 << i
	s.byFD[k.FD] = k
	if old, ok := s.sockets[k.Name]; ok && old.FD >= 0 {
		e.Act.Note("rebound", "s", k.Name)
		e.CloseSocket(old)
	}
	delete(s.values, k.Name)
	s.sockets[k.Name] = k
	if s.lesson != nil { // whoever is in a lesson may have closed it again before it is judged
		s.lesson.made = append(s.lesson.made, made{k, k.FD})
	}
	if s.watcher != nil {
		s.watcher.Watch(k.FD)
	}
	return e.Use(k)
}

// CloseSocket closes a socket and whatever waits on it. Its name stays, on an fd of -1, as Python's closed socket has.
func (e *Env) CloseSocket(k *sockets.Socket) error {
	open := k.FD >= 0
	e.Session.cancelOn(k, e)
	if open && k.FD < 0 {
		return nil // a line that made k and was ended for this has closed it
	}
	if e.Session.watcher != nil && k.FD >= 0 {
		e.Session.watcher.Forget(k.FD)
	}
	err := e.Sys.Close(k.FD)
	if sys.Errno(err) == "EBADF" {
		return err
	}
	twin := e.Session.twin(k)
	if twin != nil || !e.Session.outlives(k) {
		delete(e.Session.trace.passed, k)
	}
	delete(e.Session.byFD, k.FD)
	delete(e.Session.stirs, k.FD)
	e.Session.drop(k)
	k.FD = -1
	switch {
	case twin != nil:
		part(k, twin)
	case k.Partner != nil:
		k.Partner.Partner, k.Partner = nil, nil
	}
	return err
}

// keepNames keeps the results under the names left of "=" that no socket took.
func (e *Env) keepNames() {
	for i, w := range e.line.Names {
		if e.named>>i&1 == 1 || i >= len(e.results) {
			continue
		}
		s := e.Session
		if old, ok := s.sockets[w.Text]; ok {
			if old.FD >= 0 {
				e.Act.Note("rebound", "s", w.Text)
				e.CloseSocket(old)
			}
			delete(s.sockets, w.Text)
		}
		s.values[w.Text] = e.results[i]
	}
}

// NoteOnce adds a note that a session needs to hear but once: it explains how things are, not what is odd in this act.
func (e *Env) NoteOnce(id string, pairs ...string) {
	if !e.Session.said[id] {
		e.Session.said[id] = true
		e.Act.Note(id, pairs...)
	}
}

// Forget lets a name go, so that it names nothing.
func (e *Env) Forget(k *sockets.Socket) {
	if e.Session.sockets[k.Name] == k {
		delete(e.Session.sockets, k.Name)
	}
}

// CheckNames refuses more names left of "=" than the command gives, and any where it gives nothing.
func (e *Env) CheckNames(gives int) error {
	if len(e.line.Names) <= gives {
		return nil
	}
	w := e.line.Names[gives]
	n := strconv.Itoa(gives)
	if gives == 0 {
		return w.Err(names.T(e.Command.Name+" gives nothing to keep", e.Command.Name+" 没有可保存的结果"))
	}
	return w.Err(names.T(e.Command.Name+" gives no more than "+n+" to keep", e.Command.Name+" 最多给出 "+n+" 个结果"))
}

// Gives checks the names left of "=" against how many results the command can give, and that no word is left over.
func (e *Env) Gives(n int) error {
	if err := e.CheckNames(n); err != nil {
		return err
	}
	return e.Done()
}
