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
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// A progressFile keeps it there: replaced at once or not at all, mode 0600.
type progressFile struct{ path string }

func (f progressFile) Load() ([]byte, error) { return os.ReadFile(f.path) }

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

// misuse is an error of the command line.
func misuse(t names.Text) error { return &sockets.Error{Message: t} }

// newLesson starts the prompt in a lesson: sockstep lesson [ID].
func newLesson(s *settings) *cobra.Command {
	var notes bool
	var role string
	c := &cobra.Command{
		Use:   "lesson [ID]",
		Short: "start the prompt in a lesson: the one given, the one that was left, or the next",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.ready(); err != nil {
				return err
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
	c.Flags().BoolVar(&s.play, "play", false, "play the lesson before a class: its lines are typed at your key, and really run")
	c.Flags().BoolVar(&notes, "notes", false, "the speaker's notes, in a second terminal: they follow the play")
	c.Flags().StringVar(&role, "as", "", "the `ROLE` that you take, of a lesson with two ends")
	c.MarkFlagsMutuallyExclusive("play", "notes", "as")
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
		Short: "start the prompt at the other end of the lesson that is on in another terminal of yours",
		Args:  cobra.MaximumNArgs(1),
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
		Short: "list the course, and what you have done of it",
		Args:  cobra.NoArgs,
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
	var format, only string
	var pace time.Duration
	c := &cobra.Command{
		Use:   "check [PATH]",
		Short: "play every lesson of a folder, one lesson's file, or sockstep's own course, and tell what is wrong with them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.check(); err != nil {
				return err
			}
			if s.json {
				format = "json"
			}
			if !slices.Contains([]string{"text", "junit", "json"}, format) {
				return misuse(names.T("--format is text, junit or json, not "+strconv.Quote(format), "--format 是 text、junit 或 json，而不是 "+strconv.Quote(format)))
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
	c.Flags().StringVar(&format, "format", "text", "`text|junit|json`")
	c.Flags().StringVar(&only, "only", "", "check this `LESSON` alone")
	c.Flags().DurationVar(&pace, "pace", 0, "wait so `LONG` before each line, such as 300ms: what is true of a lesson must not depend on haste")
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
		Short: "write the skeleton of a lesson here; it checks, and waits for your words",
		Args:  cobra.ExactArgs(1),
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
		Short: "what you have done of the course",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := s.ready(); err != nil {
				return err
			}
			s.lines = []string{"progress"}
			return s.runLines()
		},
	}
	var format string
	export := &cobra.Command{
		Use:   "export",
		Short: "write it to standard output, a row for each step",
		Args:  cobra.NoArgs,
		RunE: func(*cobra.Command, []string) error {
			if err := s.check(); err != nil {
				return err
			}
			course, p, err := s.openLessons()
			if err != nil {
				return err
			}
			switch {
			case s.json || format == "json":
				return p.ExportJSON(s.io.out, course)
			case format == "csv":
				return p.ExportCSV(s.io.out, course)
			}
			return misuse(names.T("--format is csv or json, not "+strconv.Quote(format), "--format 是 csv 或 json，而不是 "+strconv.Quote(format)))
		},
	}
	export.Flags().StringVar(&format, "format", "csv", "`csv|json`")
	c.AddCommand(export)
	return c
}
