//go:build unix

package sys

import (
	"math"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// A PollEntry is one socket that poll(2) looks at, and what it found.
type PollEntry struct {
	FD          sockets.FD
	Read, Write bool  // asked for: POLLIN, POLLOUT
	Urgent      bool  // asked for: POLLPRI
	Ended       bool  // asked for: POLLRDHUP, which only Linux has
	Got         Ready // filled in by Poll
}

// Ready is what poll(2) found. Hup, Err and Invalid are told unasked.
type Ready struct {
	Read, Write bool
	Urgent      bool // POLLPRI: out-of-band data
	Ended       bool // POLLRDHUP: nothing more comes after what is here
	Hup         bool // POLLHUP: both directions are over
	Err         bool // POLLERR: SO_ERROR has it
	Invalid     bool // POLLNVAL: no open descriptor
}

// Any reports whether poll found anything.
func (r Ready) Any() bool { return r != Ready{} }

// Poll is poll(2). It fills in what it got and returns how many entries got something: 0 when the time was up.
// A timeout below 0 is none; a fraction of a millisecond is rounded up.
func (c Caller) Poll(entries []PollEntry, timeout time.Duration) (ready int, err error) {
	fds := make([]unix.PollFd, len(entries), len(entries)+1)
	for i, e := range entries {
		fds[i] = unix.PollFd{Fd: int32(e.FD), Events: e.events()}
	}
	ready, err = c.poll(fds, timeout)
	for i := range entries {
		r := fds[i].Revents
		if err != nil {
			r = 0
		}
		entries[i].Got = Ready{
			Read: r&unix.POLLIN != 0, Write: r&unix.POLLOUT != 0, Urgent: r&unix.POLLPRI != 0, Ended: r&pollEnded != 0,
			Hup: r&unix.POLLHUP != 0, Err: r&unix.POLLERR != 0, Invalid: r&unix.POLLNVAL != 0,
		}
	}
	return max(ready, 0), err
}

func (e PollEntry) events() (n int16) {
	if e.Read {
		n |= unix.POLLIN
	}
	if e.Write {
		n |= unix.POLLOUT
	}
	if e.Urgent {
		n |= unix.POLLPRI
	}
	if e.Ended {
		n |= pollEnded
	}
	return n
}

// milliseconds is a timeout as poll(2) takes it: rounded up, -1 for none.
func milliseconds(d time.Duration) int {
	if d < 0 {
		return -1
	}
	return int(min((d+time.Millisecond-1)/time.Millisecond, math.MaxInt32))
}

// pollArgs writes the arguments of poll(2): [{fd=3, events=POLLIN}], 1, 2000.
func pollArgs(fds []unix.PollFd) line {
	b := append(make(line, 0, 128), '[')
	for i, f := range fds {
		if i > 0 {
			b = b.text(", ")
		}
		b = b.text("{fd=").int(int64(f.Fd))
		if f.Fd >= 0 {
			b = b.text(", events=").pollEvents(f.Events)
		}
		b = append(b, '}')
	}
	return b.text("], ").int(int64(len(fds)))
}

func (b line) pollEvents(n int16) line {
	if n == 0 {
		return append(b, '0')
	}
	bar := ""
	for _, e := range []struct {
		bit  int16
		name string
	}{{unix.POLLIN, "POLLIN"}, {unix.POLLPRI, "POLLPRI"}, {unix.POLLOUT, "POLLOUT"}, {pollEnded, "POLLRDHUP"}} {
		if n&e.bit != 0 {
			b = b.text(bar).text(e.name)
			bar = "|"
		}
	}
	return b
}

// until keeps the time of a call that may have to be made again.
func until(timeout time.Duration) (left func() time.Duration) {
	if timeout < 0 {
		return func() time.Duration { return -1 }
	}
	end := time.Now().Add(timeout)
	return func() time.Duration { return max(time.Until(end), 0) }
}
