package lessons

import (
	"errors"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// Said is what an error says in both languages. What the system or another library says is the same in both.
func Said(err error) names.Text {
	var told *sockets.Error
	if errors.As(err, &told) {
		return told.Message
	}
	return names.T(err.Error(), err.Error())
}
