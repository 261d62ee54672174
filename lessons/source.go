package lessons

import (
	"errors"
	"fmt"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"sockstep/sockets/names"
)

// A source is a file's text, and where in it each key stands.
type source struct {
	file string
	text string
	tree *ast.File
}

// A FormatError is a mistake in a lesson's file.
type FormatError struct {
	File      string
	Line, Col int // from 1; 0 where no place is meant
	Message   names.Text
	text      string // of the line
}

// Error is In, in English.
func (e *FormatError) Error() string { return e.In(names.English) }

// In is the place, the message, and the line with a caret below the place.
func (e *FormatError) In(l names.Lang) string {
	s := e.Brief(l)
	if e.Line == 0 {
		return s
	}
	text := strings.ReplaceAll(e.text, "\t", " ")
	return s + "\n  " + text + "\n  " + strings.Repeat(" ", columns(prefix(text, e.Col-1))) + "^"
}

// Brief is the place and the message.
func (e *FormatError) Brief(l names.Lang) string {
	if e.Line == 0 {
		return e.File + ": " + e.Message.In(l)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Col, e.Message.In(l))
}

func prefix(s string, runes int) string {
	for i := range s {
		if runes == 0 {
			return s[:i]
		}
		runes--
	}
	return s
}

// parse reads a file's tree.
func parse(file string, text []byte) (*source, error) {
	s := &source{file: file, text: string(text)}
	err := unbroken(func() (err error) {
		s.tree, err = parser.ParseBytes(text, 0)
		return err
	})
	if err != nil {
		return s, s.wrap(err)
	}
	return s, nil
}

// unbroken makes an error of a panic: some mistakes in a file, as a tag in front of a list that never begins, bring the YAML library
// to one.
func unbroken(read func() error) (err error) {
	defer func() {
		if recover() != nil {
			err = wrongly(names.T("this is no YAML", "这不是 YAML"))
		}
	}()
	return read()
}

// decode fills v from the tree. Keys that v does not know are errors.
func (s *source) decode(v any) error {
	if len(s.tree.Docs) != 1 || s.tree.Docs[0].Body == nil {
		return &FormatError{File: s.file, Message: names.T("a lesson is one document of YAML", "一课是一个 YAML 文档")}
	}
	d := yaml.NewDecoder(strings.NewReader(""), yaml.Strict())
	if err := unbroken(func() error { return d.DecodeFromNode(s.tree.Docs[0].Body, v) }); err != nil {
		return s.wrap(err)
	}
	return nil
}

// wrap turns an error of the decoder into one with the line and a caret.
func (s *source) wrap(err error) error {
	var at interface {
		GetToken() *token.Token
		GetMessage() string
	}
	var own *nodeError
	switch {
	case errors.As(err, &own):
		return s.at(own.node.GetToken(), own.message)
	case errors.As(err, &at) && at.GetToken() != nil:
		return s.at(at.GetToken(), names.T(at.GetMessage(), at.GetMessage()))
	}
	return &FormatError{File: s.file, Message: Said(err)}
}

func (s *source) at(t *token.Token, message names.Text) *FormatError {
	e := &FormatError{File: s.file, Message: message}
	if t == nil || t.Position == nil {
		return e
	}
	e.Line, e.Col = t.Position.Line, t.Position.Column
	if lines := strings.Split(s.text, "\n"); e.Line >= 1 && e.Line <= len(lines) {
		e.text = strings.TrimRight(lines[e.Line-1], "\r")
	}
	return e
}

// mistake is an error about what stands at a path such as $.steps[0].expect[1]; the nearest that is there is meant.
func (s *source) mistake(path string, message names.Text) *FormatError {
	for path != "" && path != "$" {
		if p, err := yaml.PathString(path); err == nil {
			if n, err := p.FilterFile(s.tree); err == nil && n != nil {
				return s.at(first(n), message)
			}
		}
		i := strings.LastIndexAny(path, ".[")
		if i < 0 {
			break
		}
		path = path[:i]
	}
	return &FormatError{File: s.file, Message: message}
}

// first is the token that a node begins with: of a mapping in a block, its first key.
func first(n ast.Node) *token.Token {
	switch m := n.(type) {
	case *ast.MappingNode:
		if !m.IsFlowStyle && len(m.Values) > 0 {
			return m.Values[0].Key.GetToken()
		}
	case *ast.MappingValueNode:
		return m.Key.GetToken()
	}
	return n.GetToken()
}

// A nodeError is a mistake at a node.
type nodeError struct {
	node    ast.Node
	message names.Text
}

func (e *nodeError) Error() string { return e.message.En }

func wrongNode(n ast.Node, message names.Text) error { return &nodeError{n, message} }

// scalar is what a scalar says, without its quotes.
func scalar(n ast.Node) (string, error) {
	if l, ok := n.(*ast.LiteralNode); ok {
		return l.Value.Value, nil
	}
	if s, ok := n.(ast.ScalarNode); ok {
		return s.GetToken().Value, nil
	}
	return "", wrongNode(n, names.T("one word or number belongs here", "这里要写一个词或一个数"))
}
