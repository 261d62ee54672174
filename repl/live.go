package repl

// A Live shows a picture that changes, again and again in the same place: what a prompt can and a script cannot.
type Live interface {
	// Size is how much room there is for it now.
	Size() (columns, rows int)
	// Color reports whether its lines may be coloured.
	Color() bool
	// Draw shows lines, none wider than the room, in place of those that were drawn before.
	Draw(lines []string)
	// Resized is sent to when the room has become another.
	Resized() <-chan struct{}
	// Ended is closed once a key was pressed.
	Ended() <-chan struct{}
	// Close takes the picture away.
	Close()
}

// Live begins a picture that changes; nil where there is no place for one, as in a script, or for a job.
func (e *Env) Live() Live {
	s := e.Session
	if s.live == nil || s.depth > 0 || e.park != nil {
		return nil
	}
	l, err := s.live()
	if err != nil {
		return nil
	}
	return l
}
