package commands

import (
	"errors"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// The titles of the card that is shown without --all.
var (
	whatItIs   = names.T("socket", "套接字")
	howItFares = names.T("now", "此刻")
)

// A told field is one that a socket has, with what it is now.
type toldField struct {
	field
	value sockets.Value
	told  names.Text
	calm  bool
}

// everyField asks for all the fields that a socket has. What the kernel refuses to tell (a peer where there is none) is None;
// what this system has no way to tell is left out.
func everyField(e *repl.Env, k *sockets.Socket, of []field) ([]toldField, error) {
	sight := sightOf(k)
	if sight == onClosed && !stillThere(e, k) {
		_, err := e.Sys.Getsockname(k.FD)
		return nil, e.Fail("getsockname", k, err)
	}
	quiet := *e
	quiet.Act = sockets.NewAct(0, "") // a refusal here is no mistake of the student's: no note
	l := lookAt(&quiet, e.Sys.Scaffold(), k)
	l.asking, l.card = e, true
	var all []toldField
	blind := false
	for _, f := range of {
		if f.of&sight == 0 {
			continue
		}
		v, err := f.get(l)
		switch {
		case errors.Is(err, errors.ErrUnsupported) && sys.Errno(err) == "": // not the kernel's own EOPNOTSUPP
			blind = true
			continue
		case err != nil:
			v = none
		}
		t := toldField{field: f, value: v, calm: f.calm&sight != 0}
		if sight == onClosed && v.Type == sockets.NoValue && f.name != "timer" { // a TIME_WAIT has no queues
			t.calm = false
		}
		if f.told != nil && (err == nil && v.Type != sockets.NoValue || f.name == "timer") {
			t.told = f.told(l, v)
		}
		all = append(all, t)
	}
	if blind {
		e.NoteOnce("kernel-unseen")
	}
	return all, nil
}

// stillThere reports whether the kernel has the connection of a socket that was closed.
func stillThere(e *repl.Env, k *sockets.Socket) bool {
	if !e.Followed(k) {
		return false
	}
	_, err := e.Known(k)
	return err == nil
}

// inspectCard shows the fields that tell most, or all; a program is always given all.
func inspectCard(e *repl.Env, k *sockets.Socket) error {
	fields, err := everyField(e, k, fields())
	if err != nil {
		return err
	}
	var card []sockets.Field
	for _, f := range fields {
		c := sockets.Field{Name: f.name, Value: f.value, Told: f.told, Group: groups[f.group]}
		if !e.Flag("all") {
			c.Unshown = !f.calm
			c.Group = howItFares
			if f.group == theSocket {
				c.Group = whatItIs
			}
		}
		card = append(card, c)
	}
	e.Result(sockets.CardOf(card...))
	return nil
}

// explainFields says of each field what it is now, and what it means.
func explainFields(e *repl.Env, k *sockets.Socket, chosen []field) error {
	all := e.Flag("all") || len(chosen) > 0
	sight := sightOf(k)
	for i, f := range chosen {
		switch {
		case f.of == 0 && sight != onClosed: // options and tcp_info, which are on no card
			chosen[i].of = sight
		case f.of&sight == 0: // what was asked for is explained, also where this socket has none
			chosen[i].of, chosen[i].told = sight, nil
			chosen[i].get = func(*look) (sockets.Value, error) { return none, nil }
		}
	}
	if len(chosen) == 0 {
		chosen = fields()
	}
	known, err := everyField(e, k, chosen)
	if err != nil {
		return err
	}
	var rows []sockets.Value
	for _, f := range known {
		if !f.calm && !all {
			continue
		}
		rows = append(rows, sockets.CardOf(
			sockets.Field{Name: "field", Value: sockets.TextOf(f.name)},
			sockets.Field{Name: "value", Value: f.value, Told: f.told},
			sockets.Field{Name: "meaning", Value: sockets.TextOf(f.means.In(e.Lang())), Told: meant(f)},
		))
	}
	e.Result(sockets.ListOf(rows...))
	return nil
}

// meant is what a field means to a person: beside a value that is told with a unit of its own it names no other.
func meant(f toldField) names.Text {
	if f.told.IsZero() {
		return names.Text{}
	}
	return names.T(strings.TrimSuffix(f.means.En, inMicros.En), strings.TrimSuffix(f.means.Zh, inMicros.Zh))
}
