package repl

import (
	"cmp"
	"errors"
	"strings"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// notJudged lets the failure of a line stand that "!" wanted to fail and that was never run: a slip of the pen proves nothing.
func notJudged(act *sockets.Act) {
	var e *sockets.Error
	if errors.As(act.Err, &e) && e.Why.IsZero() {
		e.Because(names.T("! wants a line that runs and fails; this one was not understood. Where just that is meant, write !usage",
			"! 要的是一行能运行却失败的命令；这一行没有被理解。如果就是要这样，请写 !usage"))
	}
}

// judge turns a failure that "!" asked for into an act that held, and a success into a failure.
func judge(act *sockets.Act, line Line) {
	if !line.MustFail {
		return
	}
	at := func(m names.Text) *sockets.Error {
		return &sockets.Error{Kind: "expected", Message: m, Col: strings.IndexByte(act.Line, '!'), Width: 1 + len(line.Errno), Err: act.Err}
	}
	if act.Err == nil {
		want := cmp.Or(line.Errno, "an error")
		act.Err = at(names.T("this line had to fail with "+want+", but it succeeded", "这一行应当失败（"+cmp.Or(line.Errno, "任何错误")+"），却成功了"))
		return
	}
	var e *sockets.Error
	errors.As(act.Err, &e)
	if line.Errno == "" || e.Errno == line.Errno || e.Kind == line.Errno {
		act.Expected = true
		return
	}
	got := cmp.Or(e.Errno, e.Kind, "another error")
	act.Err = at(names.T("this line had to fail with "+line.Errno+", but it failed with "+got+": "+e.Message.En,
		"这一行应当以 "+line.Errno+" 失败，实际是 "+got+"："+e.Message.Zh))
}
