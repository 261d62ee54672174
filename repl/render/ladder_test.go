package render

import (
	"strings"
	"testing"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// aLadder has what makes one hard to draw: a lost packet, large numbers, several marks, lines longer than their side, an end
// with a long address.
func aLadder() sockets.Ladder {
	packet := func(fromLeft bool, p sockets.Packet) sockets.Rung {
		p.Proto = "tcp"
		return sockets.Rung{Packet: &p, FromLeft: fromLeft}
	}
	begin := packet(true, sockets.Packet{Flags: "S"})
	begin.Ends = [2]string{"SYN_SENT", ""}
	return sockets.Ladder{Left: "c [2001:db8:1234:5678::1]:40022", Right: "d [2001:db8:1234:5678::2]:7000", Rungs: []sockets.Rung{
		{FromLeft: true, Line: "c = connect tcp [2001:db8:1234:5678::2]:7000"},
		begin,
		packet(true, sockets.Packet{Flags: "PA", Seq: 4000000001, Ack: 25001, Len: 1448, Lost: true}),
		packet(true, sockets.Packet{Flags: "PA", Seq: 4000000001, Ack: 25001, Len: 1448, Marks: []string{"retransmission"}}),
		packet(false, sockets.Packet{Flags: "A", Seq: 25001, Ack: 5004, Marks: []string{"duplicate", "dsack"}}),
		{Line: "recv d"},
	}}
}

// Nothing of what befell a packet may be cut off, at whatever width and in either language: that is what a ladder is for.
func TestLadderTellsAll(t *testing.T) {
	for _, width := range []int{42, 60, 80, 100, 120, 200} {
		for lang, words := range map[names.Lang][]string{
			names.English: {"lost", "retransmission", "the same packet once more, tells of bytes that came twice", "seq 4000000001 ack 25001 len 1448"},
			names.Chinese: {"丢失", "重传", "同一个分组又来一次，告知有字节到了两次", "seq 4000000001 ack 25001 len 1448"},
		} {
			drawn := Ladder(aLadder(), width, lang)
			told := strings.Join(strings.Fields(strings.NewReplacer("│", " ", "─", " ", "▶", " ", "◀", " ", "├", " ", "┤", " ").Replace(drawn)), "")
			for _, w := range words {
				if !strings.Contains(told, strings.ReplaceAll(w, " ", "")) {
					t.Errorf("width %d, %v: %q is not told:\n%s", width, lang, w, drawn)
				}
			}
			for line := range strings.Lines(drawn) {
				if w := Width(strings.TrimRight(line, "\n")); w > width-2 && width >= 42 {
					t.Errorf("width %d: a line of %d columns: %s", width, w, line)
				}
			}
		}
	}
}

// Where there is room the lines stand whole, and the arrows are no longer than they need.
func TestLadderSharesTheRoom(t *testing.T) {
	want := `
c [2001:db8:1234:5678::1]:40022                                                                                                      d [2001:db8:1234:5678::2]:7000
c = connect tcp [2001:db8:1234:5678::2]:7000 │                                                                                     │
SYN_SENT                                     ├──────────────────────────────────── SYN seq 0 ─────────────────────────────────────▶│
                                             ├────────────────── PSH+ACK seq 4000000001 ack 25001 len 1448 lost ─────────────────✗ │
                                             ├───────────── PSH+ACK seq 4000000001 ack 25001 len 1448 retransmission ─────────────▶│
                                             │◀─ ACK seq 25001 ack 5004 the same packet once more, tells of bytes that came twice ─┤
                                             │                                                                                     │ recv d`
	if got := "\n" + Ladder(aLadder(), 200, names.English); got != want {
		t.Errorf("got %s\nwant %s", got, want)
	}
}
