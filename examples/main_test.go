//go:build unix

package examples

import (
	"flag"
	"fmt"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"syscall"
	"testing"
)

// sockstep is the built program, here the folder of this package, and require whether a missing peer is a failure.
var (
	sockstep string
	here     string
	require  = os.Getenv("SOCKSTEP_REQUIRE") == "all"
)

func TestMain(m *testing.M) {
	if !enterNetwork() {
		if status, ok := privateNetwork(); ok {
			os.Exit(status)
		}
		fmt.Fprintln(os.Stderr, "no network namespace to be had: the examples use this machine's ports")
	}
	signal.Notify(make(chan os.Signal, 1), syscall.SIGHUP) // what nohup(1) makes the tests ignore, the programs that they start do not
	os.Exit(run(m))
}

func run(m *testing.M) int {
	dir, err := os.MkdirTemp("", "sockstep-examples-")
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	defer os.RemoveAll(dir)
	if here, err = os.Getwd(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	sockstep = filepath.Join(dir, "sockstep")
	build := exec.Command("go", "build", "-buildvcs=false", "-o", sockstep, "sockstep/cmd/sockstep")
	if raceDetector {
		build.Args = append(build.Args[:2], append([]string{"-race"}, build.Args[2:]...)...)
	}
	if out, err := build.CombinedOutput(); err != nil {
		fmt.Fprintf(os.Stderr, "%v: %v\n%s", build.Args, err, out)
		return 1
	}
	// Where the ports are this machine's own, two runs of these tests take turns.
	lock, err := os.OpenFile(filepath.Join(os.TempDir(), "sockstep-examples.lock"), os.O_CREATE|os.O_RDWR, 0o666)
	if err == nil && os.Getenv("SOCKSTEP_PRIVATE_NETWORK") == "" {
		defer lock.Close()
		_ = syscall.Flock(int(lock.Fd()), syscall.LOCK_EX)
	}
	for _, name := range []string{"XDG_CONFIG_HOME", "XDG_STATE_HOME", "XDG_DATA_HOME", "XDG_CACHE_HOME"} {
		os.Setenv(name, filepath.Join(dir, "home")) // the developer's own settings stay out of it
	}
	os.Setenv("GORACE", "atexit_sleep_ms=10 halt_on_error=1") // a second at the end of each program adds up
	os.Setenv("LC_ALL", "C.UTF-8")
	os.Setenv("NO_COLOR", "1")
	if !flag.Parsed() {
		flag.Parse()
	}
	flag.Set("test.parallel", "6") // what runs side by side here waits most of the time
	return m.Run()
}
