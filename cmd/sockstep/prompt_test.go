package main

import (
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"github.com/pkg/term/termios"

	"sockstep/repl/render"
	"sockstep/sockets/names"
)

// longest is for machines that are busy with something else; a test that passes waits for nothing.
const longest = 20 * time.Second

// A student sits at the program's prompt, on a terminal of its own.
type student struct {
	t       *testing.T
	program *exec.Cmd
	keys    *os.File // the terminal's other side
	line    *os.File // the terminal itself, whose modes are looked at
	screen  vt10x.Terminal

	mu    sync.Mutex
	drawn *sync.Cond
	all   strings.Builder
	ended bool
}

// seatAt starts the program on a terminal of this size. More of the environment may be given.
func seatAt(t *testing.T, cols, rows int, env ...string) *student {
	t.Helper()
	return seatOn(t, &syscall.SysProcAttr{Setsid: true, Setctty: true}, cols, rows, env...)
}

// seatOn is seatAt with what the program is started by.
func seatOn(t *testing.T, attr *syscall.SysProcAttr, cols, rows int, env ...string) *student {
	t.Helper()
	return seatWith(t, attr, cols, rows, nil, env)
}

// seatWith is seatOn with arguments for the program.
func seatWith(t *testing.T, attr *syscall.SysProcAttr, cols, rows int, args, env []string) *student {
	t.Helper()
	s := seatFor(t, attr, cols, rows, args, env)
	s.sees("sockstep›")
	return s
}

// seatFor is seatWith where something else than the prompt comes first.
func seatFor(t *testing.T, attr *syscall.SysProcAttr, cols, rows int, args, env []string) *student {
	t.Helper()
	keys, line, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if err := pty.Setsize(keys, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		t.Fatal(err)
	}
	// testscript makes this very test binary the program when it is called by its name.
	name := filepath.Join(t.TempDir(), "sockstep")
	self, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	if err := os.Symlink(self, name); err != nil {
		t.Fatal(err)
	}
	home := t.TempDir()
	c := exec.Command(name, args...)
	c.Env = append(os.Environ(), append([]string{"TERM=xterm-256color", "LC_ALL=C.UTF-8", "NO_COLOR=", "HOME=" + home,
		"XDG_CONFIG_HOME=" + home, "XDG_STATE_HOME=" + home}, env...)...)
	c.Stdin, c.Stdout, c.Stderr = line, line, line
	c.SysProcAttr = attr
	s := &student{t: t, program: c, keys: keys, line: line, screen: vt10x.New(vt10x.WithSize(cols, rows))}
	s.drawn = sync.NewCond(&s.mu)
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	go s.watch()
	t.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
		line.Close()
		keys.Close()
	})
	return s
}

func (s *student) watch() {
	b := make([]byte, 4096)
	for {
		n, err := s.keys.Read(b)
		s.mu.Lock()
		s.screen.Write(b[:n])
		s.all.Write(b[:n])
		s.ended = err != nil
		s.drawn.Broadcast()
		s.mu.Unlock()
		if err != nil {
			return
		}
	}
}

// output is all that has come to the terminal.
func (s *student) output() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.all.String()
}

func (s *student) types(keys string) {
	if _, err := s.keys.WriteString(keys); err != nil {
		s.t.Fatal(err)
	}
}

// until waits until ok holds of the screen, and gives it.
func (s *student) until(what string, ok func(screen string) bool) string {
	s.t.Helper()
	held := s.shows(ok, longest)
	s.mu.Lock()
	defer s.mu.Unlock()
	if !held {
		s.t.Fatalf("%s is not on the screen:\n%s", what, s.screen.String())
	}
	return s.screen.String()
}

// sees waits until text is on the screen.
func (s *student) sees(text string) string {
	s.t.Helper()
	return s.until(text, func(screen string) bool { return strings.Contains(screen, text) })
}

// does types a line and waits until the prompt has come back below what it showed.
func (s *student) does(line, shows string) string {
	s.t.Helper()
	s.types("\x0c") // a clear screen: what is seen is of this line
	s.until("a clear screen", func(screen string) bool { return strings.Count(strings.TrimSpace(screen), "\n") == 0 })
	s.types(line + "\r")
	return s.until(shows, func(screen string) bool {
		rows := strings.Split(strings.TrimRight(screen, " \n"), "\n")
		last := strings.TrimRight(rows[len(rows)-1], " ")
		return strings.Contains(screen, shows) && strings.HasSuffix(last, "›") && len(rows) > 1
	})
}

// address finds the address that inspect told.
func address(t *testing.T, screen string) string {
	t.Helper()
	m := regexp.MustCompile(`= \('127\.0\.0\.1', (\d+)\)`).FindStringSubmatch(screen)
	if m == nil {
		t.Fatal("no address on the screen:\n", screen)
	}
	return "127.0.0.1:" + m[1]
}

func (s *student) ends() *os.ProcessState {
	s.t.Helper()
	done := make(chan struct{})
	go func() { s.program.Wait(); close(done) }()
	select {
	case <-done:
	case <-time.After(longest):
		s.t.Fatal("the program does not end")
	}
	return s.program.ProcessState
}

func TestPromptGreetsInFourLines(t *testing.T) {
	for lang, word := range map[string]string{"en_US.UTF-8": "a server waits", "zh_CN.UTF-8": "listen tcp 127.0.0.1:8888"} {
		s := seatAt(t, 80, 24, "LC_ALL="+lang)
		rows := strings.Split(strings.TrimRight(s.sees(word), " \n"), "\n")
		if len(rows) != 5 || !strings.HasPrefix(rows[4], "sockstep›") {
			t.Errorf("%s: %d rows:\n%s", lang, len(rows), strings.Join(rows, "\n"))
		}
	}
}

// TestGreetingsFit holds the greetings to four lines of a narrow terminal, in both languages.
func TestGreetingsFit(t *testing.T) {
	for _, g := range []names.Text{greeting, labGreeting, joinGreeting} {
		for _, l := range []names.Lang{names.English, names.Chinese} {
			lines := strings.Split(strings.TrimSuffix(g.In(l), "\n"), "\n")
			if len(lines) != 4 {
				t.Errorf("%d lines:\n%s", len(lines), g.In(l))
			}
			for _, line := range lines {
				if w := render.Width(line); w > 79 {
					t.Errorf("%d columns: %s", w, line)
				}
			}
		}
	}
}

// TestPromptServesAClient is a lesson's hour: a client of another make knocks, speaks and leaves while the student types.
func TestPromptServesAClient(t *testing.T) {
	s := seatAt(t, 80, 24)
	s.does("s = listen tcp 127.0.0.1:0", "= s")
	addr := address(t, s.does("inspect s sockname", "= ('127.0.0.1'"))
	s.types("send half a line")
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s.sees("accept queue: 1")
	s.sees("s LISTEN 1› send half a line") // the prompt tells, and the line is whole
	s.types("\x15")
	s.does("c = accept", "= c")
	s.types("recv")
	if _, err := c.Write([]byte("hi\x1b[2J there")); err != nil { // an escape sequence that would clear the screen
		t.Fatal(err)
	}
	s.sees("12 bytes arrived")
	s.sees("c ESTABLISHED 12› recv")
	s.types("\r")
	s.sees(`= b'hi\x1b[2J there'`)
	c.Close()
	s.sees("c CLOSE_WAIT")
	s.does("recv", "= b''")
	s.types("\x04")
	if st := s.ends(); st.ExitCode() != 0 {
		t.Error("Ctrl-D:", st)
	}
}

// TestPromptCtrlC ends what blocks within the time that the contract gives, and leaves the socket in use.
func TestPromptCtrlC(t *testing.T) {
	s := seatAt(t, 80, 24)
	s.does("a, b = socketpair", "= (a, b)")
	for range 5 {
		s.types("\x0crecv a\r")
		s.sees("waiting for data")
		begun := time.Now()
		s.types("\x03")
		s.sees("interrupted")
		took := time.Since(begun)
		t.Logf("Ctrl-C to the result on the screen: %v", took)
		if took > longest/10 {
			t.Errorf("Ctrl-C took %v", took)
		}
		s.does("jobs", "= []")
	}
	s.does("send b still here", "= 10")
	s.does("recv a", "= b'still here'")
	s.types("a word of a line\x03")
	s.sees("^C")
	s.does("close all", "close(")
}

// TestPromptCtrlCEndsFiles: a FIFO waits for its other end, and a long script is many short lines.
func TestPromptCtrlCEndsFiles(t *testing.T) {
	s := seatAt(t, 80, 24)
	fifo, endless := filepath.Join(t.TempDir(), "fifo"), filepath.Join(t.TempDir(), "endless")
	if err := syscall.Mkfifo(fifo, 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(endless, []byte(strings.Repeat("print again\n", 1<<20)), 0o600); err != nil {
		t.Fatal(err)
	}
	s.does("fifo = print "+fifo, "fifo")
	s.does("endless = print "+endless, "endless")
	s.does("a, b = socketpair", "= (a, b)")
	s.does("send b hello", "= 5")
	s.interrupts("send a --file $fifo")
	s.interrupts("recv a --out $fifo")
	s.interrupts("run $fifo")
	for range 5 { // the terminal is full each time, and what it has not read yet is thrown away
		s.interrupts("run $endless")
	}
	other, err := os.OpenFile(fifo, os.O_RDWR, 0) // the other end is there, and stays silent
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	s.interrupts("sendall a --file $fifo")
	s.interrupts("run $fifo")
	s.does("recv a --out $fifo", "= 5")
	got := make([]byte, 5)
	if _, err := io.ReadFull(other, got); err != nil || string(got) != "hello" {
		t.Errorf("the FIFO got %q, %v", got, err)
	}
}

// interrupts types a line and, once it runs, Ctrl-C.
func (s *student) interrupts(line string) {
	s.t.Helper()
	s.types("\x0c")
	s.until("a clear screen", func(screen string) bool { return strings.Count(strings.TrimSpace(screen), "\n") == 0 })
	s.types(line + "\r")
	s.until(line+" on its way", func(string) bool { return s.screen.Cursor().Y > 0 })
	ended := func(screen string) bool {
		return strings.Contains(screen, "  ended ") && strings.HasSuffix(strings.TrimRight(screen, " \n"), "›")
	}
	// A Ctrl-C that comes before the line has begun is nobody's.
	for range 10 {
		s.types("\x03")
		if s.shows(ended, 2*time.Second) {
			return
		}
	}
	s.until("the end of "+line, ended)
}

// shows reports whether ok holds of the screen within d.
func (s *student) shows(ok func(screen string) bool, d time.Duration) bool {
	begun := time.Now()
	late := time.AfterFunc(d, func() { s.mu.Lock(); s.drawn.Broadcast(); s.mu.Unlock() })
	defer late.Stop()
	s.mu.Lock()
	defer s.mu.Unlock()
	for !ok(s.screen.String()) {
		if s.ended || time.Since(begun) >= d {
			return false
		}
		s.drawn.Wait()
	}
	return true
}

func TestPromptJobEndsAboveTheLine(t *testing.T) {
	s := seatAt(t, 80, 24)
	s.does("s = listen tcp 127.0.0.1:0", "= s")
	addr := address(t, s.does("inspect s sockname", "= ('127.0.0.1'"))
	s.does("c, from = accept s &", "job 1")
	s.types("help me write")
	c, err := net.Dial("tcp", addr)
	if err != nil {
		t.Fatal(err)
	}
	defer c.Close()
	s.sees("· job 1  c, from = accept s")
	s.sees("› help me write")
	s.types("\x15")
	s.does("print $from", c.LocalAddr().(*net.TCPAddr).IP.String())
}

// TestPromptWithoutControllingTerminal is a program that starts sockstep on a terminal, but not as a login shell would.
func TestPromptWithoutControllingTerminal(t *testing.T) {
	s := seatOn(t, &syscall.SysProcAttr{Setsid: true}, 80, 24)
	s.does("a, b = socketpair", "= (a, b)")
	s.types("sendal")
	s.sees("send until all of it is sent") // the menu: this is the prompt, not plain lines
}

// TestPromptOnADumbTerminal reads plain lines, behind a prompt all the same.
func TestPromptOnADumbTerminal(t *testing.T) {
	s := seatAt(t, 80, 24, "TERM=dumb")
	s.types("a, b = socketpair\r")
	s.sees("b ESTABLISHED›")
	s.types("recv a\r")
	// Nothing on a dumb terminal tells that recv has begun to wait, and a Ctrl-C before that is nobody's.
	for try := 0; !s.shows(func(screen string) bool { return strings.Contains(screen, "interrupted") }, 100*time.Millisecond); try++ {
		if try == 100 {
			t.Fatal("Ctrl-C does not end recv")
		}
		s.types("\x03")
	}
	s.sees("\n  python  a.recv(1024)") // in a row of its own, behind the ^C
	s.sees("a ESTABLISHED›")
	s.types("half\x03")
	s.until("the prompt again", func(screen string) bool { return strings.Count(screen, "\na ESTABLISHED›") == 2 })
	s.types("nosuch\r") // Ctrl-C has dropped what was typed, and the prompt is there again
	s.sees("\na ESTABLISHED› nosuch ")
	s.sees("no command is called nosuch")
	s.types("\x04")
	s.until("the cursor in a fresh row", func(string) bool { return s.screen.Cursor().X == 0 })
	if st := s.ends(); st.ExitCode() != 0 {
		t.Errorf("the end is %v, want 0: whoever typed has seen what failed", st)
	}
}

// TestQuitIsCalm: Ctrl-\ ends a program that reads plain lines as it ends others, without pages of stack traces.
func TestQuitIsCalm(t *testing.T) {
	s := seatAt(t, 80, 24, "TERM=dumb")
	s.types("\x1c")
	st := s.ends()
	if sig := st.Sys().(syscall.WaitStatus); !sig.Signaled() || sig.Signal() != syscall.SIGQUIT {
		t.Errorf("the end is %v, want by SIGQUIT", st)
	}
	if out := s.output(); strings.Contains(out, "goroutine") {
		t.Errorf("it leaves\n%s", out)
	}
}

func TestPromptCompletes(t *testing.T) {
	s := seatAt(t, 80, 24)
	s.types("sockop")
	s.sees("read or set")
	s.types("\t")
	s.sees("sockstep› sockopt")
	s.types("\x15")
	s.does("srv = socket tcp", "= srv")
	s.types("sockopt srv so_reusea")
	s.sees("SO_REUSEADDR")
	s.types("\t 1\r")
	s.sees("[1]) = 0")
	s.does("close sr", "no socket is called sr") // Enter runs what was typed, whatever the menu offers
}

// TestPromptLeavesTheTerminalAsItWas for every way out, also in the midst of a call that waits.
func TestPromptLeavesTheTerminalAsItWas(t *testing.T) {
	for _, way := range []struct {
		name   string
		wait   bool
		out    func(*student)
		status int
	}{
		{"Ctrl-D", false, func(s *student) { s.types("\x04") }, 0},
		{"exit 3", false, func(s *student) { s.types("exit 3\r") }, 3},
		{"SIGTERM", false, func(s *student) { s.program.Process.Signal(syscall.SIGTERM) }, 128 + 15},
		{"SIGHUP", false, func(s *student) { s.program.Process.Signal(syscall.SIGHUP) }, 128 + 1},
		{"SIGTERM while recv waits", true, func(s *student) { s.program.Process.Signal(syscall.SIGTERM) }, 128 + 15},
		{"SIGTERM after Ctrl-S, when the terminal takes no more", true, func(s *student) {
			s.types("\x13")
			s.program.Process.Signal(syscall.SIGTERM)
		}, 128 + 15},
		{"SIGHUP after Ctrl-S and Ctrl-C, whose answer waits for the terminal", true, func(s *student) {
			s.types("\x13")
			s.program.Process.Signal(os.Interrupt)
			s.program.Process.Signal(syscall.SIGHUP)
		}, 128 + 1},
	} {
		t.Run(way.name, func(t *testing.T) {
			s := seatAt(t, 80, 24)
			before, err := termios.Tcgetattr(s.line.Fd())
			if err != nil {
				t.Fatal(err)
			}
			if way.wait {
				s.does("a, b = socketpair", "= (a, b)")
				s.types("recv a\r")
				s.sees("waiting for data")
			}
			way.out(s)
			if st := s.ends(); st.ExitCode() != way.status {
				t.Errorf("exit status %v, want %d", st, way.status)
			}
			after, err := termios.Tcgetattr(s.line.Fd())
			if err != nil {
				t.Fatal(err)
			}
			// The prompt had changed the modes before the first look: they must be a fresh terminal's, which echoes and takes lines.
			if after.Lflag&(syscall.ECHO|syscall.ICANON|syscall.ISIG) != syscall.ECHO|syscall.ICANON|syscall.ISIG {
				t.Errorf("local modes %#x, at the prompt %#x", after.Lflag, before.Lflag)
			}
		})
	}
}

func TestPromptKeepsHistoryAndLanguage(t *testing.T) {
	home := t.TempDir()
	keep := []string{"XDG_CONFIG_HOME=" + home, "XDG_STATE_HOME=" + home}
	s := seatAt(t, 80, 24, keep...)
	s.does("print remember me", "remember me")
	s.does("lang zh", "›")
	s.types("\x04")
	s.ends()
	for _, f := range []string{"history", "settings.json"} {
		info, err := os.Stat(filepath.Join(home, "sockstep", f))
		if err != nil {
			t.Fatal(err)
		}
		if info.Mode().Perm() != 0o600 {
			t.Errorf("%s has mode %v", f, info.Mode())
		}
	}
	s = seatAt(t, 80, 24, keep...)
	s.types("\x12remember")
	s.sees("print remember me")
	s.types("\r")
	s.sees("  remember me")
	if got := s.does("lang", "zh"); !strings.Contains(got, "zh") {
		t.Error("the language was not kept:\n", got)
	}
}

// TestPromptWatches: the picture is drawn in place while jobs go on, and a key gives the prompt back.
func TestPromptWatches(t *testing.T) {
	s := seatAt(t, 80, 24)
	s.does("s = listen tcp 127.0.0.1:0", "= s")
	s.does("to = inspect s sockname", "= ('127.0.0.1'")
	s.does("c = connect tcp $to", "= c")
	s.does("d = accept s", "= d")
	s.does("recv d --timeout 20 &", "job 1")
	s.types("watch c d --every 10ms\r")
	s.sees("any key ends it")
	s.until("one picture", func(screen string) bool { return strings.Count(screen, "any key ends it") == 1 })
	s.types("x")
	s.until("the prompt", func(screen string) bool {
		rows := strings.Split(strings.TrimRight(screen, " \n"), "\n")
		return strings.HasSuffix(strings.TrimRight(rows[len(rows)-1], " "), "›") && !strings.Contains(screen, "any key ends it")
	})
	s.does("send c hello", "= 5")
	s.sees("job 1")
	s.types("watch c\r")
	s.sees("any key ends it")
	s.types("\x03")
	s.until("the prompt", func(screen string) bool { return !strings.Contains(screen, "any key ends it") })
	s.does("print still here", "still here")
}

// TestPromptLesson begins a lesson from the shell: its first step stands above the prompt, and is done by any name.
func TestPromptLesson(t *testing.T) {
	for lang, text := range map[string][3]string{
		"en": {"Make a TCP socket", "✓", "2/11"}, "zh": {"创建一个 TCP 套接字", "✓", "2/11"},
	} {
		t.Run(lang, func(t *testing.T) {
			s := seatWith(t, &syscall.SysProcAttr{Setsid: true, Setctty: true}, 80, 24, []string{"--lang", lang, "lesson", "attributes"}, nil)
			s.sees(text[0])
			s.types("mine = socket\r")
			s.sees(text[1])
			s.sees(text[2])
			s.does("close all", "close(")
		})
	}
}

// TestPromptTellsTheEnd: how a connection ends after its close is told as it comes, while the student types.
func TestPromptTellsTheEnd(t *testing.T) {
	s := seatAt(t, 80, 40)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer l.Close()
	s.does("k = connect tcp "+l.Addr().String(), "= k")
	c, err := l.Accept()
	if err != nil {
		t.Fatal(err)
	}
	s.types("\x0cclose k\r")
	s.sees("FIN_WAIT2")
	s.types("half a line")
	s.sees("sockstep› half a line") // the line is over
	c.Close()
	s.until("what became of it, above the line", func(screen string) bool {
		return inOrder(screen, "FIN_WAIT2", "FIN_WAIT2 → TIME_WAIT", "ended its side before", "sockstep› half a line")
	})
	s.types("\x15\x04")
	s.ends()
}

// inOrder reports whether a text has these parts, each behind the one before.
func inOrder(text string, parts ...string) bool {
	for _, part := range parts {
		i := strings.Index(text, part)
		if i < 0 {
			return false
		}
		text = text[i+len(part):]
	}
	return true
}
