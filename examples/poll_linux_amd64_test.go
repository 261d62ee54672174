package examples

import "syscall"

const pollCall = syscall.SYS_POLL
