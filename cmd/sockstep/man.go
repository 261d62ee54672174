package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/sockets/names"
)

// newMan prints the manual page, made of the command table: sockstep man | man -l -
func newMan(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "man",
		Short: s.say(names.T("print the manual page: sockstep man | man -l -", "输出手册页：sockstep man | man -l -")),
		Args:  atMost(0),
		RunE: func(c *cobra.Command, _ []string) error {
			return writeMan(s.io.out, c.Root(), s.language())
		},
	}
}

// writeMan writes roff(7) with the macros of man(7).
func writeMan(w io.Writer, root *cobra.Command, l names.Lang) error {
	var b strings.Builder
	b.WriteString(".TH SOCKSTEP 1\n.SH " + names.T("NAME", "名称").In(l) + "\nsockstep \\- " +
		roff(names.T("learn sockets by making real ones", "用真正的套接字学习网络编程").In(l)) + "\n")
	b.WriteString(".SH " + names.T("SYNOPSIS", "用法").In(l) + "\n.B sockstep\n.RI [ " + names.T("FLAGS", "选项").In(l) + " ]\n.br\n.B sockstep \\-c\n.I LINE\n")
	eachCommand(root, func(c *cobra.Command) {
		if !c.HasParent() {
			return
		}
		fmt.Fprintf(&b, ".br\n.B %s\n", roff(c.CommandPath()))
		if words := strings.TrimSpace(strings.TrimPrefix(c.UseLine(), c.CommandPath())); words != "" {
			b.WriteString(roff(words) + "\n")
		}
	})
	b.WriteString(".SH " + names.T("FLAGS", "选项").In(l) + "\n")
	root.PersistentFlags().VisitAll(func(f *pflag.Flag) { manFlag(&b, f) })
	b.WriteString(".SH " + names.T("COMMANDS OF THE PROGRAM", "程序的命令").In(l) + "\n")
	eachCommand(root, func(c *cobra.Command) {
		if !c.HasParent() {
			return
		}
		text := c.Long
		if text == "" {
			text = c.Short
		}
		fmt.Fprintf(&b, ".SS %s\n", roff(c.UseLine()))
		manText(&b, text)
		c.LocalNonPersistentFlags().VisitAll(func(f *pflag.Flag) { manFlag(&b, f) })
	})
	table := commands.Table()
	for _, g := range repl.Groups() {
		b.WriteString(".SH " + strings.ToUpper(roff(g.Title.In(l))) + "\n")
		for _, c := range table {
			if c.Group == g.Group {
				manEntry(&b, c, l)
			}
		}
	}
	b.WriteString(".SH " + names.T("EXIT STATUS", "退出状态").In(l) + "\n" +
		names.T("0 all lines held, 1 a line failed, 2 misused.", "0 全部成功，1 有一行失败，2 用法错误。").In(l) + "\n")
	_, err := io.WriteString(w, b.String())
	return err
}

// eachCommand gives the command and all below it, but those that are hidden.
func eachCommand(c *cobra.Command, each func(*cobra.Command)) {
	each(c)
	for _, sub := range c.Commands() {
		if !sub.Hidden {
			eachCommand(sub, each)
		}
	}
}

// manText writes a text whose indented lines stay lines.
func manText(b *strings.Builder, text string) {
	for _, part := range strings.Split(text, "\n\n") {
		if !strings.HasPrefix(part, " ") {
			b.WriteString(roff(part) + "\n")
			continue
		}
		b.WriteString(".PP\n.nf\n")
		for _, line := range strings.Split(part, "\n") {
			b.WriteString(roff(line) + "\n")
		}
		b.WriteString(".fi\n")
	}
}

func manFlag(b *strings.Builder, f *pflag.Flag) {
	arg, usage := pflag.UnquoteUsage(f)
	spelling := "--" + f.Name
	if f.Shorthand != "" {
		spelling = "-" + f.Shorthand + ", " + spelling
	}
	fmt.Fprintf(b, ".TP\n.B %s\n%s\n", roff(strings.TrimSpace(spelling+" "+arg)), roff(usage))
}

func manEntry(b *strings.Builder, c *repl.Command, l names.Lang) {
	for i, u := range c.Usage {
		tag := ".TP\n"
		if i > 0 {
			tag = ".TQ\n"
		}
		fmt.Fprintf(b, "%s.B %s %s\n", tag, roff(c.Name), roff(u))
	}
	b.WriteString(roff(c.Summary.In(l)) + "\n")
	if !c.Detail.IsZero() {
		b.WriteString(".IP\n" + roff(c.Detail.In(l)) + "\n")
	}
	for _, f := range c.Flags {
		fmt.Fprintf(b, ".IP\n.B %s\n%s\n", roff(strings.TrimSpace(f.Spelling()+" "+f.Arg)), roff(f.Meaning.In(l)))
	}
	if len(c.Example) > 0 {
		b.WriteString(".IP\n.nf\n")
		for _, x := range c.Example {
			b.WriteString(roff(x) + "\n")
		}
		b.WriteString(".fi\n")
	}
}

// roff escapes what roff(7) would take for its own.
func roff(s string) string {
	s = strings.NewReplacer(`\`, `\e`, "-", `\-`, "\n", " ").Replace(s)
	if strings.HasPrefix(s, ".") || strings.HasPrefix(s, "'") {
		s = `\&` + s
	}
	return s
}
