package main

import (
	"errors"
	"os"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"

	"sockstep/repl/commands"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// What the program says of itself before any line is typed: the help of its commands and flags, and what was misused.
//
//	arguments ─▶ the language that they ask for ─▶ root: commands and flags in it ─▶ usageTemplate: --help
//	                                                └─▶ what does not fit: flagMisused, atMost, exactly ─▶ tell

// languageOf is the language that the arguments ask for, before they are read for good; "" where they ask for none.
func languageOf(args []string) (lang string) {
	flags := pflag.NewFlagSet("", pflag.ContinueOnError)
	flags.ParseErrorsAllowlist.UnknownFlags = true
	flags.StringVar(&lang, "lang", "", "")
	flags.StringArrayP("command", "c", nil, "") // what stands behind it is no flag
	flags.BoolP("help", "h", false, "")         // else it would end the reading
	_ = flags.Parse(args)                       // what is wrong is told when they are read for good
	return lang
}

// say is a text in the language of the program's own words.
func (s *settings) say(t names.Text) string { return t.In(s.words) }

// usageTemplate is how cobra writes the help of a command, below its text.
func usageTemplate(l names.Lang) string {
	return names.T("Usage:", "用法：").In(l) + `{{if .Runnable}}
  {{.UseLine}}{{end}}{{if .HasAvailableSubCommands}}
  {{.CommandPath}} ` + names.T("COMMAND …", "命令 …").In(l) + `

` + names.T("Commands:", "命令：").In(l) + `{{range .Commands}}{{if (or .IsAvailableCommand (eq .Name "help"))}}
  {{rpad .Name .NamePadding }} {{.Short}}{{end}}{{end}}{{end}}{{if .HasAvailableLocalFlags}}

` + names.T("Flags:", "选项：").In(l) + `
{{.LocalFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableInheritedFlags}}

` + names.T("Flags of every command:", "每个命令都有的选项：").In(l) + `
{{.InheritedFlags.FlagUsages | trimTrailingWhitespaces}}{{end}}{{if .HasAvailableSubCommands}}

` + names.T("{{.CommandPath}} COMMAND --help tells more of one.", "{{.CommandPath}} 命令 --help 介绍其中一个。").In(l) + `{{end}}
`
}

// lineUp keeps "[flags]", which stand in their own list, from the line that says how a command is written.
func lineUp(c *cobra.Command) {
	c.DisableFlagsInUseLine = true
	for _, sub := range c.Commands() {
		lineUp(sub)
	}
}

// A choice is the value of a flag that is one of a few words.
type choice struct {
	flag  string
	to    *string
	words []string
	fits  func(string) bool // what else is one of them; nil for nothing
}

// choose adds a flag that takes one of the words, which shells complete. to holds the one that goes without saying.
func choose(c *cobra.Command, flags *pflag.FlagSet, v choice, usage string) {
	flags.Var(v, v.flag, usage)
	flags.Lookup(v.flag).DefValue = "" // the usage tells it
	if err := c.RegisterFlagCompletionFunc(v.flag, cobra.FixedCompletions(v.words, cobra.ShellCompDirectiveNoFileComp)); err != nil {
		panic(err)
	}
}

// Set takes the flag's value.
func (v choice) Set(word string) error {
	if !slices.Contains(v.words, word) && (v.fits == nil || !v.fits(word)) {
		return misuse(names.T("--"+v.flag+" is "+listed(v.words, " or ")+", not "+strconv.Quote(word),
			"--"+v.flag+" 是 "+listed(v.words, " 或 ")+"，而不是 "+strconv.Quote(word)))
	}
	*v.to = word
	return nil
}

// String is the word.
func (v choice) String() string {
	if v.to == nil { // pflag asks the zero value
		return ""
	}
	return *v.to
}

// Type is what the flag takes.
func (v choice) Type() string { return strings.Join(v.words, "|") }

func listed(words []string, or string) string {
	last := len(words) - 1
	return strings.Join(words[:last], ", ") + or + words[last]
}

// misuse is an error of the command line.
func misuse(t names.Text) error { return &sockets.Error{Message: t} }

// misuseOf is a misuse with what would be right.
func misuseOf(t names.Text, instead string) error {
	return &sockets.Error{Message: t, Fix: names.T("try: "+instead, "试试："+instead)}
}

// flagMisused says in both languages what pflag says in one.
func flagMisused(c *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	var bare *pflag.ValueRequiredError
	var value *pflag.InvalidValueError
	var syntax *pflag.InvalidSyntaxError
	var told *sockets.Error
	switch {
	case errors.As(err, &told):
		return told
	case errors.As(err, &unknown):
		return noFlag(c, unknown)
	case errors.As(err, &bare):
		f := bare.GetFlag()
		takes, _ := pflag.UnquoteUsage(f)
		return misuseOf(names.T("--"+f.Name+" needs a value", "--"+f.Name+" 需要一个值"), "--"+f.Name+" "+takes)
	case errors.As(err, &value):
		f, not := value.GetFlag(), strconv.Quote(value.GetValue())
		if f.Value.Type() == "duration" {
			return misuse(names.T("--"+f.Name+" is a time such as 300ms, not "+not, "--"+f.Name+" 是一段时间，如 300ms，而不是 "+not))
		}
		return misuse(names.T("--"+f.Name+" takes no value such as "+not, "--"+f.Name+" 不带 "+not+" 这样的值"))
	case errors.As(err, &syntax):
		return misuse(names.T(syntax.GetSpecifiedFlag()+" is no flag", syntax.GetSpecifiedFlag()+" 不是选项"))
	}
	return err
}

// noFlag is the error of a flag that is not there, with the nearest that is.
func noFlag(c *cobra.Command, unknown *pflag.NotExistError) error {
	spelling := "--" + unknown.GetSpecifiedName()
	if unknown.GetSpecifiedShortnames() != "" {
		spelling = "-" + unknown.GetSpecifiedName()
	}
	t := names.T(c.CommandPath()+" has no flag "+spelling, c.CommandPath()+" 没有选项 "+spelling)
	var all []string
	c.Flags().VisitAll(func(f *pflag.Flag) { all = append(all, "--"+f.Name) })
	if near, ok := names.Nearest(spelling, all); ok && strings.HasPrefix(spelling, "--") {
		return misuseOf(t, near)
	}
	return misuse(t)
}

// atMost lets a command have so many words behind it.
func atMost(n int) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		switch {
		case len(args) <= n:
			return nil
		case n == 0 && c.HasAvailableSubCommands():
			return noCommand(c, args)
		}
		return misuse(names.T(c.CommandPath()+" has no use for "+strconv.Quote(args[n]), c.CommandPath()+" 用不上 "+strconv.Quote(args[n])))
	}
}

// oneWord makes a command have just one word behind it, that of its Use.
func oneWord(c *cobra.Command, args []string) error {
	if len(args) > 0 {
		return atMost(1)(c, args)
	}
	return misuseOf(names.T(c.CommandPath()+" needs one word more", c.CommandPath()+" 后面还要一个词"), c.UseLine())
}

// noCommand is the error of a command that is not there: of one that was meant, of a script, or of a line of the shell.
func noCommand(c *cobra.Command, args []string) error {
	word := args[0]
	t := names.T(c.CommandPath()+" has no command "+strconv.Quote(word), c.CommandPath()+" 没有命令 "+strconv.Quote(word))
	if near, ok := names.Nearest(word, ownCommands(c)); ok {
		return misuseOf(t, c.CommandPath()+" "+near)
	}
	if c.HasParent() {
		return misuse(t)
	}
	if info, err := os.Stat(word); err == nil && info.Mode().IsRegular() {
		return misuseOf(t, "sockstep run "+word)
	}
	for _, known := range commands.Table() {
		if known.Name == word {
			return misuseOf(t, "sockstep -c '"+strings.Join(args, " ")+"'")
		}
	}
	return misuse(t)
}

// given lists those of a command's flags that were given.
func given(c *cobra.Command, flags ...string) (all []string) {
	for _, f := range flags {
		if c.Flags().Changed(f) {
			all = append(all, f)
		}
	}
	return all
}
