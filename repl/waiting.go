package repl

import (
	"context"
	"slices"
	"time"

	"sockstep/sockets/sys"
)

// reused is how large a buffer may be that is kept for the lines to come.
const reused = 64 << 10

// Buffer is memory for n bytes until the line is over, and whether that is the end of it: what is kept has to be copied then.
func (e *Env) Buffer(n int) (p []byte, passing bool) {
	if n > reused {
		return make([]byte, n), false
	}
	if cap(e.buffer) < n {
		e.buffer = make([]byte, n)
	}
	return e.buffer[:n], true
}

// Block runs f, which may block, without the session's lock.
func (e *Env) Block(f func()) {
	if e.park != nil {
		e.park()
	}
	s := e.Session
	s.waiting = append(s.waiting, e)
	defer func() {
		s.waiting = slices.DeleteFunc(s.waiting, func(o *Env) bool { return o == e })
		s.left.Broadcast()
	}()
	s.outside(f)
}

// aMoment is what a call has at least: with --timeout 0 it is to take what is there already, and not to be over before it begins.
const aMoment = 5 * time.Millisecond

// Deadline makes --timeout D end whatever blocks.
func (e *Env) Deadline() error {
	d, given, err := e.FlagDuration("timeout")
	if err != nil || !given {
		return err
	}
	if len(e.used) > 0 {
		e.timed, e.timeout = e.used[0].socket, d
	}
	e.Ctx, e.end = context.WithTimeoutCause(e.Ctx, max(d, aMoment), errTimedOut)
	e.Sys = e.door()
	return nil
}

// Interrupted runs f where the line is ended before it is over.
func (e *Env) Interrupted(f func()) { e.stops = append(e.stops, context.AfterFunc(e.Ctx, f)) }

// Afterwards is the way to the kernel for what must be done even where the line was ended from outside.
func (e *Env) Afterwards() sys.Caller { return sys.For(context.Background(), e.Act) }

// door is the way to the kernel for this act.
func (e *Env) door() sys.Caller {
	c := sys.For(e.Ctx, e.Act)
	if e.Act.Job == 0 { // a job has a goroutine of its own
		c = c.On(e.Session.thread)
	}
	return c
}
