package sockets

import "strings"

// MsgFlags are the flags of send(2) and recv(2), by names of our own bits; sockets/sys knows the kernel's numbers.
type MsgFlags uint

// The flags of send(2) and recv(2).
const (
	MsgOOB MsgFlags = 1 << iota
	MsgPeek
	MsgDontroute
	MsgTrunc
	MsgWaitall
	MsgDontwait
	MsgNosignal
	MsgMore
	MsgCtrunc
	MsgEOR
	MsgErrqueue
)

var flagNames = []string{"MSG_OOB", "MSG_PEEK", "MSG_DONTROUTE", "MSG_TRUNC", "MSG_WAITALL", "MSG_DONTWAIT", "MSG_NOSIGNAL", "MSG_MORE", "MSG_CTRUNC", "MSG_EOR", "MSG_ERRQUEUE"}

// String writes the flags as the manual does: MSG_PEEK|MSG_DONTWAIT, and 0 for none.
func (f MsgFlags) String() string {
	if f == 0 {
		return "0"
	}
	var s []string
	for i, n := range flagNames {
		if f&(1<<i) != 0 {
			s = append(s, n)
		}
	}
	return strings.Join(s, "|")
}
