package repl_test

import (
	"context"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"regexp"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// phrases are what random lines are made of: {a|b} is one of them, NAME a socket's name, TO an address, or a value that is kept.
var phrases = []string{
	"NAME = socket {tcp|udp|unix|unix-dgram|unix-seqpacket|-6|udp -6|AF_INET SOCK_STREAM|nosuch}",
	"NAME = listen {tcp|udp|tcp -6|unix|unix --unlink} {127.0.0.1:0|[::1]:0|:0|./NAME|@NAME-random} {|0|1|5|x}",
	"NAME, NAME = socketpair {|unix|unix-dgram|unix-seqpacket|tcp}", "NAME = dup NAME",
	"to = inspect NAME {sockname|peername}", "NAME = {accept|recv|recvfrom|print|wait|inspect} {NAME|}",
	"bind NAME {TO|127.0.0.1:0|./NAME|./NAME --unlink|@NAME-random|:0|localhost:0}", "listen NAME {|1|100000}",
	"NAME, from = accept NAME {|--timeout 0}", "NAME = connect {tcp|udp|unix} TO {|--timeout 0.01}", "connect NAME TO",
	"{send|sendall} {NAME|} {hello|'a b' \"c\\n\"|''|--fill 70k|--fill 3M --dontwait|--oob x|--more x|--dontwait x|$data|--file nosuch|--file .|你好} {|&|--timeout 0.01}",
	"{send|sendall} NAME --fill 20M {|&|--timeout 0.01}",
	"data = recv NAME {|3|0|100000} {|--peek|--dontwait|--oob|--waitall|--timeout 0.001} {|&}", "{recv|recvfrom|recvmsg} NAME {|&}",
	"recv NAME {--exactly 10|--until l|--exactly 1M|--out ./file|--until xyz --exactly 1} {|&|--dontwait}",
	"sendto NAME TO {hello|--fill 70k|--fill 20M|''}", "data, from = recvfrom NAME {|2} {|&|--dontwait}",
	"sendmsg NAME take {--fd NAME|--fd NAME,NAME|--creds|--to TO|--fd nosuch}", "data, NAME = recvmsg NAME {|2} --dontwait",
	"shutdown NAME {|rd|wr|rdwr|x}", "close {NAME|NAME|NAME|.|}", "!{EBADF|EINVAL|ENOTCONN|} {accept|recv|listen|shutdown} NAME",
	"sockopt NAME {|SO_REUSEADDR 1|SO_RCVBUF 5000|SO_LINGER on 0|SO_LINGER|TCP_NODELAY|SO_PASSCRED 1|SO_ERROR|NOSUCH|SO_RCVTIMEO 0.01}",
	"blocking NAME {|on|off|on}", "settimeout NAME {|0.01|none|0|none}", "inspect NAME {|state|type family|tcp_info|options|x}",
	"sockets", "poll NAME NAME {|--write|--read --write} {--timeout 0|--timeout 0.005|&}", "why", "history {|3|x}", "jobs", "{wait|cancel} {|1|2|9|x} {|--timeout 0.005}",
	"inet_aton {127.0.0.1|x}", "htons {80|x}", "getservbyname {http|x}", "gethostbyname 127.0.0.1", "interfaces",
	"print {$data|\"$data\"|$to|$nope|'|x y}", "expect {x|--match .|--match (|--not x|--contains x}", "show {calls|notes|x} {on|off|all|}", "lang {en|zh|x|}",
	"help {|send|x|EPIPE}", "run {./lines|nosuch|.}", "sleep {0|0.001|x}", "{|! |!EPIPE }{frobnicate|se|bind|= x|&|\"}", "{send NAME|print|} --nosuch",
	"NAME = accept NAME &", "NAME = connect tcp TO &",
}

var choice = regexp.MustCompile(`\{([^{}]*)\}`)

func randomLine(r *rand.Rand) string {
	line := phrases[r.IntN(len(phrases))]
	line = choice.ReplaceAllStringFunc(line, func(s string) string {
		all := strings.Split(s[1:len(s)-1], "|")
		return all[r.IntN(len(all))]
	})
	for strings.Contains(line, "NAME") {
		line = strings.Replace(line, "NAME", string("abcdefgh"[r.IntN(8)]), 1)
	}
	for strings.Contains(line, "TO") {
		to := []string{"$to", "$to", "$from", "127.0.0.1:1", "./" + string("abcdefgh"[r.IntN(8)])}
		line = strings.Replace(line, "TO", to[r.IntN(len(to))], 1)
	}
	if r.IntN(40) == 0 { // a slip of the pen
		i := r.IntN(len(line) + 1)
		line = line[:i] + string("'\"$\\&!=# x"[r.IntN(10)]) + line[i:]
	}
	return line
}

// A long session of lines that are right and wrong by chance breaks nothing, says everything in both languages, and leaves
// nothing behind: no descriptor, and no goroutine.
func TestRandomSessions(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("GODEBUG", "netdns=go") // the C library's look-ups cannot be ended
	if err := os.WriteFile("lines", []byte("s = socket udp\nsend s x\nclose s\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	n, rounds := 400, 12
	if testing.Short() {
		rounds = 3
	}
	randomSession(t, 0, 50) // what is made once and kept, such as the runtime's own poller, is there from now on
	fds, goroutines := openFiles(t), runtime.NumGoroutine()
	for round := range rounds {
		randomSession(t, uint64(round), n)
	}
	deadline := time.Now().Add(5 * time.Second)
	for runtime.NumGoroutine() > goroutines && time.Now().Before(deadline) {
		runtime.Gosched()
		time.Sleep(time.Millisecond)
	}
	if now := runtime.NumGoroutine(); now > goroutines {
		buf := make([]byte, 1<<16)
		t.Errorf("%d goroutines were running, now %d\n%s", goroutines, now, buf[:runtime.Stack(buf, true)])
	}
	if now := openFiles(t); len(now) > len(fds) {
		t.Errorf("open before: %v, and now: %v", fds, now)
	}
}

func randomSession(t *testing.T, seed uint64, n int) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	var s *repl.Session
	lang := func() names.Lang { return s.Lang() }
	s = repl.NewSession(repl.Config{Table: commands.Table(), Hold: seed%2 == 0, Observers: []sockets.Observer{
		render.NewText(io.Discard, render.Options{Lang: lang, Show: func() render.Show { return s.Show() }, Echo: true}),
		render.NewJSON(io.Discard, lang),
		sockets.ObserverFunc(func(a *sockets.Act, st sockets.Step) {
			if st == nil {
				checkWords(t, a)
			}
		}),
	}})
	watching, stop := context.WithCancel(context.Background())
	if seed%2 == 1 { // as at a prompt
		go s.WatchArrivals(watching)
	}
	for range n {
		line := randomLine(r)
		ctx, cancel := context.WithTimeout(context.Background(), 15*time.Millisecond)
		began := time.Now()
		s.Do(ctx, line)
		cancel()
		if took := time.Since(began); took > 5*time.Second {
			t.Errorf("%s: ended %v after it was asked to", line, took)
		}
		s.Prompt()
		s.Complete(line, len(line)/2)
	}
	s.Flush()
	s.Do(context.Background(), "close all")
	stop()
	s.Close()
}

var unfilled = regexp.MustCompile(`\{[a-z]+\}|%!|<nil>`)

// checkWords checks that what a student reads is whole, in both languages, and that nothing failed which is our own fault.
func checkWords(t *testing.T, a *sockets.Act) {
	t.Helper()
	var texts []names.Text
	var e *sockets.Error
	if errors.As(a.Err, &e) {
		texts = append(texts, e.Message, e.Why, e.Fix)
		if e.Kind == "internal" || e.Message.IsZero() {
			t.Errorf("%s: %v", a.Line, e.Unwrap())
		}
		if e.Width > 0 {
			checkPlace(t, a.Line, e)
		}
	}
	for _, st := range a.Steps {
		if n, ok := st.(sockets.Note); ok {
			texts = append(texts, n.Text)
			if n.Text.IsZero() {
				t.Errorf("%s: the note %s says nothing", a.Line, n.ID)
			}
		}
	}
	for i, x := range texts {
		isFix := i == 2 && e != nil // a line to type is the same in both
		if unfilled.MatchString(x.En) || unfilled.MatchString(x.Zh) || x.IsZero() != (x.Zh == "") || x.IsZero() != (x.En == "") {
			t.Errorf("%s: %+v", a.Line, x)
		}
		if !isFix && !x.IsZero() && !strings.ContainsFunc(x.Zh, func(r rune) bool { return unicode.Is(unicode.Han, r) }) {
			t.Errorf("%s: %q is not Chinese", a.Line, x.Zh)
		}
	}
}

// openFiles are the process's descriptors, each with what it is; none where the system does not tell.
func openFiles(t *testing.T) (all []string) {
	t.Helper()
	entries, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return nil
	}
	for _, x := range entries {
		if to, err := os.Readlink("/proc/self/fd/" + x.Name()); err == nil { // less the one that ReadDir had
			all = append(all, x.Name()+" "+to)
		}
	}
	return all
}
