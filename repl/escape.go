package repl

import (
	"strconv"
	"strings"
	"sync"
	"unicode/utf8"

	"golang.org/x/text/unicode/runenames"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// quoted reads a quoted string at pos with the escapes of Python's string literal, or of its bytes literal.
// The text of a string comes out as UTF-8, as str.encode() gives it: '\xff' is the letter ÿ, b'\xff' the byte 255.
// See "String and Bytes literals" in Python's reference.
func (x *lexer) quoted(isBytes bool) (string, *sockets.Error) {
	start := x.pos
	if isBytes {
		x.pos++
	}
	quote := x.line[x.pos]
	x.pos++
	var b strings.Builder
	for x.pos < len(x.line) {
		c := x.line[x.pos]
		switch {
		case c == quote:
			x.pos++
			return b.String(), nil
		case c == '\\':
			if err := x.escape(&b, isBytes); err != nil {
				return "", err
			}
		case c == '$' && quote == '"':
			v, ok, err := x.reference()
			if err != nil {
				return "", err
			}
			if ok {
				b.Write(v.Raw())
				continue
			}
			b.WriteByte(c)
			x.pos++
		case c >= utf8.RuneSelf && isBytes:
			r, n := utf8.DecodeRuneInString(x.line[x.pos:])
			return "", sockets.Usage(names.T("a bytes literal holds ASCII only, as in Python", "和 Python 一样，bytes 字面量只能含 ASCII 字符")).
				At(x.pos, n).Hint(names.T("without the b, "+string(r)+" is sent as UTF-8", "去掉 b，"+string(r)+" 就按 UTF-8 发送"))
		default:
			b.WriteByte(c)
			x.pos++
		}
	}
	if err := x.wideQuote(start + strings.IndexByte(x.line[start:], quote)); err != nil {
		return "", err
	}
	return "", sockets.Usage(names.T("this quote is never closed", "这个引号没有闭合")).At(start, len(x.line)-start).
		Hint(names.T("end it with "+string(quote), "在末尾加上 "+string(quote)))
}

var oneLetter = map[byte]byte{'\\': '\\', '\'': '\'', '"': '"', 'a': '\a', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t', 'v': '\v'}

// escape reads one backslash escape at pos.
func (x *lexer) escape(b *strings.Builder, isBytes bool) *sockets.Error {
	start := x.pos
	if x.pos+1 >= len(x.line) {
		b.WriteByte('\\')
		x.pos++
		return nil
	}
	put := func(n int64, isRune bool) *sockets.Error {
		switch {
		case !isRune || isBytes:
			b.WriteByte(byte(n))
		case n > utf8.MaxRune || n >= 0xD800 && n < 0xE000:
			return sockets.Usage(names.T("no character has this number; UTF-8 cannot write it", "没有这个编号的字符，UTF-8 无法表示")).At(start, x.pos-start)
		default:
			b.WriteRune(rune(n))
		}
		return nil
	}
	c := x.line[x.pos+1]
	if l, ok := oneLetter[c]; ok {
		b.WriteByte(l)
		x.pos += 2
		return nil
	}
	switch {
	case c >= '0' && c <= '7':
		end := x.pos + 2
		for end < len(x.line) && end < x.pos+4 && x.line[end] >= '0' && x.line[end] <= '7' {
			end++
		}
		n, _ := strconv.ParseInt(x.line[x.pos+1:end], 8, 64)
		x.pos = end
		return put(n, true)
	case c == 'x':
		return x.hex(2, put)
	case c == 'u' && !isBytes:
		return x.hex(4, put)
	case c == 'U' && !isBytes:
		return x.hex(8, put)
	case c == 'N' && !isBytes:
		return x.named(put)
	}
	b.WriteByte('\\') // Python leaves an unknown escape as it stands
	x.pos++
	return nil
}

func (x *lexer) hex(digits int, put func(int64, bool) *sockets.Error) *sockets.Error {
	start := x.pos
	end := min(x.pos+2+digits, len(x.line))
	n, err := strconv.ParseUint(x.line[x.pos+2:end], 16, 64)
	if err != nil || end != x.pos+2+digits {
		kind := x.line[start : start+2]
		d := strconv.Itoa(digits)
		there := len(x.line[start+2:end]) - len(strings.TrimLeft(x.line[start+2:end], "0123456789abcdefABCDEF"))
		return sockets.Usage(names.T(kind+" needs "+d+" hexadecimal digits", kind+" 后面要有 "+d+" 位十六进制数字")).At(start, 2+there)
	}
	x.pos = end
	return put(int64(n), true)
}

func (x *lexer) named(put func(int64, bool) *sockets.Error) *sockets.Error {
	start := x.pos
	end := strings.IndexByte(x.line[x.pos:], '}')
	if !strings.HasPrefix(x.line[x.pos:], `\N{`) || end < 0 {
		return sockets.Usage(names.T(`\N needs a name: \N{BULLET}`, `\N 后面要有名字：\N{BULLET}`)).At(start, 2)
	}
	r, ok := runeNamed(x.line[x.pos+3 : x.pos+end])
	x.pos += end + 1
	if !ok {
		return sockets.Usage(names.T("Unicode has no character of this name", "Unicode 里没有叫这个名字的字符")).At(start, x.pos-start)
	}
	return put(int64(r), true)
}

var runesByName = sync.OnceValue(func() map[string]rune {
	m := make(map[string]rune, 40000)
	for r := rune(0); r <= utf8.MaxRune; r++ {
		if n := runenames.Name(r); n != "" && n[0] != '<' {
			m[n] = r
		}
	}
	for line := range strings.Lines(runeAliases) {
		hex, all, _ := strings.Cut(strings.TrimSpace(line), " ")
		n, _ := strconv.ParseUint(hex, 16, 32)
		for name := range strings.SplitSeq(all, ", ") {
			m[name] = rune(n)
		}
	}
	hangul(func(name string, r rune) { m[name] = r })
	return m
})

// hangul names the syllables, whose names are made of the short names of their letters: see "Conjoining Jamo Behavior" in the
// Unicode Standard.
func hangul(each func(name string, r rune)) {
	leads := strings.Split("G GG N D DD R M B BB S SS  J JJ C K T P H", " ")
	vowels := strings.Fields("A AE YA YAE EO E YEO YE O WA WAE OE YO U WEO WE WI YU EU YI I")
	tails := append([]string{""}, strings.Fields("G GG GS N NJ NH D L LG LM LB LS LT LP LH M B BS S SS NG J C K T P H")...)
	r := rune(0xAC00)
	for _, lead := range leads {
		for _, vowel := range vowels {
			for _, tail := range tails {
				each("HANGUL SYLLABLE "+lead+vowel+tail, r)
				r++
			}
		}
	}
}

// runeNamed finds a character by its name in Unicode, in any case.
func runeNamed(name string) (rune, bool) {
	name = strings.ToUpper(name)
	if hex, ok := strings.CutPrefix(name, "CJK UNIFIED IDEOGRAPH-"); ok {
		n, err := strconv.ParseUint(hex, 16, 32)
		return rune(n), err == nil && strings.HasPrefix(runenames.Name(rune(n)), "<CJK Ideograph")
	}
	r, ok := runesByName()[name]
	return r, ok
}
