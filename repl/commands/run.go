package commands

import (
	"errors"
	"os"
	"strconv"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var run = &repl.Command{
	Name:    "run",
	Group:   repl.Shell,
	Usage:   []string{"FILE"},
	Summary: names.T("run the lines of a file", "运行文件里的命令"),
	Detail:  names.T("Each line is an act of its own. It stops at the first that fails.", "每一行都单独执行，遇到第一个失败就停下。"),
	Example: []string{"run examples/01-attributes.sock"},
	Run: func(e *repl.Env) error {
		w, err := e.Next("FILE")
		if err != nil {
			return err
		}
		if err := e.Gives(1); err != nil {
			return err
		}
		f, err := openFile(e, w, os.O_RDONLY)
		if err != nil {
			return err
		}
		defer f.Close()
		lines, failed, err := e.RunLines(f)
		var told *sockets.Error
		switch {
		case errors.As(err, &told):
			return told.At(w.Col, len(w.Raw))
		case err != nil:
			return fileError(e, w, err)
		}
		if failed > 0 {
			n := strconv.Itoa(failed)
			return &sockets.Error{Op: "run", Kind: "script", Message: names.T("line "+n+" of "+w.Text+" failed", w.Text+" 的第 "+n+" 行失败了")}
		}
		e.Result(sockets.IntOf(int64(lines)))
		return nil
	},
}
