package names

import "testing"

func TestNearest(t *testing.T) {
	known := []string{"dup", "accept", "bind", "close", "connect", "listen", "recv", "recvfrom", "send", "sendto", "shutdown", "socket", "sockets",
		"SO_RCVBUF", "SO_REUSEADDR", "TCP_NODELAY", "监听"}
	for word, want := range map[string]string{
		"acept": "accept", "bnid": "bind", "conect": "connect", "cnonect": "connect", "lisen": "listen", "SEND": "send", "snedto": "sendto",
		"shutdwon": "shutdown", "so_reuseadr": "SO_REUSEADDR", "rcvbuf": "SO_RCVBUF", "nodelay": "TCP_NODELAY", "recvform": "recvfrom",
		"sokcet": "socket", "监厅": "监听",
	} {
		if got, ok := Nearest(word, known); got != want || !ok {
			t.Errorf("Nearest(%q) = %q, %v, want %q", word, got, ok, want)
		}
	}
	for _, word := range []string{"", "x", "zz", "arp", "len", "qwertyuiop", "frobnicate", "so_"} {
		if got, ok := Nearest(word, known); ok {
			t.Errorf("Nearest(%q) = %q, want none", word, got)
		}
	}
	if got, ok := Nearest("send", nil); ok {
		t.Errorf("Nearest of nothing = %q", got)
	}
}

func TestDistance(t *testing.T) {
	for _, tt := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"a", "", 1}, {"abc", "abc", 0}, {"abc", "acb", 1}, {"kitten", "sitting", 3}, {"recv", "rcev", 1}, {"ca", "abc", 3}} {
		if got := distance([]rune(tt.a), []rune(tt.b)); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.a, tt.b, got, tt.want)
		}
		if got := distance([]rune(tt.b), []rune(tt.a)); got != tt.want {
			t.Errorf("distance(%q, %q) = %d, want %d", tt.b, tt.a, got, tt.want)
		}
	}
}
