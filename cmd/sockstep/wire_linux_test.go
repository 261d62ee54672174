package main

import (
	"os"
	"os/exec"
	"strings"
	"testing"

	"sockstep/repl/commands"
)

// TestExamplesOfPackets runs the examples in help that look at packets, which takes the program: the language alone has no
// wire to look at.
func TestExamplesOfPackets(t *testing.T) {
	if !privately(t) {
		return
	}
	played := 0
	for _, c := range commands.Table() {
		if c.Example[0] != "wire on" {
			continue
		}
		played++
		for _, lang := range []string{"en", "zh"} {
			t.Run(c.Name+"/"+lang, func(t *testing.T) {
				var out []byte
				err := alone(func() (err error) {
					p := exec.Command("sockstep", "--lang", lang, "run", "-")
					p.Stdin = strings.NewReader(strings.Join(c.Example, "\n"))
					out, err = p.CombinedOutput()
					return err
				})
				if err != nil && strings.Contains(string(out), "CAP_NET_RAW") {
					if os.Getenv("SOCKSTEP_REQUIRE") == "all" && os.Getenv(privateMark) != "" {
						t.Fatalf("a private network without the right to see packets: %s", out)
					}
					t.Skip("NOT TESTED: no right to see packets, and no private network to have it in")
				}
				if err != nil {
					t.Errorf("%v\n%s", err, out)
				}
			})
		}
	}
	if played == 0 {
		t.Error("no example looks at packets")
	}
}
