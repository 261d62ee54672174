package examples

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
)

// The most that Ctrl-C may take in the middle of the runs, and in the worst of them, which a busy machine may hold up.
const (
	atMost      = 50 * time.Millisecond
	atMostOnce  = 2 * time.Second
	interrupted = 12 // runs of each line
)

// blockedIn waits until a thread of the process is in a system call on a descriptor (-1: any), as /proc tells.
func blockedIn(t *testing.T, p *program, call int, fd int64) {
	t.Helper()
	tasks := filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "task")
	want := strconv.Itoa(call) + " "
	if fd >= 0 {
		want += fmt.Sprintf("%#x ", fd)
	}
	until(t, "the call blocks", func() bool {
		threads, err := os.ReadDir(tasks)
		if err != nil {
			t.Fatalf("%s is gone: %v", p.cmd.Args, err)
		}
		for _, thread := range threads {
			text, err := os.ReadFile(filepath.Join(tasks, thread.Name(), "syscall"))
			if os.IsPermission(err) {
				t.Skipf("NOT TESTED: /proc does not tell what a process waits for: %v", err)
			}
			if err == nil && strings.HasPrefix(string(text), want) {
				return true
			}
		}
		return false
	})
}

// TestInterrupt sends SIGINT to a script whose last line blocks: the line ends at once, says so, leaves its socket as it was, and
// the exit status is 1.
func TestInterrupt(t *testing.T) {
	tcp := []string{"s = listen tcp 127.0.0.1:0", "p = inspect s sockname", "k = connect tcp $p", "c = accept s"}
	for _, x := range []struct {
		name    string
		before  []string
		line    string
		call    int
		says    string // the system call's name; "" where the wait is none
		partial bool   // some of it was done
	}{
		{"accept", tcp, "accept s", syscall.SYS_ACCEPT, "accept", false},
		{"recv", tcp, "recv c", syscall.SYS_RECVFROM, "recvfrom", false},
		{"recv --exactly", append(tcp[:4:4], "send k abc"), "recv c --exactly 100", syscall.SYS_RECVFROM, "recvfrom", true},
		{"recv --until", append(tcp[:4:4], "send k abc"), `recv c --until '\n'`, syscall.SYS_RECVFROM, "recvfrom", true},
		{"recv with a timeout", append(tcp[:4:4], "settimeout c 60"), "recv c", -1, "poll", false},
		{"connect", []string{"s = listen tcp 127.0.0.1:0 0", "p = inspect s sockname", "k = connect tcp $p", "j = socket tcp"}, "connect j $p", syscall.SYS_CONNECT, "connect", false},
		{"connect unix", []string{"s = listen unix @sockstep-interrupt 0", "k = connect unix @sockstep-interrupt", "j = socket unix"}, "connect j unix:@sockstep-interrupt", syscall.SYS_CONNECT, "connect", false},
		{"send", tcp, "send k --fill 16M", syscall.SYS_SENDTO, "sendto", true},
		{"sendall", tcp, "sendall k --fill 64M", syscall.SYS_SENDTO, "sendto", true},
		{"send to a full socket", []string{"a, b = socketpair", "n = send a --fill 1M --dontwait"}, "send a --fill 1M", syscall.SYS_SENDTO, "sendto", false},
		{"recvfrom", []string{"u = listen udp 127.0.0.1:0"}, "recvfrom u", syscall.SYS_RECVFROM, "recvfrom", false},
		{"recvmsg", []string{"a, b = socketpair"}, "recvmsg b", syscall.SYS_RECVMSG, "recvmsg", false},
		{"poll", tcp, "poll s c", -1, "poll", false},
		{"sleep", nil, "sleep 60", -1, "", false},
		{"wait", append(tcp[:4:4], "recv c &"), "wait", -1, "", false},
	} {
		t.Run(x.name, func(t *testing.T) {
			script := filepath.Join(t.TempDir(), "script")
			if err := os.WriteFile(script, []byte(strings.Join(append(x.before[:len(x.before):len(x.before)], x.line, "print never"), "\n")+"\n"), 0o600); err != nil {
				t.Fatal(err)
			}
			var took []time.Duration
			for range interrupted {
				p := start(t, t.TempDir(), sockstep, "--json", "run", script)
				p.says(fmt.Sprintf(`(?s)(.*\n){%d}`, len(x.before))) // the lines before it are over
				switch {
				case x.call >= 0:
					blockedIn(t, p, x.call, -1)
				case x.says == "poll":
					blockedIn(t, p, pollCall, -1)
				default:
					atRest(t, p)
				}
				begin := time.Now()
				if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
					t.Fatal(err)
				}
				status := p.ends()
				took = append(took, time.Since(begin))
				acts, err := parseActs(p.stdout())
				if err != nil {
					t.Fatal(err)
				}
				a := acts[len(acts)-1]
				for *a.Line != x.line && len(acts) > 1 { // a job that is left is told of behind it
					acts = acts[:len(acts)-1]
					a = acts[len(acts)-1]
				}
				if status != 1 || *a.Line != x.line || *a.OK || a.Error == nil || a.Error.Kind != "cancelled" || !strings.Contains(a.notes(), "cancelled") {
					t.Fatalf("exit status %d, and the last act is %s: %+v, notes %q", status, *a.Line, a.Error, a.notes())
				}
				calls := a.calls()
				last := slices.IndexFunc(calls, func(c step) bool { return c.Interrupted })
				if x.says != "" && (last < 0 || calls[last].Op != x.says) {
					t.Fatalf("no %s is told as interrupted: %+v", x.says, calls)
				}
				if done := a.Value.Type != "none"; done != x.partial {
					t.Fatalf("what was done before is told: %v, not %v; %+v", done, x.partial, a.Value)
				}
				if strings.Contains(p.stderr(), "goroutine") {
					t.Fatal(p.stderr())
				}
			}
			slices.Sort(took)
			middle, worst := took[len(took)/2], took[len(took)-1]
			t.Logf("from SIGINT to the exit: %v in the middle, %v at worst", middle.Round(10*time.Microsecond), worst.Round(10*time.Microsecond))
			if !raceDetector && middle > atMost || worst > atMostOnce {
				t.Errorf("Ctrl-C takes %v in the middle, %v at worst", middle, worst)
			}
		})
	}
}

// atRest waits until the process has done nothing for a while: each of its threads waits, and has run no more.
// A line that waits for no system call leaves no better trace.
func atRest(t *testing.T, p *program) {
	t.Helper()
	tasks := filepath.Join("/proc", strconv.Itoa(p.cmd.Process.Pid), "task")
	before, since := "", time.Now()
	until(t, "the process is at rest", func() bool {
		threads, err := os.ReadDir(tasks)
		if err != nil {
			t.Fatalf("%s is gone: %v", p.cmd.Args, err)
		}
		now := ""
		for _, thread := range threads {
			at, err := os.ReadFile(filepath.Join(tasks, thread.Name(), "syscall"))
			status, err2 := os.ReadFile(filepath.Join(tasks, thread.Name(), "status")) // with the count of its turns on a processor
			if err != nil || err2 != nil || strings.HasPrefix(string(at), "running") {
				before = ""
				return false
			}
			now += string(at) + string(status)
		}
		if now != before {
			before, since = now, time.Now()
		}
		return time.Since(since) > 50*time.Millisecond
	})
}

// TestCancelLeavesTheSocket ends a job as Ctrl-C ends a line, and goes on with the socket that it waited on.
func TestCancelLeavesTheSocket(t *testing.T) {
	s := &shell{program: start(t, t.TempDir(), sockstep, "--json", "--keep-going", "-c", "a, b = socketpair", "-c", "j = recv b &", "-c", "cancel", "-c", "send a still here", "-c", "recv b", "-c", "expect still here", "-c", "close all")}
	for range 7 {
		if a := s.finished(); !*a.OK {
			t.Errorf("%s: %+v", *a.Line, a.Error)
		}
	}
	if status := s.ends(); status != 0 {
		t.Errorf("exit status %d", status)
	}
}

// TestInterruptTwice: a script that nobody listens to any more, but whose pipe is still open, is ended by a second Ctrl-C.
func TestInterruptTwice(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte(strings.Repeat("help send\n", 300)), 0o600); err != nil {
		t.Fatal(err)
	}
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer r.Close()
	p := &program{t: t, cmd: exec.Command(sockstep, "run", script), ended: make(chan struct{}), news: make(chan struct{})}
	p.cmd.Stdout = w
	if err := p.cmd.Start(); err != nil {
		t.Fatal(err)
	}
	w.Close()
	t.Cleanup(p.kill)
	go func() {
		_ = p.cmd.Wait()
		close(p.ended)
	}()
	blockedIn(t, p, syscall.SYS_WRITE, -1)
	until(t, "Ctrl-C again and again ends it", func() bool {
		_ = p.cmd.Process.Signal(os.Interrupt)
		select {
		case <-p.ended:
			return true
		default:
			return false
		}
	})
	if w := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !w.Signaled() || w.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v", p.cmd.ProcessState)
	}
}

// TestEndedBySignal: the signals that end a program end the line that waits, and the jobs, first. The line says what it did, what
// came is in the files that were asked for, under their names and no others, and no line comes after it.
func TestEndedBySignal(t *testing.T) {
	for _, sig := range []syscall.Signal{syscall.SIGTERM, syscall.SIGHUP, syscall.SIGQUIT} {
		t.Run(sig.String(), func(t *testing.T) {
			dir := t.TempDir()
			p := start(t, dir, sockstep, "--json", "--keep-going", "-c", "a, b = socketpair", "-c", "c, d = socketpair", "-c", "recv c --exactly 100 --out of-job &",
				"-c", "send d job", "-c", "send a line", "-c", "recv b --exactly 100 --out of-line", "-c", "print never")
			p.says(`(?s)(.*\n){5}`)
			until(t, "the line and the job wait for more", func() bool {
				found, err := filepath.Glob(filepath.Join(dir, ".of-*"))
				var bytes int64
				for _, f := range found {
					if info, err := os.Stat(f); err == nil {
						bytes += info.Size()
					}
				}
				return err == nil && bytes == int64(len("job"+"line"))
			})
			if err := p.cmd.Process.Signal(sig); err != nil {
				t.Fatal(err)
			}
			p.ends()
			if w := p.cmd.ProcessState.Sys().(syscall.WaitStatus); !w.Signaled() || w.Signal() != sig {
				t.Errorf("it ended with %v", p.cmd.ProcessState)
			}
			var files []string
			entries, err := os.ReadDir(dir)
			for _, e := range entries {
				text, _ := os.ReadFile(filepath.Join(dir, e.Name()))
				files = append(files, e.Name()+": "+string(text))
			}
			if want := []string{"of-job: job", "of-line: line"}; err != nil || !slices.Equal(files, want) {
				t.Errorf("the files are %q, not %q", files, want)
			}
			acts, err := parseActs(p.stdout())
			if err != nil {
				t.Fatal(err)
			}
			for i, want := range []struct {
				line  string
				bytes int64
			}{{"recv b", 4}, {"recv c", 3}} { // the line's own end, and the job's
				if a := acts[len(acts)-2+i]; !strings.HasPrefix(*a.Line, want.line) || a.Error == nil || a.Error.Kind != "cancelled" || a.Value.Int != want.bytes {
					t.Errorf("of %s is told %s: %+v, %+v", want.line, *a.Line, a.Error, a.Value)
				}
			}
			if p.stderr() != "" {
				t.Errorf("stderr: %.400s", p.stderr())
			}
		})
	}
}

// TestInterruptBetweenLines: where nothing runs, Ctrl-C ends the program as it ends every other.
func TestInterruptBetweenLines(t *testing.T) {
	s := open(t, t.TempDir())
	s.do("s = socket tcp")
	blockedIn(t, s.program, syscall.SYS_READ, 0)
	if err := s.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	s.ends()
	if w := s.cmd.ProcessState.Sys().(syscall.WaitStatus); !w.Signaled() || w.Signal() != syscall.SIGINT {
		t.Errorf("it ended with %v", s.cmd.ProcessState)
	}
}

// TestInterruptOfAScript: Ctrl-C ends a script whose lines never wait, too.
func TestInterruptOfAScript(t *testing.T) {
	script := filepath.Join(t.TempDir(), "script")
	if err := os.WriteFile(script, []byte("a, b = socketpair\n"+strings.Repeat("send a x\nrecv b\n", 200000)), 0o600); err != nil {
		t.Fatal(err)
	}
	p := start(t, t.TempDir(), sockstep, "--json", "--keep-going", "run", script)
	p.says(`"act":100,`)
	if err := p.cmd.Process.Signal(os.Interrupt); err != nil {
		t.Fatal(err)
	}
	status := p.ends()
	w := p.cmd.ProcessState.Sys().(syscall.WaitStatus)
	if status != 1 && !(w.Signaled() && w.Signal() == syscall.SIGINT) {
		t.Errorf("it ended with %v", p.cmd.ProcessState)
	}
	if strings.Contains(p.stdout(), `"act":400001,`) {
		t.Error("the script ran to its end")
	}
}

// TestPeerDies: a peer that is killed with bytes unread breaks the connection off, and the shell lives on. A SIGPIPE from anywhere does nothing.
func TestPeerDies(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.all("s = socket tcp", "sockopt s SO_REUSEADDR 1", "bind s 127.0.0.1:0", "listen s")
	client := python(t, dir, "client.py", s.port("s"))
	client.types("hello\n")
	s.do("c = accept s")
	s.gives("recv c", "hello")
	s.do("send c answer")
	client.says("answer: answer")
	blockedIn(t, client, syscall.SYS_READ, 0) // it waits for its own input, and reads nothing more
	s.do("send c unread")
	client.kill()
	s.do("poll c --timeout 10")
	s.do("!ECONNRESET recv c")
	s.do("!EPIPE send c anybody?")
	if err := s.cmd.Process.Signal(syscall.SIGPIPE); err != nil {
		t.Fatal(err)
	}
	s.all("close c", "close s")

	// A peer that dies while a line waits for it.
	server := python(t, dir, "server.py", "0")
	s.do("k = connect tcp 127.0.0.1:" + server.says(`waiting: (\d+)`)[1])
	server.says("client: ")
	s.begin("recv k")
	blockedIn(t, s.program, syscall.SYS_RECVFROM, -1)
	server.kill()
	if a := s.finished(); !*a.OK || data(t, a) != "" || !strings.Contains(a.notes(), "eof") {
		t.Errorf("recv, as its peer was killed: %+v %s", a.Error, a.notes())
	}
	s.do("close k")
	s.leave()
}

// TestStandardFiles: no standard file need be there, and none that breaks makes the program hang or crash.
func TestStandardFiles(t *testing.T) {
	sh := peer(t, "sh")
	script := filepath.Join(here, "03-unix.sock")
	for _, x := range []struct {
		name, command string
		want          string
	}{
		{"closed stdin", `"$1" run "$2" <&- >/dev/null`, "0"},
		{"closed stdout", `"$1" run "$2" >&-`, "0"},
		{"closed stdout, JSON", `"$1" --json run "$2" >&-`, "0"},
		{"all closed", `"$1" run "$2" <&- >&- 2>&-`, "0"},
		{"nothing on stdin", `"$1" </dev/null`, "0"},
		{"no stdin to read from", `"$1" run - <&-`, "0"},
		{"full disk", `"$1" run "$2" >/dev/full`, "1"},
	} {
		t.Run(x.name, func(t *testing.T) {
			p := start(t, t.TempDir(), sh, "-c", x.command, "sh", sockstep, script)
			if got := strconv.Itoa(p.ends()); got != x.want || strings.Contains(p.stderr(), "goroutine") {
				t.Errorf("exit status %s, not %s: %s", got, x.want, p.stderr())
			}
		})
	}
	t.Run("a reader that left", func(t *testing.T) {
		for _, flag := range []string{"--lang=en", "--json"} {
			r, w, err := os.Pipe()
			if err != nil {
				t.Fatal(err)
			}
			r.Close()
			cmd := exec.Command(sockstep, flag, "run", script)
			cmd.Dir, cmd.Stdout = t.TempDir(), w
			err = cmd.Run()
			w.Close()
			status, _ := cmd.ProcessState.Sys().(syscall.WaitStatus)
			if err == nil || !(status.Signaled() && status.Signal() == syscall.SIGPIPE) && status.ExitStatus() != 1 {
				t.Errorf("%s: it ended with %v", flag, cmd.ProcessState)
			}
		}
	})
}
