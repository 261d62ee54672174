package main

import (
	"fmt"
	"strings"
	"testing"
)

// unsent are lines that each session begins with: a FIN that goes behind bytes, and a SYN that is sent again.
const unsent = `s = listen tcp 127.0.0.1:6990 0
c = connect tcp 127.0.0.1:6990
e = socket tcp
blocking e off
connect e 127.0.0.1:6990
d = accept s
send c --fill 200000 --dontwait
shutdown c wr
recv d 300000
recv d 300000
sleep 1.1
send e x --dontwait
close d`

// TestInferredTruth plays random sessions without the right to capture packets, with tcpdump beside them. What is inferred may
// leave out and put together, but it invents nothing: each SYN, FIN and RST that is told was sent, bytes begin and end where a
// segment did, and no end acknowledges what it did not.
func TestInferredTruth(t *testing.T) {
	heldAgainstTcpdump(t, "sockstep-nocaps", func(a *author) []string {
		a.once, a.unsent = true, true
		return append(strings.Split(unsent, "\n"), a.lines(400)...)
	}, compareInferred)
}

// A sight is what tcpdump saw one end send to another.
type sight struct {
	syns                      int // that began the connection, and again
	acks, begins, ends, rests map[uint32]bool
	fins                      map[uint32]bool // the number behind each
}

// compareInferred holds what was inferred against what was seen.
func compareInferred(t *testing.T, seed uint64, acts []toldAct, all []seen) {
	t.Helper()
	saw := map[string]*sight{}
	of := func(from, to string) *sight {
		if saw[from+to] == nil {
			saw[from+to] = &sight{acks: map[uint32]bool{}, begins: map[uint32]bool{}, ends: map[uint32]bool{}, rests: map[uint32]bool{}, fins: map[uint32]bool{}}
		}
		return saw[from+to]
	}
	for _, s := range all {
		if s.Proto != "tcp" {
			continue
		}
		x := of(s.From, s.To)
		x.acks[s.Ack] = true
		x.begins[s.Seq], x.ends[s.Seq+uint32(s.Len)] = true, true
		switch {
		case s.Flags == "S":
			x.syns++
		case strings.Contains(s.Flags, "R"):
			x.rests[s.Seq] = true
		case strings.Contains(s.Flags, "F"):
			x.fins[s.Seq+uint32(s.Len)+1] = true
		}
	}
	syns, checked, packets := map[string]int{}, map[string]int{}, packetsOf(acts)
	bad := 0
	wrong := func(p toldPacket, format string, args ...any) {
		if bad++; bad <= 3 {
			var mine []toldPacket
			for _, q := range packets {
				if q.conn() == p.conn() {
					mine = append(mine, q)
				}
			}
			var whole strings.Builder
			for _, q := range mine {
				fmt.Fprintln(&whole, " ", plainly(acts[q.act]), "  ", q.packet())
			}
			whole.WriteString("tcpdump:\n")
			for _, s := range all {
				if s.conn == p.conn() {
					fmt.Fprintln(&whole, "  ", s.packet())
				}
			}
			t.Errorf("seed %d: %s: %s\n%s:\n%s", seed, plainly(acts[p.act]), p.packet(), fmt.Sprintf(format, args...), whole.String())
		}
	}
	for _, p := range packets {
		if p.Source != "inferred" {
			wrong(p, "%s", p.Source)
		}
		if p.Proto != "tcp" {
			continue
		}
		x, end := of(p.From, p.To), p.Seq+uint32(p.Len)
		switch {
		case p.Flags == "S":
			checked["SYN"]++
			if p.Retransmission {
				checked["SYN again"]++
			}
			if syns[p.From+p.To]++; syns[p.From+p.To] > x.syns {
				wrong(p, "tcpdump saw %d SYNs", x.syns)
			}
			continue
		case strings.Contains(p.Flags, "R"):
			checked["RST"]++
			if !x.rests[p.Seq] {
				wrong(p, "tcpdump saw no such RST: %v", x.rests)
			}
		case strings.Contains(p.Flags, "F"):
			checked["FIN"]++
			if p.Len > 0 {
				checked["FIN with bytes"]++
			}
			if !x.fins[end+1] {
				wrong(p, "tcpdump saw no such FIN: %v", x.fins)
			}
		}
		if p.Len > 0 {
			if checked["bytes"]++; !x.begins[p.Seq] || !x.ends[end] {
				wrong(p, "these bytes were not sent so")
			}
		}
		if strings.Contains(p.Flags, "A") {
			if checked["ACK"]++; !x.acks[p.Ack] {
				wrong(p, "this was not acknowledged")
			}
		}
	}
	if bad > 3 {
		t.Errorf("seed %d: and %d more", seed, bad-3)
	}
	t.Logf("held against tcpdump: %v", checked)
	for _, what := range []string{"SYN", "SYN again", "RST", "FIN", "FIN with bytes", "bytes", "ACK"} {
		if checked[what] == 0 {
			t.Errorf("seed %d holds no %s: %v", seed, what, checked)
		}
	}
}
