package lab

import (
	"encoding/binary"
	"net/netip"
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A router asks the kernel to change a network, rtnetlink(7). It speaks for the network namespace that it was opened in.
type router struct {
	fd  int
	seq uint32
}

func openRouter() (*router, error) {
	fd, err := unix.Socket(unix.AF_NETLINK, unix.SOCK_RAW|unix.SOCK_CLOEXEC, unix.NETLINK_ROUTE)
	if err != nil {
		return nil, os.NewSyscallError("socket", err)
	}
	return &router{fd: fd}, nil
}

func (r *router) close() { _ = unix.Close(r.fd) }

// A request is a message to the kernel: its own header, that of its subject, attributes.
type request []byte

func (q *request) header(p unsafe.Pointer, size uintptr) {
	*q = append(*q, unsafe.Slice((*byte)(p), size)...)
}

func (q *request) attr(kind int, value []byte) {
	*q = binary.NativeEndian.AppendUint16(*q, uint16(4+len(value)))
	*q = binary.NativeEndian.AppendUint16(*q, uint16(kind))
	*q = append(*q, value...)
	for len(*q)%4 != 0 {
		*q = append(*q, 0)
	}
}

func (q *request) text(kind int, s string)   { q.attr(kind, append([]byte(s), 0)) }
func (q *request) number(kind int, n uint32) { q.attr(kind, binary.NativeEndian.AppendUint32(nil, n)) }

// nest puts attributes into one.
func (q *request) nest(kind int, fill func(*request)) {
	start := len(*q)
	q.attr(kind, nil)
	fill(q)
	binary.NativeEndian.PutUint16((*q)[start:], uint16(len(*q)-start))
}

// ask sends a request and waits for the kernel's answer, which is an errno.
func (r *router) ask(op string, kind uint16, flags uint16, body request) error {
	r.seq++
	m := request{}
	h := unix.NlMsghdr{Len: uint32(unix.SizeofNlMsghdr + len(body)), Type: kind, Flags: unix.NLM_F_REQUEST | unix.NLM_F_ACK | flags, Seq: r.seq}
	m.header(unsafe.Pointer(&h), unsafe.Sizeof(h))
	m = append(m, body...)
	if err := unix.Sendto(r.fd, m, 0, &unix.SockaddrNetlink{Family: unix.AF_NETLINK}); err != nil {
		return os.NewSyscallError(op, err)
	}
	answer := make([]byte, 8192)
	for {
		n, _, err := unix.Recvfrom(r.fd, answer, 0)
		if err == unix.EINTR {
			continue
		}
		if err != nil {
			return os.NewSyscallError(op, err)
		}
		if n < unix.SizeofNlMsghdr+4 || binary.NativeEndian.Uint16(answer[4:]) != unix.NLMSG_ERROR || binary.NativeEndian.Uint32(answer[8:]) != r.seq {
			continue
		}
		if code := int32(binary.NativeEndian.Uint32(answer[unix.SizeofNlMsghdr:])); code != 0 {
			return os.NewSyscallError(op, unix.Errno(-code))
		}
		return nil
	}
}

func link(index int) (q request) {
	h := unix.IfInfomsg{Family: unix.AF_UNSPEC, Index: int32(index)}
	q.header(unsafe.Pointer(&h), unsafe.Sizeof(h))
	return q
}

// veth makes a pair of interfaces: far here, with this number, and near, with the MAC address, in the namespace that
// the descriptor is of.
func (r *router) veth(far string, index int, near string, mac [6]byte, namespace int) error {
	q := link(index)
	q.text(unix.IFLA_IFNAME, far)
	q.number(unix.IFLA_MTU, DefaultMTU)
	q.nest(unix.IFLA_LINKINFO, func(q *request) {
		q.text(unix.IFLA_INFO_KIND, "veth")
		q.nest(unix.IFLA_INFO_DATA, func(q *request) {
			const vethInfoPeer = 1 // linux/veth.h
			q.nest(vethInfoPeer, func(q *request) {
				*q = append(*q, link(0)...)
				q.text(unix.IFLA_IFNAME, near)
				q.attr(unix.IFLA_ADDRESS, mac[:])
				q.number(unix.IFLA_MTU, DefaultMTU)
				q.number(unix.IFLA_NET_NS_FD, uint32(namespace))
			})
		})
	})
	return r.ask("RTM_NEWLINK veth", unix.RTM_NEWLINK, unix.NLM_F_CREATE|unix.NLM_F_EXCL, q)
}

// noLinkLocal keeps the kernel from giving an interface an IPv6 address of its own choice.
func (r *router) noLinkLocal(index int) error {
	q := link(index)
	q.nest(unix.IFLA_AF_SPEC, func(q *request) {
		q.nest(unix.AF_INET6, func(q *request) {
			const none = 1 // IN6_ADDR_GEN_MODE_NONE, linux/if_link.h
			q.attr(unix.IFLA_INET6_ADDR_GEN_MODE, []byte{none})
		})
	})
	return r.ask("RTM_SETLINK addrgenmode", unix.RTM_SETLINK, 0, q)
}

// up switches an interface on; mute makes it answer no ARP.
func (r *router) up(index int, mute bool) error {
	h := unix.IfInfomsg{Family: unix.AF_UNSPEC, Index: int32(index), Flags: unix.IFF_UP, Change: unix.IFF_UP}
	if mute {
		h.Flags |= unix.IFF_NOARP
		h.Change |= unix.IFF_NOARP
	}
	var q request
	q.header(unsafe.Pointer(&h), unsafe.Sizeof(h))
	return r.ask("RTM_SETLINK up", unix.RTM_SETLINK, 0, q)
}

func (r *router) mtu(index, n int) error {
	q := link(index)
	q.number(unix.IFLA_MTU, uint32(n))
	return r.ask("RTM_SETLINK mtu", unix.RTM_SETLINK, 0, q)
}

// address gives an interface an address, which may be used at once: nobody else is there who could have it.
func (r *router) address(index int, p netip.Prefix) error {
	h := unix.IfAddrmsg{Family: unix.AF_INET, Prefixlen: uint8(p.Bits()), Index: uint32(index), Flags: unix.IFA_F_NODAD}
	ip := p.Addr().AsSlice()
	if p.Addr().Is6() {
		h.Family = unix.AF_INET6
		if p.Addr().IsLinkLocalUnicast() {
			h.Scope = unix.RT_SCOPE_LINK
		}
	}
	var q request
	q.header(unsafe.Pointer(&h), unsafe.Sizeof(h))
	q.attr(unix.IFA_LOCAL, ip)
	q.attr(unix.IFA_ADDRESS, ip)
	if p.Addr().Is4() {
		q.number(unix.IFA_BROADCAST, binary.NativeEndian.Uint32(ip)|^binary.NativeEndian.Uint32(mask4(p.Bits())))
	}
	return r.ask("RTM_NEWADDR "+p.String(), unix.RTM_NEWADDR, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, q)
}

func mask4(bits int) []byte {
	return binary.BigEndian.AppendUint32(nil, ^uint32(0)<<(32-bits))
}

// route sends an IPv4 prefix out by an interface.
func (r *router) route(index int, p netip.Prefix) error {
	h := unix.RtMsg{
		Family: unix.AF_INET, Dst_len: uint8(p.Bits()), Table: unix.RT_TABLE_MAIN,
		Protocol: unix.RTPROT_BOOT, Scope: unix.RT_SCOPE_LINK, Type: unix.RTN_UNICAST,
	}
	var q request
	q.header(unsafe.Pointer(&h), unsafe.Sizeof(h))
	q.attr(unix.RTA_DST, p.Addr().AsSlice())
	q.number(unix.RTA_OIF, uint32(index))
	return r.ask("RTM_NEWROUTE "+p.String(), unix.RTM_NEWROUTE, unix.NLM_F_CREATE|unix.NLM_F_REPLACE, q)
}
