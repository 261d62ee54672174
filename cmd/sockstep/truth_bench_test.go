//go:build linux

package main

import (
	"bufio"
	"bytes"
	"context"
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// sighted ends a benchmark where packets cannot be captured, and says so.
func sighted(b *testing.B) {
	b.Helper()
	w, err := openCapture()
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			b.Fatalf("packets cannot be captured, and SOCKSTEP_REQUIRE=all: %v", err)
		}
		b.Skipf("SKIPPED, NOT MEASURED: packets cannot be captured here: %v", err)
	}
	w.Close()
}

// BenchmarkPacketOnScreen measures from when a send has ended, which is when its bytes are with the peer, to its packets on
// the screen of the prompt; and in the same run to tcpdump's line.
func BenchmarkPacketOnScreen(b *testing.B) {
	sighted(b)
	l, err := net.Listen("tcp4", "127.0.0.1:0")
	if err != nil {
		b.Fatal(err)
	}
	defer l.Close()
	port := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
	dumped := dumpLines(b, port)
	ours := sit(b, environment(b), program(b))
	defer ours.leave()
	ours.until("sockstep› ")
	ours.types("c = connect tcp 127.0.0.1:" + port + "\r")
	server, err := l.Accept()
	if err != nil {
		b.Fatal(err)
	}
	defer server.Close()
	ours.until("c ESTABLISHED› ")
	arrived := make(chan time.Time, 1)
	go func() {
		one := make([]byte, 1)
		for {
			if _, err := server.Read(one); err != nil {
				return
			}
			arrived <- time.Now()
		}
	}()
	var we, they []time.Duration
	for b.Loop() {
		ours.quiet(20 * time.Millisecond)
		for len(dumped) > 0 {
			<-dumped
		}
		ours.types("send c x\r")
		ours.until("len 1")
		seen := time.Now()
		at := <-arrived
		we = append(we, max(seen.Sub(at), 0))
		if dumped != nil {
			they = append(they, max((<-dumped).Sub(at), 0))
		}
	}
	for _, x := range []struct {
		who  string
		took []time.Duration
	}{{"ours", we}, {"tcpdump", they}} {
		if len(x.took) > 0 {
			slices.Sort(x.took)
			b.ReportMetric(ms(x.took[len(x.took)/2]), x.who+"-p50-ms")
			b.ReportMetric(ms(x.took[len(x.took)*95/100]), x.who+"-p95-ms")
		}
	}
	b.ReportMetric(0, "ns/op")
}

// dumpLines tells when tcpdump prints a segment with a byte in it; nil where there is no tcpdump.
func dumpLines(b *testing.B, port string) <-chan time.Time {
	b.Helper()
	path, err := exec.LookPath("tcpdump")
	if err != nil {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			b.Fatal(err)
		}
		b.Logf("NOT MEASURED: tcpdump is not installed: %v", err)
		return nil
	}
	c := exec.Command(path, "-i", "lo", "-n", "-l", "--immediate-mode", "tcp port "+port)
	out, err := c.StdoutPipe()
	if err != nil {
		b.Fatal(err)
	}
	var said bytes.Buffer
	c.Stderr = &said
	if err := c.Start(); err != nil {
		b.Fatal(err)
	}
	lines := make(chan time.Time, 1024)
	go func() {
		for in := bufio.NewScanner(out); in.Scan(); {
			if strings.HasSuffix(in.Text(), "length 1") {
				lines <- time.Now()
			}
		}
		close(lines)
	}()
	b.Cleanup(func() {
		c.Process.Kill()
		c.Wait()
	})
	time.Sleep(300 * time.Millisecond) // until it listens
	return lines
}

// BenchmarkActSeen measures what the packets and the kernel's view of a connection add to a line: the same two lines, in turns,
// in a session that looks at packets and in one that does not.
func BenchmarkActSeen(b *testing.B) {
	sighted(b)
	sessions := [2]*repl.Session{}
	took := [2][]time.Duration{}
	for i := range sessions {
		config := repl.Config{Table: commands.Table(), Lang: names.English, Hold: true, Thread: sys.Dedicate()}
		if i == 1 {
			config.OpenWire, config.OpenKernel = openCapture, openKernel
		}
		s := repl.NewSession(config)
		defer s.Close()
		for _, line := range []string{"s = listen tcp 127.0.0.1:0", "to = inspect s sockname", "c = connect tcp $to", "d = accept s"} {
			if a := s.Do(b.Context(), line); a.Err != nil {
				b.Fatalf("%s: %v", line, a.Err)
			}
		}
		sessions[i] = s
	}
	packets := 0
	for b.Loop() {
		for i, s := range sessions {
			for _, line := range []string{"send c hello", "recv d"} {
				begin := time.Now()
				a := s.Do(context.Background(), line)
				took[i] = append(took[i], time.Since(begin))
				if a.Err != nil {
					b.Fatalf("%s: %v", line, a.Err)
				}
				for _, st := range a.Steps {
					if _, ok := st.(sockets.Packet); ok {
						packets++
					}
				}
			}
		}
	}
	if packets < 2*b.N {
		b.Errorf("%d packets were told of %d lines", packets, 2*b.N)
	}
	us := func(d time.Duration) float64 { return float64(d.Nanoseconds()) / 1000 }
	b.ReportMetric(us(median(took[0])), "without-µs/line")
	b.ReportMetric(us(median(took[1])), "with-µs/line")
	b.ReportMetric(us(median(took[1])-median(took[0])), "more-µs/line")
	b.ReportMetric(us(took[1][len(took[1])*95/100]-took[0][len(took[0])*95/100]), "more-p95-µs/line")
	b.ReportMetric(0, "ns/op")
}
