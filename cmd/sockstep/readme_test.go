package main

import (
	"flag"
	"fmt"
	"go/build"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/rivo/uniseg"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/sockets/names"
)

// update rewrites what stands between the README's markers: go test ./cmd/sockstep -run TestReadme -update
var update = flag.Bool("update", false, "rewrite the generated parts of the README")

// A readme is the README in one language.
type readme struct {
	path, lang, text string
}

func (r *readme) names() names.Lang {
	l, _ := names.ParseLang(r.lang)
	return l
}

func readReadmes(t *testing.T) []*readme {
	t.Helper()
	all := []*readme{{path: "../../README.md", lang: "en"}, {path: "../../README.zh.md", lang: "zh"}}
	for _, r := range all {
		b, err := os.ReadFile(r.path)
		if err != nil {
			t.Fatal(err)
		}
		r.text = string(b)
	}
	return all
}

// A section stands between <!-- kind: name --> and <!-- end -->.
type section struct{ kind, name, body string }

var marker = regexp.MustCompile(`(?s)<!-- (\w+)(?:: (\S+))? -->\n(.*?)<!-- end -->`)

// sections are those of a kind, all for "".
func (r *readme) sections(kind string) (all []section) {
	for _, m := range marker.FindAllStringSubmatch(r.text, -1) {
		if kind == "" || m[1] == kind {
			all = append(all, section{m[1], m[2], m[3]})
		}
	}
	return all
}

// replace writes a section anew.
func (r *readme) replace(t *testing.T, s section, body string) {
	t.Helper()
	head := "<!-- " + s.kind
	if s.name != "" {
		head += ": " + s.name
	}
	head += " -->\n"
	r.text = strings.Replace(r.text, head+s.body+"<!-- end -->", head+body+"<!-- end -->", 1)
	if err := os.WriteFile(r.path, []byte(r.text), 0o644); err != nil {
		t.Fatal(err)
	}
}

var fence = regexp.MustCompile("(?ms)^```(\\w*)\n(.*?)^```$")

// fences are the blocks in a language.
func (r *readme) fences(language string) (all []string) {
	for _, m := range fence.FindAllStringSubmatch(r.text, -1) {
		if m[1] == language {
			all = append(all, m[2])
		}
	}
	return all
}

func fenced(language, body string) string { return "```" + language + "\n" + body + "```\n" }

func unfenced(body string) string {
	if m := fence.FindStringSubmatch(body); m != nil {
		return m[2]
	}
	return ""
}

// typed are the lines of a transcript that somebody typed.
func typed(transcript string) (lines []string) {
	for line := range strings.Lines(transcript) {
		if strings.HasPrefix(line, "› ") || strings.HasPrefix(line, "$ ") {
			lines = append(lines, strings.TrimSpace(line))
		}
	}
	return lines
}

// TestReadmeTables holds what the README lists against what there is.
func TestReadmeTables(t *testing.T) {
	for _, r := range readReadmes(t) {
		for _, s := range r.sections("") {
			var want string
			switch s.kind {
			case "commands":
				want = commandTable(r.names())
			case "examples":
				want = exampleTable(t, r, "*.sock", names.T("session", "会话"))
			case "experiments":
				want = exampleTable(t, r, "experiments/*.sock", names.T("experiment", "实验"))
			case "programs":
				want = exampleTable(t, r, "programs/*.py", names.T("program", "程序"))
			case "file":
				b, err := os.ReadFile("../../" + s.name)
				if err != nil {
					t.Error(err)
					continue
				}
				want = fenced("go", string(b))
			case "session":
				continue // TestReadmeSessions
			default:
				t.Errorf("%s: no one knows how to write the section %s", r.path, s.kind)
				continue
			}
			if s.body == want {
				continue
			}
			if *update {
				r.replace(t, s, want)
				continue
			}
			t.Errorf("%s: %s %s is stale (-want +got); rewrite it with -update:\n%s", r.path, s.kind, s.name, cmp.Diff(want, s.body))
		}
	}
}

func commandTable(l names.Lang) string {
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s | %s |\n| --- | --- | --- |\n",
		names.T("group", "分组").In(l), names.T("how it is written", "写法").In(l), names.T("what it does", "作用").In(l))
	for _, g := range repl.Groups() {
		title := g.Title.In(l)
		for _, c := range commands.Table() {
			if c.Group != g.Group {
				continue
			}
			var forms []string
			for _, u := range c.Usage {
				forms = append(forms, "`"+strings.ReplaceAll(strings.TrimSpace(c.Name+" "+u), "|", `\|`)+"`")
			}
			fmt.Fprintf(&b, "| %s | %s | %s |\n", title, strings.Join(forms, "<br>"), c.Summary.In(l))
			title = ""
		}
	}
	return b.String()
}

// exampleTable lists files by what their first lines say: the first in English, the second in Chinese.
func exampleTable(t *testing.T, r *readme, pattern string, title names.Text) string {
	t.Helper()
	l := r.names()
	files, err := filepath.Glob("../../examples/" + pattern)
	if err != nil || len(files) == 0 {
		t.Fatal("no examples", err)
	}
	var b strings.Builder
	fmt.Fprintf(&b, "| %s | %s |\n| --- | --- |\n", title.In(l), names.T("what it shows", "内容").In(l))
	for _, f := range files {
		text, err := os.ReadFile(f)
		if err != nil {
			t.Fatal(err)
		}
		lines := strings.Split(string(text), "\n")
		if len(lines) < 2 {
			t.Fatalf("%s does not say what it is", f)
		}
		if han := regexp.MustCompile(`\p{Han}`); !han.MatchString(lines[1]) {
			t.Errorf("%s: the second line does not say in Chinese what it is", f)
		}
		said := names.T(lines[0], lines[1]).In(l)
		said = strings.TrimSpace(strings.TrimLeft(strings.TrimPrefix(said, `"""`), "# "))
		path := strings.TrimPrefix(filepath.ToSlash(f), "../../")
		fmt.Fprintf(&b, "| [%s](%s) | %s |\n", strings.TrimPrefix(path, "examples/"), path, said)
	}
	return b.String()
}

// TestReadmePair holds the two languages to the same sections, sessions, lines and headings in the same order.
func TestReadmePair(t *testing.T) {
	var outlines [2][]string
	outline := regexp.MustCompile("(?m)^(#+) |^<!-- (.*) -->$|^```(\\w+)$")
	for i, r := range readReadmes(t) {
		for _, m := range outline.FindAllStringSubmatch(r.text, -1) {
			outlines[i] = append(outlines[i], m[1]+m[2]+m[3])
		}
		var code []string
		for _, s := range r.sections("session") {
			code = append(code, typed(unfenced(s.body))...)
		}
		for _, language := range []string{"sh", "sockstep"} {
			for _, lines := range r.fences(language) {
				for line := range strings.Lines(lines) {
					line, _, _ = strings.Cut(line, " #")
					code = append(code, strings.TrimSpace(line))
				}
			}
		}
		outlines[i] = append(outlines[i], code...)
	}
	if diff := cmp.Diff(outlines[0], outlines[1]); diff != "" {
		t.Errorf("README.md and README.zh.md part (-en +zh):\n%s", diff)
	}
}

// TestReadmeLinks follows each link, and looks for each file that is named.
func TestReadmeLinks(t *testing.T) {
	link := regexp.MustCompile(`\]\(([^)]*)\)`)
	named := regexp.MustCompile("`((?:cmd|repl|sockets|examples)(?:/[^`\\s]*)?|[\\w./-]+\\.(?:go|sock|py|md|txtar))`")
	for _, r := range readReadmes(t) {
		heads := map[string]bool{}
		for _, m := range regexp.MustCompile(`(?m)^#+ (.*)$`).FindAllStringSubmatch(r.text, -1) {
			heads[anchor(m[1])] = true
		}
		for _, m := range slices.Concat(link.FindAllStringSubmatch(r.text, -1), named.FindAllStringSubmatch(r.text, -1)) {
			if strings.Contains(m[1], "NAME") { // a pattern
				continue
			}
			if strings.Contains(m[1], "://") {
				t.Errorf("%s: %s is out of the reach of this test", r.path, m[1])
				continue
			}
			if to, ok := strings.CutPrefix(m[1], "#"); ok {
				if !heads[to] {
					t.Errorf("%s: no heading is %s", r.path, m[1])
				}
			} else if _, err := os.Stat("../../" + m[1]); err != nil {
				t.Errorf("%s: %v", r.path, err)
			}
		}
		for line := range strings.Lines(fencesOnly(r.text)) {
			if n := uniseg.StringWidth(strings.TrimRight(line, "\n")); n > 80 {
				t.Errorf("%s: %d columns: %s", r.path, n, line)
			}
		}
	}
}

// anchor is what a heading is called in a link.
func anchor(heading string) string {
	s := strings.ToLower(strings.TrimSpace(heading))
	s = regexp.MustCompile(`[^\p{L}\p{N} _-]`).ReplaceAllString(s, "")
	return strings.ReplaceAll(s, " ", "-")
}

// fencesOnly is all that stands in blocks; a file of the program has lines as long as it likes.
func fencesOnly(text string) string {
	var b strings.Builder
	for _, m := range fence.FindAllStringSubmatch(text, -1) {
		if m[1] != "go" {
			b.WriteString(m[2])
		}
	}
	return b.String()
}

// TestReadmeRooms holds the tour to the tree: every folder with a package is a stop of it.
func TestReadmeRooms(t *testing.T) {
	packages := map[string]bool{}
	for _, top := range []string{"cmd", "repl", "sockets", "examples"} {
		err := filepath.WalkDir("../../"+top, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !strings.Contains(path, "testdata") && (strings.HasSuffix(path, ".go") || strings.HasSuffix(path, ".sock")) {
				packages[strings.TrimPrefix(filepath.ToSlash(filepath.Dir(path)), "../../")] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, r := range readReadmes(t) {
		for p := range packages {
			if !strings.Contains(r.text, "\n| `"+p+"` |") && !strings.Contains(r.text, "\n| [`"+p+"`]("+p+") |") {
				t.Errorf("%s: the tour leaves %s out", r.path, p)
			}
		}
	}
}

// TestReadmeImports holds the order in which the README puts the rooms to what they import.
func TestReadmeImports(t *testing.T) {
	for _, r := range readReadmes(t) {
		rank := map[string]int{}
		for _, block := range r.fences("text") {
			if strings.HasPrefix(block, "sockets/names") {
				for i, rooms := range strings.Split(block, "<") {
					for room := range strings.SplitSeq(rooms, ",") {
						rank[strings.TrimSpace(room)] = i
					}
				}
			}
		}
		if len(rank) == 0 {
			t.Errorf("%s: the order of the rooms is missing", r.path)
		}
		for room, at := range rank {
			p, err := build.ImportDir("../../"+room, 0)
			if err != nil {
				t.Error(err)
				continue
			}
			for _, imported := range p.Imports {
				dir, ours := strings.CutPrefix(imported, "sockstep/")
				if below, ok := rank[dir]; ours && (!ok || below >= at) {
					t.Errorf("%s: %s imports %s, against the order", r.path, room, dir)
				}
			}
		}
	}
}

// TestReadmeShell holds the lines of the README that are typed in a shell to what there is: flags, subcommands, files,
// folders and tests.
func TestReadmeShell(t *testing.T) {
	for _, r := range readReadmes(t) {
		var lines []string
		for _, block := range r.fences("sh") {
			for line := range strings.Lines(block) {
				lines = append(lines, line)
			}
		}
		for _, s := range r.sections("session") {
			for _, line := range typed(unfenced(s.body)) {
				if command, ok := strings.CutPrefix(line, "$ "); ok {
					lines = append(lines, command)
				}
			}
		}
		for _, line := range lines {
			line, _, _ = strings.Cut(line, " #")
			for part := range strings.SplitSeq(line, " | ") {
				if words := shellWords(part); len(words) > 0 {
					if err := checkShell(words); err != nil {
						t.Errorf("%s: %s: %v", r.path, strings.TrimSpace(line), err)
					}
				}
			}
		}
	}
}

// TestReadmeStatuses holds the program to the table of exit statuses.
func TestReadmeStatuses(t *testing.T) {
	for _, c := range []struct {
		args []string
		want int
	}{
		{[]string{"-c", "inet_aton 127.0.0.1"}, 0},
		{[]string{"-c", "! inet_aton nowhere"}, 0},
		{[]string{"-c", "inet_aton nowhere"}, 1},
		{[]string{"--keep-going", "-c", "inet_aton nowhere", "-c", "inet_aton 127.0.0.1"}, 1},
		{[]string{"--nothing"}, 2},
		{[]string{"run", "nothing.sock"}, 2},
		{[]string{"-c", "exit 7"}, 7},
	} {
		cmd := exec.Command("sockstep", c.args...)
		if out, _ := cmd.CombinedOutput(); cmd.ProcessState.ExitCode() != c.want {
			t.Errorf("sockstep %q: exit status %d, want %d\n%s", c.args, cmd.ProcessState.ExitCode(), c.want, out)
		}
	}
}

// shellWords cuts a simple command into words, up to where its output goes.
func shellWords(line string) (words []string) {
	for _, m := range regexp.MustCompile(`'([^']*)'|(\S+)`).FindAllStringSubmatch(strings.TrimSpace(line), -1) {
		if m[2] == ">" || m[2] == "<" {
			break
		}
		words = append(words, m[1]+m[2])
	}
	for len(words) > 0 && regexp.MustCompile(`^[A-Z_]+=`).MatchString(words[0]) {
		words = words[1:]
	}
	return words
}

func checkShell(words []string) error {
	switch words[0] {
	case "sockstep", "./sockstep":
		return checkUse(words[1:])
	case "go":
		return checkGo(words[1:])
	case "python3":
		if len(words) > 1 && strings.HasSuffix(words[1], ".py") {
			_, err := os.Stat("../../" + words[1])
			return err
		}
		return nil
	case "curl", "ncat", "man", "echo", "printf", "strace":
		return nil
	}
	return fmt.Errorf("nothing is known of %s", words[0])
}

// checkUse parses the arguments of sockstep as sockstep does.
func checkUse(args []string) error {
	root := newRoot(streams{})
	root.InitDefaultCompletionCmd(args...)
	root.InitDefaultVersionFlag()
	c, rest, err := root.Find(args)
	if err == nil {
		c.InitDefaultHelpFlag()
		err = c.ParseFlags(rest)
	}
	if err != nil {
		return err
	}
	if err := c.ValidateArgs(c.Flags().Args()); err != nil {
		return err
	}
	if c.Name() == "run" && c.Flags().Arg(0) != "-" {
		for _, f := range c.Flags().Args() {
			if _, err := os.Stat("../../" + f); err != nil {
				return err
			}
		}
	}
	return nil
}

// checkGo looks for the folders, the tests and the benchmarks that a go command names.
func checkGo(args []string) error {
	if !slices.Contains([]string{"run", "build", "install", "test"}, args[0]) {
		return fmt.Errorf("no go %s here", args[0])
	}
	var run string
	for i := 1; i < len(args); i++ {
		switch a := args[i]; a {
		case "-run", "-bench":
			i++
			if args[i] != "^$" && args[i] != "." {
				run = strings.TrimPrefix(args[i], "^")
			}
		case "-update":
			if flag.Lookup("update") == nil {
				return fmt.Errorf("no flag -update")
			}
		default:
			dir := strings.TrimSuffix(a, "/...")
			if strings.HasPrefix(a, "-") || !strings.HasPrefix(a, ".") {
				return fmt.Errorf("what is %s?", a)
			}
			if _, err := os.Stat("../../" + dir); err != nil {
				return err
			}
			if run != "" {
				if err := findTest("../../"+dir, run); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

func findTest(dir, name string) error {
	files, err := filepath.Glob(dir + "/*_test.go")
	for _, f := range files {
		if b, err := os.ReadFile(f); err == nil && strings.Contains(string(b), "\nfunc "+name) {
			return nil
		}
	}
	return fmt.Errorf("no test %s in %s %v", name, dir, err)
}
