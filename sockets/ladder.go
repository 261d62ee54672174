package sockets

import "time"

// A Ladder is the story of one connection: what was done at its two ends, and the packets between.
type Ladder struct {
	Left, Right string // the ends: who sent first stands left
	Rungs       []Rung
}

// A Rung is one thing in the story: a packet, or what a line did at one end.
type Rung struct {
	At       time.Duration // since the first
	Packet   *Packet       // nil for a line
	Between  string        // the address of who sent it where that is neither end: a router's
	FromLeft bool          // of a packet, who sent it; of a line, at whose end
	Line     string        // what was typed
	State    string        // the state that it left that end in
	Ends     [2]string     // what it led the left and the right end to: the states that a packet did, "" for none; of a line, only of the other end
}
