package lab

import (
	"encoding/binary"
	"os"
	"runtime"
	"sync"
	"sync/atomic"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A ring of 4,096 slots holds what TCP's largest default window can send at once. It is the kernel's memory, so that
// the limit on receive buffers, which is below that, does not make the cable lose what it should carry.
const (
	slotSize  = 2048
	slotCount = 4096
	blockSize = 64 << 10
)

// A packetPort is a far end of a host's veth pair: frames are read from a ring shared with the kernel, packet(7), and
// written one by one. A frame that is longer than a slot (a large MTU) comes by recv(2).
type packetPort struct {
	fd, wake int
	ring     []byte
	next     int // the slot that the kernel fills next
	long     []byte

	closed  atomic.Bool
	dropped atomic.Uint64 // by the kernel, so far as it was asked

	mu      sync.Mutex
	all     sync.Cond // carried has grown
	ask     uint64    // how often settle was called
	carried uint64    // up to which call everything was carried
	done    chan struct{}
}

// openPort opens the end with this index. It is called in the network namespace of the cable.
func openPort(index int) (_ *packetPort, err error) {
	p := &packetPort{fd: -1, wake: -1, long: make([]byte, LargestMTU+64), done: make(chan struct{})}
	p.all.L = &p.mu
	defer func() {
		if err != nil {
			p.release()
		}
	}()
	if p.wake, err = unix.Eventfd(0, unix.EFD_CLOEXEC|unix.EFD_NONBLOCK); err != nil {
		return nil, os.NewSyscallError("eventfd2", err)
	}
	// No protocol yet: nothing shall come in before the ring is there.
	if p.fd, err = unix.Socket(unix.AF_PACKET, unix.SOCK_RAW|unix.SOCK_CLOEXEC, 0); err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	for _, o := range []struct{ name, value int }{
		{unix.PACKET_VERSION, unix.TPACKET_V2},
		{unix.PACKET_IGNORE_OUTGOING, 1}, // not what we write ourselves
		{unix.PACKET_COPY_THRESH, 1},     // a frame longer than a slot also comes whole
	} {
		if err := unix.SetsockoptInt(p.fd, unix.SOL_PACKET, o.name, o.value); err != nil {
			return nil, os.NewSyscallError("setsockopt", err)
		}
	}
	req := unix.TpacketReq{Block_size: blockSize, Block_nr: slotSize * slotCount / blockSize, Frame_size: slotSize, Frame_nr: slotCount}
	if err := unix.SetsockoptTpacketReq(p.fd, unix.SOL_PACKET, unix.PACKET_RX_RING, &req); err != nil {
		return nil, os.NewSyscallError("setsockopt", err)
	}
	if p.ring, err = unix.Mmap(p.fd, 0, slotSize*slotCount, unix.PROT_READ|unix.PROT_WRITE, unix.MAP_SHARED); err != nil {
		return nil, os.NewSyscallError("mmap", err)
	}
	every := binary.NativeEndian.Uint16(binary.BigEndian.AppendUint16(nil, unix.ETH_P_ALL))
	if err := unix.Bind(p.fd, &unix.SockaddrLinklayer{Protocol: every, Ifindex: index}); err != nil {
		return nil, os.NewSyscallError("bind", err)
	}
	return p, nil
}

func (p *packetPort) write(frame []byte) error {
	_, err := unix.Write(p.fd, frame)
	return err
}

// calm throws away what the hosts say of their own accord when they come up, about their IPv6 groups: until there is
// silence for a while, or for long enough. It is called before read.
func calm(ports [2]*packetPort) {
	const silence, enough = 30, 300 * time.Millisecond
	fds := []unix.PollFd{{Fd: int32(ports[0].fd), Events: unix.POLLIN}, {Fd: int32(ports[1].fd), Events: unix.POLLIN}}
	for end := time.Now().Add(enough); time.Now().Before(end); {
		if n, err := unix.Poll(fds, silence); n == 0 || err != nil && err != unix.EINTR {
			return
		}
		for _, p := range ports {
			for p.one(func([]byte, time.Time) {}) {
			}
		}
	}
}

// read hands every frame to carry until the port is closed. The data is valid only during the call.
func (p *packetPort) read(carry func(data []byte, in time.Time)) {
	defer close(p.done)
	fds := []unix.PollFd{{Fd: int32(p.fd), Events: unix.POLLIN}, {Fd: int32(p.wake), Events: unix.POLLIN}}
	for !p.closed.Load() {
		p.mu.Lock()
		asked := p.ask
		p.mu.Unlock()
		for p.one(carry) {
		}
		p.mu.Lock()
		p.carried = asked
		p.all.Broadcast()
		again := p.ask != asked
		p.mu.Unlock()
		if again {
			continue
		}
		if _, err := unix.Poll(fds, -1); err != nil {
			continue // EINTR; there is nothing else that it could be
		}
		if fds[1].Revents != 0 {
			var count [8]byte
			_, _ = unix.Read(p.wake, count[:]) // back to zero
		}
		if fds[0].Revents&unix.POLLERR != 0 {
			// The interface went down, or away; asking takes the error from the socket.
			_, _ = unix.GetsockoptInt(p.fd, unix.SOL_SOCKET, unix.SO_ERROR)
		}
	}
}

// pin keeps the calling goroutine on one processor. Frames that are written on different processors wait for the host
// in different queues, and may overtake each other on a cable that does not reorder.
func pin(n int) {
	runtime.LockOSThread()
	var may, one unix.CPUSet
	if unix.SchedGetaffinity(0, &may) != nil || may.Count() == 0 {
		return
	}
	n %= may.Count()
	for cpu := 0; ; cpu++ {
		if may.IsSet(cpu) {
			if n == 0 {
				one.Set(cpu)
				_ = unix.SchedSetaffinity(0, &one) // where it is not allowed, order is only likely
				return
			}
			n--
		}
	}
}

// one carries the frame in the next slot, and reports whether there was one.
func (p *packetPort) one(carry func([]byte, time.Time)) bool {
	slot := p.ring[p.next*slotSize:][:slotSize]
	h := (*unix.Tpacket2Hdr)(unsafe.Pointer(&slot[0]))
	status := atomic.LoadUint32(&h.Status)
	if status&unix.TP_STATUS_USER == 0 {
		return false
	}
	in := time.Unix(int64(h.Sec), int64(h.Nsec))
	data := slot[h.Mac:][:h.Snaplen]
	switch {
	case status&unix.TP_STATUS_COPY != 0:
		if n, _, err := unix.Recvfrom(p.fd, p.long, unix.MSG_DONTWAIT); err == nil {
			carry(p.long[:n], in)
		} else {
			p.dropped.Add(1)
		}
	case h.Snaplen < h.Len: // and there was no room for the whole
		p.dropped.Add(1)
	default:
		carry(data, in)
	}
	atomic.StoreUint32(&h.Status, unix.TP_STATUS_KERNEL)
	p.next = (p.next + 1) % slotCount
	return true
}

// settle waits until every frame that is in the ring now has been carried.
func (p *packetPort) settle() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.ask++
	upTo := p.ask
	p.poke()
	for p.carried < upTo && !p.closed.Load() {
		p.all.Wait()
	}
}

// poke ends the reader's wait.
func (p *packetPort) poke() {
	_, _ = unix.Write(p.wake, binary.NativeEndian.AppendUint64(nil, 1))
}

func (p *packetPort) overflow() uint64 {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed.Load() {
		return p.dropped.Load()
	}
	// Reading the kernel's count sets it to zero.
	if s, err := unix.GetsockoptTpacketStats(p.fd, unix.SOL_PACKET, unix.PACKET_STATISTICS); err == nil {
		p.dropped.Add(uint64(s.Drops))
	}
	return p.dropped.Load()
}

func (p *packetPort) stop() {
	p.mu.Lock()
	p.closed.Store(true)
	p.all.Broadcast()
	p.mu.Unlock()
	p.poke()
	<-p.done
}

func (p *packetPort) release() {
	if p.ring != nil {
		_ = unix.Munmap(p.ring)
	}
	for _, fd := range []int{p.fd, p.wake} {
		if fd >= 0 {
			_ = unix.Close(fd)
		}
	}
}
