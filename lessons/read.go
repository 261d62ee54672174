package lessons

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
)

// Read reads a lesson's file. A mistake in it is a *FormatError with its line.
func Read(file string, text []byte) (*Lesson, error) {
	s, err := parse(file, text)
	if err != nil {
		return nil, err
	}
	l := &Lesson{source: s, Number: numberOf(file)}
	if err := s.decode(l); err != nil {
		return nil, err
	}
	l.unfold()
	v := valid{l: l, bound: map[string]bool{}}
	v.lesson()
	if v.err != nil {
		return nil, v.err
	}
	return l, nil
}

// numberOf is the number that a file's name begins with.
func numberOf(file string) string {
	base := file[strings.LastIndexByte(file, '/')+1:]
	number, _, _ := strings.Cut(base, "-")
	if strings.Trim(number, "0123456789") != "" {
		return ""
	}
	return number
}

var (
	idForm     = regexp.MustCompile(`^[a-z][a-z0-9]*(-[a-z0-9]+)*$`)
	nameForm   = regexp.MustCompile(`^[A-Za-z]\w*$`)
	needsKnown = []string{"packets", "diag", "lab", "ipv6", "python", "raw", "ping", "linux"}
)

// valid finds what the decoder cannot: the first mistake holds.
type valid struct {
	l     *Lesson
	err   error
	bound map[string]bool // names that an earlier "as" has given
}

func (v *valid) wrong(path, format string, args ...any) {
	if v.err == nil {
		v.err = v.l.source.mistake(path, fmt.Sprintf(format, args...))
	}
}

func (v *valid) lesson() {
	l := v.l
	switch {
	case l.ID == "":
		v.wrong("$", "a lesson needs an id")
	case !idForm.MatchString(l.ID):
		v.wrong("$.id", "an id is made of small letters and digits, with - between: %q", l.ID)
	case l.Minutes < 1 || l.Minutes > 60:
		v.wrong("$.minutes", "minutes says how long the lesson takes: 1 to 60")
	case len(l.Steps) == 0:
		v.wrong("$", "a lesson needs steps")
	}
	if base := l.source.file[strings.LastIndexByte(l.source.file, '/')+1:]; l.Number != "" && base != l.Number+"-"+l.ID+".yaml" {
		v.wrong("$.id", "the file of the lesson %s is called NN-%s.yaml", l.ID, l.ID)
	}
	v.roles()
	for i, n := range l.Needs {
		if !slices.Contains(needsKnown, n.What) {
			v.wrong(fmt.Sprintf("$.needs[%d].what", i), "what can be needed is %s", strings.Join(needsKnown, ", "))
		}
	}
	for name, kind := range l.Vars {
		if !nameForm.MatchString(name) {
			v.wrong("$.vars."+name, "%q is no name of a variable", name)
		}
		if _, err := parseVar(kind); err != nil {
			v.wrong("$.vars."+name, "%v", err)
		}
	}
	seen := map[string]bool{}
	for i, s := range l.Steps {
		at := fmt.Sprintf("$.steps[%d]", i)
		if s == nil {
			v.wrong(at, "an empty step")
			return
		}
		switch {
		case !idForm.MatchString(s.ID):
			v.wrong(at+".id", "a step needs an id of small letters and digits, with - between")
		case seen[s.ID]:
			v.wrong(at+".id", "two steps are called %s", s.ID)
		}
		seen[s.ID] = true
		v.step(at, s)
	}
}

// reserved are the words behind lesson that mean something else.
var reserved = []string{"join", "alone", "partner"}

// roles are the two ends of a lesson, or none.
func (v *valid) roles() {
	l := v.l
	switch {
	case slices.Contains(reserved, l.ID):
		v.wrong("$.id", "no lesson can be called %s: the command lesson knows that word already", l.ID)
	case len(l.Roles) == 0:
	case len(l.Roles) != 2:
		v.wrong("$.roles", "a lesson has no roles, or two: one for each terminal")
	case l.Roles[0] == l.Roles[1]:
		v.wrong("$.roles", "the two roles have one name")
	}
	for i, r := range l.Roles {
		if !idForm.MatchString(r) {
			v.wrong(fmt.Sprintf("$.roles[%d]", i), "a role is a word of small letters and digits, with - between: %q", r)
		}
	}
}

func (v *valid) step(at string, s *Step) {
	switch {
	case s.Role != "" && !slices.Contains(v.l.Roles, s.Role):
		v.wrong(at+".role", "the lesson has no role %q", s.Role)
	case s.Needs != "" && !slices.Contains(needsKnown, s.Needs):
		v.wrong(at+".needs", "what can be needed is %s", strings.Join(needsKnown, ", "))
	case s.Role == "" && len(v.l.Roles) > 1:
		v.wrong(at+".id", "which role has this step? The lesson's are %s", strings.Join(v.l.Roles, ", "))
	case len(s.Solutions) == 0:
		v.wrong(at+".id", "a step needs solutions")
	case len(s.Expect) == 0:
		v.wrong(at+".id", "a step needs something to expect")
	case len(s.Hints) != 3:
		v.wrong(at+".hints", "a step has three hints: a nudge, what to use, the full line")
	}
	for i, lines := range s.Solutions {
		if len(lines) == 0 {
			v.wrong(fmt.Sprintf("%s.solutions[%d]", at, i), "an empty solution")
		}
	}
	v.expects(at+".expect", s.Expect)
	for i, n := range s.Wrong {
		w := fmt.Sprintf("%s.wrong[%d]", at, i)
		switch {
		case n == nil || len(n.Do) == 0:
			v.wrong(w, "a near-miss needs lines to do")
		case len(n.When) == 0:
			v.wrong(w, "a near-miss needs a when, by which it is recognised")
		default:
			before := v.bound
			v.bound = copied(before)
			v.expects(w+".when", n.When)
			v.bound = before
		}
	}
	if s.Predict != nil {
		v.predict(at+".predict", s.Predict)
	}
}

func copied(m map[string]bool) map[string]bool {
	c := map[string]bool{}
	for k := range m {
		c[k] = true
	}
	return c
}

func (v *valid) predict(at string, p *Predict) {
	if len(p.Choices) < 2 || len(p.Choices) > 6 {
		v.wrong(at+".choices", "a question has two to six choices")
	}
	for i, c := range p.Choices {
		if c.Is == "" {
			v.wrong(fmt.Sprintf("%s.choices[%d]", at, i), "a choice needs an is: what is measured where it is right")
		}
	}
	k := p.Key
	given := 0
	for _, set := range []bool{k.Socket != "", k.Calls != "", k.Errno != "", k.Value != "", k.Packets != nil} {
		if set {
			given++
		}
	}
	switch {
	case given != 1:
		v.wrong(at+".key", "a key is one of socket (with field), calls, errno, value, packets")
	case k.Socket != "" && !slices.Contains(keyFields, k.Field) && !strings.Contains(k.Field, "_"):
		v.wrong(at+".key.field", "a field is an option such as SO_RCVBUF or one of %s", strings.Join(keyFields, ", "))
	case k.Socket != "":
		v.known(at+".key.socket", k.Socket)
	case k.Value != "" && k.Value != "int" && k.Value != "text" && k.Value != "length":
		v.wrong(at+".key.value", "of a value its int, its text or its length in bytes is measured")
	}
}

func (v *valid) known(at, name string) {
	if !v.bound[name] {
		v.wrong(at, "no earlier expectation gives the name %s to a socket, by as", name)
	}
}

func (v *valid) expects(at string, all []*Expect) {
	for i, e := range all {
		here := fmt.Sprintf("%s[%d]", at, i)
		if e == nil {
			v.wrong(here, "an empty expectation")
			return
		}
		v.expect(here, e)
	}
}

func (v *valid) expect(at string, e *Expect) {
	var given []string
	for _, key := range []struct {
		name string
		set  bool
	}{
		{"socket", e.Socket != nil}, {"no-socket", e.NoSocket != nil}, {"call", e.Call != nil}, {"received", e.Received != nil}, {"sent", e.Sent != nil},
		{"packet", e.Packet != nil}, {"note", e.Note != ""}, {"value", e.Value != nil}, {"error", e.Error != nil}, {"file", e.File != nil},
		{"any", e.Any != nil}, {"all", e.All != nil}, {"not", e.Not != nil},
	} {
		if key.set {
			given = append(given, key.name)
		}
	}
	switch {
	case len(given) == 0:
		v.wrong(at, "nothing is expected here")
		return
	case len(given) > 1:
		v.wrong(at+"."+given[1], "%s and %s stand in one expectation: put each behind a dash of its own", given[0], given[1])
		return
	case e.As != "" && e.Socket == nil:
		v.wrong(at+".as", "as goes with socket")
		return
	case e.As != "" && !nameForm.MatchString(e.As):
		v.wrong(at+".as", "%q is no name", e.As)
		return
	}
	v.leaf(at, e)
	if e.As != "" {
		v.bound[e.As] = true
	}
}

func (v *valid) leaf(at string, e *Expect) {
	switch {
	case e.Socket != nil:
		v.socket(at+".socket", e.Socket)
	case e.NoSocket != nil:
		v.socket(at+".no-socket", e.NoSocket)
	case e.Call != nil:
		if e.Call.Op == "" {
			v.wrong(at+".call", "a call has an op, as strace names it: recvfrom")
		}
		if e.Call.Socket != "" {
			v.known(at+".call.socket", e.Call.Socket)
		}
		v.pattern(at+".call.args", e.Call.Args)
		v.numbers(at+".call", e.Call.Ret, e.Call.Times)
	case e.Received != nil:
		v.bytes(at+".received", e.Received)
	case e.Sent != nil:
		v.bytes(at+".sent", e.Sent)
	case e.Packet != nil:
		p := e.Packet
		if p.Direction != "" && p.Direction != "sent" && p.Direction != "received" {
			v.wrong(at+".packet.direction", "a direction is sent or received")
		}
		v.numbers(at+".packet", p.Len, p.Times)
	case e.Value != nil:
		x := e.Value
		if x.Text == nil && !x.Int.Set() && x.Bytes == nil && x.Matches == "" {
			v.wrong(at+".value", "a value has a text, an int, bytes, or matches a pattern")
		}
		v.pattern(at+".value.matches", x.Matches)
		v.numbers(at+".value", x.Int)
	case e.File != nil:
		if e.File.Path == "" {
			v.wrong(at+".file", "a file has a path")
		}
	case e.Any != nil:
		if len(e.Any) == 0 {
			v.wrong(at+".any", "any of nothing never holds")
		}
		outer, all := v.bound, copied(v.bound)
		for i, x := range e.Any { // what one of them names may be missing: then the name is used in vain, and says so
			v.bound = copied(outer)
			if x != nil {
				v.expect(fmt.Sprintf("%s.any[%d]", at, i), x)
			}
			for name := range v.bound {
				all[name] = true
			}
		}
		v.bound = all
	case e.All != nil:
		v.expects(at+".all", e.All)
	case e.Not != nil:
		outer := v.bound
		v.bound = copied(outer)
		v.expect(at+".not", e.Not)
		v.bound = outer
	}
}

func (v *valid) socket(at string, s *SocketIs) {
	for _, ref := range []struct{ key, name string }{{"is", s.Is}, {"peer-of", s.PeerOf}, {"from", s.From}} {
		if ref.name != "" {
			v.known(at+"."+ref.key, ref.name)
		}
	}
	if s.Role != "" && !slices.Contains(v.l.Roles, s.Role) {
		v.wrong(at+".role", "the lesson has no role %q", s.Role)
	}
	v.numbers(at, s.Fileno, s.RecvQ, s.SendQ, s.Backlog, s.Sent, s.Received, s.Count)
	for _, n := range s.Option {
		v.numbers(at+".option", n)
	}
}

func (v *valid) bytes(at string, b *BytesIs) {
	if !b.N.Set() && b.Bytes == "" {
		v.wrong(at, "say how many bytes (n) or which (bytes)")
	}
	if b.Socket != "" {
		v.known(at+".socket", b.Socket)
	}
	v.numbers(at, b.N)
}

func (v *valid) numbers(at string, all ...Number) {
	for _, n := range all {
		for _, t := range n.terms() {
			switch t.kind {
			case "":
			case "$", "len":
				if _, ok := v.l.Vars[t.name]; !ok {
					v.wrong(at, "the lesson has no variable %s", t.name)
				}
			default:
				v.known(at, t.name)
			}
		}
	}
}

func (v *valid) pattern(at, re string) {
	if _, err := regexp.Compile(re); err != nil {
		v.wrong(at, "%v", err)
	}
}
