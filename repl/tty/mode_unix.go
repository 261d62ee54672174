//go:build unix

package tty

import (
	"errors"
	"fmt"
	"os"
	"sync"
	"syscall"

	"github.com/pkg/term/termios"
	"golang.org/x/term"
)

// modes switches the terminal between the three ways that it is used.
type modes struct {
	mu      sync.Mutex
	fd      int
	set     func(mode) error
	saved   *term.State
	current mode
}

// A mode is a way to use the terminal.
type mode int

const (
	modeFound   mode = iota // as Open found it
	modePrompt              // every key comes to us
	modeCommand             // Ctrl-C is a signal; keys wait, unseen, for the prompt
)

// readModes remembers the terminal's present mode.
func readModes(f *os.File) (*modes, error) {
	fd := f.Fd()
	found, err := termios.Tcgetattr(fd)
	if err != nil {
		return nil, os.NewSyscallError("tcgetattr", err)
	}
	saved, err := term.GetState(int(fd))
	if err != nil {
		return nil, err
	}
	base := *found
	base.Oflag |= syscall.OPOST | syscall.ONLCR
	base.Lflag &^= syscall.ECHO | syscall.ECHONL | syscall.ICANON
	base.Cc[syscall.VMIN], base.Cc[syscall.VTIME] = 1, 0

	inPrompt := base
	inPrompt.Iflag &^= syscall.IGNBRK | syscall.BRKINT | syscall.PARMRK | syscall.ICRNL | syscall.INLCR | syscall.IGNCR | syscall.ISTRIP | syscall.IXON
	inPrompt.Lflag &^= syscall.IEXTEN | syscall.ISIG

	// A stopped shell would leave its sockets to hang on the peers: Ctrl-Z stops nothing.
	inCommand := base
	inCommand.Lflag |= syscall.ISIG
	inCommand.Cc[syscall.VSUSP] = disabled

	return &modes{fd: int(fd), saved: saved, set: func(m mode) error {
		t := &inPrompt
		if m == modeCommand {
			t = &inCommand
		}
		if err := eintr(func() error { return termios.Tcsetattr(fd, termios.TCSANOW, t) }); err != nil {
			return os.NewSyscallError("tcsetattr", err)
		}
		return nil
	}}, nil
}

// to switches the mode if it is another one.
func (m *modes) to(w mode) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current == w {
		return nil
	}
	m.current = w
	return m.set(w)
}

// again sets the current mode once more: whoever stopped and continued us may have changed it.
func (m *modes) again() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current == modeFound {
		return nil
	}
	return m.set(m.current)
}

// restore sets the mode that Open found.
func (m *modes) restore() error {
	m.mu.Lock()
	defer m.mu.Unlock()
	if m.current == modeFound {
		return nil
	}
	m.current = modeFound
	if err := eintr(func() error { return term.Restore(m.fd, m.saved) }); err != nil && !errors.Is(err, syscall.EIO) {
		return fmt.Errorf("restore terminal: %w", err) // EIO: the terminal has gone, and its mode with it
	}
	return nil
}

// dropOutput throws away what the terminal has not taken yet, and wakes who waits to write more.
func (m *modes) dropOutput() {
	_ = termios.Tcflush(uintptr(m.fd), termios.TCOFLUSH)
	m.wakeWriter()
}

// eintr repeats a call that a signal interrupted.
func eintr(call func() error) error {
	for {
		if err := call(); !errors.Is(err, syscall.EINTR) {
			return err
		}
	}
}
