package commands

import (
	"net"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
)

// patience is for machines that are busy with something else; a test that passes waits for nothing.
const patience = 20 * time.Second

// TestExamples runs the example of each command as it stands in help, line by line in a fresh session, in both languages.
// The ports in it are the textbook's, which somebody else may hold, and which TCP holds for a minute after a close: each is
// run in a fresh network, too. Where the system gives none, the ports are others.
func TestExamples(t *testing.T) {
	for _, c := range Table() {
		for _, lang := range []names.Lang{names.English, names.Chinese} {
			if c.Example[0] == "wire on" {
				continue // packets are shown by the program: TestExamplesOfPackets in cmd/sockstep plays these
			}
			t.Run(c.Name+"/"+lang.String(), func(t *testing.T) {
				lines := c.Example
				switch ran, err := alone(t); {
				case err != nil:
					t.Logf("no network of its own: %v", err)
					lines = otherPorts(t, lines)
				case ran:
					return
				}
				t.Chdir("../..") // where a student stands who types: run examples/…
				drawn := play(t, lang, lines...)
				if c.Name != "lang" && lang == names.English && hasHan(drawn) {
					t.Errorf("Chinese in\n%s", drawn)
				}
			})
		}
		none := func(string) (sockets.Value, bool) { return sockets.Value{}, true }
		line, err := repl.ParseLine(c.Example[len(c.Example)-1], none)
		if err != nil || line.Command.Text != c.Name {
			t.Errorf("%s: the last line of the example is another command's: %s", c.Name, strings.Join(c.Example, "; "))
		}
	}
}

// sign marks the process that runs a test in a network of its own.
const sign = "SOCKSTEP_TEST_ALONE"

// alone runs the test once more, in a process with a network of its own, and reports that it did. In that process it reports
// that it did not: the test is to go on. The error is why there is no such network.
func alone(t *testing.T) (ran bool, err error) {
	t.Helper()
	if os.Getenv(sign) != "" {
		return false, loopbackUp()
	}
	program, err := os.Executable()
	if err != nil {
		return false, err
	}
	pattern := "^" + strings.ReplaceAll(t.Name(), "/", "$/^") + "$"
	cmd := exec.Command(program, "-test.run="+pattern, "-test.v=true")
	// With the race detector in it, a program sleeps for a second at its end, unless it is told not to.
	cmd.Env = append(os.Environ(), sign+"=1", "GORACE=atexit_sleep_ms=0 "+os.Getenv("GORACE"))
	if err := ownNetwork(cmd); err != nil {
		return false, err
	}
	out, err := cmd.CombinedOutput()
	switch {
	case cmd.ProcessState == nil:
		return false, err // it did not start
	case err != nil:
		t.Errorf("%v\n%s", err, out)
	case !strings.Contains(string(out), "--- PASS: "+t.Name()+" "):
		t.Errorf("the test did not run:\n%s", out)
	}
	return true, nil
}

// otherPorts puts free ports where the textbook's stand.
func otherPorts(t *testing.T, lines []string) []string {
	t.Helper()
	lines = slices.Clone(lines)
	for _, port := range []string{"8888", "9999"} {
		l, err := net.Listen("tcp", "127.0.0.1:0")
		if err != nil {
			t.Fatal(err)
		}
		free := strconv.Itoa(l.Addr().(*net.TCPAddr).Port)
		l.Close()
		for i := range lines {
			lines[i] = strings.ReplaceAll(lines[i], ":"+port, ":"+free)
		}
	}
	return lines
}
