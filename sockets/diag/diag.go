// Package diag asks the kernel what it knows of a socket, also of one that no program has open any more: a connection in
// TIME_WAIT, one that still waits for accept, one whose handshake is half done.
//
// It speaks NETLINK_SOCK_DIAG, sock_diag(7), which any user may:
//
//	TCP(local, peer) ─▶ sendto(2): "this one?" ─▶ recvfrom(2) ─▶ TCP{State, RecvQ, Timer, Info, …}
//	                                                └──▶ not found: list those with this port, to be sure ─▶ ErrGone
//	TCPList(filter)  ─▶ sendto(2): the filter, which the kernel runs ─▶ recvfrom(2), again and again ─▶ []TCP
//
// A [Diag] sees the network namespace of the thread that opened it.
package diag

import (
	"net/netip"

	"sockstep/sockets"
)

// What the kernel tells is in the words that everyone uses.
type (
	TCP      = sockets.KernelTCP
	UDP      = sockets.KernelUDP
	Unix     = sockets.KernelUnix
	TCPInfo  = sockets.TCPInfo
	Timer    = sockets.Timer
	Mem      = sockets.Mem
	Shutdown = sockets.Shutdown
)

// ErrGone is sockets.ErrGone.
var ErrGone = sockets.ErrGone

// The kinds of a Timer, and the directions of a Shutdown.
const (
	Retransmit = sockets.Retransmit
	Keepalive  = sockets.Keepalive
	TimeWait   = sockets.TimeWait
	Probe      = sockets.Probe
	ShutRD     = sockets.ShutRD
	ShutWR     = sockets.ShutWR
)

// A Filter is which sockets a list has: those that fit in all that is given. The zero Filter lets all pass.
type Filter struct {
	States []string       // as in sockets/names, in any spelling; none means all
	Port   uint16         // of either end; 0 means any
	Local  netip.AddrPort // a zero address, or port, means any. An IPv4 address is also found where an AF_INET6 socket has it
	Peer   netip.AddrPort
}
