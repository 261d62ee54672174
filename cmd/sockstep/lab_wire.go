package main

import (
	"context"
	"slices"
	"sync"
	"time"

	"sockstep/repl"
	"sockstep/sockets/lab"
	"sockstep/sockets/wire"
)

// mostFrames bounds what waits to be asked for.
const mostFrames = 50000

// A cableWire is the lab's cable as a repl.Wire: it knows what was lost.
type cableWire struct {
	cable *lab.Cable
	stop  func()
	come  chan struct{} // something may have come

	mu     sync.Mutex
	last   [2]time.Time // of each direction, when the last frame came that was seen
	parts  fragments
	ports  []repl.Port
	frames []repl.Frame
	lost   int
}

func openCable(c *lab.Cable) (repl.Wire, error) {
	w := &cableWire{cable: c, come: make(chan struct{}, 1)}
	stop, err := c.Frames(w.see)
	if err != nil {
		return nil, err
	}
	w.stop = stop
	return w, nil
}

// see takes a frame, if it may be the session's.
func (w *cableWire) see(f lab.Frame) {
	p, _ := wire.Decode(wire.Ethernet, f.Data) // what is wrong in it is in p.Err
	p.Time, p.WireLen = f.In, len(f.Data)
	p.Lost, p.Copy, p.Late = f.Lost, f.Duplicate, f.Reordered
	w.mu.Lock()
	defer w.mu.Unlock()
	if last := &w.last[f.Dir-lab.LeftToRight]; p.Time.Before(*last) { // it stands behind what has overtaken it
		p.Time = *last
	} else {
		*last = p.Time
	}
	w.lost += int(f.Missed)
	about := &p
	if p.ICMP != nil && p.ICMP.Inner != nil {
		about = p.ICMP.Inner
	}
	ours := func(port repl.Port) bool {
		if port.Proto == "arp" {
			return about.ARP != nil || about.Proto == "icmp6"
		}
		return (port.Proto == about.Proto || port.Proto == "icmp" && about.Proto == "icmp6") && (port.Number == about.Src.Port() || port.Number == about.Dst.Port())
	}
	switch {
	case !p.IsFragment() && !slices.ContainsFunc(w.ports, ours):
		return
	case len(w.frames) >= mostFrames:
		w.lost++
		return
	}
	w.frames = w.parts.add(w.frames, repl.Frame{Packet: p, Source: "cable"})
	select {
	case w.come <- struct{}{}:
	default:
	}
}

// Only is repl.Wire's.
func (w *cableWire) Only(ports []repl.Port) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.ports = slices.Clone(ports)
	return nil
}

// Drain is repl.Wire's. What the hosts have sent before is among it, but for what the cable delays.
func (w *cableWire) Drain() (frames []repl.Frame, lost int, err error) {
	err = w.cable.Settle()
	w.mu.Lock()
	defer w.mu.Unlock()
	frames, w.frames = w.frames, nil
	slices.SortStableFunc(frames, func(a, b repl.Frame) int { return a.Time.Compare(b.Time) }) // each way tells its own
	lost, w.lost = w.lost, 0
	return frames, lost, err
}

// Wait is repl.Wire's.
func (w *cableWire) Wait(ctx context.Context) error {
	select {
	case <-w.come:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// Close is repl.Wire's.
func (w *cableWire) Close() error {
	w.stop()
	return nil
}
