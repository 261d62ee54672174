package sys

import "sockstep/sockets"

// Connect is connect(2). When the context ends it the kernel goes on with the handshake: the next
// connect of this socket waits for that one.
func (c Caller) Connect(fd sockets.FD, addr sockets.Address) error { return c.connect(fd, addr) }
