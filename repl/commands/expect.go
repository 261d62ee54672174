package commands

import (
	"bytes"
	"regexp"
	"strconv"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var expect = &repl.Command{
	Name:    "expect",
	Group:   repl.Shell,
	Usage:   []string{"WORD…"},
	Summary: names.T("check the last value", "检查上一个值"),
	Detail: names.T("The words, joined by one blank, must be the value as it is printed, or its very bytes. A script stops where they are not.",
		"各个词用一个空格相连，必须等于打印出来的值，或等于它的字节本身；不相等时脚本就停在这里。"),
	Flags: []repl.Flag{
		{Name: "contains", Meaning: names.T("the value has these words somewhere in it", "值里含有这些词即可")},
		{Name: "match", Meaning: names.T("the words are a regular expression (RE2)", "这些词是正则表达式（RE2）")},
		{Name: "not", Meaning: names.T("it must not be so", "必须不是这样")},
	},
	Example: []string{"a, b = socketpair", "send a hello", "recv b", "expect hello"},
	Python:  "assert data == b'hello'",
	Run: func(e *repl.Env) error {
		if !e.More() {
			return e.Missing("WORD")
		}
		if err := e.CheckNames(0); err != nil {
			return err
		}
		ws := e.Rest()
		var parts, raw []string
		for _, w := range ws {
			raw = append(raw, w.Raw)
			if w.Value != nil && len(ws) == 1 && w.Value.Type != sockets.BytesValue {
				parts = append(parts, w.Value.Text)
				continue
			}
			parts = append(parts, w.Text)
		}
		want := strings.Join(parts, " ")
		got, ok := e.Last()
		if !ok {
			return ws[0].Err(names.T("no line has given a value yet", "还没有哪一行给出过值")).
				Hint(names.T("print hello", "print hello"))
		}
		var held bool
		switch {
		case e.Flag("match"):
			re, err := regexp.Compile(want)
			if err != nil {
				return ws[0].Err(names.T("this is no regular expression: "+err.Error(), "这不是合法的正则表达式："+err.Error()))
			}
			held = re.MatchString(got.Text) || re.Match(got.Raw())
		case e.Flag("contains"):
			held = strings.Contains(got.Text, want) || bytes.Contains(got.Raw(), []byte(want))
		default:
			held = equal(got, want) || got.Text == strings.Join(raw, " ") // print gives the text b'hi', not the bytes hi
		}
		if held != e.Flag("not") {
			return nil
		}
		text := beginning(got.Text)
		return &sockets.Error{Op: "expect", Kind: "expect",
			Col: ws[0].Col, Width: ws[len(ws)-1].Col + len(ws[len(ws)-1].Raw) - ws[0].Col,
			Message: names.T("the last value is "+text, "上一个值是 "+text)}
	},
}

// beginning is as much of a value as an error has room for.
func beginning(text string) string {
	const room = 300
	switch r := []rune(text[:min(len(text), 4*room)]); {
	case text == "":
		return "''"
	case len(r) > room:
		return string(r[:room]) + "…"
	}
	return text
}

// equal compares a value with words: as printed, as repr, or byte for byte; numbers also as 0x10.
func equal(v sockets.Value, want string) bool {
	if v.Text == want || v.Repr() == want || string(v.Raw()) == want {
		return true
	}
	if v.Type == sockets.IntValue {
		n, err := strconv.ParseInt(want, 0, 64)
		return err == nil && n == v.Int
	}
	return v.Addr != nil && v.Addr.String() == want
}
