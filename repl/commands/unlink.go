package commands

import (
	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

var unlinkFlag = repl.Flag{Name: "unlink", Meaning: names.T("remove a socket file that is left over, as os.unlink does", "先删除残留的套接字文件，相当于 os.unlink")}

// pythonUnlink is --unlink in Python, to stand before the line that binds.
func pythonUnlink(e *repl.Env, addr sockets.Address) string {
	if !e.Flag("unlink") {
		return ""
	}
	path := addr.Python()
	return "if os.path.exists(" + path + "): os.unlink(" + path + ")\n"
}

// unlinkStale removes the socket file at addr where --unlink asks for it and there is one.
// What is no socket is never removed: the student would lose a file.
func unlinkStale(e *repl.Env, addr sockets.Address) error {
	if !e.Flag("unlink") {
		return nil
	}
	if addr.Family != sockets.UNIX || addr.Abstract {
		return e.FlagErr(names.T("--unlink is for a socket file; "+addr.String()+" is none", "--unlink 只用于套接字文件；"+addr.String()+" 不是"), "unlink")
	}
	isSocket, exists := e.Sys.Exists(addr.Path)
	if !exists {
		return nil
	}
	if !isSocket {
		return e.FlagErr(names.T(addr.Path+" is a file, but no socket; it is not removed", addr.Path+" 是普通文件，不是套接字，不删除"), "unlink").
			Hint(names.T("choose another path", "换一个路径"))
	}
	own := e.Owner(nil, addr)
	if err := e.Sys.Unlink(addr.Path); err != nil {
		return e.Fail("unlink", nil, err, repl.AddressPairs(addr)...)
	}
	if own != nil {
		own.Unlinked = true
		e.Act.Note("file-taken", "path", addr.Path, "s", own.Name)
	} else {
		e.Act.Note("stale-file", "path", addr.Path)
	}
	return nil
}
