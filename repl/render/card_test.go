package render_test

import (
	"strings"
	"testing"

	"sockstep/repl/render"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// TestCardInGroups: groups stand beside each other where there is room, and below each other where there is none; what is not
// to be shown is not.
func TestCardInGroups(t *testing.T) {
	one, two := names.T("one", "甲"), names.T("two", "乙")
	card := sockets.CardOf(
		sockets.Field{Name: "a", Value: sockets.IntOf(1), Group: one},
		sockets.Field{Name: "bc", Value: sockets.IntOf(2), Group: one, Told: names.T("2 of 3", "2，共 3")},
		sockets.Field{Name: "hidden", Value: sockets.IntOf(9), Group: one, Unshown: true},
		sockets.Field{Name: "d", Value: sockets.TextOf(strings.Repeat("x", 20)), Group: two},
	)
	for _, x := range []struct {
		width int
		lang  names.Lang
		want  string
	}{
		{80, names.English, "  one          two\n  a   1        d  xxxxxxxxxxxxxxxxxxxx\n  bc  2 of 3\n"},
		{80, names.Chinese, "  甲            乙\n  a   1         d  xxxxxxxxxxxxxxxxxxxx\n  bc  2，共 3\n"},
		{30, names.English, "  one\n  a   1\n  bc  2 of 3\n\n  two\n  d  xxxxxxxxxxxxxxxxxxxx\n"},
	} {
		var b strings.Builder
		act := sockets.NewAct(1, "inspect")
		act.Value = card
		render.NewText(&b, render.Options{Width: func() int { return x.width }, Lang: func() names.Lang { return x.lang }}).Observe(act, nil)
		if b.String() != x.want {
			t.Errorf("%d columns, %s:\n%s\nwant\n%s", x.width, x.lang, b.String(), x.want)
		}
	}
}
