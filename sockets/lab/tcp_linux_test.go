package lab

import (
	"bytes"
	"encoding/binary"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

func TestHandshake(t *testing.T) {
	if !inLab(t) {
		return
	}
	r := record(t)
	client, server := connected(t, right4)
	sendText(t, client, "hello")
	if s := recvText(t, server); s != "hello" {
		t.Fatalf("received %q", s)
	}
	must(t, here.Cable().Settle())
	for name, n := range map[string]int{"syn": 1, "synack": 1, "data": 1, "ack": 1} {
		list := r.named(name)
		if len(list) < n || lost(list) > 0 {
			t.Errorf("%d frames %q, %d lost", len(list), name, lost(list))
		}
		for _, f := range list {
			if f.Out.Before(f.In) || f.Out.Sub(f.In) > time.Second || f.Delayed || f.Duplicate || f.Reordered || f.Made || f.Missed > 0 {
				t.Errorf("%q: %+v", name, f)
			}
			if sum := tcpSum(f.Data); sum != 0 {
				t.Errorf("%q: the checksum is not real: off by %#x", name, sum)
			}
		}
	}
	if d := r.named("data")[0].Dir; d != LeftToRight {
		t.Errorf("the data went %v", d)
	}
	if mss := tcpInfo(t, client).Snd_mss; mss != 1448 { // 1460 less the timestamps
		t.Errorf("mss %d", mss)
	}
}

// tcpSum is 0 where the checksum of a TCP segment in IPv4 is right.
func tcpSum(frame []byte) uint16 {
	ip := frame[14:]
	ip = ip[:binary.BigEndian.Uint16(ip[2:])]
	segment := ip[int(ip[0]&15)*4:]
	return checksum(protoTCP+uint32(len(segment)), ip[12:20], segment)
}

func TestHandshakeIPv6(t *testing.T) {
	if !inLab(t) {
		return
	}
	r := record(t)
	client, server := connected(t, right6)
	sendText(t, client, "hello")
	if s := recvText(t, server); s != "hello" {
		t.Fatalf("received %q", s)
	}
	if len(r.until(t, "syn", 1)) != 1 || len(r.until(t, "data", 1)) != 1 {
		t.Error("other segments than expected")
	}
}

func TestSYNLoss(t *testing.T) {
	if !inLab(t) {
		return
	}
	r := record(t)
	l := listenRight(t, right4)
	syn, _ := NamedFilter("syn")
	must(t, here.Cable().DropNext(syn, 2))
	client := at(t, Left, right4, unix.SOCK_STREAM)
	began := time.Now()
	must(t, unix.Connect(client, sockaddr(right4, service)))
	took := time.Since(began)
	must(t, here.Cable().Settle())
	list := r.named("syn")
	if len(list) != 3 || !list[0].Lost || !list[1].Lost || list[2].Lost || list[0].Why != ByDrop || !list[0].Out.IsZero() {
		t.Fatalf("SYNs: %+v", list)
	}
	first, second := list[1].In.Sub(list[0].In), list[2].In.Sub(list[1].In)
	t.Logf("SYN again after %v and %v; connect took %v", first, second, took)
	if first < 900*time.Millisecond || second < first-100*time.Millisecond || took < first+second {
		t.Errorf("no backoff: %v, %v; connect took %v", first, second, took)
	}
	_ = l
}

func TestSYNUnanswered(t *testing.T) {
	if !inLab(t) {
		return
	}
	// Once by a connection that works, so that it is not the ARP that is lost.
	connected(t, right4)
	must(t, here.Cable().Cut())
	client := at(t, Left, right4, unix.SOCK_STREAM)
	must(t, unix.SetsockoptInt(client, unix.IPPROTO_TCP, unix.TCP_SYNCNT, 1))
	is(t, "connect", unix.Connect(client, sockaddr(right4, service)), unix.ETIMEDOUT)
}

func TestFastRetransmit(t *testing.T) {
	if !inLab(t) {
		return
	}
	// A round trip that the handshake measures, long enough that all is under way before the first ACK.
	must(t, here.Cable().SetDelay(20*time.Millisecond, 0))
	client, server := connected(t, right4)
	r := record(t)
	data, _ := NamedFilter("data")
	n := 0
	third := Filter{Name: "third", Match: func(f []byte) bool {
		if data.Match(f) {
			n++
		}
		return n == 3 && data.Match(f)
	}}
	must(t, here.Cable().DropNext(third, 1))
	message := bytes.Repeat([]byte("12345678"), 8*181) // eight segments of 1448
	sendText(t, client, string(message))
	if all := recvAll(t, server, len(message)); !bytes.Equal(all, message) {
		t.Fatal("other bytes came")
	}
	list := r.until(t, "data", 9)
	var gone, again time.Time
	for _, f := range list {
		if f.Lost {
			gone = f.In
		} else if gone != (time.Time{}) && bytes.Equal(seqOf(f), seqOf(list[lostAt(list)])) {
			again = f.In
		}
	}
	took := again.Sub(gone)
	info := tcpInfo(t, client)
	t.Logf("sent again after %v; total_retrans %d", took, info.Total_retrans)
	if len(list) != 9 || lost(list) != 1 || info.Total_retrans != 1 {
		t.Errorf("%d data frames, %d lost, total_retrans %d", len(list), lost(list), info.Total_retrans)
	}
	if took < 35*time.Millisecond || took > 180*time.Millisecond {
		t.Errorf("sent again after %v, which is not one round trip", took)
	}
}

func lostAt(list []Frame) int {
	for i, f := range list {
		if f.Lost {
			return i
		}
	}
	return 0
}

func seqOf(f Frame) []byte { return f.Data[14+20+4 : 14+20+8] }

func TestRetransmissionTimeout(t *testing.T) {
	if !inLab(t) {
		return
	}
	client, server := connected(t, right4)
	r := record(t)
	data, _ := NamedFilter("data")
	// The segment, its tail-loss probe, and what the first timeout sends: nothing follows that could tell of the loss.
	must(t, here.Cable().DropNext(data, 3, LeftToRight))
	sendText(t, client, "alone")
	if s := recvText(t, server); s != "alone" {
		t.Fatalf("received %q", s)
	}
	list := r.until(t, "data", 4)
	var gaps []time.Duration
	for i := 1; i < len(list); i++ {
		gaps = append(gaps, list[i].In.Sub(list[i-1].In))
	}
	t.Logf("sent again after %v", gaps)
	if len(list) != 4 || lost(list) != 3 {
		t.Fatalf("%d data frames, %d lost", len(list), lost(list))
	}
	if gaps[1] < 150*time.Millisecond || gaps[2] < gaps[1]*3/2 {
		t.Errorf("no timeout that doubles: %v", gaps)
	}
}

func TestUserTimeout(t *testing.T) {
	if !inLab(t) {
		return
	}
	client, _ := connected(t, right4)
	must(t, unix.SetsockoptInt(client, unix.IPPROTO_TCP, unix.TCP_USER_TIMEOUT, 600))
	must(t, here.Cable().Cut())
	began := time.Now()
	sendText(t, client, "into the void")
	_, err := unix.Read(client, make([]byte, 1))
	is(t, "recv", err, unix.ETIMEDOUT)
	t.Logf("ETIMEDOUT after %v", time.Since(began))
	if time.Since(began) < 500*time.Millisecond {
		t.Error("too early")
	}
}

func TestCutAndMend(t *testing.T) {
	if !inLab(t) {
		return
	}
	client, server := connected(t, right4)
	r := record(t)
	must(t, here.Cable().Cut())
	sendText(t, client, "late")
	if f := r.until(t, "data", 1)[0]; !f.Lost || f.Why != ByCut {
		t.Fatalf("%+v", f)
	}
	must(t, here.Cable().Mend())
	if s := recvText(t, server); s != "late" {
		t.Fatalf("received %q", s)
	}
}

func TestKeepalive(t *testing.T) {
	if !inLab(t) {
		return
	}
	client, _ := connected(t, right4)
	r := record(t)
	for opt, v := range map[int]int{unix.TCP_KEEPIDLE: 1, unix.TCP_KEEPINTVL: 1, unix.TCP_KEEPCNT: 2} {
		must(t, unix.SetsockoptInt(client, unix.IPPROTO_TCP, opt, v))
	}
	must(t, unix.SetsockoptInt(client, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1))
	must(t, here.Cable().Cut())
	began := time.Now()
	_, err := unix.Read(client, make([]byte, 1))
	is(t, "recv", err, unix.ETIMEDOUT)
	t.Logf("the peer was found dead after %v", time.Since(began))
	if list := r.until(t, "ack", 2); lost(list) != len(list) {
		t.Errorf("%d probes, %d lost", len(list), lost(list))
	}
}

func TestNobody(t *testing.T) {
	if !inLab(t) {
		return
	}
	r := record(t)
	client := at(t, Left, right4, unix.SOCK_STREAM)
	is(t, "connect", unix.Connect(client, &unix.SockaddrInet4{Port: service, Addr: [4]byte{10, 0, 0, 9}}), unix.EHOSTUNREACH)
	if n := len(r.until(t, "arp", 3)); n != 3 {
		t.Errorf("asked %d times", n)
	}
	client = at(t, Left, right4, unix.SOCK_STREAM)
	is(t, "connect", unix.Connect(client, &unix.SockaddrInet4{Port: service, Addr: [4]byte{192, 0, 2, 1}}), unix.ENETUNREACH)
}

func TestDuplicatedSegments(t *testing.T) {
	if !inLab(t) {
		return
	}
	must(t, here.Cable().Duplicate(1))
	r := record(t)
	client, server := connected(t, right4)
	message := bytes.Repeat([]byte("once and only once. "), 5000)
	go func() { _, _ = unix.Write(client, message); _ = unix.Shutdown(client, unix.SHUT_WR) }()
	if all := recvAll(t, server, len(message)); !bytes.Equal(all, message) {
		t.Fatal("other bytes came")
	}
	if s := recvText(t, server); s != "" {
		t.Fatalf("and then %q", s)
	}
	must(t, here.Cable().Settle())
	var copies int
	list := r.named("data")
	for _, f := range list {
		if f.Duplicate {
			copies++
		}
	}
	if copies*2 != len(list) {
		t.Errorf("%d of %d data frames are copies", copies, len(list))
	}
	s := got(here.Cable().State())(t)
	if s.LeftToRight.Duplicated < uint64(copies) {
		t.Errorf("%+v", s)
	}
}

func TestReorderedSegments(t *testing.T) {
	if !inLab(t) {
		return
	}
	must(t, here.Cable().Seed(1))
	must(t, here.Cable().Reorder(0.2))
	must(t, here.Cable().SetLoss(0.01))
	must(t, here.Cable().SetDelay(time.Millisecond, time.Millisecond))
	client, server := connected(t, right4)
	message := bytes.Repeat([]byte("0123456789"), 50_000)
	go func() { _, _ = unix.Write(client, message) }()
	if all := recvAll(t, server, len(message)); !bytes.Equal(all, message) {
		t.Fatal("other bytes came")
	}
	if s := got(here.Cable().State())(t); s.LeftToRight.Reordered == 0 {
		t.Errorf("nothing was reordered: %+v", s)
	}
}
