package tap

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"runtime"
	"strings"
	"syscall"
	"testing"
	"time"

	"golang.org/x/sys/unix"
)

// TestHandshake: when connect returns, its three packets are there to be taken.
func TestHandshake(t *testing.T) {
	l, port, at := bound(t, unix.SOCK_STREAM)
	must(t, unix.Listen(l, 8))
	tap := tapped(t, Options{Filter: Filter{Ports: []Port{{Proto: TCP, Number: port}}}})
	const runs = 500
	for run := range runs {
		c, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
		must(t, err)
		must(t, unix.Connect(c, at))
		frames, lost, err := tap.Drain()
		must(t, err)
		var flags []byte
		for _, f := range frames {
			flags = append(flags, f.Data[f.Net+20+13])
			if f.Link != LinkEthernet || f.Net != 14 || f.EtherType != 0x0800 || f.IfaceName != "lo" || f.Outgoing || f.Other || !f.ChecksumPartial || f.WireLen != len(f.Data) || f.VLAN != (VLAN{}) {
				t.Fatalf("run %d: %+v", run, f)
			}
		}
		const syn, ack = 2, 16
		if want := []byte{syn, syn | ack, ack}; !bytes.Equal(flags, want) || lost != 0 {
			t.Fatalf("run %d: TCP flags %v, lost %d, want %v", run, flags, lost, want)
		}
		s, _, err := unix.Accept4(l, unix.SOCK_CLOEXEC)
		must(t, err)
		must(t, unix.SetsockoptLinger(c, unix.SOL_SOCKET, unix.SO_LINGER, &unix.Linger{Onoff: 1}))
		must(t, unix.Close(c))
		must(t, unix.Close(s))
		if frames, _, _ := tap.Drain(); len(frames) != 1 {
			t.Fatalf("run %d: %d frames of a close with RST", run, len(frames))
		}
	}
}

// TestTime: a frame bears the time of its passing, not of its taking.
func TestTime(t *testing.T) {
	to, port, at := bound(t, unix.SOCK_DGRAM)
	tap := tapped(t, Options{Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
	// The kernel begins to note times a little after the tap was opened: wait until it does.
	deadline := time.Now().Add(5 * time.Second)
	for {
		before := time.Now().Round(0)
		must(t, unix.Sendto(to, []byte("now"), 0, at))
		after := time.Now().Round(0)
		for !time.Now().Round(0).After(after.Add(100 * time.Microsecond)) {
			runtime.Gosched() // the taking is later
		}
		f := drained(t, tap, 1)[0]
		if !f.Time.Before(before) && !f.Time.After(after) {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("sent between %v and %v, the frame says %v", before, after, f.Time)
		}
	}
}

func TestSnap(t *testing.T) {
	to, port, at := bound(t, unix.SOCK_DGRAM)
	tap := tapped(t, Options{Snap: 60, Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
	must(t, unix.Sendto(to, make([]byte, 1000), 0, at))
	f := drained(t, tap, 1)[0]
	if len(f.Data) != 60 || f.WireLen != 14+20+8+1000 {
		t.Errorf("%d bytes of %d", len(f.Data), f.WireLen)
	}
}

// TestOwn: frames stay what they were when later ones come.
func TestOwn(t *testing.T) {
	to, port, at := bound(t, unix.SOCK_DGRAM)
	tap := tapped(t, Options{Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
	var all []Frame
	for i := range 100 {
		must(t, unix.Sendto(to, bytes.Repeat([]byte{byte(i)}, 1500), 0, at))
		if i%7 == 0 {
			all = append(all, drained(t, tap, 1)...)
		}
	}
	all = append(all, drained(t, tap, 100-len(all))...)
	for i, f := range all {
		if want := bytes.Repeat([]byte{byte(i)}, 1500); !bytes.Equal(f.Data[42:], want) {
			t.Fatalf("frame %d holds another's bytes", i)
		}
	}
}

// TestLost: got and lost are together what was sent, also where the queue is far too small.
func TestLost(t *testing.T) {
	to, port, at := bound(t, unix.SOCK_DGRAM)
	const sent = 5000
	for _, buffer := range []int{32 << 10, 64 << 20} {
		tap := tapped(t, Options{Buffer: buffer, Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
		got, lost := 0, 0
		for i := range sent {
			must(t, unix.Sendto(to, []byte("x"), 0, at))
			if i%100 == 99 {
				frames, n, err := tap.Drain()
				must(t, err)
				got, lost = got+len(frames), lost+n
			}
		}
		if got+lost != sent || (lost > 0) != (buffer < 1<<20) {
			t.Errorf("room for %d bytes: %d got, %d lost, of %d", buffer, got, lost, sent)
		}
		must(t, tap.Close())
	}
}

// TestNothingOfOthers: a tap takes nothing until it has ports, and then those alone.
func TestNothingOfOthers(t *testing.T) {
	mine, port, myself := bound(t, unix.SOCK_DGRAM)
	other, _, them := bound(t, unix.SOCK_DGRAM)
	tap := tapped(t, Options{Filter: Filter{ICMP: true, ARP: true}})
	say := func(want int) {
		t.Helper()
		for range 10 {
			must(t, unix.Sendto(mine, []byte("mine"), 0, myself))
			must(t, unix.Sendto(other, []byte("other's"), 0, them))
		}
		frames, _, err := tap.Drain()
		must(t, err)
		if len(frames) != want {
			t.Errorf("%d frames, want %d", len(frames), want)
		}
		for _, f := range frames {
			if !bytes.HasSuffix(f.Data, []byte("mine")) {
				t.Errorf("took %q", f.Data)
			}
		}
	}
	say(0)
	must(t, tap.SetPorts([]Port{{Proto: UDP, Number: port}}))
	say(10)
	must(t, tap.SetPorts([]Port{{Proto: TCP, Number: port}}))
	say(0)
	must(t, tap.SetPorts([]Port{{Proto: UDP, Number: port, Addr: netip.MustParseAddr("127.0.0.1")}}))
	say(10)
	must(t, tap.SetPorts([]Port{{Proto: UDP, Number: port, Addr: netip.MustParseAddr("127.0.0.2")}}))
	say(0)
	must(t, tap.SetPorts(nil))
	say(0)
	ports := []Port{{Proto: UDP, Number: port}}
	must(t, tap.SetFilter(Filter{Ports: ports}))
	must(t, tap.SetFilter(Filter{Ports: ports})) // the same again
	say(10)
	ports[0].Number ^= 1 // the tap has its own
	must(t, tap.SetFilter(Filter{Ports: ports}))
	say(0)
}

// TestQuoted: an ICMP error is of the ports whose packet it quotes.
func TestQuoted(t *testing.T) {
	fd, dead, to := bound(t, unix.SOCK_DGRAM)
	null, err := unix.Open("/dev/null", unix.O_CLOEXEC, 0)
	must(t, err)
	must(t, unix.Dup3(null, fd, unix.O_CLOEXEC)) // the socket is closed, its number is not free
	must(t, unix.Close(null))
	from := socket(t, unix.AF_INET, unix.SOCK_DGRAM)
	tap := tapped(t, Options{Filter: Filter{Ports: []Port{{Proto: UDP, Number: dead}}}})
	must(t, unix.Sendto(from, []byte("anyone?"), 0, to))
	frames := drained(t, tap, 2)
	if len(frames) != 2 || frames[1].Data[14+9] != protoICMP || frames[1].Data[14+20] != 3 {
		t.Errorf("%d frames: %+v", len(frames), frames)
	}
	must(t, tap.SetPorts([]Port{{Proto: UDP, Number: dead ^ 1}}))
	must(t, unix.Sendto(from, []byte("anyone?"), 0, to))
	if frames, _, _ := tap.Drain(); len(frames) != 0 {
		t.Errorf("took an error about another port: %+v", frames)
	}
}

func TestWait(t *testing.T) {
	to, port, at := bound(t, unix.SOCK_DGRAM)
	tap := tapped(t, Options{Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
	why := errors.New("enough")
	ctx, cancel := context.WithCancelCause(t.Context())
	got := make(chan error)
	go func() { got <- tap.Wait(ctx) }()
	cancel(why)
	if err := <-got; err != why {
		t.Errorf("cancelled: %v", err)
	}
	go func() { got <- tap.Wait(t.Context()) }()
	must(t, unix.Sendto(to, []byte("x"), 0, at))
	if err := <-got; err != nil {
		t.Errorf("a frame came: %v", err)
	}
	if err := tap.Wait(t.Context()); err != nil { // it is still queued
		t.Error(err)
	}
	if n := len(drained(t, tap, 1)); n != 1 {
		t.Errorf("%d frames", n)
	}
	go func() { got <- tap.Wait(t.Context()) }()
	must(t, tap.Close())
	if err := <-got; !errors.Is(err, os.ErrClosed) {
		t.Errorf("closed: %v", err)
	}
	if _, _, err := tap.Drain(); !errors.Is(err, os.ErrClosed) {
		t.Errorf("Drain after Close: %v", err)
	}
	if err := tap.SetPorts(nil); !errors.Is(err, os.ErrClosed) {
		t.Errorf("SetPorts after Close: %v", err)
	}
}

// TestRefused: without CAP_NET_RAW there is no tap, and it is said why.
func TestRefused(t *testing.T) {
	runtime.LockOSThread()
	defer runtime.UnlockOSThread()
	header := unix.CapUserHeader{Version: unix.LINUX_CAPABILITY_VERSION_3}
	var had, less [2]unix.CapUserData
	must(t, unix.Capget(&header, &had[0]))
	less = had
	less[0].Effective &^= 1 << unix.CAP_NET_RAW
	must(t, unix.Capset(&header, &less[0]))
	_, err := Open(Options{})
	must(t, unix.Capset(&header, &had[0]))
	if !errors.Is(err, unix.EPERM) || !strings.Contains(err.Error(), "CAP_NET_RAW") {
		t.Errorf("%v", err)
	}
	if _, err := Open(Options{Interfaces: []string{"nowhere0"}}); !errors.Is(err, unix.ENODEV) || !strings.Contains(err.Error(), "nowhere0") {
		t.Errorf("%v", err)
	}
	if _, err := Open(Options{Filter: Filter{Ports: []Port{{Proto: 1}}}}); err == nil {
		t.Error("a port of ICMP")
	}
}

// TestVeth: a cable between two interfaces shows both ends of it, either direction, tags, and the end of an interface.
func TestVeth(t *testing.T) {
	ip := func(words string) {
		t.Helper()
		if out, err := exec.Command("ip", strings.Fields(words)...).CombinedOutput(); err != nil {
			t.Fatalf("ip %s: %v: %s", words, err, out)
		}
	}
	if _, err := exec.LookPath("ip"); err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatal("ip(8) is not installed, and SOCKSTEP_REQUIRE=all")
		}
		t.Skip("ip(8) is not installed")
	}
	ip("link add left type veth peer name right")
	t.Cleanup(func() { _ = exec.Command("ip", "link", "del", "left").Run() })
	for _, name := range []string{"left", "right"} {
		must(t, os.WriteFile("/proc/sys/net/ipv6/conf/"+name+"/disable_ipv6", []byte("1"), 0))
		ip("link set " + name + " up")
	}
	send := socket(t, unix.AF_PACKET, unix.SOCK_RAW)
	left, err := interfaceIndex(send, "left")
	must(t, err)
	f := Filter{Ports: []Port{{Proto: UDP, Number: 7777}}}
	all, one := tapped(t, Options{Filter: f}), tapped(t, Options{Filter: f, Interfaces: []string{"right"}})
	two := tapped(t, Options{Filter: f, Interfaces: []string{"right", "lo"}})
	frame := frameOf(t, ipv4(UDP, 1111, 7777, 0, 0), 0x0800)
	for deadline := time.Now().Add(5 * time.Second); ; runtime.Gosched() { // the link comes up in the background
		must(t, unix.Sendto(send, frame, 0, &unix.SockaddrLinklayer{Ifindex: left}))
		if taken(t, one) > 0 {
			break
		}
		if time.Now().After(deadline) {
			t.Fatal("the cable carries nothing")
		}
	}
	_, _ = taken(t, all), taken(t, two)
	tagged := append(append(append([]byte{}, frame[:12]...), 0x81, 0x00, 0x20, 0x05), frame[12:]...)
	must(t, unix.Sendto(send, frame, 0, &unix.SockaddrLinklayer{Ifindex: left}))
	must(t, unix.Sendto(send, tagged, 0, &unix.SockaddrLinklayer{Ifindex: left}))

	type seen struct {
		name     string
		outgoing bool
		vlan     VLAN
	}
	check := func(what string, tap *Tap, want ...seen) {
		t.Helper()
		var got []seen
		for _, f := range drained(t, tap, len(want)) {
			got = append(got, seen{f.IfaceName, f.Outgoing, f.VLAN})
			if !bytes.Equal(f.Data, frame) {
				t.Errorf("%s: %x", what, f.Data)
			}
		}
		if len(got) != len(want) {
			t.Fatalf("%s: %v, want %v", what, got, want)
		}
		for i := range got {
			if got[i] != want[i] {
				t.Errorf("%s: %v, want %v", what, got, want)
			}
		}
	}
	tag := VLAN{TPID: 0x8100, TCI: 0x2005}
	if tag.ID() != 5 {
		t.Error(tag.ID())
	}
	check("right", one, seen{name: "right"}, seen{"right", false, tag})
	check("right and lo", two, seen{name: "right"}, seen{"right", false, tag})
	check("all", all, seen{"left", true, VLAN{}}, seen{name: "right"}, seen{"right", false, tag})

	ip("link set right down")
	if _, _, err := one.Drain(); !errors.Is(err, syscall.ENETDOWN) {
		t.Errorf("the interface went down: %v", err)
	}
	if _, _, err := all.Drain(); err != nil {
		t.Errorf("one of all went down: %v", err)
	}
}

// TestFlood: of 50,000 datagrams a second each is taken once and in its turn, or counted as lost; and of those that come
// as fast as they can, with little room to keep them.
func TestFlood(t *testing.T) {
	const sent, second = 50000, 50000
	for _, buffer := range []int{64 << 20, 256 << 10} {
		paced := buffer > 1<<20
		to, port, at := bound(t, unix.SOCK_DGRAM)
		must(t, unix.SetsockoptInt(to, unix.SOL_SOCKET, unix.SO_RCVBUF, 4096)) // nobody reads
		tap := tapped(t, Options{Buffer: buffer, Filter: Filter{Ports: []Port{{Proto: UDP, Number: port}}}})
		ctx, cancel := context.WithCancel(t.Context())
		got, lost, last := 0, 0, -1
		done := make(chan error, 1)
		go func() {
			for over := false; !over; {
				over = tap.Wait(ctx) != nil // what is queued then is still taken
				frames, n, err := tap.Drain()
				if err != nil {
					done <- err
					return
				}
				for _, f := range frames {
					number := int(binary.BigEndian.Uint32(f.Data[42:]))
					if number <= last {
						done <- fmt.Errorf("datagram %d comes after %d", number, last)
						return
					}
					last = number
				}
				got, lost = got+len(frames), lost+n
			}
			done <- nil
		}()
		var datagram [4]byte
		start := time.Now()
		for i := range sent {
			for paced && time.Since(start) < time.Duration(i)*time.Second/second {
				runtime.Gosched()
			}
			binary.BigEndian.PutUint32(datagram[:], uint32(i))
			must(t, unix.Sendto(to, datagram[:], 0, at))
		}
		took := time.Since(start)
		cancel()
		must(t, <-done)
		if got+lost != sent || got == 0 {
			t.Errorf("room for %d bytes: %d got and %d lost of %d", buffer, got, lost, sent)
		}
		t.Logf("room for %d bytes: %d datagrams in %v, %d lost", buffer, sent, took.Round(time.Millisecond), lost)
	}
}
