//go:build unix

package sys

import (
	"errors"
	"fmt"
	"os"

	"golang.org/x/sys/unix"

	"sockstep/sockets/names"
)

// An InterruptedError tells that the context ended a call, or came before it.
// errors.Is finds the context's cause (context.Canceled, context.DeadlineExceeded) and EINTR where the kernel gave it.
type InterruptedError struct {
	Op    string
	Errno unix.Errno // EINTR; 0 where the call moved some bytes first, or was not made
	Cause error      // context.Cause
}

// Error gives the call and the cause.
func (e *InterruptedError) Error() string { return e.Op + ": interrupted: " + e.Cause.Error() }

// Unwrap returns the cause, and the errno where there is one.
func (e *InterruptedError) Unwrap() []error {
	if e.Errno == 0 {
		return []error{e.Cause}
	}
	return []error{e.Cause, e.Errno}
}

// A WordError is about one of the words that were given for an option's value.
type WordError struct {
	Index   int // of the word; the number of words where one is missing
	Message names.Text
}

// Error gives the English message.
func (e *WordError) Error() string { return e.Message.En }

// Errno names the errno that err wraps: "ECONNREFUSED", and "" where it wraps none.
func Errno(err error) string {
	switch e := err.(type) {
	case nil:
		return ""
	case unix.Errno:
		return errnoName(e)
	case *os.SyscallError:
		if errno, ok := e.Err.(unix.Errno); ok {
			return errnoName(errno)
		}
	}
	var errno unix.Errno
	if errors.As(err, &errno) {
		return errnoName(errno)
	}
	return ""
}

// errnoName is the name that the manual uses first, where a number has two.
func errnoName(errno unix.Errno) string {
	switch errno {
	case 0:
		return ""
	case unix.EAGAIN:
		return "EAGAIN"
	case unix.EOPNOTSUPP:
		return "EOPNOTSUPP"
	}
	if name := unix.ErrnoName(errno); name != "" {
		return name
	}
	return fmt.Sprintf("errno %d", int(errno))
}

// refused is the kernel's refusal of a call.
func refused(op string, errno unix.Errno) error { return &os.SyscallError{Syscall: op, Err: errno} }

// unsupported says what this system lacks.
func unsupported(what string) error { return fmt.Errorf("%s: %w", what, errors.ErrUnsupported) }
