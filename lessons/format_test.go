package lessons

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sockstep/sockets/names"
)

var (
	bothFormats  = []names.Lang{names.English, names.Chinese}
	shellComment = regexp.MustCompile(`(?m) *# .*$`)
)

// TestFormatLanguages: both pages have the same parts in the same order, the same examples, and the same words to type.
func TestFormatLanguages(t *testing.T) {
	en, zh := Format(names.English), Format(names.Chinese)
	if len(en) != len(zh) {
		t.Errorf("the English page has %d parts, the Chinese %d", len(en), len(zh))
	}
	for i := range min(len(en), len(zh)) {
		e, z := en[i], zh[i]
		if e.Kind != z.Kind || e.Term != z.Term || e.Lang != z.Lang {
			t.Fatalf("from here on the pages differ:\n%+v\n%+v", e, z)
		}
		switch {
		case e.Kind == Code && shellComment.ReplaceAllString(e.Text, "") != shellComment.ReplaceAllString(z.Text, ""):
			t.Errorf("the examples differ:\n%s\n%s", e.Text, z.Text)
		case e.Kind == Code:
		case hasHan(e.Text):
			t.Errorf("Chinese stands in the English page: %s", e.Text)
		case !hasHan(z.Text) && e.Kind != Entry:
			t.Errorf("no Chinese stands in the Chinese page: %s", z.Text)
		case !slices.Equal(typed(e.Text), typed(z.Text)):
			t.Errorf("to be typed are %q and %q:\n%s\n%s", typed(e.Text), typed(z.Text), e.Text, z.Text)
		case strings.Count(z.Text, "`")%2 != 0:
			t.Errorf("an odd number of ` in %s", z.Text)
		}
	}
}

// lists are the terms of each list of a page, sorted.
func lists(page []Part) (all [][]string) {
	for i, p := range page {
		if p.Kind != Entry {
			continue
		}
		if i == 0 || page[i-1].Kind != Entry {
			all = append(all, nil)
		}
		last := &all[len(all)-1]
		*last = append(*last, strings.Split(p.Term, ", ")...)
	}
	for _, l := range all {
		slices.Sort(l)
	}
	return all
}

// TestFormatExplains: each struct of a lesson's file has a list in both pages, of its keys and no others; so have the needs, the
// kinds of variables, and the rules of the check.
func TestFormatExplains(t *testing.T) {
	want := map[string][]string{"needs": needsKnown, "rules": rulesOf(t)}
	for kind := range forms {
		if kind == "random-number" {
			kind += " LO HI"
		}
		want["variables"] = append(want["variables"], kind)
	}
	keysOf(reflect.TypeFor[Lesson](), want)
	for _, lang := range bothFormats {
		page := lists(Format(lang))
		for what, terms := range want {
			terms = slices.Sorted(slices.Values(terms))
			if !slices.ContainsFunc(page, func(l []string) bool { return slices.Equal(l, terms) }) {
				t.Errorf("%v: no list of the page explains %s: %q", lang, what, terms)
			}
		}
	}
}

// keysOf collects the keys of a struct, and of those within it.
func keysOf(t reflect.Type, all map[string][]string) {
	switch t.Kind() {
	case reflect.Pointer, reflect.Slice, reflect.Map:
		keysOf(t.Elem(), all)
		return
	case reflect.Struct:
	default:
		return
	}
	if t == reflect.TypeFor[names.Text]() || all[t.Name()] != nil || t.PkgPath() != reflect.TypeFor[Lesson]().PkgPath() {
		return
	}
	all[t.Name()] = []string{}
	for i := range t.NumField() {
		f := t.Field(i)
		if key := f.Tag.Get("yaml"); key != "" && key != "-" {
			all[t.Name()] = append(all[t.Name()], key)
			keysOf(f.Type, all)
		}
	}
}

// rulesOf are the rules that the check names anywhere in its source.
func rulesOf(t *testing.T) (rules []string) {
	t.Helper()
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	add := func(e ast.Expr) {
		if l, ok := e.(*ast.BasicLit); ok && l.Kind == token.STRING {
			rule, _ := strconv.Unquote(l.Value)
			rules = append(rules, rule)
		}
	}
	for _, name := range files {
		tree, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			switch n := n.(type) {
			case *ast.CallExpr:
				if f, ok := n.Fun.(*ast.SelectorExpr); ok && f.Sel.Name == "problem" {
					add(n.Args[0])
				}
			case *ast.KeyValueExpr:
				if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Rule" {
					add(n.Value)
				}
			}
			return true
		})
	}
	if len(rules) < 10 {
		t.Fatalf("the rules of the check are not found: %q", rules)
	}
	slices.Sort(rules)
	return slices.Compact(rules)
}

// TestFormatNumbers: what the page says of lengths, choices and fields is what is held to.
func TestFormatNumbers(t *testing.T) {
	for _, lang := range bothFormats {
		said := map[string]string{}
		for _, p := range Format(lang) {
			if p.Kind == Entry {
				said[p.Term] += " " + p.Text + " "
			}
		}
		number := func(n int) string { return strconv.Itoa(n) }
		for _, c := range []struct {
			term string
			has  []string
		}{
			{"intro, try", []string{number(introRows)}},
			{"text", []string{number(stepRows), number(stepRows + 2)}},
			{"after", []string{number(afterRows)}},
			{"hints, say, without", []string{number(answerRows)}},
			{"field", append([]string{"SO_RCVBUF"}, keyFields...)},
		} {
			for _, has := range c.has {
				if !regexp.MustCompile(`\b` + has + `\b`).MatchString(said[c.term]) {
					t.Errorf("%v: %s does not say %s: %s", lang, c.term, has, said[c.term])
				}
			}
		}
		for _, n := range []string{"5", "5..", "..5", "5..9", "$n", "len($word)", "sent(k)", "sent(k) - 1"} {
			if _, err := parseNumber(n); err != nil || said[n] == "" {
				t.Errorf("%v: %s: %v", lang, n, err)
			}
		}
	}
}
