//go:build unix

package examples

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// The ways in which every example is run.
var ways = []struct {
	name  string
	flags []string
}{
	{"en", []string{"--lang", "en"}},
	{"zh", []string{"--lang", "zh"}},
	{"json", []string{"--json"}},
}

// TestExamples runs every session of this folder. NAME-server.sock and NAME-client.sock are two terminals: they are run together.
func TestExamples(t *testing.T) {
	for _, script := range sessions(t) {
		name := strings.TrimSuffix(filepath.Base(script), ".sock")
		if server, isClient := strings.CutSuffix(script, "-client.sock"); isClient {
			if _, err := os.Stat(server + "-server.sock"); err != nil {
				t.Errorf("%s is a client without its server", name)
			}
			continue
		}
		for _, way := range ways {
			t.Run(name+"/"+way.name, func(t *testing.T) {
				dir := t.TempDir()
				p := start(t, dir, sockstep, append(way.flags, "run", script)...)
				if partner := partnerOf(script); partner != "" {
					p.says(`(?s)listen s.*LISTEN`) // by the end of that act clients can connect
					client := start(t, dir, sockstep, append(way.flags, "run", partner)...)
					checkRun(t, client, way.name)
				}
				checkRun(t, p, way.name)
				checkLeftovers(t, dir)
			})
		}
	}
}

// partnerOf is the client's session that goes with a server's, "" where the session goes alone.
func partnerOf(script string) string {
	base, isServer := strings.CutSuffix(script, "-server.sock")
	if _, err := os.Stat(base + "-client.sock"); !isServer || err != nil {
		return ""
	}
	return base + "-client.sock"
}

func checkRun(t *testing.T, p *program, way string) {
	t.Helper()
	if status := p.ends(); status != 0 || p.stderr() != "" {
		t.Fatalf("exit status %d, stderr %q", status, p.stderr())
	}
	if way == "json" {
		acts, err := parseActs(p.stdout())
		if err != nil {
			t.Fatal(err)
		}
		checkActs(t, acts)
		return
	}
	for _, r := range p.stdout() {
		if r != '\n' && unicode.IsControl(r) || r == unicode.ReplacementChar {
			t.Fatalf("%U stands in the output", r)
		}
	}
	if strings.Contains(p.stdout(), "\n  代码  ") != (way == "zh") || strings.Contains(p.stdout(), "\n  python  ") != (way == "en") {
		t.Error("the output is not in the language that was asked for")
	}
}

// checkActs holds what is true of every session: it held, each act makes sense, and everything it opened was closed.
func checkActs(t *testing.T, acts []act) {
	t.Helper()
	open := map[int64]string{}
	seq := 0
	for _, a := range acts {
		if !*a.OK {
			t.Errorf("%s: %+v", *a.Line, a.Error)
		}
		if *a.Act != 0 {
			if seq++; *a.Act != seq {
				t.Errorf("act %d follows act %d", *a.Act, seq-1)
			}
		}
		if a.Expected != (a.Error != nil) || a.Expected != strings.HasPrefix(strings.TrimSpace(*a.Line), "!") {
			t.Errorf("%s: expected is %v, and the error %+v", *a.Line, a.Expected, a.Error)
		}
		if a.Error != nil && a.Error.Message == "" {
			t.Errorf("%s fails without a word", *a.Line)
		}
		for _, c := range a.Steps {
			switch {
			case c.Kind == "note" && (c.ID == "" || c.Text == "" || strings.ContainsAny(c.Text, "{}")):
				t.Errorf("%s: a note with a hole: %+v", *a.Line, c)
			case c.Kind == "change" && (c.Field == "" || c.Was == c.Now):
				t.Errorf("%s: a change that is none: %+v", *a.Line, c)
			case c.Kind != "call":
				continue
			case (c.Ret < 0) != (c.Errno != ""):
				t.Errorf("%s: %+v", *a.Line, c)
			case c.Op == "socketpair":
				for _, fd := range regexp.MustCompile(`\[(\d+), (\d+)\]`).FindStringSubmatch(c.Args)[1:] {
					open[number(t, fd)] = *a.Line
				}
			case c.Ret >= 0 && (c.Op == "socket" || c.Op == "accept" || c.Op == "dup"):
				open[c.Ret] = *a.Line
			case c.Op == "close":
				fd := number(t, c.Args)
				if _, ok := open[fd]; !ok {
					t.Errorf("%s closes %d, which was not open", *a.Line, fd)
				}
				delete(open, fd)
			}
		}
	}
	for fd, line := range open {
		t.Errorf("%d is never closed, opened by: %s", fd, line)
	}
	acts = slices.DeleteFunc(acts, func(a act) bool { return *a.Act == 0 }) // what came beside the lines, such as a late packet
	if n := len(acts); n < 2 || *acts[n-2].Line != "sockets" || acts[n-2].Value.Text != "[]" || *acts[n-1].Line != "expect []" {
		t.Error("a session ends with sockets and expect []")
	}
}

func number(t *testing.T, s string) (n int64) {
	t.Helper()
	for _, r := range s {
		if r < '0' || r > '9' {
			t.Fatalf("%q is no number", s)
		}
		n = 10*n + int64(r-'0')
	}
	return n
}

// checkLeftovers: a session leaves no file behind but the socket file that closing leaves.
func checkLeftovers(t *testing.T, dir string) {
	t.Helper()
	all, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range all {
		if f.Type() != fs.ModeSocket {
			t.Errorf("%s is left behind", f.Name())
		}
	}
}

// TestComments: each remark stands there in English and in Chinese, and each session checks what came of it.
func TestComments(t *testing.T) {
	scripts := sessions(t)
	experiments, err := filepath.Glob(filepath.Join(here, "experiments", "*.sock"))
	if err != nil {
		t.Fatal(err)
	}
	for _, script := range append(scripts, experiments...) {
		name := filepath.Base(script)
		text := regexp.MustCompile(`(?m)^#:.*\n`).ReplaceAllString(read(t, script), "") // a claim is for both
		if slices.Contains(scripts, script) && !strings.Contains(text, "\nexpect ") {
			t.Errorf("%s expects nothing", name)
		}
		for _, block := range regexp.MustCompile(`(?m)(^#.*\n)+`).FindAllString(text, -1) {
			var english, chinese int
			for line := range strings.Lines(block) {
				if mostlyChinese(line) {
					chinese++
				} else {
					english++
				}
			}
			if english != chinese {
				t.Errorf("%s: %d lines in English, %d in Chinese:\n%s", name, english, chinese, block)
			}
		}
	}
}

// mostlyChinese: a line in English may quote a word of Chinese.
func mostlyChinese(line string) bool {
	balance := 0
	for _, r := range line {
		switch {
		case unicode.Is(unicode.Han, r):
			balance += 2
		case unicode.IsLetter(r):
			balance--
		}
	}
	return balance > 0
}
