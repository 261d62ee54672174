package tty

import (
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// Several terminals write while others come, find the file too long and shorten it: no line is lost.
func TestHistoryShared(t *testing.T) {
	t.Parallel()
	const writers, each, most = 4, 50, 300
	var old []string
	for i := range 1000 {
		old = append(old, fmt.Sprint("old ", i))
	}
	file := historyFile(t, old...)
	var group sync.WaitGroup
	for w := range writers {
		group.Go(func() {
			h := openHistory(file, most)
			for i := range each {
				h.add(fmt.Sprintf("writer %d line %d", w, i))
			}
			if err := h.trouble(); err != nil {
				t.Error(err)
			}
		})
		group.Go(func() {
			for range each {
				if err := openHistory(file, most).trouble(); err != nil {
					t.Error(err)
				}
			}
		})
	}
	group.Wait()
	got := openHistory(file, most).list()
	for w := range writers {
		var want, have []string
		for i := range each {
			want = append(want, fmt.Sprintf("writer %d line %d", w, i))
		}
		for _, s := range got {
			if strings.HasPrefix(s, fmt.Sprintf("writer %d ", w)) {
				have = append(have, s)
			}
		}
		if d := cmp.Diff(want, have); d != "" {
			t.Errorf("writer %d (-want +got):\n%s", w, d)
		}
	}
	if len(got) != most {
		t.Errorf("%d lines, want %d", len(got), most)
	}
	if left, _ := filepath.Glob(file + "*"); !slices.Equal(left, []string{file}) {
		t.Errorf("files left: %q", left)
	}
}

// A writer that died left half a line; a link to the file stays a link.
func TestHistoryRepaired(t *testing.T) {
	t.Parallel()
	file := historyFile(t)
	link := file + ".link"
	if err := os.Symlink(file, link); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(file, []byte("one\ntwo\x1b[2J\nhal"), 0o600); err != nil {
		t.Fatal(err)
	}
	h := openHistory(link, 3)
	h.add("three")
	if d := cmp.Diff([]string{"two[2J", "hal", "three"}, h.list()); d != "" {
		t.Errorf("in memory (-want +got):\n%s", d)
	}
	if d := cmp.Diff([]string{"two[2J", "hal", "three"}, openHistory(link, 3).list()); d != "" {
		t.Errorf("in the file (-want +got):\n%s", d)
	}
	if got, _ := os.ReadFile(file); string(got) != "two[2J\nhal\nthree\n" {
		t.Errorf("the file holds %q", got)
	}
	if st, err := os.Lstat(link); err != nil || st.Mode()&os.ModeSymlink == 0 {
		t.Error("the link was replaced")
	}
}

// TestHistorySkipsGarbage: a line that nobody can have typed would be slow to draw.
func TestHistorySkipsGarbage(t *testing.T) {
	t.Parallel()
	file := historyFile(t, "print a", strings.Repeat("x", longestLine+1), "print b")
	if d := cmp.Diff([]string{"print a", "print b"}, openHistory(file, 10).list()); d != "" {
		t.Errorf("(-want +got):\n%s", d)
	}
}
