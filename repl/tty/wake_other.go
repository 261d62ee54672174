//go:build !linux

package tty

func (*modes) wakeWriter() {}

// discard: elsewhere a terminal that takes no output keeps the program until it does.
func (*modes) discard() {}
