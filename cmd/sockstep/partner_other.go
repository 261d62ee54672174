//go:build !unix

package main

import (
	"os"
	"syscall"
)

// apart lets a program stand apart from the terminal's foreground.
func apart() *syscall.SysProcAttr { return nil }

// reap takes the end of a process.
func reap(p *os.Process) { go p.Wait() }
