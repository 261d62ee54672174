package names

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"unicode"
)

// texts gives every text that this package can show, by where it stands.
func texts() map[string]Text {
	all := map[string]Text{}
	put := func(where string, t Text) {
		for {
			if _, taken := all[where]; !taken {
				break
			}
			where += "'"
		}
		all[where] = t
	}
	for _, e := range errnos {
		put("errno "+e.Name, e.Meaning)
	}
	for _, table := range append(slices.Clone(explanations), []row{unknown}) {
		for _, r := range table {
			where := strings.Join([]string{"explain", r.op, r.errno, r.kind, r.state, r.holder}, " ")
			put(where+" why", r.Why)
			put(where+" fix", r.Fix)
			if !r.Message.IsZero() {
				put(where+" message", r.Message)
			}
		}
	}
	for _, o := range Options() {
		put(o.Name, o.Meaning)
		if !o.Unit.IsZero() {
			put(o.Name+" unit", o.Unit)
		}
		for _, v := range o.Values {
			put(o.Name+" "+v.Name, v.Meaning)
		}
		for _, f := range o.Fields {
			put(o.Name+" "+f.Name, f.Meaning)
			if !f.Unit.IsZero() {
				put(o.Name+" unit of "+f.Name, f.Unit)
			}
		}
	}
	for _, s := range States() {
		put("state "+s.Name, s.Meaning)
	}
	for _, n := range slices.Concat(notes, sessionNotes) {
		put("note "+n.id, n.text)
	}
	for id, text := range plainNotes {
		put("plain note "+id, text)
	}
	for name, word := range noteWords {
		put("word for "+name, word)
	}
	for _, t := range Topics() {
		put("topic title "+t.Name, t.Title)
		put("topic "+t.Name, t.Body)
	}
	return all
}

func hasHan(s string) bool {
	return strings.ContainsFunc(s, func(r rune) bool { return unicode.Is(unicode.Han, r) })
}

func TestBothLanguages(t *testing.T) {
	for where, text := range texts() {
		if text.En == "" || text.Zh == "" {
			t.Errorf("%s: not in both languages: %+v", where, text)
			continue
		}
		// What is to be typed is the same in both, and so are pure abbreviations.
		if text.En != text.Zh && !hasHan(text.Zh) {
			t.Errorf("%s: no Chinese in %q", where, text.Zh)
		}
		if text.En == text.Zh && !isCommandLine(text.En) {
			t.Errorf("%s: one text for two languages: %q", where, text.En)
		}
		if !strings.HasPrefix(where, "topic strings") && hasHan(text.En) {
			t.Errorf("%s: Chinese in %q", where, text.En)
		}
		en, zh := placeholders(text.En), placeholders(text.Zh)
		slices.Sort(en)
		slices.Sort(zh)
		if !strings.HasPrefix(where, "topic ") && !slices.Equal(en, zh) {
			t.Errorf("%s: {%v} in English, {%v} in Chinese", where, en, zh)
		}
	}
}

func TestPunctuation(t *testing.T) {
	// Chinese sentences have Chinese stops and commas.
	western := regexp.MustCompile(`\p{Han}[,;:?!]|[,;?!]\p{Han}`)
	for where, text := range texts() {
		if !strings.HasPrefix(where, "topic strings") && western.MatchString(text.Zh) {
			t.Errorf("%s: Western punctuation in %q", where, text.Zh)
		}
	}
	for _, e := range errnos {
		if strings.HasSuffix(e.Meaning.En, ".") || strings.HasSuffix(e.Meaning.Zh, "。") {
			t.Errorf("%s: a message has no full stop: %+v", e.Name, e.Meaning)
		}
		if first := []rune(e.Meaning.En)[0]; unicode.IsUpper(first) {
			t.Errorf("%s: a message is lower case: %q", e.Name, e.Meaning.En)
		}
	}
	for where, text := range texts() {
		if !strings.HasSuffix(where, " why") {
			continue
		}
		if en := strings.TrimRight(text.En, ")'\""); !strings.HasSuffix(en, ".") {
			t.Errorf("%s: a reason is a sentence: %q", where, text.En)
		}
		if zh := strings.TrimRight(text.Zh, "）”"); !strings.HasSuffix(zh, "。") {
			t.Errorf("%s: a reason is a sentence: %q", where, text.Zh)
		}
	}
}

// commands are those of sockstep's language.
var commands = strings.Fields(`socket socketpair dup bind listen accept connect send sendall recv sendto recvfrom
	sendmsg recvmsg shutdown close sockopt blocking settimeout inspect sockets poll wire layers cable at states watch why history jobs wait cancel
	gethostname gethostbyname gethostbyaddr getaddrinfo getservbyname getservbyport inet_aton inet_ntoa inet_pton
	inet_ntop htons htonl ntohs ntohl interfaces print show lang run sleep help exit expect`)

var (
	result = regexp.MustCompile(`^[a-z{][a-z0-9}]*(, [a-z]+)* = `)
	quoted = regexp.MustCompile("`([^`]*)`")
)

func isCommandLine(s string) bool {
	word, _, _ := strings.Cut(result.ReplaceAllString(s, ""), " ")
	return slices.Contains(commands, word)
}

func TestFixesCanBeTyped(t *testing.T) {
	for where, text := range texts() {
		if strings.HasPrefix(where, "topic") || strings.HasPrefix(where, "man") {
			continue
		}
		for _, side := range []string{text.En, text.Zh} {
			if strings.Count(side, "`")%2 != 0 {
				t.Errorf("%s: odd quotes in %q", where, side)
			}
			for _, m := range quoted.FindAllStringSubmatch(side, -1) {
				// A $ in front marks what is for the system's shell; {again} is a line that the session makes.
				if m[1] == "{again}" || strings.HasPrefix(m[1], "$ ") || strings.HasPrefix(m[1], "man ") || m[1] == "recv --oob" {
					continue
				}
				if !isCommandLine(m[1]) {
					t.Errorf("%s: %q is no command of sockstep", where, m[1])
				}
			}
		}
		en, zh := quoted.FindAllString(text.En, -1), quoted.FindAllString(text.Zh, -1)
		slices.Sort(en)
		slices.Sort(zh)
		if !slices.Equal(en, zh) {
			t.Errorf("%s: to be typed in English %v, in Chinese %v", where, en, zh)
		}
	}
}

func TestText(t *testing.T) {
	got := T("send {n} to {addr}", "向 {addr} 发送 {n}").Fill("n", "3", "addr", "{n}", "n", "4")
	if want := T("send 3 to {n}", "向 {n} 发送 3"); got != want {
		t.Errorf("Fill: got %+v, want %+v", got, want)
	}
	if got, want := T("one.", "一。").Plus(T("Two.", "二。")), T("one. Two.", "一。二。"); got != want {
		t.Errorf("Plus: got %+v, want %+v", got, want)
	}
	if got, want := (Text{}).Plus(T("a", "甲")), T("a", "甲"); got != want || got.Plus(Text{}) != want {
		t.Errorf("Plus of nothing: got %+v, want %+v", got, want)
	}
	if got := T("a", "甲"); got.In(English) != "a" || got.In(Chinese) != "甲" || got.IsZero() || !(Text{}).IsZero() {
		t.Errorf("In, IsZero: %+v", got)
	}
}

func TestParseLang(t *testing.T) {
	for s, want := range map[string]Lang{
		"en": English, "zh": Chinese, "zh_CN.UTF-8": Chinese, "zh-Hans": Chinese, "ZH_TW": Chinese, "C": English,
		"C.UTF-8": English, "POSIX": English, "en_US.UTF-8@euro": English, " English ": English, "中文": Chinese,
	} {
		if got, ok := ParseLang(s); got != want || !ok {
			t.Errorf("ParseLang(%q) = %v, %v, want %v", s, got, ok, want)
		}
	}
	for _, s := range []string{"", "fr_FR.UTF-8", "zhx"} {
		if got, ok := ParseLang(s); ok {
			t.Errorf("ParseLang(%q) = %v, want none", s, got)
		}
	}
	if English.String() != "en" || Chinese.String() != "zh" {
		t.Error("String gives en and zh")
	}
}
