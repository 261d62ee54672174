package diag

import (
	"errors"
	"net"
	"net/netip"
	"slices"
	"testing"

	"golang.org/x/sys/unix"
)

// TestIPv6 looks for both ends of a connection, and for its listener, over IPv6 and over IPv4 between sockets of AF_INET6.
func TestIPv6(t *testing.T) {
	d := asking(t)
	find := func(local, peer netip.AddrPort) TCP {
		t.Helper()
		s, err := d.TCP(local, peer)
		must(t, err)
		return s
	}
	six := netip.MustParseAddr("::1")
	l := listening(t, "::", 5)
	at := local(t, l)
	c := calling(t, netip.AddrPortFrom(six, at.Port()))
	must(t, unix.SetsockoptInt(c, unix.IPPROTO_IPV6, unix.IPV6_TCLASS, 0x20))
	if s := find(local(t, c), remote(t, c)); s.State != "ESTABLISHED" || s.Local != local(t, c) || s.Peer != remote(t, c) || s.TClass != 0x20 {
		t.Errorf("%+v", s)
	}
	if s := find(remote(t, c), local(t, c)); s.State != "ESTABLISHED" || s.Inode != 0 {
		t.Errorf("%+v", s)
	}
	if s := find(at, netip.AddrPort{}); s.State != "LISTEN" || s.Local != at || s.V6Only || s.RecvQ != 1 {
		t.Errorf("%+v", s)
	}
	if s, err := d.TCP(netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port()), netip.AddrPort{}); !errors.Is(err, ErrGone) {
		t.Errorf("0.0.0.0 is not ::, though IPv4 comes to it: %+v, %v", s, err)
	}

	four := netip.AddrPortFrom(netip.MustParseAddr("127.0.0.1"), at.Port())
	c4 := calling(t, four)
	mapped := func(a netip.AddrPort) netip.AddrPort {
		return netip.AddrPortFrom(netip.AddrFrom16(a.Addr().As16()), a.Port())
	}
	for _, ask := range []func(netip.AddrPort) netip.AddrPort{plain, mapped} {
		s := find(ask(four), ask(local(t, c4))) // the server's end is of AF_INET6
		if s.State != "ESTABLISHED" || s.Local != mapped(four) || s.Peer != mapped(local(t, c4)) {
			t.Errorf("%+v", s)
		}
		s = find(ask(local(t, c4)), ask(four)) // the client's is not
		if s.State != "ESTABLISHED" || s.Local != local(t, c4) || s.Peer != four {
			t.Errorf("%+v", s)
		}
	}
	all, err := d.TCPList(Filter{Local: four})
	must(t, err)
	if len(all) != 1 || all[0].Local != mapped(four) {
		t.Errorf("%+v", all)
	}

	only := socket(t, unix.AF_INET6, unix.SOCK_DGRAM)
	must(t, unix.SetsockoptInt(only, unix.IPPROTO_IPV6, unix.IPV6_V6ONLY, 1))
	must(t, unix.Bind(only, &unix.SockaddrInet6{}))
	if u, err := d.UDP(local(t, only), netip.AddrPort{}); err != nil || !u.V6Only {
		t.Errorf("%+v, %v", u, err)
	}
}

// TestInterface: a socket that is bound to an interface is found, though the kernel's exact search does not.
func TestInterface(t *testing.T) {
	d := asking(t)
	l := bound(t, unix.SOCK_STREAM, "127.0.0.1")
	if err := unix.BindToDevice(l, "lo"); err != nil {
		t.Skipf("SO_BINDTODEVICE is not allowed here: %v", err)
	}
	must(t, unix.Listen(l, 1))
	at := local(t, l)
	s, err := d.TCP(at, netip.AddrPort{})
	must(t, err)
	lo, err := net.InterfaceByName("lo")
	must(t, err)
	if s.State != "LISTEN" || s.Interface != uint32(lo.Index) {
		t.Errorf("%+v", s)
	}
	c := calling(t, at)
	accepted(t, l)
	s, err = d.TCP(at, local(t, c))
	must(t, err)
	if s.State != "ESTABLISHED" || s.Interface != uint32(lo.Index) {
		t.Errorf("%+v", s)
	}
}

// TestZone: a link-local address means nothing without its interface.
func TestZone(t *testing.T) {
	d := asking(t)
	at, index := linkLocal(t)
	fd := socket(t, unix.AF_INET6, unix.SOCK_STREAM)
	must(t, unix.Bind(fd, &unix.SockaddrInet6{Addr: at.As16(), ZoneId: index}))
	must(t, unix.Listen(fd, 3))
	port := local(t, fd).Port()
	end := netip.AddrPortFrom(at, port)
	s, err := d.TCP(end, netip.AddrPort{})
	must(t, err)
	if s.State != "LISTEN" || s.Local != end || s.Interface != index {
		t.Errorf("%+v", s)
	}
	c := socket(t, unix.AF_INET6, unix.SOCK_STREAM)
	must(t, unix.Connect(c, &unix.SockaddrInet6{Addr: at.As16(), Port: int(port), ZoneId: index}))
	from := netip.AddrPortFrom(local(t, c).Addr().WithZone(at.Zone()), local(t, c).Port())
	s, err = d.TCP(from, end)
	must(t, err)
	if s.State != "ESTABLISHED" || s.Local != from || s.Peer != end {
		t.Errorf("%+v", s)
	}
	all, err := d.TCPList(Filter{Local: end, States: []string{"LISTEN"}})
	must(t, err)
	if len(all) != 1 || all[0].Local != end {
		t.Errorf("%+v", all)
	}
	lo := netip.AddrPortFrom(at.WithZone("lo"), port)
	if s, err := d.TCP(lo, netip.AddrPort{}); !errors.Is(err, ErrGone) {
		t.Errorf("by another interface: %+v, %v", s, err)
	}
	if all, err := d.TCPList(Filter{Local: lo}); len(all) != 0 || err != nil {
		t.Errorf("by another interface: %+v, %v", all, err)
	}
}

// linkLocal finds such an address of this machine's.
func linkLocal(t *testing.T) (netip.Addr, uint32) {
	t.Helper()
	all, err := net.Interfaces()
	must(t, err)
	for _, i := range all {
		addrs, err := i.Addrs()
		must(t, err)
		for _, a := range addrs {
			p, err := netip.ParsePrefix(a.String())
			if err == nil && p.Addr().Is6() && p.Addr().IsLinkLocalUnicast() && i.Flags&net.FlagUp != 0 {
				return p.Addr().WithZone(i.Name), uint32(i.Index)
			}
		}
	}
	t.Skip("this machine has no link-local address")
	return netip.Addr{}, 0
}

func TestList(t *testing.T) {
	d := asking(t)
	l := listening(t, "127.0.0.1", 5)
	at := local(t, l)
	one, two := calling(t, at), calling(t, at)
	other := listening(t, "127.0.0.1", 5)
	alone := bound(t, unix.SOCK_STREAM, "127.0.0.1")
	a, b := local(t, one), local(t, two)
	host := netip.MustParseAddr("127.0.0.1")
	for _, c := range []struct {
		what string
		f    Filter
		want []netip.AddrPort // the local ends
	}{
		{"port of either end", Filter{Port: at.Port()}, []netip.AddrPort{at, at, at, a, b}},
		{"local", Filter{Local: at}, []netip.AddrPort{at, at, at}},
		{"local port", Filter{Local: netip.AddrPortFrom(netip.Addr{}, at.Port())}, []netip.AddrPort{at, at, at}},
		{"peer", Filter{Peer: at}, []netip.AddrPort{a, b}},
		{"both", Filter{Local: at, Peer: b}, []netip.AddrPort{at}},
		{"port, and both", Filter{Port: at.Port(), Local: b, Peer: at}, []netip.AddrPort{b}},
		{"addresses alone, and a port", Filter{Port: a.Port(), Local: netip.AddrPortFrom(host, 0), Peer: netip.AddrPortFrom(host, 0)}, []netip.AddrPort{at, a}},
		{"state", Filter{Port: at.Port(), States: []string{"LISTEN"}}, []netip.AddrPort{at}},
		{"states, in any spelling", Filter{Port: at.Port(), States: []string{"estab", "listen", "time-wait"}}, []netip.AddrPort{at, at, at, a, b}},
		{"another", Filter{Port: local(t, other).Port()}, []netip.AddrPort{local(t, other)}},
		{"only bound", Filter{Port: local(t, alone).Port(), States: []string{"BOUND"}}, []netip.AddrPort{local(t, alone)}},
		{"another host", Filter{Local: netip.AddrPortFrom(netip.MustParseAddr("127.0.0.9"), at.Port())}, nil},
		{"another family", Filter{Local: netip.AddrPortFrom(netip.MustParseAddr("::1"), at.Port())}, nil},
		{"no such state now", Filter{Port: at.Port(), States: []string{"CLOSING"}}, nil},
	} {
		all, err := d.TCPList(c.f)
		must(t, err)
		var got []netip.AddrPort
		for _, s := range all {
			if s.State != "TIME_WAIT" && s.State != "FIN_WAIT2" { // of a test before, whose port was given again
				got = append(got, s.Local)
			}
		}
		sort := func(l []netip.AddrPort) { slices.SortFunc(l, netip.AddrPort.Compare) }
		sort(got)
		sort(c.want)
		if !slices.Equal(got, c.want) {
			t.Errorf("%s: %v, want %v", c.what, got, c.want)
		}
	}
	if _, err := d.TCPList(Filter{States: []string{"NOWHERE"}}); err == nil {
		t.Error("a state that is none")
	}
	all, err := d.TCPList(Filter{})
	must(t, err)
	if len(all) < 6 {
		t.Errorf("all are only %d", len(all))
	}
}

func TestUDP(t *testing.T) {
	d := asking(t)
	server := bound(t, unix.SOCK_DGRAM, "127.0.0.1")
	at := local(t, server)
	client := bound(t, unix.SOCK_DGRAM, "127.0.0.1")
	must(t, unix.Connect(client, sockaddr(at)))
	for range 3 {
		_, err := unix.Write(client, []byte("hello"))
		must(t, err)
	}
	s, err := d.UDP(at, netip.AddrPort{})
	must(t, err)
	if s.State != "UNCONN" || s.Local != at || s.Peer.IsValid() || s.Inode == 0 || s.RecvQ <= 15 || s.Mem == nil || s.Mem.Received < s.RecvQ || s.Mem.Drops != 0 {
		t.Errorf("%+v", s)
	}
	c, err := d.UDP(local(t, client), at)
	must(t, err)
	if c.State != "CONNECTED" || c.Local != local(t, client) || c.Peer != at || c.Inode == 0 || c.RecvQ != 0 {
		t.Errorf("%+v", c)
	}
	for what, ends := range map[string][2]netip.AddrPort{
		"a peer that it has not":    {at, local(t, client)},
		"without the peer":          {local(t, client), {}},
		"a host that it is not of":  {netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), at.Port()), {}},
		"everywhere":                {netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port()), {}},
		"a port that nobody is":     {netip.MustParseAddrPort("127.0.0.1:1"), {}},
		"without a port of its own": {},
	} {
		if s, err := d.UDP(ends[0], ends[1]); !errors.Is(err, ErrGone) {
			t.Errorf("%s: %+v, %v", what, s, err)
		}
	}
	must(t, unix.SetsockoptInt(server, unix.SOL_SOCKET, unix.SO_RCVBUF, 1))
	for range 10 {
		_, err := unix.Write(client, make([]byte, 1000))
		must(t, err)
	}
	if s, err = d.UDP(at, netip.AddrPort{}); err != nil || s.Mem.Drops == 0 {
		t.Errorf("what had no room: %+v, %v", s.Mem, err)
	}
	all, err := d.UDPList(Filter{Port: at.Port()})
	must(t, err)
	if len(all) != 2 {
		t.Errorf("%+v", all)
	}
	all, err = d.UDPList(Filter{Port: at.Port(), States: []string{"CONNECTED"}})
	must(t, err)
	if len(all) != 1 || all[0].Cookie != c.Cookie {
		t.Errorf("%+v", all)
	}
	everywhere := bound(t, unix.SOCK_DGRAM, "::")
	if s, err = d.UDP(local(t, everywhere), netip.AddrPort{}); err != nil || s.Local != local(t, everywhere) {
		t.Errorf("%+v, %v", s, err)
	}
}
