package diag

import (
	"bytes"
	"fmt"
	"os"
	"strconv"

	"golang.org/x/sys/unix"
)

// Owner is a program that has the socket with this inode open: its number, and its name as ps(1) has it. It looks through
// /proc/PID/fd, as ss -p does, the youngest process first; those of other users are hidden from all but root. [ErrGone] says
// that none was found. It costs some milliseconds where many programs run.
func (d *Diag) Owner(inode uint32) (pid int, program string, err error) {
	want := []byte("socket:[" + strconv.FormatUint(uint64(inode), 10) + "]")
	entries, err := os.ReadDir("/proc")
	if err != nil {
		return 0, "", err
	}
	for i := len(entries) - 1; i >= 0; i-- {
		pid, err := strconv.Atoi(entries[i].Name())
		if err != nil || !holds(pid, want) {
			continue
		}
		name, err := os.ReadFile("/proc/" + strconv.Itoa(pid) + "/comm")
		if err != nil {
			continue // it has ended
		}
		return pid, string(bytes.TrimSpace(name)), nil
	}
	return 0, "", fmt.Errorf("a program that has socket %d open: %w", inode, ErrGone)
}

// holds reports whether a process has such a file open.
func holds(pid int, want []byte) bool {
	dir := "/proc/" + strconv.Itoa(pid) + "/fd/"
	f, err := os.Open(dir)
	if err != nil {
		return false
	}
	defer f.Close()
	names, err := f.Readdirnames(-1)
	if err != nil {
		return false
	}
	var link [64]byte
	for _, name := range names {
		if n, err := unix.Readlink(dir+name, link[:]); err == nil && bytes.Equal(link[:n], want) {
			return true
		}
	}
	return false
}
