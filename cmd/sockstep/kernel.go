package main

import (
	"net/netip"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/diag"
)

// A kernel is the sock_diag of the thread's network as a repl.Kernel.
type kernel struct{ *diag.Diag }

// openKernel opens it. Where the system has none, it fails with an error that wraps errors.ErrUnsupported.
func openKernel(tell func(sockets.Call)) (repl.Kernel, error) {
	d, err := diag.Open(tell)
	if err != nil {
		return nil, err
	}
	return kernel{d}, nil
}

// Bound is repl.Kernel's.
func (k kernel) Bound(local netip.AddrPort) ([]sockets.KernelTCP, error) {
	return k.TCPList(diag.Filter{Port: local.Port(), Local: netip.AddrPortFrom(netip.Addr{}, local.Port())})
}

// Telling is repl.Kernel's.
func (k kernel) Telling(tell func(sockets.Call)) repl.Kernel { return kernel{k.With(tell)} }
