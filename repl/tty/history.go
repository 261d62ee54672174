package tty

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
)

// A history holds the lines that were run, in memory and in a file that several terminals may share: each line is
// appended at once, and nobody's line is lost when one terminal shortens the file.
type history struct {
	path string // none if empty
	max  int

	mu    sync.Mutex
	lines []string // replaced, never changed in place: list hands it out
	err   error    // why the file is not kept
}

// longestLine is how many bytes a line of the file may have to be taken for one.
const longestLine = 1 << 20

// openHistory reads the file. A file that cannot be kept does not keep the student from typing: see trouble.
func openHistory(path string, max int) *history {
	h := &history{path: path, max: max}
	if path == "" {
		return h
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		h.path = real // replacing the file must not replace a link to it
	}
	if h.err = os.MkdirAll(filepath.Dir(h.path), 0o700); h.err == nil {
		h.err = h.load()
	}
	if h.err != nil {
		h.path = ""
	}
	return h
}

// list is the lines kept, the oldest first; it is not to be changed.
func (h *history) list() []string {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.lines
}

// trouble tells, once, why the file is not kept.
func (h *history) trouble() error {
	h.mu.Lock()
	defer h.mu.Unlock()
	err := h.err
	h.err = nil
	return err
}

// add keeps a line that was run, unless it repeats the last one or begins with a blank: that is how a student keeps a
// line to himself.
func (h *history) add(s string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	s = strings.TrimRight(s, " ")
	if s == "" || s[0] == ' ' || len(h.lines) > 0 && h.lines[len(h.lines)-1] == s {
		return
	}
	h.lines = tail(append(slices.Clip(h.lines), s), h.max)
	if h.path == "" {
		return
	}
	if err := h.append(s); err != nil {
		h.err = err
		h.path = ""
	}
}

// append writes the line to the end of the file, in one write.
func (h *history) append(s string) error {
	f, err := h.locked()
	if err != nil {
		return err
	}
	defer f.Close()
	b := []byte(s + "\n")
	if torn(f) {
		b = append([]byte{'\n'}, b...)
	}
	_, err = f.Write(b)
	return err
}

// load reads the file, and shortens it when it has grown long.
func (h *history) load() error {
	f, err := h.locked()
	if err != nil {
		return err
	}
	defer f.Close()
	b, err := io.ReadAll(f)
	if err != nil {
		return err
	}
	for l := range bytes.Lines(b) {
		if len(l) > longestLine {
			continue // nobody typed that
		}
		if s := clean(strings.TrimRight(string(l), "\r\n"), false); s != "" {
			h.lines = append(h.lines, s)
		}
	}
	n := len(h.lines)
	h.lines = tail(h.lines, h.max)
	if n <= h.max {
		return nil
	}
	return h.replace()
}

// replace puts a file with just the lines kept in the place of the old one. The caller holds the old one's lock.
func (h *history) replace() error {
	f, err := os.CreateTemp(filepath.Dir(h.path), filepath.Base(h.path)+".*") // mode 0600
	if err != nil {
		return err
	}
	_, err = f.WriteString(strings.Join(h.lines, "\n") + "\n")
	err = errors.Join(err, f.Sync(), f.Close())
	if err == nil {
		err = os.Rename(f.Name(), h.path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

// locked opens the file and locks it. Another terminal may have replaced the file between the two: then the lock is on a
// file that nobody will read again.
func (h *history) locked() (*os.File, error) {
	for range 100 {
		f, err := os.OpenFile(h.path, os.O_RDWR|os.O_APPEND|os.O_CREATE, 0o600)
		if err != nil {
			return nil, err
		}
		opened, err := f.Stat()
		if err != nil {
			f.Close()
			return nil, err
		}
		if !opened.Mode().IsRegular() {
			f.Close()
			return nil, &fs.PathError{Op: "open", Path: h.path, Err: errors.New("not a regular file")}
		}
		if opened.Mode().Perm()&0o077 != 0 {
			f.Chmod(0o600) // what was typed is nobody else's business, whoever made the file
		}
		for end := time.Now().Add(200 * time.Millisecond); !lock(f) && time.Now().Before(end); {
			time.Sleep(2 * time.Millisecond)
		}
		if named, err := os.Stat(h.path); err == nil && os.SameFile(opened, named) {
			return f, nil
		}
		f.Close()
	}
	return nil, &fs.PathError{Op: "lock", Path: h.path, Err: errors.New("the file keeps changing")}
}

// torn reports whether the last line of the file has no end: its writer died.
func torn(f *os.File) bool {
	st, err := f.Stat()
	if err != nil || st.Size() == 0 {
		return false
	}
	var last [1]byte
	_, err = f.ReadAt(last[:], st.Size()-1)
	return err == nil && last[0] != '\n'
}

// tail is the last n lines.
func tail(lines []string, n int) []string { return lines[max(0, len(lines)-n):] }

// recall is the way of Up and Down through the history. Lines changed on the way stay changed until one is run.
type recall struct {
	away   int            // how many lines back; 0 is the line being typed
	edited map[int]string // by away
}

func (e *editor) older() { e.walk(+1) }
func (e *editor) newer() { e.walk(-1) }

// walk goes one line further into the past, or back.
func (e *editor) walk(step int) {
	lines := e.history.list()
	to := e.recall.away + step
	if to < 0 || to > len(lines) {
		return
	}
	if e.recall.edited == nil {
		e.recall.edited = map[int]string{}
	}
	e.recall.edited[e.recall.away] = e.line.text
	s, ok := e.recall.edited[to]
	if !ok {
		s = lines[len(lines)-to]
	}
	e.recall.away = to
	e.change(newLine(s), moving)
}
