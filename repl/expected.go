package repl

import (
	"cmp"
	"errors"
	"slices"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// notJudged lets the failure of a line stand that "!" wanted to fail and that was never run: a slip of the pen proves nothing.
func notJudged(act *sockets.Act, line Line) {
	var e *sockets.Error
	if !errors.As(act.Err, &e) {
		return
	}
	if fixed := line.meantFailure(e); fixed != "" {
		e.Hint(names.T(fixed, fixed))
	}
	if e.Why.IsZero() {
		e.Because(names.T("! wants a line that runs and fails; this one was not understood. Where just that is meant, write !usage",
			"! 要的是一行能运行却失败的命令；这一行没有被理解。如果就是要这样，请写 !usage"))
	}
}

// meantFailure is the line with the failure that its first word seems to mean, where that is no command: !econnrefused. "" for none.
func (l Line) meantFailure(e *sockets.Error) string {
	word := strings.TrimLeft(l.Command.Raw, "!")
	if e.Col != l.Command.Col || len(l.Words) == 0 || l.Command.Quoted {
		return ""
	}
	known, ok := names.LookupErrno(word)
	want := known.Name
	if near, found := names.Nearest(word, allFailures()); !ok && found && e.Fix.En == listsThemAll {
		want, ok = near, true
	}
	if !ok {
		return ""
	}
	return "!" + want + l.Text[l.Command.Col+len(l.Command.Raw):]
}

// allFailures are the errnos, and the kinds of failure that have none.
func allFailures() []string {
	all := slices.Clone(failures)
	for _, x := range names.Errnos() {
		all = append(all, x.Name)
	}
	return all
}

// sameErrno reports whether two names stand for one errno: EAGAIN is EWOULDBLOCK, too.
func sameErrno(a, b string) bool {
	x, known := names.LookupErrno(a)
	y, too := names.LookupErrno(b)
	return a == b || known && too && x.Name == y.Name
}

// judge turns a failure that "!" asked for into an act that held, and a success into a failure.
func judge(act *sockets.Act, line Line) {
	if !line.MustFail {
		return
	}
	at := func(m names.Text) *sockets.Error {
		e := &sockets.Error{Kind: "expected", Message: m, Col: strings.IndexByte(act.Line, '!'), Width: 1 + len(line.Errno), Err: act.Err}
		if i := strings.Index(act.Line, line.Errno); i > e.Col {
			e.Width = i + len(line.Errno) - e.Col
		}
		all := allFailures()
		if near, ok := names.Nearest(line.Errno, all); ok && !slices.Contains(all, line.Errno) && !sameErrno(line.Errno, near) {
			fixed := "!" + near + act.Line[e.Col+e.Width:]
			e.Hint(names.T(fixed, fixed))
		}
		return e
	}
	if act.Err == nil {
		want := cmp.Or(line.Errno, "an error")
		act.Err = at(names.T("this line had to fail with "+want+", but it succeeded", "这一行应当失败（"+cmp.Or(line.Errno, "任何错误")+"），却成功了"))
		return
	}
	var e *sockets.Error
	errors.As(act.Err, &e)
	if line.Errno == "" || sameErrno(e.Errno, line.Errno) || e.Kind == line.Errno {
		act.Expected = true
		return
	}
	got := cmp.Or(e.Errno, e.Kind, "another error")
	act.Err = at(names.T("this line had to fail with "+line.Errno+", but it failed with "+got+": "+e.Message.En,
		"这一行应当以 "+line.Errno+" 失败，实际是 "+got+"："+e.Message.Zh))
}
