//go:build unix

package examples

import (
	"encoding/json"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// TestPythonLines runs the lines that sockstep shows as Python under python3, in order, and compares what each gives: the examples'
// acts, and those of testdata.
func TestPythonLines(t *testing.T) {
	more, err := filepath.Glob(filepath.Join(here, "testdata", "*.sock"))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range append(sessions(t), more...) {
		name := strings.TrimSuffix(filepath.Base(script), ".sock")
		if strings.HasSuffix(name, "-client") {
			continue // played by its server's run
		}
		t.Run(name, func(t *testing.T) {
			python3 := peer(t, "python3")
			acts, client := played(t, script)
			dir := t.TempDir()
			p := start(t, dir, python3, filepath.Join(here, "testdata", "lines.py"))
			if client != nil {
				// The two programs in Python meet each other, too.
				feed(t, p, acts[:4]) // up to listen
				p.says(`(?s)(.*\n){4}`)
				k := start(t, dir, python3, filepath.Join(here, "testdata", "lines.py"))
				feed(t, k, client)
				_ = k.stdin.Close()
				feed(t, p, acts[4:])
				k.ends()
				compare(t, client, k.stdout())
			} else {
				feed(t, p, acts)
			}
			_ = p.stdin.Close()
			p.ends()
			if p.stderr() != "" {
				t.Error(p.stderr())
			}
			compare(t, acts, p.stdout())
		})
	}
}

// played is what a session, and its client's where it has one, show as JSON.
func played(t *testing.T, script string) (acts, client []act) {
	t.Helper()
	dir := t.TempDir()
	p := start(t, dir, sockstep, "--json", "run", script)
	var k *program
	if partner := partnerOf(script); partner != "" {
		p.says(`(?s)listen s.*LISTEN`)
		k = start(t, dir, sockstep, "--json", "run", partner)
	}
	for _, x := range []struct {
		p    *program
		into *[]act
	}{{p, &acts}, {k, &client}} {
		if x.p == nil {
			continue
		}
		if status := x.p.ends(); status != 0 {
			t.Fatalf("exit status %d", status)
		}
		var err error
		if *x.into, err = parseActs(x.p.stdout()); err != nil {
			t.Fatal(err)
		}
	}
	return acts, client
}

func feed(t *testing.T, p *program, acts []act) {
	t.Helper()
	for _, a := range acts {
		b, err := json.Marshal(map[string]any{"python": a.Python})
		if err != nil {
			t.Fatal(err)
		}
		p.types(string(b) + "\n")
	}
}

// What differs from run to run: ports that the kernel chose, and descriptors.
var (
	chosenPort = regexp.MustCompile(`\b(3[2-9]|[45]\d|60)\d{3}\b`)
	descriptor = regexp.MustCompile(`fileno`)
	member     = regexp.MustCompile(`\w+=`) // of a struct
)

// compare holds what Python told of each line against the act.
func compare(t *testing.T, acts []act, out string) {
	t.Helper()
	told := strings.Split(strings.TrimRight(out, "\n"), "\n")
	compared := 0
	for _, a := range acts {
		if a.Python == "" {
			continue
		}
		if compared >= len(told) || told[compared] == "" {
			t.Fatalf("Python said nothing to %q, for the line %s", a.Python, *a.Line)
		}
		var py struct {
			Text                *string
			Repr, Errno, Broken string
		}
		if err := json.Unmarshal([]byte(told[compared]), &py); err != nil {
			t.Fatal(err)
		}
		compared++
		want := a.errno()
		switch {
		case py.Broken != "":
			t.Errorf("%s: Python's line %q does not run: %s", *a.Line, a.Python, py.Broken)
		case py.Errno != want:
			t.Errorf("%s: Python's line %q fails with %q, here it is %q", *a.Line, a.Python, py.Errno, want)
		case want != "" || py.Text == nil || *py.Text == "socket" && a.Value.Type != "text" || descriptor.MatchString(a.Python):
		default:
			mine, theirs := chosenPort.ReplaceAllString(a.Value.Text, "PORT"), chosenPort.ReplaceAllString(*py.Text, "PORT")
			if strings.Contains(a.Python, "struct.unpack(") {
				mine = strings.NewReplacer("{", "(", "}", ")").Replace(member.ReplaceAllString(mine, ""))
			}
			if mine != theirs && a.Value.Text != py.Repr {
				t.Errorf("%s: Python's line %q gives %.300s, here it is %.300s", *a.Line, a.Python, theirs, mine)
			}
		}
	}
	if compared < 3 {
		t.Errorf("only %d lines were compared", compared)
	}
}
