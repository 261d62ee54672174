package main

import (
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"golang.org/x/sys/unix"
)

// privateMark names, in the environment, the test that runs in a private network.
const privateMark = "SOCKSTEP_PRIVATE_NETWORK"

// privately runs the test that calls it once more, as a process of its own in a private network, where every port is
// free, and reports what came of it. There it returns true, and the test goes on. Where no such network may be made,
// the test goes on in the network of the machine, and waits its turn: ports are shared by all tests that ask here.
func privately(t *testing.T) bool {
	t.Helper()
	return privatelyAs(t, 0)
}

// privatelyAs is privately for a user of this number within the network: some programs give their rights away where they
// find themselves root.
func privatelyAs(t *testing.T, uid int) bool {
	t.Helper()
	if os.Getenv(privateMark) == t.Name() {
		return true
	}
	args := []string{"-test.run=^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$", "-test.count=1", "-test.v=" + boolean(testing.Verbose())}
	if *update {
		args = append(args, "-update")
	}
	c := exec.Command(os.Args[0], args...)
	c.Env = append(os.Environ(), privateMark+"="+t.Name())
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: os.Getgid(), Size: 1}},
		Pdeathsig:   syscall.SIGKILL,
	}
	if uid != 0 {
		c.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_NET_RAW, unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN}
	}
	out, err := c.CombinedOutput()
	var ended *exec.ExitError
	switch {
	case err == nil && strings.Contains(string(out), "--- SKIP"):
		t.Skipf("%s", out)
	case err == nil:
		t.Logf("%s", out)
	case errors.As(err, &ended):
		t.Errorf("in a private network: %v\n%s", err, out)
	default:
		t.Logf("no private network: %v", err)
		queue(t)
		return true
	}
	return false
}

func boolean(b bool) string { return map[bool]string{true: "true", false: "false"}[b] }

// queue waits until no other test of this machine needs the ports, those of the examples included.
func queue(t *testing.T) {
	t.Helper()
	f, err := os.OpenFile(filepath.Join(os.TempDir(), "sockstep-examples.lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err == nil {
		err = unix.Flock(int(f.Fd()), unix.LOCK_EX)
	}
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { f.Close() })
}

// emptyNetwork gives the calling goroutine's thread, and all programs that it starts, a network in which nothing has
// happened yet. It does so only within privately's process; elsewhere the network is left as it is.
func emptyNetwork() error {
	if os.Getenv(privateMark) == "" {
		return nil
	}
	runtime.LockOSThread() // for good: the thread ends with the goroutine
	if err := unix.Unshare(unix.CLONE_NEWNET); err != nil {
		return err
	}
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer unix.Close(fd)
	lo, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	lo.SetUint16(unix.IFF_UP)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, lo)
}
