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
	words     names.Lang // of what the program says of itself
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
	s := &settings{io: io, argv: os.Args, words: firstLanguage(languageOf(args), loadPreferences().Lang)}
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
	l, fix := s.words, howUsed
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
		Short: s.say(names.T("a shell in which people learn sockets by making real ones", "在真正的套接字上学习网络编程的 shell")),
		Long: s.say(names.T("sockstep is a shell in which people learn sockets by making real ones.\n\n"+
			"Without arguments it opens its prompt. Where standard input is no terminal, its\nlines are run as a script.",
			"sockstep 是一个 shell：在其中使用真正的套接字来学习网络编程。\n\n不带参数时打开提示符；标准输入不是终端时，把其中各行当作脚本运行。")),
		Args:          atMost(0),
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
	root.SetUsageTemplate(usageTemplate(s.words))
	root.SetFlagErrorFunc(flagMisused)
	root.CompletionOptions.DisableDefaultCmd = true // ours speaks both languages
	flags := root.PersistentFlags()
	flags.StringArrayVarP(&s.lines, "command", "c", nil, s.say(names.T("run this `LINE`; may be given several times", "运行这一行 `LINE`；可以写多次")))
	flags.BoolVar(&s.json, "json", false, s.say(names.T("one JSON object an act on stdout, nothing else", "标准输出上每步一个 JSON 对象，此外什么也没有")))
	flags.BoolVar(&s.keepGoing, "keep-going", false, s.say(names.T("go on after a line that fails", "某一行失败后继续")))
	choose(root, flags, choice{flag: "lang", to: &s.lang, words: []string{"en", "zh"}, fits: knownLang}, s.say(names.T("the language of all texts", "所有文字的语言")))
	s.color = "auto"
	choose(root, flags, choice{flag: "color", to: &s.color, words: []string{"auto", "always", "never"}},
		s.say(names.T("colour; auto, where nothing else is said:\non a terminal, without NO_COLOR", "颜色；不写时为 auto：\n在终端上且没有设置 NO_COLOR 时才有")))
	flags.BoolVar(&s.inLab, "lab", false, s.say(names.T("in a network of your own, as sockstep lab", "在你自己的网络里，同 sockstep lab")))
	flags.Var(&s.course, "course", s.say(names.T("lessons of your own: `PATH` is their folder,\nor one lesson's file", "你自己的课程：`PATH` 是课程的目录，\n或一课的文件")))
	flags.BoolP("help", "h", false, s.say(names.T("this help", "显示本帮助")))
	root.Flags().BoolP("version", "v", false, s.say(names.T("which version this is", "显示版本")))
	root.MarkPersistentFlagFilename("course", "yaml")
	root.AddCommand(newRun(s), newLab(s), newLesson(s), newLessons(s), newProgress(s), newMan(s), newCompletion(s))
	lineUp(root)
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
		Short: s.say(names.T("run a script; stops at the first line that fails", "运行脚本；遇到第一行失败就停下")),
		Args:  atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			switch {
			case len(args) == 0 && len(s.lines) == 0:
				return misuseOf(names.T("run needs a file, or - for standard input", "run 需要一个文件，或用 - 表示标准输入"), "sockstep run FILE")
			case len(args) > 0 && len(s.lines) > 0:
				return misuse(names.T("run takes a file or -c, not both", "run 后面写文件或者写 -c，不能都写"))
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
				return cannotOpen(args[0], err)
			}
			defer f.Close()
			if info, err := f.Stat(); err == nil && info.IsDir() {
				return misuse(names.T(args[0]+" is a folder", args[0]+" 是目录"))
			}
			return s.runReader(f)
		},
	}
}

// knownLang reports whether a word names a language that sockstep speaks: zh_CN.UTF-8, too.
func knownLang(word string) bool {
	_, ok := names.ParseLang(word)
	return ok
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
