package main

import (
	"os"
	"os/exec"

	"github.com/spf13/cobra"

	"sockstep/lessons"
	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// meeting is how the two terminals of a lesson find each other: in a folder of the user's alone.
func (s *settings) meeting() *repl.Meeting {
	return &repl.Meeting{Folders: ownFolders(), Private: private, Program: s.startPartner}
}

// startPartner starts this program once more, to play the other end of the lesson behind a door. It ends by itself when that end
// of the link does; Ctrl-C at this terminal is not meant for it.
func (s *settings) startPartner(door string, ended func()) error {
	path, err := os.Executable()
	if err != nil {
		return err
	}
	args := []string{"--lang", s.language().String(), "lesson", "partner", door}
	if s.course != "" {
		args = append(args, "--course", string(s.course))
	}
	c := exec.Command(path, args...)
	c.Args[0] = s.argv[0]
	c.SysProcAttr = apart()
	if err := c.Start(); err != nil {
		return err
	}
	reap(c.Process, ended)
	return nil
}

// newLessonPartner is what startPartner starts.
func newLessonPartner(s *settings) *cobra.Command {
	return &cobra.Command{
		Use:    "partner DOOR",
		Short:  s.say(names.T("play the other end of the lesson behind a door", "扮演门后那一课的另一端")),
		Hidden: true,
		Args:   oneWord,
		RunE: func(c *cobra.Command, args []string) error {
			if err := s.enterLab(false); err != nil {
				return err
			}
			var session *repl.Session
			out := render.NewText(s.io.out, render.Options{Lang: func() names.Lang { return session.Lang() }, Show: render.ShowAll, Width: s.width, Echo: true})
			session = repl.NewSession(repl.Config{
				Table: commands.Table(), Lang: s.language(), Observers: []sockets.Observer{out}, Hold: true,
				OpenWire: s.wires(), OpenKernel: openKernel, Lab: s.network(), Meeting: s.meeting(), Width: s.width,
				OpenLessons: func() (*lessons.Course, *lessons.Progress, error) {
					course, err := s.openCourse()
					if err != nil {
						return nil, nil, err
					}
					p, err := lessons.NewProgress(nil) // what the program does is nobody's progress
					return course, p, err
				},
			})
			defer session.Close()
			return session.PlayPartner(c.Context(), args[0])
		},
	}
}
