// Command sockstep is a shell in which people learn sockets by making real ones.
package main

import (
	"os"

	"sockstep/sockets/sys"
)

func main() {
	sys.ReserveStdio()
	os.Exit(execute(os.Args[1:], streams{os.Stdin, os.Stdout, os.Stderr}))
}
