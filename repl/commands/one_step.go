package commands

import (
	"errors"
	"slices"
	"strings"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// belated is the error for a flag about how a socket is made or bound, where the line takes one that is there already; nil where
// there is no such flag.
func belated(e *repl.Env, k *sockets.Socket) error {
	for _, f := range []struct{ name, line string }{
		{"6", e.Command.Name + " " + k.KindName() + " -6 [::1]:8888"},
		{"reuse", "sockopt " + k.Name + " SO_REUSEADDR 1"},
		{"unlink", "bind " + k.Name + " ./sock --unlink"},
	} {
		if !e.Flag(f.name) {
			continue
		}
		err := e.FlagErr(names.T("too late: "+k.Name+" is there already", "太晚了："+k.Name+" 已经创建"), f.name)
		if f.name != "6" {
			err.Because(names.T("this is done before bind", "这要在 bind 之前做"))
		}
		return err.Hint(names.T(f.line, f.line))
	}
	return nil
}

// undo closes a socket that a command in one step made and could not finish, and forgets its name: what to do next is said without it.
func undo(e *repl.Env, k *sockets.Socket, err error) error {
	e.CloseSocket(k)
	e.Forget(k)
	err = ended(err, names.T("the socket that was made for it is closed again", "为此创建的套接字已经关闭"))
	var known *sockets.Error
	if errors.As(err, &known) {
		known.Fix = without(k, known.Fix, e.Assign())
	}
	return err
}

// without is what to do next where k is gone again: the lines that make a socket of this kind and use it.
func without(k *sockets.Socket, fix names.Text, assign string) names.Text {
	kind := k.KindName()
	if k.Family == sockets.INET6 {
		kind += " -6"
	}
	anew := strings.NewReplacer("connect "+k.Name+" ", assign+"connect "+kind+" ", "bind "+k.Name+" ", assign+"listen "+kind+" ")
	fix = names.T(anew.Replace(fix.En), anew.Replace(fix.Zh))
	if first := k.Name + " = socket " + kind; speaksOf(k.Name, fix.En) {
		if !strings.Contains(fix.En, "`") {
			return names.T("First `"+first+"`, then `"+fix.En+"`.", "先 `"+first+"`，再 `"+fix.Zh+"`。")
		}
		fix = names.T("First `"+first+"`. ", "先 `"+first+"`。").Plus(fix)
	}
	return fix
}

// speaksOf reports whether a line in backquotes, or fix itself where there is none, needs the socket.
func speaksOf(name, fix string) bool {
	for i, part := range strings.Split(fix, "`") {
		inQuotes := i%2 == 1 || !strings.Contains(fix, "`")
		if inQuotes && !strings.HasPrefix(part, name+" = ") && slices.Contains(strings.Fields(part), name) {
			return true
		}
	}
	return false
}
