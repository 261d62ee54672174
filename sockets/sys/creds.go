//go:build unix

package sys

import "os"

// OwnCreds are this process's credentials: getpid(2), getuid(2), getgid(2).
func OwnCreds() Creds { return Creds{PID: os.Getpid(), UID: os.Getuid(), GID: os.Getgid()} }
