package repl

import (
	"strconv"

	"sockstep/sockets"
	"sockstep/sockets/sys"
)

// Ready waits until k can be read or written where settimeout is in force, as Python does: such a socket is non-blocking,
// and poll(2) does the waiting. Elsewhere it does nothing: a blocking socket blocks in the very call.
func (e *Env) Ready(op string, k *sockets.Socket, read bool) error {
	if k.Timeout <= 0 || k.FD < 0 {
		return nil
	}
	entries := []sys.PollEntry{{FD: k.FD, Read: read, Write: !read}}
	var n int
	var err error
	timeout := k.Timeout // another line may change it meanwhile
	e.Block(func() { n, err = e.Sys.Scaffold().Poll(entries, timeout) })
	switch {
	case err != nil:
		return e.Fail(op, k, err)
	case n == 0:
		return e.TimedOut(op, strconv.FormatFloat(timeout.Seconds(), 'g', -1, 64), "s", k.Name)
	}
	return nil
}

// Waiting reports whether a connect under settimeout has only begun.
func (e *Env) Waiting(k *sockets.Socket, err error) bool {
	return k.Timeout > 0 && sys.Errno(err) == "EINPROGRESS"
}
