package repl

import (
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Word is one word of a line, after quotes, escapes and $names.
type Word struct {
	Text   string // the bytes meant
	Raw    string // as typed
	Col    int    // byte offset of its first byte in the line
	Quoted bool   // some of it stood in quotes: it is never a flag, a socket's name or "&"
	Bytes  bool   // a bytes literal: b'…'
	Tuple  bool   // Python's brackets: ('127.0.0.1', 8888)

	Value *sockets.Value // the kept value, where the word is exactly one $name
}

// Err is an error about this word.
func (w Word) Err(message names.Text) *sockets.Error {
	return sockets.Usage(message).At(w.Col, len(w.Raw))
}

// A lookup finds a kept value by its name.
type lookup func(name string) (sockets.Value, bool)

// lexer cuts a line into words.
type lexer struct {
	line string
	pos  int
	vars lookup
}

// words appends all words up to the end of the line or a comment.
func (x *lexer) words(ws []Word) ([]Word, *sockets.Error) {
	for {
		x.blanks()
		if x.pos >= len(x.line) || x.line[x.pos] == '#' {
			return ws, nil
		}
		w, err := x.word()
		if err != nil {
			return ws, err
		}
		ws = append(ws, w)
	}
}

func (x *lexer) blanks() {
	for x.pos < len(x.line) {
		if c := x.line[x.pos]; c > ' ' && c < utf8.RuneSelf {
			return
		}
		r, n := utf8.DecodeRuneInString(x.line[x.pos:])
		if !unicode.IsSpace(r) && r != 0 {
			return
		}
		x.pos += n
	}
}

// quoteAt reports the length of what opens a quote at i: 1 for a quote, 2 for b and a quote, 0 for none.
func (x *lexer) quoteAt(i int) int {
	rest := x.line[i:]
	switch {
	case rest == "":
		return 0
	case rest[0] == '\'' || rest[0] == '"':
		return 1
	case len(rest) > 1 && (rest[0] == 'b' || rest[0] == 'B') && (rest[1] == '\'' || rest[1] == '"'):
		return 2
	}
	return 0
}

// word reads one word. A quote opens at the start of a word, after another quote's end, and after the "=" of a flag;
// elsewhere it is a letter, so that it's needs no quoting.
func (x *lexer) word() (Word, *sockets.Error) {
	w := Word{Col: x.pos}
	if x.opensTuple() {
		return x.tuple()
	}
	if n := plain(x.line[x.pos:]); n > 0 {
		x.pos += n
		w.Raw = x.line[w.Col:x.pos]
		w.Text = w.Raw
		return w, nil
	}
	var b strings.Builder
	mayQuote := true
	parts, refs := 0, 0
	for x.pos < len(x.line) {
		if n := x.quoteAt(x.pos); n > 0 && mayQuote {
			s, err := x.quoted(n == 2)
			if err != nil {
				return w, err
			}
			b.WriteString(s)
			w.Quoted, w.Bytes = true, w.Bytes || n == 2
			parts++
			continue
		}
		r, n := utf8.DecodeRuneInString(x.line[x.pos:])
		if unicode.IsSpace(r) || r == 0 {
			break
		}
		parts++
		if r == '$' {
			v, ok, err := x.reference()
			if err != nil {
				return w, err
			}
			if ok {
				b.Write(v.Raw())
				w.Value, mayQuote = &v, false
				refs++
				continue
			}
		}
		b.WriteString(x.line[x.pos : x.pos+n])
		x.pos += n
		mayQuote = r == '=' && strings.HasPrefix(x.line[w.Col:], "--")
	}
	w.Text, w.Raw = b.String(), x.line[w.Col:x.pos]
	if refs != 1 || parts != 1 {
		w.Value = nil
	}
	return w, nil
}

// plain is the length of the word that s begins with, 0 where something in it may have to be put in its place.
func plain(s string) int {
	for i, r := range s {
		switch {
		case r == '\'' || r == '"' || r == '$':
			return 0
		case r > ' ' && r < utf8.RuneSelf:
		case r == 0 || unicode.IsSpace(r):
			return i
		}
	}
	return len(s)
}

// opensTuple reports whether a tuple begins at pos: a bracket and a quote, or a bracket and a $name that is closed again.
func (x *lexer) opensTuple() bool {
	rest := x.line[x.pos:]
	if rest[0] != '(' {
		return false
	}
	return strings.HasPrefix(rest, "('") || strings.HasPrefix(rest, `("`) || strings.HasPrefix(rest, "($") && strings.Contains(rest, ")")
}

// tuple reads Python's way to write an address, brackets and all, as one word.
func (x *lexer) tuple() (Word, *sockets.Error) {
	w := Word{Col: x.pos, Tuple: true}
	var b strings.Builder
	quote := byte(0)
	for x.pos < len(x.line) {
		c := x.line[x.pos]
		switch {
		case quote != 0 && c == quote:
			quote = 0
		case quote == 0 && (c == '\'' || c == '"'):
			quote = c
		case c == '$' && quote != '\'':
			v, ok, err := x.reference()
			if err != nil {
				return w, err
			}
			if ok {
				b.Write(v.Raw())
				continue
			}
		}
		b.WriteByte(c)
		x.pos++
		if c == ')' && quote == 0 {
			w.Text, w.Raw = b.String(), x.line[w.Col:x.pos]
			return w, nil
		}
	}
	w.Raw = x.line[w.Col:]
	if err := x.wideBracket(w.Col); err != nil {
		return w, err
	}
	return w, w.Err(names.T("this bracket is never closed", "这个括号没有闭合"))
}

// reference reads $name, ${name} or ${name[0]}, which is an element of a list, at pos; not ok where the dollar stands for itself.
func (x *lexer) reference() (v sockets.Value, ok bool, err *sockets.Error) {
	start, rest := x.pos, x.line[x.pos+1:]
	braced := strings.HasPrefix(rest, "{")
	if braced {
		rest = rest[1:]
	}
	n := nameLen(rest)
	if n == 0 && !braced {
		return v, false, nil
	}
	name := rest[:n]
	length := 1 + n
	index := ""
	if braced {
		index = indexIn(rest[n:])
		length += 2 + len(index)
		if n == 0 || !strings.HasPrefix(rest[n+len(index):], "}") {
			return v, false, sockets.Usage(names.T("after ${ comes a name and }", "${ 之后应是名字和 }")).At(start, 2+n)
		}
	}
	v, found := x.vars(name)
	if !found {
		e := sockets.Usage(names.T("nothing is kept under the name "+name, "没有名为 "+name+" 的值")).At(start, length)
		return v, false, e.Hint(names.T("keep one first: "+name+" = recv, or write the dollar in '…', where it stands for itself",
			"先保存一个值："+name+" = recv；或写在 '…' 里，那里 $ 就是 $ 本身"))
	}
	if index != "" && !v.IsNothing() {
		i, _ := strconv.Atoi(index[1 : len(index)-1])
		if i < 0 {
			i += len(v.List)
		}
		if i < 0 || i >= len(v.List) {
			return v, false, noElement(name, index, len(v.List)).At(start, length).Hint(names.T("$"+name, "$"+name))
		}
		v = v.List[i]
	}
	x.pos += length
	return v, true, nil
}

// noElement is the error of an index where there is nothing.
func noElement(name, index string, of int) *sockets.Error {
	if of == 0 {
		return sockets.Usage(names.T(name+" is no list: no element can be taken of it", name+" 不是列表，不能取其中的元素"))
	}
	n := strconv.Itoa(of)
	return sockets.Usage(names.T(name+" has no element "+index+": it has "+n+", counted from 0", name+" 没有 "+index+" 这个元素：它有 "+n+" 个，从 0 数起"))
}

// indexIn is the index that s begins with, brackets and all, as Python writes it: [0], [-1]. "" for none.
func indexIn(s string) string {
	digits, closed := strings.CutPrefix(s, "[")
	if !closed {
		return ""
	}
	if digits, _, closed = strings.Cut(digits, "]"); !closed {
		return ""
	}
	if _, err := strconv.Atoi(digits); err != nil {
		return ""
	}
	return "[" + digits + "]"
}

// nameLen is the length of the name that s begins with: a letter or _, then letters, digits and _.
func nameLen(s string) int {
	for i, r := range s {
		if r == '_' || unicode.IsLetter(r) || i > 0 && unicode.IsDigit(r) {
			continue
		}
		return i
	}
	return len(s)
}

// IsName reports whether s can name a socket or a value.
func IsName(s string) bool { return s != "" && nameLen(s) == len(s) }
