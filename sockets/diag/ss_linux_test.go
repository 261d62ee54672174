package diag

import (
	"fmt"
	"net/netip"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// TestSS holds what is found of TCP against what ss(8) prints.
func TestSS(t *testing.T) {
	ss := installed(t, "ss")
	d := asking(t)
	l := listening(t, "::", 5)
	at := local(t, l)
	host := netip.MustParseAddr("127.0.0.1")
	client := calling(t, netip.AddrPortFrom(host, at.Port()))
	server := accepted(t, l)
	must(t, unix.SetsockoptInt(server, unix.SOL_SOCKET, unix.SO_KEEPALIVE, 1))
	_, err := unix.Write(client, make([]byte, 4321))
	must(t, err)
	first, second := calling(t, netip.AddrPortFrom(host, at.Port())), accepted(t, l)
	from, to := local(t, first), remote(t, first)
	shut(t, first)
	shut(t, second)
	becomes(t, d, from, to, "TIME_WAIT")
	calling(t, netip.AddrPortFrom(netip.MustParseAddr("::1"), at.Port())) // waits for accept

	port := strconv.Itoa(int(at.Port()))
	args := strings.Fields("-tanoiemH sport = :" + port + " or dport = :" + port)
	var want []string
	lines := until(t, func() ([]TCP, error) {
		// The kernel's state moves (a delayed ACK, a timer): compare where it did not meanwhile.
		before, err := d.TCPList(Filter{Port: at.Port()})
		must(t, err)
		out, err := exec.Command(ss, args...).CombinedOutput()
		if err != nil {
			return nil, fmt.Errorf("ss: %w: %s", err, out)
		}
		want = want[:0]
		for l := range strings.Lines(string(out)) {
			if strings.HasPrefix(l, "\t") && len(want) > 0 {
				want[len(want)-1] += l
			} else {
				want = append(want, l)
			}
		}
		after, err := d.TCPList(Filter{Port: at.Port()})
		if fmt.Sprint(still(before)) != fmt.Sprint(still(after)) {
			return nil, err
		}
		return after, err
	}, func(all []TCP) bool { return len(all) > 0 })
	if len(lines) != len(want) {
		t.Fatalf("%d sockets, ss has %d:\n%s", len(lines), len(want), strings.Join(want, ""))
	}
	byCookie := map[string]string{}
	for _, w := range want {
		byCookie[value(w, ` sk:(\S+)`)] = w
	}
	compared := 0
	for _, s := range lines {
		w := byCookie[strconv.FormatUint(s.Cookie, 16)]
		for what, text := range asSS(s) {
			if !strings.Contains(w, text) {
				t.Errorf("%s: %q is not in %s", what, text, w)
			}
			compared++
		}
		if left := value(w, `timer:\([a-z]+,([^,]+),`); left != "" && s.State == "TIME_WAIT" {
			n, err := time.ParseDuration(strings.NewReplacer("min", "m", "sec", "s").Replace(left))
			if err != nil || (n-s.Timer.Left).Abs() > 2*time.Second {
				t.Errorf("%v left, ss says %s", s.Timer.Left, left)
			}
		}
	}
	if compared < 80 {
		t.Errorf("only %d values were compared", compared)
	}
}

// still is what does not change as time goes by.
func still(all []TCP) (list []string) {
	for _, s := range all {
		list = append(list, s.State, fmt.Sprint(s.Timer.Kind, s.RecvQ, s.SendQ))
		if s.Info != nil {
			list = append(list, fmt.Sprint(s.Info.SegsIn, s.Info.SegsOut))
		}
	}
	return list
}

func value(l, pattern string) string {
	if m := regexp.MustCompile(pattern).FindStringSubmatch(l); m != nil {
		return m[1]
	}
	return ""
}

// asSS writes what ss writes.
func asSS(s TCP) map[string]string {
	short := strings.NewReplacer("ESTABLISHED", "ESTAB", "_", "-").Replace(s.State)
	m := map[string]string{"state": short + " ", "queues": fmt.Sprintf(" %-6d %-6d ", s.RecvQ, s.SendQ)}
	if s.State == "LISTEN" {
		m["local"] = fmt.Sprintf("*:%d ", s.Local.Port())
	} else {
		m["local"], m["peer"] = s.Local.String()+" ", s.Peer.String()+" "
	}
	if s.Inode != 0 {
		m["inode"] = fmt.Sprintf(" ino:%d ", s.Inode)
	}
	if kind := map[string]string{Retransmit: "on", Keepalive: "keepalive", TimeWait: "timewait", Probe: "persist"}[s.Timer.Kind]; kind != "" {
		m["timer"] = "timer:(" + kind + ","
	}
	if v := s.Mem; v != nil {
		m["mem"] = fmt.Sprintf("skmem:(r%d,rb%d,t%d,tb%d,f%d,w%d,o%d,bl%d,d%d)", v.Received, v.RecvBuf, v.Sent, v.SendBuf, v.Forward, v.SendQueued, v.Options, v.Backlog, v.Drops)
	}
	i := s.Info
	if i == nil || s.State == "LISTEN" {
		return m
	}
	micros := func(d time.Duration) string { return strconv.FormatFloat(float64(d.Microseconds())/1000, 'g', 6, 64) }
	m["congestion"] = " " + s.Congestion + " "
	m["rto"] = " rto:" + micros(i.RTO) + " "
	m["rtt"] = " rtt:" + micros(i.RTT) + "/" + micros(i.RTTVar) + " "
	m["mss"] = fmt.Sprintf(" mss:%d pmtu:%d rcvmss:%d advmss:%d cwnd:%d ", i.SndMSS, i.PMTU, i.RcvMSS, i.AdvMSS, i.SndCwnd)
	m["wscale"] = fmt.Sprintf(" wscale:%d,%d ", i.SndWScale, i.RcvWScale)
	for name, n := range map[string]uint64{
		"bytes_sent": i.BytesSent, "bytes_acked": i.BytesAcked, "bytes_received": i.BytesReceived, "segs_out": uint64(i.SegsOut), "segs_in": uint64(i.SegsIn),
		"data_segs_out": uint64(i.DataSegsOut), "data_segs_in": uint64(i.DataSegsIn), "rcv_space": uint64(i.RcvSpace), "rcv_ssthresh": uint64(i.RcvSsthresh),
		"delivered": uint64(i.Delivered), "unacked": uint64(i.Unacked), "snd_wnd": uint64(i.SndWnd),
	} {
		if n != 0 {
			m[name] = fmt.Sprintf(" %s:%d", name, n)
		}
	}
	m["min rtt"] = " minrtt:" + micros(i.MinRTT)
	if i.Timestamps {
		m["ts"] = " ts "
	}
	if i.SACK {
		m["sack"] = " sack "
	}
	if i.AppLimited {
		m["app"] = " app_limited "
	}
	return m
}

// TestSSUnix holds what is found of AF_UNIX against ss(8).
func TestSSUnix(t *testing.T) {
	ss := installed(t, "ss")
	d := asking(t)
	path := filepath.Join(t.TempDir(), "s")
	l := socket(t, unix.AF_UNIX, unix.SOCK_STREAM)
	must(t, unix.Bind(l, &unix.SockaddrUnix{Name: path}))
	must(t, unix.Listen(l, 3))
	for range 3 {
		c := socket(t, unix.AF_UNIX, unix.SOCK_STREAM)
		must(t, unix.Connect(c, &unix.SockaddrUnix{Name: path}))
		_, err := unix.Write(c, []byte("hello"))
		must(t, err)
	}
	accepted(t, l)
	out, err := exec.Command(ss, "-xaH", "src", path).CombinedOutput()
	if err != nil {
		t.Fatalf("ss: %v: %s", err, out)
	}
	all, err := d.UnixName(sockets.Address{Family: sockets.UNIX, Path: path})
	must(t, err)
	seen := 0
	for line := range strings.Lines(string(out)) {
		f := strings.Fields(line) // type, state, two queues, name, inode, peer's name, peer's inode
		if len(f) < 8 || f[4] != path {
			continue
		}
		seen++
		for _, s := range all {
			if strconv.Itoa(int(s.Inode)) != f[5] {
				continue
			}
			state := map[string]string{"LISTEN": "LISTEN", "ESTABLISHED": "ESTAB"}[s.State]
			got := []string{state, strconv.Itoa(int(s.RecvQ)), strconv.Itoa(int(s.SendQ)), strconv.Itoa(int(s.PeerInode))}
			if want := []string{f[1], f[2], f[3], f[7]}; fmt.Sprint(got) != fmt.Sprint(want) && s.Inode != 0 {
				t.Errorf("%q, ss says %q", got, want)
			}
		}
	}
	if seen == 0 || seen != len(all) {
		t.Errorf("%d sockets, ss has %d:\n%s", len(all), seen, out)
	}
}
