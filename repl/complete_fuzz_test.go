package repl_test

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"sockstep/repl"
	"sockstep/repl/commands"
)

func FuzzComplete(f *testing.F) {
	for _, l := range append(lines, "soc", "recv --", "recv --p", "bind s 127", "sockopt s SO_", "sockopt s SO_REUSEADDR ", "inspect s ty", "send $", "print ${te", "shutdown s ",
		"connect ", "help ", "show calls ", "lang ", "wait ", "run ./", "x = so", "! rec", "!EINVAL acc", "poll s u ", "sendmsg s --fd ", "inet_pton ", "close ") {
		f.Add(l, len(l))
		f.Add(l, len(l)/2)
	}
	s := repl.NewSession(repl.Config{Table: commands.Table(), Hold: true})
	f.Cleanup(s.Close)
	for _, l := range []string{"s = listen tcp 127.0.0.1:0", "u = socket udp", "text = print some text", "close u"} {
		if a := s.Do(context.Background(), l); !a.OK() {
			f.Fatal(a.Err)
		}
	}
	f.Fuzz(func(t *testing.T, line string, cursor int) {
		found := s.Complete(line, cursor)
		cursor = min(max(cursor, 0), len(line))
		seen := map[string]bool{}
		for _, x := range found {
			if x.Start < 0 || x.Start > cursor {
				t.Fatalf("%q at %d: %q begins at %d", line, cursor, x.Text, x.Start)
			}
			typed := line[x.Start:cursor]
			if len(typed) > len(x.Text) || !strings.EqualFold(typed, x.Text[:len(typed)]) && utf8.ValidString(typed) {
				t.Errorf("%q at %d: %q does not go on with %q", line, cursor, x.Text, typed)
			}
			if x.Text == "" || seen[x.Text] || !utf8.ValidString(x.Text) || strings.ContainsAny(x.Text, "\n\r\x1b") {
				t.Errorf("%q at %d: %q is suggested, or again", line, cursor, x.Text)
			}
			seen[x.Text] = true
		}
	})
}
