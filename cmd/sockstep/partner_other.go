//go:build !unix

package main

import (
	"os"
	"syscall"
)

// apart lets a program stand apart from the terminal's foreground.
func apart() *syscall.SysProcAttr { return nil }

// flock is for systems that have it: where there is none, the last one to save is right.
func flock(*os.File) error { return nil }

// reap takes the end of a process.
func reap(p *os.Process, ended func()) {
	go func() {
		p.Wait()
		ended()
	}()
}
