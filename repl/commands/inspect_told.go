package commands

import (
	"os/user"
	"strconv"
	"time"

	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// How a card tells what is more than a number.

func itoa(n int) string { return strconv.Itoa(n) }

// same is a text that is the same in every language.
func same(s string) names.Text { return names.T(s, s) }

// grouped writes n with a comma after each thousand.
func grouped(n int64) string {
	s := strconv.FormatInt(n, 10)
	for i := len(s) - 3; i > 0 && s[i-1] != '-'; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

func octets(n int64) string { return grouped(n) + " B" }

// ofSize tells how much of something is taken.
func ofSize(n, size int64) names.Text {
	return names.T(grouped(n)+" of "+octets(size), grouped(n)+"，上限 "+octets(size))
}

// tookMicros writes microseconds in the unit that suits them.
func tookMicros(n int64) string {
	if n <= 0 {
		return "0 µs"
	}
	return render.Duration(time.Duration(n) * time.Microsecond)
}

// secondsLeft writes how long something still takes, ever finer towards its end.
func secondsLeft(d time.Duration) string {
	digits := 0
	switch s := d.Seconds(); {
	case s < 9.995:
		digits = 2
	case s < 99.95:
		digits = 1
	}
	return strconv.FormatFloat(d.Seconds(), 'f', digits, 64)
}

// timerTold says what the kernel waits for.
func timerTold(t sockets.Timer) names.Text {
	s := secondsLeft(t.Left)
	said, ok := map[string]names.Text{
		sockets.Retransmit: names.T("retransmit in {s} s", "{s} 秒后重传"),
		sockets.Keepalive:  names.T("keepalive in {s} s", "{s} 秒后发保活探测"),
		sockets.TimeWait:   names.T("over in {s} s", "{s} 秒后结束"),
		sockets.Probe:      names.T("window probe in {s} s", "{s} 秒后探测窗口"),
	}[t.Kind]
	if !ok {
		return same(t.Kind + " " + s + " s")
	}
	if t.Tries > 0 && t.Kind != sockets.TimeWait {
		said = names.T(said.En+", try {n}", said.Zh+"，第 {n} 次")
	}
	return said.Fill("s", s, "n", strconv.Itoa(t.Tries+1))
}

// caStates are the states of congestion control, tcp(7).
var caStates = [...]string{"Open", "Disorder", "CWR", "Recovery", "Loss"}

// noThreshold is what the kernel says where slow start has no end yet (TCP_INFINITE_SSTHRESH).
const noThreshold = 0x7fffffff

// ownerName is the name of a user, or the number where it has none.
func ownerName(uid uint32) string {
	id := strconv.FormatUint(uint64(uid), 10)
	if u, err := user.LookupId(id); err == nil && u.Username != "" {
		return u.Username
	}
	return id
}
