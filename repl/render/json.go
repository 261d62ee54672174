package render

import (
	"io"
	"strconv"
	"strings"
	"sync"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// JSON writes an act as one line of JSON. Texts for people are in the given language.
//
// What is text becomes valid UTF-8, with U+FFFD for each byte that is none; a value keeps such bytes as base64.
func JSON(w io.Writer, a *sockets.Act, lang names.Lang) error {
	_, err := w.Write(appendAct(nil, a, lang))
	return err
}

// A JSONLines writes each act as one line of JSON, when it is over. It may be shown acts from several goroutines.
type JSONLines struct {
	w    io.Writer
	lang func() names.Lang

	mu  sync.Mutex
	buf []byte
	err error
}

// NewJSON returns an observer that writes acts to w; lang may be nil for English.
func NewJSON(w io.Writer, lang func() names.Lang) *JSONLines { return &JSONLines{w: w, lang: lang} }

// Observe writes a when it is over, by one Write.
func (j *JSONLines) Observe(a *sockets.Act, s sockets.Step) {
	if s != nil {
		return
	}
	lang := names.English
	if j.lang != nil {
		lang = j.lang()
	}
	j.mu.Lock()
	defer j.mu.Unlock()
	j.buf = appendAct(j.buf[:0], a, lang)
	if _, err := j.w.Write(j.buf); err != nil && j.err == nil {
		j.err = err
	}
	j.buf = reusable(j.buf)
}

// reusable is b for the next act; a very large one is given up, so that one value does not hold its memory for ever.
func reusable(b []byte) []byte {
	if cap(b) > 8<<20 {
		return nil
	}
	return b
}

// Err is the first error of the writer, nil for none.
func (j *JSONLines) Err() error {
	j.mu.Lock()
	defer j.mu.Unlock()
	return j.err
}

func appendAct(b []byte, a *sockets.Act, lang names.Lang) []byte {
	e := object{append(b, '{')}
	e.int("act", int64(a.Seq))
	if a.Job > 0 {
		e.int("job", int64(a.Job))
	}
	e.string("line", a.Line)
	e.bool("ok", a.OK())
	e.ifTrue("expected", a.Expected)
	if len(a.Steps) > 0 {
		e.key("steps")
		for i, s := range a.Steps {
			e.b = append(e.b, "[,"[min(i, 1)])
			e.step(s, lang)
		}
		e.b = append(e.b, ']')
	}
	e.key("value")
	e.b = appendValue(e.b, a.Value)
	if a.Err != nil {
		e.key("error")
		e.failure(asError(a.Err), lang)
	}
	e.ifAny("python", a.Python)
	return append(e.b, '}', '\n')
}

// An object is a JSON object in the making.
type object struct{ b []byte }

func (o *object) key(k string) {
	if o.b[len(o.b)-1] != '{' {
		o.b = append(o.b, ',')
	}
	o.b = append(o.b, '"')
	o.b = append(o.b, k...)
	o.b = append(o.b, '"', ':')
}

func (o *object) string(k, s string) {
	o.key(k)
	o.b = appendString(o.b, s)
}

func (o *object) ifAny(k, s string) {
	if s != "" {
		o.string(k, s)
	}
}

func (o *object) int(k string, n int64) {
	o.key(k)
	o.b = strconv.AppendInt(o.b, n, 10)
}

func (o *object) bool(k string, v bool) {
	o.key(k)
	o.b = strconv.AppendBool(o.b, v)
}

func (o *object) ifTrue(k string, v bool) {
	if v {
		o.bool(k, true)
	}
}

// strings writes a list, and nothing where it is empty.
func (o *object) strings(k string, list []string) {
	if len(list) == 0 {
		return
	}
	o.key(k)
	for i, s := range list {
		o.b = append(o.b, "[,"[min(i, 1)])
		o.b = appendString(o.b, s)
	}
	o.b = append(o.b, ']')
}

func (o *object) step(s sockets.Step, lang names.Lang) {
	o.b = append(o.b, '{')
	switch s := s.(type) {
	case sockets.Call:
		o.string("kind", "call")
		o.string("op", s.Op)
		o.string("args", s.Args)
		o.int("ret", s.Ret)
		o.string("errno", s.Errno)
		o.int("us", micros(s.Took))
		if s.Times > 1 {
			o.int("times", int64(s.Times))
		}
		o.bool("scaffold", s.Scaffold)
		o.bool("interrupted", s.Interrupted)
	case sockets.Packet:
		o.packet(s)
	case sockets.Change:
		o.string("kind", "change")
		o.ifAny("socket", s.Socket)
		o.ifAny("field", s.Field)
		o.ifAny("was", s.Was)
		o.ifAny("now", s.Now)
	case sockets.Note:
		o.string("kind", "note")
		o.ifAny("id", s.ID)
		o.ifAny("text", say(s.Text, lang))
	}
	o.b = append(o.b, '}')
}

func (o *object) packet(p sockets.Packet) {
	o.string("kind", "packet")
	o.string("source", p.Source)
	o.string("proto", p.Proto)
	o.string("from", p.From)
	o.string("to", p.To)
	o.string("flags", p.Flags)
	o.int("seq", int64(p.Seq))
	o.int("ack", int64(p.Ack))
	o.int("len", int64(p.Len))
	o.int("us", micros(p.After))
	o.ifTrue("lost", p.Lost)
	o.ifTrue("retransmission", p.Retransmission)
	o.ifTrue("duplicate", p.Duplicate)
	o.ifTrue("out_of_order", p.OutOfOrder)
	o.strings("options", p.Options)
	o.strings("marks", p.Marks)
	if strings.HasPrefix(p.Proto, "tcp") && p.Source != "inferred" { // of which nobody has seen the header
		o.int("window", int64(p.Window))
	}
}

// failure writes an error. The column and the width of the word that is meant are in bytes of the line, the column from 0.
func (o *object) failure(e *sockets.Error, lang names.Lang) {
	o.b = append(o.b, '{')
	o.ifAny("op", e.Op)
	o.ifAny("errno", e.Errno)
	o.ifAny("kind", e.Kind)
	o.ifAny("message", say(e.Message, lang))
	o.ifAny("why", say(e.Why, lang))
	o.ifAny("fix", say(e.Fix, lang))
	if e.Width > 0 {
		o.int("column", int64(e.Col))
		o.int("width", int64(e.Width))
	}
	o.b = append(o.b, '}')
}
