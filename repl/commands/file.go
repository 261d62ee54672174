package commands

import (
	"cmp"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
	"time"

	"sockstep/repl"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

var errIsDir = syscall.EISDIR

// openFile opens a file that is there. What reads or writes it is ended with the line, where it can be: see fileError.
func openFile(e *repl.Env, w repl.Word, flag int) (f *os.File, err error) {
	info, err := os.Stat(w.Text)
	switch {
	case err != nil:
	case info.IsDir():
		err = errIsDir
	case info.Mode()&fs.ModeNamedPipe != 0:
		f, err = openFIFO(e, w.Text, flag)
	default:
		f, err = os.OpenFile(w.Text, flag, 0)
	}
	if err != nil {
		return nil, fileError(e, w, err)
	}
	e.Interrupted(func() { _ = f.SetDeadline(time.Unix(1, 0)) })
	return f, nil
}

// openFIFO opens a FIFO, which takes until another program opens its other end.
func openFIFO(e *repl.Env, path string, flag int) (*os.File, error) {
	type opened struct {
		f   *os.File
		err error
	}
	done := make(chan opened, 1)
	go func() {
		f, err := os.OpenFile(path, flag, 0)
		done <- opened{f, err}
	}()
	var o opened
	e.Block(func() {
		select {
		case o = <-done:
		case <-e.Ctx.Done():
			o.err = e.Ctx.Err()
			go func() { // both ends are there for a moment: the open that waits comes to its end
				if f, err := os.OpenFile(path, os.O_RDWR, 0); err == nil {
					defer f.Close()
				}
				if late := <-done; late.f != nil {
					late.f.Close()
				}
			}()
		}
	})
	return o.f, o.err
}

// A newFile is a file that a line writes. It takes its name only when it is complete; what is there under that name already
// and is no ordinary file, as /dev/null or a FIFO, is written to as it is.
type newFile struct {
	*os.File
	temp   string // the name until it is complete; none where there was something to write to
	target string // the name from then on
}

func createFile(e *repl.Env, w repl.Word) (*newFile, error) {
	target, err := sys.FollowLinks(w.Text) // a link stays one
	if err != nil {
		return nil, fileError(e, w, err)
	}
	if info, err := os.Stat(target); err == nil && !info.Mode().IsRegular() {
		f, err := openFile(e, w, os.O_WRONLY)
		if err != nil {
			return nil, err
		}
		return &newFile{File: f}, nil
	}
	folder, name := filepath.Split(target)
	folder = cmp.Or(folder, ".")
	f, err := os.CreateTemp(folder, "."+name+".*") // mode 0600
	switch {
	case errors.Is(err, fs.ErrNotExist):
		folder = filepath.Clean(folder)
		return nil, w.Err(names.T("there is no folder "+folder, "没有 "+folder+" 这个目录"))
	case err != nil:
		return nil, fileError(e, w, err)
	}
	return &newFile{f, f.Name(), target}, nil
}

// keep gives the file its name. Where that cannot be, it stays under another, which is left.
func (f *newFile) keep() (left string, err error) {
	err = f.Close()
	if f.temp != "" {
		if rerr := os.Rename(f.temp, f.target); rerr != nil {
			return f.temp, rerr
		}
	}
	return "", err
}

// abandon removes a file that was not finished.
func (f *newFile) abandon() {
	f.Close()
	if f.temp != "" {
		os.Remove(f.temp)
	}
}

// writeWhole writes a file whole, or not at all.
func writeWhole(e *repl.Env, w repl.Word, write func(io.Writer) error) error {
	f, err := createFile(e, w)
	if err != nil {
		return err
	}
	err = write(f)
	if err == nil {
		_, err = f.keep()
	}
	if err != nil {
		f.abandon()
		return fileError(e, w, err)
	}
	return nil
}

// fileError is the error of a file that a word names.
func fileError(e *repl.Env, w repl.Word, err error) error {
	switch {
	case e.Ctx.Err() != nil && (errors.Is(err, os.ErrDeadlineExceeded) || errors.Is(err, e.Ctx.Err())):
		op := e.Command.Name
		return e.Fail(op, nil, &sys.InterruptedError{Op: op, Cause: context.Cause(e.Ctx)})
	case errors.Is(err, fs.ErrNotExist):
		return w.Err(names.T("there is no file "+w.Text, "没有 "+w.Text+" 这个文件"))
	case errors.Is(err, fs.ErrPermission):
		return w.Err(names.T("you may not open "+w.Text, "没有权限打开 "+w.Text))
	case errors.Is(err, errIsDir):
		return w.Err(names.T(w.Text+" is a folder", w.Text+" 是一个目录"))
	}
	reason := err.Error()
	var path *fs.PathError
	var link *os.LinkError
	switch {
	case errors.As(err, &path):
		reason = path.Err.Error()
	case errors.As(err, &link):
		reason = link.Err.Error()
	}
	return w.Err(names.T(w.Text+" cannot be used: "+reason, w.Text+" 无法使用："+reason))
}
