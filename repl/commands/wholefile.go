package commands

import (
	"os"
	"path/filepath"

	"sockstep/repl"
)

// A wholeFile is a file that takes its name when it is complete: mode 0600, whole or not at all. What is there already and
// is no regular file (/dev/null, a FIFO) is written to as it is: there is nothing to replace. A link stays one.
type wholeFile struct {
	*os.File
	temp   string // the name until it is complete; "" for what is written to as it is
	target string // the name from then on
}

// createFile opens the file that a word names.
func createFile(e *repl.Env, w repl.Word) (*wholeFile, error) {
	target := w.Text
	if real, err := filepath.EvalSymlinks(target); err == nil {
		target = real
	} else if to, err := os.Readlink(target); err == nil { // to what is not there yet
		if target = to; !filepath.IsAbs(to) {
			target = filepath.Join(filepath.Dir(w.Text), to)
		}
	}
	if info, err := os.Stat(target); err == nil && !info.Mode().IsRegular() {
		f, err := openFile(e, w, os.O_WRONLY)
		if err != nil {
			return nil, err
		}
		return &wholeFile{File: f}, nil
	}
	f, err := os.CreateTemp(filepath.Dir(target), "."+filepath.Base(target)+".*") // mode 0600
	if err != nil {
		return nil, fileError(e, w, err)
	}
	return &wholeFile{File: f, temp: f.Name(), target: target}, nil
}

// keep closes the file and gives it its name. Where it could not have the name, left is the one under which it stays.
func (f *wholeFile) keep() (left string, err error) {
	err = f.Close()
	if f.temp != "" {
		if rerr := os.Rename(f.temp, f.target); rerr != nil {
			return f.temp, rerr
		}
	}
	return "", err
}

// abandon removes a file that was not kept.
func (f *wholeFile) abandon() {
	_ = f.Close()
	if f.temp != "" {
		_ = os.Remove(f.temp)
	}
}
