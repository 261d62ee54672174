package diag

import (
	"errors"
	"net/netip"
	"testing"
	"time"
	"unsafe"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

func TestListen(t *testing.T) {
	d := asking(t)
	l := listening(t, "127.0.0.1", 5)
	at := local(t, l)
	calling(t, at)
	c := calling(t, at)
	s, err := d.TCP(at, netip.AddrPort{})
	must(t, err)
	inode, err := d.Inode(sockets.FD(l))
	must(t, err)
	if s.State != "LISTEN" || s.Local != at || s.Peer.IsValid() || s.RecvQ != 2 || s.SendQ != 5 || s.Inode != inode || s.Cookie == 0 ||
		s.Timer != (Timer{}) || s.Info == nil || s.Info.State != "LISTEN" || s.Info.Unacked != 2 || s.Info.Sacked != 5 || s.Mem == nil ||
		s.UID != uint32(unix.Getuid()) {
		t.Errorf("%+v", s)
	}
	waits, err := d.TCP(at, local(t, c))
	must(t, err)
	if waits.State != "ESTABLISHED" || waits.Inode != 0 { // the handshake is over, no program has it
		t.Errorf("a connection that waits for accept: %+v", waits)
	}
}

// TestBound: a socket that is only bound stands in a list of its own. Kernels before 6.8 do not tell of it.
func TestBound(t *testing.T) {
	d := asking(t)
	at := local(t, bound(t, unix.SOCK_STREAM, "127.0.0.1"))
	s, err := d.TCP(at, netip.AddrPort{})
	if errors.Is(err, ErrGone) {
		t.Skip("this kernel does not tell of sockets that are only bound")
	}
	must(t, err)
	if s.State != "CLOSE" || s.Local != at || s.Inode == 0 {
		t.Errorf("%+v", s)
	}
}

func TestEstablished(t *testing.T) {
	d := asking(t)
	client, _ := connected(t, "127.0.0.1")
	from, to := local(t, client), remote(t, client)
	congestion, err := unix.GetsockoptString(client, unix.IPPROTO_TCP, unix.TCP_CONGESTION)
	must(t, err)
	must(t, unix.SetsockoptInt(client, unix.IPPROTO_IP, unix.IP_TOS, 0x10))
	deaf(t, client) // it will not hear the ACK
	_, err = unix.Write(client, make([]byte, 1234))
	must(t, err)
	c, err := d.TCP(from, to)
	must(t, err)
	if c.State != "ESTABLISHED" || c.Local != from || c.Peer != to || c.SendQ != 1234 || c.RecvQ != 0 || c.Inode == 0 || c.Interface != 0 ||
		c.Congestion != congestion || c.TOS != 0x10 || c.Shutdown != 0 || c.Timer.Kind != Retransmit || c.Timer.Left <= 0 || c.Timer.Left > time.Second {
		t.Errorf("%+v", c)
	}
	i := c.Info
	if i == nil || i.Unacked != 1 || i.BytesSent != 1234 || i.DataSegsOut != 1 || i.RTO < time.Millisecond || i.RTO > 10*time.Second || i.RTT == 0 ||
		i.CAState != "Open" || i.SndWnd == 0 || i.PMTU == 0 || i.MinRTT == 0 || i.Size < 200 {
		t.Errorf("%+v", i)
	}
	if c.Mem == nil || c.Mem.SendQueued < 1234 || c.Mem.SendBuf == 0 || c.Mem.RecvBuf == 0 {
		t.Errorf("%+v", c.Mem)
	}
	s, err := d.TCP(to, from)
	must(t, err)
	if s.RecvQ != 1234 || s.Info.BytesReceived != 1234 || s.Mem.Received < 1234 || s.Cookie == c.Cookie {
		t.Errorf("%+v", s)
	}
	retried := until(t, func() (TCP, error) { return d.TCP(from, to) }, func(s TCP) bool { return s.Info.TotalRetrans > 0 })
	if retried.Info.BytesRetrans == 0 || retried.Info.BytesSent <= 1234 {
		t.Errorf("after a retransmission: %+v", retried.Info)
	}
}

// TestInfo: getsockopt(2) and sock_diag(7) give the same struct.
func TestInfo(t *testing.T) {
	d := asking(t)
	client, _ := connected(t, "127.0.0.1")
	s, err := d.TCP(local(t, client), remote(t, client))
	must(t, err)
	buf, n := make([]byte, 1000), uint32(1000)
	_, _, errno := unix.Syscall6(unix.SYS_GETSOCKOPT, uintptr(client), unix.IPPROTO_TCP, unix.TCP_INFO, uintptr(unsafe.Pointer(&buf[0])), uintptr(unsafe.Pointer(&n)), 0)
	if errno != 0 {
		t.Fatal(errno)
	}
	got, want := *s.Info, DecodeTCPInfo(buf[:n])
	got.Size, got.LastDataSent, got.LastDataRecv, got.LastAckRecv = want.Size, want.LastDataSent, want.LastDataRecv, want.LastAckRecv
	if got != want {
		t.Errorf("sock_diag  %+v\ngetsockopt %+v", got, want)
	}
	theirs, err := unix.GetsockoptTCPInfo(client, unix.IPPROTO_TCP, unix.TCP_INFO)
	must(t, err)
	micros := func(n uint32) time.Duration { return time.Duration(n) * time.Microsecond }
	if got.RTO != micros(theirs.Rto) || got.RTT != micros(theirs.Rtt) || got.RTTVar != micros(theirs.Rttvar) || got.SndMSS != theirs.Snd_mss || got.PMTU != theirs.Pmtu ||
		got.RcvSpace != theirs.Rcv_space || got.PacingRate != theirs.Pacing_rate || got.MaxPacingRate != theirs.Max_pacing_rate ||
		got.SegsOut != theirs.Segs_out || got.SegsIn != theirs.Segs_in || got.MinRTT != micros(theirs.Min_rtt) || got.Delivered != theirs.Delivered ||
		got.SndWnd != theirs.Snd_wnd || got.RcvWnd != theirs.Rcv_wnd || got.ReceivedCEBytes != theirs.Received_ce_bytes || got.AdvMSS != theirs.Advmss {
		t.Errorf("ours %+v\nx/sys %+v", got, theirs)
	}
	if !got.Timestamps || !got.SACK || !got.WindowScale || got.SndWScale == 0 || got.RcvWScale == 0 {
		t.Errorf("options: %+v", got)
	}
}

// TestSynSent: the accept queue is full, and the SYN is dropped.
func TestSynSent(t *testing.T) {
	d := asking(t)
	l := listening(t, "127.0.0.1", 0)
	at := local(t, l)
	calling(t, at)
	fd := socket(t, unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_NONBLOCK)
	if err := unix.Connect(fd, sockaddr(at)); err != unix.EINPROGRESS {
		t.Fatal(err)
	}
	s, err := d.TCP(local(t, fd), at)
	must(t, err)
	if s.State != "SYN_SENT" || s.Timer.Kind != Retransmit || s.Timer.Left < 500*time.Millisecond || s.SendQ != 1 {
		t.Errorf("%+v", s)
	}
}

// TestSynRecv: a connection whose handshake is half done. TCP_DEFER_ACCEPT keeps it so until data comes.
func TestSynRecv(t *testing.T) {
	d := asking(t)
	for _, host := range []string{"127.0.0.1", "0.0.0.0", "::1", "::"} {
		l := listening(t, host, 5)
		must(t, unix.SetsockoptInt(l, unix.IPPROTO_TCP, unix.TCP_DEFER_ACCEPT, 5))
		to := map[string]string{"127.0.0.1": "127.0.0.1", "0.0.0.0": "127.0.0.1", "::1": "::1", "::": "127.0.0.1"}[host]
		at := local(t, l)
		c := calling(t, netip.AddrPortFrom(netip.MustParseAddr(to), at.Port()))
		calling(t, remote(t, c))
		s, err := d.TCP(remote(t, c), local(t, c))
		must(t, err)
		if s.State != "SYN_RECV" || s.Timer.Kind != Retransmit || s.Inode != 0 || s.Info != nil || s.Mem != nil {
			t.Errorf("%s: %+v", host, s)
		}
		if n, err := d.SynQueue(at); n != 2 || err != nil {
			t.Errorf("%s: SynQueue %d, %v", host, n, err)
		}
		all, err := d.TCPList(Filter{Port: at.Port(), States: []string{"SYN_RECV"}})
		must(t, err)
		if len(all) != 2 || all[0].State != "SYN_RECV" {
			t.Errorf("%s: %+v", host, all)
		}
		listener, err := d.TCP(at, netip.AddrPort{})
		must(t, err)
		if listener.State != "LISTEN" || listener.RecvQ != 0 {
			t.Errorf("%s: %+v", host, listener)
		}
		_, err = unix.Write(c, []byte("now"))
		must(t, err)
		if n, err := d.SynQueue(at); n != 1 || err != nil {
			t.Errorf("%s: SynQueue after data %d, %v", host, n, err)
		}
	}
}

// TestClose follows a connection to its end, and beyond the last descriptor.
func TestClose(t *testing.T) {
	d := asking(t)
	client, server := connected(t, "127.0.0.1")
	from, to := local(t, client), remote(t, client)
	must(t, unix.Shutdown(client, unix.SHUT_WR))
	s := becomes(t, d, to, from, "CLOSE_WAIT")
	if s.RecvQ != 1 || s.Shutdown != ShutRD || s.Info.BytesReceived != 1 {
		t.Errorf("the FIN was not read: %+v", s)
	}
	c := becomes(t, d, from, to, "FIN_WAIT2") // the ACK is delayed
	if c.Shutdown != ShutWR || c.Shutdown.String() != "SHUT_WR" || c.Timer != (Timer{}) || c.Inode == 0 || c.Info.BytesAcked != 2 {
		t.Errorf("%+v", c)
	}
	shut(t, client)
	c, err := d.TCP(from, to)
	must(t, err)
	if c.State != "FIN_WAIT2" || c.Inode != 0 || c.Timer.Kind != TimeWait && c.Timer.Kind != Keepalive || c.Timer.Left > 61*time.Second {
		t.Errorf("an orphan: %+v", c)
	}
	shut(t, server)
	c = becomes(t, d, from, to, "TIME_WAIT")
	if c.Inode != 0 || c.Timer.Kind != TimeWait || c.Timer.Left < 55*time.Second || c.Timer.Left > 61*time.Second || c.Info != nil {
		t.Errorf("%+v", c)
	}
	until(t, func() (TCP, error) { return d.TCP(from, to) }, func(s TCP) bool { return s.Timer.Left < c.Timer.Left })
	if s, err := d.TCP(to, from); !errors.Is(err, ErrGone) {
		t.Errorf("the other end: %+v, %v", s, err)
	}
}

// TestUnacknowledged: the states of a closing connection whose last segments are lost.
func TestUnacknowledged(t *testing.T) {
	d := asking(t)
	client, server := connected(t, "127.0.0.1")
	from, to := local(t, client), remote(t, client)
	must(t, unix.Shutdown(client, unix.SHUT_WR))
	becomes(t, d, from, to, "FIN_WAIT2")
	deaf(t, client)
	shut(t, server)
	s, err := d.TCP(to, from)
	must(t, err)
	if s.State != "LAST_ACK" || s.Inode != 0 || s.SendQ != 1 || s.Timer.Kind != Retransmit {
		t.Errorf("%+v", s)
	}
	hearing(t, client)

	client, server = connected(t, "127.0.0.1")
	from, to = local(t, client), remote(t, client)
	deaf(t, server)
	deaf(t, client)
	must(t, unix.Shutdown(client, unix.SHUT_WR))
	must(t, unix.Shutdown(server, unix.SHUT_WR))
	s, err = d.TCP(from, to)
	must(t, err)
	if s.State != "FIN_WAIT1" || s.SendQ != 1 || s.Timer.Kind != Retransmit {
		t.Errorf("%+v", s)
	}
	hearing(t, server) // which gets the other's FIN, but no ACK of its own
	becomes(t, d, to, from, "CLOSING")
	hearing(t, client)
}

func TestTimers(t *testing.T) {
	d := asking(t)
	l := bound(t, unix.SOCK_STREAM, "127.0.0.1")
	must(t, unix.SetsockoptInt(l, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096))
	must(t, unix.Listen(l, 1))
	client := calling(t, local(t, l))
	from, to := local(t, client), remote(t, client)
	must(t, unix.SetsockoptInt(client, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1))
	must(t, unix.SetsockoptInt(client, unix.IPPROTO_TCP, unix.TCP_KEEPIDLE, 100))
	s, err := d.TCP(from, to)
	must(t, err)
	if s.Timer.Kind != Keepalive || s.Timer.Left < 98*time.Second || s.Timer.Left > 101*time.Second {
		t.Errorf("%+v", s.Timer)
	}
	must(t, unix.SetNonblock(client, true))
	must(t, unix.SetsockoptInt(client, unix.SOL_SOCKET, unix.SO_SNDBUF, 4096))
	for {
		if _, err := unix.Write(client, make([]byte, 1<<16)); err == unix.EAGAIN {
			break
		}
		must(t, err)
	}
	s = until(t, func() (TCP, error) { return d.TCP(from, to) }, func(s TCP) bool { return s.Timer.Kind == Probe })
	if s.SendQ == 0 || s.Timer.Left > 10*time.Second || s.Info.NotsentBytes == 0 {
		t.Errorf("%+v", s)
	}
}

// TestGone: what is not there is not taken for what is near it.
func TestGone(t *testing.T) {
	d := asking(t)
	l := listening(t, "127.0.0.1", 5)
	at := local(t, l)
	client := calling(t, at)
	from := local(t, client)
	gone := func(what string, local, peer netip.AddrPort) {
		t.Helper()
		if s, err := d.TCP(local, peer); !errors.Is(err, ErrGone) {
			t.Errorf("%s: %+v, %v", what, s, err)
		}
	}
	gone("a peer that nobody is", at, netip.MustParseAddrPort("127.0.0.1:1"))
	gone("a listener elsewhere", netip.AddrPortFrom(netip.MustParseAddr("127.0.0.2"), at.Port()), netip.AddrPort{})
	gone("a listener everywhere", netip.AddrPortFrom(netip.IPv4Unspecified(), at.Port()), netip.AddrPort{})
	gone("one that does not listen", from, netip.AddrPort{})
	gone("one without an address", netip.AddrPort{}, netip.AddrPort{})
	must(t, unix.SetsockoptLinger(client, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
	shut(t, client)
	gone("a connection that was reset", from, at)
	shut(t, l)
	gone("a listener that was closed", at, netip.AddrPort{})
	if n, err := d.SynQueue(netip.AddrPort{}); !errors.Is(err, ErrGone) {
		t.Errorf("the queue of nobody: %d, %v", n, err)
	}
	if _, err := d.TCP(at, netip.MustParseAddrPort("[::1]:1")); !errors.Is(err, unix.EAFNOSUPPORT) {
		t.Errorf("a peer of another family: %v", err)
	}
	if _, err := d.TCP(netip.MustParseAddrPort("[fe80::1%nowhere0]:1"), netip.AddrPort{}); !errors.Is(err, unix.ENODEV) {
		t.Errorf("a zone that is none: %v", err)
	}
}
