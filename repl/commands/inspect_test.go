package commands

import (
	"strings"
	"testing"
	"time"

	"github.com/rivo/uniseg"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// TestInspectFits: the card of any socket, with the line that asked for it and the next prompt, is read at once on 80 by 24.
func TestInspectFits(t *testing.T) {
	const title, around = 1, 2
	for sight := onTCP; sight <= onClosed && sight > 0; sight <<= 1 {
		left, right := 0, 0
		for _, f := range fields() {
			switch {
			case f.calm&sight == 0:
			case f.group == theSocket:
				left++
			default:
				right++
			}
		}
		if rows := max(left, right) + title + around; rows > 24 || left == 0 || right == 0 {
			t.Errorf("%b: %d rows, of %d and %d", sight, rows, left, right)
		}
	}
	for _, lang := range []names.Lang{names.English, names.Chinese} {
		drawn := play(t, lang, "s = listen tcp 127.0.0.1:0", "a = inspect s sockname", "c = connect tcp $a", "inspect c --all", "inspect c --explain")
		for row := range strings.SplitSeq(drawn, "\n") {
			if w := uniseg.StringWidth(row); w > 80 {
				t.Errorf("%s: %d columns: %q", lang, w, row)
			}
		}
	}
}

// TestExplainOneUnit: beside a value that has its own unit, none is named. What a program reads keeps it, as it does the number.
func TestExplainOneUnit(t *testing.T) {
	for lang, unit := range map[names.Lang]string{names.English: "in µs", names.Chinese: "微秒"} {
		drawn := play(t, lang, "s = listen tcp 127.0.0.1:0", "a = inspect s sockname", "c = connect tcp $a", "inspect c rto rtt --explain")
		if strings.Contains(drawn, unit) || !strings.Contains(drawn, " ms") {
			t.Errorf("%s: %s", lang, drawn)
		}
	}
	for _, f := range fields() {
		if en, zh := strings.Contains(f.means.En, "µs"), strings.Contains(f.means.Zh, "微秒"); en != zh || en && (!strings.HasSuffix(f.means.En, inMicros.En) || !strings.HasSuffix(f.means.Zh, inMicros.Zh)) {
			t.Errorf("%s names its unit elsewhere than at the end: %+v", f.name, f.means)
		}
	}
}

// TestInspectWithoutSockDiag: the fields that the descriptor tells are there, the others are left out, and that is said once.
func TestInspectWithoutSockDiag(t *testing.T) {
	drawn := play(t, names.English, "s = listen tcp 127.0.0.1:0", "a = inspect s sockname", "c = connect tcp $a", "inspect c --all", "inspect c --all")
	if n := strings.Count(drawn, "sock_diag"); n != 1 {
		t.Errorf("it is said %d times:\n%s", n, drawn)
	}
	for _, name := range []string{"  rtt ", "  cwnd ", "  unsent "} {
		if !strings.Contains(drawn, name) {
			t.Errorf("no%s in\n%s", name, drawn)
		}
	}
	for _, name := range []string{"  timer ", "  rcvmem ", "  inode "} {
		if strings.Contains(drawn, name) {
			t.Errorf("there is%s in\n%s", name, drawn)
		}
	}
}

func TestTimerTold(t *testing.T) {
	for _, x := range []struct {
		timer  sockets.Timer
		en, zh string
	}{
		{sockets.Timer{Kind: sockets.Retransmit, Left: 210 * time.Millisecond, Tries: 1}, "retransmit in 0.21 s, try 2", "0.21 秒后重传，第 2 次"},
		{sockets.Timer{Kind: sockets.Retransmit, Left: 200 * time.Millisecond}, "retransmit in 0.20 s", "0.20 秒后重传"},
		{sockets.Timer{Kind: sockets.Keepalive, Left: 7199400 * time.Millisecond}, "keepalive in 7199 s", "7199 秒后发保活探测"},
		{sockets.Timer{Kind: sockets.TimeWait, Left: 59990 * time.Millisecond, Tries: 1}, "over in 60.0 s", "60.0 秒后结束"},
		{sockets.Timer{Kind: "5", Left: time.Second}, "5 1.00 s", "5 1.00 s"},
	} {
		if got := timerTold(x.timer); got.En != x.en || got.Zh != x.zh {
			t.Errorf("%+v: %+v", x.timer, got)
		}
	}
}

// TestPythonMember: the members stand where linux/tcp.h has them.
func TestPythonMember(t *testing.T) {
	for name, want := range map[string]string{
		"tcpi_ca_state": "'B', 1", "tcpi_retransmits": "'B', 2", "tcpi_rto": "'I', 8", "tcpi_rtt": "'I', 68", "tcpi_snd_cwnd": "'I', 80",
		"tcpi_total_retrans": "'I', 100", "tcpi_pacing_rate": "'Q', 104", "tcpi_notsent_bytes": "'I', 144", "tcpi_bytes_sent": "'Q', 200", "tcpi_rcv_wnd": "'I', 232",
	} {
		code, at, _ := strings.Cut(want, ", ")
		if got, want := pythonMember(name), "struct.unpack_from("+code+", %s.getsockopt(IPPROTO_TCP, TCP_INFO, 256), "+at+")[0]"; got != want {
			t.Errorf("%s: %s, want %s", name, got, want)
		}
	}
}

// TestFieldsHaveOneMeaning: a name stands once among the fields, and what it means in both languages.
func TestFieldsHaveOneMeaning(t *testing.T) {
	seen := map[string]bool{}
	for _, f := range fields() {
		if seen[f.name] {
			t.Errorf("%s twice", f.name)
		}
		seen[f.name] = true
		both(t, f.name, f.means)
		if f.calm&^f.of != 0 {
			t.Errorf("%s is shown of sockets that do not have it", f.name)
		}
	}
}
