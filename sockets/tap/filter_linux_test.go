package tap

import (
	"encoding/binary"
	"fmt"
	"math/rand/v2"
	"net/netip"
	"slices"
	"testing"
	"unsafe"

	"golang.org/x/sys/unix"
)

// A packet of the tests: what it is made of, from the outside in.
type packet []byte

func ipv4(proto Proto, from, to uint16, options int, fragment uint16) packet {
	b := make([]byte, 20+4*options)
	b[0] = 0x45 + byte(options)
	for i := 20; i < len(b); i++ {
		b[i] = 1 // a no-op, which must not be read as a port
	}
	binary.BigEndian.PutUint16(b[6:], fragment)
	b[9] = byte(proto)
	copy(b[12:], []byte{10, 1, 0, 1, 10, 1, 0, 2})
	return append(b, ends(from, to)...)
}

func ends(from, to uint16) []byte {
	b := make([]byte, 20)
	binary.BigEndian.PutUint16(b, from)
	binary.BigEndian.PutUint16(b[2:], to)
	return b
}

var fromSix, toSix = netip.MustParseAddr("fd00::1"), netip.MustParseAddr("fd00::2")

func ipv6(next byte, body []byte) packet {
	b := make([]byte, 40)
	b[0], b[6] = 0x60, next
	copy(b[8:], fromSix.AsSlice())
	copy(b[24:], toSix.AsSlice())
	return append(b, body...)
}

// piece is an IPv6 fragment header.
func piece(next byte, offset uint16, body []byte) []byte {
	b := []byte{next, 0, 0, 0, 0, 0, 0, 1}
	binary.BigEndian.PutUint16(b[2:], offset)
	return append(b, body...)
}

func icmp(kind byte, quoted packet) []byte {
	return append([]byte{kind, 0, 0, 0, 0, 0, 0, 0}, quoted...)
}

func ipv4ICMP(kind byte, quoted packet, options int) packet {
	b := ipv4(protoICMP, 0, 0, options, 0)
	return append(b[:20+4*options], icmp(kind, quoted)...)
}

// mark ends each frame of the tests, so that what the kernel itself sends is told apart.
const mark = "sockstep"

// frameOf is a frame to nobody: no host takes it for its own, so none answers.
func frameOf(t testing.TB, p packet, ether uint16) []byte {
	t.Helper()
	b := []byte{2, 0, 0, 0, 0, 9, 2, 0, 0, 0, 0, 8, 0, 0}
	binary.BigEndian.PutUint16(b[12:], ether)
	return append(append(b, p...), mark...)
}

// sender sends frames on lo.
func sender(t testing.TB) func(frame []byte) {
	t.Helper()
	fd := socket(t, unix.AF_PACKET, unix.SOCK_RAW)
	lo, err := interfaceIndex(fd, "lo")
	must(t, err)
	return func(frame []byte) {
		t.Helper()
		must(t, unix.Sendto(fd, frame, 0, &unix.SockaddrLinklayer{Ifindex: lo, Protocol: bigEndian(binary.BigEndian.Uint16(frame[12:]))}))
	}
}

// taken counts the test's own frames in a tap.
func taken(t testing.TB, tap *Tap) (n int) {
	t.Helper()
	frames, lost, err := tap.Drain()
	must(t, err)
	if lost > 0 {
		t.Fatalf("%d lost", lost)
	}
	for _, f := range frames {
		if string(f.Data[max(0, len(f.Data)-len(mark)):]) == mark {
			n++
		}
	}
	return n
}

// TestFilter sends frames of every kind past filters of every kind.
func TestFilter(t *testing.T) {
	send := sender(t)
	six := func(p packet) []byte { return frameOf(t, p, 0x86dd) }
	four := func(p packet) []byte { return frameOf(t, p, 0x0800) }
	const port, other = 7000, 9
	frames := []struct {
		name  string
		frame []byte
		kind  string // what of a filter takes it
	}{
		{"tcp to", four(ipv4(TCP, other, port, 0, 0)), "tcp"},
		{"tcp from", four(ipv4(TCP, port, other, 0, 0)), "tcp"},
		{"tcp, others", four(ipv4(TCP, other, other, 0, 0)), ""},
		{"udp to", four(ipv4(UDP, other, port, 0, 0)), "udp"},
		{"options of IP", four(ipv4(TCP, other, port, 10, 0)), "tcp"},
		{"options of IP, others", four(ipv4(TCP, other, other, 10, 0)), ""},
		{"don't fragment", four(ipv4(UDP, other, port, 0, 0x4000)), "udp"},
		{"first fragment", four(ipv4(UDP, other, port, 0, 0x2000)), "udp"},
		{"later fragment", four(ipv4(UDP, port, port, 0, 0x2001)), "fragments"},
		{"sctp", four(ipv4(132, port, port, 0, 0)), ""},
		{"echo", four(ipv4ICMP(8, nil, 0)), "icmp"},
		{"echo that holds a packet", four(ipv4ICMP(8, ipv4(TCP, port, port, 0, 0), 0)), "icmp"},
		{"unreachable", four(ipv4ICMP(3, ipv4(UDP, other, port, 3, 0), 2)), "udp|icmp"},
		{"unreachable, others", four(ipv4ICMP(3, ipv4(UDP, other, other, 3, 0), 2)), "icmp"},
		{"time exceeded", four(ipv4ICMP(11, ipv4(TCP, port, other, 0, 0), 0)), "tcp|icmp"},
		{"an error about an error", four(ipv4ICMP(11, ipv4ICMP(3, ipv4(TCP, port, port, 0, 0), 0), 0)), "icmp"},
		{"arp", frameOf(t, packet{0, 1, 8, 0, 6, 4, 0, 1, 19: 0, 27: 0}, 0x0806), "arp"},
		{"ipv6 tcp", six(ipv6(6, ends(other, port))), "tcp"},
		{"ipv6 udp from", six(ipv6(17, ends(port, other))), "udp"},
		{"ipv6, others", six(ipv6(17, ends(other, other))), ""},
		{"ipv6 first fragment", six(ipv6(44, piece(17, 1, ends(port, other)))), "udp"},
		{"ipv6 first fragment, others", six(ipv6(44, piece(17, 1, ends(other, other)))), ""},
		{"ipv6 later fragment", six(ipv6(44, piece(17, 8, ends(port, port)))), "fragments"},
		{"ipv6 hop by hop", six(ipv6(0, append([]byte{6, 0, 1, 4, 0, 0, 0, 0}, ends(port, port)...))), ""},
		{"neighbour solicitation", six(ipv6(58, icmp(135, ipv6(6, ends(port, port))))), "icmp"},
		{"ipv6 unreachable", six(ipv6(58, icmp(1, ipv6(17, ends(other, port))))), "udp|icmp"},
		{"ipv6 too big, fragment", six(ipv6(58, icmp(2, ipv6(44, piece(6, 1, ends(port, other)))))), "tcp|icmp"},
		{"ipv6 unreachable, others", six(ipv6(58, icmp(1, ipv6(17, ends(other, other))))), "icmp"},
		{"neither", frameOf(t, packet(ipv4(TCP, port, port, 0, 0)), 0x88b5), ""},
		{"cut short", frameOf(t, packet{0x45, 9: byte(TCP)}, 0x0800), ""},
	}
	from, to := netip.MustParseAddr("10.1.0.1"), netip.MustParseAddr("10.1.0.2")
	nobody := netip.MustParseAddr("fd00::3")
	at := func(p Proto, addrs ...netip.Addr) (ports []Port) {
		for _, a := range addrs {
			ports = append(ports, Port{p, port, a})
		}
		return ports
	}
	any := netip.Addr{}
	for _, f := range []struct {
		Filter
		kinds []string
	}{
		{Filter{}, nil},
		{Filter{Ports: at(TCP, any)}, []string{"tcp"}},
		{Filter{Ports: at(UDP, any)}, []string{"udp"}},
		{Filter{Ports: append(at(TCP, any), at(UDP, netip.IPv4Unspecified(), nobody)...)}, []string{"tcp", "udp"}},
		{Filter{Ports: at(UDP, from, to, fromSix, nobody, toSix)}, []string{"udp"}},
		{Filter{Ports: at(UDP, nobody)}, nil},
		{Filter{Ports: at(TCP, any), ICMP: true}, []string{"tcp", "icmp"}},
		{Filter{ARP: true}, []string{"arp"}},
		{Filter{Ports: at(TCP, netip.MustParseAddr("10.1.0.3")), Fragments: true}, []string{"fragments"}},
		{Filter{ICMP: true, ARP: true, Fragments: true}, []string{"icmp", "arp", "fragments"}},
	} {
		t.Run(fmt.Sprintf("%+v", f.Filter), func(t *testing.T) {
			tap, far := tapped(t, Options{Filter: f.Filter}), tapped(t, Options{})
			networkOffset(t, far, f.Filter)
			for _, x := range frames {
				want := 0
				for _, kind := range f.kinds {
					if slices.Contains(split(x.kind), kind) {
						want = 1
					}
				}
				send(x.frame)
				if got := taken(t, tap); got != want {
					t.Errorf("%s: taken %d times, want %d", x.name, got, want)
				}
				if got := taken(t, far); got != 2*want { // and as it goes out
					t.Errorf("%s, by the network header's own place: taken %d times, want %d", x.name, got, 2*want)
				}
			}
		})
	}
}

func split(kinds string) (list []string) {
	for i, at := 0, 0; i <= len(kinds); i++ {
		if i == len(kinds) || kinds[i] == '|' {
			list, at = append(list, kinds[at:i]), i+1
		}
	}
	return list
}

// networkOffset attaches a filter that looks for the network header as it must on links that are not Ethernet.
func networkOffset(t testing.TB, tap *Tap, f Filter) {
	t.Helper()
	code, err := compile(f, nil, defaultSnap)
	must(t, err)
	for i := range code {
		if code[i].Code == ifEqual && (code[i].K == unix.ARPHRD_ETHER || code[i].K == unix.ARPHRD_LOOPBACK) && i < 3 {
			code[i].K = 0xfffffff0 // no interface is of this type
		}
	}
	must(t, unix.SetsockoptSockFprog(tap.fd, unix.SOL_SOCKET, unix.SO_ATTACH_FILTER, &unix.SockFprog{Len: uint16(len(code)), Filter: &code[0]}))
}

// TestFilterRandom holds the filter of many ports against what a set says.
func TestFilterRandom(t *testing.T) {
	send := sender(t)
	tap := tapped(t, Options{})
	r := rand.New(rand.NewPCG(1, 2))
	hosts := []netip.Addr{{}, netip.MustParseAddr("10.1.0.1"), netip.MustParseAddr("10.1.0.2"), netip.MustParseAddr("10.1.0.3")}
	for _, size := range []int{1, 2, 15, 16, 17, 33, 100, 500, 1000} {
		set := map[Port]bool{}
		var ports []Port
		for range size {
			p := Port{TCP, uint16(r.Uint32()), netip.Addr{}}
			if r.IntN(2) == 0 {
				p.Proto = UDP
			}
			if size < 200 && r.IntN(3) == 0 {
				p.Addr = hosts[r.IntN(len(hosts))]
			}
			ports = append(ports, p)
			set[p] = true
		}
		must(t, tap.SetPorts(ports))
		wanted, total := 0, 300
		for range total {
			proto, from, to := Proto(TCP), uint16(r.Uint32()), uint16(r.Uint32())
			if r.IntN(2) == 0 {
				proto = UDP
			}
			p := ports[r.IntN(len(ports))]
			switch r.IntN(4) {
			case 0:
				proto, from = p.Proto, p.Number
			case 1:
				proto, to = p.Proto, p.Number
			case 2:
				to = p.Number
			}
			want := 0
			if set[Port{proto, from, hosts[0]}] || set[Port{proto, to, hosts[0]}] || set[Port{proto, from, hosts[1]}] || set[Port{proto, to, hosts[2]}] {
				want = 1
			}
			wanted += want
			send(frameOf(t, ipv4(proto, from, to, 0, 0), 0x0800))
			if got := taken(t, tap); got != want {
				t.Fatalf("%d ports: %d %d→%d taken %d times, want %d", size, proto, from, to, got, want)
			}
		}
		if wanted == 0 || wanted == total {
			t.Errorf("%d ports: %d of %d wanted", size, wanted, total)
		}
	}
	var ports []Port
	for i := range 5000 {
		ports = append(ports, Port{Proto: TCP, Number: uint16(i)})
	}
	if err := tap.SetPorts(ports); err == nil {
		t.Error("5,000 ports fit")
	}
}

// TestLayout: the structures are the kernel's.
func TestLayout(t *testing.T) {
	word := unsafe.Sizeof(uintptr(0))
	if got, want := unsafe.Sizeof(message{}), (unsafe.Sizeof(unix.Msghdr{})+4+word-1)/word*word; got != want {
		t.Errorf("struct mmsghdr has %d bytes, want %d", got, want)
	}
}
