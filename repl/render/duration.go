package render

import (
	"strconv"
	"time"
)

// duration writes how long something took, to about three digits: 6 µs, 1.24 ms, 12.4 s. Nothing for what was not timed.
func duration(d time.Duration) string {
	switch us := micros(d); {
	case us == 0:
		return ""
	case us < 1000:
		return strconv.FormatInt(us, 10) + " µs"
	case us < 999_500:
		return threeDigits(d.Seconds()*1e3) + " ms"
	}
	return threeDigits(d.Seconds()) + " s"
}

func threeDigits(x float64) string {
	switch {
	case x < 9.995:
		return strconv.FormatFloat(x, 'f', 2, 64)
	case x < 99.95:
		return strconv.FormatFloat(x, 'f', 1, 64)
	}
	return strconv.FormatFloat(x, 'f', 0, 64)
}

// micros is d in whole microseconds, rounded up: a call that was made never took none. It is 0 for 0 and less.
func micros(d time.Duration) int64 {
	if d <= 0 {
		return 0
	}
	return int64((d-1)/time.Microsecond) + 1
}

// grouped writes n with a comma after each thousand.
func grouped(n int) string {
	s := strconv.Itoa(n)
	for i := len(s) - 3; i > 0; i -= 3 {
		s = s[:i] + "," + s[i:]
	}
	return s
}

// Duration writes how long something took, to about three digits: 6 µs, 1.24 ms, 12.4 s.
func Duration(d time.Duration) string { return duration(d) }
