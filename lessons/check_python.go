package lessons

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// An Interpreter runs Python, and tells what its sockets did.
type Interpreter interface {
	// Run runs some lines, in the same program as those before.
	Run(lines string) (Ran, error)
	Close() error
}

// Ran is what some lines of Python did.
type Ran struct {
	Received []byte   // by all recv, in order
	Errnos   []string // of the calls that failed, in order; "timed-out" for a timeout
	Failed   string   // what went wrong that is no error of a socket; "" for nothing
}

// heard is what the lines of sockstep did in the same step.
type heard struct {
	received []byte
	errnos   []string
}

func hear(r *Record) (h heard) {
	j := &judge{record: r}
	_, h.received, _ = j.traffic(nil, false)
	for _, a := range r.since(0) {
		var e *sockets.Error
		if errors.As(a.Err, &e) && e.Kind == "timed-out" {
			h.errnos = append(h.errnos, "timed-out")
			continue
		}
		for _, st := range a.Steps {
			if c, ok := st.(sockets.Call); ok && !c.Scaffold && c.Errno != "" {
				h.errnos = append(h.errnos, c.Errno)
			}
		}
	}
	return h
}

// python runs the lesson's lines of Python as one program, with the same words and numbers, and holds them to the same bytes
// and errnos as sockstep's. Where the lesson has roles, it has one of them, and sockstep the other, which has to see the same, too.
func (c *checking) python(want []heard, vars map[string]string) error {
	roles := c.l.Roles
	if len(roles) == 0 {
		roles = []string{""}
	}
	for _, role := range roles {
		if err := c.pythonAs(role, want, vars); err != nil {
			return err
		}
	}
	return nil
}

func (c *checking) pythonAs(role string, want []heard, vars map[string]string) error {
	py, err := c.Stage.Python()
	if err != nil {
		c.untold("python", Said(err))
		return nil
	}
	defer py.Close()
	t, err := c.open(false) // for ports and paths that are free, and for the partner
	if err != nil {
		return err
	}
	defer t.close()
	for name, kind := range c.l.Vars {
		if strings.HasPrefix(kind, "random-") {
			t.ends[0].run.Vars[name] = vars[name]
		}
	}
	for i, s := range c.l.Steps {
		at := fmt.Sprintf("$.steps[%d].python", i)
		switch {
		case t.lacks(s):
		case s.Role != role:
			if !t.lines(s, at, s.Solutions[0], nil) {
				return nil
			}
			c.sameAs(want[i], hear(t.at(s).run.Record), at, s, names.T("the partner of Python", "Python 的对端"))
		case s.Python == "":
			c.problem("python", at, s, names.T("the lesson runs Python, and this step has no line of it", "这一课会运行 Python，而这一步没有写"))
			return nil
		default:
			got, err := py.Run(fill(s.Python, t.ends[0].run.Vars))
			if err != nil {
				return err
			}
			c.report.Python++
			if got.Failed != "" {
				c.problem("python", at, s, names.T("%s", "%s"), got.Failed)
				return nil
			}
			c.sameAs(want[i], heard{got.Received, got.Errnos}, at, s, names.T("Python", "Python"))
		}
		t.pass(s, Passing)
	}
	return nil
}

// sameAs holds what was heard in a step to what sockstep heard in it.
func (c *checking) sameAs(want, got heard, at string, s *Step, who names.Text) {
	if !bytes.Equal(got.received, want.received) {
		c.problem("python", at, s, names.T("%s received %s, sockstep %s", "%s 收到 %s，sockstep 收到 %s"), who, brief(got.received), brief(want.received))
	}
	if !slices.Equal(got.errnos, want.errnos) {
		c.problem("python", at, s, names.T("%s's errors are %v, sockstep's %v", "%s 的错误是 %v，sockstep 的是 %v"), who, got.errnos, want.errnos)
	}
}

func brief(b []byte) names.Text {
	s := strings.TrimSpace(sockets.PyBytes(b[:min(len(b), 32)]))
	if len(b) <= 32 {
		return names.T(s, s)
	}
	return both(names.T("%s… (%d bytes)", "%s…（%d 字节）"), s, len(b))
}
