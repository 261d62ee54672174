package commands

import (
	"errors"
	"io/fs"
	"syscall"

	"sockstep/repl"
	"sockstep/sockets/names"
)

var errIsDir = syscall.EISDIR

// fileError is the error of a file that a word names.
func fileError(w repl.Word, err error) error {
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return w.Err(names.T("there is no file "+w.Text, "没有 "+w.Text+" 这个文件"))
	case errors.Is(err, fs.ErrPermission):
		return w.Err(names.T("you may not open "+w.Text, "没有权限打开 "+w.Text))
	case errors.Is(err, errIsDir):
		return w.Err(names.T(w.Text+" is a folder", w.Text+" 是一个目录"))
	}
	return w.Err(names.T(err.Error(), err.Error()))
}
