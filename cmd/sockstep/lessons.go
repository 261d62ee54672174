package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"sockstep/lessons"
)

// progressPath is where it is kept what a learner has done.
func progressPath() string { return filepath.Join(xdg.StateHome, "sockstep", "progress.json") }

// A progressFile keeps it there: replaced at once or not at all, mode 0600.
type progressFile struct{ path string }

func (f progressFile) Load() ([]byte, error) { return os.ReadFile(f.path) }

func (f progressFile) Save(b []byte) error { return writeFile(f.path, b) }

// openLessons opens sockstep's own course, and the learner's progress.
func openLessons() (*lessons.Course, *lessons.Progress, error) {
	c, err := lessons.Embedded()
	if err != nil {
		return nil, nil, err
	}
	p, err := lessons.NewProgress(progressFile{progressPath()})
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", progressPath(), err)
	}
	return c, p, nil
}

// newLesson starts the prompt in a lesson: sockstep lesson [ID].
func newLesson(s *settings) *cobra.Command {
	var notes bool
	var role string
	c := &cobra.Command{
		Use:   "lesson [ID]",
		Short: "start the prompt in a lesson: the one given, the one that was left, or the next",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			if err := s.check(); err != nil {
				return err
			}
			s.first = "lesson"
			if len(args) > 0 {
				c, err := lessons.Embedded()
				if err != nil {
					return err
				}
				h, ok := c.Find(args[0])
				if !ok {
					return fmt.Errorf("no lesson is called %q; sockstep lessons lists them", args[0])
				}
				s.first += " " + h.ID
				if notes {
					return s.notes(cmd.Context(), h)
				}
			}
			if notes {
				return errors.New("--notes needs a lesson: sockstep lesson ID --notes")
			}
			if s.play {
				s.first += " --play"
			}
			if role != "" {
				s.first += " --as " + role
			}
			if err := s.enterLab(s.inLab); err != nil {
				return err
			}
			return s.session()
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) (ids []string, _ cobra.ShellCompDirective) {
			if c, err := lessons.Embedded(); err == nil {
				for _, h := range c.Heads() {
					ids = append(ids, h.ID)
				}
			}
			return ids, cobra.ShellCompDirectiveNoFileComp
		},
	}
	c.Flags().BoolVar(&s.play, "play", false, "play the lesson before a class: its lines are typed at your key, and really run")
	c.Flags().BoolVar(&notes, "notes", false, "the speaker's notes, in a second terminal: they follow the play")
	c.Flags().StringVar(&role, "as", "", "the `ROLE` that you take, of a lesson with two ends")
	c.MarkFlagsMutuallyExclusive("play", "notes", "as")
	c.AddCommand(newLessonJoin(s), newLessonPartner(s))
	return c
}

// newLessonJoin starts the prompt at the other end of a lesson: sockstep lesson join [ID].
func newLessonJoin(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "join [ID]",
		Short: "start the prompt at the other end of the lesson that is on in another terminal of yours",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			if err := s.check(); err != nil {
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
			if err := s.check(); err != nil {
				return err
			}
			s.lines = []string{"lessons"}
			return s.runLines()
		},
	}
	c.AddCommand(newLessonsCheck(s), newLessonsNew(s))
	return c
}

func newLessonsCheck(s *settings) *cobra.Command {
	var format, only string
	c := &cobra.Command{
		Use:   "check [DIR]",
		Short: "play every lesson of a folder, or of sockstep's own course, and tell what is wrong with them",
		Args:  cobra.MaximumNArgs(1),
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.check(); err != nil {
				return err
			}
			course, err := lessons.Embedded()
			if len(args) > 0 {
				course, err = lessons.Open(os.DirFS(args[0]))
			}
			if err != nil {
				return err
			}
			if only != "" {
				h, ok := course.Find(only)
				if !ok {
					return fmt.Errorf("no lesson is called %q", only)
				}
				only = h.ID
			}
			if err := s.enterLab(s.inLab); err != nil {
				return err
			}
			report, err := (&lessons.Checker{Stage: lessonStage{s}, Only: only}).Check(c.Context(), course)
			if err != nil {
				return err
			}
			write := map[string]func(io.Writer) error{"text": report.WriteText, "junit": report.WriteJUnit, "json": report.WriteJSON}[format]
			if s.json {
				write = report.WriteJSON
			}
			if write == nil {
				return fmt.Errorf("--format is text, junit or json, not %q", format)
			}
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
	return c
}

func newLessonsNew(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:   "new ID",
		Short: "write the skeleton of a lesson here; it checks, and waits for your words",
		Args:  cobra.ExactArgs(1),
		RunE: func(_ *cobra.Command, args []string) error {
			here, err := filepath.Glob("[0-9][0-9]-*.yaml")
			if err != nil {
				return err
			}
			name, text, err := lessons.Skeleton(args[0], here)
			if err != nil {
				return err
			}
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
			if err := s.check(); err != nil {
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
			course, p, err := openLessons()
			if err != nil {
				return err
			}
			switch {
			case s.json || format == "json":
				return p.ExportJSON(s.io.out, course)
			case format == "csv":
				return p.ExportCSV(s.io.out, course)
			}
			return errors.New("--format is csv or json, not " + format)
		},
	}
	export.Flags().StringVar(&format, "format", "csv", "`csv|json`")
	c.AddCommand(export)
	return c
}
