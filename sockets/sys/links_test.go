//go:build unix

package sys_test

import (
	"errors"
	"os"
	"path/filepath"
	"syscall"
	"testing"

	"sockstep/sockets/sys"
)

// A path is followed as the kernel does it: what is written through it lands where FollowLinks says.
func TestFollowLinks(t *testing.T) {
	dir := t.TempDir()
	for _, d := range []string{"deep/er", "other"} {
		if err := os.MkdirAll(filepath.Join(dir, d), 0o700); err != nil {
			t.Fatal(err)
		}
	}
	for link, to := range map[string]string{
		"one": "two", "two": "deep/three", "deep/three": "../new", // a chain to what is not there yet
		"away": "deep/er", "up": "away/../up-file", // .. goes out of what the link leads to
		"absolute": filepath.Join(dir, "other/file"),
	} {
		if err := os.Symlink(to, filepath.Join(dir, link)); err != nil {
			t.Fatal(err)
		}
	}
	for _, path := range []string{"plain", "one", "up", "absolute", "away/../one", "away/../three"} {
		path = dir + "/" + path
		real, err := sys.FollowLinks(path)
		if err != nil {
			t.Errorf("%s: %v", path, err)
			continue
		}
		if err := os.WriteFile(path, []byte(path), 0o600); err != nil {
			t.Fatal(err)
		}
		if got, err := os.ReadFile(real); string(got) != path {
			t.Errorf("%s is said to be %s, which holds %q (%v)", path, real, got, err)
		}
		if info, err := os.Lstat(real); err != nil || !info.Mode().IsRegular() {
			t.Errorf("%s is said to be %s, which is no file: %v", path, real, err)
		}
	}
	loop := filepath.Join(dir, "loop")
	if err := os.Symlink("loop", loop); err != nil {
		t.Fatal(err)
	}
	if _, err := sys.FollowLinks(loop); !errors.Is(err, syscall.ELOOP) {
		t.Errorf("a link to itself: %v", err)
	}
}
