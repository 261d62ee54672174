package sys

import "sockstep/sockets"

// A Stir is what the Watcher tells of a socket: something arrived there, bytes or a client.
type Stir struct {
	FD    sockets.FD
	Ended bool // the peer ended its side, the connection broke, or an error waits
}
