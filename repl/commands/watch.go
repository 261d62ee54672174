package commands

import (
	"time"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var watch = &repl.Command{
	Name:    "watch",
	Group:   repl.Look,
	Usage:   []string{"[S…]"},
	Summary: names.T("watch queues, window, RTT and state over time", "持续观察队列、窗口、往返时间和状态"),
	Detail: names.T(
		"At the prompt the picture is drawn in place until a key is pressed; jobs and notices go on meanwhile. In a script it ends by --timeout or --samples, and the last picture is its value; in JSON every sample stands in its list, times in microseconds. "+
			"A plot has the newest at the right; below stands what came, with the time since the watch began.",
		"在提示符下，图在原处不断刷新，按任意键结束；作业和通知照常进行。在脚本里由 --timeout 或 --samples 结束，最后一张图就是它的值；JSON 的 list 里有每个样本，时间以微秒计。"+
			"曲线最右边是最新的；下方列出到来的数据和状态变化，以及距开始观察的时间。"),
	Flags: []repl.Flag{
		{Name: "every", Arg: "D", Meaning: names.T("look so often: 0.2, 50ms", "多久看一次：0.2、50ms")},
		{Name: "samples", Arg: "NUMBER", Meaning: names.T("end after so many looks", "看这么多次就结束")},
		{Name: "timeout", Arg: "D", Meaning: names.T("end after this time: 5, 500ms", "到这个时间就结束：5、500ms")},
	},
	Example: []string{"s = listen tcp 127.0.0.1:8888", "c = connect tcp 127.0.0.1:8888", "watch c s --samples 5"},
	Man:     "ss(8)",
	Waits:   names.T("its time to be over", "观察时间结束"),
	Run: func(e *repl.Env) error {
		w := &watching{Env: e, most: 1 << 20}
		for {
			k, err := e.Socket()
			if err != nil {
				return err
			}
			if k.FD < 0 && !e.Followed(k) {
				_, err := e.Sys.Getsockname(k.FD)
				return e.Fail("getsockname", k, err)
			}
			w.of = append(w.of, k)
			if !e.More() {
				break
			}
			if _, named := e.Named(e.Peek()); !named {
				break
			}
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		if err := w.flags(); err != nil {
			return err
		}
		w.run()
		return nil
	},
}

// The least and the usual time between two looks.
const (
	soonest = 10 * time.Millisecond
	usual   = 200 * time.Millisecond
)

// flags reads how often and how long; a script has to say the latter.
func (w *watching) flags() error {
	every, given, err := w.FlagDuration("every")
	if err != nil {
		return err
	}
	if w.every = usual; given {
		w.every = max(every, soonest)
	}
	samples, err := w.FlagInt("samples", 0, 1, 1<<20)
	if err != nil {
		return err
	}
	timeout, timed, err := w.FlagDuration("timeout")
	if err != nil {
		return err
	}
	w.samples = int(samples)
	if timed {
		w.timeout = max(timeout, 1)
	}
	w.live = w.Live()
	if w.live == nil && !timed && samples == 0 {
		line := w.Wanted() + " --samples 5"
		return sockets.Usage(names.T("here watch has no screen and no key to end it", "这里没有屏幕可画，也没有按键能结束它")).
			At(0, len(w.Typed())).Hint(names.T(line, line))
	}
	return nil
}
