package wire

import (
	"bytes"
	"encoding/binary"
	"errors"
	"fmt"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// An entry is what stands in one block of a pcapng file.
type entry struct {
	Kind    uint32
	Iface   uint32
	Time    time.Time
	WireLen uint32
	Data    []byte
	Options map[uint16]string
}

// readBack reads a pcapng file by the letter of its format.
func readBack(t *testing.T, b []byte) (all []entry) {
	t.Helper()
	le := binary.LittleEndian
	for len(b) > 0 {
		size := le.Uint32(b[4:])
		if size%4 != 0 || int(size) > len(b) || le.Uint32(b[size-4:]) != size {
			t.Fatalf("a block of length %d, %d are left", size, len(b))
		}
		e, body := entry{Kind: le.Uint32(b), Options: map[uint16]string{}}, b[8:size-4]
		switch e.Kind {
		case blockSection:
			if le.Uint32(body) != 0x1a2b3c4d || le.Uint16(body[4:]) != 1 || le.Uint64(body[8:]) != 1<<64-1 {
				t.Fatalf("section %x", body)
			}
			body = body[16:]
		case blockInterface:
			e.Iface = uint32(le.Uint16(body))
			body = body[8:]
		case blockPacket:
			e.Iface = le.Uint32(body)
			e.Time = time.Unix(0, int64(le.Uint32(body[4:]))<<32|int64(le.Uint32(body[8:]))).UTC()
			n := le.Uint32(body[12:])
			e.WireLen = le.Uint32(body[16:])
			e.Data, body = body[20:20+n], body[20+(n+3)/4*4:]
		}
		for len(body) >= 4 {
			code, n := le.Uint16(body), int(le.Uint16(body[2:]))
			if code != 0 {
				e.Options[code] = string(body[4 : 4+n])
			}
			body = body[4+(n+3)/4*4:]
		}
		if len(body) != 0 {
			t.Fatalf("%d bytes behind the options", len(body))
		}
		all = append(all, e)
		b = b[size:]
	}
	return all
}

func TestWriter(t *testing.T) {
	var file bytes.Buffer
	w, err := NewWriter(&file, "sockstep", Interface{Name: "lo", Link: Ethernet}, Interface{Name: "cable", Description: "left to right", Link: RawIP, Snaplen: 30})
	if err != nil {
		t.Fatal(err)
	}
	p := loopback(t)[1]
	raw := decode(t, RawIP, p.Data[14:])
	raw.WireLen = 2000
	bad := p
	bad.Link = Null
	for _, e := range []error{
		w.WritePacket(&p, "act 7: c = connect tcp 127.0.0.1:8888", 0),
		w.WriteNames(Name{netip.MustParseAddr("10.0.0.1"), "left"}, Name{netip.MustParseAddr("fd00::2"), "right"}),
		w.WritePacket(&raw, "", 1),
	} {
		if e != nil {
			t.Fatal(e)
		}
	}
	if w.WritePacket(&p, "", 2) == nil || w.WritePacket(&bad, "", 0) == nil {
		t.Error("a packet of no interface was written")
	}
	want := []entry{
		{Kind: blockSection, Options: map[uint16]string{4: "sockstep"}},
		{Kind: blockInterface, Iface: 1, Options: map[uint16]string{2: "lo", 9: "\x09"}},
		{Kind: blockInterface, Iface: 101, Options: map[uint16]string{2: "cable", 3: "left to right", 9: "\x09"}},
		{Kind: blockPacket, Time: p.Time, WireLen: 74, Data: p.Data, Options: map[uint16]string{1: "act 7: c = connect tcp 127.0.0.1:8888"}},
		{Kind: blockNames, Options: map[uint16]string{1: "\x0a\x00\x00\x01left\x00", 2: string(netip.MustParseAddr("fd00::2").AsSlice()) + "right\x00"}},
		{Kind: blockPacket, Iface: 1, Time: time.Unix(0, 0).UTC(), WireLen: 2000, Data: raw.Data[:30], Options: map[uint16]string{}},
	}
	if d := cmp.Diff(want, readBack(t, file.Bytes())); d != "" {
		t.Error(d)
	}
}

type full struct{ room int }

func (f *full) Write(b []byte) (int, error) {
	if f.room -= len(b); f.room < 0 {
		return 0, errors.New("no space left")
	}
	return len(b), nil
}

func TestWriterFails(t *testing.T) {
	w, err := NewWriter(&full{200}, "x", Interface{Link: Ethernet})
	if err != nil {
		t.Fatal(err)
	}
	p := loopback(t)[0]
	for range 3 {
		err = w.WritePacket(&p, "", 0)
	}
	if err == nil || err.Error() != "no space left" {
		t.Error(err)
	}
	if _, err := NewWriter(&full{}, "x"); err == nil {
		t.Error("a file without an interface")
	}
}

// tool finds a program that another hand wrote; without it the test is skipped aloud, unless everything is required.
func tool(t *testing.T, name string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatalf("%s is required: %v", name, err)
		}
		t.Skipf("%s is not installed: nothing was compared with it", name)
	}
	return path
}

// saved writes the packets to a file.
func saved(t *testing.T, packets []Packet) string {
	t.Helper()
	name := filepath.Join(t.TempDir(), "session.pcapng")
	f, err := os.Create(name)
	if err != nil {
		t.Fatal(err)
	}
	w, err := NewWriter(f, "sockstep", Interface{Name: "lo", Link: Ethernet})
	if err != nil {
		t.Fatal(err)
	}
	for i := range packets {
		if err := w.WritePacket(&packets[i], fmt.Sprint("act ", i), 0); err != nil {
			t.Fatal(err)
		}
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return name
}

// tcpdump opens the file, and counts relative numbers as we do. It says only what it did not say before: SYN and RST
// with the number itself, and no number where there is nothing to count.
func TestTcpdumpReads(t *testing.T) {
	path := tool(t, "tcpdump")
	packets := loopback(t)
	for _, s := range append(opened(4_000_000_000, 7), seg{from: 'a', flags: PSH | ACK, seq: 4_000_000_001, ack: 8, n: 700, win: 5},
		seg{from: 'a', flags: ACK, seq: 4_000_000_701, ack: 8, n: 1400, win: 5}, seg{from: 'b', flags: ACK, seq: 8, ack: 4_000_000_701, win: 5, sack: [][2]uint32{{4_000_000_701, 4_000_002_101}}}) {
		packets = append(packets, *s.packet(t))
	}
	cmd := exec.Command(path, "-n", "-K", "-r", "-", "--nano", "-tt")
	in, err := os.Open(saved(t, packets))
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	cmd.Stdin = in
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, err.(*exec.ExitError).Stderr)
	}
	lines := strings.Split(strings.TrimSpace(string(out)), "\n")
	if len(lines) != len(packets) {
		t.Fatalf("%d lines for %d packets:\n%s", len(lines), len(packets), out)
	}
	var f Follower
	compared := 0
	for i, l := range lines {
		p := &packets[i]
		if want := fmt.Sprintf("%d.%09d ", p.Time.Unix(), p.Time.Nanosecond()); !strings.HasPrefix(l, want) {
			t.Errorf("not at %s: %s", want, l)
		}
		s := f.Judge(p)
		if m := regexp.MustCompile(`seq (\d+):(\d+),`).FindStringSubmatch(l); m != nil {
			compared++
			if m[1] != utoa(s.RelSeq) || m[2] != utoa(s.NextSeq) {
				t.Errorf("seq %d:%d of %s", s.RelSeq, s.NextSeq, l)
			}
		}
		if m := regexp.MustCompile(`ack (\d+),`).FindStringSubmatch(l); m != nil && !p.TCP.Flags.Any(SYN|RST) {
			compared++
			if m[1] != utoa(s.RelAck) {
				t.Errorf("ack %d of %s", s.RelAck, l)
			}
		}
		if p.TCP != nil && !strings.Contains(l, fmt.Sprintf("length %d", p.TCP.PayloadLen)) {
			t.Errorf("length %d of %s", p.TCP.PayloadLen, l)
		}
	}
	if compared < 15 {
		t.Errorf("only %d numbers were compared:\n%s", compared, out)
	}
}

func TestTsharkReads(t *testing.T) {
	path := tool(t, "tshark")
	packets := loopback(t)
	out, err := exec.Command(path, "-n", "-r", saved(t, packets), "-T", "fields", "-E", "separator=|", "-e", "frame.comment", "-e", "tcp.seq", "-e", "tcp.ack", "-e", "tcp.len").Output()
	if err != nil {
		t.Fatal(err)
	}
	var f Follower
	for i, l := range strings.Split(strings.TrimSuffix(string(out), "\n"), "\n") {
		want := fmt.Sprintf("act %d|||", i)
		if p := &packets[i]; p.TCP != nil {
			s := f.Judge(p)
			want = fmt.Sprintf("act %d|%d|%d|%d", i, s.RelSeq, s.RelAck, p.TCP.PayloadLen)
			if p.TCP.Flags.Has(RST) && p.TCP.Seq == 0 {
				continue // Wireshark counts from the number before; RFC 9293 says 0
			}
		}
		if l != want {
			t.Errorf("%s, want %s", l, want)
		}
	}
}
