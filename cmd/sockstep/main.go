// Command sockstep is a shell in which people learn sockets by making real ones.
package main

import (
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
	"time"

	"sockstep/sockets/sys"
)

func main() {
	sys.ReserveStdio()
	debug.SetMemoryLimit(128 << 20) // from there on it collects as often as it takes
	debug.SetGCPercent(400)         // a line leaves some kilobytes behind and the heap is small: collecting less often is cheap
	os.Exit(execute(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}

// dieOf ends the program as the signal would have done without us.
func dieOf(sig os.Signal) {
	number, _ := sig.(syscall.Signal)
	if sig != syscall.SIGQUIT { // Go's own end by it is a list of what runs
		signal.Reset(sig)
		if self, err := os.FindProcess(os.Getpid()); err == nil && self.Signal(sig) == nil {
			time.Sleep(lastMoment)
		}
	}
	os.Exit(128 + int(number)) // the signal does nothing to the first process of a container
}
