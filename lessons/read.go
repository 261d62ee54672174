package lessons

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"sockstep/sockets/names"
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

func (v *valid) wrong(path string, t names.Text, args ...any) {
	if v.err == nil {
		v.err = v.l.source.mistake(path, both(t, args...))
	}
}

func (v *valid) lesson() {
	l := v.l
	switch {
	case l.ID == "":
		v.wrong("$", names.T("a lesson needs an id", "一课要有 id"))
	case !idForm.MatchString(l.ID):
		v.wrong("$.id", idRule, l.ID)
	case l.Minutes < 1 || l.Minutes > 60:
		v.wrong("$.minutes", names.T("minutes says how long the lesson takes: 1 to 60", "minutes 是这一课要用的分钟数：1 到 60"))
	case len(l.Steps) == 0:
		v.wrong("$", names.T("a lesson needs steps", "一课要有步骤（steps）"))
	}
	if base := l.source.file[strings.LastIndexByte(l.source.file, '/')+1:]; l.Number != "" && base != l.Number+"-"+l.ID+".yaml" {
		v.wrong("$.id", names.T("the file of the lesson %s is called NN-%s.yaml", "%s 这一课的文件名应为 NN-%s.yaml"), l.ID, l.ID)
	}
	v.roles()
	for i, n := range l.Needs {
		if !slices.Contains(needsKnown, n.What) {
			v.wrong(fmt.Sprintf("$.needs[%d].what", i), names.T("what can be needed is %s", "能写在 needs 里的有 %s"), strings.Join(needsKnown, ", "))
		}
	}
	for name, kind := range l.Vars {
		if !nameForm.MatchString(name) {
			v.wrong("$.vars."+name, names.T("%q is no name of a variable", "%q 不能作变量名"), name)
		}
		if _, err := parseVar(kind); err != nil {
			v.wrong("$.vars."+name, names.T("%v", "%v"), err)
		}
	}
	seen := map[string]bool{}
	for i, s := range l.Steps {
		at := fmt.Sprintf("$.steps[%d]", i)
		if s == nil {
			v.wrong(at, names.T("an empty step", "空的步骤"))
			return
		}
		switch {
		case !idForm.MatchString(s.ID):
			v.wrong(at+".id", names.T("a step needs an id of small letters and digits, with - between", "每一步都要有 id：小写字母和数字，中间可用 -"))
		case seen[s.ID]:
			v.wrong(at+".id", names.T("two steps are called %s", "有两步都叫 %s"), s.ID)
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
		v.wrong("$.id", names.T("no lesson can be called %s: the command lesson knows that word already", "课不能叫 %s：lesson 命令已经用了这个词"), l.ID)
	case len(l.Roles) == 0:
	case len(l.Roles) != 2:
		v.wrong("$.roles", names.T("a lesson has no roles, or two: one for each terminal", "一课要么没有角色，要么有两个：每个终端一个"))
	case l.Roles[0] == l.Roles[1]:
		v.wrong("$.roles", names.T("the two roles have one name", "两个角色同名"))
	}
	for name := range l.Called {
		if !slices.Contains(l.Roles, name) {
			v.wrong("$.called."+name, names.T("the lesson has no role %q", "这一课没有角色 %q"), name)
		}
	}
	for i, r := range l.Roles {
		if !idForm.MatchString(r) {
			v.wrong(fmt.Sprintf("$.roles[%d]", i), names.T("a role is a word of small letters and digits, with - between: %q", "角色名由小写字母和数字组成，中间可用 -：%q"), r)
		}
	}
}

func (v *valid) step(at string, s *Step) {
	switch {
	case s.Role != "" && !slices.Contains(v.l.Roles, s.Role):
		v.wrong(at+".role", names.T("the lesson has no role %q", "这一课没有角色 %q"), s.Role)
	case s.Needs != "" && !slices.Contains(needsKnown, s.Needs):
		v.wrong(at+".needs", names.T("what can be needed is %s", "能写在 needs 里的有 %s"), strings.Join(needsKnown, ", "))
	case s.Role == "" && len(v.l.Roles) > 1:
		v.wrong(at+".id", names.T("which role has this step? The lesson's are %s", "这一步属于哪个角色？这一课的角色有 %s"), strings.Join(v.l.Roles, ", "))
	case len(s.Solutions) == 0:
		v.wrong(at+".id", names.T("a step needs solutions", "每一步都要有做法（solutions）"))
	case len(s.Expect) == 0:
		v.wrong(at+".id", names.T("a step needs something to expect", "每一步都要写明预期（expect）"))
	case len(s.Hints) != 3:
		v.wrong(at+".hints", names.T("a step has three hints: a nudge, what to use, the full line", "每一步有三级提示：点一下、用什么、完整的行"))
	}
	for i, lines := range s.Solutions {
		if len(lines) == 0 {
			v.wrong(fmt.Sprintf("%s.solutions[%d]", at, i), names.T("an empty solution", "空的做法"))
		}
	}
	v.expects(at+".expect", s.Expect)
	for i, n := range s.Wrong {
		w := fmt.Sprintf("%s.wrong[%d]", at, i)
		switch {
		case n == nil || len(n.Do) == 0:
			v.wrong(w, names.T("a near-miss needs lines to do", "常见错误要写出是哪些行（do）"))
		case len(n.When) == 0:
			v.wrong(w, names.T("a near-miss needs a when, by which it is recognised", "常见错误要有 when，用来认出它"))
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
		v.wrong(at+".choices", names.T("a question has two to six choices", "一个问题有二到六个选项"))
	}
	for i, c := range p.Choices {
		if c.Is == "" {
			v.wrong(fmt.Sprintf("%s.choices[%d]", at, i), names.T("a choice needs an is: what is measured where it is right", "选项要有 is：它正确时测得的值"))
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
		v.wrong(at+".key", names.T("a key is one of socket (with field), calls, errno, value, packets", "key 只能是其中一个：socket（加 field）、calls、errno、value、packets"))
	case k.Socket != "" && !slices.Contains(keyFields, k.Field) && !strings.Contains(k.Field, "_"):
		v.wrong(at+".key.field", names.T("a field is an option such as SO_RCVBUF or one of %s", "field 可以是 SO_RCVBUF 这样的选项，或者 %s 之一"), strings.Join(keyFields, ", "))
	case k.Socket != "":
		v.known(at+".key.socket", k.Socket)
	case k.Value != "" && k.Value != "int" && k.Value != "text" && k.Value != "length":
		v.wrong(at+".key.value", names.T("of a value its int, its text or its length in bytes is measured", "value 可以测 int、text 或 length（字节数）"))
	}
}

func (v *valid) known(at, name string) {
	if !v.bound[name] {
		v.wrong(at, names.T("no earlier expectation gives the name %s to a socket, by as", "前面没有哪条预期用 as 把套接字命名为 %s"), name)
	}
}

func (v *valid) expects(at string, all []*Expect) {
	for i, e := range all {
		here := fmt.Sprintf("%s[%d]", at, i)
		if e == nil {
			v.wrong(here, names.T("an empty expectation", "空的预期"))
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
		v.wrong(at, names.T("nothing is expected here", "这里什么也没有预期"))
		return
	case len(given) > 1:
		v.wrong(at+"."+given[1], names.T("%s and %s stand in one expectation: put each behind a dash of its own", "%s 和 %s 写在了同一条预期里：各用一个短横另起一条"), given[0], given[1])
		return
	case e.As != "" && e.Socket == nil:
		v.wrong(at+".as", names.T("as goes with socket", "as 要和 socket 一起用"))
		return
	case e.As != "" && !nameForm.MatchString(e.As):
		v.wrong(at+".as", names.T("%q is no name", "%q 不能作名字"), e.As)
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
			v.wrong(at+".call", names.T("a call has an op, as strace names it: recvfrom", "call 要有 op，名字与 strace 相同：recvfrom"))
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
			v.wrong(at+".packet.direction", names.T("a direction is sent or received", "direction 是 sent 或 received"))
		}
		v.numbers(at+".packet", p.Len, p.Times)
	case e.Value != nil:
		x := e.Value
		if x.Text == nil && !x.Int.Set() && x.Bytes == nil && x.Matches == "" {
			v.wrong(at+".value", names.T("a value has a text, an int, bytes, or matches a pattern", "value 要有 text、int、bytes 或 matches（模式）"))
		}
		v.pattern(at+".value.matches", x.Matches)
		v.numbers(at+".value", x.Int)
	case e.File != nil:
		if e.File.Path == "" {
			v.wrong(at+".file", names.T("a file has a path", "file 要有 path"))
		}
	case e.Any != nil:
		if len(e.Any) == 0 {
			v.wrong(at+".any", names.T("any of nothing never holds", "any 里什么都没有，永远不会成立"))
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
		v.wrong(at+".role", names.T("the lesson has no role %q", "这一课没有角色 %q"), s.Role)
	}
	v.numbers(at, s.Fileno, s.RecvQ, s.SendQ, s.Backlog, s.Sent, s.Received, s.Count)
	for _, n := range s.Option {
		v.numbers(at+".option", n)
	}
}

func (v *valid) bytes(at string, b *BytesIs) {
	if !b.N.Set() && b.Bytes == "" {
		v.wrong(at, names.T("say how many bytes (n) or which (bytes)", "写明多少字节（n），或哪些字节（bytes）"))
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
					v.wrong(at, names.T("the lesson has no variable %s", "这一课没有变量 %s"), t.name)
				}
			default:
				v.known(at, t.name)
			}
		}
	}
}

func (v *valid) pattern(at, re string) {
	if _, err := regexp.Compile(re); err != nil {
		v.wrong(at, names.T("%v", "%v"), err)
	}
}
