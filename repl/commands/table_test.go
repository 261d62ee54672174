package commands

import (
	"bytes"
	"context"
	"go/ast"
	"go/parser"
	"go/token"
	"net/netip"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"

	"github.com/rivo/uniseg"

	"sockstep/repl"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// The tests of this file hold the command table to what help, completion and the manual make of it.

// TestOneFileOneCommand: whoever looks for a command finds it by its name, and no command is written that nobody can type.
func TestOneFileOneCommand(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	var listed, written []string
	for _, c := range Table() {
		listed = append(listed, c.Name)
	}
	set := token.NewFileSet()
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		tree, err := parser.ParseFile(set, name, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			literal, ok := n.(*ast.CompositeLit)
			if !ok || !isCommandType(literal.Type) {
				return true
			}
			command := nameOf(literal)
			written = append(written, command)
			if want := command + ".go"; name != want {
				t.Errorf("%s: %s has a file of its own: %s", set.Position(n.Pos()), command, want)
			}
			return true
		})
	}
	slices.Sort(listed)
	slices.Sort(written)
	if !slices.Equal(listed, written) {
		t.Errorf("the table lists\n%q\nwritten are\n%q", listed, written)
	}
}

func isCommandType(e ast.Expr) bool {
	s, ok := e.(*ast.SelectorExpr)
	return ok && s.Sel.Name == "Command"
}

// nameOf is the Name that a command is given in its literal.
func nameOf(c *ast.CompositeLit) string {
	for _, e := range c.Elts {
		if kv, ok := e.(*ast.KeyValueExpr); ok && kv.Key.(*ast.Ident).Name == "Name" {
			if l, ok := kv.Value.(*ast.BasicLit); ok {
				s, _ := strconv.Unquote(l.Value)
				return s
			}
		}
	}
	return ""
}

// TestTable: every row is whole, in both languages, and its capital words are Params, so that a missing one can be asked for.
func TestTable(t *testing.T) {
	var groups []repl.Group
	for _, g := range repl.Groups() {
		groups = append(groups, g.Group)
		both(t, "group "+string(g.Group), g.Title)
	}
	seen := map[string]bool{}
	last := 0
	for _, c := range Table() {
		if seen[c.Name] {
			t.Errorf("%s stands in the table twice", c.Name)
		}
		seen[c.Name] = true
		if at := slices.Index(groups, c.Group); at < last {
			t.Errorf("%s: the table goes group by group, and %q is over or unknown", c.Name, c.Group)
		} else {
			last = at
		}
		if len(c.Usage) == 0 || len(c.Example) == 0 || c.Run == nil {
			t.Errorf("%s: Usage, Example and Run belong to every command", c.Name)
			continue
		}
		both(t, c.Name+" summary", c.Summary)
		for what, text := range map[string]names.Text{" detail": c.Detail, " waits": c.Waits} {
			if !text.IsZero() {
				both(t, c.Name+what, text)
			}
		}
		for _, u := range c.Usage {
			for _, param := range capitals(u) {
				isParam(t, c.Name+" "+u, param)
			}
		}
		for _, f := range c.Flags {
			both(t, c.Name+" "+f.Spelling(), f.Meaning)
			if f.Arg != "" {
				isParam(t, c.Name+" "+f.Spelling(), f.Arg)
			}
		}
	}
}

func isParam(t *testing.T, where, name string) {
	t.Helper()
	if p, ok := repl.ParamNamed(name); !ok {
		t.Errorf("%s: %s is no Param", where, name)
	} else {
		both(t, "param "+name, p.Phrase)
	}
}

// capitals are the Params of a usage: its words that are all capitals. AF_… and the like stand for the manual's names.
func capitals(usage string) []string {
	notInName := func(r rune) bool { return !unicode.IsLetter(r) && r != '_' }
	return slices.DeleteFunc(strings.FieldsFunc(usage, notInName), func(w string) bool {
		return strings.ToUpper(w) != w || strings.Contains(w, "_")
	})
}

// both checks that a text is there in both languages, each in its own.
func both(t *testing.T, where string, text names.Text) {
	t.Helper()
	switch {
	case text.En == "" || text.Zh == "":
		t.Errorf("%s: not in both languages: %+v", where, text)
	case hasHan(text.En):
		t.Errorf("%s: Chinese in %q", where, text.En)
	case text.En != text.Zh && !hasHan(text.Zh):
		t.Errorf("%s: no Chinese in %q", where, text.Zh)
	}
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

// TestHelpFits: the overview and the help of each command can be read at once on a screen of 80 by 24, where
// the line that asked for it and the next prompt stand, too.
func TestHelpFits(t *testing.T) {
	const columns, rows = 80, 24
	for _, lang := range []names.Lang{names.English, names.Chinese} {
		lines := []string{"help"}
		for _, c := range Table() {
			lines = append(lines, "help "+c.Name)
		}
		for _, line := range lines {
			drawn := play(t, lang, line)
			shown := strings.Split(strings.TrimRight(drawn, "\n"), "\n")
			if n := len(shown) + 2; n > rows {
				t.Errorf("%s: %s takes %d rows of %d:\n%s", lang, line, n, rows, drawn)
			}
			for _, row := range shown {
				if w := uniseg.StringWidth(row); w > columns {
					t.Errorf("%s: %s is %d columns wide, of %d: %q", lang, line, w, columns, row)
				}
			}
		}
	}
}

// noCable stands for a lab, so that the examples of its commands can be run: all hosts are this one, and no cable joins them.
type noCable struct{}

func (noCable) At(_ string, f func() error) error { return f() }
func (noCable) Cable() repl.Cable                 { return noCable{} }
func (noCable) Host(netip.Addr) string            { return "" }
func (noCable) Turn(repl.Knob) error              { return nil }
func (noCable) Frames() []string                  { return []string{"syn"} }

func (noCable) State() (settings []repl.Setting, counts []sockets.Field, err error) {
	return nil, nil, nil
}

// play runs lines in a fresh session and gives what a student would see.
func play(t *testing.T, lang names.Lang, lines ...string) string {
	t.Helper()
	var drawn bytes.Buffer
	var s *repl.Session
	text := render.NewText(&drawn, render.Options{Lang: func() names.Lang { return s.Lang() }, Show: func() render.Show { return s.Show() }})
	s = repl.NewSession(repl.Config{Table: Table(), Lang: lang, Observers: []sockets.Observer{text}, Hold: true, Lab: noCable{}})
	defer s.Close()
	for _, line := range lines {
		ctx, cancel := context.WithTimeout(t.Context(), patience)
		act := s.Do(ctx, line)
		cancel()
		if !act.OK() {
			t.Errorf("%s: %s: %v", lang, line, act.Err)
		}
	}
	s.Flush()
	return drawn.String()
}
