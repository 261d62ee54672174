// Package house holds the project to the rules of its house: who may import whom, and what stands nowhere.
// The rules about texts and examples stand beside the command table, in repl/commands.
package house

import (
	"go/ast"
	"go/build"
	"go/parser"
	"go/token"
	"go/types"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"unicode"
)

// rooms is who may import whom: with a < b, b may import a and all that a may import. What this text does not allow
// is forbidden, and so is a package that it does not name.
//
// It is the policy of the house. Do not change it to make a test pass.
const rooms = `
	names, wire
	< sockets
	< sys, tap, diag, lab, lessons, render;

	sys, lessons, render
	< repl
	< commands, tty;

	commands, tty, tap, diag, lab
	< cmd;
`

// outside is who may import what is not ours: every module, and of Go's own packages those that are kept in one place.
// A place is a room, a file of one, or a folder with all below it.
const outside = `
	unsafe                                  < sys, tap, diag, lab;
	net                                     < sys/resolve.go, sys/interfaces.go, sys/sockaddr.go, sys/state_bsd.go, examples;
	net/http                                < examples;

	golang.org/x/sys                        < sockets/...;
	golang.org/x/term                       < cmd, tty;
	golang.org/x/text/unicode/runenames     < repl;
	github.com/adrg/xdg                     < cmd;
	github.com/c-bata/go-prompt             < tty;
	github.com/fatih/color                  < render;
	github.com/goccy/go-yaml                < lessons;
	github.com/mdlayher/netlink             < diag;
	github.com/pkg/term                     < tty;
	github.com/rivo/uniseg                  < repl/...;
	github.com/spf13/cobra                  < cmd;
	github.com/spf13/pflag                  < cmd;
`

// mutable are the package variables that change after start, each with the reason.
var mutable = map[string]string{
	"sockets/sys.wakers": "a pool of what is used again and again: it holds no state",
}

// longest is how many lines a file may have before it holds two thoughts.
const longest = 400

const module = "sockstep"

// A file is one Go file of the project.
type file struct {
	path   string // from the root, with slashes
	test   bool
	source []byte
	tree   *ast.File
}

func (f *file) dir() string { return path.Dir(f.path) }

// room is the name that the policy has for the package in a folder, "" for none.
func room(dir string) string {
	switch {
	case strings.HasPrefix(dir+"/", "examples/"):
		return "examples"
	case dir == "cmd/"+module:
		return "cmd"
	case dir == "sockets", dir == "repl", dir == "lessons":
		return dir
	case path.Dir(dir) == "sockets", path.Dir(dir) == "repl":
		return path.Base(dir)
	}
	return ""
}

// walk visits every file that belongs to the project.
func walk(t *testing.T, visit func(name string)) {
	t.Helper()
	err := filepath.WalkDir(".", func(name string, d fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case d.IsDir() && name == ".git":
			return filepath.SkipDir
		case d.Type().IsRegular():
			visit(filepath.ToSlash(name))
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// parse reads all Go files, for every system.
func parse(t *testing.T) (*token.FileSet, []*file) {
	t.Helper()
	set := token.NewFileSet()
	var all []*file
	walk(t, func(name string) {
		if !strings.HasSuffix(name, ".go") || strings.Contains(name, "testdata/") {
			return
		}
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		tree, err := parser.ParseFile(set, name, source, parser.ParseComments|parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, &file{path: name, test: strings.HasSuffix(name, "_test.go"), source: source, tree: tree})
	})
	if len(all) == 0 {
		t.Fatal("no Go files")
	}
	return set, all
}

// chains reads a policy: rules end with a semicolon, their sets are parted by "<" and the names in a set by commas.
func chains(text string) (rules [][][]string) {
	for rule := range strings.SplitSeq(text, ";") {
		if strings.TrimSpace(rule) == "" {
			continue
		}
		var chain [][]string
		for set := range strings.SplitSeq(rule, "<") {
			var names []string
			for name := range strings.SplitSeq(set, ",") {
				names = append(names, strings.TrimSpace(name))
			}
			chain = append(chain, names)
		}
		rules = append(rules, chain)
	}
	return rules
}

// allowed gives for each room all the rooms that it may import.
func allowed() map[string]map[string]bool {
	may := map[string]map[string]bool{"examples": {}}
	for _, chain := range chains(rooms) {
		for i, set := range chain {
			for _, name := range set {
				if may[name] == nil {
					may[name] = map[string]bool{}
				}
				if i > 0 {
					for _, below := range chain[i-1] {
						may[name][below] = true
						maps.Copy(may[name], may[below])
					}
				}
			}
		}
	}
	return may
}

func TestImports(t *testing.T) {
	_, files := parse(t)
	may := allowed()
	for _, f := range files {
		if f.test {
			continue
		}
		from := room(f.dir())
		if _, ok := may[from]; !ok {
			t.Errorf("%s: the policy has no room for this package", f.path)
			continue
		}
		for _, imported := range imports(f) {
			dir, ours := strings.CutPrefix(imported, module+"/")
			if ours && !may[from][room(dir)] {
				t.Errorf("%s: %s may not import %s", f.path, from, dir)
			}
		}
	}
}

func TestOutsideImports(t *testing.T) {
	_, files := parse(t)
	places := map[string][]string{}
	for _, chain := range chains(outside) {
		places[chain[0][0]] = chain[1]
	}
	for _, f := range files {
		for _, imported := range imports(f) {
			if imported == "C" {
				t.Errorf("%s: there is no cgo here", f.path)
			}
			if f.test || imported == module || strings.HasPrefix(imported, module+"/") {
				continue
			}
			key := imported
			for places[key] == nil && strings.Contains(key, "/") && strings.Contains(imported, ".") { // a package of a module that is listed
				key = path.Dir(key)
			}
			in, listed := places[key]
			first, _, _ := strings.Cut(imported, "/")
			switch {
			case listed && !slices.ContainsFunc(in, func(place string) bool { return stands(f, place) }):
				t.Errorf("%s: only %s may import %s", f.path, strings.Join(in, ", "), key)
			case !listed && strings.Contains(first, "."):
				t.Errorf("%s: the policy does not know the module of %s", f.path, imported)
			}
		}
	}
}

// stands reports whether a file stands in a place of the policy.
func stands(f *file, place string) bool {
	if tree, ok := strings.CutSuffix(place, "/..."); ok {
		return strings.HasPrefix(f.path, tree+"/")
	}
	at, name, single := strings.Cut(place, "/")
	return room(f.dir()) == at && (!single || name == path.Base(f.path))
}

func imports(f *file) (list []string) {
	for _, i := range f.tree.Imports {
		p, _ := strconv.Unquote(i.Path.Value)
		list = append(list, p)
	}
	return list
}

// TestPolicy holds the policy itself to the tree: what it names must exist, so that it does not rot.
func TestPolicy(t *testing.T) {
	_, files := parse(t)
	for _, chain := range chains(outside) {
		for _, place := range chain[1] {
			if _, name, single := strings.Cut(place, "/"); single && name != "..." &&
				!slices.ContainsFunc(files, func(f *file) bool { return stands(f, place) && slices.Contains(imports(f), chain[0][0]) }) {
				t.Errorf("%s no longer imports %s", place, chain[0][0])
			}
		}
	}
}

// TestTopFolders keeps the top of the tree as a visitor learned it.
func TestTopFolders(t *testing.T) {
	known := []string{"cmd", "repl", "sockets", "lessons", "examples"}
	entries, err := os.ReadDir(".")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !slices.Contains(known, e.Name()) {
			t.Errorf("%s: the top folders are %s", e.Name(), strings.Join(known, ", "))
		}
	}
}

// TestStreams keeps the streams and the end of the program in main: whatever is below it can be tested, and served elsewhere.
func TestStreams(t *testing.T) {
	set, files := parse(t)
	for _, f := range files {
		if f.test || room(f.dir()) == "examples" {
			continue
		}
		inCmd := room(f.dir()) == "cmd"
		ast.Inspect(f.tree, func(n ast.Node) bool {
			if call, ok := n.(*ast.CallExpr); ok {
				if name, ok := call.Fun.(*ast.Ident); ok && (name.Name == "print" || name.Name == "println") {
					t.Errorf("%s: %s writes to the program's own stderr", set.Position(n.Pos()), name.Name)
				}
			}
			s, ok := n.(*ast.SelectorExpr)
			if !ok {
				return true
			}
			x, ok := s.X.(*ast.Ident)
			if !ok {
				return true
			}
			switch name := x.Name + "." + s.Sel.Name; name {
			case "os.Exit":
				if f.tree.Name.Name != "main" || path.Base(f.path) != "main.go" {
					t.Errorf("%s: os.Exit belongs into main", set.Position(n.Pos()))
				}
			case "log.Fatal", "log.Fatalf", "log.Fatalln", "fmt.Print", "fmt.Printf", "fmt.Println":
				t.Errorf("%s: %s goes past the streams that the session was given", set.Position(n.Pos()), name)
			case "os.Stdin", "os.Stdout", "os.Stderr":
				if !inCmd {
					t.Errorf("%s: %s is main's; take the stream that you were given", set.Position(n.Pos()), name)
				}
			}
			return true
		})
	}
}

// TestPackageVariables finds package variables that change after start. A method that changes what it is called on is
// not seen; for that, a lock or a pool at package level needs a reason.
func TestPackageVariables(t *testing.T) {
	set, files := parse(t)
	used, told := map[string]bool{}, map[token.Pos]bool{}
	report := func(f *file, pos token.Pos, name, what string) {
		key := f.dir() + "." + name
		used[key] = true
		if mutable[key] == "" && !told[pos] { // most files are those of several systems
			told[pos] = true
			t.Errorf("%s: %s %s after start", set.Position(pos), key, what)
		}
	}
	for _, system := range []string{"linux", "darwin", "freebsd", "windows"} {
		for _, of := range byPackage(t, files, system) {
			info := check(set, of)
			for _, f := range of {
				changes(f.tree, info, func(pos token.Pos, name string) { report(f, pos, name, "is changed") })
				locks(f.tree, func(pos token.Pos, name string) { report(f, pos, name, "is there to be changed") })
			}
		}
	}
	for key := range mutable {
		if !used[key] {
			t.Errorf("%s no longer needs its exception", key)
		}
	}
}

// byPackage sorts the files that a system compiles, less the tests, by their folder.
func byPackage(t *testing.T, files []*file, system string) map[string][]*file {
	c := build.Default
	c.GOOS, c.GOARCH, c.CgoEnabled = system, "amd64", false
	all := map[string][]*file{}
	for _, f := range files {
		fits, err := c.MatchFile(filepath.FromSlash(f.dir()), path.Base(f.path))
		if err != nil {
			t.Fatal(err)
		}
		if fits && !f.test {
			all[f.dir()] = append(all[f.dir()], f)
		}
	}
	return all
}

// check finds out what the names in a package mean. It needs none of what the package imports: that stays unknown.
func check(set *token.FileSet, of []*file) *types.Info {
	info := &types.Info{Uses: map[*ast.Ident]types.Object{}, Defs: map[*ast.Ident]types.Object{}}
	c := types.Config{Error: func(error) {}, Importer: nothing{}}
	var trees []*ast.File
	for _, f := range of {
		trees = append(trees, f.tree)
	}
	_, _ = c.Check(of[0].dir(), set, trees, info) // its errors are about imports
	return info
}

// nothing imports every package as an empty one.
type nothing struct{}

func (nothing) Import(p string) (*types.Package, error) {
	pkg := types.NewPackage(p, path.Base(p))
	pkg.MarkComplete()
	return pkg, nil
}

// changes tells of each package variable, ours or another package's, that a function changes. init is part of the start.
func changes(tree *ast.File, info *types.Info, tell func(token.Pos, string)) {
	target := func(e ast.Expr) {
		if name := packageVariable(e, info); name != "" {
			tell(e.Pos(), name)
		}
	}
	inspect := func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			if n.Tok != token.DEFINE {
				for _, e := range n.Lhs {
					target(e)
				}
			}
		case *ast.RangeStmt:
			if n.Tok == token.ASSIGN {
				target(n.Key)
				if n.Value != nil {
					target(n.Value)
				}
			}
		case *ast.IncDecStmt:
			target(n.X)
		case *ast.UnaryExpr:
			if _, literal := n.X.(*ast.CompositeLit); n.Op == token.AND && !literal {
				target(n.X)
			}
		case *ast.CallExpr:
			if f, ok := n.Fun.(*ast.Ident); ok && (f.Name == "delete" || f.Name == "clear" || f.Name == "copy") && len(n.Args) > 0 {
				target(n.Args[0])
			}
		}
		return true
	}
	for _, d := range tree.Decls {
		switch d := d.(type) {
		case *ast.FuncDecl:
			if d.Body != nil && (d.Name.Name != "init" || d.Recv != nil) {
				ast.Inspect(d.Body, inspect)
			}
		case *ast.GenDecl: // functions in the values of variables
			ast.Inspect(d, func(n ast.Node) bool {
				if f, ok := n.(*ast.FuncLit); ok {
					ast.Inspect(f.Body, inspect)
					return false
				}
				return true
			})
		}
	}
}

// packageVariable is the name of the package variable that e is a part of, "" where it is none.
func packageVariable(e ast.Expr, info *types.Info) string {
	for {
		switch x := e.(type) {
		case *ast.ParenExpr:
			e = x.X
		case *ast.IndexExpr:
			e = x.X
		case *ast.SliceExpr:
			e = x.X
		case *ast.StarExpr:
			e = x.X
		case *ast.SelectorExpr:
			if of, ok := x.X.(*ast.Ident); ok {
				if _, imported := info.Uses[of].(*types.PkgName); imported {
					return of.Name + "." + x.Sel.Name
				}
			}
			e = x.X
		case *ast.Ident:
			if v, ok := info.Uses[x].(*types.Var); ok && !v.IsField() && v.Pkg() != nil && v.Parent() == v.Pkg().Scope() {
				return x.Name
			}
			return ""
		default:
			return ""
		}
	}
}

// locks tells of each package variable that is of a type from sync or sync/atomic.
func locks(tree *ast.File, tell func(token.Pos, string)) {
	for _, d := range tree.Decls {
		g, ok := d.(*ast.GenDecl)
		if !ok || g.Tok != token.VAR {
			continue
		}
		for _, s := range g.Specs {
			v := s.(*ast.ValueSpec)
			kind := v.Type
			if kind == nil && len(v.Values) == 1 {
				if literal, ok := v.Values[0].(*ast.CompositeLit); ok {
					kind = literal.Type
				}
			}
			if x, ok := kind.(*ast.IndexExpr); ok { // atomic.Pointer[T]
				kind = x.X
			}
			if s, ok := kind.(*ast.SelectorExpr); ok {
				if of, ok := s.X.(*ast.Ident); ok && (of.Name == "sync" || of.Name == "atomic") {
					tell(v.Pos(), v.Names[0].Name)
				}
			}
		}
	}
}

// TestLength keeps a file to one thought.
func TestLength(t *testing.T) {
	_, files := parse(t)
	for _, f := range files {
		if n := strings.Count(string(f.source), "\n"); !f.test && n > longest {
			t.Errorf("%s has %d lines: look for the second thought in it", f.path, n)
		}
	}
}

// TestWords finds what was left undone, and the names of the place where the project is being worked on.
func TestWords(t *testing.T) {
	undone := regexp.MustCompile(`\b(TO` + `DO|FIX` + `ME)\b`)
	here, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	walk(t, func(name string) {
		source, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if found := undone.Find(source); found != nil {
			t.Errorf("%s: %s", name, found)
		}
		if strings.Count(here, "/") > 1 && strings.Contains(string(source), here) {
			t.Errorf("%s: names the folder %s, which is elsewhere on every machine", name, here)
		}
	})
}

// TestTexts finds, wherever a text is written, a side that is missing or in the other language. What is to be typed is
// the same on both sides, and so is a word of the system's that nobody has translated.
func TestTexts(t *testing.T) {
	set, files := parse(t)
	for _, f := range files {
		if f.test {
			continue
		}
		ast.Inspect(f.tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 || !isText(call.Fun, f) {
				return true
			}
			at := set.Position(n.Pos())
			en, zh := source(set, f, call.Args[0]), source(set, f, call.Args[1])
			switch enHan, zhHan := hasHan(call.Args[0]), hasHan(call.Args[1]); {
			case en == `""` || zh == `""`:
				if en != zh {
					t.Errorf("%s: one language is missing", at)
				}
			case enHan:
				t.Errorf("%s: Chinese in %s", at, en)
			case en != zh && !zhHan && isWords(call.Args[1]):
				t.Errorf("%s: no Chinese in %s", at, zh)
			}
			return true
		})
	}
}

// isText reports whether a function is the one that makes a text of its two sides: names.T, and T in its own room.
func isText(f ast.Expr, in *file) bool {
	switch f := f.(type) {
	case *ast.SelectorExpr:
		of, ok := f.X.(*ast.Ident)
		return ok && of.Name == "names" && f.Sel.Name == "T"
	case *ast.Ident:
		return f.Name == "T" && room(in.dir()) == "names"
	}
	return false
}

func source(set *token.FileSet, f *file, e ast.Expr) string {
	return string(f.source[set.Position(e.Pos()).Offset:set.Position(e.End()).Offset])
}

// isWords reports whether an expression holds words of its own. One that is only put together of others says nothing of its language.
func isWords(e ast.Expr) bool { return literals(e, unicode.IsLetter) }

func hasHan(e ast.Expr) bool {
	return literals(e, func(r rune) bool {
		return unicode.Is(unicode.Han, r) || strings.ContainsRune("、，。；：？！（）“”", r)
	})
}

// literals reports whether the strings in an expression hold such a character.
func literals(e ast.Expr, is func(rune) bool) (found bool) {
	ast.Inspect(e, func(n ast.Node) bool {
		if l, ok := n.(*ast.BasicLit); ok && l.Kind == token.STRING {
			s, _ := strconv.Unquote(l.Value)
			found = found || strings.ContainsFunc(s, is)
		}
		return true
	})
	return found
}
