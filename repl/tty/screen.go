package tty

import (
	"bytes"
	"fmt"
	"os"
	"reflect"
	"strings"
	"sync"
	"time"

	"golang.org/x/term"
)

const (
	hideCursor  = "\x1b[?25l"
	showCursor  = "\x1b[?25h"
	pasteOn     = "\x1b[?2004h"
	pasteOff    = "\x1b[?2004l"
	clearScreen = "\x1b[H\x1b[2J"

	plain   = "\x1b[0m"
	reverse = "\x1b[7m" // the row that is selected
	faint   = "\x1b[2m" // what explains
	bright  = "\x1b[1m" // where the student types
)

// A screen draws the prompt at the bottom of what has been written, and lets everything else be written above it. It
// remembers what it drew, so that it can take the prompt away and put it back at any time, in one write.
type screen struct {
	out    *os.File
	colour bool

	mu      sync.Mutex
	prefix  string
	label   string // in place of the prefix, while a search goes on
	view    view   // drawn last
	visible bool
	row     int    // of the cursor, below the prompt's first row
	cols    int    // when it was drawn
	height  int    // likewise
	wrapped bool   // the line ends at the margin, and the cursor went on
	partial []byte // the start of a line, written while the prompt was visible
	column  bool   // the output's last line has no end yet
	live    liveArea
	running bool // a command does, and may have a status
}

func newScreen(out *os.File, colour bool) *screen {
	return &screen{out: out, colour: colour}
}

// size is the terminal's size; one that says 0 has not been told it yet.
func (s *screen) size() (cols, rows int) {
	cols, rows, err := term.GetSize(int(s.out.Fd()))
	if err != nil || cols <= 0 || rows <= 0 {
		return 80, 24
	}
	return cols, rows
}

// raw writes bytes that move nothing.
func (s *screen) raw(b string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.WriteString(b)
}

// Write writes output: as it comes while a command runs, else in whole lines above the prompt.
func (s *screen) Write(p []byte) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if !s.visible && !s.live.on {
		s.track(p)
		return s.out.Write(p)
	}
	s.partial = append(s.partial, p...)
	end := bytes.LastIndexByte(s.partial, '\n')
	if end < 0 {
		return len(p), nil
	}
	whole := string(s.partial[:end])
	s.partial = append([]byte(nil), s.partial[end+1:]...)
	return len(p), s.above(whole)
}

// notice shows whole lines now.
func (s *screen) notice(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.above(text)
}

// above writes lines above the prompt, or at the end of the output where there is no prompt.
func (s *screen) above(text string) error {
	var b bytes.Buffer
	cols, rows := s.size()
	switch {
	case s.live.on:
		s.homeLive(&b, cols)
		b.WriteString("\x1b[J")
	case s.visible:
		s.home(&b)
	case s.column:
		b.WriteString("\r\n")
	}
	for l := range strings.Lines(strings.TrimRight(text, "\r\n") + "\n") {
		l = clean(strings.TrimRight(l, "\r\n"), s.colour)
		b.WriteString(l)
		if strings.Contains(l, "\x1b") {
			b.WriteString(plain)
		}
		b.WriteString("\r\n")
	}
	s.column = false
	switch {
	case s.live.status != "":
		s.placeLive(&b, s.statusLines(cols, rows), cols)
	case s.live.on:
		s.placeLive(&b, s.live.lines, cols)
	case s.visible:
		s.draw(&b)
	}
	_, err := s.out.Write(b.Bytes())
	return err
}

// track notes whether the output leaves the cursor inside a line.
func (s *screen) track(p []byte) {
	for len(p) > 0 {
		if n := sgr(string(p[:min(len(p), 32)])); n > 0 {
			p = p[n:]
			continue
		}
		s.column = p[0] != '\n' && (p[0] != '\r' || s.column)
		p = p[1:]
	}
}

// show draws the prompt with this line and this menu.
func (s *screen) show(l line, m menu) {
	s.mu.Lock()
	defer s.mu.Unlock()
	v := view{prefix: s.promptText(), line: l, menu: m}
	cols, rows := s.size()
	if s.visible && cols == s.cols && rows == s.height && reflect.DeepEqual(v, s.view) {
		return
	}
	var b bytes.Buffer
	s.home(&b)
	s.view = v
	s.draw(&b)
	s.out.Write(b.Bytes())
}

// setPrefix changes the prefix, at once if it is on the screen.
func (s *screen) setPrefix(p string) {
	p = strings.ReplaceAll(clean(p, s.colour), "\t", " ")
	if s.colour && p != "" && !strings.Contains(p, "\x1b") {
		p = bright + p
	}
	if strings.Contains(p, "\x1b") {
		p += plain
	}
	s.mu.Lock()
	s.prefix = p
	s.mu.Unlock()
	s.refresh()
}

// setLabel puts a text in place of the prefix; none gives the prefix back. It shows with the next frame.
func (s *screen) setLabel(l string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.label = l
}

func (s *screen) promptText() string {
	if s.label != "" {
		return s.label
	}
	return s.prefix
}

// refresh draws the prompt, or a status, again where it is on the screen: the prefix or the screen's size may have changed.
func (s *screen) refresh() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	switch {
	case s.visible:
		s.home(&b)
		s.view.prefix = s.promptText()
		s.draw(&b)
	case s.live.status != "":
		s.drawStatus(&b)
	default:
		return
	}
	s.out.Write(b.Bytes())
}

// clear empties the screen and draws the prompt at its top.
func (s *screen) clear() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.out.WriteString(clearScreen)
	s.row = 0
	s.visible = false
	s.column = false
}

// commit leaves the line on the screen as it was run, and goes to the next row.
func (s *screen) commit(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.last(text)
}

// finish leaves the screen as the next program likes it: below the prompt, or the output, in the first column.
func (s *screen) finish() {
	s.mu.Lock()
	defer s.mu.Unlock()
	var b bytes.Buffer
	if s.live.status != "" {
		s.clearLive(&b)
		s.out.Write(b.Bytes())
	}
	switch {
	case s.live.on:
		s.out.WriteString("\r\n")
		s.live = liveArea{}
	case s.visible:
		s.last(s.view.line.text)
	case s.column:
		s.out.WriteString("\r\n")
		s.column = false
	}
}

func (s *screen) last(text string) {
	var b bytes.Buffer
	s.home(&b)
	s.view = view{prefix: s.prefix, line: newLine(text)}
	s.place(&b, true)
	if !s.wrapped {
		b.WriteString("\r\n")
	}
	if len(s.partial) > 0 {
		b.Write(s.partial) // no prompt stands in the way of its rest any more
		s.column, s.partial = true, nil
	} else {
		s.column = false
	}
	s.visible = false
	s.out.Write(b.Bytes())
}

// brief is how long Ctrl-C waits for what is just being drawn.
const brief = 10 * time.Millisecond

// interrupt shows that Ctrl-C was pressed, in front of what the command says about it. A terminal that takes no output
// must not keep the command from ending.
func (s *screen) interrupt(cancel func()) {
	for end := time.Now().Add(brief); !s.mu.TryLock(); time.Sleep(brief / 50) {
		if time.Now().After(end) {
			cancel()
			return
		}
	}
	defer s.mu.Unlock()
	cancel()
	var b bytes.Buffer
	if s.live.status != "" {
		s.clearLive(&b)
	}
	if !s.visible && !s.live.on {
		b.WriteString("^C\r\n")
		s.column = false
		s.out.Write(b.Bytes())
	}
}

// home goes to where the prompt begins and clears what is there.
func (s *screen) home(b *bytes.Buffer) {
	b.WriteString(hideCursor)
	if !s.visible {
		if s.column {
			b.WriteString("\r\n")
			s.column = false
		}
		return
	}
	row := s.row
	if cols, rows := s.size(); cols != s.cols {
		// The terminal has broken the line anew.
		p := lay(s.view, cols)
		row = p.cursor.y - top(p, rows)
	}
	if row > 0 {
		fmt.Fprintf(b, "\x1b[%dA", row)
	}
	b.WriteString("\r\x1b[J")
}

// top is the first row drawn of a text that has more rows than the screen.
func top(p page, height int) int {
	n := len(p.rows)
	if p.full {
		n++
	}
	return max(0, min(p.cursor.y-height/2, n-height))
}

// draw puts the view at the cursor, which stands where the prompt begins.
func (s *screen) draw(b *bytes.Buffer) { s.place(b, false) }

// place draws the view; all of it, even if the screen is too small for it to be taken away again.
func (s *screen) place(b *bytes.Buffer, all bool) {
	cols, height := s.size()
	p := lay(s.view, cols)
	from, to := 0, len(p.rows)
	if !all {
		from = top(p, height)
		to = min(to, from+height)
	}
	for _, r := range p.rows[from:to] {
		b.WriteString(r) // the terminal breaks the rows: a copied line stays one line
	}
	y := to - 1
	s.wrapped = p.full && to == len(p.rows) && (all || to-from < height)
	if s.wrapped {
		b.WriteString(" \r") // the cursor hangs over the margin: make it go on
		y++
	}
	y = s.drawMenu(b, p, y, cols, height-(y-from+1))
	if up := y - p.cursor.y; up > 0 {
		fmt.Fprintf(b, "\x1b[%dA", up)
	}
	if y != p.cursor.y || p.cursor.y != len(p.rows)-1 || s.view.line.after() != "" || s.hasMenu() {
		fmt.Fprintf(b, "\x1b[%dG", p.cursor.x+1)
	}
	b.WriteString(showCursor)
	s.visible, s.row, s.cols, s.height = true, p.cursor.y-from, cols, height
}

func (s *screen) hasMenu() bool { return len(s.view.menu.rows) > 0 }

// drawMenu hangs the menu below row y, and returns the row it ends on.
func (s *screen) drawMenu(b *bytes.Buffer, p page, y, cols, height int) int {
	if height < 1 || !s.hasMenu() {
		return y
	}
	x, lines := s.view.menu.lines(p.anchor.x, cols, height)
	for _, l := range lines {
		b.WriteString("\r\n")
		if x > 0 {
			fmt.Fprintf(b, "\x1b[%dC", x)
		}
		switch {
		case l.selected:
			b.WriteString(reverse + l.text + l.description + plain + l.mark)
		case s.colour:
			b.WriteString(l.text + faint + l.description + l.mark + plain)
		default:
			b.WriteString(l.text + l.description + l.mark)
		}
	}
	return y + len(lines)
}
