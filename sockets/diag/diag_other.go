//go:build !linux

package diag

import (
	"errors"
	"fmt"
	"net/netip"

	"sockstep/sockets"
)

// A Diag asks for the state of sockets. This system has no way that sockstep knows to use.
type Diag struct{}

func missing() error {
	return fmt.Errorf("the state of sockets is asked for by NETLINK_SOCK_DIAG, which only Linux has: %w", errors.ErrUnsupported)
}

// Open is missing here.
func Open(func(sockets.Call)) (*Diag, error) { return nil, missing() }

// With returns d.
func (d *Diag) With(func(sockets.Call)) *Diag { return d }

// Close does nothing: there was nothing to open.
func (*Diag) Close() error { return nil }

// TCP is missing here.
func (*Diag) TCP(_, _ netip.AddrPort) (TCP, error) { return TCP{}, missing() }

// Connection is missing here.
func (*Diag) Connection(_, _ netip.AddrPort) (TCP, error) { return TCP{}, missing() }

// TCPList is missing here.
func (*Diag) TCPList(Filter) ([]TCP, error) { return nil, missing() }

// SynQueue is missing here.
func (*Diag) SynQueue(netip.AddrPort) (int, error) { return 0, missing() }

// UDP is missing here.
func (*Diag) UDP(_, _ netip.AddrPort) (UDP, error) { return UDP{}, missing() }

// UDPList is missing here.
func (*Diag) UDPList(Filter) ([]UDP, error) { return nil, missing() }

// Unix is missing here.
func (*Diag) Unix(uint32) (Unix, error) { return Unix{}, missing() }

// UnixName is missing here.
func (*Diag) UnixName(sockets.Address) ([]Unix, error) { return nil, missing() }

// UnixList is missing here.
func (*Diag) UnixList() ([]Unix, error) { return nil, missing() }

// Inode is missing here.
func (*Diag) Inode(sockets.FD) (uint32, error) { return 0, missing() }

// Owner is told by Linux alone.
func (*Diag) Owner(uint32) (pid int, program string, err error) { return 0, "", missing() }
