package lab

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// roles are what the test program plays in the lab, when it is no run of the tests.
func roles() map[string]func(Process) int {
	return map[string]func(Process) int{
		// ready says who it is and stays until its input ends.
		"ready": func(Process) int {
			net, _ := os.Readlink("/proc/self/ns/net")
			at, _ := here.Here()
			fmt.Println("ready", os.Getpid(), net, at, here.Founder(), len(here.Lacks()))
			_, _ = io.Copy(io.Discard, os.Stdin)
			return 0
		},
		// run runs a command at a host.
		"run": func(p Process) int {
			p.Argv = p.Argv[2:]
			status, err := here.Run(os.Args[1], p)
			if err != nil {
				fmt.Fprintln(os.Stderr, err)
				return 79
			}
			return status
		},
		// guest tells how the cable looks from a terminal that joined, and turns a knob.
		"guest": guestRole,
	}
}

func guestRole(Process) int {
	fail := func(err error) int { fmt.Fprintln(os.Stderr, err); return 1 }
	seen := make(chan Frame, 16)
	syn, _ := NamedFilter("syn")
	stop, err := here.Cable().Frames(func(f Frame) {
		if syn.Match(f.Data) {
			seen <- f
		}
	})
	if err != nil {
		return fail(err)
	}
	if err := here.Cable().DropNext(syn, 1); err != nil {
		return fail(err)
	}
	var l, c int
	err = errors.Join(
		here.At(Right, func() (err error) { l, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0); return err }),
		here.At(Left, func() (err error) { c, err = unix.Socket(unix.AF_INET, unix.SOCK_STREAM, 0); return err }),
		unix.Bind(l, sockaddr(right4, 7001)), unix.Listen(l, 1), unix.Connect(c, sockaddr(right4, 7001)), here.Cable().Settle())
	if err != nil {
		return fail(err)
	}
	one, two := <-seen, <-seen
	stop()
	state, err := here.Cable().State()
	if err != nil {
		return fail(err)
	}
	if err := here.Cable().DropNext(Filter{Name: "mine", Match: syn.Match}, 1); !errors.Is(err, errors.ErrUnsupported) {
		return fail(fmt.Errorf("a filter of a guest's own: %v", err))
	}
	fmt.Println("guest", one.Lost, two.Lost, state.LeftToRight.Lost, state.MTU)
	return 0
}

// A running is a program in a lab that said it is ready.
type running struct {
	*exec.Cmd
	pid       int // of the program in the lab
	namespace string
	words     []string
	in        io.Closer
}

func launch(t *testing.T, c *exec.Cmd) *running {
	t.Helper()
	var stderr strings.Builder
	c.Stderr = &stderr
	in := got(c.StdinPipe())(t)
	out := got(c.StdoutPipe())(t)
	must(t, c.Start())
	t.Cleanup(func() { _ = c.Process.Kill(); _ = c.Wait() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		_ = c.Wait()
		if s := c.ProcessState.ExitCode(); s == 77 {
			refused(t, stderr.String())
		}
		t.Fatalf("%v\n%s", c.ProcessState, stderr.String())
	}
	r := &running{Cmd: c, words: strings.Fields(line), in: in}
	r.pid, r.namespace = got(strconv.Atoi(r.words[1]))(t), r.words[2]
	return r
}

// gone waits until a process has ended.
func gone(t *testing.T, pid int) {
	t.Helper()
	fd, err := unix.PidfdOpen(pid, 0)
	if err == unix.ESRCH {
		return
	}
	must(t, err)
	defer unix.Close(fd)
	n, err := unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000)
	for err == unix.EINTR {
		n, err = unix.Poll([]unix.PollFd{{Fd: int32(fd), Events: unix.POLLIN}}, 10_000)
	}
	if n != 1 {
		t.Fatalf("process %d has not ended: %v", pid, err)
	}
}

// eachUser runs a test as each user, outside of the lab.
func eachUser(t *testing.T, test func(*testing.T, user)) {
	if here != nil {
		t.Skip("this test is for outside of the lab")
	}
	t.Parallel()
	for _, u := range users() {
		t.Run(u.name, func(t *testing.T) { t.Parallel(); test(t, u) })
	}
}

func TestExitStatus(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		dir := u.runtime(t)
		for want, script := range map[int]string{0: "true", 7: "exit 7", 128 + 15: "kill -TERM $$", 128 + 9: "kill -KILL $$"} {
			err := u.command(dir, "enter", "run", Left, "/bin/sh", "-c", script).Run()
			var ended *exec.ExitError
			status := 0
			if errors.As(err, &ended) {
				status = ended.ExitCode()
			} else if err != nil {
				t.Fatal(err)
			}
			if status == 77 {
				refused(t, "")
			}
			if status != want {
				t.Errorf("%q: status %d, want %d", script, status, want)
			}
		}
		if out, err := u.command(dir, "enter", "run", Left, "no-such-program").CombinedOutput(); err == nil || !strings.Contains(string(out), "no-such-program") {
			t.Errorf("%v: %s", err, out)
		}
		if left := got(filepath.Glob(dir + "/sockstep/*"))(t); len(left) > 0 {
			t.Errorf("left behind: %v", left)
		}
	})
}

// TestOtherPrograms runs programs that know nothing of the lab.
func TestOtherPrograms(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		dir := u.runtime(t)
		for _, c := range []struct{ host, script, want string }{
			{Left, "cat /proc/sys/kernel/hostname", "left"},
			{Left, "head -n 4 /etc/hosts", "10.0.0.1 left\nfd00:5050::1 left\n10.0.0.2 right\nfd00:5050::2 right"},
			{Left, "cat /sys/none 2>/dev/null; tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | sort", "eth0\nlo"},
			{Right, "tail -n +3 /proc/net/dev | cut -d: -f1 | tr -d ' ' | sort", "eth0\nlo"},
			{Left, "grep -c '^0\\{24\\}' /proc/net/if_inet6; pwd", "1\n/"},
		} {
			out, err := u.command(dir, "enter", "run", c.host, "/bin/sh", "-c", c.script).CombinedOutput()
			if strings.TrimSpace(string(out)) != c.want {
				t.Errorf("at %s, %s: %v\n%s\nwant\n%s", c.host, c.script, err, out, c.want)
			}
		}
	})
}

func TestJoin(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		dir := u.runtime(t)
		if out, err := u.command(dir, "join", "ready").CombinedOutput(); err == nil || !strings.Contains(string(out), "no lab of yours is running") {
			t.Errorf("joined nothing: %v: %s", err, out)
		}
		founder := launch(t, u.command(dir, "enter", "ready"))
		guest := launch(t, u.command(dir, "join", "ready"))
		if guest.namespace != founder.namespace || guest.words[3] != Left || guest.words[4] != "false" || founder.words[4] != "true" {
			t.Errorf("founder %v, guest %v", founder.words, guest.words)
		}
		out, err := u.command(dir, "join", "guest").CombinedOutput()
		if err != nil || strings.TrimSpace(string(out)) != "guest true false 1 1500" {
			t.Errorf("guest: %v: %s", err, out)
		}
		out, err = u.command(dir, "join", "run", Right, "/bin/sh", "-c", "head -n 1 /etc/hosts; grep CapEff /proc/self/status; cat /proc/net/fib_trie | grep -c 10.0.0.2").CombinedOutput()
		if err != nil || !strings.HasPrefix(string(out), "10.0.0.1 left\n") || strings.Contains(string(out), "CapEff:\t0000000000000000") || strings.HasSuffix(string(out), "\n0\n") {
			t.Errorf("a command at right, from a guest: %v: %s", err, out)
		}
		// A program that a guest starts is in the lab too, and one of another lab's directory is not.
		if out, err := u.command(u.runtime(t), "join", "ready").CombinedOutput(); err == nil {
			t.Errorf("joined a lab of another directory: %s", out)
		}
		must(t, founder.in.Close())
		must(t, founder.Wait())
		must(t, guest.in.Close())
		must(t, guest.Wait())
	})
}

// TestKilled kills the two processes of a lab in every way: nothing may be left.
func TestKilled(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		for _, who := range []string{"parent", "child", "parent by TERM", "both"} {
			t.Run(who, func(t *testing.T) {
				dir := u.runtime(t)
				r := launch(t, u.command(dir, "enter", "ready"))
				guest := launch(t, u.command(dir, "join", "ready"))
				if len(inNamespace(r.namespace)) == 0 {
					t.Fatalf("nobody is in %s", r.namespace)
				}
				switch who {
				case "parent":
					must(t, r.Process.Kill())
				case "child":
					must(t, unix.Kill(r.pid, unix.SIGKILL))
				case "parent by TERM":
					must(t, r.Process.Signal(unix.SIGTERM))
				case "both":
					must(t, r.Process.Kill())
					_ = unix.Kill(r.pid, unix.SIGKILL)
				}
				gone(t, r.pid)
				_ = r.Wait()
				if status := r.ProcessState.ExitCode(); who == "child" && status != 128+9 || who == "parent by TERM" && status != 128+15 {
					t.Errorf("status %d", status)
				}
				must(t, guest.Process.Kill())
				gone(t, guest.pid)
				_ = guest.Wait()
				empty(t, r.namespace)
				if left := got(filepath.Glob(dir + "/sockstep/*"))(t); len(left) > 0 {
					t.Errorf("left behind: %v", left)
				}
				if out, err := u.command(dir, "join", "ready").CombinedOutput(); err == nil || !strings.Contains(string(out), "no lab of yours is running") {
					t.Errorf("%v: %s", err, out)
				}
			})
		}
	})
}

// TestCommandKilled kills the first of three: the command that runs in the lab dies with it, and all that it has started.
func TestCommandKilled(t *testing.T) {
	const script = "sleep 1000 & setsid sleep 1000 & echo ready $$ $(readlink /proc/self/ns/net); wait"
	eachUser(t, func(t *testing.T, u user) {
		for _, way := range []string{"enter", "join", "founder"} {
			dir := u.runtime(t)
			founder := launch(t, u.command(dir, "enter", "ready"))
			inside := way
			if way == "founder" {
				inside = "join"
			}
			r := launch(t, u.command(dir, inside, "run", Right, "/bin/sh", "-c", script))
			if n := len(inNamespace(r.namespace)); n < 3 {
				t.Fatalf("%s: %d processes are at right", way, n)
			}
			if way == "founder" {
				r = &running{Cmd: founder.Cmd, namespace: r.namespace}
			}
			must(t, r.Process.Kill())
			empty(t, r.namespace)
		}
	})
}

// TestCommandLeaves ends a command that has started others: they end with it, and its status stays what it was.
func TestCommandLeaves(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		dir := u.runtime(t)
		r := launch(t, u.command(dir, "enter", "run", Right, "/bin/sh", "-c",
			"sleep 1000 & setsid sleep 1000 & echo ready $$ $(readlink /proc/self/ns/net); exit 3"))
		if _ = r.Wait(); r.ProcessState.ExitCode() != 3 {
			t.Errorf("%v", r.ProcessState)
		}
		empty(t, r.namespace)
	})
}

// TestCommandSees: a command finds what it starts where programs look for processes, in /proc; and who keeps it holds nothing
// open but a pipe.
func TestCommandSees(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		c := u.command(u.runtime(t), "enter", "run", Left, "/bin/sh", "-c",
			`sleep 1000 & for i in $(seq 500); do grep -q sleep /proc/$!/comm && break; sleep 0.01; done; cat /proc/$!/comm; kill $!; wait $!; echo $?; tr '\0' ' ' </proc/1/cmdline >/dev/null && ls -l /proc/1/fd | wc -l`)
		out, err := c.Output()
		if err != nil && c.ProcessState.ExitCode() == 77 {
			refused(t, "")
		}
		if want := "sleep\n143\n2\n"; string(out) != want {
			t.Errorf("%v: %q, want %q", err, out, want)
		}
	})
}

// empty waits until no process is in a network namespace.
func empty(t *testing.T, namespace string) {
	t.Helper()
	var left []int
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(time.Millisecond) {
		if left = inNamespace(namespace); len(left) == 0 {
			return
		}
	}
	t.Errorf("still in %s: %v", namespace, left)
}

// TestUnfinished finds what is left of a lab whose founder died while it built it.
func TestUnfinished(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		dir := u.runtime(t)
		dead := exec.Command("/bin/true")
		must(t, dead.Run())
		launch(t, u.command(dir, "enter", "ready"))
		for _, name := range []string{"hosts", "new"} {
			must(t, os.WriteFile(fmt.Sprintf("%s/sockstep/%s-%d", dir, name, dead.Process.Pid), nil, 0o600))
		}
		launch(t, u.command(dir, "join", "ready"))
		if left := got(filepath.Glob(dir + "/sockstep/*"))(t); len(left) != 1 {
			t.Errorf("left behind: %v", left)
		}
	})
}

func TestClose(t *testing.T) {
	if !inLab(t) {
		return
	}
	client, _ := connected(t, right4)
	path := here.door.path
	must(t, here.Cable().SetDelay(time.Hour, 0))
	sendText(t, client, "never")
	must(t, here.Close())
	if _, err := os.Stat(path); !errors.Is(err, os.ErrNotExist) {
		t.Errorf("%s: %v", path, err)
	}
}

// TestSignals sends the parent what the terminal does not send to both.
func TestSignals(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		c := u.command(u.runtime(t), "enter", "run", Left, "/bin/sh", "-c", "trap 'exit 5' INT; trap 'exit 6' USR1; echo ready $$ -; while :; do read x; done")
		r := launch(t, c)
		must(t, r.Process.Signal(unix.SIGUSR1))
		_ = r.Wait()
		if s := r.ProcessState.ExitCode(); s != 6 {
			t.Errorf("status %d after USR1", s)
		}
	})
}

// terminal makes a terminal of the user's.
func terminal(t *testing.T, u user) (master, slave *os.File) {
	t.Helper()
	master = got(os.OpenFile("/dev/ptmx", os.O_RDWR|unix.O_NOCTTY, 0))(t)
	t.Cleanup(func() { _ = master.Close() })
	n := got(unix.IoctlGetInt(int(master.Fd()), unix.TIOCGPTN))(t)
	unlock := 0
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, master.Fd(), unix.TIOCSPTLCK, uintptr(unsafe.Pointer(&unlock))); errno != 0 {
		t.Fatal(errno)
	}
	slave = got(os.OpenFile(fmt.Sprintf("/dev/pts/%d", n), os.O_RDWR|unix.O_NOCTTY, 0))(t)
	if u.id >= 0 {
		must(t, slave.Chown(u.id, u.id))
	}
	return master, slave
}

// TestTerminalPutBack kills who has set the terminal to its liking: it is again as it was.
func TestTerminalPutBack(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		master, slave := terminal(t, u)
		was := *got(unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS))(t)
		c := u.command(u.runtime(t), "enter", "run", Left, "/bin/sh", "-c", "stty raw -echo; kill -9 $$")
		c.SysProcAttr.Setpgid, c.SysProcAttr.Setsid, c.SysProcAttr.Setctty = false, true, true
		c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
		must(t, c.Start())
		go io.Copy(io.Discard, master)
		if _ = c.Wait(); c.ProcessState.ExitCode() == 77 {
			refused(t, "")
		}
		if now := *got(unix.IoctlGetTermios(int(slave.Fd()), unix.TCGETS))(t); now != was {
			t.Errorf("%v: the terminal is %+v, and was %+v", c.ProcessState, now, was)
		}
		must(t, slave.Close())
	})
}

// TestTerminal gives the lab a terminal: who runs in it may read, and Ctrl-C reaches it alone, and once.
func TestTerminal(t *testing.T) {
	eachUser(t, func(t *testing.T, u user) {
		master, slave := terminal(t, u)
		script := "stty -echo; trap 'echo caught; exit 9' INT; echo ready; read x; echo got $x; while :; do sleep 0.05; done"
		c := u.command(u.runtime(t), "enter", "run", Left, "/bin/sh", "-c", script)
		c.SysProcAttr.Setpgid, c.SysProcAttr.Setsid, c.SysProcAttr.Setctty = false, true, true
		c.Stdin, c.Stdout, c.Stderr = slave, slave, slave
		must(t, c.Start())
		must(t, slave.Close())
		lines := bufio.NewScanner(master)
		expect := func(want string) {
			t.Helper()
			for lines.Scan() {
				if strings.TrimSpace(lines.Text()) == want {
					return
				}
			}
			_ = c.Wait()
			if c.ProcessState.ExitCode() == 77 {
				refused(t, "")
			}
			t.Fatalf("the terminal ended before %q: %v", want, c.ProcessState)
		}
		hang := time.AfterFunc(20*time.Second, func() { _ = c.Process.Kill() })
		defer hang.Stop()
		expect("ready")
		_, err := master.WriteString("a line\n")
		must(t, err)
		expect("got a line")
		_, err = master.Write([]byte{3})
		must(t, err)
		expect("caught")
		err = c.Wait()
		var ended *exec.ExitError
		if !errors.As(err, &ended) || ended.Sys().(syscall.WaitStatus).ExitStatus() != 9 {
			t.Errorf("%v", err)
		}
	})
}

// TestTwice makes a lab within a lab: the inner one is another network.
func TestTwice(t *testing.T) {
	if !inLab(t) {
		return
	}
	u := user{"inner", -1}
	outer := got(os.Readlink("/proc/self/ns/net"))(t)
	r := launch(t, u.command(u.runtime(t), "enter", "ready"))
	if r.namespace == outer || r.words[3] != Left {
		t.Errorf("outer %s, inner %v", outer, r.words)
	}
}

// TestMarkAlone makes sure that a mark in the environment does not make anybody change a network that is not the lab's.
func TestMarkAlone(t *testing.T) {
	if here != nil {
		t.Skip("this test is for outside of the lab")
	}
	now := got(os.Readlink("/proc/self/ns/net"))(t)
	for _, value := range []string{"new:" + now, "new:", "new:whatever", "/no/such/socket"} {
		t.Setenv(mark, value)
		if l, err := Begin(); err == nil {
			t.Errorf("%s=%s: began %v", mark, value, l)
		}
	}
}
