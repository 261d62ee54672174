package render

import (
	"encoding/base64"
	"slices"
	"strconv"
	"unicode/utf8"

	"sockstep/sockets"
)

// appendValue writes the value of an act: its type and text, and the key that its type has.
func appendValue(b []byte, v sockets.Value) []byte {
	o := object{append(b, '{')}
	kind := v.Type
	if kind == sockets.NoValue {
		kind = "none"
	}
	s := v.Text
	o.b = slices.Grow(o.b, len(s)+base64.StdEncoding.EncodedLen(len(v.Bytes))+64) // most of an act is its value
	o.string("type", string(kind))
	o.string("text", s)
	switch v.Type {
	case sockets.BytesValue:
		o.base64(v.Bytes)
	case sockets.IntValue:
		o.int("int", v.Int)
	case sockets.ListValue:
		o.key("list")
		o.b = appendList(o.b, v.List)
	default:
		if !utf8.ValidString(s) {
			o.base64([]byte(s))
		}
		if len(v.List) > 0 { // what a picture shows, in order
			o.key("list")
			o.b = appendList(o.b, v.List)
		}
	}
	if v.Type == sockets.CardValue || len(v.Fields) > 0 {
		o.key("fields")
		o.b = appendFields(o.b, v.Fields)
	}
	return append(o.b, '}')
}

func (o *object) base64(p []byte) {
	o.key("base64")
	o.b = append(o.b, '"')
	o.b = base64.StdEncoding.AppendEncode(o.b, p)
	o.b = append(o.b, '"')
}

func appendList(b []byte, vs []sockets.Value) []byte {
	b = append(b, '[')
	for i, v := range vs {
		if i > 0 {
			b = append(b, ',')
		}
		b = appendNatural(b, v)
	}
	return append(b, ']')
}

func appendFields(b []byte, fields []sockets.Field) []byte {
	b = append(b, '{')
	for i, f := range fields {
		if i > 0 {
			b = append(b, ',')
		}
		b = append(appendString(b, f.Name), ':')
		b = appendNatural(b, f.Value)
	}
	return append(b, '}')
}

// appendNatural writes a value within another as JSON has it: text a string, an int a number, True and
// False themselves, a list an array, a card an object. Bytes, which JSON lacks, are an object.
func appendNatural(b []byte, v sockets.Value) []byte {
	switch v.Type {
	case sockets.NoValue:
		return append(b, "null"...)
	case sockets.IntValue:
		switch v.Text {
		case "True":
			return append(b, "true"...)
		case "False":
			return append(b, "false"...)
		}
		return strconv.AppendInt(b, v.Int, 10)
	case sockets.ListValue:
		return appendList(b, v.List)
	case sockets.CardValue:
		return appendFields(b, v.Fields)
	case sockets.BytesValue:
		o := object{append(b, '{')}
		o.base64(v.Bytes)
		o.string("text", v.Text)
		return append(o.b, '}')
	}
	if v.Addr != nil { // its text is Python's, in quotes
		return appendString(b, v.Addr.String())
	}
	return appendString(b, v.Text)
}

// appendString writes s as a JSON string. Beside what JSON asks for, control and format characters that a
// terminal might obey are escaped: the lines may well be read on one.
func appendString(b []byte, s string) []byte {
	b = append(b, '"')
	start := 0
	for i := 0; i < len(s); {
		c := s[i]
		if c >= 0x20 && c < 0x7f && c != '"' && c != '\\' {
			i++
			continue
		}
		if c == '"' || c == '\\' { // the reprs of bytes are full of them
			b = append(append(b, s[start:i]...), '\\', c)
			i++
			start = i
			continue
		}
		r, n := rune(c), 1
		if c >= utf8.RuneSelf {
			r, n = utf8.DecodeRuneInString(s[i:])
			if shown(r, n) {
				i += n
				continue
			}
		}
		b = append(b, s[start:i]...)
		b = appendEscaped(b, r)
		i += n
		start = i
	}
	b = append(b, s[start:]...)
	return append(b, '"')
}

func appendEscaped(b []byte, r rune) []byte {
	switch r {
	case '\n':
		return append(b, '\\', 'n')
	case '\r':
		return append(b, '\\', 'r')
	case '\t':
		return append(b, '\\', 't')
	}
	if r > 0xffff { // a pair of surrogates
		r -= 0x10000
		b = appendEscaped(b, 0xd800+r>>10)
		r = 0xdc00 + r&0x3ff
	}
	return append(b, '\\', 'u', hexDigits[r>>12&15], hexDigits[r>>8&15], hexDigits[r>>4&15], hexDigits[r&15])
}
