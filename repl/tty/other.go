//go:build !unix

package tty

import (
	"errors"
	"fmt"
	"os"
	"runtime"
	"syscall"
)

type modes struct{}

type mode int

const (
	modeFound mode = iota
	modePrompt
	modeCommand
)

func readModes(*os.File) (*modes, error) {
	return nil, fmt.Errorf("%w: no terminal modes on %s yet: %w", ErrNotTerminal, runtime.GOOS, errors.ErrUnsupported)
}

func (*modes) to(mode) error  { return errors.ErrUnsupported }
func (*modes) again() error   { return errors.ErrUnsupported }
func (*modes) restore() error { return errors.ErrUnsupported }

func (*modes) dropOutput() {}

func watched() []os.Signal { return []os.Signal{os.Interrupt} }
func ending() []os.Signal  { return []os.Signal{syscall.SIGTERM} }

const (
	sigResize   = syscall.Signal(-1)
	sigContinue = syscall.Signal(-2)
)

func lock(*os.File) bool { return true }

func openOn(string) map[int]bool { return nil }
func closeDescriptor(int)        {}
func makeBlocking(*os.File)      {}
func takeControl(*os.File)       {}
func unread(*os.File) int        { return 0 }
