//go:build !linux

package tap

import (
	"context"
	"errors"
	"fmt"
)

// A Tap takes packets. This system has none that sockstep knows to use.
type Tap struct{}

func missing() error {
	return fmt.Errorf("packets are taken by AF_PACKET, which only Linux has: %w", errors.ErrUnsupported)
}

// Open is missing here.
func Open(Options) (*Tap, error) { return nil, missing() }

// SetFilter is missing here.
func (*Tap) SetFilter(Filter) error { return missing() }

// SetPorts is missing here.
func (*Tap) SetPorts([]Port) error { return missing() }

// Drain is missing here.
func (*Tap) Drain() ([]Frame, int, error) { return nil, 0, missing() }

// Wait is missing here.
func (*Tap) Wait(context.Context) error { return missing() }

// Close does nothing: there was nothing to open.
func (*Tap) Close() error { return nil }
