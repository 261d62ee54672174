package tty

import (
	"bytes"
	"errors"
	"fmt"
	"strings"
	"sync"
)

// A Live is a picture below what the running command has written. It is drawn again and again in its place, output and
// notices go above it, and any key ends it.
type Live struct {
	t       *Terminal
	ended   chan struct{}
	resized chan struct{}

	mu     sync.Mutex // a leaf
	closed bool
}

// Live begins one, for the command that runs.
func (t *Terminal) Live() (*Live, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.cancel == nil {
		return nil, errors.New("live: no command runs")
	}
	if t.live != nil {
		return nil, errors.New("live: there is one already")
	}
	l := &Live{t: t, ended: make(chan struct{}), resized: make(chan struct{}, 1)}
	t.live = l
	t.screen.beginLive()
	go l.listen(t.reader.count())
	return l, nil
}

// listen waits for a key beyond those that were typed ahead. That key is for the picture alone; of several at once, which
// are a paste, none is.
func (l *Live) listen(ahead int) {
	defer l.t.fail()
	r := l.t.reader
	r.mu.Lock()
	defer r.mu.Unlock()
	r.ask()
	for len(r.keys) <= ahead && !r.gone && !l.over() {
		ahead = min(ahead, len(r.keys)) // Ctrl-C forgets them
		r.changed.Wait()
	}
	if l.over() {
		return
	}
	if len(r.keys) == ahead+1 {
		r.keys = r.keys[:ahead]
	}
	close(l.ended)
}

func (l *Live) over() bool {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.closed
}

// Size is the room that it has: the row of the prompt, with the line that is run, stays in sight.
func (l *Live) Size() (cols, rows int) {
	cols, rows = l.t.screen.size()
	return max(cols-1, 1), max(rows-1, 1)
}

// Color reports whether its lines may hold colours.
func (l *Live) Color() bool { return l.t.screen.colour }

// Ended is closed once a key was pressed.
func (l *Live) Ended() <-chan struct{} { return l.ended }

// Resized is sent to when the terminal's size has changed.
func (l *Live) Resized() <-chan struct{} { return l.resized }

// Draw shows lines in place of those before.
func (l *Live) Draw(lines []string) { l.t.screen.drawLive(lines) }

// Close takes the picture away, and leaves the cursor where it began. It may be called again.
func (l *Live) Close() {
	l.mu.Lock()
	closed := l.closed
	l.closed = true
	l.mu.Unlock()
	if closed {
		return
	}
	l.t.mu.Lock()
	l.t.live = nil
	l.t.mu.Unlock()
	l.t.reader.wake()
	l.t.screen.endLive()
}

// tellResized tells a live picture of a new size.
func (t *Terminal) tellResized() {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.live == nil {
		return
	}
	select {
	case t.live.resized <- struct{}{}:
	default:
	}
}

// closeLive takes away what a command left.
func (t *Terminal) closeLive() {
	t.mu.Lock()
	l := t.live
	t.mu.Unlock()
	if l != nil {
		l.Close()
	}
}

// A liveArea is where a live picture stands on the screen: the cursor is at the end of its last line.
type liveArea struct {
	on     bool
	status string // what stands there in place of a picture: see Status
	lines  []string
	cols   int // when it was drawn
}

func (s *screen) beginLive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	s.clearLive(&b)
	s.openLive(&b, liveArea{on: true})
	b.WriteString(hideCursor)
	s.out.Write(b.Bytes())
}

// openLive makes room in a row of its own.
func (s *screen) openLive(b *bytes.Buffer, l liveArea) {
	if s.column {
		b.WriteString("\r\n")
		s.column = false
	}
	s.live = l
}

// drawLive writes over the picture that is there, line by line, so that nothing flickers: a line is cleared behind its new
// text, and below the last one all.
func (s *screen) drawLive(lines []string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.live.on {
		return
	}
	var b bytes.Buffer
	cols, rows := s.size()
	reflowed := s.live.cols != cols
	s.homeLive(&b, cols)
	if reflowed {
		b.WriteString("\x1b[J")
	}
	s.placeLive(&b, lines[:min(len(lines), rows)], cols)
	s.out.Write(b.Bytes())
}

// homeLive goes to where the picture begins. A terminal that became narrower has broken its lines anew.
func (s *screen) homeLive(b *bytes.Buffer, cols int) {
	up := max(len(s.live.lines)-1, 0)
	if s.live.cols != cols {
		up = 0
		for _, l := range s.live.lines {
			up += max((visible(l)-1)/cols, 0) + 1
		}
		up = max(up-1, 0)
	}
	b.WriteByte('\r')
	if up > 0 {
		fmt.Fprintf(b, "\x1b[%dA", up)
	}
}

func (s *screen) placeLive(b *bytes.Buffer, lines []string, cols int) {
	for i, l := range lines {
		if i > 0 {
			b.WriteString("\r\n")
		}
		b.WriteString(clean(l, s.colour))
		if strings.Contains(l, "\x1b") {
			b.WriteString(plain)
		}
		b.WriteString("\x1b[K")
	}
	if len(lines) < len(s.live.lines) {
		b.WriteString("\x1b[J")
	}
	s.live.lines, s.live.cols = append(s.live.lines[:0], lines...), cols
}

func (s *screen) endLive() {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.live.on {
		return
	}
	var b bytes.Buffer
	s.clearLive(&b)
	s.out.Write(b.Bytes())
}

// clearLive takes away what stands there, and goes on with the output that waited for its line's end.
func (s *screen) clearLive(b *bytes.Buffer) {
	if !s.live.on {
		return
	}
	cols, _ := s.size()
	s.homeLive(b, cols)
	b.WriteString("\x1b[J")
	if s.live.status == "" {
		b.WriteString(showCursor)
	}
	if len(s.partial) > 0 {
		b.Write(s.partial)
		s.column, s.partial = true, nil
	}
	s.live = liveArea{}
}

// visible is how many columns a line takes that may hold colours.
func visible(l string) (n int) {
	var b strings.Builder
	for l != "" {
		if k := sgr(l); k > 0 {
			l = l[k:]
			continue
		}
		b.WriteByte(l[0])
		l = l[1:]
	}
	return width(b.String())
}
