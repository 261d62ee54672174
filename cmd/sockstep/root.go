package main

import (
	"errors"
	"fmt"
	"os"
	"runtime/debug"
	"strings"

	"github.com/spf13/cobra"
	"golang.org/x/term"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/lab"
	"sockstep/sockets/names"
)

// The exit statuses.
const (
	allHeld    = 0
	lineFailed = 1
	misused    = 2
)

// streams are the three files that the program was given.
type streams struct{ in, out, err *os.File }

// settings are what the flags say.
type settings struct {
	lines     []string // -c
	first     string   // the line that the prompt begins with
	play      bool     // it plays a lesson: with the play all ends
	json      bool
	keepGoing bool
	typed     bool // a person types the lines
	lang      string
	color     string
	io        streams
	argv      []string // to run the program once more
	inLab     bool     // --lab
	course    coursePath
	lab       *lab.Lab // that this process is in; nil outside of one
}

// A statusError ends the program with a status, and without a further word.
type statusError int

func (e statusError) Error() string { return fmt.Sprintf("exit status %d", int(e)) }

// execute runs the program and gives its exit status.
func execute(args []string, io streams) int {
	s := &settings{io: io, argv: os.Args}
	root := s.root()
	root.SetArgs(args)
	err := root.Execute()
	var status statusError
	switch {
	case err == nil:
		return allHeld
	case errors.As(err, &status):
		return int(status)
	}
	s.tell(err)
	return misused
}

var howUsed = names.T("sockstep --help tells how it is used", "sockstep --help 说明用法")

// tell writes what was misused, and what would be right.
func (s *settings) tell(err error) {
	l, fix := s.language(), howUsed
	var told *sockets.Error
	if errors.As(err, &told) && !told.Fix.IsZero() {
		fix = told.Fix
	}
	fmt.Fprintln(s.io.err, "sockstep: "+lessons.Said(err).In(l))
	fmt.Fprintln(s.io.err, fix.In(l))
}

func newRoot(io streams) *cobra.Command { return (&settings{io: io, argv: os.Args}).root() }

func (s *settings) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "sockstep",
		Short: "a shell in which people learn sockets by making real ones",
		Long: "sockstep is a shell in which people learn sockets by making real ones.\n\n" +
			"Without arguments it opens its prompt. Where stdin is not a terminal, its lines are run as a script.",
		Args:          cobra.NoArgs,
		Version:       version(),
		SilenceErrors: true,
		SilenceUsage:  true,
		RunE: func(*cobra.Command, []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			if err := s.enterLab(s.inLab); err != nil {
				return err
			}
			return s.session()
		},
	}
	root.PersistentPreRunE = func(*cobra.Command, []string) error { return s.roomForFiles() }
	root.SetHelpCommand(newHelp(s))
	root.SetIn(s.io.in)
	root.SetOut(s.io.out)
	root.SetErr(s.io.err)
	flags := root.PersistentFlags()
	flags.StringArrayVarP(&s.lines, "command", "c", nil, "run this `LINE`; may be given several times")
	flags.BoolVar(&s.json, "json", false, "one JSON object an act on stdout, nothing else there")
	flags.BoolVar(&s.keepGoing, "keep-going", false, "go on after a line that fails")
	flags.StringVar(&s.lang, "lang", "", "the language of all texts: `en|zh`")
	flags.StringVar(&s.color, "color", "auto", "`auto|always|never`")
	flags.BoolVar(&s.inLab, "lab", false, "in a network of your own, as sockstep lab makes it")
	flags.Var(&s.course, "course", "lessons of your own: a folder of NN-id.yaml, or one such file, at this `PATH`")
	root.MarkPersistentFlagFilename("course", "yaml")
	root.RegisterFlagCompletionFunc("lang", cobra.FixedCompletions([]string{"en", "zh"}, cobra.ShellCompDirectiveNoFileComp))
	root.RegisterFlagCompletionFunc("color", cobra.FixedCompletions([]string{"auto", "always", "never"}, cobra.ShellCompDirectiveNoFileComp))
	root.AddCommand(newRun(s), newLab(s), newLesson(s), newLessons(s), newProgress(s), newMan(s))
	return root
}

// session is the prompt, or the script that the flags or standard input give.
func (s *settings) session() error {
	switch {
	case len(s.lines) > 0:
		return s.runLines()
	case !s.json && isTerminal(s.io.in) && isTerminal(s.io.out):
		return s.prompt()
	case s.play: // nobody is there to wait for, and nothing to read
		return s.runReader(strings.NewReader(""))
	}
	return s.runReader(s.io.in)
}

func newRun(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "run [FILE|-]",
		Short: "run a script; stops at the first line that fails",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			switch {
			case len(args) == 0 && len(s.lines) == 0:
				return errors.New("run needs a file, or - for standard input: sockstep run FILE")
			case len(args) > 0 && len(s.lines) > 0:
				return errors.New("run takes a file or -c, not both")
			}
			if err := s.enterLab(s.inLab); err != nil {
				return err
			}
			switch {
			case len(s.lines) > 0:
				return s.runLines()
			case args[0] == "-":
				return s.runReader(s.io.in)
			}
			f, err := os.Open(args[0])
			if err != nil {
				return err
			}
			defer f.Close()
			if info, err := f.Stat(); err == nil && info.IsDir() {
				return errors.New(args[0] + " is a folder")
			}
			return s.runReader(f)
		},
	}
}

// check refuses flags whose values mean nothing.
func (s *settings) check() error {
	if s.lang != "" {
		if _, ok := names.ParseLang(s.lang); !ok {
			return fmt.Errorf("--lang is en or zh, not %q", s.lang)
		}
	}
	switch s.color {
	case "auto", "always", "never":
		return nil
	}
	return fmt.Errorf("--color is auto, always or never, not %q", s.color)
}

func isTerminal(f *os.File) bool { return f != nil && term.IsTerminal(int(f.Fd())) }

// colored reports whether colour is wanted: --color, then NO_COLOR and TERM (no-color.org).
func (s *settings) colored() bool {
	switch s.color {
	case "always":
		return true
	case "never":
		return false
	}
	return os.Getenv("NO_COLOR") == "" && os.Getenv("TERM") != "dumb" && isTerminal(s.io.out)
}

// version is the module's version, as the build knows it.
func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok {
		return "unknown"
	}
	v, revision := info.Main.Version, ""
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" && len(s.Value) >= 12 {
			revision = " " + s.Value[:12]
		}
	}
	if v == "" || v == "(devel)" {
		v = "devel"
	}
	return v + revision + " " + info.GoVersion
}
