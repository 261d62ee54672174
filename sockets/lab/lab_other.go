//go:build !linux

package lab

import (
	"errors"
	"fmt"
)

// A Lab is the network that this process is in. This system has none.
type Lab struct{}

func missing() error {
	return fmt.Errorf("a network of one's own is made of network namespaces, veth and packet sockets, which this system has not: %w", errors.ErrUnsupported)
}

// Enter would run this program in a network of its own.
func Enter(Process) (status int, err error) { return 0, missing() }

// Join would run this program in a lab that is running.
func Join(Process, int) (status int, err error) { return 0, missing() }

// Running would be the founders of this user's labs.
func Running() ([]int, error) { return nil, missing() }

// Begin would make the lab's network.
func Begin() (*Lab, error) { return nil, missing() }

// At would run f at a host.
func (*Lab) At(string, func() error) error { return missing() }

// Run would run a command at a host.
func (*Lab) Run(string, Process) (status int, err error) { return 0, missing() }

// Cable would be the cable between the hosts.
func (*Lab) Cable() *Cable { return nil }

// Founder would report whether the network lives in this process.
func (*Lab) Founder() bool { return false }

// Done would be closed when the founder is gone.
func (*Lab) Done() <-chan struct{} { return nil }

// Lacks would be what the lab goes on without.
func (*Lab) Lacks() []error { return []error{missing()} }

// Here would be the host that the calling thread is at.
func (*Lab) Here() (string, error) { return "", missing() }

// Close would end the lab.
func (*Lab) Close() error { return missing() }

// Forbidden reports whether err says that this system does not allow a lab.
func Forbidden(err error) bool { return errors.Is(err, errors.ErrUnsupported) }
