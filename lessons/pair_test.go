package lessons

import (
	"os"
	"testing"

	"github.com/google/go-cmp/cmp"

	"sockstep/sockets/names"
)

// pairLesson is a lesson with two ends: one role that everybody knows, and one that its file names.
func pairLesson(t *testing.T) *Lesson {
	t.Helper()
	b, err := os.ReadFile("course/26-tcp-echo.yaml")
	if err != nil {
		t.Fatal(err)
	}
	l, err := Read("26-tcp-echo.yaml", b)
	if err != nil {
		t.Fatal(err)
	}
	l.Called = map[string]names.Text{"client": {En: "Ann", Zh: "小安"}}
	return l
}

func TestSay(t *testing.T) {
	l := pairLesson(t)
	for _, c := range []struct {
		role   string
		en, zh string
		want   names.Text
	}{
		{"client", "{partner} is gone.", "{partner}不在了。", names.T("The server is gone.", "服务器不在了。")},
		{"server", "you are {own}; {partner} waits", "你是{own}；{partner}在等", names.T("you are the server; Ann waits", "你是服务器；小安在等")},
		{"", "nobody", "没有人", names.T("nobody", "没有人")},
	} {
		if d := cmp.Diff(c.want, BeginWith(l, nil, c.role).Say(c.en, c.zh)); d != "" {
			t.Errorf("%s (-want +got):\n%s", c.role, d)
		}
	}
}

// TestEnds: each end judges its own steps alone, and goes on when the other has done one; what was done since its own last step counts
// for its next one. Who has both ends has every step.
func TestEnds(t *testing.T) {
	l := pairLesson(t)
	if got := []string{l.Partner("server"), l.Partner("client"), l.Partner("nobody"), l.Partner("")}; !cmp.Equal(got, []string{"client", "server", "", ""}) {
		t.Errorf("the partners are %q", got)
	}
	server, both := BeginWith(l, nil, "server"), BeginWith(l, nil, "")
	for i, s := range l.Steps[:4] {
		if server.Mine() != (s.Role == "server") || !both.Mine() {
			t.Errorf("step %d of %s: %v %v", i, s.Role, server.Mine(), both.Mine())
		}
		server.Follow(nil)
		both.Follow(nil)
	}
	if got := Of("server", []Socket{{ID: "1", PeerOf: "2"}, {ID: "2", From: "1"}}); got[0].ID != "server/1" || got[0].PeerOf != "server/2" || got[1].From != "server/1" || roleOf(got[1].ID) != "server" || roleOf("2") != "" {
		t.Errorf("the sockets are %+v", got)
	}
}

func TestOptions(t *testing.T) {
	yes := func(names ...string) *SocketIs {
		s := &SocketIs{Option: map[string]Number{}}
		for _, n := range names {
			s.Option[n] = "1"
		}
		return s
	}
	l := &Lesson{Steps: []*Step{
		{Expect: []*Expect{{Socket: yes("SO_KEEPALIVE")}, {Any: []*Expect{{All: []*Expect{{Not: &Expect{NoSocket: yes("TCP_NODELAY")}}}}}}}},
		{Wrong: []*NearMiss{{When: []*Expect{{Socket: yes("SO_KEEPALIVE", "SO_LINGER")}}}}, Predict: &Predict{Key: Key{Socket: "s", Field: "SO_RCVBUF"}}},
		{Predict: &Predict{Key: Key{Socket: "s", Field: "state"}}},
	}}
	if got, want := l.Options(), []string{"SO_KEEPALIVE", "SO_LINGER", "SO_RCVBUF", "TCP_NODELAY"}; !cmp.Equal(got, want) {
		t.Errorf("%q, not %q", got, want)
	}
}
