//go:build !unix

package main

import "os"

// alive reports whether there is such a process.
func alive(pid int) bool {
	_, err := os.FindProcess(pid)
	return err == nil
}
