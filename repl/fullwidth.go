package repl

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Chinese input method writes ： where : is meant, and the eye hardly sees it. In a message such a character is text like
// any other; where the language wants one of its own, the error names it and shows the line as it was meant.

// ascii is the character of ASCII that is meant by one of a Chinese input method, 0 for any other character.
func ascii(r rune) rune {
	switch {
	case r < 0x2000 && r != '¥':
		return 0
	case r >= 0xff01 && r <= 0xff5e: // the full-width forms, in the order of ASCII
		return r - 0xff01 + '!'
	}
	switch r {
	case '“', '”':
		return '"'
	case '‘', '’':
		return '\''
	case '。':
		return '.'
	case '、':
		return ','
	case '【':
		return '['
	case '】':
		return ']'
	case '—':
		return '-'
	case '￥', '¥':
		return '$'
	}
	return 0
}

// narrowed is s with every such character as the one that is meant.
func narrowed(s string) string {
	return strings.Map(func(r rune) rune {
		if a := ascii(r); a != 0 {
			return a
		}
		return r
	}, s)
}

// firstWide is where in s the first such character stands that is in no quotes, -1 for none. In a bare word a quote is a letter.
func firstWide(s string, quotes bool) int {
	quote := rune(0)
	for i, r := range s {
		switch {
		case !quotes:
		case quote != 0:
			if r == quote {
				quote = 0
			}
			continue
		case r == '\'' || r == '"':
			quote = r
		}
		if ascii(r) != 0 {
			return i
		}
	}
	return -1
}

// wideError is the error about the character at a place of the line; fixed is the line as it was meant.
func wideError(line string, at int, fixed string) *sockets.Error {
	r, n := utf8.DecodeRuneInString(line[at:])
	wide, meant := string(r), string(ascii(r))
	if fixed = strings.TrimSpace(fixed); meant == ";" {
		return sockets.Usage(names.T("a line holds one command: neither "+wide+" nor ; parts two", "一行只写一条命令："+wide+" 和 ; 都不能隔开两条")).At(at, n).
			Hint(names.T(fixed, fixed))
	}
	return sockets.Usage(names.T(wide+" is a full-width character; the ASCII "+meant+" belongs here", wide+" 是中文（全角）字符，这里要用英文（半角）的 "+meant)).At(at, n).
		Because(names.T("a message may hold it; commands, addresses, numbers and signs are written in ASCII", "消息里可以有这个字符；命令、地址、数字和符号要切换到英文输入法来写")).
		Hint(names.T(fixed, fixed))
}

// meant is the error that a line deserves: err, or where a character of a Chinese input method is to blame, one that says so.
func (l Line) meant(err *sockets.Error) *sockets.Error {
	if err == nil || err.Errno != "" {
		return err
	}
	if e := l.wideHead(); e != nil {
		return e
	}
	err = l.ampersand(err)
	if err.Width == 0 {
		return err
	}
	words := append([]Word{l.Command}, l.Words...)
	for i, w := range words {
		if err.Col < w.Col || err.Col >= w.Col+len(w.Raw) {
			continue
		}
		first := wideIn(w)
		if r, _ := utf8.DecodeRuneInString(l.Text[err.Col:]); first < 0 && ascii(r) != 0 { // an address, within its quotes
			first = err.Col - w.Col
		}
		if first < 0 {
			return err
		}
		last := i
		for j := i - 1; j >= 0 && onlyWide(words[j]); j-- { // （'127.0.0.1'， 8888） is two words
			if at := wideIn(words[j]); at >= 0 {
				i, first = j, at
			}
		}
		for j := last; strings.Contains(w.Raw, "（") && !strings.Contains(words[j].Raw, "）") && j+1 < len(words); j++ {
			last = j + 1
		}
		from, to := words[i].Col, words[last].Col+len(words[last].Raw)
		at := from + first
		if r, _ := utf8.DecodeRuneInString(l.Text[at:]); r == '；' {
			return wideError(l.Text, at, l.Text[:at])
		}
		wide := l.Text[from:to]
		fixed := parted(narrowed(wide), wide)
		err := wideError(l.Text, at, l.Text[:from]+fixed+l.Text[to:])
		if r, _ := utf8.DecodeRuneInString(l.Text[at:]); fixed != narrowed(wide) && strings.ContainsRune("，、。", r) {
			err.Message = names.T(string(r)+" is a full-width character; here a blank parts two words, and nothing ends the last",
				string(r)+" 是中文（全角）字符；这里词与词之间用空格隔开，末尾什么也不写")
		}
		return err
	}
	return err
}

// parted puts a blank where a Chinese comma parts words, and nothing where a Chinese stop ends the last: recv d 1024，. Within
// brackets or quotes it stays a comma, as Python's. narrow is wide in ASCII, character by character.
func parted(narrow, wide string) string {
	var b strings.Builder
	was, depth := []rune(wide), 0
	quote := rune(0)
	for i, r := range []rune(narrow) {
		switch {
		case quote != 0:
			if r == quote {
				quote = 0
			}
		case r == '\'' || r == '"':
			quote = r
		case r == '(' || r == '[':
			depth++
		case r == ')' || r == ']':
			depth--
		case depth == 0 && (was[i] == '，' || was[i] == '、'):
			r = ' '
		case i > 0 && i == len(was)-1 && was[i] == '。':
			continue
		}
		b.WriteRune(r)
	}
	return strings.TrimSpace(strings.ReplaceAll(b.String(), "  ", " "))
}

func wideIn(w Word) int { return firstWide(w.Raw, w.Quoted || w.Tuple) }

// onlyWide reports whether a word has characters of a Chinese input method, and besides them ASCII alone: it is no Chinese text.
func onlyWide(w Word) bool {
	return wideIn(w) >= 0 && !strings.ContainsFunc(w.Raw, func(r rune) bool { return r >= utf8.RuneSelf && ascii(r) == 0 })
}

// wideHead is the error of a line that begins with names and a ＝, or with names parted by ，: c，d = socketpair. It is nil where
// the line begins with a command that takes any words, which may be these.
func (l Line) wideHead() *sockets.Error {
	if len(l.Names) > 0 || l.Command.Quoted {
		return nil
	}
	switch l.Command.Text {
	case "print", "send", "sendall", "sendto", "sendmsg", "expect":
		return nil
	}
	begin := l.Command.Col
	head := assigned(narrowed(l.Text[begin:]))
	if head == "" {
		return nil
	}
	end := begin // of the head, which is longer in the line by what its characters are
	for n := strings.Count(head, "") - 1; n >= 0; n-- {
		_, size := utf8.DecodeRuneInString(l.Text[end:])
		end += size
	}
	at := firstWide(l.Text[begin:end], false)
	if at < 0 {
		return nil
	}
	return wideError(l.Text, begin+at, l.Text[:begin]+narrowed(l.Text[begin:end])+l.Text[end:])
}

// wideQuote is the error of a quote that only a curly one would close, nil where there is none: 'hello’.
func (x *lexer) wideQuote(start int) *sockets.Error {
	quote := rune(x.line[start])
	for i, r := range x.line[start+1:] {
		if ascii(r) != quote {
			continue
		}
		at := start + 1 + i
		rest := x.line[at+utf8.RuneLen(r):]
		if next, _ := utf8.DecodeRuneInString(rest); rest == "" || unicode.IsSpace(next) {
			return wideError(x.line, at, x.line[:at]+string(quote)+rest)
		}
	}
	return nil
}

// wideBracket is the error of a bracket that only a full-width one would close, nil where there is none: ('127.0.0.1', 80）.
func (x *lexer) wideBracket(start int) *sockets.Error {
	end := strings.Index(x.line[start:], "）")
	if end < 0 {
		return nil
	}
	end += start + len("）")
	at := firstWide(x.line[start:end], true)
	if at < 0 {
		return nil
	}
	return wideError(x.line, start+at, x.line[:start]+narrowed(x.line[start:end])+x.line[end:])
}

// noteCurly notes that words begin and end with quotes that are none here: “hello”. They went as they were typed.
func (e *Env) noteCurly(ws []Word) {
	if len(ws) == 0 || ws[0].Quoted || ws[len(ws)-1].Quoted {
		return
	}
	last := ws[len(ws)-1]
	raw := e.line.Text[ws[0].Col : last.Col+len(last.Raw)]
	opens, n := utf8.DecodeRuneInString(raw)
	closes, m := utf8.DecodeLastRuneInString(raw)
	if a := ascii(opens); n+m <= len(raw) && (a == '"' || a == '\'') && a == ascii(closes) {
		e.Act.Note("bare-quotes", "word", raw)
	}
}
