package tty

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
	"github.com/hinshun/vt10x"
	"github.com/pkg/term/termios"

	"sockstep/sockets/names"
)

// patience is for machines that are busy with something else; a test that passes waits for nothing.
const patience = 20 * time.Second

// TestMain is also the program that the tests look at: a shell on a terminal of its own.
func TestMain(m *testing.M) {
	if os.Getenv("TTY_TEST_SHELL") != "" {
		os.Exit(shellMain())
	}
	os.Exit(m.Run())
}

// shellMain runs testShell as main would run the true one.
func shellMain() int {
	t, err := Open(Options{In: os.Stdin, Out: os.Stdout, HistoryFile: os.Getenv("TTY_TEST_HISTORY"), HistoryMax: 50, Color: os.Getenv("TTY_TEST_COLOR") != "",
		Lang: func() names.Lang { l, _ := names.ParseLang(os.Getenv("TTY_TEST_LANG")); return l }})
	if err != nil {
		fmt.Println("open:", err)
		return 3
	}
	defer t.Close()
	err = t.Loop(context.Background(), &testShell{t: t})
	var sig *SignalError
	switch {
	case errors.As(err, &sig):
		fmt.Println("signal", int(sig.Signal))
		return sig.ExitStatus()
	case err != nil:
		fmt.Println("loop:", err)
		return 1
	}
	fmt.Println("end of loop")
	return 0
}

// testShell answers with what it was given.
type testShell struct {
	t    *Terminal
	mu   sync.Mutex
	text string
}

func (s *testShell) Prefix() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.text + "> "
}

func (s *testShell) Run(ctx context.Context, text string) (quit bool) {
	word, rest, _ := strings.Cut(text, " ")
	switch word {
	case "panic":
		panic("boom")
	case "quit":
		return true
	case "block": // until Ctrl-C
		fmt.Fprintln(s.t, "blocking")
		<-ctx.Done()
		fmt.Fprintln(s.t, "interrupted")
	case "status": // tells what it waits for, until Ctrl-C
		fmt.Fprintln(s.t, "blocking")
		s.t.Status("waiting for " + rest)
		<-ctx.Done()
		s.t.Status("")
		fmt.Fprintln(s.t, "interrupted")
	case "live": // a picture of two lines, until a key, Ctrl-C or its time; "live panic" leaves it behind
		s.live(ctx, rest)
	case "flood": // says more than a terminal takes
		for {
			fmt.Fprintln(s.t, strings.Repeat("flood ", 12))
		}
	case "stuck":
		fmt.Fprintln(s.t, "blocking")
		select {}
	case "noeol":
		fmt.Fprint(s.t, rest)
	case "history":
		fmt.Fprintf(s.t, "%q\n", s.t.History())
	case "prefix":
		s.mu.Lock()
		s.text = rest
		s.mu.Unlock()
	case "later": // the prefix changes while a line is being typed
		go func() {
			for s.t.Height() != 30 {
				time.Sleep(time.Millisecond)
			}
			s.mu.Lock()
			s.text = rest
			s.mu.Unlock()
			s.t.Refresh()
		}()
	case "notices":
		n, _ := strconv.Atoi(rest)
		go func() {
			for i := range n {
				time.Sleep(5 * time.Millisecond)
				s.t.Notice(fmt.Sprintf("[notice %d] 连接来自 127.0.0.1", i+1))
			}
		}()
	case "notice":
		s.t.Notice(rest)
	case "size":
		fmt.Fprintf(s.t, "%dx%d\n", s.t.Width(), s.t.Height())
	case "goroutine":
		fmt.Fprintln(s.t, "first")
		s.t.Notice("\x1b[31mred\x1b[2Jnot cleared\a")
	default:
		fmt.Fprintf(s.t, "<%s>\n", text)
	}
	return false
}

func (s *testShell) live(ctx context.Context, how string) {
	l, err := s.t.Live()
	if err != nil {
		fmt.Fprintln(s.t, err)
		return
	}
	over := make(<-chan time.Time)
	if d, err := time.ParseDuration(how); err == nil {
		over = time.After(d)
	}
	for i := 1; ; i++ {
		cols, rows := l.Size()
		l.Draw([]string{fmt.Sprintf("frame %d of %dx%d %s", i, cols, rows, strings.Repeat("·", max(cols-30, 0))), "the last line"})
		if how == "panic" {
			panic("boom")
		}
		select {
		case <-time.After(5 * time.Millisecond):
			continue
		case <-l.Resized():
			continue
		case <-ctx.Done():
		case <-l.Ended():
		case <-over:
		}
		l.Close()
		fmt.Fprintln(s.t, "over")
		return
	}
}

func (s *testShell) Complete(text string, cursor int) (list []Suggestion) {
	start := strings.LastIndexByte(text[:cursor], ' ') + 1
	word := text[start:cursor]
	if word == "boom" {
		panic("completion")
	}
	if word == "many" {
		for i := range 40 {
			list = append(list, Suggestion{fmt.Sprintf("many%02d", i), "number " + strconv.Itoa(i), start})
		}
		return list
	}
	for _, c := range []Suggestion{
		{"listen", "wait for connections", 0},
		{"list", "all sockets", 0},
		{"connect", "连接到服务器", 0},
		{"quoted \"two words\"", "ready to insert", 0},
		{"evil\x1b[2J", "\x1b]0;title\a", 0},
	} {
		if c.Start = start; strings.HasPrefix(c.Text, word) && (word != "" || text == "") {
			list = append(list, c)
		}
	}
	return list
}

// A desk is a student's terminal with the shell running in it.
type desk struct {
	t     testing.TB
	cmd   *exec.Cmd
	pty   *os.File // the student's side
	tty   *os.File // the shell's side, kept open so that its modes can be read at any time
	found string   // the modes before

	mu      sync.Mutex
	changed chan struct{} // closed at each change
	vt      vt10x.Terminal
	out     bytes.Buffer
	gone    bool
	deaf    string // the output after which it takes no more
	status  chan error
}

type deskOptions struct {
	cols, rows int
	history    string
	env        []string
}

// sit starts the shell and waits for its prompt.
func sit(t testing.TB, o deskOptions) *desk {
	t.Helper()
	d := start(t, o)
	d.until("the prompt", func() bool { return d.line() == ">" })
	return d
}

// start starts the shell.
func start(t testing.TB, o deskOptions) *desk {
	t.Helper()
	if o.cols == 0 {
		o.cols, o.rows = 80, 24
	}
	p, tty, err := pty.Open()
	if err != nil {
		t.Fatal(err)
	}
	if p, err = polled(p); err != nil {
		t.Fatal(err)
	}
	d := &desk{t: t, pty: p, tty: tty, changed: make(chan struct{}), status: make(chan error, 1),
		vt: vt10x.New(vt10x.WithSize(o.cols, o.rows))}
	d.resize(o.cols, o.rows)
	d.found = d.modes()
	d.cmd = exec.Command(os.Args[0])
	d.cmd.Env = append(os.Environ(), "TTY_TEST_SHELL=1", "TTY_TEST_HISTORY="+o.history, "TERM=xterm-256color", "LC_ALL=C.UTF-8",
		"GORACE=atexit_sleep_ms=0")
	d.cmd.Env = append(d.cmd.Env, o.env...)
	d.cmd.Stdin, d.cmd.Stdout, d.cmd.Stderr = tty, tty, tty
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true, Setctty: true}
	if err := d.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	go d.read(p)
	go func() { d.status <- d.cmd.Wait() }()
	t.Cleanup(func() {
		d.cmd.Process.Kill()
		d.pty.Close()
		d.tty.Close()
		if t.Failed() {
			t.Logf("the screen:\n%s", d.screen())
		}
	})
	return d
}

// polled is the same file in a form that can be closed while it is read.
func polled(f *os.File) (*os.File, error) {
	defer f.Close()
	fd, err := syscall.Dup(int(f.Fd()))
	if err != nil {
		return nil, err
	}
	syscall.CloseOnExec(fd)
	if err := syscall.SetNonblock(fd, true); err != nil {
		return nil, err
	}
	return os.NewFile(uintptr(fd), f.Name()), nil
}

func (d *desk) read(p *os.File) {
	b := make([]byte, 65536)
	for {
		n, err := p.Read(b)
		d.mu.Lock()
		d.vt.Write(b[:n])
		d.out.Write(b[:n])
		d.gone = err != nil
		deaf := d.deaf != "" && strings.Contains(d.out.String(), d.deaf)
		close(d.changed)
		d.changed = make(chan struct{})
		d.mu.Unlock()
		if err != nil || deaf {
			return
		}
	}
}

// until waits for the screen to be as wanted.
func (d *desk) until(what string, ok func() bool) {
	d.t.Helper()
	deadline := time.NewTimer(patience)
	defer deadline.Stop()
	for {
		d.mu.Lock()
		changed, gone := d.changed, d.gone
		d.mu.Unlock()
		if ok() {
			return
		}
		if gone {
			d.t.Fatalf("the shell has gone before %s", what)
		}
		select {
		case <-changed:
		case <-deadline.C:
			d.t.Fatalf("no sign of %s", what)
		}
	}
}

// sees waits for a text on the screen.
func (d *desk) sees(text string) {
	d.t.Helper()
	d.until(fmt.Sprintf("%q", text), func() bool { return strings.Contains(d.screen(), text) })
}

// prompts waits for the cursor's line to be the prompt with this text.
func (d *desk) prompts(text string) {
	d.t.Helper()
	d.until(fmt.Sprintf("a prompt with %q", text), func() bool { return d.line() == strings.TrimRight("> "+text, " ") })
}

// types presses keys.
func (d *desk) types(keys string) {
	d.t.Helper()
	if _, err := d.pty.WriteString(keys); err != nil {
		d.t.Fatal(err)
	}
}

// screen is what the student sees.
func (d *desk) screen() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	rows := strings.Split(d.vt.String(), "\n")
	for i := range rows {
		rows[i] = strings.TrimRight(rows[i], " ")
	}
	return strings.TrimRight(strings.Join(rows, "\n"), "\n")
}

// line is the row with the cursor.
func (d *desk) line() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	rows, y := strings.Split(d.vt.String(), "\n"), d.vt.Cursor().Y
	if y >= len(rows) {
		return ""
	}
	return strings.TrimRight(rows[y], " ")
}

// cursor is the column of the cursor.
func (d *desk) cursor() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.vt.Cursor().X
}

// output is every byte that the shell wrote. The kernel makes \r\n of \n, and so \r\r\n of \r\n.
func (d *desk) output() string {
	d.mu.Lock()
	defer d.mu.Unlock()
	return strings.ReplaceAll(d.out.String(), "\r\r\n", "\r\n")
}

// resize changes the window.
func (d *desk) resize(cols, rows int) {
	d.mu.Lock()
	if cols > 0 && rows > 0 {
		d.vt.Resize(cols, rows)
	}
	d.mu.Unlock()
	// On the shell's side, since Fd would make ours blocking, and then it could not be closed while it is read.
	if err := pty.Setsize(d.tty, &pty.Winsize{Cols: uint16(cols), Rows: uint16(rows)}); err != nil {
		d.t.Fatal(err)
	}
}

// modes are the terminal's modes as text.
func (d *desk) modes() string {
	d.t.Helper()
	m, err := termios.Tcgetattr(d.tty.Fd())
	if err != nil {
		d.t.Fatal(err)
	}
	return fmt.Sprintf("%+v", *m)
}

// cooked sets the modes that a shell has without us.
func (d *desk) cooked() {
	d.t.Helper()
	m, err := termios.Tcgetattr(d.tty.Fd())
	if err == nil {
		m.Lflag |= syscall.ECHO | syscall.ICANON | syscall.ISIG
		m.Iflag |= syscall.ICRNL
		err = termios.Tcsetattr(d.tty.Fd(), termios.TCSANOW, m)
	}
	if err != nil {
		d.t.Fatal(err)
	}
}

// ends waits for the shell to end, and checks its status and the terminal that it leaves.
func (d *desk) ends(status int) {
	d.t.Helper()
	select {
	case <-d.status:
	case <-time.After(patience):
		d.cmd.Process.Signal(syscall.SIGQUIT)
		d.t.Fatal("the shell does not end")
	}
	if got := d.cmd.ProcessState.ExitCode(); got != status {
		d.t.Errorf("exit status %d (%v), want %d", got, d.cmd.ProcessState, status)
	}
	if got := d.modes(); got != d.found {
		d.t.Errorf("modes after the end: %s\nbefore: %s", got, d.found)
	}
	// A screen is sound when pastes are plain, the cursor is to be seen, and the next prompt has a line to itself.
	d.until("the last bytes", func() bool { return strings.Contains(d.output(), pasteOff) })
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.vt.CursorVisible() {
		d.t.Error("the cursor is hidden")
	}
	if x := d.vt.Cursor().X; x != 0 {
		d.t.Errorf("the cursor is left in column %d", x)
	}
}

// peer finds a program that a test needs beside it.
func peer(t testing.TB, name string) string {
	t.Helper()
	p, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatalf("%s is required: %v", name, err)
		}
		t.Skipf("SKIPPED, NOT TESTED: %s is not installed", name)
	}
	return p
}

// historyFile is a file with these lines.
func historyFile(t testing.TB, lines ...string) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "history")
	if len(lines) > 0 {
		if err := os.WriteFile(name, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return name
}
