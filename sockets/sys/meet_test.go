//go:build unix

package sys

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"golang.org/x/sys/unix"
)

// meet opens a door and knocks at it.
func meet(t *testing.T) (door *Door, inside, outside *Link) {
	t.Helper()
	door, err := OpenDoor(filepath.Join(t.TempDir(), "door"))
	if err != nil {
		t.Fatal(err)
	}
	got := make(chan *Link)
	go func() {
		l, _ := door.Accept()
		got <- l
		if _, err := door.Accept(); !errors.Is(err, os.ErrClosed) {
			t.Errorf("a door that is closed says %v", err)
		}
		close(got)
	}()
	outside, err = Knock(door.Path())
	if err != nil {
		t.Fatal(err)
	}
	inside = <-got
	t.Cleanup(func() {
		door.Close()
		<-got
	})
	return door, inside, outside
}

// TestMeeting: messages arrive whole and in order, whatever their length; the end is told; the student's numbers are left alone.
func TestMeeting(t *testing.T) {
	door, inside, outside := meet(t)
	if info, err := os.Stat(door.Path()); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("%v %v", info.Mode(), err)
	}
	if inside.fd < apart || outside.fd < apart || door.fd < apart {
		t.Errorf("descriptors %d %d %d", inside.fd, outside.fd, door.fd)
	}
	long := strings.Repeat("x", 1<<20)
	for _, m := range []string{"one", "", long, "four"} {
		outside.Send([]byte(m))
	}
	outside.Hang()
	outside.Send([]byte("too late"))
	for _, want := range []string{"one", "", long, "four"} {
		got, err := inside.Receive()
		if err != nil || string(got) != want {
			t.Fatalf("%.20q %v, not %.20q", got, err, want)
		}
	}
	for _, l := range []*Link{inside, outside} {
		if _, err := l.Receive(); err != io.EOF {
			t.Errorf("at the end: %v", err)
		}
		l.Close()
		l.Close()
	}
	door.Close()
	door.Close()
	if _, err := Knock(door.Path()); !errors.Is(err, unix.ENOENT) {
		t.Errorf("a door that is gone: %v", err)
	}
}

// TestDeafPartner: whoever sends is never held up by an end that does not read, and neither is the end of the link.
func TestDeafPartner(t *testing.T) {
	_, inside, outside := meet(t)
	message := []byte(strings.Repeat("y", 1<<10))
	for range mostWaiting * 2 {
		outside.Send(message)
	}
	outside.Close() // in spite of all that still waits
	n := 0
	for {
		got, err := inside.Receive()
		if err != nil {
			break
		}
		if len(got) == len(message) {
			n++
		}
	}
	inside.Close()
	if n == 0 {
		t.Errorf("%d messages came", n)
	}
}
