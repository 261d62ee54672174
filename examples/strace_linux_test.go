package examples

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// traced are the calls that strace is asked for. Of close, dup, fcntl, ioctl and poll those on sockets count.
const traced = "socket,socketpair,bind,listen,accept,accept4,connect,sendto,recvfrom,sendmsg,recvmsg,sendmmsg,recvmmsg,shutdown," +
	"getsockname,getpeername,getsockopt,setsockopt,close,dup,?dup2,dup3,fcntl,ioctl,fstat,?poll,ppoll,?select,pselect6"

// TestStrace runs the examples under strace and holds the calls of --json against the calls that were made, one by one and in order:
// none is missing, none is told that was not made, and each has its true arguments, result and errno.
func TestStrace(t *testing.T) {
	more, err := filepath.Glob(filepath.Join(here, "testdata", "*.sock"))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range append(sessions(t), more...) {
		name := strings.TrimSuffix(filepath.Base(script), ".sock")
		if strings.HasSuffix(name, "-client") {
			continue // traced with its server
		}
		t.Run(name, func(t *testing.T) {
			strace := peer(t, "strace")
			dir := t.TempDir()
			under := func(script, trace string) *program {
				return start(t, dir, strace, "-f", "-o", trace, "-s", "32", "-e", "trace="+traced, sockstep, "--json", "run", script)
			}
			trace := filepath.Join(t.TempDir(), "trace")
			p := under(script, trace)
			if partner := partnerOf(script); partner != "" {
				p.says(`(?s)listen s.*LISTEN`)
				k := under(partner, trace+"-client")
				compareTrace(t, k, trace+"-client")
			}
			compareTrace(t, p, trace)
		})
	}
}

func compareTrace(t *testing.T, p *program, trace string) {
	t.Helper()
	status := p.ends()
	if strings.Contains(p.stderr(), "ptrace") || strings.Contains(p.stderr(), "PTRACE") {
		if require {
			t.Fatalf("strace may not trace: %s", p.stderr())
		}
		t.Skipf("NOT TESTED: strace may not trace here: %s", p.stderr())
	}
	if status != 0 {
		t.Fatalf("exit status %d: %s", status, p.stderr())
	}
	acts, err := parseActs(p.stdout())
	if err != nil {
		t.Fatal(err)
	}
	saw, sigpipes := readTrace(t, trace)
	compared, broken := 0, 0
	for _, a := range acts {
		for _, c := range a.calls() {
			if c.Op == "newfstatat" || c.Op == "unlink" {
				continue // of files: the program's start is full of them
			}
			if c.Errno == "EPIPE" && !strings.Contains(c.Args, "MSG_NOSIGNAL") {
				broken++
			}
			var made int64
			for range max(c.Times, 1) {
				for len(saw) > 0 && saw[0].restarted && c.Errno != "EINTR" {
					saw = saw[1:] // a signal of the runtime's own; the kernel made the call again
				}
				if len(saw) == 0 {
					t.Fatalf("%s: %s(%s) is told, and strace saw no more", *a.Line, c.Op, c.Args)
				}
				s := saw[0]
				saw = saw[1:]
				compared++
				made += s.ret
				if s.op != c.Op || s.errno != c.Errno || c.Times <= 1 && !sameArgs(c, s.args) {
					t.Fatalf("%s:\ntold   %s(%s) = %d %s\nstrace %s", *a.Line, c.Op, c.Args, c.Ret, c.Errno, s.line)
				}
			}
			if made != c.Ret {
				t.Errorf("%s: %s(%s) = %d is told, and strace says %d", *a.Line, c.Op, c.Args, c.Ret, made)
			}
		}
	}
	for _, s := range saw {
		t.Errorf("strace saw a call that is not told: %s", s.line)
	}
	if broken != sigpipes {
		t.Errorf("%d sends gave EPIPE, and there were %d SIGPIPEs", broken, sigpipes)
	}
	t.Logf("%d calls are those that strace saw", compared)
}

// A sighting is one call in strace's words.
type sighting struct {
	line, op, args, errno string
	ret                   int64
	restarted             bool // a signal came in between, and the kernel is free to make it again
}

var (
	straceLine = regexp.MustCompile(`^(\w+)\((.*)\) += (0x[0-9a-f]+|-?\d+|\?)(?: (E[A-Z0-9]+))?.*$`)
	straceHalf = regexp.MustCompile(`^(.*) <unfinished \.\.\.>$`)
	straceRest = regexp.MustCompile(`^<\.\.\. \w+ resumed>(.*)$`)
	firstFD    = regexp.MustCompile(`^(\d+)`)
	allFDs     = regexp.MustCompile(`fd=(\d+)`)
	pairFDs    = regexp.MustCompile(`\[(\d+), (\d+)\]$`)
	passedFDs  = regexp.MustCompile(`cmsg_type=SCM_RIGHTS, cmsg_data=\[([\d, ]+)\]`)
)

// readTrace reads the calls on sockets in the order in which they ended, and counts the SIGPIPEs.
func readTrace(t *testing.T, path string) (saw []sighting, sigpipes int) {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	half := map[string]string{}  // of a thread: a call that had not ended when another thread's was written
	open := map[string]bool{}    // the sockets
	foreign := map[string]bool{} // netlink: the library asks for the interfaces; and the tap, which is no socket of the student
	for line := range strings.Lines(string(text)) {
		thread, rest, _ := strings.Cut(strings.TrimRight(line, "\n"), " ")
		rest = strings.TrimLeft(rest, " ")
		if strings.HasPrefix(rest, "--- SIGPIPE") {
			sigpipes++
			continue
		}
		if m := straceHalf.FindStringSubmatch(rest); m != nil {
			half[thread] = m[1]
			continue
		}
		if m := straceRest.FindStringSubmatch(rest); m != nil {
			rest = half[thread] + m[1]
		}
		m := straceLine.FindStringSubmatch(rest)
		if m == nil {
			continue // a signal, an exit
		}
		s := sighting{line: rest, op: m[1], args: m[2], errno: m[4]}
		switch {
		case m[3] == "?":
			s.restarted, s.errno, s.ret = true, "EINTR", -1
		default:
			if s.ret, err = strconv.ParseInt(m[3], 0, 64); err != nil {
				t.Fatal(err)
			}
		}
		fd := ""
		if f := firstFD.FindString(s.args); f != "" {
			fd = f
		}
		switch s.op {
		case "socket":
			if strings.HasPrefix(s.args, "AF_NETLINK") && !strings.Contains(s.args, "SOCK_DIAG") || strings.HasPrefix(s.args, "AF_PACKET") {
				foreign[m[3]] = true
				continue
			}
			open[m[3]] = true
		case "socketpair":
			if p := pairFDs.FindStringSubmatch(s.args); p != nil {
				open[p[1]], open[p[2]] = true, true
			}
		case "accept", "accept4":
			open[m[3]] = true
		case "dup":
			if !open[fd] {
				continue
			}
			open[m[3]] = true
		case "close":
			if foreign[fd] {
				delete(foreign, fd)
				continue
			}
			if !open[fd] {
				continue
			}
			delete(open, fd)
		case "fcntl", "ioctl", "fstat":
			if foreign[fd] && strings.Contains(s.args, "F_DUPFD") {
				foreign[m[3]] = true
			}
			if !open[fd] || foreign[fd] {
				continue
			}
		case "poll", "ppoll":
			ofSockets := false
			for _, f := range allFDs.FindAllStringSubmatch(s.args, -1) {
				ofSockets = ofSockets || open[f[1]]
			}
			if !ofSockets {
				continue
			}
		default:
			if foreign[fd] {
				continue
			}
		}
		if p := passedFDs.FindStringSubmatch(s.args); p != nil && s.op == "recvmsg" {
			for f := range strings.SplitSeq(p[1], ", ") {
				open[f] = true
			}
		}
		saw = append(saw, s)
	}
	return saw, sigpipes
}

var (
	words     = regexp.MustCompile(`"(?:[^"\\]|\\.)*"|\w+`)
	addressed = regexp.MustCompile(`(?:\[([0-9a-f:.]+)\]|([0-9]+(?:\.[0-9]+){3})):(\d+)(?:$|, msg_iov)`)
	otherName = strings.NewReplacer("IPPROTO_TCP", "SOL_TCP", "IPPROTO_IPV6", "SOL_IPV6", "SIOCINQ", "FIONREAD", "SIOCOUTQ", "TIOCOUTQ", "TIMEO", "TIMEO_OLD")
)

// sameArgs reports whether all that a told call says of its arguments stands in strace's line.
//
// Of netlink messages, which strace spells out to the last field, the length alone is compared: package diag holds them to the letter.
func sameArgs(c step, theirs string) bool {
	ours := c.Args
	if strings.Contains(ours, "nlmsg_len=") {
		return strings.HasPrefix(theirs, ours[:strings.Index(ours, "nlmsg_type")])
	}
	if c.Op == "getsockopt" || c.Op == "setsockopt" { // structs are written otherwise; package sys holds them to the letter
		parts := strings.SplitN(ours, ", ", 4)
		ours = strings.Join(parts[:min(len(parts), 3)], ", ")
		if len(parts) > 3 && strings.HasPrefix(parts[3], "[") {
			ours += ", " + strings.Trim(parts[3], "[]")
		}
	}
	if a := addressed.FindStringSubmatch(ours); a != nil {
		if !strings.Contains(theirs, `"`+a[1]+a[2]+`"`) || !strings.Contains(theirs, fmt.Sprintf("htons(%s)", a[3])) {
			return false
		}
		ours = strings.Replace(ours, a[0], "msg_iov", 1)
		theirs += " msg_iov"
	}
	there := map[string]bool{"buf": true}
	for _, w := range words.FindAllString(theirs, -1) {
		there[w] = true
	}
	there[`""`] = there[`""`] || there["NULL"] // a buffer of no bytes
	there["0"] = there["0"] || there["IPPROTO_IP"]
	there["IPPROTO_IP"] = there["IPPROTO_IP"] || there["SOL_IP"]
	for _, w := range words.FindAllString(ours, -1) {
		if !there[w] && !there[otherName.Replace(w)] {
			return false
		}
	}
	return true
}
