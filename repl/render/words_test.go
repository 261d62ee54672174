package render

import (
	"testing"
	"time"

	"sockstep/sockets/names"
)

func TestKeptName(t *testing.T) {
	for line, want := range map[string]string{
		"data = recv c":           "data",
		"data, addr = recvfrom u": "data",
		"!EAGAIN data = recv c":   "data",
		"data=recv c":             "data",
		"recv c":                  "",
		"send c a=b":              "",
		"= recv c":                "",
		"!= x":                    "",
		"send 'a, b' = c":         "",
		"\x1b[31m = recv c":       "",
		"":                        "",
	} {
		if got := keptName(line); got != want {
			t.Errorf("keptName(%q) = %q, want %q", line, got, want)
		}
	}
}

func TestDuration(t *testing.T) {
	for d, want := range map[time.Duration]string{
		-1:                       "",
		0:                        "",
		1:                        "1 µs",
		time.Microsecond:         "1 µs",
		6001:                     "7 µs",
		999 * time.Microsecond:   "999 µs",
		999_001:                  "1.00 ms",
		1240 * time.Microsecond:  "1.24 ms",
		71 * time.Millisecond:    "71.0 ms",
		100 * time.Millisecond:   "100 ms",
		9996 * time.Microsecond:  "10.0 ms",
		999_600_000:              "1.00 s",
		12400 * time.Millisecond: "12.4 s",
		20 * time.Minute:         "1200 s",
	} {
		if got := duration(d); got != want {
			t.Errorf("duration(%d) = %q, want %q", int64(d), got, want)
		}
	}
}

func TestGrouped(t *testing.T) {
	for n, want := range map[int]string{0: "0", 999: "999", 1000: "1,000", 12345678: "12,345,678"} {
		if got := grouped(n); got != want {
			t.Errorf("grouped(%d) = %q, want %q", n, got, want)
		}
	}
}

// TestOptionWords: what an inferred packet says in words is in the reader's language; what the header says stays.
func TestOptionWords(t *testing.T) {
	for option, want := range map[string]string{"3 segments": "3 个报文段", "one or more segments": "一个或多个报文段", "2 sent again": "重传 2 次", "mss 1460": "mss 1460"} {
		if got := optionWords(option, names.Chinese); got != want {
			t.Errorf("%s: %s, want %s", option, got, want)
		}
		if got := optionWords(option, names.English); got != option {
			t.Errorf("%s: %s", option, got)
		}
	}
}
