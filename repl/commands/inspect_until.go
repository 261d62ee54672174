package commands

import (
	"time"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var untilFlag = repl.Flag{Name: "until", Arg: "VALUE", Meaning: names.T("look again and again until the field is VALUE", "反复查看，直到该字段变成 VALUE")}

// lookAgain is how long inspect --until rests between two looks.
const lookAgain = 2 * time.Millisecond

// inspectUntil looks at a field until it is what the line waits for. Looks that the kernel answered alike are told as one.
func inspectUntil(e *repl.Env, k *sockets.Socket, f field) error {
	want, _ := e.FlagWord("until")
	if err := e.Deadline(); err != nil {
		return err
	}
	var last sockets.Call
	tell := func(c sockets.Call) {
		if last.Times > 0 {
			e.Act.Add(last)
		}
		last = c
		last.Times = 1
	}
	for {
		once := *e
		once.Act = sockets.NewAct(0, "")
		v, err := f.get(lookAt(&once, sys.For(e.Ctx, once.Act), k))
		for _, s := range once.Act.Steps {
			c, ok := s.(sockets.Call)
			switch {
			case !ok:
				e.Act.Add(s)
			case last.Times > 0 && c.Op == last.Op && c.Args == last.Args && c.Ret == last.Ret && c.Errno == last.Errno:
				last.Times++
				last.Took += c.Took
			default:
				tell(c)
			}
		}
		held := err == nil && equal(v, want.Text)
		if err == nil && !held {
			e.Block(func() {
				select {
				case <-time.After(lookAgain):
				case <-e.Ctx.Done():
				}
			})
		}
		over := e.Ctx.Err() != nil
		if held || over || err != nil {
			tell(sockets.Call{})
		}
		switch {
		case err != nil:
			return err
		case held:
			e.Result(v)
			return nil
		case over:
			return e.Sleep(lookAgain) // which says why
		}
	}
}
