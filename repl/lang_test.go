package repl_test

import (
	"context"
	"errors"
	"testing"

	"sockstep/repl"
	"sockstep/repl/commands"
	"sockstep/sockets/names"
)

// TestLangNotKept: where settings cannot be written the language changes all the same, for this session, and that is said.
func TestLangNotKept(t *testing.T) {
	s := repl.NewSession(repl.Config{Table: commands.Table(), KeepLang: func(names.Lang) error { return errors.New("disk full") }})
	defer s.Close()
	a := s.Do(context.Background(), "lang zh")
	if a.Err != nil || !a.Noted("setting-not-kept") || s.Lang() != names.Chinese {
		t.Errorf("%v, noted %v, and it speaks %v", a.Err, a.Noted("setting-not-kept"), s.Lang())
	}
}
