package tap

import (
	"encoding/binary"
	"os"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// An inbox is what frames are received into: some at once, by recvmmsg(2).
type inbox struct {
	messages [batch]message
	control  [batch]control
	from     [batch]unix.RawSockaddrLinklayer
	pieces   [batch]unix.Iovec
	buffers  []byte // batch times size
	size     int
	dirty    int              // how many messages the kernel wrote last time
	slab     []byte           // where the data of frames are put, one behind the other
	names    map[int32]string // of interfaces, as last seen
	asked    map[int32]bool   // whose names were asked for in this drain
}

// batch is how many frames one call takes.
const batch = 16

// slabSize is how much is made at once for the data of frames. A slab lives as long as the last of its frames.
const slabSize = 64 << 10

// message is struct mmsghdr.
type message struct {
	unix.Msghdr
	Len uint32
}

// control has room for a time (SCM_TIMESTAMPNS) and what packet(7) says beside (PACKET_AUXDATA).
type control struct {
	_   [0]uint64 // aligned
	buf [128]byte
}

// nativeIsBig reports whether this machine stores the high byte first.
var nativeIsBig = binary.NativeEndian.Uint16([]byte{1, 0}) == 0x100

func newInbox(snap int) *inbox {
	b := &inbox{size: snap, buffers: make([]byte, batch*snap), names: map[int32]string{}, asked: map[int32]bool{}, dirty: batch}
	for i := range b.messages {
		b.pieces[i].Base = &b.buffers[i*snap]
		b.pieces[i].SetLen(snap)
		m := &b.messages[i].Msghdr
		m.Iov = &b.pieces[i]
		m.SetIovlen(1)
		m.Name = (*byte)(unsafe.Pointer(&b.from[i]))
		m.Control = &b.control[i].buf[0]
	}
	return b
}

// drain takes all that is queued at the socket.
func (b *inbox) drain(fd int) (frames []Frame, lost int, err error) {
	clear(b.asked)
	for {
		n, errno := b.receive(fd)
		if errno != 0 && errno != unix.EAGAIN && err == nil {
			err = os.NewSyscallError("recvmmsg", errno) // told once; what is queued comes behind it
			continue
		}
		for i := range n {
			frames = append(frames, b.frame(fd, i))
		}
		if n < batch {
			break
		}
	}
	if len(frames) > 0 || err != nil { // only a queue that was full loses some
		if s, e := unix.GetsockoptTpacketStats(fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); e == nil {
			lost = int(s.Drops)
		}
	}
	return frames, lost, err
}

// receive takes as many frames as one call does.
func (b *inbox) receive(fd int) (int, unix.Errno) {
	for i := range b.dirty {
		m := &b.messages[i].Msghdr
		m.Namelen = unix.SizeofSockaddrLinklayer
		m.SetControllen(len(b.control[i].buf))
	}
	for {
		// MSG_TRUNC makes the length that of the wire.
		r, _, errno := unix.Syscall6(unix.SYS_RECVMMSG, uintptr(fd), uintptr(unsafe.Pointer(&b.messages)), batch, unix.MSG_DONTWAIT|unix.MSG_TRUNC, 0, 0)
		switch errno {
		case 0:
			b.dirty = int(r)
			return int(r), 0
		case unix.EINTR:
			continue
		}
		b.dirty = 1 // the kernel may have begun with the first
		return 0, errno
	}
}

// frame reads the i-th message.
func (b *inbox) frame(fd, i int) Frame {
	wire := int(b.messages[i].Len)
	data := b.keep(b.buffers[i*b.size:][:min(wire, b.size)])
	from := &b.from[i]
	f := Frame{
		Data: data, WireLen: wire,
		Link: link(from.Hatype), EtherType: bigEndian(from.Protocol),
		Iface: int(from.Ifindex), IfaceName: b.name(fd, from.Ifindex),
		Outgoing: from.Pkttype == unix.PACKET_OUTGOING, Other: from.Pkttype == unix.PACKET_OTHERHOST,
	}
	f.beside(b.control[i].buf[:b.messages[i].Controllen])
	return f
}

// beside reads what the kernel says beside the packet.
func (f *Frame) beside(b []byte) {
	for {
		h, data, rest, err := unix.ParseOneSocketControlMessage(b)
		if err != nil {
			return
		}
		b = rest
		switch {
		case h.Level == unix.SOL_SOCKET && h.Type == unix.SO_TIMESTAMPNS && len(data) >= int(unsafe.Sizeof(unix.Timespec{})):
			ts := (*unix.Timespec)(unsafe.Pointer(&data[0]))
			f.Time = time.Unix(ts.Unix())
		case h.Level == unix.SOL_PACKET && h.Type == unix.PACKET_AUXDATA && len(data) >= int(unsafe.Sizeof(unix.TpacketAuxdata{})):
			aux := (*unix.TpacketAuxdata)(unsafe.Pointer(&data[0]))
			f.WireLen = max(f.WireLen, int(aux.Len))
			f.Net = int(aux.Net)
			f.ChecksumPartial = aux.Status&unix.TP_STATUS_CSUMNOTREADY != 0
			f.Segments = aux.Status&unix.TP_STATUS_GSO_TCP != 0
			if aux.Status&unix.TP_STATUS_VLAN_VALID != 0 {
				f.VLAN = VLAN{TPID: etherVLAN, TCI: aux.Vlan_tci}
				if aux.Status&unix.TP_STATUS_VLAN_TPID_VALID != 0 {
					f.VLAN.TPID = aux.Vlan_tpid
				}
			}
		}
		if len(b) == 0 {
			return
		}
	}
}

const etherVLAN = 0x8100

// keep copies data to where it may stay.
func (b *inbox) keep(data []byte) []byte {
	if cap(b.slab)-len(b.slab) < len(data) {
		b.slab = make([]byte, 0, max(slabSize, len(data)))
	}
	at := len(b.slab)
	b.slab = append(b.slab, data...)
	return b.slab[at:len(b.slab):len(b.slab)]
}

// name is if_indextoname(3), asked once a drain: an interface may be renamed.
func (b *inbox) name(fd int, index int32) string {
	if b.asked[index] {
		return b.names[index]
	}
	b.asked[index] = true
	var req struct { // struct ifreq
		name  [unix.IFNAMSIZ]byte
		index int32
		_     [20]byte
	}
	req.index = index
	if _, _, errno := unix.Syscall(unix.SYS_IOCTL, uintptr(fd), unix.SIOCGIFNAME, uintptr(unsafe.Pointer(&req))); errno != 0 {
		return b.names[index] // as it was called when it was there
	}
	if name := unix.ByteSliceToString(req.name[:]); b.names[index] != name {
		b.names[index] = name
	}
	return b.names[index]
}

// link is pcap's number for what an interface of this type (ARPHRD_ of linux/if_arp.h) puts before the network header.
func link(hardware uint16) Link {
	switch hardware {
	case unix.ARPHRD_ETHER, unix.ARPHRD_LOOPBACK:
		return LinkEthernet
	case unix.ARPHRD_NONE, unix.ARPHRD_RAWIP, unix.ARPHRD_PPP, unix.ARPHRD_TUNNEL, unix.ARPHRD_TUNNEL6, unix.ARPHRD_SIT:
		return LinkRaw
	}
	return LinkUnknown
}
