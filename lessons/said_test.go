package lessons

import (
	"errors"
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// TestVerbs: both sides of a text take the same args in the same order.
func TestVerbs(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	verb := regexp.MustCompile(`%[a-z]`)
	seen := 0
	for _, file := range files {
		set := token.NewFileSet()
		tree, err := parser.ParseFile(set, file, nil, parser.SkipObjectResolution)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(tree, func(n ast.Node) bool {
			call, ok := n.(*ast.CallExpr)
			if !ok || len(call.Args) != 2 {
				return true
			}
			f, ok := call.Fun.(*ast.SelectorExpr)
			en, enOK := call.Args[0].(*ast.BasicLit)
			zh, zhOK := call.Args[1].(*ast.BasicLit)
			if !ok || f.Sel.Name != "T" || !enOK || !zhOK {
				return true
			}
			seen++
			if a, b := verb.FindAllString(en.Value, -1), verb.FindAllString(zh.Value, -1); !slices.Equal(a, b) {
				t.Errorf("%s: %v and %v", set.Position(n.Pos()), a, b)
			}
			return true
		})
	}
	if seen < 50 {
		t.Errorf("only %d texts were found", seen)
	}
}

// TestSaid: an error keeps both its sides, within another one too; one of the system's is the same in both.
func TestSaid(t *testing.T) {
	own := wrongly(names.T("no %s", "没有 %s"), "port")
	bad := &FormatError{File: "01-a.yaml", Line: 2, Col: 3, Message: both(names.T("here: %s", "这里：%s"), own), text: "x y"}
	for _, c := range []struct {
		err  error
		want names.Text
	}{
		{own, names.Text{En: "no port", Zh: "没有 port"}},
		{bad, names.Text{En: "01-a.yaml:2:3: here: no port\n  x y\n    ^", Zh: "01-a.yaml:2:3: 这里：没有 port\n  x y\n    ^"}},
		{&sockets.Error{Err: bad, Message: names.T("outside", "外面")}, names.T("outside", "外面")},
		{errors.New("100% gone"), names.Text{En: "100% gone", Zh: "100% gone"}},
	} {
		if got := Said(c.err); got != c.want {
			t.Errorf("%q, not %q", got, c.want)
		}
		if c.err.Error() != c.want.En {
			t.Errorf("as an error: %q", c.err)
		}
	}
}

// TestMistakesInChinese: what sockstep itself says of a mistake is said in Chinese, too, at the same place.
func TestMistakesInChinese(t *testing.T) {
	for _, c := range []struct{ was, now string }{
		{"minutes: 5", "minutes: 0"},
		{"id: sample", "id: Sample!"},
		{"free-port}", "free-ports}"},
		{"local: \"127.0.0.1:$port\"}", "recvq: many}"},
		{"local: \"127.0.0.1:$port\"}", "from: zzz}"},
		{"choices: [CLOSE, LISTEN, ESTABLISHED]", "choices: [CLOSE]"},
		{"  text: {en: \"Close it.\", zh: \"关闭它。\"}", "  within: soon"},
		{"minutes: 5", "minutes: [5, 6"},
	} {
		_, err := Read("01-sample.yaml", []byte(strings.Replace(skeletal(t), c.was, c.now, 1)))
		var bad *FormatError
		if !errors.As(err, &bad) {
			t.Errorf("%q: %v", c.now, err)
			continue
		}
		en, zh := bad.In(names.English), bad.In(names.Chinese)
		place := bad.File + ":" + strconv.Itoa(bad.Line) + ":"
		library := strings.Contains(c.now, "[5, 6") // whose words these are
		if hasHan(strings.Split(en, "\n")[0]) || !strings.HasPrefix(zh, place) || !library && !hasHan(strings.Split(zh, "\n")[0]) {
			t.Errorf("%s\n%s", en, zh)
		}
	}
}
