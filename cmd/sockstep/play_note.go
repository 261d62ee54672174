package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"time"

	"github.com/adrg/xdg"
)

// A play tells the speaker's terminal where it stands through a file in a folder of the user's alone: each beat replaces it. Who
// reads it late has missed nothing, and a play that dies leaves nothing to wait for.

// A noteFile is the file of one play.
type noteFile struct{ path string }

// A playNote is where a play stands.
type playNote struct {
	PID    int               `json:"pid"`
	Course string            `json:"course,omitempty"` // where it lies; "" for sockstep's own
	Lesson string            `json:"lesson"`
	Began  time.Time         `json:"began"`
	At     int               `json:"at"` // the step's index
	Beat   beat              `json:"beat"`
	Line   string            `json:"line"` // typed, or to come
	Vars   map[string]string `json:"vars"`
	Failed bool              `json:"failed,omitempty"`
	Over   bool              `json:"over,omitempty"`
}

// tell says where the play stands.
func (y *presenter) tell() {
	sc, ok := y.p.session.Scene()
	if !ok {
		return
	}
	line := sc.Line
	if y.beat == beatTyped {
		line = y.line
	}
	at := sc.At
	if len(sc.Told) > 0 && (y.beat == beatRan || y.beat == beatTold || y.beat == beatFailed) { // the step that has just ended is still the one that is spoken of
		at = max(at-len(sc.Told), 0)
		line = ""
	}
	y.note.write(playNote{PID: os.Getpid(), Course: y.p.course, Lesson: sc.Lesson.ID, Began: y.began, At: at, Beat: y.beat, Line: line, Vars: sc.Vars, Failed: !sc.Failed.IsZero(), Over: sc.Over && len(sc.Told) == 0})
}

// openNoteFile is this process's file; nil where there is no place for it, and then nobody can follow.
func openNoteFile() *noteFile {
	dir, err := playFolder()
	if err != nil {
		return nil
	}
	return &noteFile{filepath.Join(dir, fmt.Sprintf("play-%d.json", os.Getpid()))}
}

func (f *noteFile) write(n playNote) {
	if f == nil {
		return
	}
	if b, err := json.Marshal(n); err == nil {
		_ = writeFile(f.path, b) // a speaker's terminal that cannot follow must not stop the play
	}
}

func (f *noteFile) gone() {
	if f != nil {
		_ = os.Remove(f.path)
	}
}

// playFolder is the folder in which plays are followed.
func playFolder() (dir string, err error) {
	for _, dir := range ownFolders() {
		if err = private(dir); err == nil {
			return dir, nil
		}
	}
	return "", err
}

// longestFolder is how long the name of a folder may be in which sockets stand: theirs have 108 bytes at most, 104 on some systems.
const longestFolder = 80

// ownFolders are the folders that are this user's alone, or are to be, the best first.
func ownFolders() (dirs []string) {
	own := fmt.Sprintf("sockstep-%d", os.Getuid())
	for _, dir := range []string{filepath.Join(xdg.RuntimeDir, "sockstep"), filepath.Join(os.TempDir(), own), "/tmp/" + own} {
		if len(dir) <= longestFolder && !slices.Contains(dirs, dir) {
			dirs = append(dirs, dir)
		}
	}
	return dirs
}

// private makes a folder, or makes sure that it is this user's alone: only its owner may change its mode.
func private(dir string) error {
	if err := os.Mkdir(dir, 0o700); err != nil && !errors.Is(err, os.ErrExist) {
		return err
	}
	info, err := os.Lstat(dir)
	if err != nil {
		return err
	}
	if !info.IsDir() || info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("%s is not a folder of this user's alone", dir)
	}
	return os.Chmod(dir, 0o700)
}

// playOf is the play of a course's lesson that is on, the latest of several; false where there is none. What a dead one left is removed.
func playOf(course, lesson string) (n playNote, ok bool) {
	dir, err := playFolder()
	if err != nil {
		return n, false
	}
	paths, _ := filepath.Glob(filepath.Join(dir, "play-*.json"))
	for _, path := range paths {
		var one playNote
		b, err := os.ReadFile(path)
		if err != nil || json.Unmarshal(b, &one) != nil || one.Course != course || one.Lesson != lesson {
			continue
		}
		if !alive(one.PID) {
			_ = os.Remove(path)
			continue
		}
		if !ok || one.Began.After(n.Began) {
			n, ok = one, true
		}
	}
	return n, ok
}
