package main

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

// inferred are lines whose packets are plain to infer; what merely acknowledges has its own time, and is left out.
const inferred = `s = listen tcp 127.0.0.1:7001
c = connect tcp 127.0.0.1:7001
send c "before accept"
d = accept s
recv d
send c hello
send d 'and back'
recv c
recv d
shutdown c wr
recv d
send d 'half open'
recv c
close d
close c
!ECONNREFUSED connect tcp 127.0.0.1:7002
c = connect tcp 127.0.0.1:7001
d = accept s
send c unread
close d
!ECONNRESET recv c
close c
c = connect tcp 127.0.0.1:7001
d = accept s
close d
sleep 0.1
close c
c = connect tcp 127.0.0.1:7001
d = accept s
close d
send c 'to nobody'
close c
c = connect tcp 127.0.0.1:7001
d = accept s
send d unread
shutdown d wr
close c
close d
c = connect tcp 127.0.0.1:7001
d = accept s
send c --fill 200000 --dontwait
shutdown c wr
recv d 300000
recv d 300000
close c
close d
c = connect tcp 127.0.0.1:7001
d = accept s
send c --fill 200000 --dontwait
close c
recv d 300000
recv d 300000
close d
u = socket udp
bind u 127.0.0.1:7003
v = socket udp
bind v 127.0.0.1:7004
sendto v 127.0.0.1:7003 hello
connect v 127.0.0.1:7003
send v again
wire v
wire on
`

// TestInferred plays the same lines with the right to capture packets and without it: what is inferred is what was captured.
func TestInferred(t *testing.T) {
	if !privately(t) {
		return
	}
	type packet struct {
		ID, Source, Proto, From, To, Flags string
		Seq, Ack, Len                      int
		Retransmission                     bool
	}
	play := func(program string) (all []string, noted int) {
		t.Helper()
		var out []byte
		err := alone(func() (err error) {
			p := exec.Command(program, "--json", "run", "--keep-going", "-")
			p.Stdin = strings.NewReader(inferred)
			out, err = p.Output()
			if exitCode(err) == lineFailed {
				err = nil // of wire on
			}
			return err
		})
		if err != nil {
			t.Fatalf("%s: %v\n%s", program, err, out)
		}
		for line := range strings.Lines(string(out)) {
			var a struct {
				Act   int    `json:"act"`
				Line  string `json:"line"`
				Error *struct{ Errno string }
				Steps []packet `json:"steps"`
			}
			var together []packet
			if err := json.Unmarshal([]byte(line), &a); err != nil {
				t.Fatal(err)
			}
			if a.Line == "wire on" && program == "sockstep-nocaps" && (a.Error == nil || a.Error.Errno != "EPERM") {
				t.Errorf("wire on gives %+v without the right to it", a.Error)
			}
			for _, s := range a.Steps {
				if s.ID == "packets-unseen" {
					noted++
				}
				if s.Proto == "" || s.Flags == "A" && s.Len == 0 || s.Retransmission { // where the machine is slow the kernel probes its tail
					continue
				}
				if want := map[string]string{"sockstep": "captured", "sockstep-nocaps": "inferred"}[program]; s.Source != want {
					t.Errorf("%s: %q is %q, want %q", program, a.Line, s.Source, want)
				}
				if n := len(together) - 1; n >= 0 && s.Len > 0 && together[n].Len > 0 && together[n].From == s.From && together[n].Seq+together[n].Len == s.Seq {
					s.Seq, s.Len = together[n].Seq, together[n].Len+s.Len // as what is inferred is told
					together, all = together[:n], all[:len(all)-1]
				}
				together = append(together, s)
				all = append(all, fmt.Sprintf("%s: %s %s seq %d ack %d len %d", a.Line, s.Proto, s.Flags, s.Seq, s.Ack, s.Len))
			}
		}
		return all, noted
	}
	if ok, err := condition("raw", "en"); err != nil || !ok {
		if os.Getenv("SOCKSTEP_REQUIRE") == "all" {
			t.Fatal("no right to capture packets, to which those inferred could be held")
		}
		t.Skip("NOT TESTED: no right to capture packets, to which those inferred could be held")
	}
	captured, noted := play("sockstep")
	if noted != 0 {
		t.Error("it is told that packets are not seen, and they are")
	}
	guessed, noted := play("sockstep-nocaps")
	if noted != 1 {
		t.Errorf("that packets are not seen is told %d times, want once", noted)
	}
	if len(captured) < 20 {
		t.Errorf("few packets: %q", captured)
	}
	if d := cmp.Diff(captured, guessed); d != "" {
		t.Errorf("captured (-) and inferred (+):\n%s", d)
	}
}
