package sockets

import "sockstep/sockets/names"

// An Error is a failure as a student is told of it: the operation, the errno, what it means, why, and what to do.
// A kernel's refusal carries an Errno; a line that could not be understood carries the column that is meant.
type Error struct {
	Op      string // the textbook's name: "connect"; "" for a line that was not understood
	Errno   string // "ECONNREFUSED"; "" where the kernel did not fail
	Kind    string // a note id that says what sort of end it was ("timed-out", "cancelled"), "usage", or ""
	Message names.Text
	Why     names.Text
	Fix     names.Text
	Col     int   // of the word that is meant: byte offset in the line, with Width > 0
	Width   int   // bytes; 0 where no word is meant
	Err     error // the cause, for errors.Is
}

// Error gives the English message; renderers choose the language themselves.
func (e *Error) Error() string {
	s := e.Message.En
	if e.Errno != "" {
		s = e.Errno + ": " + s
	}
	if e.Op != "" {
		s = e.Op + ": " + s
	}
	return s
}

// Unwrap returns the cause, so that errors.Is finds the errno.
func (e *Error) Unwrap() error { return e.Err }

// Usage is an error about the words of a line; the column is set by who knows it.
func Usage(message names.Text) *Error { return &Error{Kind: "usage", Message: message} }

// At returns e pointing at width bytes from column col of the line.
func (e *Error) At(col, width int) *Error { e.Col, e.Width = col, max(width, 1); return e }

// Hint returns e with what to do.
func (e *Error) Hint(fix names.Text) *Error { e.Fix = fix; return e }

// Because returns e with the reason.
func (e *Error) Because(why names.Text) *Error { e.Why = why; return e }
