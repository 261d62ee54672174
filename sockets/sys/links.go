package sys

import (
	"io/fs"
	"os"
	"path/filepath"
	"syscall"
)

// mostLinks is how many symbolic links one after the other are followed; Linux follows as many.
const mostLinks = 40

// FollowLinks is the path of the file that path leads to by symbolic links, whether there is one yet or not. A file that takes
// the place of another by rename(2) would otherwise take the link's.
func FollowLinks(path string) (string, error) {
	at := path
	for range mostLinks {
		to, err := os.Readlink(at)
		if err != nil {
			return at, nil // no link; what else is wrong is told by who opens it
		}
		if !filepath.IsAbs(to) {
			folder, _ := filepath.Split(at) // not cleaned: a/.. is not here where a is a link
			to = folder + to
		}
		at = to
	}
	return "", &fs.PathError{Op: "open", Path: path, Err: syscall.ELOOP}
}
