package tty

import (
	"os"
	"strings"
	"testing"
	"time"
)

// TestPasteIsOneKey: a long paste is read to its end before anybody is told of it.
func TestPasteIsOneKey(t *testing.T) {
	t.Parallel()
	in, terminal, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	defer in.Close()
	told := 0
	r := newReader(in, func() {}, func() {})
	text := strings.Repeat("socket ", 20000)
	go func() {
		defer terminal.Close()
		terminal.WriteString(pasteStart + text + pasteEnd)
	}()
	r.mu.Lock()
	defer r.mu.Unlock()
	r.want()
	timer := time.AfterFunc(patience, func() { t.Error("the paste does not come"); in.Close() })
	defer timer.Stop()
	for !r.gone && len(r.keys) == 0 {
		r.changed.Wait()
		told++
	}
	var got strings.Builder
	for _, k := range r.keys {
		got.WriteString(k.text)
	}
	if got.String() != text || told != 1 {
		t.Errorf("told of it %d times, and first with %d bytes of %d", told, got.Len(), len(text))
	}
}
