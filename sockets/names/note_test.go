package names

import (
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestNotes(t *testing.T) {
	promised := strings.Fields(`eof reset broken-pipe partial-send truncated-datagram empty-datagram would-block
		timed-out cancelled accept-queue-full coalesced split unread-at-close value-adjusted wrong-order
		unreachable-on-second-send public-address no-listener ephemeral-port zero-send zero-recv not-kept peer-gone
		pending-clients half-close time-wait connected-before-accept backlog-truncated stale-file unnamed-client
		datagram-boundary oob-urgent dual-stack implicit-bind linger-reset child-inherits ttl`)
	ids := NoteIDs()
	for _, id := range promised {
		if !slices.Contains(ids, id) {
			t.Errorf("no note %q", id)
		}
	}
	slices.Sort(ids)
	if n := len(slices.Compact(slices.Clone(ids))); n != len(ids) {
		t.Errorf("%d ids, %d of them different", len(ids), n)
	}
	for _, id := range ids {
		// Whatever the caller knows, no brace is shown.
		bare := Note(id)
		for _, text := range []Text{bare, Note(id, "peer", "", "s", "c")} {
			if strings.ContainsAny(text.En+text.Zh, "{}") {
				t.Errorf("%s: unfilled in %+v", id, text)
			}
		}
		var all []string
		for _, field := range NoteFields(id) {
			all = append(all, field, "<"+field+">")
		}
		full := Note(id, all...)
		for _, field := range NoteFields(id) {
			if !strings.Contains(full.En, "<"+field+">") || !strings.Contains(full.Zh, "<"+field+">") {
				t.Errorf("%s: {%s} not filled in %+v", id, field, full)
			}
		}
	}
	for id := range plainNotes {
		if !slices.ContainsFunc(NoteFields(id), hasNoWord) {
			t.Errorf("%s: a plain form that nothing asks for", id)
		}
	}
	got := Note("ephemeral-port", "port", "40022")
	if !strings.Contains(got.En, "port 40022") || !strings.Contains(got.Zh, "40022") || len(placeholders(got.En)) != 0 {
		t.Errorf("Note: %+v", got)
	}
	if got := Note("bare-escape", "word", "{s}"); !strings.HasPrefix(got.En, "{s} went as it stands") {
		t.Errorf("a value was filled again: %+v", got)
	}
	if !Note("nothing").IsZero() {
		t.Error("an unknown note has a text")
	}
}

func TestTopicsFitTheScreen(t *testing.T) {
	seen := map[string]bool{}
	for _, topic := range Topics() {
		if seen[topic.Name] {
			t.Errorf("%s: twice", topic.Name)
		}
		seen[topic.Name] = true
		for _, lang := range []Lang{English, Chinese} {
			lines := strings.Split(topic.Body.In(lang), "\n")
			if len(lines) > 18 {
				t.Errorf("%s %s: %d lines", topic.Name, lang, len(lines))
			}
			for _, l := range lines {
				if n := columns(l); n > 76 || strings.TrimRight(l, " ") != l || strings.Contains(l, "\t") {
					t.Errorf("%s %s: %d columns: %q", topic.Name, lang, n, l)
				}
			}
		}
		if got, ok := LookupTopic(strings.ToUpper(topic.Name)); !ok || got != topic {
			t.Errorf("LookupTopic(%q) = %v", topic.Name, ok)
		}
	}
	for _, name := range strings.Fields("addresses strings names jobs notes truth tcp udp unix errors tcp-states options json scripts") {
		if !seen[name] {
			t.Errorf("no topic %q", name)
		}
	}
}

// columns counts what a terminal gives: two for each Chinese character and
// its punctuation.
func columns(s string) int {
	n := 0
	for _, r := range s {
		if n++; r >= 0x1100 {
			n++
		}
	}
	return n
}

func TestStates(t *testing.T) {
	for i, s := range TCPStates() {
		if s.Number != i+1 {
			t.Errorf("%s is number %d, want %d", s.Name, s.Number, i+1)
		}
		if got, ok := TCPState(s.Number); !ok || got != s {
			t.Errorf("TCPState(%d) = %+v, %v", s.Number, got, ok)
		}
	}
	if _, ok := TCPState(0); ok {
		t.Error("a TCP state 0 exists")
	}
	for name, want := range map[string]string{
		"established": "ESTABLISHED", "ESTAB": "ESTABLISHED", "fin-wait-1": "FIN_WAIT1", "TCP_TIME_WAIT": "TIME_WAIT",
		"closed": "CLOSE", "SYN-RECEIVED": "SYN_RECV", "unconn": "UNCONN", "shut_wr": "SHUT_WR",
	} {
		if got, ok := LookupState(name); !ok || got.Name != want {
			t.Errorf("LookupState(%q) = %q, %v, want %q", name, got.Name, ok, want)
		}
	}
	if _, ok := LookupState("NOWHERE"); ok {
		t.Error("LookupState found NOWHERE")
	}
}

func TestNoteCountsOneByte(t *testing.T) {
	for n, want := range map[string]string{"1": "1 byte arrived at c.", "11": "11 bytes arrived at c.", "2": "2 bytes arrived at c."} {
		if got := Note("arrived", "n", n, "s", "c").En; got != want {
			t.Errorf("n = %s: %q, want %q", n, got, want)
		}
	}
}

// A Chinese word stands in a Chinese sentence without blanks; a name, a number and an address keep theirs.
func TestNoteWordsStandWithoutBlanks(t *testing.T) {
	for _, x := range []struct {
		got  Text
		want string
	}{
		{Note("address-ignored", "addr", "127.0.0.1:9"), "字节发往哪里由连接决定：内核没有看 127.0.0.1:9，数据发给了对端。"},
		{Note("address-ignored", "addr", "127.0.0.1:9", "peer", "c"), "数据发给了 c。"},
		{Note("buffered", "n", "5"), "不表示对端已经收到"},
		{Note("passed-socket"), "套接字是随消息传来的描述符"},
		{Text{Zh: worded("{op} recv {op}", "{op}", "调用")}, "调用 recv 调用"},
	} {
		if !strings.Contains(x.got.Zh, x.want) {
			t.Errorf("%q is not in %q", x.want, x.got.Zh)
		}
	}
	for _, id := range NoteIDs() {
		for _, word := range noteWords {
			if zh := Note(id).Zh; regexp.MustCompile(`[^\x00-\x7f] ` + word.Zh + `|` + word.Zh + ` [^\x00-\x7f]`).MatchString(zh) {
				t.Errorf("%s: a blank beside %s in %q", id, word.Zh, zh)
			}
		}
	}
}

// Of a single urgent byte there are no others.
func TestNoteUrgentByte(t *testing.T) {
	if got := Note("oob-urgent", "n", "1"); strings.Contains(got.En, "others") || strings.Contains(got.Zh, "其余") {
		t.Errorf("of one byte: %+v", got)
	}
}
