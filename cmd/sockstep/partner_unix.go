//go:build unix

package main

import (
	"os"
	"syscall"
)

// apart lets a program stand apart from the terminal's foreground: its signals are not for it.
func apart() *syscall.SysProcAttr { return &syscall.SysProcAttr{Setpgid: true} }

// flock holds a file until it is closed: flock(2). Nobody holds it for longer than it takes to write a small file.
func flock(f *os.File) error {
	for {
		if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != syscall.EINTR {
			return os.NewSyscallError("flock", err)
		}
	}
}

// reap takes the end of a process. Nothing is kept open for that: a descriptor would have one of the low numbers, which are the student's.
func reap(p *os.Process, ended func()) {
	pid := p.Pid
	_ = p.Release()
	go func() {
		for {
			if _, err := syscall.Wait4(pid, nil, 0, nil); err != syscall.EINTR {
				ended()
				return
			}
		}
	}()
}
