package main

import (
	"context"

	"sockstep/repl"
	"sockstep/sockets/tap"
	"sockstep/sockets/wire"
)

// A capture is the machine's own interfaces as a repl.Wire.
type capture struct {
	tap   *tap.Tap
	parts fragments
}

// openCapture opens a tap of all interfaces that takes nothing yet. Without CAP_NET_RAW it fails with EPERM.
func openCapture() (repl.Wire, error) { return captureOn() }

// captureOn is openCapture for some interfaces; none means all.
func captureOn(interfaces ...string) (repl.Wire, error) {
	t, err := tap.Open(tap.Options{Interfaces: interfaces})
	if err != nil {
		return nil, err
	}
	return &capture{tap: t}, nil
}

// Only is repl.Wire's.
func (c *capture) Only(ports []repl.Port) error {
	f := tap.Filter{Fragments: len(ports) > 0}
	for _, p := range ports {
		switch p.Proto {
		case "tcp":
			f.Ports = append(f.Ports, tap.Port{Proto: tap.TCP, Number: p.Number})
		case "udp":
			f.Ports = append(f.Ports, tap.Port{Proto: tap.UDP, Number: p.Number})
		case "icmp":
			f.ICMP = true
		case "arp":
			f.ARP = true
		}
	}
	return c.tap.SetFilter(f)
}

// Drain is repl.Wire's.
func (c *capture) Drain() (frames []repl.Frame, lost int, err error) {
	raw, lost, err := c.tap.Drain()
	for _, r := range raw {
		link := wire.Ethernet
		switch r.Link {
		case tap.LinkEthernet:
		case tap.LinkRaw:
			link = wire.RawIP
		default:
			continue // no link of ours: nothing of the session goes over it
		}
		p, _ := wire.Decode(link, r.Data) // what is wrong in it is in p.Err
		p.Time, p.WireLen = r.Time, r.WireLen
		frames = c.parts.add(frames, repl.Frame{Packet: p, Source: "captured"})
	}
	return frames, lost, err
}

// Close is repl.Wire's.
func (c *capture) Close() error { return c.tap.Close() }

// Wait is repl.Wire's.
func (c *capture) Wait(ctx context.Context) error { return c.tap.Wait(ctx) }
