package lessons

import (
	"errors"
	"slices"
	"strconv"
	"strings"

	"sockstep/sockets"
)

// keyFields are what can be measured of a socket, beside its options.
var keyFields = []string{"state", "local", "peer", "recvq", "sendq", "backlog", "sent", "received", "fileno"}

var errUnmeasured = errors.New("nothing was measured")

// measure finds out what a prediction was about.
func (j *judge) measure(k Key, b bindings) (string, error) {
	switch {
	case k.Socket != "":
		s, err := j.named(k.Socket, b)
		if err != nil {
			return "", err
		}
		return j.field(s, k.Field)
	case k.Packets != nil:
		n, _ := j.packets(k.Packets)
		if n == 0 {
			if err := j.world.Packets(j.whose("")); err != nil {
				return "", err
			}
		}
		return strconv.Itoa(n), nil
	case k.Calls != "":
		n := 0
		for _, c := range j.calls() {
			if isOp(c.Call, k.Calls) {
				n += max(c.Times, 1)
			}
		}
		return strconv.Itoa(n), nil
	case k.Errno != "":
		for _, c := range slices.Backward(j.calls()) {
			if isOp(c.Call, k.Errno) {
				if c.Errno == "" {
					return "none", nil
				}
				return c.Errno, nil
			}
		}
		return "", errUnmeasured
	}
	for _, a := range slices.Backward(j.record.since(j.since)) {
		switch v := a.Value; {
		case v.Type == sockets.NoValue || IsEvent(v):
		case k.Value != "length":
			return v.Text, nil
		case v.Type == sockets.BytesValue:
			return strconv.Itoa(len(v.Bytes)), nil
		}
	}
	return "", errUnmeasured
}

func (j *judge) field(s Socket, field string) (string, error) {
	switch field {
	case "state":
		return s.State, nil
	case "local":
		return s.Local, nil
	case "peer":
		return s.Peer, nil
	case "recvq":
		return strconv.Itoa(s.RecvQ), nil
	case "sendq":
		return strconv.Itoa(s.SendQ), nil
	case "backlog":
		return strconv.Itoa(s.Backlog), nil
	case "sent":
		return strconv.FormatUint(s.Sent, 10), nil
	case "fileno":
		return strconv.FormatInt(s.FD, 10), nil
	case "received":
		return strconv.FormatUint(s.Received, 10), nil
	}
	v, err := j.world.Option(s, field)
	return v.Text, err
}

// right is the choice that says what was measured, -1 for none.
func (j *judge) right(p *Predict, measured string, b bindings) int {
	return slices.IndexFunc(p.Choices, func(c Choice) bool {
		if fill(c.Is, j.vars) == measured {
			return true
		}
		n, err := strconv.ParseInt(measured, 10, 64)
		if err != nil {
			return false
		}
		if _, err := parseNumber(c.Is); err != nil {
			return false
		}
		ok, _, err := j.fits(Number(c.Is), n, b)
		return err == nil && ok
	})
}

// choose is the choice that an answer means: its letter, or the word itself; -1 for none.
func choose(answer string, written []string) int {
	answer = strings.TrimSpace(answer)
	for i, w := range written {
		if strings.EqualFold(w, answer) {
			return i
		}
	}
	if len(answer) == 1 {
		if i := int(answer[0]|0x20) - 'a'; i >= 0 && i < len(written) {
			return i
		}
	}
	return -1
}
