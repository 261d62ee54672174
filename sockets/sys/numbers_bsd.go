//go:build darwin || freebsd

package sys

import (
	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// msgFlags has number 0 for what only Linux has.
var msgFlags = []struct {
	bit    sockets.MsgFlags
	number int
}{
	{sockets.MsgOOB, unix.MSG_OOB},
	{sockets.MsgPeek, unix.MSG_PEEK},
	{sockets.MsgDontroute, unix.MSG_DONTROUTE},
	{sockets.MsgTrunc, unix.MSG_TRUNC},
	{sockets.MsgWaitall, unix.MSG_WAITALL},
	{sockets.MsgDontwait, unix.MSG_DONTWAIT},
	{sockets.MsgNosignal, unix.MSG_NOSIGNAL},
	{sockets.MsgMore, 0},
	{sockets.MsgCtrunc, unix.MSG_CTRUNC},
	{sockets.MsgEOR, unix.MSG_EOR},
	{sockets.MsgErrqueue, 0},
}

// pollEnded has number 0: only Linux has POLLRDHUP.
const pollEnded = 0
