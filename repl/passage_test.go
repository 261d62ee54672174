package repl

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/sockets"
)

// packets reads "> S", "< SA ack=1": sent and received, with flags, numbers and what became of it.
func packets(t *testing.T, lines ...string) (all []sockets.Packet, sent []bool) {
	t.Helper()
	for _, line := range lines {
		words := strings.Fields(line)
		p := sockets.Packet{Proto: "tcp", Flags: words[1]}
		for _, w := range words[2:] {
			switch name, value, _ := strings.Cut(w, "="); name {
			case "seq":
				p.Seq = number(t, value)
			case "ack":
				p.Ack = number(t, value)
			case "len":
				p.Len = int(number(t, value))
			case "lost":
				p.Lost = true
			case "early":
				p.OutOfOrder = true
			default:
				t.Fatal(line)
			}
		}
		all, sent = append(all, p), append(sent, words[0] == ">")
	}
	return all, sent
}

func number(t *testing.T, s string) (n uint32) {
	t.Helper()
	for _, c := range s {
		n = n*10 + uint32(c-'0')
	}
	return n
}

func TestPassage(t *testing.T) {
	for _, x := range []struct {
		name, from string
		packets    []string
		want       string
	}{
		{"a connect", "CLOSE", []string{"> S", "< SA ack=1", "> A seq=1 ack=1"}, "SYN_SENT ESTABLISHED"},
		{"a connect that is refused", "CLOSE", []string{"> S", "< RA ack=1"}, "SYN_SENT CLOSE"},
		{"a connect whose SYN is lost", "CLOSE", []string{"> S lost", "> S"}, "SYN_SENT"},
		{"a connect whose answer is lost", "CLOSE", []string{"> S", "< SA ack=1 lost"}, "SYN_SENT"},
		{"an accept", "LISTEN", []string{"< S", "> SA ack=1", "< A seq=1 ack=1"}, "SYN_RECV ESTABLISHED"},
		{"an accept that is broken off", "LISTEN", []string{"< S", "> SA ack=1", "< R seq=1"}, "SYN_RECV CLOSE"},
		{"both connect at once", "CLOSE", []string{"> S", "< S", "> SA ack=1", "< SA ack=1", "< A ack=1 seq=1"}, "SYN_SENT SYN_RECV ESTABLISHED"},
		{"both connect at once, over a long way", "CLOSE", []string{"> S", "< S", "< SA ack=1", "> SA ack=1"}, "SYN_SENT SYN_RECV ESTABLISHED"},
		{"and its SYN was under way first", "CLOSE", []string{"< S", "> S", "< SA ack=1", "> SA ack=1"}, "SYN_SENT SYN_RECV ESTABLISHED"},
		{"data changes nothing", "ESTABLISHED", []string{"> PA seq=1 ack=1 len=5", "< A seq=1 ack=6"}, ""},
		{"this end closes first", "ESTABLISHED", []string{"> FA seq=6 ack=1", "< A seq=1 ack=7", "< FA seq=1 ack=7", "> A seq=7 ack=2"}, "FIN_WAIT1 FIN_WAIT2 TIME_WAIT"},
		{"the peer closes at once, too", "ESTABLISHED", []string{"> FA seq=6 ack=1", "< FA seq=1 ack=7", "> A seq=7 ack=2"}, "FIN_WAIT1 FIN_WAIT2 TIME_WAIT"},
		{"both close at once", "ESTABLISHED", []string{"> FA seq=6 ack=1", "< FA seq=1 ack=6", "> A seq=7 ack=2", "< A seq=2 ack=7"}, "FIN_WAIT1 CLOSING TIME_WAIT"},
		{"the peer closes first", "ESTABLISHED", []string{"< FA seq=1 ack=1", "> A seq=1 ack=2", "> FA seq=1 ack=2", "< A seq=2 ack=2"}, "CLOSE_WAIT LAST_ACK CLOSE"},
		{"an ACK of the data before our FIN", "ESTABLISHED", []string{"> FA seq=1 ack=1 len=5", "< A seq=1 ack=6"}, "FIN_WAIT1"},
		{"and of the FIN behind it", "ESTABLISHED", []string{"> FA seq=1 ack=1 len=5", "< A seq=1 ack=7"}, "FIN_WAIT1 FIN_WAIT2"},
		{"a FIN that is sent again", "ESTABLISHED", []string{"> FA seq=1 ack=1 lost", "> FA seq=1 ack=1", "< A seq=1 ack=2"}, "FIN_WAIT1 FIN_WAIT2"},
		{"a FIN that comes too early", "ESTABLISHED", []string{"< FA seq=6 ack=1 early"}, ""},
		{"a close with unread data", "ESTABLISHED", []string{"> RA seq=1 ack=6"}, "CLOSE"},
		{"a RST is nothing to TIME_WAIT", "TIME_WAIT", []string{"< R seq=2"}, ""},
		{"a close in the handshake", "SYN_RECV", []string{"> FA seq=1 ack=1"}, "FIN_WAIT1"},
	} {
		all, sent := packets(t, x.packets...)
		p := Passage{State: x.from}
		var got []string
		for i := range all {
			got = append(got, p.Take(all[i], sent[i])...)
		}
		if s := strings.Join(got, " "); s != x.want {
			t.Errorf("%s: %s, want %s", x.name, s, x.want)
		}
	}
}

// TestPassageBetween: the way ends at what the kernel was seen in, and where the packets do not lead there they prove nothing.
func TestPassageBetween(t *testing.T) {
	all, sent := packets(t, "> S", "< SA ack=1", "> A seq=1 ack=1", "> FA seq=1 ack=1")
	p := Passage{State: "CLOSE"}
	for seen, want := range map[string][]milestone{
		"ESTABLISHED": {{"SYN_SENT", false, 0}, {"ESTABLISHED", false, 1}},
		"FIN_WAIT1":   {{"SYN_SENT", false, 0}, {"ESTABLISHED", false, 1}, {"FIN_WAIT1", false, 3}},
		"SYN_SENT":    {{"SYN_SENT", false, 0}},
		"TIME_WAIT":   nil,
	} {
		got, _ := p.between(all, sent, seen)
		if d := cmp.Diff(want, got, cmp.AllowUnexported(milestone{})); d != "" {
			t.Errorf("%s: -want +got\n%s", seen, d)
		}
	}
	all, sent = packets(t, "> R seq=1")
	p.State = "ESTABLISHED"
	if got, _ := p.between(all, sent, "CLOSE"); len(got) != 1 || !got[0].reset {
		t.Errorf("a reset: %+v", got)
	}
}
