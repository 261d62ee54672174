package tty

import "bytes"

// Status shows a text below what the running command has written, until another text, "" or the command's end takes it away.
// Output and notices go above it. Where a live picture is, or no command runs, it does nothing.
func (t *Terminal) Status(text string) { t.screen.setStatus(oneLine(text)) }

// setRunning notes that a command runs, or that it is over.
func (s *screen) setRunning(running bool) {
	s.mu.Lock()
	s.running = running
	s.mu.Unlock()
	if !running {
		s.setStatus("")
	}
}

func (s *screen) setStatus(text string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	switch {
	case s.live.on && s.live.status == "", // a picture
		text == "" && !s.live.on,
		text != "" && !s.running:
		return
	}
	var b bytes.Buffer
	switch {
	case text == "":
		s.clearLive(&b)
	case !s.live.on:
		s.openLive(&b, liveArea{on: true, status: text})
		s.drawStatus(&b)
	default:
		s.live.status = text
		s.drawStatus(&b)
	}
	s.out.Write(b.Bytes())
}

// drawStatus puts the status where it belongs, for the screen's size of the moment.
func (s *screen) drawStatus(b *bytes.Buffer) {
	cols, rows := s.size()
	s.homeLive(b, cols)
	b.WriteString("\x1b[J")
	s.placeLive(b, s.statusLines(cols, rows), cols)
}

// statusLines breaks the status into rows. One column stays free, and the row above it in sight.
func (s *screen) statusLines(cols, rows int) []string {
	p := pen{cols: max(cols-1, 1)}
	p.write(s.live.status)
	p.wrap()
	lines := p.rows[:min(len(p.rows), max(rows-1, 1))]
	if s.colour {
		for i, l := range lines {
			lines[i] = faint + l
		}
	}
	return lines
}
