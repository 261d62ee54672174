package lessons

import (
	"errors"
	"fmt"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Said is what an error says in both languages. What the system or another library says is the same in both.
func Said(err error) names.Text {
	var told *sockets.Error
	var bad *FormatError
	switch {
	case errors.As(err, &told): // what it may wrap is its cause
		return told.Message
	case errors.As(err, &bad):
		return names.Text{En: bad.In(names.English), Zh: bad.In(names.Chinese)}
	}
	return names.T(err.Error(), err.Error())
}

// wrongly is an error that says something in both languages.
func wrongly(t names.Text, args ...any) error { return &sockets.Error{Message: both(t, args...)} }

// both writes args into both sides of a text, as Sprintf does. Of an arg that is a text, or an error, each side has its own.
func both(t names.Text, args ...any) names.Text {
	side := func(format string, l names.Lang) string {
		own := make([]any, len(args))
		for i, a := range args {
			switch a := a.(type) {
			case names.Text:
				own[i] = a.In(l)
			case error:
				own[i] = Said(a).In(l)
			default:
				own[i] = a
			}
		}
		return fmt.Sprintf(format, own...)
	}
	return names.Text{En: side(t.En, names.English), Zh: side(t.Zh, names.Chinese)}
}
