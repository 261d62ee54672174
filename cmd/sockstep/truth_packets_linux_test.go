package main

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
)

// lastPort is the port of a datagram that says: up to here.
const lastPort = 65535

// TestPackets plays random sessions with tcpdump beside them. Every packet that tcpdump saw is told once, in the order
// of its connection and with all that stands in it, and no packet is told that tcpdump did not see.
func TestPackets(t *testing.T) {
	heldAgainstTcpdump(t, "sockstep", func(a *author) []string { return a.lines(400) }, comparePackets)
}

// heldAgainstTcpdump plays random sessions by one of the test's programs, and has what it told compared with what tcpdump saw.
func heldAgainstTcpdump(t *testing.T, program string, write func(*author) []string, compare func(t *testing.T, seed uint64, acts []toldAct, all []seen)) {
	t.Helper()
	witness(t, "tcpdump")
	witness(t, "tshark")
	if !privatelyAs(t, 1000) { // tcpdump, as root, would become another user, which is not to be had there
		return
	}
	for _, seed := range seeds(t, 4) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Parallel()
			lines := append(write(newAuthor(seed)), "sleep 0.05", "m = socket udp", "sendto m 127.0.0.1:"+strconv.Itoa(lastPort)+" end", "sleep 0.01")
			var out, file []byte
			err := alone(func() (err error) {
				dump := watchInterface(t, "lo")
				out, err = playBy(t, program, lines)
				if err == nil {
					file = dump.upTo(t, lastPort)
				}
				return err
			})
			if err != nil {
				t.Fatalf("seed %d: %v", seed, err)
			}
			compare(t, seed, parseTold(t, out), tshark(t, file))
		})
	}
}

// TestPacketsMissed: where more comes in a line than can be kept, it is told how much was not seen, and seen again is all
// of the lines after it.
func TestPacketsMissed(t *testing.T) {
	if !privatelyAs(t, 1000) {
		return
	}
	lines := []string{"s = listen tcp 127.0.0.1:7000", "c = connect tcp 127.0.0.1:7000", "d = accept s",
		"recv d --exactly 150M --out " + filepath.Join(t.TempDir(), "taken") + " &", "send c --fill 150M", "wait", "send c hello", "recv d", "close c"}
	var out []byte
	err := alone(func() (err error) { out, err = playScript(t, lines); return err })
	if err != nil {
		t.Fatal(err)
	}
	bytes, missed := 0, 0
	flags := map[string]string{}
	for _, a := range parseTold(t, out) {
		for _, s := range a.Steps {
			switch {
			case s.Kind == "packet":
				bytes += s.Len
				flags[a.Line] += s.Flags + " "
			case s.ID == "packets-missed":
				if m := regexp.MustCompile(`\d+`).FindString(s.Text); m != "" {
					n, _ := strconv.Atoi(m)
					missed += n
				}
			}
		}
	}
	if bytes >= 150<<20 || missed == 0 {
		t.Errorf("of 150 MiB %d bytes were told, and %d packets to be missing", bytes, missed)
	}
	if flags["send c hello"] == "" || !strings.Contains(flags["close c"], "F") {
		t.Errorf("after it: %q", flags)
	}
}

// playScript plays lines as a script, failing ones too, and gives what --json says.
func playScript(t *testing.T, lines []string) ([]byte, error) { return playBy(t, "sockstep", lines) }

// playBy is playScript for one of the test's programs.
func playBy(t *testing.T, program string, lines []string) ([]byte, error) {
	file := filepath.Join(t.TempDir(), "session.sock")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o600); err != nil {
		return nil, err
	}
	ctx, cancel := context.WithTimeout(t.Context(), patience)
	defer cancel()
	c := exec.CommandContext(ctx, program, "--json", "--keep-going", "run", file)
	c.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	c.Env = append(os.Environ(), "LC_ALL=C.UTF-8")
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if exitCode(err) == lineFailed { // some lines are to fail
		err = nil
	}
	if ctx.Err() != nil {
		err = fmt.Errorf("it does not end; %d lines are over", bytes.Count(out, []byte("\n")))
	}
	if err == nil && complaints.Len() > 0 {
		err = fmt.Errorf("it complains: %s", complaints.String())
	}
	return out, err
}

// A dump is a tcpdump that runs.
type dump struct {
	cmd   *exec.Cmd
	mu    sync.Mutex
	file  bytes.Buffer
	said  bytes.Buffer
	ended chan error
}

// watchInterface starts a tcpdump in the network of the calling thread, and waits until it listens.
func watchInterface(t *testing.T, name string) *dump {
	return watchBy(t, exec.Command("tcpdump"), name)
}

// watchBy starts tcpdump by a command that may do something before.
func watchBy(t *testing.T, c *exec.Cmd, name string) *dump {
	d := &dump{cmd: c, ended: make(chan error, 1)}
	d.cmd.Args = append(d.cmd.Args, "-i", name, "-n", "-s", "0", "-U", "--immediate-mode", "-B", "65536", "-w", "-")
	d.cmd.Stdout, d.cmd.Stderr = lockedWriter{&d.mu, &d.file}, lockedWriter{&d.mu, &d.said}
	d.cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	if err := d.cmd.Start(); err != nil {
		t.Error(err)
		return d
	}
	go func() { d.ended <- d.cmd.Wait() }()
	t.Cleanup(d.end)
	if err := wait(func() bool {
		d.mu.Lock()
		defer d.mu.Unlock()
		return strings.Contains(d.said.String(), "listening on")
	}); err != nil {
		t.Errorf("tcpdump: %v: %s", err, d.said.String())
	}
	return d
}

type lockedWriter struct {
	mu *sync.Mutex
	to *bytes.Buffer
}

func (w lockedWriter) Write(p []byte) (int, error) {
	w.mu.Lock()
	defer w.mu.Unlock()
	return w.to.Write(p)
}

func (d *dump) end() {
	if d.cmd.ProcessState == nil && d.ended != nil {
		_ = d.cmd.Process.Signal(os.Interrupt)
		select {
		case <-d.ended:
		case <-time.After(patience):
			_ = d.cmd.Process.Kill()
			<-d.ended
		}
		d.ended = nil
	}
}

// upTo waits until tcpdump has written down a datagram to a port, ends it, and gives its file.
func (d *dump) upTo(t *testing.T, port int) []byte {
	udp := []byte{byte(port >> 8), byte(port), 0, 8 + 3} // and the length, of "end"
	if err := wait(func() bool { d.mu.Lock(); defer d.mu.Unlock(); return bytes.Contains(d.file.Bytes(), udp) }); err != nil {
		t.Errorf("tcpdump has not seen the end: %v", err)
	}
	d.end()
	if said := d.said.String(); !strings.Contains(said, "\n0 packets dropped by kernel") {
		t.Errorf("tcpdump has not seen everything: %s", said)
	}
	return d.file.Bytes()
}

// A seen is a packet as tshark reads it, in sockstep's words.
type seen struct {
	toldStep
	conn     string
	analysis map[string]bool // what tcp.analysis.* says, in sockstep's words
}

var sharkFields = []string{"frame.protocols", "ip.src", "ip.dst", "ipv6.src", "ipv6.dst",
	"tcp.srcport", "tcp.dstport", "tcp.flags", "tcp.seq", "tcp.ack", "tcp.len", "tcp.window_size", "tcp.window_size_value", "tcp.seq_raw",
	"ip.frag_offset", "ip.flags.mf", "ip.proto", "ipv6.fraghdr.offset", "ipv6.fraghdr.more", "data.len",
	"tcp.options.mss_val", "tcp.options.wscale.shift", "tcp.options.sack_perm", "tcp.options.sack_le", "tcp.options.sack_re",
	"tcp.options.timestamp.tsval", "tcp.options.timestamp.tsecr",
	"udp.srcport", "udp.dstport", "udp.length", "ip.len", "ipv6.plen", "icmp.type", "icmp.code", "icmpv6.type", "icmpv6.code"}

// analyses are tshark's words for what is remarkable about a segment, and ours.
var analyses = map[string]string{
	"tcp.analysis.retransmission": "retransmission", "tcp.analysis.fast_retransmission": "fast-retransmission",
	"tcp.analysis.spurious_retransmission": "spurious-retransmission", "tcp.analysis.out_of_order": "out-of-order",
	"tcp.analysis.lost_segment": "gap", "tcp.analysis.ack_lost_segment": "acked-unseen", "tcp.analysis.duplicate_ack": "dup-ack",
	"tcp.analysis.keep_alive": "keepalive", "tcp.analysis.keep_alive_ack": "keepalive-ack", "tcp.analysis.zero_window": "zero-window",
	"tcp.analysis.zero_window_probe": "window-probe", "tcp.analysis.zero_window_probe_ack": "window-probe-ack",
	"tcp.analysis.window_update": "window-update", "tcp.analysis.window_full": "window-full", "tcp.options.sack.dsack": "dsack",
}

// tshark reads a capture; options are tshark's own.
func tshark(t *testing.T, pcap []byte, options ...string) (all []seen) {
	t.Helper()
	names := slices.Sorted(maps.Keys(analyses))
	args := append(options, "-n", "-r", "-", "-T", "fields", "-E", "occurrence=a", "-E", "aggregator=;")
	for _, f := range sharkFields {
		args = append(args, "-e", f)
	}
	for _, name := range names {
		args = append(args, "-e", name)
	}
	c := exec.CommandContext(t.Context(), "tshark", args...)
	c.Stdin = bytes.NewReader(pcap)
	c.Env = append(os.Environ(), "HOME="+t.TempDir()) // no settings of anybody's
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	if err != nil {
		t.Fatalf("tshark: %v: %s", err, complaints.String())
	}
	for line := range strings.Lines(string(out)) {
		cells := strings.Split(strings.TrimSuffix(line, "\n"), "\t")
		if len(cells) != len(sharkFields)+len(names) {
			t.Fatalf("tshark: %q", line)
		}
		get := map[string][]string{}
		for i, f := range sharkFields {
			if cells[i] != "" {
				get[f] = strings.Split(cells[i], ";")
			}
		}
		s := readSeen(t, get)
		s.analysis = map[string]bool{}
		for i, name := range names {
			if cells[len(sharkFields)+i] != "" {
				s.analysis[analyses[name]] = true
			}
		}
		all = append(all, s)
	}
	return all
}

func readSeen(t *testing.T, get map[string][]string) (s seen) {
	t.Helper()
	// An ICMP error quotes the packet that it is about: what is first is of the message itself, what is second of that.
	text := func(name string, i int) string {
		if i < len(get[name]) {
			return get[name][i]
		}
		return ""
	}
	number := func(name string, i int) int {
		n, _ := strconv.ParseInt(text(name, i), 0, 64)
		return int(n)
	}
	v := "ip"
	if len(get["ipv6.src"]) > 0 {
		v = "ipv6"
	}
	ends := func(i int, ports bool, proto string) (string, string) {
		from, to := text(v+".src", i), text(v+".dst", i)
		if !ports {
			return from, to
		}
		if v == "ipv6" {
			from, to = "["+from+"]", "["+to+"]"
		}
		return from + ":" + text(proto+".srcport", 0), to + ":" + text(proto+".dstport", 0)
	}
	step := toldStep{}
	transport := "tcp"
	if len(get["udp.srcport"]) > 0 {
		transport = "udp"
	}
	offset := 8 * max(number("ip.frag_offset", 0), number("ipv6.fraghdr.offset", 0))
	switch {
	case offset > 0 || number("ip.flags.mf", 0) == 1 || number("ipv6.fraghdr.more", 0) == 1:
		step.Proto, step.Options = "udp", []string{fmt.Sprintf("fragment at %d", offset)}
		step.From, step.To = ends(0, false, "")
	case number("icmpv6.type", 0) >= 130: // neighbours, groups, routers: not of a connection
		return s
	case len(get["icmp.type"]) > 0 || len(get["icmpv6.type"]) > 0:
		step.Proto, step.Flags = "icmp", map[string]string{"3/3": "port-unreachable", "3/4": "fragmentation-needed"}[text("icmp.type", 0)+"/"+text("icmp.code", 0)]
		if v == "ipv6" {
			step.Proto, step.Flags = "icmp6", map[string]string{"1/4": "port-unreachable", "2/0": "packet-too-big"}[text("icmpv6.type", 0)+"/"+text("icmpv6.code", 0)]
		}
		step.From, step.To = ends(0, false, "")
		step.Len = number("ip.len", 0) - 20 - 8
		if v == "ipv6" {
			step.Len = number("ipv6.plen", 0) - 8
		}
		from, to := ends(1, true, transport)
		step.Options = []string{"about " + transport + " " + from + " > " + to}
		s.conn = conversation(step.Proto, from, to)
	case transport == "udp":
		step.Proto, step.Len = "udp", number("udp.length", 0)-8
		step.From, step.To = ends(0, true, "udp")
		s.conn = conversation("udp", step.From, step.To)
	case len(get["tcp.srcport"]) > 0:
		step.Proto, step.Seq, step.Ack, step.Len = "tcp", uint32(number("tcp.seq", 0)), uint32(number("tcp.ack", 0)), number("tcp.len", 0)
		step.Window = number("tcp.window_size", 0)
		if step.Seq == uint32(number("tcp.seq_raw", 0)) { // nothing is made relative
			step.Window = number("tcp.window_size_value", 0)
		}
		flags := number("tcp.flags", 0)
		for i, letter := range "FSRPAUECN" {
			if flags&(1<<i) != 0 {
				step.Flags += string(letter)
			}
		}
		// A port where nobody listens answers with the number 0 (RFC 9293 3.10.7.1), and tcpdump says so, too; tshark
		// counts from the one before the first that it has seen.
		if strings.Contains(step.Flags, "R") && text("tcp.seq_raw", 0) == "0" {
			step.Seq = 0
		}
		step.From, step.To = ends(0, true, "tcp")
		step.Options = tcpOptions(get)
		s.conn = conversation("tcp", step.From, step.To)
	default:
		t.Fatalf("a packet of nobody's: %v", get)
	}
	s.toldStep = step
	return s
}

func tcpOptions(get map[string][]string) (all []string) {
	for _, o := range []struct{ field, name string }{{"tcp.options.mss_val", "mss "}, {"tcp.options.wscale.shift", "wscale "}} {
		if v := get[o.field]; v != nil {
			all = append(all, o.name+v[0])
		}
	}
	if get["tcp.options.sack_perm"] != nil {
		all = append(all, "sackok")
	}
	for i := range get["tcp.options.sack_le"] {
		all = append(all, "sack "+get["tcp.options.sack_le"][i]+":"+get["tcp.options.sack_re"][i])
	}
	if v := get["tcp.options.timestamp.tsval"]; v != nil {
		all = append(all, "ts "+v[0]+"/"+get["tcp.options.timestamp.tsecr"][0])
	}
	return all
}

// conversation names two ends alike, whichever of them spoke.
func conversation(proto, a, b string) string {
	if a > b {
		a, b = b, a
	}
	return proto + " " + a + " " + b
}

// A toldPacket is a packet in the place where it was told.
type toldPacket struct {
	toldStep
	act int
}

func (p toldPacket) conn() string {
	if strings.HasPrefix(p.Proto, "icmp") && len(p.Options) > 0 {
		f := strings.Fields(p.Options[0]) // about udp A > B
		return conversation(p.Proto, f[2], f[4])
	}
	return conversation(p.Proto, p.From, p.To)
}

func packetsOf(acts []toldAct) (all []toldPacket) {
	for i, a := range acts {
		for _, s := range a.Steps {
			if s.Kind == "packet" {
				all = append(all, toldPacket{s, i})
			}
		}
	}
	return all
}

// comparePackets holds what was told against what was seen.
func comparePackets(t *testing.T, seed uint64, acts []toldAct, all []seen) {
	t.Helper()
	told := map[string][]toldPacket{}
	for _, p := range packetsOf(acts) {
		told[p.conn()] = append(told[p.conn()], p)
	}
	saw := map[string][]seen{}
	var conns []string
	for _, s := range all {
		if saw[s.conn] == nil {
			conns = append(conns, s.conn)
		}
		saw[s.conn] = append(saw[s.conn], s)
	}
	for c, p := range told {
		if saw[c] == nil {
			t.Errorf("seed %d: %d packets of %s are told, and tcpdump saw none: %s", seed, len(p), c, p[0].packet())
		}
	}
	bad := 0
	for _, c := range conns {
		ours, theirs := remarks(told[c], saw[c])
		if d := cmp.Diff(theirs, ours); d != "" {
			if bad++; bad > 3 {
				continue
			}
			t.Errorf("seed %d, %s (-tcpdump +sockstep):\n%s\n%s", seed, c, d, around(acts, told[c]))
		}
	}
	if bad > 3 {
		t.Errorf("seed %d: %d conversations differ", seed, bad)
	}
	marks := map[string]int{}
	for _, s := range all {
		for m := range s.analysis {
			marks[m]++
		}
	}
	t.Logf("seed %d: %d acts, %d packets in %d conversations %v", seed, len(acts), len(all), len(conns), marks)
}

// remarks writes a conversation as it was told and as it was seen, each packet with what is remarkable about it.
func remarks(told []toldPacket, saw []seen) (ours, theirs []string) {
	var ends [2][]bool // of each, whether its sender had been sent a RST before
	reset := map[string]bool{}
	is := func(i int, from, to, flags string) {
		ends[i] = append(ends[i], reset[from])
		if strings.Contains(flags, "R") {
			reset[to] = true
		}
	}
	for _, p := range told {
		is(0, p.From, p.To, p.Flags)
	}
	clear(reset)
	for _, s := range saw {
		is(1, s.From, s.To, s.Flags)
	}
	translate(saw)
	write := func(what, from, to string, marks []string, refused bool) string {
		// Whether a window is full needs one: that of an end which has refused everything is none, though tshark takes the
		// field of the RST for one, 0 as a rule; and tshark knows of none where a socket is connected to itself.
		marks = slices.DeleteFunc(marks, func(m string) bool { return m == "window-full" && (refused || from == to) })
		slices.Sort(marks)
		return strings.TrimSpace(what + " " + strings.Join(marks, " "))
	}
	for i, p := range told {
		ours = append(ours, write(p.packet(), p.From, p.To, compared(p.Marks), ends[0][i]))
	}
	for i, s := range saw {
		theirs = append(theirs, write(s.packet(), s.From, s.To, slices.Collect(maps.Keys(s.analysis)), ends[1][i]))
	}
	return ours, theirs
}

// translate says in sockstep's words what tshark has other definitions of.
//
// A question whether a zero window has opened is no different from one whether the peer is alive: tshark calls it the latter
// unless it has a byte, which Linux never sends. A segment of one byte that is just sent again tshark takes for a keep-alive,
// too. And the acknowledgement of what came twice (RFC 2883) is no duplicate ACK, which tells of what
// did not come (RFC 5681 2).
func translate(saw []seen) {
	closed, probed, acked, last := map[string]bool{}, map[string]bool{}, map[string]uint32{}, map[string]string{}
	for _, s := range saw {
		ends, back := s.From+" "+s.To, s.To+" "+s.From
		switch marks := s.analysis; {
		case marks["keepalive"] && closed[back]:
			delete(marks, "keepalive")
			marks["window-probe"] = true
		case marks["keepalive"] && (acked[back] < s.Seq+uint32(s.Len) || s.Len == 1 && last[ends] == bytesOf(s.toldStep)):
			delete(marks, "keepalive")
			marks["retransmission"] = true
			if acked[back] >= s.Seq+uint32(s.Len) {
				marks["spurious-retransmission"] = true
			}
		case marks["zero-window"] && probed[back] && s.Len == 0:
			marks["window-probe-ack"] = true
		}
		if s.analysis["dsack"] {
			delete(s.analysis, "dup-ack")
		}
		closed[ends], probed[ends] = s.analysis["zero-window"], s.analysis["window-probe"]
		acked[ends] = s.Ack
		if s.Len > 0 {
			last[ends] = bytesOf(s.toldStep)
		}
	}
}

// compared are those of the marks for which tshark has a word.
func compared(marks []string) (all []string) {
	for _, m := range marks {
		for _, ours := range analyses {
			if m == ours {
				all = append(all, m)
			}
		}
	}
	return all
}

// around are the lines in which packets were told.
func around(acts []toldAct, packets []toldPacket) string {
	var b strings.Builder
	last := -1
	for _, p := range packets {
		if p.act != last {
			b.WriteString(plainly(acts[p.act]) + "\n")
			last = p.act
		}
	}
	return b.String()
}
