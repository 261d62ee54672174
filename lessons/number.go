package lessons

import (
	"regexp"
	"strconv"
	"strings"

	"github.com/goccy/go-yaml/ast"

	"sockstep/sockets/names"
)

// A Number is what a number must be: 5, at least 5 (5..), at most 5 (..5), from 5 to 9 (5..9). Each may be a sum of numbers,
// variables and what is known of a bound socket: len($word) + 1, sent(k).
type Number string

// UnmarshalYAML takes the scalar as it is written.
func (n *Number) UnmarshalYAML(node ast.Node) error {
	text, err := scalar(node)
	*n = Number(text)
	if err == nil {
		_, err = parseNumber(text)
	}
	if err != nil {
		return wrongNode(node, Said(err))
	}
	return nil
}

// Set reports whether anything is asked for.
func (n Number) Set() bool { return n != "" }

// A span is the two ends of what a number may be; a nil end is open.
type span struct{ low, high []term }

// A term is one summand: a number, a variable, the length of a variable's text, or a count of a bound socket.
type term struct {
	sign  int64
	kind  string // "", "$", "len", "sent", "received", "recvq", "sendq"
	name  string
	value int64
}

var termForm = regexp.MustCompile(`^\s*([+-]?)\s*(?:(\d+)|\$\{?(\w+)\}?|(len)\(\s*\$\{?(\w+)\}?\s*\)|(sent|received|recvq|sendq|fileno)\(\s*(\w+)\s*\))`)

var errNumber = wrongly(names.T("a number is written like 5, 5.., ..5, 5..9, len($word) + 1 or sent(k)", "数要写成 5、5..、..5、5..9、len($word) + 1 或 sent(k) 这样"))

func parseNumber(text string) (s span, err error) {
	low, high, ranged := strings.Cut(text, "..")
	if s.low, err = parseSum(low, ranged); err != nil {
		return s, err
	}
	if !ranged {
		s.high = s.low
		return s, nil
	}
	s.high, err = parseSum(high, true)
	if s.low == nil && s.high == nil {
		err = errNumber
	}
	return s, err
}

func parseSum(text string, mayBeEmpty bool) (sum []term, err error) {
	text = strings.TrimSpace(text)
	if text == "" && mayBeEmpty {
		return nil, nil
	}
	for first := true; first || strings.TrimSpace(text) != ""; first = false {
		m := termForm.FindStringSubmatch(text)
		if m == nil || !first && m[1] == "" {
			return nil, errNumber
		}
		t := term{sign: 1}
		if m[1] == "-" {
			t.sign = -1
		}
		switch {
		case m[2] != "":
			if t.value, err = strconv.ParseInt(m[2], 10, 64); err != nil {
				return nil, errNumber
			}
		case m[3] != "":
			t.kind, t.name = "$", m[3]
		case m[4] != "":
			t.kind, t.name = "len", m[5]
		default:
			t.kind, t.name = m[6], m[7]
		}
		sum = append(sum, t)
		text = text[len(m[0]):]
	}
	return sum, nil
}

// terms gives all summands of a number that is known to be well written.
func (n Number) terms() []term {
	s, _ := parseNumber(string(n))
	return append(append([]term(nil), s.low...), s.high...)
}
