package main

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"unicode"

	"github.com/adrg/xdg"
	"github.com/spf13/cobra"

	"sockstep/lessons"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// A coursePath is --course: a folder of lessons, or one lesson's file; "" for sockstep's own course.
type coursePath string

// Set takes the flag's value. An empty one is a shell's variable that is not set, and never meant.
func (p *coursePath) Set(path string) error {
	if path == "" {
		return misuse(names.T("--course names a folder of lessons, or one lesson's file", "--course 后面是课程的目录，或一课的文件"))
	}
	*p = coursePath(path)
	return nil
}

// String is the path.
func (p *coursePath) String() string { return string(*p) }

// Type is what the flag takes.
func (p *coursePath) Type() string { return "path" }

// A place is where a course lies: a folder, and the file's name where one lesson alone is meant.
type place struct{ folder, file string }

func placeOf(path string) (p place, err error) {
	info, err := os.Stat(path)
	fix := names.T("name the folder that holds the lessons (NN-id.yaml), or one of these files", "请给出存放课程文件（NN-id.yaml）的目录，或其中一个文件")
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return p, &sockets.Error{Err: err, Message: names.T(path+": there is no such file or folder", path+"：没有这个文件或目录"), Fix: fix}
	case err != nil:
		return p, cannotOpen(path, err)
	case info.IsDir():
		return place{folder: path}, nil
	case !info.Mode().IsRegular() || filepath.Ext(path) != ".yaml":
		return p, &sockets.Error{Message: names.T(path+" is no lesson: a lesson's file is called NN-id.yaml", path+" 不是课程文件：课程文件名为 NN-id.yaml"), Fix: fix}
	}
	return place{filepath.Dir(path), filepath.Base(path)}, nil
}

// cannotOpen says in both languages why the system does not let a course be read.
func cannotOpen(path string, err error) error {
	reason := lessons.Said(err)
	var at *fs.PathError
	switch {
	case errors.Is(err, fs.ErrPermission):
		reason = names.T("you may not read it", "没有读取权限")
	case errors.As(err, &at):
		reason = names.T(at.Err.Error(), at.Err.Error())
		if errno := sys.Errno(at); errno != "" {
			reason = names.Explain(names.Situation{Op: "open", Errno: errno}).Message
		}
	}
	return &sockets.Error{Err: err, Message: names.T(path+" cannot be opened: "+reason.En, path+" 无法打开："+reason.Zh)}
}

// open opens the whole folder, also where one file of it is meant.
func (p place) open() (*lessons.Course, error) {
	c, err := lessons.Open(os.DirFS(p.folder))
	switch {
	case errors.Is(err, lessons.ErrNoLessons):
		return nil, &sockets.Error{Err: err, Message: names.T(p.folder+" holds no lessons: no file there is called NN-id.yaml", p.folder+" 里没有课程：没有名为 NN-id.yaml 的文件"),
			Fix: names.T("write the first one there: `sockstep lessons new greeting`", "先在那里写第一课：`sockstep lessons new greeting`")}
	case err != nil:
		return nil, cannotOpen(p.folder, err)
	}
	return c, nil
}

// openCourse opens the course of --course, or sockstep's own. One lesson's file must be whole; in a folder each lesson answers for
// itself.
func (s *settings) openCourse() (*lessons.Course, error) {
	if s.course == "" {
		return lessons.Embedded()
	}
	p, err := placeOf(string(s.course))
	if err != nil {
		return nil, err
	}
	c, err := p.open()
	if err != nil || p.file == "" {
		return c, err
	}
	c, ok := c.Alone(p.file)
	if !ok { // a name that begins with a dot
		return nil, lessons.ErrNoLessons
	}
	_, err = s.readLesson(c, c.Heads()[0])
	return c, err
}

// readLesson reads a lesson that a command line names. Its error says where the file lies, and how to go on.
func (s *settings) readLesson(c *lessons.Course, h lessons.Head) (*lessons.Lesson, error) {
	l, err := c.Read(h)
	if err == nil {
		return l, nil
	}
	at := h.File
	if s.course != "" {
		if p, perr := placeOf(string(s.course)); perr == nil {
			at = filepath.Join(p.folder, h.File)
		}
	}
	var bad *lessons.FormatError
	if errors.As(err, &bad) {
		bad.File = at
	}
	why := lessons.Said(err)
	return nil, &sockets.Error{Err: err, Message: names.T("the lesson "+h.ID+" cannot be read: "+why.En, h.ID+" 这一课无法读取："+why.Zh),
		Fix: names.T("mend the file; `sockstep lessons check "+at+"` says when it is right", "请修正这个文件；`sockstep lessons check "+at+"` 会告诉你是否改好了")}
}

// noLesson is the error where a word names none.
func (s *settings) noLesson(word string) error {
	quoted, list := strconv.Quote(word), "`sockstep lessons`"
	if s.course != "" {
		list = "`sockstep lessons --course " + string(s.course) + "`"
	}
	return &sockets.Error{Message: names.T("no lesson is called "+quoted, "没有叫 "+quoted+" 的课"), Fix: names.T(list+" lists them", list+" 会列出全部")}
}

// courseName tells courses apart: where it lies, whatever way leads there; "" for sockstep's own.
func (s *settings) courseName() (string, error) {
	if s.course == "" {
		return "", nil
	}
	path, err := filepath.Abs(string(s.course))
	if err != nil {
		return "", err
	}
	if real, err := filepath.EvalSymlinks(path); err == nil {
		path = real
	}
	return path, nil
}

// progressPath is where it is kept what a learner has done: of each course in a file of its own.
func (s *settings) progressPath() (string, error) {
	name, err := s.courseName()
	if err != nil {
		return "", err
	}
	file := "progress.json"
	if name != "" {
		sum := sha256.Sum256([]byte(name))
		readable := strings.Map(func(r rune) rune {
			if unicode.IsLetter(r) || unicode.IsDigit(r) {
				return r
			}
			return '-'
		}, strings.TrimSuffix(filepath.Base(name), ".yaml"))
		file = "progress-" + string([]rune(readable)[:min(len([]rune(readable)), 40)]) + "-" + hex.EncodeToString(sum[:8]) + ".json"
	}
	return filepath.Join(xdg.StateHome, "sockstep", file), nil
}

// openLessons opens the course, and what the learner has done of it.
func (s *settings) openLessons() (*lessons.Course, *lessons.Progress, error) {
	c, err := s.openCourse()
	if err != nil {
		return nil, nil, err
	}
	path, err := s.progressPath()
	if err != nil {
		return nil, nil, err
	}
	p, err := lessons.NewProgress(progressFile{path})
	if err != nil {
		return nil, nil, &sockets.Error{Err: err, Message: names.T(path+": "+err.Error(), path+"："+err.Error())}
	}
	return c, p, nil
}

// ready checks the flags, and that there is the course that they name.
func (s *settings) ready() error {
	if s.course == "" {
		return nil
	}
	_, err := s.openCourse()
	return err
}

// lessonIDs completes them.
func (s *settings) lessonIDs(*cobra.Command, []string, string) (ids []string, _ cobra.ShellCompDirective) {
	if c, err := s.openCourse(); err == nil {
		for _, h := range c.Heads() {
			ids = append(ids, h.ID)
		}
	}
	return ids, cobra.ShellCompDirectiveNoFileComp
}
