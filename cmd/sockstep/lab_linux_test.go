package main

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"
)

// inALab is sockstep as somebody starts it who has no lab yet, and a folder that is theirs. Where the tests run as root, it is
// a user who has no rights at all. The test ends here, and says so, where the machine allows none; unless everything is
// required, and others are allowed namespaces.
func inALab(t *testing.T) (command func(name string, args ...string) *exec.Cmd, dir string) {
	t.Helper()
	dir = ownFolder(t)
	command = func(name string, args ...string) *exec.Cmd {
		c := exec.CommandContext(t.Context(), "/proc/self/exe", args...) // where its file lies not everybody may look
		c.Args[0], c.Dir = name, "/"
		c.Env = append(os.Environ(), "XDG_RUNTIME_DIR="+dir, "XDG_CONFIG_HOME="+dir, "HOME="+dir, "SOCKSTEP_LAB=", "LC_ALL=C.UTF-8")
		c.SysProcAttr = asNobody()
		return c
	}
	if out, err := command("sockstep", "lab", "--", "true").CombinedOutput(); err != nil {
		allowsNone(t, fmt.Sprintf("%v\n%s", err, out))
	}
	return command, dir
}

// nobody is a user who has no rights.
const nobody = 65534

// asNobody starts a program as nobody where the tests run as root.
func asNobody() *syscall.SysProcAttr {
	if os.Getuid() != 0 {
		return nil
	}
	return &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: nobody, Gid: nobody}}
}

// ownFolder makes a folder of nobody's where the tests run as root. Its name is short: so is a socket's.
func ownFolder(t *testing.T) string {
	t.Helper()
	dir, err := os.MkdirTemp("/tmp", "lab") // not t.TempDir: the user must be able to get there
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { os.RemoveAll(dir) })
	if os.Getuid() == 0 {
		if err := os.Chown(dir, nobody, nobody); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

// allowsNone ends a test where this machine allows no lab, and says so; unless everything is required, and others are
// allowed namespaces.
func allowsNone(t *testing.T, why string) {
	t.Helper()
	c := exec.Command("/bin/true")
	c.SysProcAttr = &syscall.SysProcAttr{
		Cloneflags:  syscall.CLONE_NEWUSER | syscall.CLONE_NEWNET,
		UidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getuid(), Size: 1}},
		GidMappings: []syscall.SysProcIDMap{{ContainerID: 0, HostID: os.Getgid(), Size: 1}},
	}
	if os.Getenv("SOCKSTEP_REQUIRE") == "all" && c.Run() == nil {
		t.Fatalf("this machine allows namespaces, but there is no lab: %s", why)
	}
	t.Skipf("SKIPPED ALOUD: this machine allows no lab: %s", why)
}

// A labAct is of an act what these tests ask for.
type labAct struct {
	Line  string
	OK    bool
	Steps []struct {
		Kind, Source, Proto, Flags, Field, Now string
		ID                                     string
		To                                     string
		Options                                []string
		Lost, Retransmission                   bool
		Seq                                    uint32
		Len                                    int
	}
	Value struct {
		Text   string
		Fields map[string]any
	}
	Error struct{ Message, Fix string }
}

// acts runs lines in a lab, and gives what came of each.
func acts(t *testing.T, lines ...string) map[string]labAct {
	t.Helper()
	command, dir := inALab(t)
	file := filepath.Join(dir, "session.sock")
	if err := os.WriteFile(file, []byte(strings.Join(lines, "\n")+"\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c := command("sockstep", "--json", "run", "--lab", file)
	var complaints bytes.Buffer
	c.Stderr = &complaints
	out, err := c.Output()
	all := map[string]labAct{}
	for line := range bytes.Lines(out) {
		var a labAct
		if err := json.Unmarshal(line, &a); err != nil {
			t.Fatalf("%v: %s", err, line)
		}
		if a.Line != "" && !a.OK {
			t.Errorf("%s: %s", a.Line, a.Error.Message)
		}
		all[a.Line] = a
	}
	if err != nil {
		t.Fatalf("%v\n%s%s", err, complaints.String(), out)
	}
	return all
}

func TestLabSession(t *testing.T) {
	t.Parallel()
	got := acts(t,
		"s = at right listen tcp right:7000 --reuse",
		"c = connect tcp right:7000",
		"d = accept s",
		"send c hello",
		"recv d",
		"expect hello",
		"inspect d peername",
		"at right gethostname",
		"expect right",
		"at right at left gethostname",
		"expect left",
		"gethostname",
		"expect left",
		"u = at right socket udp",
		"bind u right:7001",
		"sendto u left:9 hi", // nobody is there, but the packet is seen to leave from right
		"j = at right accept s &",
		"k = connect tcp right:7000",
		"wait",
		"!ECONNREFUSED at right connect tcp left:7000", // the server is at right alone
		"! at nowhere socket",
		"!usage at right",
		"cable loss 20% left",
		"cable",
		"cable reset",
		"wire c",
		"!ECONNREFUSED x = connect tcp right:9",
		"at right close all",
		"inspect c fileno",
		"inspect s fileno", "expect -1",
	)
	if fix := got["!ECONNREFUSED x = connect tcp right:9"].Error.Fix; !strings.Contains(fix, "`l = at right listen tcp 10.0.0.2:9`") {
		t.Errorf("the server is to be started at right: %s", fix)
	}
	flags := ""
	for _, st := range got["c = connect tcp right:7000"].Steps {
		if st.Kind == "packet" {
			flags += st.Source + " " + st.Flags + " "
		}
	}
	if flags != "cable request cable reply cable S cable SA cable A " { // at first right's card is searched: ARP
		t.Errorf("the handshake on the cable: %s", flags)
	}
	if loss := got["cable"].Value.Fields["loss"]; loss != "left→right 20%, right→left 0%" {
		t.Errorf("the cable says of its loss: %v", loss)
	}
	if from := got["inspect d peername"].Value.Text; !strings.Contains(from, "10.0.0.1") {
		t.Errorf("the client came from %s", from)
	}
	if ladder := got["wire c"].Value.Text; !strings.Contains(ladder, "PSH+ACK seq 1 ack 1 len 5") {
		t.Errorf("the ladder:\n%s", ladder)
	}
}

// TestLabCableWords: what a cable is told wrongly is answered by what would be right, and changes nothing; frames may be called
// as packets show them.
func TestLabCableWords(t *testing.T) {
	t.Parallel()
	fixes := map[string]string{
		"!usage cable delay":                        "cable delay 50ms",
		"!usage cable delay 50 ms":                  "cable delay 50ms",
		"!usage cable loss":                         "cable loss 20%",
		"!usage cable reorder":                      "cable reorder 20%",
		"!usage cable drop next":                    "cable drop next syn",
		"!usage cable drop next syns":               "cable drop next syn",
		"!usage cable rate":                         "cable rate 1mbit",
		"!usage cable rate 1 mbit":                  "cable rate 1mbit",
		"!usage cable mtu":                          "cable mtu 1400",
		"!usage cable path-mtu":                     "cable path-mtu 1300",
		"!usage cable Mtu 1400":                     "cable mtu",
		"!usage at right q = socket udp":            "q = at right socket udp",
		"!usage at right q=socket udp":              "q = at right socket udp",
		"!usage at right ! connect tcp left:9":      "! at right connect tcp left:9",
		"!usage at right !connect tcp left:9":       "! at right connect tcp left:9",
		"!usage at right !EPERM connect tcp left:9": "!EPERM at right connect tcp left:9",
	}
	messages := map[string]string{
		"!usage cable rate 0.4":              "a rate is a number of bits a second",
		"!usage cable mtu abc":               "an MTU is a number of bytes",
		"!usage cable mtu 9001":              "from 68 to 9000",
		"!usage cable cut it":                "a host is left or right",
		"!usage cable drop next fin nowhere": "a host is left or right",
		"!usage cable delay 50ms middle":     "a host: left or right",
		"!usage at middle socket":            "no host called middle",
	}
	lines := append(slices.Collect(maps.Keys(fixes)), slices.Collect(maps.Keys(messages))...)
	lines = append(lines, "print nothing has changed", "cable", "cable delay 1h 30m left", "cable drop next SYN+ACK 2 right", "cable drop next FIN+ACK", "cable drop next psh+ack", "print now", "cable  ")
	got := acts(t, lines...)
	for line, fix := range fixes {
		if got[line].Error.Fix != fix {
			t.Errorf("%s: %q, want %q", line, got[line].Error.Fix, fix)
		}
	}
	for line, message := range messages {
		if !strings.Contains(got[line].Error.Message, message) {
			t.Errorf("%s: %q, want %q", line, got[line].Error.Message, message)
		}
	}
	for field, was := range map[string]string{"delay": "0s", "loss": "0%", "rate": "-", "path mtu": "-", "drop next": "-"} {
		if now := got["cable"].Value.Fields[field]; now != was {
			t.Errorf("%s: %v, want %s", field, now, was)
		}
	}
	for field, want := range map[string]string{"delay": "left→right 1h…1h30m, right→left 0s", "drop next": "synack ×2 right→left, fin, data"} {
		if now := got["cable  "].Value.Fields[field]; now != want {
			t.Errorf("%s: %v, want %s", field, now, want)
		}
	}
	for _, s := range got["cable delay 1h 30m left"].Steps {
		if s.Kind == "change" && (s.Field != "delay left→right" || s.Now != "1h…1h30m") {
			t.Errorf("%+v", s)
		}
	}
}

// TestLabRaw: a raw socket has no port that the kernel would choose; what stands there is its protocol, from the start.
func TestLabRaw(t *testing.T) {
	t.Parallel()
	got := acts(t, "r = socket raw", `sendto r right:0 b"\x08\x00\xe5\xca\x12\x34\x00\x01"`, "bind r left:0", "connect r right:0", "inspect r sockname")
	for line, a := range got {
		for _, s := range a.Steps {
			if s.ID == "implicit-bind" || s.ID == "ephemeral-port" || s.Field == "state" && s.Now != "CONNECTED" {
				t.Errorf("%s: %+v", line, s)
			}
		}
	}
	if name := got["inspect r sockname"].Value.Text; name != "('10.0.0.1', 1)" {
		t.Errorf("sockname: %s", name)
	}
}

// TestLabLostSYN: a SYN is lost on purpose, drawn as lost, and TCP sends it again after a second.
func TestLabLostSYN(t *testing.T) {
	t.Parallel()
	begin := time.Now()
	saved := filepath.Join(ownFolder(t), "x.pcapng")
	got := acts(t, "s = at right listen tcp right:7000", "cable drop next syn", "c = connect tcp right:7000", "wire c", "wire save "+saved)
	if file, err := os.ReadFile(saved); err != nil || bytes.Count(file, []byte("c = connect tcp right:7000; lost on the cable")) != 1 {
		t.Errorf("the file does not say which packet was lost: %v", err)
	}
	if took := time.Since(begin); took < 900*time.Millisecond {
		t.Errorf("nothing waited: %v", took)
	}
	var lost, again bool
	for _, st := range got["c = connect tcp right:7000"].Steps {
		if st.Kind == "packet" && st.Flags == "S" {
			lost = lost || st.Lost
			again = again || st.Retransmission && !st.Lost
		}
	}
	if !lost || !again {
		t.Errorf("lost %v, repeated %v: %+v", lost, again, got["c = connect tcp right:7000"].Steps)
	}
	if ladder := got["wire c"].Value.Text; !strings.Contains(ladder, "SYN seq 0 lost") {
		t.Errorf("the ladder:\n%s", ladder)
	}
}

// TestLabPathMTU: a narrow spot that the hosts do not know is told by ICMP, and they keep to it from then on.
func TestLabPathMTU(t *testing.T) {
	t.Parallel()
	got := acts(t,
		"cable path-mtu 1300 left",
		"cable",
		"u = connect udp right:7000",
		"sockopt u IP_MTU_DISCOVER IP_PMTUDISC_DO",
		"send u --fill 1400",
		"wire u",
		"!EMSGSIZE send u --fill 1400",
		"sockopt u IP_MTU",
		"expect 1300",
		"cable path-mtu 0",
		"!usage cable path-mtu",
		"!usage cable path-mtu 10",
	)
	if mtu := got["cable"].Value.Fields["path mtu"]; mtu != "left→right 1300, right→left -" {
		t.Errorf("the cable says of its narrow spot: %v", mtu)
	}
	if ladder := got["wire u"].Value.Text; !inOrder(ladder, "UDP len 1400 lost", "ICMP FRAGMENTATION-NEEDED", "from 10.0.0.254") {
		t.Errorf("the router is not drawn:\n%s", ladder)
	}
	told := false
	for _, st := range got["send u --fill 1400"].Steps {
		told = told || st.Kind == "packet" && st.Flags == "fragmentation-needed"
	}
	if !told {
		t.Errorf("no ICMP: %+v", got["send u --fill 1400"].Steps)
	}
}

// TestLabFragments: every fragment of a datagram is the session's, though only the first one has ports.
func TestLabFragments(t *testing.T) {
	t.Parallel()
	got := acts(t, "u = at right listen udp right:7000", "v = socket udp", "sendto v right:7000 --fill 4000")
	var from []string
	for _, st := range got["sendto v right:7000 --fill 4000"].Steps {
		if st.Kind == "packet" && st.Proto != "arp" {
			from = append(from, strings.Join(st.Options, " ")+" "+st.To)
		}
	}
	if want := []string{"fragment at 0 10.0.0.2:7000", "fragment at 1480 10.0.0.2:7000", "fragment at 2960 10.0.0.2:7000"}; !slices.Equal(from, want) {
		t.Errorf("the fragments: %q", from)
	}
}

// TestLabJoin: a second terminal is in the same network, and in none once the first is gone.
func TestLabJoin(t *testing.T) {
	t.Parallel()
	command, _ := inALab(t)
	if out, err := command("sockstep", "lab", "join", "-c", "sockets").CombinedOutput(); err == nil || !strings.Contains(string(out), "no lab of yours is running") {
		t.Errorf("without a lab: %v\n%s", err, out)
	}
	first := command("sockstep", "lab")
	in, err := first.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	io.WriteString(in, "s = at right listen tcp right:7000\nprint ready\n")
	lines := bufio.NewScanner(out)
	for lines.Scan() && strings.TrimSpace(lines.Text()) != "ready" {
	}
	c := command("sockstep", "lab", "join", "--json", "-c", "c = connect tcp right:7000", "-c", "u = at right listen tcp right:7001", "-c", "cable")
	if out, err := c.CombinedOutput(); err != nil || !strings.Contains(string(out), `"source":"cable"`) {
		t.Errorf("the second terminal: %v\n%s", err, out)
	}
	io.WriteString(in, "d = accept s\nexit 5\n")
	_, _ = io.Copy(io.Discard, out)
	if _ = first.Wait(); first.ProcessState.ExitCode() != 5 {
		t.Errorf("the first terminal: %v", first.ProcessState)
	}
}

// TestLabCommand: other programs run in the lab, and their status is sockstep's.
func TestLabCommand(t *testing.T) {
	t.Parallel()
	command, _ := inALab(t)
	if out, err := command("sockstep", "lab", "--", "id", "-u").Output(); err != nil || strings.TrimSpace(string(out)) == "0" {
		t.Errorf("the user is to be an ordinary one: %v: %s", err, out)
	}
	if out, err := command("sockstep", "lab", "--", "sh", "-c", "hostname; exit 3").Output(); exitCode(err) != 3 || string(out) != "left\n" {
		t.Errorf("%v: %q", err, out)
	}
	if out, err := command("sockstep", "lab", "--at", "right", "--", "sh", "-c", "hostname; cat /proc/net/fib_trie").Output(); err != nil || !strings.HasPrefix(string(out), "right\n") || !strings.Contains(string(out), "10.0.0.2") {
		t.Errorf("%v: %q", err, out)
	}
	if out, err := command("sockstep", "lab", "--at", "right").CombinedOutput(); exitCode(err) != misused {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := command("sockstep", "--lab", "-c", "! connect tcp right:7").CombinedOutput(); err != nil || !strings.Contains(string(out), "RST") {
		t.Errorf("%v\n%s", err, out)
	}
	if out, err := command("sockstep", "lab", "ncat").CombinedOutput(); exitCode(err) != misused {
		t.Errorf("%v\n%s", err, out)
	}
	for line, instead := range map[string]string{"lab ncat -l": "sockstep lab -- ncat -l", "lab join --at right ncat -l": "sockstep lab join --at right -- ncat -l", "lab run x.sock": "sockstep run --lab x.sock", "lab join run x.sock": "sockstep lab join -c 'run x.sock'"} {
		if out, err := command("sockstep", strings.Fields(line)...).CombinedOutput(); exitCode(err) != misused || !strings.Contains(string(out), instead) {
			t.Errorf("%s: %v\n%s", line, err, out)
		}
	}
	for name, words := range map[string]string{"nosuch": "ENOENT: 没有叫 nosuch 的程序", "/no/such": "ENOENT: 没有 /no/such 这个文件", "/etc/passwd": "EACCES: /etc/passwd 不能运行", "/etc": "EACCES: /etc 不能运行"} {
		if out, err := command("sockstep", "--lang", "zh", "lab", "--", name).CombinedOutput(); exitCode(err) != lineFailed || !strings.Contains(string(out), words) {
			t.Errorf("%s: %v\n%s", name, err, out)
		}
	}
}

// TestLabCommandHungUp: a command in a lab that is gone has nothing to do any more: it ends, and it is said why.
func TestLabCommandHungUp(t *testing.T) {
	t.Parallel()
	command, _ := inALab(t)
	first := command("sockstep", "lab", "--", "sh", "-c", "echo ready; sleep 1000")
	begun, err := first.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := first.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(begun).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q: %v", line, err)
	}
	c := command("sockstep", "lab", "join", "--", "sh", "-c", "echo ready; sleep 1000")
	var complaints bytes.Buffer
	c.Stderr = &complaints
	if begun, err = c.StdoutPipe(); err != nil {
		t.Fatal(err)
	}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	if line, err := bufio.NewReader(begun).ReadString('\n'); line != "ready\n" {
		t.Fatalf("%q: %v", line, err)
	}
	_ = first.Process.Kill()
	_ = first.Wait()
	if err := c.Wait(); exitCode(err) != 128+1 || !strings.Contains(complaints.String(), "the lab is gone") {
		t.Errorf("%v\n%s", err, complaints.String())
	}
}

// TestLabCourse: a course of one's own is the same in a lab, by a path from where one is, and so is its progress.
func TestLabCourse(t *testing.T) {
	t.Parallel()
	command, dir := inALab(t)
	run := func(args ...string) string {
		c := command("sockstep", args...)
		c.Dir = dir
		c.Env = append(c.Env, "XDG_STATE_HOME="+dir)
		out, err := c.CombinedOutput()
		if err != nil {
			t.Fatalf("%q: %v\n%s", args, err, out)
		}
		return string(out)
	}
	run("lessons", "new", "mine")
	if out := run("--lab", "--course", ".", "-c", "lesson mine", "-c", "skip", "-c", "cable"); !strings.Contains(out, "Close it.") || !strings.Contains(out, "delay") {
		t.Error(out)
	}
	if out := run("progress", "export", "--course", "01-mine.yaml"); strings.Contains(out, "skipped") {
		t.Error(out)
	}
	if out := run("progress", "export", "--course", "."); !strings.Contains(out, "mine,listen,skipped") {
		t.Error(out)
	}
}

// TestLabForbidden: where there may be no lab it is said why, in the user's language, and the rest goes on.
func TestLabForbidden(t *testing.T) {
	t.Parallel()
	for lang, words := range map[string][]string{
		"en": {"EPERM", "error", "why", "try", "network of your own"},
		"zh": {"EPERM", "错误", "原因", "试试", "自己的网络"},
	} {
		for _, args := range [][]string{{"lab"}, {"lab", "--", "true"}, {"run", "--lab", "-"}, {"--lab", "--json", "-c", "sockets"}} {
			c := exec.Command("sockstep-nolab", append([]string{"--lang", lang}, args...)...)
			var out, complaints bytes.Buffer
			c.Stdout, c.Stderr = &out, &complaints
			if err := c.Run(); exitCode(err) != lineFailed || out.Len() > 0 {
				t.Errorf("%s %q: %v\n%s%s", lang, args, err, out.String(), complaints.String())
			}
			for _, w := range words {
				if !strings.Contains(complaints.String(), w) {
					t.Errorf("%s %q: %s is missing in\n%s", lang, args, w, complaints.String())
				}
			}
		}
	}
	if out, err := exec.Command("sockstep-nolab", "-c", "a, b = socketpair", "-c", "send a hi", "-c", "!no-lab at right socket").CombinedOutput(); err != nil {
		t.Errorf("everything else: %v\n%s", err, out)
	}
}

func exitCode(err error) int {
	if e, ok := err.(*exec.ExitError); ok {
		return e.ExitCode()
	}
	return -1
}

// TestLabLoopback: what a host says to itself goes over no cable, and is seen all the same; as is ICMP of both families.
func TestLabLoopback(t *testing.T) {
	t.Parallel()
	got := acts(t,
		"s = listen tcp 127.0.0.1:8888",
		"c = connect tcp 127.0.0.1:8888",
		"s2 = at right listen tcp [::1]:8888",
		"c2 = at right connect tcp [::1]:8888",
		"d = at right listen tcp right:7000",
		"e = connect tcp right:7000",
		"r = socket raw -6",
		`sendto r [fd00:5050::2]:0 b"\x80\x00\x00\x00\x12\x34\x00\x01hi"`,
		"recvfrom r",
	)
	for line, want := range map[string]string{
		"c = connect tcp 127.0.0.1:8888":       "captured S, captured SA, captured A",
		"c2 = at right connect tcp [::1]:8888": "captured S, captured SA, captured A",
		"e = connect tcp right:7000":           "cable request, cable reply, cable S, cable SA, cable A", // at first right's card is searched: ARP
	} {
		var seen []string
		for _, s := range got[line].Steps {
			if s.Kind == "packet" {
				seen = append(seen, s.Source+" "+s.Flags)
			}
		}
		if s := strings.Join(seen, ", "); s != want {
			t.Errorf("%s: %s, want %s", line, s, want)
		}
	}
	pings := 0
	for _, a := range got {
		for _, s := range a.Steps {
			if s.Source == "cable" && strings.HasPrefix(s.Flags, "echo-") {
				pings++
			}
		}
	}
	if pings != 2 {
		t.Errorf("%d packets of a ping are seen, want 2", pings)
	}
}

// TestLabJobBeside: what a job sends while a line runs beside it is told in its order, from the first byte.
func TestLabJobBeside(t *testing.T) {
	t.Parallel()
	const line = "t = recv d --exactly 100000 --timeout 20"
	got := acts(t, "s = at right listen tcp right:7001", "c = connect tcp right:7001", "d = accept s", "cable rate 2mbit", "sendall c --fill 100000 &", line)
	next := uint32(1)
	for _, st := range got[line].Steps {
		if st.Kind == "packet" && st.Len > 0 {
			if st.Seq != next {
				t.Fatalf("seq %d is told where %d comes", st.Seq, next)
			}
			next += uint32(st.Len)
		}
	}
	if next != 100001 {
		t.Errorf("the packets end at %d", next)
	}
}

// TestLabCrossing: over a long way an end sends before it has what was sent to it. The ladder and the diagram draw what it did then.
func TestLabCrossing(t *testing.T) {
	t.Parallel()
	got := acts(t, "s = at right listen tcp right:7000", "c = connect tcp right:7000", "d = accept s", "cable delay 20ms", "close c", "close d", "sleep 0.3", "wire c", "states d",
		"a = socket tcp", "bind a left:5001", "b = at right socket tcp", "bind b right:5002", "connect a right:5002 &", "connect b left:5001", "wait", "states a", "states b", "wire a")
	if ladder := got["wire c"].Value.Text; !inOrder(ladder, "FIN_WAIT1", "FIN+ACK", "CLOSING", "FIN+ACK", "FIN_WAIT1") ||
		strings.Count(ladder, "CLOSING") != 2 || strings.Count(ladder, "TIME_WAIT") != 2 || strings.Contains(ladder, "LAST_ACK") || strings.Contains(ladder, "FIN_WAIT2") {
		t.Errorf("both close at once:\n%s", ladder)
	}
	if way := got["states d"].Value.Text; !inOrder(way, "FIN_WAIT1 (close", "CLOSING", "TIME_WAIT") {
		t.Errorf("states d:\n%s", way)
	}
	for _, s := range []string{"a", "b"} {
		if way := got["states "+s].Value.Text; !inOrder(way, "1 CLOSED (socket", "2 SYN_SENT", "3 SYN_RECV", "4 ESTABLISHED") {
			t.Errorf("states %s:\n%s", s, way)
		}
	}
	if ladder := got["wire a"].Value.Text; !inOrder(ladder, "SYN_SENT", "SYN seq 0", "SYN_RECV", "SYN seq 0", "SYN_SENT", "SYN+ACK") || strings.Count(ladder, "SYN_RECV") != 2 || strings.Count(ladder, "ESTABLISHED") != 2 {
		t.Errorf("both open at once:\n%s", ladder)
	}
}

// TestLabPortReused: a connection with the addresses of one that waits in TIME_WAIT is another.
func TestLabPortReused(t *testing.T) {
	t.Parallel()
	got := acts(t, "s = at right listen tcp right:7000", "c3 = socket tcp", "bind c3 left:5556", "connect c3 right:7000", "d3 = accept s", "close d3", "close c3", "sleep 0.1", "states d3",
		"c4 = socket tcp", "bind c4 left:5556", "connect c4 right:7000", "d4 = accept s", "send c4 hi", "sockets --all", "wire c4", "wire d4")
	if way := got["states d3"].Value.Text; !inOrder(way, "6 FIN_WAIT2", "7 TIME_WAIT") {
		t.Errorf("d3 is not in TIME_WAIT:\n%s", way)
	}
	if all := got["sockets --all"].Value.Text; strings.Contains(all, "d3") || !strings.Contains(all, "d4") {
		t.Errorf("d3 lives on in d4:\n%s", all)
	}
	for _, line := range []string{"wire c4", "wire d4"} {
		if ladder := got[line].Value.Text; !strings.HasPrefix(ladder, "c4 10.0.0.1:5556") || !inOrder(ladder, "d4 10.0.0.2:7000", "c4 = socket", "SYN_SENT", "ESTABLISHED", "send c4") || strings.Contains(ladder, "c3") || strings.Contains(ladder, "d3") {
			t.Errorf("%s:\n%s", line, ladder)
		}
	}
}

// TestLabPromptSlowConnect: at the prompt, too, where what comes is told while a line waits, all packets of a connect are its own,
// however long it takes, and from the first.
func TestLabPromptSlowConnect(t *testing.T) {
	inALab(t)
	t.Parallel()
	s := seatWith(t, &syscall.SysProcAttr{Setsid: true, Setctty: true}, 100, 40, []string{"lab"}, []string{"XDG_RUNTIME_DIR=" + t.TempDir()})
	s.does("cable delay 80ms", "0s → 80ms")
	s.does("cable drop next syn", "- → syn")
	s.types("\x0c! connect tcp right:11\r")
	s.until("the line and its packets", func(screen string) bool {
		call, packets, found := strings.Cut(screen, "ECONNREFUSED")
		return found && !strings.Contains(call, "packet") && inOrder(packets, "ARP REQUEST", "ARP REPLY", "SYN ", "lost", "SYN ", "retransmission", "RST+ACK", "as expected")
	})
	s.types("\x04")
	s.ends()
}
