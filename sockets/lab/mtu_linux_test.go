package lab

import (
	"net/netip"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

func TestMTU(t *testing.T) {
	if !inLab(t) {
		return
	}
	must(t, here.Cable().SetMTU(600))
	left, right := datagrams(t)
	must(t, unix.SetsockoptInt(left, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DO))
	_, err := unix.Write(left, make([]byte, 600-28+1))
	is(t, "send", err, unix.EMSGSIZE)
	sendText(t, left, strings.Repeat("x", 600-28))
	if s := recvText(t, right); len(s) != 572 {
		t.Errorf("received %d bytes", len(s))
	}
	// Without "don't fragment" the kernel cuts it into pieces, which are seen.
	r := record(t)
	must(t, unix.SetsockoptInt(left, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT))
	sendText(t, left, strings.Repeat("y", 1400))
	if s := recvText(t, right); len(s) != 1400 {
		t.Errorf("received %d bytes", len(s))
	}
	if list := r.until(t, "udp", 3); len(list) != 3 {
		t.Errorf("%d fragments", len(list))
	}
	client, _ := connected(t, right4)
	if mss := got(unix.GetsockoptInt(client, unix.IPPROTO_TCP, unix.TCP_MAXSEG))(t); mss != 600-52 {
		t.Errorf("mss %d", mss)
	}
	// IPv6 went below its least MTU, and comes back with its addresses; larger frames than a slot of the ring pass too.
	must(t, here.Cable().SetMTU(9000))
	connected(t, right6)
	sendText(t, left, strings.Repeat("z", 8900))
	if s := recvText(t, right); s != strings.Repeat("z", 8900) {
		t.Errorf("received %d bytes", len(s))
	}
	if list := r.until(t, "udp", 4); len(list) != 4 || len(list[3].Data) != 8942 {
		t.Errorf("%d frames", len(list))
	}
	if s := got(here.Cable().State())(t); s.MTU != 9000 || s.LeftToRight.Overflow > 0 {
		t.Errorf("%+v", s)
	}
}

func TestPathMTU(t *testing.T) {
	if !inLab(t) {
		return
	}
	for _, ip := range []netip.Addr{right4, right6} {
		t.Run(ip.String(), func(t *testing.T) {
			must(t, here.Cable().Reset())
			must(t, here.Cable().SetPathMTU(1300))
			r := record(t)
			u := at(t, Left, ip, unix.SOCK_DGRAM)
			must(t, unix.Connect(u, sockaddr(ip, service)))
			level, discover, do := unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DO
			mtu := unix.IP_MTU
			if ip.Is6() {
				level, discover, do, mtu = unix.IPPROTO_IPV6, unix.IPV6_MTU_DISCOVER, unix.IPV6_PMTUDISC_DO, unix.IPV6_MTU
			}
			must(t, unix.SetsockoptInt(u, level, discover, do))
			if n := got(unix.GetsockoptInt(u, level, mtu))(t); n != 1500 {
				t.Errorf("MTU %d before", n)
			}
			sendText(t, u, strings.Repeat("x", 1400)) // the host does not know better yet
			list := r.until(t, "icmp", 1)
			if !list[0].Made || list[0].Dir != RightToLeft {
				t.Errorf("%+v", list[0])
			}
			if gone := r.until(t, "udp", 1)[0]; !gone.Lost || gone.Why != ByMTU {
				t.Errorf("%+v", gone)
			}
			_, err := unix.Write(u, make([]byte, 1400))
			is(t, "send", err, unix.EMSGSIZE)
			if n := got(unix.GetsockoptInt(u, level, mtu))(t); n != 1300 {
				t.Errorf("MTU %d after", n)
			}
			// TCP learns it too, and goes on with smaller segments.
			client, server := connected(t, ip)
			message := strings.Repeat("0123456789", 1000)
			sendText(t, client, message)
			if all := recvAll(t, server, len(message)); string(all) != message {
				t.Error("other bytes came")
			}
		})
	}
}

func TestPathFragments(t *testing.T) {
	if !inLab(t) {
		return
	}
	left, right := datagrams(t)
	must(t, unix.SetsockoptInt(left, unix.IPPROTO_IP, unix.IP_MTU_DISCOVER, unix.IP_PMTUDISC_DONT))
	must(t, here.Cable().SetPathMTU(600))
	r := record(t)
	message := strings.Repeat("abcdefg", 200)
	sendText(t, left, message)
	if s := recvText(t, right); s != message {
		t.Errorf("received %q", s)
	}
	for _, f := range r.until(t, "udp", 3) {
		if len(f.Data) > 614 || !f.Made {
			t.Errorf("%d bytes, made: %v", len(f.Data), f.Made)
		}
	}
}
