//go:build linux

package main

import (
	"bytes"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/creack/pty"
)

// The benchmarks of this package measure the program itself, and in the same run python3 beside it, in turns: the ratios
// hold on any machine, the milliseconds on a quiet one.
//
//	go test -run '^$' -bench . ./cmd/sockstep
//	go test -run '^$' -bench 'Start|Lines' -benchtime 50x -count 5 ./cmd/sockstep
//
// x-python is how many times as long as python3 it takes, below 1 is faster; x-bare-speed how fast a bulk transfer is
// against a bare loop of the same calls. -short makes the transfers small.

// program is the program as a user builds it.
func program(b *testing.B) string {
	b.Helper()
	name := filepath.Join(b.TempDir(), "sockstep")
	if out, err := exec.Command("go", "build", "-buildvcs=false", "-o", name, ".").CombinedOutput(); err != nil {
		b.Fatalf("%v: %s", err, out)
	}
	return name
}

// python is the interpreter itself: what the PATH has may be a wrapper, which starts slowly.
func python(b *testing.B) string {
	b.Helper()
	out, err := exec.Command("python3", "-c", "import sys; print(sys.executable)").Output()
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			b.Fatalf("python3 is required: %v", err)
		}
		b.Skip("SKIPPED, NOT MEASURED: python3 is not installed")
	}
	return strings.TrimSpace(string(out))
}

// environment keeps the benchmarks away from the user's own files, and the prompt in colour off.
func environment(b *testing.B) []string {
	home := b.TempDir()
	return append(os.Environ(), "HOME="+home, "XDG_CONFIG_HOME="+home, "XDG_STATE_HOME="+home, "XDG_DATA_HOME="+home,
		"LC_ALL=C.UTF-8", "TERM=xterm-256color", "NO_COLOR=1", "PYTHON_HISTORY="+filepath.Join(home, "history"))
}

// A seat is a program at a terminal of its own.
type seat struct {
	b   *testing.B
	cmd *exec.Cmd
	pty *os.File
	out chan []byte
	all []byte
}

// sit starts a program at a terminal.
func sit(b *testing.B, env []string, args ...string) *seat {
	b.Helper()
	s := &seat{b: b, cmd: exec.Command(args[0], args[1:]...), out: make(chan []byte, 1024)}
	s.cmd.Env = env
	var err error
	if s.pty, err = pty.StartWithSize(s.cmd, &pty.Winsize{Rows: 24, Cols: 80}); err != nil {
		b.Fatal(err)
	}
	go func() {
		defer close(s.out)
		for {
			p := make([]byte, 4096)
			n, err := s.pty.Read(p)
			if n > 0 {
				s.out <- p[:n]
			}
			if err != nil { // EIO: it has gone
				return
			}
		}
	}()
	return s
}

// until reads on until the program has written text.
func (s *seat) until(text string) {
	s.b.Helper()
	from := 0
	for deadline := time.After(20 * time.Second); !bytes.Contains(s.all[from:], []byte(text)); {
		select {
		case p, ok := <-s.out:
			if !ok {
				s.b.Fatalf("%s has gone before %q: %q", s.cmd.Path, text, s.all)
			}
			s.all = append(s.all, p...)
		case <-deadline:
			s.b.Fatalf("%s: no %q in %q", s.cmd.Path, text, s.all)
		}
	}
	s.all = s.all[:0]
}

// quiet takes what is still to come.
func (s *seat) quiet(d time.Duration) {
	for {
		select {
		case _, ok := <-s.out:
			if !ok {
				return
			}
		case <-time.After(d):
			return
		}
	}
}

func (s *seat) types(keys string) {
	s.b.Helper()
	if _, err := io.WriteString(s.pty, keys); err != nil {
		s.b.Fatal(err)
	}
}

func (s *seat) leave() {
	s.cmd.Process.Kill()
	s.cmd.Wait()
	s.pty.Close()
	s.quiet(time.Second)
}

// BenchmarkStart measures from the start of the process to its first prompt, against python3 -q.
func BenchmarkStart(b *testing.B) {
	ours, theirs := []string{program(b)}, []string{python(b), "-q"}
	env := environment(b)
	var we, they []time.Duration
	for b.Loop() {
		we = append(we, start(b, env, "sockstep› ", ours...))
		they = append(they, start(b, env, ">>> ", theirs...))
	}
	b.ReportMetric(ms(median(we)), "ours-ms")
	b.ReportMetric(ms(median(they)), "python-ms")
	b.ReportMetric(float64(median(we))/float64(median(they)), "x-python")
	b.ReportMetric(0, "ns/op")
}

func start(b *testing.B, env []string, prompt string, args ...string) time.Duration {
	begin := time.Now()
	s := sit(b, env, args...)
	defer s.leave()
	s.until(prompt)
	return time.Since(begin)
}

// BenchmarkKeyToEcho measures from a key to its echo, at the pace of somebody who types fast, against python3 -q.
func BenchmarkKeyToEcho(b *testing.B) {
	env := environment(b)
	ours, theirs := sit(b, env, program(b)), sit(b, env, python(b), "-q")
	defer ours.leave()
	defer theirs.leave()
	ours.until("sockstep› ")
	theirs.until(">>> ")
	var we, they []time.Duration
	for i := 0; b.Loop(); i++ {
		we = append(we, echo(ours))
		they = append(they, echo(theirs))
		if i%40 == 39 { // a line that is not too long
			for _, s := range []*seat{ours, theirs} {
				s.types("\x15")
				s.quiet(100 * time.Millisecond)
			}
		}
	}
	for _, x := range []struct {
		who  string
		took []time.Duration
	}{{"ours", we}, {"python", they}} {
		b.ReportMetric(ms(median(x.took)), x.who+"-p50-ms")
		b.ReportMetric(ms(x.took[len(x.took)*95/100]), x.who+"-p95-ms")
	}
	b.ReportMetric(float64(median(we))/float64(median(they)), "x-python")
	b.ReportMetric(0, "ns/op")
}

func echo(s *seat) time.Duration {
	s.quiet(20 * time.Millisecond)
	begin := time.Now()
	s.types("7") // no word of either language begins so: no menu
	s.until("7")
	return time.Since(begin)
}

// BenchmarkIdle measures what a prompt costs at which nobody types: a session with a listening socket and two connections, of
// which the packets are looked at where that is allowed.
func BenchmarkIdle(b *testing.B) {
	seconds := 4 * time.Second
	if testing.Short() {
		seconds = 500 * time.Millisecond
	}
	env := environment(b)
	ours, theirs := sit(b, env, program(b)), sit(b, env, python(b), "-q")
	defer ours.leave()
	defer theirs.leave()
	theirs.until(">>> ")
	ours.until("sockstep› ")
	ours.types("s = listen tcp 127.0.0.1:0\r")
	ours.until("s LISTEN› ")
	ours.types("to = inspect s sockname\r")
	ours.until("s LISTEN› ")
	ours.types("c = connect tcp $to\r")
	ours.until("c ESTABLISHED› ")
	ours.types("a, b = socketpair\r")
	ours.until("b ESTABLISHED› ")
	time.Sleep(time.Second) // until the runtime's own threads have gone to sleep
	var cpu, wakes, theirCPU, theirWakes float64
	for b.Loop() {
		c, w := spent(b, ours)
		tc, tw := spent(b, theirs)
		time.Sleep(seconds)
		c2, w2 := spent(b, ours)
		tc2, tw2 := spent(b, theirs)
		cpu, wakes, theirCPU, theirWakes = cpu+c2-c, wakes+w2-w, theirCPU+tc2-tc, theirWakes+tw2-tw
	}
	all := float64(b.N) * seconds.Seconds()
	b.ReportMetric(100*cpu/all, "%CPU")
	b.ReportMetric(wakes/all, "wake-ups/s")
	b.ReportMetric(100*theirCPU/all, "python-%CPU")
	b.ReportMetric(theirWakes/all, "python-wake-ups/s")
	b.ReportMetric(0, "ns/op")
}

// spent is the CPU time of a process in seconds, and how often its threads have gone to sleep.
func spent(b *testing.B, s *seat) (cpu, sleeps float64) {
	b.Helper()
	proc := "/proc/" + strconv.Itoa(s.cmd.Process.Pid)
	tasks, err := filepath.Glob(proc + "/task/*/status")
	if err != nil || len(tasks) == 0 {
		b.Fatal("no tasks: ", err)
	}
	for _, task := range tasks {
		status, _ := os.ReadFile(task) // a thread may have ended
		for line := range strings.Lines(string(status)) {
			if n, ok := strings.CutPrefix(line, "voluntary_ctxt_switches:"); ok {
				n, _ := strconv.Atoi(strings.TrimSpace(n))
				sleeps += float64(n)
			}
		}
	}
	// utime and stime of /proc/PID/stat, in hundredths of a second: proc_pid_stat(5).
	stat, err := os.ReadFile(proc + "/stat")
	if err != nil {
		b.Fatal(err)
	}
	fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
	for _, f := range fields[11:13] {
		n, _ := strconv.Atoi(f)
		cpu += float64(n) / 100
	}
	return cpu, sleeps
}

func median(d []time.Duration) time.Duration {
	slices.Sort(d)
	return d[len(d)/2]
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// times runs a program with this input, its output thrown away, and measures it from start to end.
func times(b *testing.B, env []string, stdin string, args ...string) time.Duration {
	b.Helper()
	cmd := exec.Command(args[0], args[1:]...)
	cmd.Env = env
	in, err := os.Open(stdin)
	if err != nil {
		b.Fatal(err)
	}
	defer in.Close()
	var out bytes.Buffer
	cmd.Stdin, cmd.Stdout, cmd.Stderr = in, &out, &out
	begin := time.Now()
	err = cmd.Run()
	took := time.Since(begin)
	if err != nil || syscall.WaitStatus(cmd.ProcessState.Sys().(syscall.WaitStatus)).ExitStatus() != 0 {
		tail := out.String()
		b.Fatalf("%v: %v: %s", args, err, tail[max(len(tail)-2000, 0):])
	}
	return took
}
