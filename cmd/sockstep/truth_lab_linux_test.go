package main

import (
	"bytes"
	"errors"
	"fmt"
	"maps"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/sockets/lab"
)

// noLab is the exit status of mainBesideTcpdump where this machine allows no lab.
const noLab = 77

// mainBesideTcpdump runs sockstep's script session.sock of a folder in a lab, whose chance begins with a seed, with a
// tcpdump at each host's end of the cable: they write left.pcap and right.pcap.
func mainBesideTcpdump() {
	dir := os.Args[1]
	seed, err := strconv.ParseUint(os.Args[2], 10, 64)
	if err == nil && !lab.Inside() {
		var status int
		if status, err = lab.Enter(lab.Process{Argv: os.Args, Stdin: os.Stdin, Stdout: os.Stdout, Stderr: os.Stderr}); err == nil {
			os.Exit(status)
		}
	} else if err == nil {
		err = besideTcpdump(dir, seed)
	}
	switch {
	case err == nil:
		os.Exit(allHeld)
	case lab.Forbidden(err):
		fmt.Fprintln(os.Stderr, err)
		os.Exit(noLab)
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(lineFailed)
}

func besideTcpdump(dir string, seed uint64) error {
	l, err := lab.Begin()
	if err != nil {
		return err
	}
	if err := l.Cable().Seed(seed); err != nil {
		return err
	}
	var dumps []*exec.Cmd
	var said []*bytes.Buffer
	for _, host := range []string{lab.Left, lab.Right} {
		name := filepath.Join(dir, host+".pcap")
		c := exec.Command("tcpdump", "-i", "eth0", "-n", "-s", "0", "-U", "--immediate-mode", "-B", "65536", "-w", name, "tcp or udp or icmp or icmp6 or ip6 proto 44 or ip[6:2] & 0x1fff != 0")
		var words bytes.Buffer
		c.Stderr = &words
		if err := l.At(host, c.Start); err != nil {
			return err
		}
		defer c.Process.Kill()
		if err := wait(func() bool { f, err := os.Stat(name); return err == nil && f.Size() >= 24 }); err != nil {
			return fmt.Errorf("tcpdump: %w: %s", err, words.String())
		}
		dumps, said = append(dumps, c), append(said, &words)
	}
	f, err := os.Open(filepath.Join(dir, "session.sock"))
	if err != nil {
		return err
	}
	defer f.Close()
	s := &settings{json: true, keepGoing: true, color: "never", lang: "en", lab: l, io: streams{os.Stdin, os.Stdout, os.Stderr}}
	var failed statusError
	if err := s.runReader(f); err != nil && !errors.As(err, &failed) { // some lines are to fail
		return err
	}
	end := []byte{lastPort >> 8, lastPort & 0xff, 0, 8 + 3}
	for i, host := range []string{lab.Left, lab.Right} {
		err := wait(func() bool {
			b, _ := os.ReadFile(filepath.Join(dir, host+".pcap"))
			return bytes.Contains(b, end)
		})
		if err != nil {
			return fmt.Errorf("tcpdump at %s has not seen the end: %w", host, err)
		}
		_ = dumps[i].Process.Signal(os.Interrupt)
		_ = dumps[i].Wait()
		if !strings.Contains(said[i].String(), "\n0 packets dropped by kernel") {
			return fmt.Errorf("tcpdump at %s has not seen everything: %s", host, said[i])
		}
	}
	return nil
}

// TestPacketsOfALab plays random sessions over a cable that loses, doubles, delays and reorders, with a tcpdump at both
// ends of it. What is told was sent by one of them; what is told to be lost never came to the other, all the rest did, in
// that order; and what is told to be a copy was sent only once.
func TestPacketsOfALab(t *testing.T) {
	witness(t, "tcpdump")
	witness(t, "tshark")
	for _, seed := range seeds(t, 2) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			a := newAuthor(seed)
			a.here, a.there = map[int]string{4: "10.0.0.1", 6: "[fd00:5050::1]"}, map[int]string{4: "10.0.0.2", 6: "[fd00:5050::2]"}
			a.at, a.once, a.patience, a.cable = "at right ", true, "0.03", true
			lines := slices.Concat(a.opening(), []string{"cable duplicate 10%", "cable reorder 10%", "cable loss 5%"}, a.lines(200))
			lines = append(lines, "cable reset", "sleep 0.3", "m = socket udp", "sendto m right:"+strconv.Itoa(lastPort)+" end", "sleep 0.01")
			out, left, right := playBesideTcpdump(t, seed, lines)
			acts := parseTold(t, out)
			compareLab(t, seed, acts, [2][]seen{ofTheCable(tshark(t, left, raw...)), ofTheCable(tshark(t, right, raw...))})
		})
	}
}

// raw makes tshark leave the numbers as they are: at one end of a lossy cable it may not see what they are relative to.
var raw = []string{"-o", "tcp.relative_sequence_numbers:FALSE", "-o", "ip.defragment:FALSE", "-o", "ipv6.defragment:FALSE"}

// playBesideTcpdump plays lines in a lab; where the tests run as root, as a user who has no rights.
func playBesideTcpdump(t *testing.T, seed uint64, lines []string) (out, left, right []byte) {
	t.Helper()
	dir := ownFolder(t)
	script := filepath.Join(dir, "session.sock")
	if err := os.WriteFile(script, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := exec.CommandContext(t.Context(), "/proc/self/exe", dir, strconv.FormatUint(seed, 10))
	c.Args[0] = "sockstep-dumped"
	c.Dir = "/"
	c.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir, "XDG_CONFIG_HOME="+dir, "SOCKSTEP_LAB=", "LC_ALL=C.UTF-8")
	c.SysProcAttr = asNobody()
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	switch {
	case exitCode(err) == noLab:
		allowsNone(t, complaints.String())
	case err != nil || complaints.Len() > 0:
		t.Fatalf("seed %d: %v: %s\n%s", seed, err, complaints.String(), out[max(len(out)-2000, 0):])
	}
	if left, err = os.ReadFile(filepath.Join(dir, "left.pcap")); err == nil {
		right, err = os.ReadFile(filepath.Join(dir, "right.pcap"))
	}
	if err != nil {
		t.Fatal(err)
	}
	return out, left, right
}

// ofTheCable leaves out the search for a host's card.
func ofTheCable(all []seen) []seen {
	return slices.DeleteFunc(all, func(s seen) bool { return s.Proto == "" })
}

// A base is what is needed to write a segment's numbers as sockstep does: the first number of its sender, and its scale.
type base struct {
	seq   uint32
	scale int // -1 where it has none
}

func (s toldStep) isFragment() bool {
	n := len(s.Options)
	return n > 0 && strings.HasPrefix(s.Options[n-1], "fragment at")
}

// bytesOf says what of the stream a segment has.
func bytesOf(s toldStep) string { return fmt.Sprintf("seq %d len %d", s.Seq, s.Len) }

// relative writes the numbers of both captures relative to the SYNs in them.
func relative(captures [2][]seen) {
	bases := map[string]base{}
	for _, all := range captures {
		for _, s := range all {
			if s.Proto == "tcp" && strings.Contains(s.Flags, "S") {
				b := base{s.Seq, -1}
				for _, o := range s.Options {
					if n, ok := strings.CutPrefix(o, "wscale "); ok {
						b.scale, _ = strconv.Atoi(n)
					}
				}
				bases[s.From+" "+s.To] = b
			}
		}
	}
	for _, all := range captures {
		for i := range all {
			s := &all[i]
			if s.Proto != "tcp" {
				continue
			}
			own, peer := bases[s.From+" "+s.To], bases[s.To+" "+s.From]
			if !strings.Contains(s.Flags, "S") && own.scale > 0 && peer.scale >= 0 {
				s.Window <<= own.scale
			}
			if !(strings.Contains(s.Flags, "R") && s.Seq == 0) { // a port where nobody listens has no numbers
				s.Seq -= own.seq
			}
			if strings.Contains(s.Flags, "A") {
				s.Ack -= peer.seq
			}
			for j, o := range s.Options {
				if edges, ok := strings.CutPrefix(o, "sack "); ok {
					from, to, _ := strings.Cut(edges, ":")
					a, _ := strconv.ParseUint(from, 10, 32)
					b, _ := strconv.ParseUint(to, 10, 32)
					s.Options[j] = fmt.Sprintf("sack %d:%d", uint32(a)-peer.seq, uint32(b)-peer.seq)
				}
			}
		}
	}
}

// compareLab holds what was told against what was seen at left and right.
func compareLab(t *testing.T, seed uint64, acts []toldAct, captures [2][]seen) {
	t.Helper()
	relative(captures)
	translate(captures[0])
	translate(captures[1])
	isLeft := func(from string) bool {
		return strings.HasPrefix(from, "10.0.0.1") || strings.Contains(from, "fd00:5050::1")
	}
	flow := func(s toldStep) string { return s.Proto + " " + s.From + " > " + s.To }
	sent, came, told := map[string][]seen{}, map[string][]seen{}, map[string][]toldPacket{}
	for host, all := range captures {
		for _, s := range all {
			if isLeft(s.From) == (host == 0) {
				sent[flow(s.toldStep)] = append(sent[flow(s.toldStep)], s)
			} else {
				came[flow(s.toldStep)] = append(came[flow(s.toldStep)], s)
			}
		}
	}
	lost, copies, again, late := 0, 0, 0, 0
	for _, p := range packetsOf(acts) {
		if p.Source != "cable" || p.Proto == "arp" || strings.HasPrefix(p.Flags, "neighbor") || strings.HasPrefix(p.Flags, "router") {
			continue
		}
		if p.isFragment() { // of which tshark knows the hosts
			from, to := netip.MustParseAddrPort(p.From), netip.MustParseAddrPort(p.To)
			p.From, p.To, p.Len = from.Addr().String(), to.Addr().String(), 0
		}
		told[flow(p.toldStep)] = append(told[flow(p.toldStep)], p)
		for n, is := range map[*int]bool{&lost: p.Lost, &copies: p.Duplicate, &again: p.Retransmission, &late: p.OutOfOrder} {
			if is {
				*n++
			}
		}
	}
	failures := 0
	differ := func(flow, what string, want, got []string) {
		t.Helper()
		if d := cmp.Diff(want, got); d != "" {
			if failures++; failures < 5 {
				t.Errorf("seed %d, %s: %s (-tcpdump +sockstep):\n%s\n%s", seed, flow, what, d, around(acts, told[flow]))
			}
		}
	}
	flows := map[string]bool{}
	for f := range maps.Keys(sent) {
		flows[f] = true
	}
	for f := range maps.Keys(told) {
		flows[f] = true
	}
	for _, f := range slices.Sorted(maps.Keys(flows)) {
		var tellsSent, tellsCame, tellsAgain, sawSent, sawCame, sawAgain []string
		for _, p := range told[f] {
			if !p.Duplicate {
				tellsSent = append(tellsSent, p.packet())
				if p.Retransmission {
					tellsAgain = append(tellsAgain, bytesOf(p.toldStep))
				}
			}
			if !p.Lost {
				tellsCame = append(tellsCame, p.packet())
			}
		}
		for _, s := range sent[f] {
			sawSent = append(sawSent, s.packet())
			// At its sender nothing is out of order: what looks so was sent again soon. And where a retransmission overtakes the
			// first one, the other of the two is told to be it: only its bytes are compared.
			if s.analysis["retransmission"] || s.analysis["fast-retransmission"] || s.analysis["spurious-retransmission"] || s.analysis["out-of-order"] {
				sawAgain = append(sawAgain, bytesOf(s.toldStep))
			}
		}
		for _, s := range came[f] {
			sawCame = append(sawCame, s.packet())
		}
		slices.Sort(tellsSent) // a packet that was overtaken is told where it came
		slices.Sort(sawSent)
		slices.Sort(tellsAgain)
		slices.Sort(sawAgain)
		if slices.ContainsFunc(sent[f], func(s seen) bool { return s.isFragment() }) { // whose it is, is known by the first one: it is told before the rest
			slices.Sort(tellsCame)
			slices.Sort(sawCame)
		}
		differ(f, "what was sent", sawSent, tellsSent)
		differ(f, "what came, and in which order", sawCame, tellsCame)
		differ(f, "what was sent again", sawAgain, tellsAgain)
	}
	if failures >= 5 {
		t.Errorf("seed %d: %d differences", seed, failures)
	}
	t.Logf("seed %d: %d packets were sent, %d lost, %d doubled, %d sent again, %d late", seed, len(captures[0]), lost, copies, again, late)
}
