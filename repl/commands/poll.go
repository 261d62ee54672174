package commands

import (
	"strconv"
	"strings"
	"time"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var poll = &repl.Command{
	Name:    "poll",
	Group:   repl.Look,
	Usage:   []string{"[S…]"},
	Summary: names.T("wait until a socket is ready", "等到某个套接字就绪"),
	Detail: names.T(
		"One process can watch many sockets so: poll(2) blocks until one of them can be read (or written, with --write) without blocking. Without a name the current socket is watched.",
		"一个进程可以这样照看许多套接字：poll(2) 阻塞，直到其中某个可以不阻塞地读（加 --write 则为写）。不写名字时看当前套接字。"),
	Flags: []repl.Flag{
		{Name: "read", Meaning: names.T("until one can be read (the default)", "等到可读（默认）")},
		{Name: "write", Meaning: names.T("until one can be written", "等到可写")},
		timeoutFlag,
	},
	Example: []string{"a, b = socketpair", "send a hello", "poll a b --timeout 1"},
	Python:  "p = select.poll(); p.register(b, select.POLLIN); p.poll(1000)",
	Man:     "poll(2)",
	Waits:   names.T("a socket to be ready", "套接字就绪"),
	Run: func(e *repl.Env) error {
		var ks []*sockets.Socket
		for {
			w := e.Peek()
			k, err := e.Socket()
			if err != nil {
				return err
			}
			if k.FD < 0 {
				return pollsNothing(w, k)
			}
			ks = append(ks, k)
			if !e.More() {
				break
			}
			if _, named := e.Named(e.Peek()); !named {
				return e.Gives(1)
			}
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		timeout, given, err := e.FlagDuration("timeout")
		if err != nil {
			return err
		}
		if !given {
			timeout = -1
		}
		entries := make([]sys.PollEntry, len(ks))
		poller := "p"
		if _, taken := e.Named(repl.Word{Text: poller}); taken {
			poller = "poller"
		}
		python := poller + " = select.poll()"
		for i, k := range ks {
			read := e.Flag("read") || !e.Flag("write")
			entries[i] = sys.PollEntry{FD: k.FD, Read: read, Write: e.Flag("write")}
			python += "; " + poller + ".register(" + k.Name + ", " + strings.Join(events("select.", read, e.Flag("write")), "|") + ")"
		}
		ms := "None"
		if given {
			ms = strconv.FormatInt(timeout.Milliseconds(), 10)
		}
		e.Python(python, "; ", e.Assign(), poller, ".poll(", ms, ")")
		var n int
		e.Block(func() { n, err = e.Sys.Poll(entries, timeout) })
		if err != nil {
			return e.Fail("poll", nil, err)
		}
		if n == 0 {
			e.Act.Note("nothing-ready", "t", strconv.FormatFloat(timeout.Round(time.Millisecond).Seconds(), 'g', -1, 64))
		}
		var found []sockets.Value
		for i, entry := range entries {
			if entry.Got.Any() {
				found = append(found, sockets.TupleOf(sockets.TextOf(ks[i].Name), sockets.TextOf(strings.Join(got(entry.Got), "|"))))
			}
		}
		e.Result(sockets.ListOf(found...))
		return nil
	},
}

// pollsNothing is the error of a socket that was closed: poll(2) passes over a descriptor of -1 in silence, and waits for ever.
// Python refuses to register it.
func pollsNothing(w repl.Word, k *sockets.Socket) error {
	return w.Err(names.T(k.Name+" is closed: nothing will ever happen to it", k.Name+" 已经关闭，再也不会有动静")).
		Because(names.T("its descriptor is -1 now, and poll(2) passes over negative ones", "它的描述符现在是 -1，而 poll(2) 会跳过负数")).
		Hint(names.T("sockets", "sockets"))
}

func events(module string, read, write bool) (es []string) {
	if read {
		es = append(es, module+"POLLIN")
	}
	if write {
		es = append(es, module+"POLLOUT")
	}
	return es
}

func got(r sys.Ready) []string {
	es := events("", r.Read, r.Write)
	for _, x := range []struct {
		on   bool
		name string
	}{{r.Urgent, "POLLPRI"}, {r.Hup, "POLLHUP"}, {r.Err, "POLLERR"}, {r.Invalid, "POLLNVAL"}} {
		if x.on {
			es = append(es, x.name)
		}
	}
	return es
}
