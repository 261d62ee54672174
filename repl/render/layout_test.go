package render_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"

	"sockstep/repl/render"
)

func TestSanitize(t *testing.T) {
	tests := map[string]string{
		"":                       "",
		"plain, 你好 é 😀":          "plain, 你好 é 😀",
		"a\nb\rc\td":             `a\nb\rc\td`,
		"\x00\x1b[2J\x7f":        `\x00\x1b[2J\x7f`,
		"\u009b31m":              `\u009b31m`,
		"\u202eexe\u202c\u2066a": `\u202eexe\u202c\u2066a`,
		"\u2028\u2029\ufeff":     `\u2028\u2029\ufeff`,
		"\xff\xe4\xbd":           `\xff\xe4\xbd`,
		"\xed\xa0\x80":           `\xed\xa0\x80`, // a surrogate alone
		"👩\u200d👧":               "👩\u200d👧",
		"\U000e0041":             `\U000e0041`,
	}
	for in, want := range tests {
		if got := render.Sanitize(in); got != want {
			t.Errorf("Sanitize(%q) = %q, want %q", in, got, want)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	f.Add("\x1b\x9b\u202e\xff你好")
	f.Fuzz(func(t *testing.T, s string) {
		got := render.Sanitize(s)
		if !utf8.ValidString(got) {
			t.Fatalf("%q is no UTF-8", got)
		}
		for _, r := range got {
			if r < 0x20 || r >= 0x7f && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
				t.Fatalf("%q holds %U", got, r)
			}
		}
		if again := render.Sanitize(got); again != got {
			t.Fatalf("a second time changes %q to %q", got, again)
		}
	})
}

func TestWidth(t *testing.T) {
	for s, want := range map[string]int{"": 0, "abc": 3, "你好": 4, "é": 1, "→…×µ·│─": 7, "，。": 4, "😀": 2} {
		if got := render.Width(s); got != want {
			t.Errorf("Width(%q) = %d, want %d", s, got, want)
		}
	}
}

func TestWrap(t *testing.T) {
	tests := []struct {
		text  string
		width int
		want  []string
	}{
		{"", 10, []string{""}},
		{"one two three", 20, []string{"one two three"}},
		{"one two three", 8, []string{"one two", "three"}},
		{"one   two", 5, []string{"one", "two"}},
		{"a\n\nb", 5, []string{"a", "", "b"}},
		{"abcdefghij", 4, []string{"abcd", "efgh", "ij"}},
		{"你好世界", 4, []string{"你好", "世界"}},
		{"你好世界", 5, []string{"你好", "世界"}},
		{"你好，世界", 4, []string{"你", "好，", "世界"}},          // no comma begins a line
		{"返回（见下）", 6, []string{"返回", "（见", "下）"}},        // no bracket ends one
		{"调用 bind 之后", 7, []string{"调用", "bind 之", "后"}}, // a word stays whole
		{"调用bind之后", 8, []string{"调用bind", "之后"}},
		{"用 --until 即可", 10, []string{"用 --until", "即可"}}, // and so does a flag
		{"。。。。", 4, []string{"。。", "。。"}},
	}
	for _, tt := range tests {
		if diff := cmp.Diff(tt.want, render.Wrap(tt.text, tt.width)); diff != "" {
			t.Errorf("Wrap(%q, %d) (-want +got):\n%s", tt.text, tt.width, diff)
		}
	}
}

func FuzzWrap(f *testing.F) {
	f.Add("one two 你好，世界。（see bind(2)）", 9)
	f.Add("  leading and trailing  ", 4)
	f.Fuzz(func(t *testing.T, s string, width int) {
		s = render.Sanitize(s)
		lines := render.Wrap(s, width)
		for _, l := range lines {
			// A single character may be wider than a line of one column; nothing can be done for it.
			if w := render.Width(l); w > max(width, 4) {
				t.Fatalf("%d columns, want %d: %q", w, width, l)
			}
		}
		blankless := func(s string) string { return strings.ReplaceAll(s, " ", "") }
		if got := strings.Join(lines, ""); blankless(got) != blankless(s) {
			t.Fatalf("text was lost: %q became %q", s, lines)
		}
	})
}

func TestCaret(t *testing.T) {
	tests := []struct {
		name          string
		line          string
		col, n, width int
		shown, marks  string
	}{
		{"first word", "bnd s", 0, 3, 80, "bnd s", "^^^"},
		{"middle", "bind s nowhere now", 7, 7, 80, "bind s nowhere now", "       ^^^^^^^"},
		{"past the end", "bind s", 6, 1, 80, "bind s", "      ^"},
		{"far past the end", "bind s", 60, 5, 80, "bind s", "      ^"},
		{"empty line", "", 0, 1, 80, "", "^"},
		{"behind Chinese", "send '你好' --pek", 14, 5, 80, "send '你好' --pek", "            ^^^^^"},
		{"a Chinese word", "send 你好 x", 5, 6, 80, "send 你好 x", "     ^^^^"},
		{"inside a character", "你好", 4, 1, 80, "你好", "  ^^"},
		{"negative", "abc", -5, 0, 80, "abc", "^"},
		{"behind a control character", "a\x1bb", 2, 1, 80, `a\x1bb`, "     ^"},
		{"window at the end", "0123456789abcdefghij WORD", 21, 4, 12, "…defghij WORD"[0:3] + "efghij WORD", "        ^^^^"},
		{"window at the start", "WORD 0123456789abcdefghij", 0, 4, 12, "WORD 012345…", "^^^^"},
		{"window in the middle", "0123456789 WORD abcdefghij", 11, 4, 12, "…89 WORD ab…", "    ^^^^"},
		{"window of a long word", "x 0123456789abcdefghij y", 2, 20, 12, "…012345678……", " ^^^^^^^^^^"},
		{"window in Chinese", "你好你好你好你好 错 你好你好你好你好", 25, 3, 12, "…好 错 你…", "    ^^"},
	}
	for _, tt := range tests {
		shown, marks := render.Caret(tt.line, tt.col, tt.n, tt.width)
		if shown != tt.shown || marks != tt.marks {
			t.Errorf("%s: got\n%s\n%s\nwant\n%s\n%s", tt.name, shown, marks, tt.shown, tt.marks)
		}
	}
}

func FuzzCaret(f *testing.F) {
	f.Add("send c '你好' --pek", 18, 5, 10)
	f.Fuzz(func(t *testing.T, line string, col, n, width int) {
		shown, marks := render.Caret(line, col, n, width)
		if !strings.Contains(marks, "^") {
			t.Fatalf("no caret in %q", marks)
		}
		width = max(width, 8)
		if w := render.Width(shown); w > width {
			t.Fatalf("line of %d columns in %d: %q", w, width, shown)
		}
		if w := len(marks); w > width+1 {
			t.Fatalf("carets up to column %d in %d", w, width)
		}
	})
}

func TestTable(t *testing.T) {
	table := render.Table{
		Columns: []render.Column{{Title: "name"}, {Title: "fd", Right: true, Weight: 4}, {Title: "local", Weight: 1}, {Title: "meaning", Weight: 5}},
		Rows: [][]string{
			{"s", "3", "127.0.0.1:8888", "takes clients"},
			{"服务器", "12", "-", "等待"},
		},
	}
	tests := []struct {
		width  int
		want   []string
		hidden []string
	}{
		{80, []string{
			"name    fd  local           meaning",
			"s        3  127.0.0.1:8888  takes clients",
			"服务器  12  -               等待",
		}, nil},
		{36, []string{
			"name   fd local        meaning",
			"s       3 127.0.…:8888 takes clients",
			"服务器 12 -            等待",
		}, nil},
		{26, []string{
			"name    fd  local",
			"s        3  127.0.0.1:8888",
			"服务器  12  -",
		}, []string{"meaning"}},
		{9, []string{
			"name",
			"s",
			"服务器",
		}, []string{"fd", "local", "meaning"}},
		{4, []string{
			"name",
			"s",
			"服…",
		}, []string{"fd", "local", "meaning"}},
	}
	for _, tt := range tests {
		head, rows, hidden := table.Lines(tt.width)
		if diff := cmp.Diff(tt.want, append([]string{head}, rows...)); diff != "" {
			t.Errorf("width %d (-want +got):\n%s", tt.width, diff)
		}
		if diff := cmp.Diff(tt.hidden, hidden); diff != "" {
			t.Errorf("width %d, hidden (-want +got):\n%s", tt.width, diff)
		}
	}
}
