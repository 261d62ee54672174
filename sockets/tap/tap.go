// Package tap takes the packets of some ports out of the kernel as they pass, each as it was on the wire, with its time.
//
// How a frame comes:
//
//	network card, lo ─▶ filter, in the kernel: of these ports? ─▶ queue ─▶ Drain ─▶ []Frame
//	                                                                 └──▶ Wait returns
//
// What the filter does not let pass is never seen here. On lo, where both ends are of this machine, each
// packet is taken once, as it comes in; on every other interface both directions are taken.
package tap

import (
	"net/netip"
	"time"
)

// A Proto is a protocol that has ports, by its number in the IP header.
type Proto uint8

// The protocols with ports.
const (
	TCP Proto = 6
	UDP Proto = 17
)

// A Port is one whose frames are taken: those that come from it or go to it.
type Port struct {
	Proto  Proto
	Number uint16
	Addr   netip.Addr // the host that has the port; the zero Addr and an unspecified one (0.0.0.0, ::) mean any host
}

// A Filter is which frames are taken. The zero Filter takes none.
//
// A TCP segment or UDP datagram is taken if one of its ends is among the Ports, over IPv4 and over IPv6 without extension
// headers other than the fragment header. So is an ICMP error that quotes such a packet. A fragment
// other than the first has no ports, and is taken by Fragments alone.
type Filter struct {
	Ports     []Port
	ICMP      bool // every ICMP and ICMPv6 message, the neighbour discovery of IPv6 too
	ARP       bool // every ARP message
	Fragments bool // every fragment but the first
}

// Options are how a tap is opened. The zero value is a tap of every interface that takes nothing yet.
type Options struct {
	Interfaces []string // names; none means all, those that come later too
	Filter     Filter
	Snap       int // bytes of a frame that are kept; 0 means 64 KiB, which is all of any but a "BIG TCP" one
	Buffer     int // bytes that may wait for Drain, the kernel's overhead counted; 0 means 64 MiB. Without CAP_NET_ADMIN the kernel cuts it to net.core.rmem_max
}

// A Link is what stands at the beginning of a frame, by the number that pcap has for it.
type Link uint16

// The links.
const (
	LinkUnknown  Link = 0   // Net tells where the network layer begins
	LinkEthernet Link = 1   // 14 bytes: to, from, EtherType. lo has them too, with addresses of zeros
	LinkRaw      Link = 101 // nothing: the frame begins with its IP header, as on a tunnel
)

// A Frame is one packet as an interface had it.
type Frame struct {
	Data      []byte    // from the link header on, without a VLAN tag; the caller's own
	Time      time.Time // by the kernel, of the wall clock: compare it with times that were Round(0)ed
	WireLen   int       // bytes it had; more than len(Data) where Snap cut it
	Link      Link
	Net       int    // offset of the network header in Data
	EtherType uint16 // of the network header: 0x0800 IPv4, 0x86dd IPv6, 0x0806 ARP
	Iface     int
	IfaceName string // "" where the interface went away
	Outgoing  bool   // sent by this machine; never on lo
	Other     bool   // addressed to another machine

	// ChecksumPartial tells that the checksum of TCP or UDP is not there yet, because the card computes it, or, on lo, nobody does.
	// It is no error.
	ChecksumPartial bool
	// Segments tells that this is several TCP segments in one: the card cuts it when it is sent, or the kernel joined it when it came.
	Segments bool
	VLAN     VLAN
}

// A VLAN is the tag of IEEE 802.1Q that a frame had. The zero VLAN is none.
type VLAN struct {
	TPID uint16 // 0x8100 or 0x88a8; 0 where there was no tag
	TCI  uint16 // priority, drop eligible, and the VLAN's number in the low 12 bits
}

// ID is the number of the VLAN.
func (v VLAN) ID() int { return int(v.TCI & 0xfff) }
