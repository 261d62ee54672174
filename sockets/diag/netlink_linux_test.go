package diag

import (
	"bytes"
	"encoding/binary"
	"errors"
	"net/netip"
	"reflect"
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

func TestMessage(t *testing.T) {
	b := message(nil, unix.NLM_F_REQUEST, 7, []byte("12345"))
	whole := append(append(b, 0, 0, 0), message(nil, 0, 8, []byte("next"))...) // padded
	h, payload, rest, err := next(whole)
	must(t, err)
	if want := (header{21, unix.SOCK_DIAG_BY_FAMILY, unix.NLM_F_REQUEST, 7, 0}); h != want || string(payload) != "12345" {
		t.Errorf("%+v %q", h, payload)
	}
	if h, payload, rest, err := next(rest); err != nil || h.seq != 8 || string(payload) != "next" || len(rest) != 0 {
		t.Errorf("%+v %q %q %v", h, payload, rest, err)
	}
	for _, cut := range [][]byte{nil, b[:15], b[:20]} {
		if _, _, _, err := next(cut); !errors.Is(err, errMalformed) {
			t.Errorf("%d bytes: %v", len(cut), err)
		}
	}
	if err := status(binary.NativeEndian.AppendUint32(nil, ^uint32(unix.ENOENT)+1)); err != unix.ENOENT {
		t.Error(err)
	}
	if err := status([]byte{0, 0, 0, 0, 1}); err != nil {
		t.Error(err)
	}
}

func TestAttributes(t *testing.T) {
	b := attribute(attribute(nil, 5, []byte{9}), 6|unix.NLA_F_NESTED, []byte("four"))
	type one struct {
		kind  uint16
		value string
	}
	var got []one
	for kind, value := range attributes(append(b, 3, 0, 1, 0)) { // the last is shorter than its own header
		got = append(got, one{kind, string(value)})
	}
	if want := []one{{5, "\x09"}, {6, "four"}}; !reflect.DeepEqual(got, want) {
		t.Errorf("%v", got)
	}
}

func TestParseInet(t *testing.T) {
	b := make([]byte, inetSize)
	b[0], b[1], b[2], b[3] = unix.AF_INET6, 6, 3, 2
	binary.BigEndian.PutUint16(b[4:], 80)
	binary.BigEndian.PutUint16(b[6:], 4711)
	from, to := netip.MustParseAddr("2001:db8::1"), netip.MustParseAddr("2001:db8::2")
	copy(b[8:], from.AsSlice())
	copy(b[24:], to.AsSlice())
	n := binary.NativeEndian
	for i, v := range []uint32{3, 4, 5, 6000, 7, 8, 9, 10} {
		n.PutUint32(b[40+4*i:], v)
	}
	b = attribute(b, inetCong, []byte("cubic\x00"))
	b = attribute(b, inetTClass, []byte{0x20})
	b = attribute(b, inetMem, make([]byte, 36))
	m, ok := parseInet(b)
	if !ok {
		t.Fatal("not read")
	}
	got := parseTCP(m)
	want := TCP{State: "TIME_WAIT", Local: netip.AddrPortFrom(from, 80), Peer: netip.AddrPortFrom(to, 4711), Interface: 3, Cookie: 5<<32 | 4,
		Timer: Timer{Kind: TimeWait, Left: 6e9, Tries: 2}, RecvQ: 7, SendQ: 8, UID: 9, Inode: 10, Congestion: "cubic", TClass: 0x20, Mem: &Mem{}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("%+v\nwant %+v", got, want)
	}
	if _, ok := parseInet(b[:inetSize-1]); ok {
		t.Error("a short one was read")
	}
	for timer, kind := range map[uint8]string{1: Retransmit, 2: Keepalive, 4: Probe, 9: "9"} {
		if got := parseTimer(inet{timer: timer}); got.Kind != kind {
			t.Errorf("timer %d: %+v", timer, got)
		}
	}
}

func TestUnixNames(t *testing.T) {
	for raw, want := range map[string]sockets.Address{
		"/tmp/s\x00":    {Family: sockets.UNIX, Path: "/tmp/s"},
		"/tmp/s":        {Family: sockets.UNIX, Path: "/tmp/s"},
		"\x00a\x00b":    {Family: sockets.UNIX, Path: "a\x00b", Abstract: true},
		"\x00":          {Family: sockets.UNIX, Abstract: true},
		"":              {Family: sockets.UNIX},
		"\x00trail\x00": {Family: sockets.UNIX, Path: "trail\x00", Abstract: true},
	} {
		if got := name([]byte(raw)); got != want {
			t.Errorf("%q: %+v", raw, got)
		}
	}
}

// FuzzAnswer: whatever is said, it is read without a fault, and within its bounds.
func FuzzAnswer(f *testing.F) {
	answer := make([]byte, inetSize)
	answer[0] = unix.AF_INET
	info := attribute(answer, inetInfo, make([]byte, 280))
	f.Add(message(nil, unix.NLM_F_MULTI, 1, attribute(info, inetCong, []byte("reno\x00"))))
	f.Add(message(nil, 0, 1, attribute(attribute(make([]byte, unixSize), unixIcons, make([]byte, 12)), unixName, []byte("/tmp/s\x00"))))
	f.Add(message(message(nil, 0, 1, nil), 0, 2, []byte{0xfe, 0xff, 0xff, 0xff}))
	f.Fuzz(func(t *testing.T, b []byte) {
		before := bytes.Clone(b)
		_ = describe(b, true)
		_ = describe(b, false)
		for len(b) > 0 {
			_, payload, rest, err := next(b)
			if err != nil {
				break
			}
			if len(rest) >= len(b) {
				t.Fatal("it comes to no end")
			}
			b = rest
			_ = status(payload)
			if m, ok := parseInet(payload); ok {
				_, _ = parseTCP(m), parseUDP(m)
			}
			if s, ok := parseUnix(payload); ok {
				_ = s.Shutdown.String()
			}
		}
		if !bytes.HasSuffix(before, b) {
			t.Error("it was changed")
		}
	})
}
