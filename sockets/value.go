package sockets

import (
	"bytes"
	"strconv"
	"strings"

	"sockstep/sockets/names"
)

// A ValueType says what a Value is.
type ValueType string

// The types of values.
const (
	NoValue     ValueType = ""       // written "none"
	SocketValue ValueType = "socket" // Text is its name
	BytesValue  ValueType = "bytes"
	TextValue   ValueType = "text"
	IntValue    ValueType = "int"
	ListValue   ValueType = "list"
	CardValue   ValueType = "card" // Fields, in order
)

// A Value is what a line gave back, and what a name keeps.
type Value struct {
	Type   ValueType
	Text   string // as Python would print it
	Bytes  []byte // of a text that render laid out: the tone of each byte of Text
	Int    int64
	List   []Value
	Fields []Field // of a card, and what else is known of a value: "from", "fd"
	Addr   *Address
}

// A Field is one named part of a card.
type Field struct {
	Name  string
	Value Value

	// How a card is shown to a person. What a program is given depends on the name and the value alone.
	Called  names.Text // in place of the name, where that is a plain word in this field alone
	Told    names.Text // in place of the value, where that alone says too little: "5 of 8 places"
	Group   names.Text // the title that fields stand together under, beside those of other groups where there is room
	Unshown bool       // there, but not shown
}

// TextOf is a text value.
func TextOf(s string) Value { return Value{Type: TextValue, Text: s} }

// IntOf is an int value.
func IntOf(n int64) Value { return Value{Type: IntValue, Text: strconv.FormatInt(n, 10), Int: n} }

// BytesOf is a bytes value, printed as Python prints bytes.
func BytesOf(b []byte) Value { return Value{Type: BytesValue, Text: PyBytes(b), Bytes: b} }

// BoolOf is True or False, an int value as Python's bool is an int.
func BoolOf(b bool) Value {
	if b {
		return Value{Type: IntValue, Text: "True", Int: 1}
	}
	return Value{Type: IntValue, Text: "False"}
}

// ListOf is a list value, printed as Python prints a list.
func ListOf(vs ...Value) Value {
	parts := make([]string, len(vs))
	for i, v := range vs {
		parts[i] = v.Repr()
	}
	return Value{Type: ListValue, Text: "[" + strings.Join(parts, ", ") + "]", List: vs}
}

// TupleOf is a list value, printed as Python prints a tuple.
func TupleOf(vs ...Value) Value {
	v := ListOf(vs...)
	v.Text = "(" + v.Text[1:len(v.Text)-1] + ")"
	if len(vs) == 1 {
		v.Text = v.Text[:len(v.Text)-1] + ",)"
	}
	return v
}

// CardOf is a card of fields, printed as Python prints a dict.
func CardOf(fields ...Field) Value {
	parts := make([]string, len(fields))
	for i, f := range fields {
		parts[i] = PyString(f.Name) + ": " + f.Value.Repr()
	}
	return Value{Type: CardValue, Text: "{" + strings.Join(parts, ", ") + "}", Fields: fields}
}

// Field returns the named field of a card.
func (v Value) Field(name string) (Value, bool) {
	for _, f := range v.Fields {
		if f.Name == name {
			return f.Value, true
		}
	}
	return Value{}, false
}

// IsNothing reports whether v is no value at all. Python's None is one, and has a text.
func (v Value) IsNothing() bool { return v.Type == NoValue && v.Text == "" }

// Repr is v as Python's repr writes it: text is quoted.
func (v Value) Repr() string {
	switch {
	case v.Type == TextValue && v.Addr == nil:
		return PyString(v.Text)
	case v.Type == NoValue:
		return "None"
	}
	return v.Text
}

// Raw is what stands for v inside a message: the bytes themselves, else its text.
func (v Value) Raw() []byte {
	if v.Type == BytesValue {
		return v.Bytes
	}
	return []byte(v.Text)
}

// PyBytes writes b as Python's repr of bytes does: b'\x00hi'.
func PyBytes(b []byte) string {
	quote := byte('\'')
	if bytes.IndexByte(b, '\'') >= 0 && bytes.IndexByte(b, '"') < 0 {
		quote = '"'
	}
	var s strings.Builder
	s.Grow(len(b) + 3)
	s.WriteByte('b')
	s.WriteByte(quote)
	plain := 0 // how many bytes stand for themselves
	for plain < len(b) && b[plain] >= ' ' && b[plain] < 0x7f && b[plain] != quote && b[plain] != '\\' {
		plain++
	}
	s.Write(b[:plain])
	for _, c := range b[plain:] {
		switch {
		case c == quote || c == '\\':
			s.WriteByte('\\')
			s.WriteByte(c)
		case c == '\t':
			s.WriteString(`\t`)
		case c == '\n':
			s.WriteString(`\n`)
		case c == '\r':
			s.WriteString(`\r`)
		case c < 0x20 || c >= 0x7f:
			s.WriteString(`\x`)
			s.WriteByte("0123456789abcdef"[c>>4])
			s.WriteByte("0123456789abcdef"[c&15])
		default:
			s.WriteByte(c)
		}
	}
	s.WriteByte(quote)
	return s.String()
}

// PyString writes s as Python's repr of a str does: 'it', "it's", printable characters as they are.
func PyString(s string) string {
	quote := '\''
	if strings.ContainsRune(s, '\'') && !strings.ContainsRune(s, '"') {
		quote = '"'
	}
	var b strings.Builder
	b.WriteRune(quote)
	for i, r := range s {
		switch {
		case r == quote || r == '\\':
			b.WriteRune('\\')
			b.WriteRune(r)
		case r == '\t':
			b.WriteString(`\t`)
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\r':
			b.WriteString(`\r`)
		case r == '\uFFFD' && s[i] != 0xEF: // a byte that is no UTF-8
			b.WriteString(`\udc`)
			b.WriteString(strconv.FormatUint(uint64(s[i]), 16))
		case r < 0x20 || r == 0x7f:
			b.WriteString(`\x`)
			b.WriteByte("0123456789abcdef"[r>>4])
			b.WriteByte("0123456789abcdef"[r&15])
		case !strconv.IsPrint(r):
			q := strconv.QuoteToASCII(string(r))
			b.WriteString(q[1 : len(q)-1])
		default:
			b.WriteRune(r)
		}
	}
	b.WriteRune(quote)
	return b.String()
}
