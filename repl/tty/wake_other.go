//go:build !linux

package tty

func (*modes) wakeWriter() {}
