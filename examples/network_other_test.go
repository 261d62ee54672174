//go:build unix && !linux

package examples

// privateNetwork: only Linux has network namespaces. The tests take turns by a lock instead.
func privateNetwork() (status int, ok bool) { return 0, false }

func enterNetwork() bool { return false }
