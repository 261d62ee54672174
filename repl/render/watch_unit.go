package render

import (
	"strconv"
	"time"

	"sockstep/sockets/names"
)

// A unit is what a number counts.
type unit int

const (
	count unit = iota
	octets
	segments
	seconds // the number is in nanoseconds
)

var unitSegments = names.T("seg", "段")

// write writes n with its unit in at most numberWidth columns; a dash for what is Missing.
func (u unit) write(n int64, lang names.Lang) string {
	if n < 0 {
		return "-"
	}
	switch u {
	case octets:
		return size(n)
	case segments:
		return short(n) + " " + say(unitSegments, lang)
	case seconds:
		if n == 0 {
			return "0 µs"
		}
		return duration(time.Duration(n))
	}
	return short(n)
}

// size writes a number of bytes, to about three digits: 512 B, 12.3 kB.
func size(n int64) string {
	if n < 1000 {
		return strconv.FormatInt(n, 10) + " B"
	}
	x := float64(n)
	for _, prefix := range []string{"k", "M", "G", "T", "P"} {
		if x /= 1000; x < 999.5 || prefix == "P" {
			return threeDigits(x) + " " + prefix + "B"
		}
	}
	return ""
}

// short writes a number that is rarely large in at most four characters.
func short(n int64) string {
	if n < 10000 {
		return strconv.FormatInt(n, 10)
	}
	x := float64(n)
	for _, prefix := range []string{"k", "M", "G", "T", "P"} {
		if x /= 1000; x < 999.5 || prefix == "P" {
			return strconv.FormatFloat(x, 'f', 0, 64) + prefix
		}
	}
	return ""
}
