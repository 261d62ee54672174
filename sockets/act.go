package sockets

import (
	"time"

	"sockstep/sockets/names"
)

// An Act is all that one line made happen, in order.
type Act struct {
	Seq      int    // 1 for the first line; 0 for what belongs to no line
	Job      int    // the job whose end this act tells, 0 for none
	Line     string // as typed
	Steps    []Step
	Value    Value
	Err      error  // usually *Error
	Expected bool   // the line began with "!" and failed as it said
	Python   string // the same thing in Python, "" where Python has none

	observers []Observer
	room      [6]Step // for the first Steps
}

// NewAct returns an act that tells the observers each step as it is made.
func NewAct(seq int, line string, observers ...Observer) *Act {
	a := &Act{Seq: seq, Line: line, observers: observers}
	a.Steps = a.room[:0]
	return a
}

// OK reports whether the act did what its line asked: it succeeded, or failed as "!" said it must.
func (a *Act) OK() bool { return a.Err == nil || a.Expected }

// Add appends a step and shows it to the observers.
func (a *Act) Add(s Step) {
	a.Steps = append(a.Steps, s)
	for _, o := range a.observers {
		o.Observe(a, s)
	}
}

// Note adds the note with this id from the table; pairs fill its {places}.
// An act says a thing once: a second note with the same id is dropped.
func (a *Act) Note(id string, pairs ...string) {
	if a.Noted(id) {
		return
	}
	a.Add(Note{ID: id, Text: names.Note(id, pairs...)})
}

// NoteEach is Note for what an act may have to say of several sockets: only a note with the same text is dropped.
func (a *Act) NoteEach(id string, pairs ...string) {
	text := names.Note(id, pairs...)
	for _, s := range a.Steps {
		if n, ok := s.(Note); ok && n.ID == id && n.Text == text {
			return
		}
	}
	a.Add(Note{ID: id, Text: text})
}

// Noted reports whether the act has a note with this id.
func (a *Act) Noted(id string) bool {
	for _, s := range a.Steps {
		if n, ok := s.(Note); ok && n.ID == id {
			return true
		}
	}
	return false
}

// Tells reports whether the act has more to tell than the calls that were made.
func (a *Act) Tells() bool {
	for _, s := range a.Steps {
		if _, ok := s.(Call); !ok {
			return true
		}
	}
	return false
}

// Change adds a change of one field of a socket; nothing where was and now are equal.
func (a *Act) Change(socket, field, was, now string) {
	if was != now {
		a.Add(Change{Socket: socket, Field: field, Was: was, Now: now})
	}
}

// End tells the observers that the act is over: they are shown a nil step.
func (a *Act) End() {
	for _, o := range a.observers {
		o.Observe(a, nil)
	}
}

// A Step is one thing that happened within an act: Call, Packet, Change or Note.
type Step interface{ step() }

// A Call is one system call that was made.
type Call struct {
	Op          string        // the system call's own name, as strace prints it: "recvfrom"
	Args        string        // as strace prints them, addresses and buffers shortened
	Ret         int64         // what it returned; -1 where Errno is set
	Errno       string        // "ECONNREFUSED", "" for none
	Took        time.Duration // wall clock, entry to return
	Times       int           // how many equal calls this stands for; 0 and 1 both mean one. Ret is then their sum
	Scaffold    bool          // made for sockstep's own sake, not asked for by the line
	Interrupted bool          // ended from outside (Ctrl-C, cancel, --timeout), not by the kernel
}

// A Change is a field of a socket that is no longer what it was.
type Change struct{ Socket, Field, Was, Now string }

// A Note says why: what peers pass over in silence.
type Note struct {
	ID   string
	Text names.Text
}

// A Packet is a segment or datagram that the act caused.
type Packet struct {
	Source         string // "captured", "cable" or "inferred"
	Proto          string
	From, To       string
	Flags          string
	Seq, Ack       uint32 // relative to the connection's first
	Len            int    // payload bytes
	After          time.Duration
	Lost           bool
	Retransmission bool
	Duplicate      bool
	OutOfOrder     bool
	Options        []string
	Marks          []string // what is remarkable about it: "dup-ack", "zero-window", "keepalive"
	Window         int      // bytes its sender can take, scaled as the ends agreed
	Checksum       string   // of the transport header: "ok", "bad", "partial" (left to the card; on loopback nobody computes it), "absent", "unverified"
	Socket         string   // the session's end of it, its sender where both are; "" where none is known
	Sent           bool     // by Socket
}

func (Call) step()   {}
func (Change) step() {}
func (Note) step()   {}
func (Packet) step() {}

// An Observer is shown every step of every act as it is made, and a nil step when the act is over.
// The renderers, a recorder, a lesson's judge are observers.
type Observer interface{ Observe(*Act, Step) }

// ObserverFunc lets a function be an Observer.
type ObserverFunc func(*Act, Step)

// Observe calls f.
func (f ObserverFunc) Observe(a *Act, s Step) { f(a, s) }

// Unscaffold makes the last call the student's own: it was made for sockstep's sake, but what came of it came of the line.
func (a *Act) Unscaffold() {
	for i := len(a.Steps) - 1; i >= 0; i-- {
		if c, ok := a.Steps[i].(Call); ok {
			c.Scaffold = false
			a.Steps[i] = c
			return
		}
	}
}
