package tty

import (
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// BenchmarkKeyToEcho measures from a key to its echo, at the pace of somebody who types fast.
func BenchmarkKeyToEcho(b *testing.B) {
	d := sit(b, deskOptions{})
	var took []time.Duration
	for i := 0; b.Loop(); i++ {
		time.Sleep(20 * time.Millisecond)
		n := len(d.output())
		begin := time.Now()
		d.types("x")
		d.until("the echo", func() bool { return len(d.output()) > n })
		took = append(took, time.Since(begin))
		if i%50 == 49 {
			d.types("\x15")
			d.prompts("")
		}
	}
	slices.Sort(took)
	b.ReportMetric(float64(took[len(took)/2].Microseconds()), "µs/median")
	b.ReportMetric(float64(took[len(took)*95/100].Microseconds()), "µs/p95")
	b.ReportMetric(0, "ns/op") // which would count the pauses
}

// BenchmarkStart measures from the start of the process to its prompt.
func BenchmarkStart(b *testing.B) {
	for b.Loop() {
		d := sit(b, deskOptions{})
		b.StopTimer()
		d.types("\x04")
		d.ends(0)
		b.StartTimer()
	}
}

// BenchmarkPaste measures 100 pasted lines, from the first byte to the prompt after the last line.
func BenchmarkPaste(b *testing.B) {
	d := sit(b, deskOptions{})
	paste := pasteStart + strings.Repeat("a line of a paste\r", 100) + "the end" + pasteEnd
	for b.Loop() {
		d.types(paste)
		d.prompts("the end")
		d.types("\x15\x0c")
		d.prompts("")
	}
}

// BenchmarkIdle measures what a prompt costs that nobody types at.
func BenchmarkIdle(b *testing.B) {
	if _, err := os.Stat("/proc/self/task"); err != nil {
		b.Skip("SKIPPED, NOT MEASURED: no /proc")
	}
	d := sit(b, deskOptions{})
	d.types("li")
	d.sees("all sockets")
	time.Sleep(time.Second) // until the runtime's own threads have gone to sleep
	wakes, ticks := idle(b, d)
	begin := time.Now()
	for b.Loop() {
		time.Sleep(2 * time.Second)
	}
	seconds := time.Since(begin).Seconds()
	w, c := idle(b, d)
	b.ReportMetric(float64(w-wakes)/seconds, "wake-ups/s")
	b.ReportMetric(float64(c-ticks)/seconds, "%CPU") // a tick is a hundredth of a second
	b.ReportMetric(0, "ns/op")
}

// idle is how often the shell's threads have gone to sleep, and the ticks that it has run.
func idle(b *testing.B, d *desk) (switches, ticks int) {
	proc := fmt.Sprintf("/proc/%d/", d.cmd.Process.Pid)
	tasks, err := os.ReadDir(proc + "task")
	if err != nil {
		b.Fatal(err)
	}
	for _, task := range tasks {
		status, _ := os.ReadFile(proc + "task/" + task.Name() + "/status")
		for l := range strings.Lines(string(status)) {
			if n, ok := strings.CutPrefix(l, "voluntary_ctxt_switches:"); ok {
				n, _ := strconv.Atoi(strings.TrimSpace(n))
				switches += n
			}
		}
	}
	stat, _ := os.ReadFile(proc + "stat")
	_, rest, _ := strings.Cut(string(stat), ") ")
	fields := strings.Fields(rest)
	for _, f := range fields[11:13] { // utime and stime
		n, _ := strconv.Atoi(f)
		ticks += n
	}
	return switches, ticks
}
