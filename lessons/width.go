package lessons

// columns is how wide text is in a terminal, near enough for a count of lines: a Chinese character takes two.
func columns(s string) (n int) {
	for _, r := range s {
		switch {
		case r >= 0x2e80 && r <= 0xa4cf, r >= 0xf900 && r <= 0xfaff, r >= 0xfe30 && r <= 0xfe4f, r >= 0xff00 && r <= 0xff60, r >= 0x20000:
			n += 2
		case r >= 0x20:
			n++
		}
	}
	return n
}
