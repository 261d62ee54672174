package diag

import (
	"errors"
	"os"
	"testing"

	"golang.org/x/sys/unix"

	"sockstep/sockets"
)

// TestOwner: this very process has a socket open, and nobody once it is closed.
func TestOwner(t *testing.T) {
	d, err := Open(nil)
	if err != nil {
		t.Fatal(err)
	}
	defer d.Close()
	fd, err := unix.Socket(unix.AF_INET, unix.SOCK_STREAM|unix.SOCK_CLOEXEC, 0)
	if err != nil {
		t.Fatal(err)
	}
	inode, err := d.Inode(sockets.FD(fd))
	if err != nil {
		t.Fatal(err)
	}
	pid, program, err := d.Owner(inode)
	if err != nil || pid != os.Getpid() || program == "" {
		t.Errorf("%d %q %v", pid, program, err)
	}
	unix.Close(fd)
	if _, _, err := d.Owner(inode); !errors.Is(err, ErrGone) {
		t.Error(err)
	}
}

func BenchmarkOwner(b *testing.B) {
	d, err := Open(nil)
	if err != nil {
		b.Fatal(err)
	}
	defer d.Close()
	for b.Loop() {
		d.Owner(1) // nobody's: all are looked through
	}
}
