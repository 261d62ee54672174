package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// plays sits at a lesson that is played. The folder is where its notes are told.
func plays(t *testing.T, cols, rows int, folder, lang string, args ...string) *student {
	t.Helper()
	return seatFor(t, &syscall.SysProcAttr{Setsid: true, Setctty: true}, cols, rows, append([]string{"--lang", lang, "lesson", "handshake"}, args...), []string{"XDG_RUNTIME_DIR=" + folder})
}

// presses gives a key, and waits for what it brings.
func (s *student) presses(key, shows string) string {
	s.t.Helper()
	s.types(key)
	return s.sees(shows)
}

// TestPlay plays a step at the presenter's key, tries something, and goes on, back and away.
func TestPlay(t *testing.T) {
	for _, size := range [][2]int{{80, 24}, {200, 50}} {
		s := plays(t, size[0], size[1], t.TempDir(), "en", "--play")
		s.sees("Space goes on")
		s.presses(" ", "Let a server listen")
		s.presses(" ", "› s = listen tcp 127.0.0.1:") // the line is typed
		s.types(" ")                                  // all of it at once, or run
		if !s.shows(func(screen string) bool { return strings.Contains(screen, "The door is open") }, longest/20) {
			s.types(" ")
		}
		s.presses("", "The door is open")

		page := s.presses(" ", "a   SYN_SENT")
		if strings.Contains(page, "listen(") || strings.Contains(page, "›") {
			t.Errorf("the page does not stand alone:\n%s", page)
		}
		s.types("\t")
		s.sees("the keyboard is yours")
		s.types("print tried\r")
		s.sees("  tried")
		s.presses("\x1b", "Space goes on") // nothing has changed: the same page
		s.sees("a   SYN_SENT")

		s.types("\t")
		s.sees("the keyboard is yours")
		s.types("close s\r")
		s.sees("close(")
		s.presses("\x1b", "this is not as it was: s")
		s.presses("a", "Space goes on")
		s.sees("a   SYN_SENT")

		s.types("\x1b[D")
		s.sees("Let a server listen")
		s.types("q")
		if st := s.ends(); st.ExitCode() != 0 {
			t.Error("q:", st)
		}
	}
}

// TestPlayNotes follows a play in a second terminal, and tells the answer before the class has seen it.
func TestPlayNotes(t *testing.T) {
	folder := t.TempDir()
	for lang, text := range map[string][6]string{
		"en": {"page by page", "follows the play", "next line", "the answer", "ESTABLISHED, without accept", "Space goes on"},
		"zh": {"逐页", "跟随演示", "下一行", "答案", "ESTABLISHED，不需要 accept", "空格继续"},
	} {
		n := plays(t, 80, 24, folder, lang, "--notes")
		n.sees(text[0])
		n.presses(" ", "1/9 listen")
		n.presses(" ", "2/9 connect")
		n.sees(text[4])
		n.presses("\x1b[D", "1/9 listen")
		s := plays(t, 80, 24, folder, lang, "--play")
		s.sees(text[5])
		n.sees(text[1])
		n.sees(text[2])
		files, _ := filepath.Glob(filepath.Join(folder, "sockstep", "play-*.json"))
		if len(files) != 1 {
			t.Fatal("the play's file:", files)
		}
		if info, err := os.Stat(files[0]); err != nil || info.Mode().Perm() != 0o600 {
			t.Error(info.Mode(), err)
		}
		for !strings.Contains(s.screenNow(), "SYN_SENT") { // the question of the second step stands before the class
			s.types(" ")
			s.shows(func(screen string) bool { return strings.Contains(screen, "SYN_SENT") }, longest/100)
		}
		n.sees("2/9 connect") // and its answer before the speaker
		n.sees(text[3])
		n.sees(text[4])
		s.program.Process.Signal(syscall.SIGKILL) // a play that dies is not followed any more
		s.program.Wait()
		n.sees(text[0])
		n.types("q")
		if st := n.ends(); st.ExitCode() != 0 {
			t.Error("q:", st)
		}
	}
}

func (s *student) screenNow() string { s.mu.Lock(); defer s.mu.Unlock(); return s.screen.String() }
