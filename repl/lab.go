package repl

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A Lab is a network of the student's own: hosts, and a cable between them.
type Lab interface {
	// At runs f on the goroutine that calls, whose thread is at that host meanwhile: sockets that f makes belong there.
	At(host string, f func() error) error
	Cable() Cable
	// Host is the name of the host that has an address, "" for none.
	Host(netip.Addr) string
}

// A Cable joins the hosts of a lab, and has faults on demand.
type Cable interface {
	Turn(Knob) error
	// State is what the cable is set to, and what it has carried.
	State() (settings []Setting, counts []sockets.Field, err error)
	// Frames are the names that Knob.Frames may be.
	Frames() []string
}

// A Setting is one thing that a cable is set to, as a card shows it; and each way by itself, where it may be different.
type Setting struct {
	sockets.Field
	There, Back string // from left to right, and from right to left
}

// A Knob is one thing that a cable is told.
type Knob struct {
	What   string // delay, loss, duplicate, reorder, drop, rate, mtu, path-mtu, cut, mend, reset
	From   string // the host whose frames are meant; "" for both
	Delay  time.Duration
	Jitter time.Duration
	Chance float64 // 0 to 1
	Number int64   // frames to drop, bits a second, bytes of an MTU
	Frames string  // which ones to drop
}

// Lab is the network that the session is in, or an error that says how to get one.
func (e *Env) Lab() (Lab, error) {
	if l := e.Session.lab; l != nil {
		return l, nil
	}
	return nil, noLab(e.Command.Name)
}

// noLab says how to get a lab.
func noLab(op string) error {
	return &sockets.Error{Op: op, Kind: "no-lab",
		Message: names.T("this shell is in no lab", "当前不在实验室里"),
		Why: names.T("two hosts and a cable between them exist only in a network of your own, which needs no rights",
			"两台主机和它们之间的网线只存在于你自己的网络里；进入它不需要任何权限"),
		Fix: toTheLab}
}

var toTheLab = names.T("leave, and run `$ sockstep lab`", "退出后运行 `$ sockstep lab`")

// At runs the words that are left as a line of their own, at a host: with this act, and the names left of "=".
func (e *Env) At(host Word) error {
	l, err := e.Lab()
	if err != nil {
		return err
	}
	inner, err := e.inner()
	if err != nil {
		return err
	}
	defer func() { // what it did is what this line did
		e.used, e.results, e.named, e.toward = inner.used, inner.results, inner.named, inner.toward
		e.timed, e.timeout, e.stops = inner.timed, inner.timeout, inner.stops
		if inner.end != nil {
			e.end = inner.end
		}
	}()
	inner.host = host.Text
	began := false
	err = l.At(host.Text, func() error { began = true; return inner.Command.Run(inner) })
	var bad *sockets.Error
	if !began && errors.As(err, &bad) && bad.Kind == "usage" { // there is no such host
		return bad.At(host.Col, len(host.Raw))
	}
	return err
}

// Host is the host of the lab that the line is for, "" where it names none.
func (e *Env) Host() string { return e.host }

// there names the host at which the lines of a fix are to be typed, where the address that was spoken to is the other host's.
func (e *Env) there(fix names.Text) names.Text {
	l := e.Session.lab
	if l == nil || !e.toward.IP.IsValid() {
		return fix
	}
	host := l.Host(e.toward.IP)
	if host == "" || host == "left" { // where the student sits
		return fix
	}
	put := strings.NewReplacer("= listen ", "= at "+host+" listen ")
	return names.T(put.Replace(fix.En), put.Replace(fix.Zh))
}

func (e *Env) inner() (*Env, error) {
	line := e.line
	line.Command, line.Words = e.words[0], e.words[1:]
	command, line, bad := e.Session.table.verb(line, e.Session.names)
	if bad != nil {
		return nil, e.outside(bad)
	}
	inner := &Env{Session: e.Session}
	if bad := inner.begin(e.Ctx, e.Act, command, line); bad != nil {
		return nil, bad
	}
	inner.began, inner.cancel, inner.park = e.began, e.cancel, e.park
	return inner, nil
}

// outside says of what stands behind the host, though it belongs before at, where it would be right: "at right c = …".
func (e *Env) outside(bad *sockets.Error) *sockets.Error {
	first := e.words[0]
	host := strings.TrimSpace(e.line.Text[e.line.Command.Col:first.Col])
	typed := e.Typed()[first.Col:]
	before, behind := "", ""
	if mark, rest, spaced := strings.Cut(typed, " "); strings.HasPrefix(typed, "!") {
		before, behind = mark, rest
		if word := mark[1:]; word != "" && (word != strings.ToUpper(word) || !spaced) { // no errno: it is the command
			before, behind = "!", typed[1:]
		}
	} else if name, rest, ok := strings.Cut(typed, "="); ok && !strings.ContainsAny(strings.TrimSpace(name), " '\"") {
		before, behind = strings.TrimSpace(name)+" =", rest
	} else {
		return bad
	}
	right := before + " " + host + " " + strings.TrimSpace(behind)
	return bad.Hint(names.T(right, right))
}

// innermost is the command that a line comes to: listen in "at right listen tcp right:7000".
func (s *Session) innermost(c *Command, line Line) *Command {
	for c.Wraps && len(line.Words) > 1 {
		line.Command, line.Words = line.Words[1], line.Words[2:]
		within, rest, err := s.table.verb(line, s.names)
		if err != nil {
			return c
		}
		c, line = within, rest
	}
	return c
}
