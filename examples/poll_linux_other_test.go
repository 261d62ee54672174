//go:build linux && !amd64

package examples

import "syscall"

const pollCall = syscall.SYS_PPOLL
