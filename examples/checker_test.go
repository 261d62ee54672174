//go:build unix

package examples

import (
	"strings"
	"testing"
)

// The output of a session: a handshake whose SYN was lost, then something sent, and what came late. Each packet is
// who > whom, flags, and what else there is.
const sessionSaid = `
{"act":1,"line":"c = connect tcp right:7000","ok":true,"steps":[
 {"kind":"call","op":"connect","args":"","ret":0,"errno":"","us":1000400,"scaffold":false,"interrupted":false},
 {"kind":"packet","source":"cable","proto":"tcp","from":"10.0.0.1:5","to":"10.0.0.2:7000","flags":"S","seq":0,"ack":0,"len":0,"us":10,"lost":true,"window":64240},
 {"kind":"packet","source":"cable","proto":"tcp","from":"10.0.0.1:5","to":"10.0.0.2:7000","flags":"S","seq":0,"ack":0,"len":0,"us":1000010,"retransmission":true,"marks":["retransmission"],"window":64240},
 {"kind":"packet","source":"cable","proto":"tcp","from":"10.0.0.2:7000","to":"10.0.0.1:5","flags":"SA","seq":0,"ack":1,"len":0,"us":1000020,"window":65160},
 {"kind":"packet","source":"cable","proto":"tcp","from":"10.0.0.1:5","to":"10.0.0.2:7000","flags":"A","seq":1,"ack":1,"len":0,"us":1000030,"window":64512},
 {"kind":"change","socket":"c","field":"state","was":"CLOSE","now":"ESTABLISHED"},
 {"kind":"note","id":"connected-before-accept","text":"…"}],"value":{"type":"socket","text":"c"}}
{"act":2,"line":"send c hello","ok":true,"steps":[
 {"kind":"packet","source":"cable","proto":"tcp","from":"10.0.0.1:5","to":"10.0.0.2:7000","flags":"PA","seq":1,"ack":1,"len":5,"us":10,"window":64512}],"value":{"type":"int","text":"5","int":5}}
{"act":3,"line":"expect 5","ok":true,"value":{"type":"none","text":""}}
{"act":0,"line":"","ok":true,"steps":[
 {"kind":"packet","source":"cable","proto":"tcp","from":"10.0.0.2:7000","to":"10.0.0.1:5","flags":"A","seq":1,"ack":6,"len":0,"us":0,"marks":["zero-window"],"window":0}],"value":{"type":"none","text":""}}
{"act":4,"line":"sendto u right:9 x","ok":true,"steps":[
 {"kind":"packet","source":"cable","proto":"udp","from":"10.0.0.1:6","to":"10.0.0.2:9","flags":"","seq":0,"ack":0,"len":1,"us":1},
 {"kind":"packet","source":"cable","proto":"udp","from":"10.0.0.1:6","to":"10.0.0.2:9","flags":"","seq":0,"ack":0,"len":1,"us":2},
 {"kind":"packet","source":"cable","proto":"icmp","from":"10.0.0.2","to":"10.0.0.1","flags":"port-unreachable","seq":0,"ack":0,"len":29,"us":3}],"value":{"type":"none","text":""}}
{"act":5,"line":"close all","ok":true,"value":{"type":"none","text":""}}
`

// TestClaims: what is true holds, and what is not is found, for every kind of claim.
func TestClaims(t *testing.T) {
	acts, err := parseActs(strings.ReplaceAll(strings.TrimSpace(sessionSaid), "\n ", ""))
	if err != nil {
		t.Fatal(err)
	}
	const first, second, third, last = "c = connect tcp right:7000\n", "send c hello\nexpect 5\n", "sendto u right:9 x\n", "close all\n"
	for _, x := range []struct {
		after string // the line
		claim string
		holds bool
	}{
		{first, "packets → SYN lost → SYN retransmission ← SYN+ACK → ACK", true},
		{first, "packets → SYN lost +1s → SYN retransmission ← SYN+ACK ack 1 → ACK len 0 win 64512", true},
		{first, "packets …", true},
		{first, "packets … → SYN retransmission … → ACK …", true},
		{first, "packets → SYN lost … → ACK", true},
		{first, "packets → SYN lost { ← SYN+ACK → ACK → SYN retransmission }", true},
		{first, "packets → SYN lost +2s → SYN retransmission ← SYN+ACK → ACK", false},
		{first, "packets +1ms → SYN lost …", false},                                 // later than what?
		{first, "packets → SYN → SYN retransmission ← SYN+ACK → ACK", false},        // it was lost
		{first, "packets → SYN lost → SYN ← SYN+ACK → ACK", false},                  // it was a repetition
		{first, "packets → SYN lost → SYN lost retransmission …", false},            // it was not lost
		{first, "packets → SYN lost → SYN retransmission → SYN+ACK → ACK", false},   // the other way
		{first, "packets → SYN lost → SYN retransmission → ACK ← SYN+ACK", false},   // in another order
		{first, "packets → SYN lost → SYN retransmission ← SYN+ACK", false},         // there is one more
		{first, "packets → SYN lost → SYN retransmission … → ACK → ACK", false},     // and not two
		{first, "packets → SYN lost { ← SYN+ACK → ACK }", false},                    // nor two in any order
		{first, "packets → SYN lost → SYN retransmission ← SYN+ACK ack 2 …", false}, // another number
		{first, "packets … → ACK ×2", false},
		{first, "packets … → data …", false}, // none had any
		{first, "no packets", false},
		{first, "note connected-before-accept", true},
		{first, "note eof", false},
		{first, "no note eof", true},
		{first, "no note connected-before-accept", false},
		{first, "change c state ESTABLISHED", true},
		{first, "change c state CLOSE", false},
		{first, "change d state ESTABLISHED", false},
		{first, "took 1s", true},
		{first, "took 2s", false},
		{second, "packets → SYN lost … → ACK → PSH+ACK seq 1 len 5", true}, // all since the beginning; the ACK came later
		{second, "packets … → data len 5", true},
		{second, "packets … → data len 6", false},
		{second, "packets … ← ACK zero-window", false},
		{second, "took 1s", false},
		{third, "packets … ← ACK ack 6 zero-window win 0 → UDP len 1 ×2 ← ICMP port-unreachable", true},
		{third, "packets … → UDP ×2+ ← ICMP port-unreachable", true},
		{third, "packets … → UDP ×3+ ← ICMP port-unreachable", false},
		{third, "packets … ← ACK → UDP ←  ICMP port-unreachable", false},
		{third, "packets … ← ICMP fragmentation-needed", false},
		{third, "packets … ← ACK window-probe …", false},
		{last, "note eof", false},
	} {
		script := first + second + third + last
		x.claim = "#: " + x.claim
		e, err := readExperiment(strings.Replace(script, x.after, x.after+x.claim+"\n", 1))
		if err != nil {
			t.Errorf("%s: %v", x.claim, err)
		} else if failed := e.check(acts); (len(failed) == 0) != x.holds {
			t.Errorf("behind %q, %s: %v, not %v: %v", x.after, x.claim, !x.holds, x.holds, failed)
		}
	}

	// A claim of packets goes on where the one before has ended.
	e, err := readExperiment(first + "#: packets … → ACK\n" + second + "#: packets → PSH+ACK\n" + third + "#: packets ← ACK → UDP ×2 ← ICMP port-unreachable\n" + last + "#: no packets\n")
	if err != nil {
		t.Fatal(err)
	}
	if failed := e.check(acts); len(failed) > 0 || len(e.claims) != 4 || e.races {
		t.Error(failed)
	}
	for i := range acts { // a session that stopped early, or was another one
		if failed := e.check(acts[:i]); len(failed) == 0 {
			t.Errorf("%d acts are enough", i)
		}
	}
	if failed := e.check(acts[1:]); len(failed) == 0 {
		t.Error("another session holds, too")
	}
}

// TestClaimsRead: a claim that cannot be understood is refused, so that none is passed over.
func TestClaimsRead(t *testing.T) {
	for _, claim := range []string{"", "packet → SYN", "packets", "packets SYN", "packets →", "packets → SYN again", "packets → SYN len", "packets → SYN len x", "packets → SYN { → ACK",
		"packets → SYN } → ACK", "packets → SYN +1s", "packets → SYN +soon → SYN", "packets → SYN ×many", "no packets → SYN", "note", "note eof reset", "no change c state CLOSE", "change c state", "took", "took long", "no", "nothing"} {
		if e, err := readExperiment("close all\n#: " + claim + "\n"); err == nil {
			t.Errorf("%q is taken for %+v", claim, e.claims)
		}
	}
	if _, err := readExperiment("#: no packets\nclose all\n"); err == nil {
		t.Error("a claim about no line is taken")
	}
	if e, err := readExperiment("# words\n#: races 40ms\n\n  close all  \n"); err != nil || !e.races || len(e.claims) != 0 || len(e.lines) != 1 || e.lines[0] != "close all" {
		t.Errorf("%+v, %v", e, err)
	}
}
