package diag

import (
	"errors"
	"net/netip"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// TestTell: whoever asks is told of every call, and nobody else.
func TestTell(t *testing.T) {
	var first, second []string
	into := func(list *[]string) func(sockets.Call) {
		return func(c sockets.Call) {
			if !c.Scaffold || c.Took <= 0 {
				t.Errorf("%+v", c)
			}
			*list = append(*list, c.Op)
		}
	}
	d, err := Open(into(&first))
	must(t, err)
	l := listening(t, "127.0.0.1", 5)
	quiet, other := d.With(nil), d.With(into(&second))
	for _, d := range []*Diag{quiet, other, d} {
		_, err := d.TCP(local(t, l), netip.AddrPort{})
		must(t, err)
	}
	_, err = quiet.Inode(sockets.FD(l))
	must(t, err)
	_, err = other.Inode(sockets.FD(l))
	must(t, err)
	must(t, d.Close())
	if want := []string{"socket", "fcntl", "close", "sendto", "recvfrom", "close"}; !slices.Equal(first, want) {
		t.Errorf("told %q, want %q", first, want)
	}
	if want := []string{"sendto", "recvfrom", "fstat"}; !slices.Equal(second, want) {
		t.Errorf("told %q, want %q", second, want)
	}
}

// told names the file into which the child of TestStrace writes what it was told.
const told = "SOCKSTEP_DIAG_TOLD"

func TestStraced(t *testing.T) {
	out := os.Getenv(told)
	if out == "" {
		t.Skip("TestStrace runs this")
	}
	runtime.LockOSThread()
	var calls []string
	d, err := Open(func(c sockets.Call) {
		ret := " = -1 " + c.Errno
		if c.Errno == "" {
			ret = " = " + strconv.FormatInt(c.Ret, 10)
		}
		calls = append(calls, c.Op+"("+c.Args+")"+ret)
	})
	must(t, err)
	l := listening(t, "127.0.0.1", 5)
	c := calling(t, local(t, l))
	_, err = d.TCP(local(t, c), remote(t, c))
	must(t, err)
	_, err = d.TCP(netip.MustParseAddrPort("[::1]:1"), netip.MustParseAddrPort("[::1]:2"))
	if !errors.Is(err, ErrGone) {
		t.Error(err)
	}
	_, err = d.UDPList(Filter{Port: 1})
	must(t, err)
	fd := socket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	inode, err := d.Inode(sockets.FD(fd))
	must(t, err)
	_, err = d.Unix(inode)
	must(t, err)
	_, err = d.UnixList()
	must(t, err)
	_, _ = d.TCP(netip.MustParseAddrPort("[fe80::1%nowhere0]:1"), netip.AddrPort{})
	_, err = d.TCPList(Filter{Local: netip.MustParseAddrPort("[fe80::1%lo]:1")})
	must(t, err)
	must(t, d.Close())
	must(t, os.WriteFile(out, []byte(strings.Join(calls, "\n")), 0o600))
}

// TestStrace holds what is told against what strace saw.
func TestStrace(t *testing.T) {
	strace := installed(t, "strace")
	dir := t.TempDir()
	out, trace := filepath.Join(dir, "told"), filepath.Join(dir, "trace")
	cmd := exec.Command(strace, "-f", "-qq", "-o", trace, "-e", "signal=none", "-e", "trace=sendto,recvfrom,socket,close,ioctl,fstat,fcntl", os.Args[0], "-test.run=^TestStraced$")
	cmd.Env = append(os.Environ(), told+"="+out)
	if b, err := cmd.CombinedOutput(); err != nil {
		if strings.Contains(strings.ToLower(string(b)), "ptrace") && os.Getenv("SOCKSTEP_REQUIRE") != "all" {
			t.Skipf("NOT TESTED: strace may not trace here: %s", b)
		}
		t.Fatalf("strace: %v\n%s", err, b)
	}
	b, err := os.ReadFile(out)
	must(t, err)
	saw, err := os.ReadFile(trace)
	must(t, err)
	theirs := strings.Split(string(saw), "\n")
	for _, ours := range strings.Split(string(b), "\n") {
		start, end, _ := strings.Cut(ours, "...")
		end = end[strings.LastIndex(end, " = ")+1:] // what it returned
		if end == "" {
			start, end, _ = strings.Cut(ours, ") = ")
			end = ") = " + end
		}
		at := slices.IndexFunc(theirs, func(l string) bool {
			l = collapse(l)
			return strings.HasPrefix(l, start) && strings.Contains(l, end)
		})
		if at < 0 {
			t.Errorf("told %s\nstrace saw none, in order, of\n%s", ours, strings.Join(theirs, "\n"))
			break
		}
		theirs = theirs[at+1:]
	}
}

// collapse writes a line of strace's without the thread, what pads it, and what it did not know of a socket before it was used.
func collapse(l string) string {
	_, l, _ = strings.Cut(l, " ")
	l = strings.TrimLeft(l, " ")
	if before, after, ok := strings.Cut(l, `0x14 /* NLMSG_??? */`); ok {
		before, after = before+"SOCK_DIAG_BY_FAMILY", strings.Replace(after, `"\x02\x06`, "{sdiag_family=AF_INET, sdiag_protocol=IPPROTO_TCP, ", 1)
		l = before + after
	}
	return regexp.MustCompile(` +\) += `).ReplaceAllString(regexp.MustCompile(`\) += `).ReplaceAllString(l, ") = "), ") = ")
}
