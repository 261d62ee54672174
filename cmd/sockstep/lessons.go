package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sockstep/lessons"
	"sockstep/sockets/names"
)

// A progressFile keeps it there: replaced at once or not at all, mode 0600.
type progressFile struct{ path string }

func (f progressFile) Load() ([]byte, error) { return readFile(f.path) }

func (f progressFile) Save(b []byte) error { return writeFile(f.path, b) }

// Lock holds a file beside it.
func (f progressFile) Lock() (unlock func(), err error) {
	if err := os.MkdirAll(filepath.Dir(f.path), 0o700); err != nil {
		return nil, err
	}
	lock, err := os.OpenFile(f.path+".lock", os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, err
	}
	if err := flock(lock); err != nil {
		lock.Close()
		return nil, err
	}
	return func() { lock.Close() }, nil
}

// newLesson starts the prompt in a lesson: sockstep lesson [ID].
func newLesson(s *settings) *cobra.Command {
	var notes bool
	var role string
	c := &cobra.Command{
		Use:   "lesson [ID]",
		Short: s.say(names.T("open the prompt in a lesson: this one, or the next", "在课程里打开提示符：指定的一课、上次离开的一课，或下一课")),
		Args:  atMost(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			if taken := given(cmd, "play", "notes", "as"); len(taken) > 1 {
				return misuse(names.T("--"+taken[0]+" and --"+taken[1]+" do not go together", "--"+taken[0]+" 和 --"+taken[1]+" 不能一起用"))
			}
			s.first = "lesson"
			if len(args) > 0 {
				l, err := s.lessonCalled(args[0])
				if err != nil {
					return err
				}
				s.first += " " + l.ID
				if notes {
					return s.notes(cmd.Context(), l)
				}
			}
			if notes {
				return misuse(names.T("--notes needs a lesson: sockstep lesson ID --notes", "--notes 要指明哪一课：sockstep lesson ID --notes"))
			}
			if s.play {
				s.first += " --play"
			}
			if role != "" {
				if strings.Trim(role, "abcdefghijklmnopqrstuvwxyz0123456789-") != "" {
					return misuse(names.T("--as names a role of the lesson, not "+strconv.Quote(role), "--as 后面是课里的角色，而不是 "+strconv.Quote(role)))
				}
				s.first += " --as " + role
			}
			if err := s.enterLab(s.inLab); err != nil {
				return err
			}
			return s.session()
		},
		ValidArgsFunction: s.lessonIDs,
	}
	c.Flags().BoolVar(&s.play, "play", false, s.say(names.T("play the lesson before a class: at your key its\nlines are typed, and really run", "在课堂上播放：按键后逐行输入，并真正运行")))
	c.Flags().BoolVar(&notes, "notes", false, s.say(names.T("the speaker's notes, in a second terminal: they\nfollow the play", "在第二个终端显示讲解备注，跟随播放")))
	c.Flags().StringVar(&role, "as", "", s.say(names.T("the `ROLE` that you take in a lesson with two ends", "在两端的课里你担任的角色 `ROLE`")))
	c.AddCommand(newLessonJoin(s), newLessonPartner(s))
	return c
}

// lessonCalled reads the lesson that a word names.
func (s *settings) lessonCalled(word string) (*lessons.Lesson, error) {
	c, err := s.openCourse()
	if err != nil {
		return nil, err
	}
	h, ok := c.Find(word)
	if !ok {
		return nil, s.noLesson(word)
	}
	return s.readLesson(c, h)
}

// newLessonJoin starts the prompt at the other end of a lesson: sockstep lesson join [ID].
func newLessonJoin(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "join [ID]",
		Short: s.say(names.T("open the prompt at the other end of your other terminal's lesson", "在另一个终端那一课的另一端打开提示符")),
		Args:  atMost(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			s.first = strings.Join(append([]string{"lesson join"}, args...), " ")
			if err := s.enterLab(s.inLab); err != nil {
				return err
			}
			return s.session()
		},
	}
}

// newLessons lists the course; its subcommands are for those who write lessons.
func newLessons(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "lessons",
		Short: s.say(names.T("list the course, and what you have done of it", "列出课程，以及你完成了哪些")),
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			s.lines = []string{"lessons"}
			return s.runLines()
		},
	}
	c.AddCommand(newLessonsCheck(s), newLessonsFormat(s), newLessonsNew(s))
	return c
}

func newLessonsCheck(s *settings) *cobra.Command {
	format, only := "text", ""
	var pace time.Duration
	c := &cobra.Command{
		Use:   "check [PATH]",
		Short: s.say(names.T("play lessons, and tell what is wrong with them", "播放课程并指出其中的错误")),
		Long: s.say(names.T("check plays every lesson of a folder, one lesson's file, or sockstep's own\ncourse, and tells what is wrong with them.",
			"check 播放一个目录里的每一课、单独一课的文件，或 sockstep 自带的课程，\n并指出其中的错误。")),
		Args: atMost(1),
		RunE: func(c *cobra.Command, args []string) error {
			if s.json {
				format = "json"
			}
			if len(args) > 0 {
				if s.course != "" {
					return misuse(names.T("the course is named twice: by --course, and behind check", "课程写了两次：--course 一次，check 后面又一次"))
				}
				s.course = coursePath(args[0])
			}
			course, one, err := s.courseToCheck(only)
			if err != nil {
				return err
			}
			if err := s.enterLab(s.inLab); err != nil {
				return err
			}
			checker := lessons.Checker{Stage: lessonStage{s}, Only: one, Lang: s.language(), Pace: pace, Apart: s.checkApart(pace)}
			report, err := checker.Check(c.Context(), course)
			if err != nil {
				return err
			}
			write := map[string]func(io.Writer) error{"text": report.WriteText, "junit": report.WriteJUnit, "json": report.WriteJSON}[format]
			if err := write(s.io.out); err != nil {
				return err
			}
			if report.Problems() > 0 {
				return statusError(lineFailed)
			}
			return nil
		},
	}
	choose(c, c.Flags(), choice{flag: "format", to: &format, words: []string{"text", "junit", "json"}}, s.say(names.T("how it is told; text, where nothing is said", "输出的格式；不写时为 text")))
	c.Flags().StringVar(&only, "only", "", s.say(names.T("check this `LESSON` alone", "只检查这一课 `LESSON`")))
	c.Flags().DurationVar(&pace, "pace", 0, s.say(names.T("wait so `LONG` before each line (300ms): what is\ntrue of a lesson must not depend on haste", "每一行之前等这么久 `LONG`，如 300ms：\n课程是否成立不应取决于快慢")))
	c.RegisterFlagCompletionFunc("only", func(c *cobra.Command, args []string, word string) ([]string, cobra.ShellCompDirective) {
		if len(args) > 0 {
			s.course = coursePath(args[0])
		}
		return s.lessonIDs(c, args, word)
	})
	return c
}

// checkApart checks a lesson in a process of its own: descriptors, of which lessons speak, are not shared with another one's.
func (s *settings) checkApart(pace time.Duration) func(context.Context, string) (*lessons.LessonReport, error) {
	return func(ctx context.Context, file string) (*lessons.LessonReport, error) {
		path, err := os.Executable()
		if err != nil {
			return nil, err
		}
		args := []string{"--lang", s.language().String(), "lessons", "check", "--only", file, "--format", "json", "--pace", pace.String()}
		if s.course != "" {
			args = append(args, "--course", string(s.course))
		}
		c := exec.CommandContext(ctx, path, args...)
		c.Args[0] = s.argv[0]
		var complaints strings.Builder
		c.Stderr = &complaints
		out, err := c.Output()
		var failed *exec.ExitError
		if err != nil && (!errors.As(err, &failed) || failed.ExitCode() != lineFailed) {
			return nil, fmt.Errorf("%w: %s", err, strings.TrimSpace(complaints.String()))
		}
		var r lessons.Report
		if err := json.Unmarshal(out, &r); err != nil || len(r.Lessons) != 1 {
			return nil, fmt.Errorf("no report (%v): %s%s", err, out, complaints.String())
		}
		return &r.Lessons[0], nil
	}
}

// courseToCheck is the whole folder, also where one file of it is meant: what the lessons before it teach is taught. Then its id, or
// that of the lesson which a word names, is given.
func (s *settings) courseToCheck(only string) (c *lessons.Course, id string, err error) {
	var p place
	if s.course == "" {
		c, err = lessons.Embedded()
	} else if p, err = placeOf(string(s.course)); err == nil {
		c, err = p.open()
	}
	if err != nil {
		return nil, "", err
	}
	if p.file != "" {
		if only != "" {
			return nil, "", misuse(names.T("--only is for a folder: "+string(s.course)+" is one lesson", "--only 用于目录，而 "+string(s.course)+" 只是一课"))
		}
		one, ok := c.Alone(p.file)
		if !ok {
			return nil, "", s.noLesson(p.file)
		}
		return c, one.Heads()[0].Name(), nil
	}
	if only == "" {
		return c, "", nil
	}
	h, ok := c.Find(only)
	if !ok {
		return nil, "", s.noLesson(only)
	}
	return c, h.Name(), nil
}

func newLessonsNew(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "new ID",
		Short: s.say(names.T("write the skeleton of a lesson here; your words go into it", "在这里写出一课的骨架；它能通过检查，等你填写文字")),
		Args:  oneWord,
		RunE: func(_ *cobra.Command, args []string) error {
			folder := "."
			if s.course != "" {
				p, err := placeOf(string(s.course))
				if err != nil {
					return err
				}
				folder = p.folder
			}
			here, err := filepath.Glob(filepath.Join(folder, "[0-9][0-9]-*.yaml"))
			if err != nil {
				return err
			}
			for i := range here {
				here[i] = filepath.Base(here[i])
			}
			name, text, err := lessons.Skeleton(args[0], here)
			if err != nil {
				return err
			}
			name = filepath.Join(folder, name)
			f, err := os.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
			if err != nil {
				return err
			}
			if _, err = f.Write(text); err == nil {
				err = f.Close()
			}
			if err != nil {
				return err
			}
			_, err = fmt.Fprintln(s.io.out, name)
			return err
		},
	}
}

// newProgress is for teachers: sockstep progress export.
func newProgress(s *settings) *cobra.Command {
	c := &cobra.Command{
		Use:   "progress",
		Short: s.say(names.T("what you have done of the course", "你完成了哪些课程")),
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			s.lines = []string{"progress"}
			return s.runLines()
		},
	}
	format := "csv"
	export := &cobra.Command{
		Use:   "export",
		Short: s.say(names.T("write it to standard output, a row for each step", "写到标准输出，每个步骤一行")),
		Args:  atMost(0),
		RunE: func(*cobra.Command, []string) error {
			course, p, err := s.openLessons()
			if err != nil {
				return err
			}
			if s.json || format == "json" {
				return p.ExportJSON(s.io.out, course)
			}
			return p.ExportCSV(s.io.out, course)
		},
	}
	choose(export, export.Flags(), choice{flag: "format", to: &format, words: []string{"csv", "json"}}, s.say(names.T("how it is written; csv, where nothing is said", "输出的格式；不写时为 csv")))
	c.AddCommand(export)
	return c
}
