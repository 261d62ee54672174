package main

import (
	"fmt"

	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// What the program wants to be free of descriptors. A script or a prompt begins with some eight of its own; and whatever Go
// opens as a file takes three the first time, and where the runtime does not get them it ends the program.
const (
	ownDescriptors   = 10
	firstDescriptors = 3
)

// roomForFiles ends the program in its own words where it could open next to nothing.
func (s *settings) roomForFiles() error {
	most, ok := sys.RoomForFiles(ownDescriptors)
	if ok {
		return nil
	}
	l := firstLanguage(s.lang)
	if _, readable := sys.RoomForFiles(firstDescriptors); readable {
		l = s.language()
	}
	n := fmt.Sprint(most)
	fmt.Fprintln(s.io.err, "sockstep: "+names.T(
		"too few descriptors: this process may have "+n+" open at once, and fewer than "+fmt.Sprint(ownDescriptors)+" of them are free",
		"文件描述符太少：本进程最多同时打开 "+n+" 个，其中空闲的不到 "+fmt.Sprint(ownDescriptors)+" 个").In(l))
	fmt.Fprintln(s.io.err, names.T("raise the limit: ulimit -n 1024 (where the shell may not, in a new terminal)",
		"调高上限：ulimit -n 1024（如果 shell 不允许，就换一个新的终端）").In(l))
	return statusError(lineFailed)
}
