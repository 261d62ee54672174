package repl_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/sockets/sys"
)

// FuzzPartner: whatever a partner's terminal says, this one goes on, answers, and runs nothing of it.
func FuzzPartner(f *testing.F) {
	for _, said := range []string{
		`{"kind":"passed","gen":2,"at":1,"bound":{"s":"client/1"},"how":"done"}`,
		`{"kind":"passed","gen":2,"at":2}` + "\n" + `{"kind":"passed","gen":2,"at":-1}`,
		`{"kind":"look","gen":2,"look":{"sockets":[{"ID":"client/1","Kind":"tcp","State":"ESTABLISHED"}],"kept":[{"Type":"int"}]}}`,
		`{"kind":"look","gen":2}` + "\n" + `{"kind":"act","gen":2}`,
		`{"kind":"act","gen":2,"act":{"line":"\u001b[2Jclose all","result":"= \u0007"}}`,
		`{"kind":"begin","gen":9,"lesson":"tcp-echo","text":"x","side":7,"at":99}`,
		`{"kind":"begin","gen":9,"lesson":"../../etc","at":-5,"passed":-9}`,
		`{"kind":"stuck","gen":2,"reason":{"En":"x"}}` + "\n" + `{"kind":"pause","gen":2}` + "\n" + `{"kind":"leave","gen":2}`,
		`{"kind":"hello","gen":2}`, `[]`, `{"kind":7}`, "\x00\xff",
	} {
		f.Add([]byte(said))
	}
	f.Fuzz(func(t *testing.T, said []byte) {
		dir := t.TempDir()
		s := repl.NewSession(repl.Config{Table: commands.Table(), Hold: true, Meeting: &repl.Meeting{Folders: []string{dir}, Private: func(string) error { return nil }}})
		defer s.Close()
		do := func(line string) {
			t.Helper()
			ctx, cancel := context.WithTimeout(context.Background(), 20*time.Second)
			defer cancel()
			if a := s.Do(ctx, line); a.Err != nil {
				t.Fatalf("%s: %v", line, a.Err)
			}
		}
		do("lesson tcp-echo")
		do("k = socket udp")
		l, err := sys.Knock(filepath.Join(dir, fmt.Sprintf("lesson-%d.sock", os.Getpid())))
		if err != nil {
			t.Fatal(err)
		}
		network, _ := os.Readlink("/proc/self/ns/net")
		l.Send(fmt.Appendf(nil, `{"kind":"hello","protocol":1,"network":%q,"who":{"pid":1}}`, network))
		for m := range bytes.SplitSeq(said, []byte("\n")) {
			l.Send(bytes.Clone(m))
		}
		l.Hang()
		for { // until the other end has heard all of it
			if _, err := l.Receive(); err != nil {
				break
			}
		}
		l.Close()
		do("lesson")
		do("lesson tcp-echo --as client")
		do("free")
	})
}
