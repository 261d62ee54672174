package sys

import (
	"time"

	"golang.org/x/sys/unix"
)

func (c Caller) poll(fds []unix.PollFd, timeout time.Duration) (int, error) {
	left := timeout
	remaining := until(timeout)
	first := true
	return c.block(pollOp, waiting{fd: none}, 0, func() (uintptr, unix.Errno) {
		if !first { // a signal of the runtime's ended it
			left = remaining()
		}
		first = false
		return poll(fds, left)
	}, func(bool) string { return string(pollTimeout(pollArgs(fds), left)) })
}
