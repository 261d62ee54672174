package repl

import "sockstep/lessons"

// learning is what a session knows of the lesson that is on.
type learning struct {
	made []made
	run  *lessons.Run
}
