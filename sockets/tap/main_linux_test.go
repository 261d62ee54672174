package tap

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// inside tells the child of TestMain that it has a network of its own.
const inside = "SOCKSTEP_TAP_INSIDE"

// TestMain runs the tests in a network of their own: nothing else is heard there, and an ordinary user may listen.
func TestMain(m *testing.M) {
	if os.Getenv(inside) != "" {
		if err := upLoopback(); err != nil {
			fmt.Fprintln(os.Stderr, "lo:", err)
			os.Exit(1)
		}
		os.Exit(m.Run())
	}
	cmd := exec.Command("/proc/self/exe", os.Args[1:]...)
	cmd.Env = append(os.Environ(), inside+"=1")
	cmd.Stdin, cmd.Stdout, cmd.Stderr = os.Stdin, os.Stdout, os.Stderr
	cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: syscall.CLONE_NEWNET}
	if os.Geteuid() != 0 {
		cmd.SysProcAttr.Cloneflags |= syscall.CLONE_NEWUSER
		cmd.SysProcAttr.UidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getuid(), HostID: os.Getuid(), Size: 1}}
		cmd.SysProcAttr.GidMappings = []syscall.SysProcIDMap{{ContainerID: os.Getgid(), HostID: os.Getgid(), Size: 1}}
		cmd.SysProcAttr.AmbientCaps = []uintptr{unix.CAP_NET_RAW, unix.CAP_NET_ADMIN}
	}
	err := cmd.Run()
	var exit *exec.ExitError
	switch {
	case err == nil:
	case errors.As(err, &exit):
		os.Exit(exit.ExitCode())
	case os.Getenv("SOCKSTEP_REQUIRE") == "all":
		fmt.Fprintln(os.Stderr, "no network of one's own is to be had here, and SOCKSTEP_REQUIRE=all:", err)
		os.Exit(1)
	default:
		fmt.Fprintln(os.Stderr, "SKIPPED, all of it: no network of one's own is to be had here:", err)
	}
}

func upLoopback() error {
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_DGRAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		return err
	}
	defer func() { _ = unix.Close(fd) }()
	req, err := unix.NewIfreq("lo")
	if err != nil {
		return err
	}
	req.SetUint16(unix.IFF_UP | unix.IFF_RUNNING)
	return unix.IoctlIfreq(fd, unix.SIOCSIFFLAGS, req)
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// tapped opens a tap that the test closes.
func tapped(t testing.TB, o Options) *Tap {
	t.Helper()
	tap, err := Open(o)
	must(t, err)
	t.Cleanup(func() { _ = tap.Close() })
	return tap
}

func socket(t testing.TB, family, kind int) int {
	t.Helper()
	fd, err := unix.Socket(family, kind|unix.SOCK_CLOEXEC, 0)
	must(t, err)
	t.Cleanup(func() { _ = unix.Close(fd) })
	return fd
}

// bound opens a socket on a free port of 127.0.0.1.
func bound(t testing.TB, kind int) (fd int, port uint16, at unix.Sockaddr) {
	t.Helper()
	fd = socket(t, unix.AF_INET, kind)
	must(t, unix.Bind(fd, &unix.SockaddrInet4{Addr: [4]byte{127, 0, 0, 1}}))
	at, err := unix.Getsockname(fd)
	must(t, err)
	return fd, uint16(at.(*unix.SockaddrInet4).Port), at
}

// drained is what a tap has until it has at least n frames.
func drained(t testing.TB, tap *Tap, n int) (all []Frame) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	for {
		frames, lost, err := tap.Drain()
		must(t, err)
		if lost > 0 {
			t.Fatalf("%d frames were lost", lost)
		}
		if all = append(all, frames...); len(all) >= n {
			return all
		}
		if err := tap.Wait(ctx); err != nil {
			t.Fatalf("%d frames came, %d were wanted: %v", len(all), n, err)
		}
	}
}
