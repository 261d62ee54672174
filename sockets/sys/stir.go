package sys

import "sockstep/sockets"

// A Stir is what the Watcher tells of a socket: something arrived there, bytes or a client.
type Stir struct {
	FD     sockets.FD
	Ended  bool // the peer ended its side, or the connection is over
	Broken bool // an error waits: SO_ERROR would tell which, and take it away
}
