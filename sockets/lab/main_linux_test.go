package lab

import (
	"errors"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
)

// role makes the test program something else than a run of the tests: "enter", "join" (then its arguments are those of
// the program in the lab), or, in the lab, one of roles.
const role = "SOCKSTEP_LAB_ROLE"

// here is the lab that this test program is in; nil outside.
var here *Lab

func TestMain(m *testing.M) {
	self := Process{Argv: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}
	switch name := os.Getenv(role); {
	case forbidding()[name] != nil:
		os.Exit(enterForbidden(self, forbidding()[name]))
	case name == "enter" || name == "join":
		_ = os.Setenv(role, os.Getenv(role+"_INSIDE"))
		do := Enter
		if name == "join" {
			do = func(p Process) (int, error) { return Join(p, 0) }
		}
		status, err := do(self)
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			if Forbidden(err) {
				os.Exit(77)
			}
			os.Exit(78)
		}
		os.Exit(status)
	case Inside():
		var err error
		if here, err = Begin(); err != nil {
			fmt.Fprintln(os.Stderr, "begin:", err)
			if Forbidden(err) {
				os.Exit(77)
			}
			os.Exit(78)
		}
		if play := roles()[name]; play != nil {
			os.Exit(play(self))
		}
	}
	_ = flag.Set("test.parallel", "8") // the experiments wait for the kernel's timers, not for a processor
	os.Exit(m.Run())
}

// A user is who a lab is made by.
type user struct {
	name string
	id   int // -1 is who runs the tests
}

// users are whoever runs the tests, and where that is root somebody who has no rights at all.
func users() []user {
	if os.Getuid() != 0 {
		return []user{{"user", -1}}
	}
	return []user{{"root", -1}, {"nobody", 65534}}
}

// runtime makes a directory for the sockets of the user's labs.
func (u user) runtime(t testing.TB) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "lab") // not t.TempDir: the user must be able to get there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = os.RemoveAll(dir) })
	if u.id >= 0 {
		if err := os.Chown(dir, u.id, u.id); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// start is a program in a role, with what it plays in the lab, and arguments.
func (u user) command(dir, role1, inside string, args ...string) *exec.Cmd {
	c := exec.Command("/proc/self/exe", args...)
	c.Args[0] = "lab.test"
	// A socket with a timeout does not restart a call that a signal interrupts, and Go sends itself signals.
	c.Env = append(os.Environ(), role+"="+role1, role+"_INSIDE="+inside, "XDG_RUNTIME_DIR="+dir, mark+"=", "GODEBUG=asyncpreemptoff=1")
	c.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	if u.id >= 0 {
		c.SysProcAttr.Credential = &syscall.Credential{Uid: uint32(u.id), Gid: uint32(u.id)}
	}
	c.Dir = "/"
	return c
}

// refused skips a test where the machine forbids what the lab is made of, and says so. Where everything is required it
// must forbid it to others than us, too.
func refused(t testing.TB, what string) {
	t.Helper()
	if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
		c := exec.Command("/bin/true")
		c.SysProcAttr = &syscall.SysProcAttr{
			Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
			UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
			GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
		}
		if c.Run() == nil {
			t.Fatalf("this machine allows namespaces, but there is no lab: %s", what)
		}
	}
	t.Skipf("SKIPPED ALOUD: this machine allows no lab: %s", what)
}

// inLab runs the test that calls it once more, in a lab of each user, and reports what came of it. In the lab it
// returns true, and the test goes on.
func inLab(t *testing.T) bool {
	t.Helper()
	if here != nil {
		return true
	}
	t.Parallel()
	for _, u := range users() {
		t.Run(u.name, func(t *testing.T) {
			t.Parallel()
			name := "^" + strings.ReplaceAll(strings.TrimSuffix(t.Name(), "/"+u.name), "/", "$/^") + "$"
			c := u.command(u.runtime(t), "enter", "test", "-test.run="+name, "-test.v", "-test.count=1", "-test.timeout=60s")
			out, err := c.CombinedOutput()
			var ended *exec.ExitError
			switch {
			case errors.As(err, &ended) && ended.ExitCode() == 77:
				refused(t, string(out))
			case err != nil:
				t.Fatalf("%v\n%s", err, out)
			case strings.Contains(string(out), "--- SKIP"):
				t.Skipf("%s", out)
			case !strings.Contains(string(out), "--- PASS"):
				t.Fatalf("the test did not run:\n%s", out)
			}
			t.Logf("%s", out)
		})
	}
	return false
}

// must fails the test on an error.
func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// got is the value, where there is no error.
func got[T any](v T, err error) func(testing.TB) T {
	return func(t testing.TB) T {
		t.Helper()
		must(t, err)
		return v
	}
}

// namespaces are the processes whose network namespace is this one.
func inNamespace(inode string) (pids []int) {
	all, _ := filepath.Glob("/proc/[0-9]*/ns/net")
	for _, link := range all {
		if to, err := os.Readlink(link); err == nil && to == inode {
			pid, _ := strconv.Atoi(strings.Split(link, "/")[2])
			pids = append(pids, pid)
		}
	}
	return pids
}
