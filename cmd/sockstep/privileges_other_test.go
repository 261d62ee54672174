//go:build !linux

package main

import (
	"errors"
	"os"
)

// mainWithoutPrivileges is main: where there are no capabilities, root keeps its rights, and a script must not ask for less.
func mainWithoutPrivileges() { main() }

// mainWithoutNamespaces is main: there are none.
func mainWithoutNamespaces() { main() }

func rawSocket() (*os.File, error) { return nil, errors.ErrUnsupported }

func pingAllowed() bool { return false }

// mainBesideTcpdump is main: there is no lab.
func mainBesideTcpdump() { main() }
