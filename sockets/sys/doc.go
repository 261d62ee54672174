// Package sys is the one door to the kernel: every system call of an act is made and recorded here.
//
// How a call goes through the door:
//
//	Caller.Recv ─▶ Caller.block ─▶ recvfrom(2), on the thread of the caller
//	                   │   ▲
//	                   │   └── the waker ends it with EINTR when the context is over
//	                   └─▶ Call{Op, Args, Ret, Errno, Took} ─▶ Act.Add
//
// Nothing here hides what the kernel said: a refusal comes back as an error that wraps the errno,
// and the call stands in the act with the arguments that the kernel was given.
package sys
