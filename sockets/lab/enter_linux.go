package lab

import (
	"os"
	"os/exec"
	"os/signal"
	"runtime"
	"syscall"

	"golang.org/x/sys/unix"
)

// keepCaps are the capabilities of programs in the lab, over its own network and mounts alone: to capture, to change
// the network, to go from host to host.
func keepCaps() []uintptr { return []uintptr{unix.CAP_NET_RAW, unix.CAP_NET_ADMIN, unix.CAP_SYS_ADMIN} }

// Enter runs this program once more, with these arguments (the first is its name), in a new user, network, mount and
// UTS namespace, where it calls [Begin]. It waits for its end and returns its exit status, 128 and the number for a
// signal. No rights are needed; an [sockets.Error] says what forbids it where it is forbidden. The child shares the
// terminal and dies with this process. Signals are handed on, but those of the terminal's keys reach the child by
// themselves; none of them ends this process any more, which has only the status to give.
func Enter(p Process) (status int, err error) {
	here, err := os.Readlink("/proc/self/ns/net")
	if err != nil {
		return 0, err
	}
	uid, gid := os.Getuid(), os.Getgid()
	c := p.again("new:" + here)
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  unix.CLONE_NEWUSER | unix.CLONE_NEWNET | unix.CLONE_NEWNS | unix.CLONE_NEWUTS,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: uid, HostID: uid, Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: gid, HostID: gid, Size: 1}},
		AmbientCaps: keepCaps(),
		Pdeathsig:   unix.SIGKILL,
	}
	var child *os.Process
	status, err = attend(func() (*os.Process, error) {
		if err := c.Start(); err != nil {
			return nil, forbidden("clone", err)
		}
		child = c.Process
		return child, nil
	})
	if child != nil {
		forget(child.Pid) // it may not have been able to
	}
	return status, err
}

// again is this program, to be run once more.
func (p *Process) again(value string) *exec.Cmd {
	c := &exec.Cmd{Path: "/proc/self/exe", Args: p.Argv, Env: p.env(value)}
	p.streams(c)
	return c
}

// command is the program that the process names.
func (p *Process) command() (*exec.Cmd, error) {
	path, err := exec.LookPath(p.Argv[0])
	if err != nil {
		return nil, err
	}
	c := &exec.Cmd{Path: path, Args: p.Argv, Env: p.env(os.Getenv(mark))}
	p.streams(c)
	return c, nil
}

func (p *Process) streams(c *exec.Cmd) { // a nil file is not a nil stream
	if p.Stdin != nil {
		c.Stdin = p.Stdin
	}
	if p.Stdout != nil {
		c.Stdout = p.Stdout
	}
	if p.Stderr != nil {
		c.Stderr = p.Stderr
	}
}

// attend starts a process and waits for its end, on one thread: the death of the thread that started it would kill it.
// What it catches it never gives back: Ctrl-C goes to both at once, and the child may be at its end before the signal is
// seen here, where it would then end this process, and its status with it.
func attend(start func() (*os.Process, error)) (status int, err error) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	signals := make(chan os.Signal, 8)
	signal.Notify(signals, unix.SIGINT, unix.SIGQUIT, unix.SIGTERM, unix.SIGHUP, unix.SIGUSR1, unix.SIGUSR2)
	restore := keepTerminal()
	child, err := start()
	if err != nil {
		return 0, err
	}
	over := make(chan struct{})
	defer close(over)
	go func() {
		for {
			select {
			case <-over:
				return
			case s := <-signals:
				if (s == unix.SIGINT || s == unix.SIGQUIT) && foreground() {
					continue // the terminal has sent it to the child too
				}
				_ = child.Signal(s)
			}
		}
	}()
	state, err := child.Wait()
	if err != nil {
		return 0, err
	}
	if w := state.Sys().(syscall.WaitStatus); w.Signaled() {
		restore()
		return 128 + int(w.Signal()), nil
	}
	return state.ExitCode(), nil
}

// foreground reports whether this process has the terminal.
func foreground() bool {
	tty, err := unix.Open("/dev/tty", unix.O_RDONLY|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return false
	}
	defer unix.Close(tty)
	group, err := unix.IoctlGetInt(tty, unix.TIOCGPGRP)
	return err == nil && group == unix.Getpgrp()
}

// keepTerminal remembers how the terminal is set, for who cannot put it back any more: a prompt that was killed leaves
// it without echo and without Ctrl-C.
func keepTerminal() (restore func()) {
	tty, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
	if err != nil {
		return func() {}
	}
	defer unix.Close(tty)
	was, err := unix.IoctlGetTermios(tty, unix.TCGETS)
	if err != nil || !foreground() {
		return func() {}
	}
	return func() {
		tty, err := unix.Open("/dev/tty", unix.O_RDWR|unix.O_CLOEXEC|unix.O_NOCTTY, 0)
		if err != nil {
			return
		}
		defer unix.Close(tty)
		now, err := unix.IoctlGetTermios(tty, unix.TCGETS)
		if err != nil || *now == *was || !foreground() {
			return
		}
		_ = unix.IoctlSetTermios(tty, unix.TCSETSW, was)
		_, _ = unix.Write(tty, []byte("\n")) // its last line was not at an end
	}
}
