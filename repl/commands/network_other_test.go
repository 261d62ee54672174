//go:build !linux

package commands

import (
	"errors"
	"os/exec"
)

func ownNetwork(*exec.Cmd) error { return errors.ErrUnsupported }

func loopbackUp() error { return errors.ErrUnsupported }
