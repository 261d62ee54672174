package main

import (
	"strings"
	"testing"
	"time"
)

// TestPromptInALesson: the step's text stands right above the prompt, also when a job that ends by itself made it come true.
func TestPromptInALesson(t *testing.T) {
	for lang, word := range map[string]string{"C.UTF-8": "Send and receive buffers", "zh_CN.UTF-8": "发送缓冲区"} {
		s := seatAt(t, 80, 24, "LC_ALL="+lang)
		screen := s.does("lesson buffers", "1/13")
		if !strings.Contains(screen, word) && lang == "C.UTF-8" { // the terminal of this test tears wide characters
			t.Errorf("no title:\n%s", screen)
		}
		s.does("goto nothing", "2/13")
		s.does("recv c --timeout 0.3 &", "›")
		s.until("the next step above the prompt", func(screen string) bool {
			rows := strings.Split(strings.TrimRight(screen, " \n"), "\n")
			return strings.Contains(screen, "3/13") && strings.Contains(rows[len(rows)-1], "›")
		})
		s.does("predict b", "8")
		s.does("send k abcdefgh", "4/13")
		s.types("exit\r")
		s.ends()
	}
}

// TestLessonIsQuick: a lesson begins, and a step's verdict is there, before anybody has noticed.
func TestLessonIsQuick(t *testing.T) {
	s := seatAt(t, 80, 24)
	s.does("lesson handshake", "1/9")
	s.types("\x0c")
	began := time.Now()
	s.does("skip", "2/9")
	if took := time.Since(began); took > 2*time.Second { // a bound for machines that are busy; alone it is some 20 ms
		t.Errorf("it took %v", took)
	}
}
