package main

import (
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"sockstep/repl/commands"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// newHelp is the help of the program's own commands, and of whatever the shell has help for: sockstep help send.
func newHelp(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:                   "help [COMMAND|TOPIC]",
		DisableFlagsInUseLine: true,
		Short:                 s.say(names.T("tell of a command of the program, or one or a topic of the shell", "介绍本程序的命令，或 shell 里的命令和主题")),
		ValidArgsFunction: func(c *cobra.Command, args []string, typed string) (all []string, _ cobra.ShellCompDirective) {
			for _, word := range append(ownCommands(c.Root()), shellTopics()...) {
				if len(args) == 0 && strings.HasPrefix(word, typed) && !slices.Contains(all, word) {
					all = append(all, word)
				}
			}
			return all, cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(c *cobra.Command, args []string) error {
			if len(args) == 0 {
				return c.Root().Help()
			}
			if found, _, err := c.Root().Find(args); err == nil && found != c.Root() {
				found.InitDefaultHelpFlag()
				return found.Help()
			}
			if err := s.ready(); err != nil {
				return err
			}
			line := "help"
			for _, a := range args {
				if a == "" || strings.ContainsAny(a, " \t'\"\\#$&") {
					a = sockets.PyString(a)
				}
				line += " " + a
			}
			s.lines = []string{line}
			return s.runLines()
		},
	}
}

func ownCommands(root *cobra.Command) (all []string) {
	for _, c := range root.Commands() {
		if c.IsAvailableCommand() {
			all = append(all, c.Name())
		}
	}
	return all
}

func shellTopics() (all []string) {
	for _, c := range commands.Table() {
		all = append(all, c.Name)
	}
	for _, t := range names.Topics() {
		all = append(all, t.Name)
	}
	return all
}
