package sys

import (
	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

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
	{sockets.MsgMore, unix.MSG_MORE},
	{sockets.MsgCtrunc, unix.MSG_CTRUNC},
	{sockets.MsgEOR, unix.MSG_EOR},
	{sockets.MsgErrqueue, unix.MSG_ERRQUEUE},
}
