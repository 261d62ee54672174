package render

import (
	"strings"
	"testing"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

// TestTimeline: what happened stands in its order, in both languages, and is never wider than the room; nothing that a partner says
// steers the terminal.
func TestTimeline(t *testing.T) {
	syn := &sockets.Packet{Source: "captured", Proto: "tcp", From: "127.0.0.1:40000", To: "127.0.0.1:8888", Flags: "S"}
	rows := []TimelineRow{
		{Role: "client", Kind: "came", Program: true},
		{At: 100 * time.Millisecond, Role: "server", Kind: "act", Line: "s = listen tcp 127.0.0.1:8888", Result: "= s"},
		{At: 2 * time.Second, Role: "client", Kind: "packet", Packet: syn},
		{At: 2 * time.Second, Role: "client", Kind: "act", Line: "k = connect tcp 127.0.0.1:8888", Result: "= k"},
		{At: 3 * time.Second, Role: "server", Kind: "waits", Line: "recv c"},
		{At: 3 * time.Second, Role: "server", Kind: "act", Line: "recv c", Result: "= b'你好'", Waited: 1500 * time.Millisecond},
		{At: 4 * time.Second, Role: "client", Kind: "act", Line: "send k \x1b[2J" + strings.Repeat("long ", 40), Result: "EPIPE"},
		{At: 5 * time.Second, Role: "client", Kind: "begin", Line: "3"},
		{At: 1500 * time.Second, Role: "client", Kind: "left"},
	}
	for lang, want := range map[names.Lang][]string{
		names.English: {"is there: the program plays it", "= s", "SYN seq 0", "… waits", "waited 1.50 s", "EPIPE", "set up for", "has gone"},
		names.Chinese: {"由程序扮演", "= s", "SYN seq 0", "…… 在等待", "等待了 1.50 s", "EPIPE", "为第 3 步", "离开了"},
	} {
		for _, width := range []int{40, 80, 200} {
			p := Timeline(rows, [2]string{"server", "client"}, [2]string{"server", "客户端"}, width, lang)
			text := p.String()
			at := 0
			for _, w := range want {
				i := strings.Index(text[at:], w)
				if i < 0 && width > 40 { // there is no room for all
					t.Errorf("%v, %d columns: %q does not follow in\n%s", lang, width, w, text)
					continue
				}
				at += max(i, 0)
			}
			if p.Width() > width-2 {
				t.Errorf("%d columns wide, of %d:\n%s", p.Width(), width, text)
			}
			if strings.ContainsRune(text, 0x1b) {
				t.Errorf("an escape character in %q", text)
			}
		}
	}
	if empty := Timeline(nil, [2]string{"a", "b"}, [2]string{"a", "b"}, 80, names.English).String(); empty == "" {
		t.Error("an empty timeline says nothing")
	}
}
