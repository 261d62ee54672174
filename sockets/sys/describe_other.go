//go:build unix && !linux

package sys

import "sockstep/sockets"

// Describe asks what a descriptor is that came from elsewhere. This system has no SO_DOMAIN.
func (c Caller) Describe(sockets.FD) (sockets.Family, sockets.Kind, int, error) {
	return "", "", 0, unsupported("SO_DOMAIN, which tells what a received socket is")
}
