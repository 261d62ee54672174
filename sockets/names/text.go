// Package names holds the words and facts that sockstep shows: what each
// error means and how to mend it, the socket options, the states, the
// services, the notes and the short help topics, in English and Chinese.
//
// It knows no kernel and no terminal: it maps names to texts. The numbers
// behind the names differ between systems and live at the kernel's door.
package names

import (
	"iter"
	"slices"
	"strings"
)

// Lang is a language that sockstep speaks. The zero value is English.
type Lang int

// The languages.
const (
	English Lang = iota
	Chinese
)

// String gives the short name of the language, "en" or "zh".
func (l Lang) String() string {
	if l == Chinese {
		return "zh"
	}
	return "en"
}

// ParseLang reads a language as a flag or a locale variable writes it:
// "en", "zh", "zh_CN.UTF-8", "zh-Hans", "C". It reports false for a
// language that sockstep does not speak, and for an empty string.
func ParseLang(s string) (Lang, bool) {
	s = strings.ToLower(strings.TrimSpace(s))
	if i := strings.IndexAny(s, "_-.@"); i >= 0 {
		s = s[:i]
	}
	switch s {
	case "zh", "chinese", "中文", "汉语":
		return Chinese, true
	case "en", "english", "c", "posix", "英文", "英语":
		return English, true
	}
	return English, false
}

// Text is one text that a student reads, in both languages.
type Text struct{ En, Zh string }

// T is a Text of its two sides.
func T(en, zh string) Text { return Text{En: en, Zh: zh} }

// line is a Text that is the same in both languages because it is something
// to type.
func line(s string) Text { return Text{En: s, Zh: s} }

// In gives the text in one language.
func (t Text) In(l Lang) string {
	if l == Chinese {
		return t.Zh
	}
	return t.En
}

// IsZero reports whether there is no text in either language.
func (t Text) IsZero() bool { return t.En == "" && t.Zh == "" }

// Fill replaces {name} by its value on both sides; pairs are name, value,
// name, value. The first of two pairs with the same name holds. A value is
// never filled again, so a value from a peer may hold braces.
func (t Text) Fill(pairs ...string) Text {
	return t.each(func(name string, _ Lang) (string, bool) {
		for i := 0; i+1 < len(pairs); i += 2 {
			if pairs[i] == name {
				return pairs[i+1], true
			}
		}
		return "", false
	})
}

// each replaces each {name} that value knows, in one pass a side.
func (t Text) each(value func(name string, l Lang) (string, bool)) Text {
	return Text{En: fill(t.En, English, value), Zh: fill(t.Zh, Chinese, value)}
}

func fill(s string, l Lang, value func(name string, l Lang) (string, bool)) string {
	var b strings.Builder
	done := 0 // how much of s stands in b
	for i := 0; ; {
		open := strings.IndexByte(s[i:], '{')
		if open < 0 {
			break
		}
		i += open + 1
		end := strings.IndexByte(s[i:], '}')
		if end < 0 {
			break
		}
		name := s[i : i+end]
		if strings.IndexByte(name, '{') >= 0 { // the name begins at the last one
			continue
		}
		v, ok := value(name, l)
		if !ok {
			continue
		}
		if done == 0 {
			b.Grow(len(s) + len(v))
		}
		b.WriteString(s[done : i-1])
		b.WriteString(v)
		i += end + 1
		done = i
	}
	if done == 0 {
		return s
	}
	b.WriteString(s[done:])
	return b.String()
}

// Plus joins two texts: by a blank in English, by nothing in Chinese.
func (t Text) Plus(u Text) Text {
	if t.IsZero() {
		return u
	}
	if u.IsZero() {
		return t
	}
	return Text{En: t.En + " " + u.En, Zh: t.Zh + u.Zh}
}

// placeholders gives the names in {braces}, each once, in order.
func placeholders(s string) []string {
	var found []string
	for name := range places(s) {
		if !slices.Contains(found, name) {
			found = append(found, name)
		}
	}
	return found
}

// places gives the names in {braces}, in order.
func places(s string) iter.Seq[string] {
	return func(yield func(string) bool) {
		for {
			_, rest, ok := strings.Cut(s, "{")
			if !ok {
				return
			}
			name, after, ok := strings.Cut(rest, "}")
			if !ok || !yield(name) {
				return
			}
			s = after
		}
	}
}
