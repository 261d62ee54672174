package tty

import (
	"bytes"
	"time"
	"unicode"
	"unicode/utf8"

	prompt "github.com/c-bata/go-prompt"
)

// A key is one thing that the student did at the keyboard. Exactly one of its fields tells which.
type key struct {
	code prompt.Key // a key that go-prompt has a name for
	alt  rune       // Alt with this character
	text string     // printable characters
}

func named(k prompt.Key) key { return key{code: k} }
func typed(s string) key     { return key{code: prompt.NotDefined, text: s} }
func alted(r rune) key       { return key{code: prompt.NotDefined, alt: r} }

const (
	// escapeDelay tells the Esc key from the start of a sequence. Longer, and Esc feels slow; shorter, and arrow keys
	// break on a slow line.
	escapeDelay = 25 * time.Millisecond

	// brokenDelay is how long the rest of a character, or the end of a paste, is waited for.
	brokenDelay = time.Second

	// longest is the length from which on a control string is taken for noise.
	longest = 4096

	pasteStart = "\x1b[200~"
	pasteEnd   = "\x1b[201~"
)

// A cutter cuts the bytes of a terminal into keys. What it does not know (reports of focus, mouse and cursor, replies,
// function keys without use) it drops whole, so that no half of a sequence is ever taken for text.
type cutter struct {
	pending []byte // the start of a key
	pasting bool   // between the marks of a bracketed paste, where keys are text
	cr      bool   // the last byte cut was CR: LF belongs to it
}

// cut returns the keys that b completes.
func (c *cutter) cut(b []byte) []key {
	c.cr = c.cr && c.pasting
	b = append(c.pending, b...)
	var keys []key
	for len(b) > 0 {
		n, k, ok := c.first(b)
		if n == 0 {
			break
		}
		if ok {
			keys = append(keys, k)
		}
		b = b[n:]
	}
	c.pending = bytes.Clone(b)
	return keys
}

// patience is how long to wait for more bytes before flush; 0 means for ever.
func (c *cutter) patience() time.Duration {
	switch {
	case c.pasting:
		return brokenDelay
	case len(c.pending) == 0:
		return 0
	case c.pending[0] == 0x1b:
		return escapeDelay
	}
	return brokenDelay
}

// flush returns the keys that the pending bytes make when nothing follows them.
func (c *cutter) flush() (keys []key) {
	b := c.pending
	c.pending, c.pasting, c.cr = nil, false, false
	switch {
	case len(b) == 0:
	case b[0] != 0x1b:
		keys = append(keys, typed(string(utf8.RuneError)))
	case len(b) == 1 || len(b) == 2 && b[1] == 0x1b:
		for range b {
			keys = append(keys, named(prompt.Escape))
		}
	}
	return keys
}

// first cuts the first key off b: n bytes, 0 if more are needed; ok is false for what means nothing.
func (c *cutter) first(b []byte) (n int, k key, ok bool) {
	cr := c.cr
	c.cr = b[0] == '\r'
	switch {
	case c.pasting && b[0] == 0x1b:
		if bytes.HasPrefix(b, []byte(pasteEnd)) {
			c.pasting = false
			return len(pasteEnd), k, false
		}
		if bytes.HasPrefix([]byte(pasteEnd), b) {
			return 0, k, false
		}
		return 1, k, false // an escape inside a paste is no key, and its rest is text
	case b[0] == '\n' && cr:
		return 1, k, false
	case b[0] == '\r' || b[0] == '\n':
		return 1, named(prompt.Enter), true
	case c.pasting && b[0] == '\t':
		return 1, typed(" "), true
	case b[0] == 0x1b:
		n, k, ok = escape(b)
		if n == len(pasteStart) && string(b[:n]) == pasteStart {
			c.pasting = true
		}
		return n, k, ok
	case b[0] < 0x20 || b[0] == 0x7f:
		if c.pasting {
			return 1, k, false
		}
		code := prompt.GetKey(b[:1])
		return 1, named(code), code != prompt.NotDefined
	}
	return text(b)
}

// text cuts a run of printable characters. A byte that is no UTF-8 shows as U+FFFD rather than vanishing.
func text(b []byte) (n int, k key, ok bool) {
	var s []byte
	for n < len(b) && b[n] >= 0x20 && b[n] != 0x7f {
		if !utf8.FullRune(b[n:]) {
			break
		}
		r, size := utf8.DecodeRune(b[n:])
		if !unicode.IsControl(r) { // C1 control characters come as UTF-8, too
			s = utf8.AppendRune(s, r)
		}
		n += size
	}
	return n, typed(string(s)), len(s) > 0
}

// escape cuts the escape sequence at b.
func escape(b []byte) (n int, k key, ok bool) {
	if len(b) < 2 {
		return 0, k, false
	}
	switch c := b[1]; {
	case c == '[':
		return csi(b)
	case c == 'O':
		return ss3(b)
	case c == ']' || c == 'P' || c == 'X' || c == '^' || c == '_':
		return controlString(b), k, false
	case c == 0x1b: // Alt with an arrow, as rxvt sends it, or Esc pressed twice
		if len(b) < 3 {
			return 0, k, false
		}
		if b[2] != '[' && b[2] != 'O' {
			return 1, named(prompt.Escape), true
		}
		n, k, ok = escape(b[1:])
		if n == 0 {
			return 0, k, false
		}
		return n + 1, withControl(k), ok
	case c == 0x7f || c == 0x08:
		return 2, alted(0x7f), true
	case c < 0x20:
		return 1, named(prompt.Escape), true
	case !utf8.FullRune(b[1:]):
		return 0, k, false
	}
	r, size := utf8.DecodeRune(b[1:])
	return 1 + size, alted(r), true
}

// csi cuts ESC [ … with its parameters.
func csi(b []byte) (n int, k key, ok bool) {
	if len(b) > 2 && b[2] == '[' { // the function keys of the Linux console
		return whole(b, 4), k, false
	}
	if len(b) > 2 && b[2] == 'M' { // the oldest mouse report: three bytes of any value follow
		return whole(b, 6), k, false
	}
	for n = 2; n < len(b); n++ {
		switch c := b[n]; {
		case c >= 0x40 && c <= 0x7e:
			k, ok = csiKey(b[2:n], c)
			return n + 1, k, ok
		case c < 0x20 || c > 0x7e: // broken off: what follows is a key of its own
			return n, k, false
		}
	}
	if n > longest {
		return n, k, false
	}
	return 0, k, false
}

// ss3 cuts ESC O …, which some terminals put a modifier into.
func ss3(b []byte) (n int, k key, ok bool) {
	n = 2
	for n < len(b) && n < 5 && (b[n] >= '0' && b[n] <= '9' || b[n] == ';') {
		n++
	}
	if n == len(b) {
		return 0, k, false
	}
	if b[n] < 0x40 || b[n] > 0x7e {
		return n, k, false
	}
	k, ok = csiKey(b[2:n], b[n])
	return n + 1, k, ok
}

// controlString is the length of an OSC, DCS, SOS, PM or APC string: a terminal's reply to a question that somebody
// else asked.
func controlString(b []byte) int {
	for i := 2; i < len(b); i++ {
		switch {
		case b[i] == 0x07:
			return i + 1
		case b[i] == 0x1b:
			if i+1 == len(b) {
				return 0
			}
			if b[i+1] == '\\' {
				return i + 2
			}
			return i
		case b[i] < 0x20:
			return i
		}
	}
	if len(b) > longest {
		return len(b)
	}
	return 0
}

// whole is n once that many bytes are there, else 0.
func whole(b []byte, n int) int {
	if len(b) < n {
		return 0
	}
	return n
}

// csiKey names the key of a sequence with these parameters and this final byte.
func csiKey(params []byte, final byte) (k key, ok bool) {
	code, modifier, _ := bytes.Cut(params, []byte{';'})
	var c prompt.Key
	switch final {
	case 'A':
		c = prompt.Up
	case 'B':
		c = prompt.Down
	case 'C', 'c':
		c = prompt.Right
	case 'D', 'd':
		c = prompt.Left
	case 'H':
		c = prompt.Home
	case 'F':
		c = prompt.End
	case 'Z':
		c = prompt.BackTab
	case '~', '^':
		switch string(code) {
		case "1", "7":
			c = prompt.Home
		case "4", "8":
			c = prompt.End
		case "3":
			c = prompt.Delete
		case "5": // what a presenter's remote control sends
			c = prompt.PageUp
		case "6":
			c = prompt.PageDown
		default:
			return k, false
		}
	default:
		return k, false
	}
	if len(modifier) == 0 && len(code) == 1 && code[0] != '1' && final >= 'A' && final <= 'D' {
		modifier = code // ESC [ 5 C, ESC O 5 C
	}
	k = named(c)
	if string(modifier) > "2" || final == 'c' || final == 'd' || final == '^' { // more than Shift
		k = withControl(k)
	}
	return k, true
}

// withControl is the key with Ctrl or Alt held: with either, the horizontal arrows jump over a word.
func withControl(k key) key {
	switch k.code {
	case prompt.Left:
		k.code = prompt.ControlLeft
	case prompt.Right:
		k.code = prompt.ControlRight
	case prompt.Delete:
		k.code = prompt.ControlDelete
	}
	return k
}
