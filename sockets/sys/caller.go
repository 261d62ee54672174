//go:build unix

package sys

import (
	"context"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A Caller makes system calls for one act and records each in it as a [sockets.Call].
// It is a small value; the zero Caller makes calls that cannot be cancelled and records none.
//
// A call that may block does so in the kernel, on the thread it was made on. When the context is
// over the call is ended with EINTR and returns an [InterruptedError]; one that would start later
// is not made at all. Calls that cannot block are made in any case, so that a socket can be closed.
type Caller struct {
	ctx   context.Context
	act   *sockets.Act
	marks marks
	on    *Thread
}

type marks uint8

const (
	scaffold marks = 1 << iota
	quiet
)

// For returns the Caller of an act. The act may be nil: then nothing is recorded.
func For(ctx context.Context, act *sockets.Act) Caller { return Caller{ctx: ctx, act: act} }

// On returns a Caller that makes its calls on a thread of its own. Only the goroutine that [Dedicate] gave it to may use it.
func (c Caller) On(t *Thread) Caller { c.on = t; return c }

// Scaffold returns a Caller whose calls are marked as made for sockstep's own sake.
func (c Caller) Scaffold() Caller { c.marks |= scaffold; return c }

// Quiet returns a Caller that records nothing: for what goes on all the time and belongs to no act.
// Within an act use Scaffold, for a call that was made can always be shown.
func (c Caller) Quiet() Caller { c.marks |= quiet; return c }

// A doer makes one system call; what it returns is what the kernel returned.
type doer = func() (uintptr, unix.Errno)

// A teller writes the arguments of a call that was made. It is asked once the call is over,
// for strace shows what the kernel wrote, too; ok tells whether it succeeded.
type teller = func(ok bool) string

// epoch is when the program began.
var epoch = time.Now()

// clock is the time since then, by the clock that never goes back: half of what time.Now asks for.
func clock() time.Duration { return time.Since(epoch) }

// call makes a system call that cannot block.
func (c Caller) call(op string, do doer, tell teller) (int, error) {
	start := clock()
	r, errno := do()
	took := clock() - start
	c.record(op, r, errno, took, false, tell)
	if errno != 0 {
		return -1, refused(op, errno)
	}
	return int(r), nil
}

// block makes a system call that may block, and ends it when the context is over. Where a call
// that moved less than want bytes was cut short by that, it is marked as interrupted, too; want is
// 0 for calls whose result tells nothing of the kind.
//
// A signal that is none of ours (the Go runtime sends itself some) ends a few calls with EINTR,
// whatever SA_RESTART says: signal(7). Such a call moved nothing. It is made again, and stands in
// the act as scaffold.
func (c Caller) block(op string, w waiting, want int, do doer, tell teller) (int, error) {
	wake, err := c.waker(op, w)
	if err != nil {
		return -1, err
	}
	for {
		r, errno, took, made := wake.call(c.on, do, want > 0)
		if !made {
			wake.end()
			return -1, &InterruptedError{Op: op, Cause: context.Cause(c.ctx)}
		}
		if errno == 0 && (want <= int(r) || !wake.ended()) {
			c.record(op, r, 0, took, false, tell)
			wake.end()
			return int(r), nil
		}
		over := errno == unix.EINTR && wake.over()
		if errno == unix.EINTR && !over {
			c.Scaffold().record(op, r, errno, took, false, tell)
			continue
		}
		cut := errno == 0 || over
		c.record(op, r, errno, took, cut, tell)
		wake.end()
		switch {
		case errno == 0:
			return int(r), &InterruptedError{Op: op, Cause: context.Cause(c.ctx)}
		case over:
			return -1, &InterruptedError{Op: op, Errno: errno, Cause: context.Cause(c.ctx)}
		}
		return -1, refused(op, errno)
	}
}

// waiting says what a call waits for, to systems where only poll(2) can be ended from outside.
type waiting struct {
	fd     sockets.FD
	events int16 // 0 for a call that is itself the wait
	now    bool  // the call was told not to wait
}

func (c Caller) recording() bool { return c.act != nil && c.marks&quiet == 0 }

func (c Caller) record(op string, r uintptr, errno unix.Errno, took time.Duration, interrupted bool, tell teller) {
	if !c.recording() {
		return
	}
	call := sockets.Call{
		Op: op, Args: tell(errno == 0), Ret: int64(int(r)), Took: took,
		Scaffold: c.marks&scaffold != 0, Interrupted: interrupted,
	}
	if errno != 0 {
		call.Ret, call.Errno = -1, errnoName(errno)
	}
	c.act.Add(call)
}
