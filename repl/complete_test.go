package repl_test

import (
	"slices"
	"strings"
	"testing"
)

// TestComplete: what is offered where the cursor stands. In want, "-" says that nothing is.
func TestComplete(t *testing.T) {
	s := newStudent(t, true)
	to := s.does("s = listen tcp 127.0.0.1:0", "inspect s sockname")
	to = strings.NewReplacer("('", "", "', ", ":", ")", "").Replace(to)
	s.does("c = connect tcp "+to, "u = socket udp", "data = print hello", "recvfrom u &")
	for _, test := range []struct{ line, want string }{
		{"", "socket bind send recv help"},
		{"x = ", "-"},
		{"sock", "socket socketpair sockopt sockets"},
		{"x = acc", "accept"},
		{"!EC", "ECONNREFUSED ECONNRESET ECONNABORTED"},
		{"!ECONNREFUSED conn", "connect"},
		{"!co", "connect"},
		{"c sen", "send sendall sendto sendmsg"},
		{"c shutdown ", "rd wr rdwr"},
		{"shutdown c w", "wr"},
		{"connect tcp ", to},
		{"k = connect ", "tcp udp unix"},
		{"sockopt u UDP", "UDP_CORK"},
		{"sockopt c UDP", "-"},
		{"sockopt c TCP_NODELAY ", "1 0"},
		{"sockopt c IPPROTO_TCP TCP_NODELAY ", "1 0"},
		{"sockopt TCP_NODELAY ", "1 0"},
		{"sockopt c so_linger ", "l_onoff= l_linger="},
		{"sockopt u IP_PMTUDISC ", "-"},
		{"sockopt u IP_MTU_DISCOVER IP_PMTUDISC_D", "IP_PMTUDISC_DO IP_PMTUDISC_DONT"},
		{"blocking c ", "on off"},
		{"close a", "all"},
		{"show calls ", "on off all"},
		{"run ", "commands/ complete.go"},
		{"run comp", "complete.go"},
		{"send c --file ", "complete.go"},
		{"print $d", "data"},
		{"wait ", "1"},
		{"recv c --t", "--timeout"},
	} {
		var got []string
		for _, x := range s.Complete(test.line, len(test.line)) {
			got = append(got, x.Text)
			if x.Description == "" && x.Text != to {
				t.Errorf("%q: nothing tells what %s is", test.line, x.Text)
			}
		}
		for _, want := range strings.Fields(test.want) {
			if want == "-" && len(got) > 0 || want != "-" && !slices.Contains(got, want) {
				t.Errorf("%q: offered are %q, want %s", test.line, got, test.want)
				break
			}
		}
	}
	for _, line := range []string{"bind s ", "show packets "} { // whose words are no files, and not all
		for _, x := range s.Complete(line, len(line)) {
			if x.Text == "complete.go" || x.Text == "all" {
				t.Errorf("%q: %s is offered", line, x.Text)
			}
		}
	}
	for _, x := range s.Complete("k = connect ", 12) { // what is kept is a new socket
		if x.Text == "s" || x.Text == "c" || x.Text == to {
			t.Errorf("k = connect: %s is offered, where a kind stands", x.Text)
		}
	}
	if got := s.Complete("connect tcp ", 12); len(got) == 0 || got[0].Text != to || got[0].Description != "s LISTEN" {
		t.Errorf("the first address to connect to is %+v, want the one where s listens", got)
	}
}

// TestEveryChoiceIsExplained, in both languages: a menu's row without a word of explanation teaches nothing.
func TestEveryChoiceIsExplained(t *testing.T) {
	for _, lang := range []string{"en", "zh"} {
		s := newStudent(t, true)
		s.does("lang "+lang, "s = socket tcp")
		for _, line := range []string{"close ", "wire ", "lesson ", "progress ", "show calls ", "blocking s ", "sockopt s SO_KEEPALIVE ", "inet_pton ", "getservbyname http ", "lang ", "at ", "shutdown s "} {
			for _, x := range s.Complete(line, len(line)) {
				if x.Description == "" {
					t.Errorf("%s: %q: nothing tells what %s is", lang, line, x.Text)
				}
			}
		}
	}
}
