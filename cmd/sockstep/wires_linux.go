package main

import (
	"context"
	"errors"
	"slices"

	"sockstep/repl"
	"sockstep/sockets/lab"
)

// several are wires that are looked at as one: the cable of a lab, and what its hosts say to themselves.
type several []repl.Wire

// openLab opens the cable, and the loopback interface of each host that lets it be seen.
func openLab(n ownNetwork) (repl.Wire, error) {
	cable, err := openCable(n.Lab.Cable())
	if err != nil {
		return nil, err
	}
	all := several{cable}
	for _, host := range []string{lab.Left, lab.Right} {
		var lo repl.Wire
		open := func() (err error) { lo, err = captureOn("lo"); return err }
		if err := n.At(host, open); err == nil { // else the cable alone is seen
			all = append(all, lo)
		}
	}
	return all, nil
}

// Only is repl.Wire's.
func (all several) Only(ports []repl.Port) error {
	var errs []error
	for _, w := range all {
		errs = append(errs, w.Only(ports))
	}
	return errors.Join(errs...)
}

// Drain is repl.Wire's.
func (all several) Drain() (frames []repl.Frame, lost int, err error) {
	var errs []error
	for _, w := range all {
		some, missed, err := w.Drain()
		frames = append(frames, some...)
		lost += missed
		errs = append(errs, err)
	}
	slices.SortStableFunc(frames, func(a, b repl.Frame) int { return a.Time.Compare(b.Time) })
	return frames, lost, errors.Join(errs...)
}

// Wait is repl.Wire's.
func (all several) Wait(ctx context.Context) error {
	ctx, stop := context.WithCancel(ctx)
	defer stop()
	first := make(chan error, len(all))
	for _, w := range all {
		go func() { first <- w.Wait(ctx) }()
	}
	return <-first
}

// Close is repl.Wire's.
func (all several) Close() error {
	var errs []error
	for _, w := range all {
		errs = append(errs, w.Close())
	}
	return errors.Join(errs...)
}
