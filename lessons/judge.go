package lessons

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// How a step is judged:
//
//	World (the kernel, now) ──┐
//	Record (acts, packets)  ──┼─▶ each expectation ─▶ all of them, with every choice of sockets ─▶ Verdict
//	bound sockets, vars     ──┘

// An Outcome is one of three.
type Outcome int

// The outcomes of a judgement.
const (
	NotYet Outcome = iota
	Held
	Untold // it cannot be told here
)

// String is the outcome as JSON has it.
func (o Outcome) String() string { return [...]string{"not-yet", "held", "cannot-tell"}[o] }

// A Verdict says whether a step has come true, and if not, what was seen instead, or why it cannot be told.
type Verdict struct {
	Outcome Outcome
	Seen    names.Text

	depth int // how many expectations held before the one that did not
	near  int // how much of that one held
}

// bindings are the names that a lesson gave to sockets, each with a socket's ID.
type bindings map[string]string

func (b bindings) with(name, id string) bindings {
	c := bindings{name: id}
	for k, v := range b {
		if k != name {
			c[k] = v
		}
	}
	return c
}

// other reports whether a socket has a name, and another one than this.
func (b bindings) other(name, id string) bool {
	for n, i := range b {
		if i == id && n != name {
			return true
		}
	}
	return false
}

// A judge answers one question at one moment.
type judge struct {
	world  World
	record *Record
	vars   map[string]string
	role   string // whose acts are meant where nothing else is said
	own    string // the learner's; "" where one learner has all of them
	since  int    // of the record
	known  map[string][]Socket
	gone   map[string]Socket // sockets that the world no longer tells of, as last seen
	depth  int
	most   int      // the greatest depth so far
	found  bindings // and what had a name there
}

// then is what is still to be shown, once an expectation holds with these bindings.
type then func(bindings) Verdict

// best are the names that have been given: those that were found last, or before.
func (j *judge) best(b bindings) bindings {
	if j.most > 0 {
		return j.found
	}
	return b
}

// all shows expectations one after the other; each way in which one holds is tried.
func (j *judge) all(es []*Expect, b bindings, next then) Verdict {
	if len(es) == 0 {
		return next(b)
	}
	return j.one(es[0], b, func(b bindings) Verdict {
		j.depth++
		defer func() { j.depth-- }()
		if j.depth > j.most {
			j.most, j.found = j.depth, b
		}
		return j.all(es[1:], b, next)
	})
}

func (j *judge) one(e *Expect, b bindings, next then) Verdict {
	switch {
	case e.All != nil:
		return j.all(e.All, b, next)
	case e.Any != nil:
		return j.any(e.Any, b, next)
	case e.Not != nil:
		return j.not(e.Not, b, next)
	case e.Socket != nil:
		return j.socket(e.Socket, e.As, b, next)
	}
	v := j.leaf(e, b)
	v.depth = j.depth
	return j.goOn(v, b, next)
}

// goOn shows the rest where this held. Where it could not be told, something else that is missing is better news.
func (j *judge) goOn(v Verdict, b bindings, next then) Verdict {
	switch v.Outcome {
	case Held:
		return next(b)
	case Untold:
		if rest := next(b); rest.Outcome == NotYet {
			return rest
		}
	}
	return v
}

func (j *judge) any(es []*Expect, b bindings, next then) Verdict {
	var best Verdict
	untold := false
	for i, e := range es {
		v := j.one(e, b, next)
		if v.Outcome == Held {
			return v
		}
		if v.Outcome == Untold && !untold {
			best, untold = v, true
		}
		if !untold && (i == 0 || better(v, best)) {
			best = v
		}
	}
	return best
}

func better(a, b Verdict) bool {
	return a.depth > b.depth || a.depth == b.depth && a.near > b.near
}

func (j *judge) not(e *Expect, b bindings, next then) Verdict {
	most, found := j.most, j.found
	v := j.one(e, b, func(bindings) Verdict { return Verdict{Outcome: Held} })
	j.most, j.found = most, found
	switch v.Outcome {
	case Held:
		return Verdict{depth: j.depth, Seen: j.unwanted(e, b)}
	case Untold:
		return j.goOn(v, b, next)
	}
	return next(b)
}

// unwanted says what is there that should not be.
func (j *judge) unwanted(e *Expect, b bindings) names.Text {
	switch {
	case e.Error != nil:
		return names.T("a line failed that should not have: "+strings.TrimSpace(e.Error.Op+" "+e.Error.Errno+" "+e.Error.Kind),
			"有一行不该失败却失败了："+strings.TrimSpace(e.Error.Op+" "+e.Error.Errno+" "+e.Error.Kind))
	case e.Call != nil:
		return names.T(e.Call.Op+" was called, which this step does without", "调用了 "+e.Call.Op+"，这一步用不着它")
	case e.Socket != nil:
		return names.T("there still is "+describe(e.Socket, j.vars).En, "仍然有"+describe(e.Socket, j.vars).Zh)
	case e.File != nil:
		path := fill(e.File.Path, j.vars)
		return names.T("the file "+path+" is there", "文件 "+path+" 还在")
	}
	return names.T("something is so that this step does without", "出现了这一步不该有的情况").Plus(j.which(e))
}

// which says what of an expectation about bytes or values it is that should not be.
func (j *judge) which(e *Expect) names.Text {
	var is *BytesIs
	verb := names.T("sent", "发送")
	switch {
	case e.Sent != nil:
		is = e.Sent
	case e.Received != nil:
		is, verb = e.Received, names.T("received", "接收")
	}
	if is == nil || is.Bytes == "" {
		return names.Text{}
	}
	w := sockets.PyBytes([]byte(fill(is.Bytes, j.vars)))
	return names.T("("+w+" was "+verb.En+")", "（"+verb.Zh+"了 "+w+"）")
}

// leaf judges an expectation that has no ways to choose from.
func (j *judge) leaf(e *Expect, b bindings) Verdict {
	switch {
	case e.NoSocket != nil:
		return j.noSocket(e.NoSocket, b)
	case e.Call != nil:
		return j.call(e.Call, b)
	case e.Received != nil:
		return j.bytes(e.Received, b, false)
	case e.Sent != nil:
		return j.bytes(e.Sent, b, true)
	case e.Packet != nil:
		return j.packet(e.Packet)
	case e.Note != "":
		return j.note(e.Note)
	case e.Value != nil:
		return j.value(e.Value, b)
	case e.Error != nil:
		return j.failure(e.Error)
	case e.File != nil:
		return j.file(e.File)
	}
	return untold(errors.New("an empty expectation"))
}

func held() Verdict { return Verdict{Outcome: Held} }

func notYet(seen names.Text) Verdict { return Verdict{Seen: seen} }

// untold is the verdict where the judge itself could not look.
func untold(err error) Verdict {
	why := names.T(err.Error(), err.Error())
	var told *sockets.Error
	if errors.As(err, &told) {
		why = told.Message
		if !told.Fix.IsZero() {
			why = names.T(why.En+" ("+told.Fix.En+")", why.Zh+"（"+told.Fix.Zh+"）")
		}
	}
	return Verdict{Outcome: Untold, Seen: why}
}

// whose is the world's word for a role: "" for the learner's own.
func (j *judge) whose(role string) string {
	if role == "" {
		role = j.role
	}
	if role == j.own || j.own == "" {
		return ""
	}
	return role
}

// sockets are a role's, asked of the world once a judgement.
func (j *judge) sockets(role string) ([]Socket, error) {
	role = j.whose(role)
	if all, ok := j.known[role]; ok {
		return all, nil
	}
	all, err := j.world.Sockets(role)
	if err != nil {
		return nil, err
	}
	if j.known == nil {
		j.known = map[string][]Socket{}
	}
	j.known[role] = all
	return all, nil
}

// find finds a socket by its ID, whoever's it is.
func (j *judge) find(id string) (Socket, bool) {
	for _, all := range j.known {
		if i := slices.IndexFunc(all, func(s Socket) bool { return s.ID == id }); i >= 0 {
			return all[i], true
		}
	}
	s, ok := j.gone[id]
	s.Closed = true
	return s, ok
}

// named is the socket that the lesson calls so.
func (j *judge) named(name string, b bindings) (Socket, error) {
	id, ok := b[name]
	if !ok {
		return Socket{}, fmt.Errorf("the lesson speaks of a socket %s that no expectation has named", name)
	}
	if _, err := j.sockets(roleOf(id)); err != nil {
		return Socket{}, err
	}
	s, ok := j.find(id)
	if !ok {
		return Socket{}, fmt.Errorf("the socket that the lesson calls %s is no longer known", name)
	}
	return s, nil
}

// amount is the value of a sum.
func (j *judge) amount(sum []term, b bindings) (n int64, err error) {
	for _, t := range sum {
		v := t.value
		switch t.kind {
		case "":
		case "$":
			if v, err = strconv.ParseInt(j.vars[t.name], 10, 64); err != nil {
				return 0, fmt.Errorf("the variable %s is no number", t.name)
			}
		case "len":
			v = int64(len(j.vars[t.name]))
		default:
			s, err := j.named(t.name, b)
			if err != nil {
				return 0, err
			}
			v = map[string]int64{"sent": int64(s.Sent), "received": int64(s.Received), "recvq": int64(s.RecvQ), "sendq": int64(s.SendQ), "fileno": s.FD}[t.kind]
		}
		n += t.sign * v
	}
	return n, nil
}

// fits reports whether a number is what it must be, and writes what it must be; in Chinese with the blank that parts it from the
// words before it.
func (j *judge) fits(want Number, got int64, b bindings) (ok bool, must names.Text, err error) {
	if !want.Set() {
		return true, must, nil
	}
	s, err := parseNumber(string(want))
	if err != nil {
		return false, must, err
	}
	low, err := j.amount(s.low, b)
	if err != nil {
		return false, must, err
	}
	high, err := j.amount(s.high, b)
	if err != nil {
		return false, must, err
	}
	l, h := strconv.FormatInt(low, 10), strconv.FormatInt(high, 10)
	switch {
	case s.high == nil:
		return got >= low, names.T("at least "+l, "至少 "+l), nil
	case s.low == nil:
		return got <= high, names.T("at most "+h, "至多 "+h), nil
	case low == high:
		return got == low, names.T(l, " "+l), nil
	}
	return got >= low && got <= high, names.T(l+" to "+h, " "+l+" 到 "+h), nil
}
