package sockets

import (
	"errors"
	"net/netip"
	"time"
)

// ErrGone says that the kernel has no such socket, or no longer. errors.Is finds it.
var ErrGone = errors.New("the kernel has no such socket")

// A KernelTCP is one TCP socket as the kernel has it: struct inet_diag_msg of linux/inet_diag.h, and what was asked for beside it.
// In TIME_WAIT and SYN_RECV, where the kernel keeps little, Mem and Info are nil and what they stand among is zero.
type KernelTCP struct {
	State string // as in names: "ESTABLISHED". One that is only bound is "CLOSE", a half-open connection "SYN_RECV"

	Local     netip.AddrPort // of an AF_INET6 socket that speaks IPv4: ::ffff:127.0.0.1; of a link-local address with its zone
	Peer      netip.AddrPort // the zero AddrPort where there is none
	Interface uint32         // index of the only interface that it uses: SO_BINDTODEVICE, or a link-local address; 0 for any

	RecvQ uint32 // bytes that wait for recv, and 1 for a FIN that was not read; of a LISTEN: connections that wait for accept
	SendQ uint32 // bytes that the peer has not acknowledged, and 1 for a FIN; of a LISTEN: the backlog

	Inode  uint32 // as in "socket:[INODE]" of /proc/PID/fd; 0 where no program has it open: not yet accepted, orphaned, TIME_WAIT
	UID    uint32 // who opened it
	Cookie uint64 // its own number, never given twice: SO_COOKIE of socket(7)

	Timer      Timer
	Congestion string   // name of the algorithm: "cubic"; tcp(7), TCP_CONGESTION
	Shutdown   Shutdown // ShutRD also once the peer's FIN came
	TOS        uint8    // IP_TOS of ip(7)
	TClass     uint8    // IPV6_TCLASS of ipv6(7)
	V6Only     bool     // IPV6_V6ONLY of ipv6(7)

	Mem  *Mem
	Info *TCPInfo
}

// Unread are the bytes that wait for recv, as SIOCINQ counts them: the peer's FIN is none.
func (t KernelTCP) Unread() uint32 {
	switch t.State {
	case "CLOSE_WAIT", "LAST_ACK", "CLOSING":
		return t.RecvQ - min(t.RecvQ, 1)
	}
	return t.RecvQ
}

// A KernelUDP is one UDP socket that has a port. Its queues are memory, which is more than the bytes in it.
type KernelUDP struct {
	State string // "CONNECTED" or "UNCONN"

	Local     netip.AddrPort // as in KernelTCP
	Peer      netip.AddrPort
	Interface uint32

	RecvQ uint32 // memory of the datagrams that wait for recv
	SendQ uint32 // memory of those that have not left

	Inode, UID  uint32
	Cookie      uint64
	Shutdown    Shutdown
	TOS, TClass uint8
	V6Only      bool
	Mem         *Mem // its Drops are the datagrams that came when the receive buffer was full
}

// A KernelUnix is one AF_UNIX socket: struct unix_diag_msg of linux/unix_diag.h, and its attributes.
type KernelUnix struct {
	State string // "LISTEN", "ESTABLISHED" or "CLOSE"; of a datagram socket "CONNECTED" or "UNCONN"
	Kind  Kind
	Name  Address // one that was accepted has the name of the socket that listened; Unnamed for none

	Inode     uint32 // as in "socket:[INODE]" of /proc/PID/fd; 0 where it was not accepted yet
	PeerInode uint32 // the other end; 0 where there is none, where it waits for accept, and for a datagram peer of another network namespace

	RecvQ uint32 // bytes that wait for recv, of a datagram socket those of the first message; of a LISTEN: connections that wait for accept
	SendQ uint32 // memory, not bytes, of what the peer has not read; of a LISTEN: the backlog

	Pending  []uint32 // of a LISTEN, only where one socket was asked for: the inodes of the clients that wait for accept, 0 for one that has closed
	Shutdown Shutdown
	UID      uint32 // who opened it
	Cookie   uint64
	Mem      *Mem
}

// The kinds of a Timer.
const (
	Retransmit = "retransmit" // until the segment is sent again; the tail loss probe and the reordering timer of RFC 8985 are told as this, too
	Keepalive  = "keepalive"  // until the silent peer is asked, RFC 9293 3.8.4; of an orphan in FIN_WAIT2 until it is given up
	TimeWait   = "time-wait"  // until TIME_WAIT, or an orphan's FIN_WAIT2, ends
	Probe      = "probe"      // until the peer whose window is zero is asked again, RFC 9293 3.8.6.1
)

// A Timer is what the kernel waits for. The zero Timer is none.
type Timer struct {
	Kind  string        // Retransmit, …; "" for none
	Left  time.Duration // until it goes off; the kernel's resolution is a tick (1 to 10 ms)
	Tries int           // retransmissions or probes that were made and not answered
}

// A Mem is the memory of a socket in bytes, overhead counted: SK_MEMINFO of linux/sock_diag.h.
type Mem struct {
	Received   uint32 // in what waits for recv
	RecvBuf    uint32 // SO_RCVBUF
	Sent       uint32 // in what the network card or the peer's queue has
	SendBuf    uint32 // SO_SNDBUF
	Forward    uint32 // reserved, not used yet
	SendQueued uint32 // in what waits for acknowledgement
	Options    uint32 // in options and ancillary data
	Backlog    uint32 // in what came while the program was inside a call
	Drops      uint32 // packets, not bytes, that were thrown away on arrival
}

// A Shutdown is which directions are over.
type Shutdown uint8

// The directions: of shutdown(2), or ended by the peer.
const (
	ShutRD Shutdown = 1 << iota
	ShutWR
)

// String is "SHUT_RD", "SHUT_WR", "SHUT_RDWR", or "" for none.
func (s Shutdown) String() string {
	return [...]string{"", "SHUT_RD", "SHUT_WR", "SHUT_RDWR"}[s&(ShutRD|ShutWR)]
}

// A TCPInfo is what the kernel knows of a TCP connection: struct tcp_info of linux/tcp.h, which tcp(7) calls TCP_INFO.
// A field that this kernel is too old to have is zero, as is most of a LISTEN's. Segments are counted, not measured, unless it says bytes.
type TCPInfo struct {
	Size int // bytes that the kernel gave: a field that begins behind them is not known

	State       string // as in sockets/names: "ESTABLISHED"
	CAState     string // of congestion control: "Open", "Disorder", "CWR", "Recovery", "Loss"
	Retransmits uint8  // of the oldest segment that is not acknowledged
	Probes      uint8  // keepalive or zero-window probes without an answer
	Backoff     uint8  // how often the wait was doubled

	Timestamps        bool // RFC 7323, as both ends agreed
	SACK              bool // RFC 2018
	WindowScale       bool // RFC 7323
	ECN               bool // RFC 3168
	ECNSeen           bool // a packet came that was marked as able to carry ECN
	SYNData           bool // data that came with the SYN was acknowledged: RFC 7413
	MicrosTimestamps  bool // the timestamps count microseconds
	FastOpenChild     bool // made by a SYN with a cookie of RFC 7413
	SndWScale         uint8
	RcvWScale         uint8
	AppLimited        bool  // DeliveryRate was held down by the program, not by the network
	FastOpenFail      uint8 // why the client's fast open failed, enum tcp_fastopen_client_fail; 0 if it did not
	RTO               time.Duration
	ATO               time.Duration // how long an ACK may be delayed
	SndMSS            uint32        // bytes
	RcvMSS            uint32        // bytes, estimated from what came
	Unacked           uint32        // sent and not acknowledged; of a LISTEN: connections that wait for accept
	Sacked            uint32        // acknowledged out of order; of a LISTEN: the backlog
	Lost              uint32        // held to be lost
	Retrans           uint32        // retransmitted and not acknowledged
	LastDataSent      time.Duration // since then
	LastDataRecv      time.Duration
	LastAckRecv       time.Duration
	PMTU              uint32 // bytes, RFC 1191
	RcvSsthresh       uint32 // bytes: how far the window that we offer may grow
	RTT               time.Duration
	RTTVar            time.Duration
	SndSsthresh       uint32 // 0x7fffffff until the first loss
	SndCwnd           uint32
	AdvMSS            uint32 // bytes: the MSS that we announced
	Reordering        uint32
	RcvRTT            time.Duration // as the receiver sees it; 0 until enough came
	RcvSpace          uint32        // bytes that the program reads in a round trip
	TotalRetrans      uint32
	PacingRate        uint64 // bytes a second; all ones for no limit
	MaxPacingRate     uint64
	BytesAcked        uint64 // one more than the data on the side that connected, and one more for a FIN
	BytesReceived     uint64 // one more than the data for a FIN
	SegsOut           uint32 // with pure ACKs
	SegsIn            uint32
	NotsentBytes      uint32
	MinRTT            time.Duration // 0 until one was measured
	DataSegsIn        uint32
	DataSegsOut       uint32
	DeliveryRate      uint64 // bytes a second
	BusyTime          time.Duration
	RwndLimited       time.Duration // of BusyTime: held up by the peer's window
	SndbufLimited     time.Duration // of BusyTime: held up by our send buffer
	Delivered         uint32
	DeliveredCE       uint32
	BytesSent         uint64 // with retransmissions
	BytesRetrans      uint64
	DsackDups         uint32 // arrived twice, says the peer: RFC 2883
	ReordSeen         uint32
	RcvOooPack        uint32 // came out of order
	SndWnd            uint32 // bytes: the peer's window, scaled
	RcvWnd            uint32 // bytes: the window that we offer, scaled
	Rehash            uint32 // times that another path was tried after a timeout
	TotalRTO          uint16
	TotalRTORecovered uint16
	TotalRTOTime      time.Duration
	ReceivedCE        uint32 // from here on: RFC 9768, Accurate ECN
	DeliveredE1Bytes  uint32
	DeliveredE0Bytes  uint32
	DeliveredCEBytes  uint32
	ReceivedE1Bytes   uint32
	ReceivedE0Bytes   uint32
	ReceivedCEBytes   uint32
}
