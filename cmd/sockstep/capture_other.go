//go:build !linux

package main

import (
	"errors"
	"fmt"

	"sockstep/repl"
)

// openCapture fails: packets are captured by AF_PACKET, which this system has not.
func openCapture() (repl.Wire, error) {
	return nil, fmt.Errorf("AF_PACKET, which shows packets: %w", errors.ErrUnsupported)
}

// openLab opens the cable alone.
func openLab(n ownNetwork) (repl.Wire, error) { return openCable(n.Lab.Cable()) }
