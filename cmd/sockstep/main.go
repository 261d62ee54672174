// Command sockstep is a shell in which people learn sockets by making real ones.
package main

import (
	"os"
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
	sys.EndBy(number)
	time.Sleep(lastMoment)
	os.Exit(128 + int(number)) // the signal does nothing to the first process of a container
}
