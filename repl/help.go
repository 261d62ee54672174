package repl

import (
	"strings"

	"github.com/rivo/uniseg"

	"sockstep/sockets/names"
)

// Overview lists all commands by group; it fits a screen of 80 by 24.
func (t Table) Overview(l names.Lang) string {
	var b strings.Builder
	for _, g := range Groups() {
		line := pad(g.Title.In(l), 9)
		for _, c := range t {
			if c.Group != g.Group {
				continue
			}
			if uniseg.StringWidth(line)+len(c.Name)+2 > 74 {
				b.WriteString(strings.TrimRight(line, " ") + "\n")
				line = pad("", 9)
			}
			line += c.Name + "  "
		}
		b.WriteString(strings.TrimRight(line, " ") + "\n")
	}
	b.WriteByte('\n')
	b.WriteString(names.T(
		"help send         one command: usage, flags, an example, Python, the manual\n"+
			"help addresses    a topic: ", "help send         一条命令：用法、选项、例子、Python 写法、手册页\n"+
			"help addresses    一个主题：").In(l))
	var topics []string
	for _, x := range names.Topics() {
		topics = append(topics, x.Name)
	}
	b.WriteString(wrapWords(topics, 26, 76))
	b.WriteString(names.T(
		"\nName a socket by s = …; left out, the current one is meant. Tab completes.",
		"\n用 s = … 给套接字起名；省略时指当前套接字。Tab 键补全。").In(l))
	return b.String()
}

// wrapWords joins words by blanks and breaks before the width; further lines are indented.
func wrapWords(words []string, indent, width int) string {
	var b strings.Builder
	col := indent
	for i, w := range words {
		if i > 0 && col+1+len(w) > width {
			b.WriteString("\n" + strings.Repeat(" ", indent))
			col = indent
		} else if i > 0 {
			b.WriteByte(' ')
			col++
		}
		b.WriteString(w)
		col += len(w)
	}
	return b.String()
}

func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(width-uniseg.StringWidth(s), 0))
}

// Help is all that is known of one command.
func (c *Command) Help(l names.Lang) string {
	var b strings.Builder
	b.WriteString(c.Name + "  —  " + c.Summary.In(l) + "\n")
	for _, u := range c.Usage {
		b.WriteString("\n  " + strings.TrimSpace(c.Name+" "+u))
		if len(c.Flags) > 0 {
			b.WriteString(names.T(" [flags]", " [选项]").In(l))
		}
	}
	b.WriteString("\n")
	if !c.Detail.IsZero() {
		b.WriteString("\n" + c.Detail.In(l) + "\n")
	}
	if len(c.Flags) > 0 {
		b.WriteByte('\n')
		for _, f := range c.Flags {
			b.WriteString("  " + pad(strings.TrimSpace(f.Spelling()+" "+f.Arg), 18) + f.Meaning.In(l) + "\n")
		}
	}
	if len(c.Example) > 0 {
		b.WriteByte('\n')
		for i, x := range c.Example {
			head := pad("", 10)
			if i == 0 {
				head = pad(names.T("example", "例子").In(l), 10)
			}
			b.WriteString(head + x + "\n")
		}
	}
	if c.Python != "" {
		b.WriteString(pad("python", 10) + c.Python + "\n")
	}
	if c.Man != "" {
		b.WriteString(pad(names.T("manual", "手册").In(l), 10) + "man " + manArgs(c.Man) + "\n")
	}
	return strings.TrimRight(b.String(), "\n")
}

// manArgs turns "bind(2)" into "2 bind".
func manArgs(s string) string {
	name, section, ok := strings.Cut(strings.TrimSuffix(s, ")"), "(")
	if !ok {
		return s
	}
	return section + " " + name
}
