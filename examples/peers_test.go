//go:build unix

package examples

import (
	"encoding/base64"
	"fmt"
	"regexp"
	"strings"
	"testing"
)

// data is the bytes of an act's value.
func data(t *testing.T, a act) string {
	t.Helper()
	b, err := base64.StdEncoding.DecodeString(a.Value.Base64)
	if err != nil || a.Value.Type != "bytes" {
		t.Fatalf("%s gave no bytes: %+v", *a.Line, a.Value)
	}
	return string(b)
}

func (s *shell) gives(line, want string) {
	s.t.Helper()
	if got := data(s.t, s.do(line)); got != want {
		s.t.Errorf("%s gave %q, not %q", line, got, want)
	}
}

// The attributes of a socket, asked by Python and by sockstep, must read the same.
func TestAttributesWithPython(t *testing.T) {
	dir := t.TempDir()
	server := python(t, dir, "attributes.py", "0")
	port := server.says(`waiting: (\d+)`)[1]
	k := open(t, dir)
	k.all("k = connect tcp 127.0.0.1:"+port, "send k i")
	if status := server.ends(); status != 0 {
		t.Fatalf("python ended with %d: %s", status, server.stderr())
	}
	k.gives("recv k", "")
	mine := k.do("inspect k sockname").Value.Text
	if peer := server.says(`peername: (.*)`)[1]; peer != mine {
		t.Errorf("python's client is %s, sockstep's own address %s", peer, mine)
	}
	k.do("close k")
	k.leave()

	// The same, the other way round.
	s := open(t, dir)
	s.do("s = socket")
	said := "type: " + strings.TrimPrefix(s.do("inspect s type").Value.Text, "SocketKind.") +
		"\nfamily: " + strings.TrimPrefix(s.do("inspect s family").Value.Text, "AddressFamily.") +
		"\nfileno: " + s.do("inspect s fileno").Value.Text
	s.do("sockopt s SOL_SOCKET SO_REUSEADDR 1")
	said += "\nSO_REUSEADDR: " + s.do("sockopt s SOL_SOCKET SO_REUSEADDR").Value.Text
	s.do("bind s 127.0.0.1:0")
	said += "\nsockname: " + s.do("inspect s sockname").Value.Text
	s.do("listen s")
	said += "\nwaiting: " + s.port("s")
	client := python(t, dir, "client.py", s.port("s"))
	client.types("i\n")
	s.do("c, addr = accept s")
	peer := s.do("inspect c peername").Value.Text
	s.do("expect $addr")
	said += "\npeername: " + peer + "\nsame as accept's: True"
	said += "\ndata: " + s.do("recv c 1024").Value.Text + "\n"
	s.all("send c ok", "close c", "close s")
	client.says("answer: ok")
	client.types("\n")
	client.ends()
	s.leave()

	plain := func(text string) string {
		text = regexp.MustCompile(`\b\d{4,5}\b`).ReplaceAllString(text, "PORT")
		return regexp.MustCompile(`fileno: \d+`).ReplaceAllString(text, "fileno: N")
	}
	if want := plain(server.stdout()); plain(said) != want {
		t.Errorf("sockstep says\n%spython says\n%s", plain(said), want)
	}
}

func TestServerForPythonClients(t *testing.T) {
	dir := t.TempDir()
	s := open(t, dir)
	s.all("s = socket tcp", "sockopt s SO_REUSEADDR 1", "bind s 127.0.0.1:0", "listen s 5")
	port := s.port("s")
	var clients []*program
	for i := range 3 { // all connect at once, and are served in turn
		c := python(t, dir, "client.py", port)
		c.types(fmt.Sprintf("I am %d\n", i))
		clients = append(clients, c)
	}
	seen := map[string]bool{}
	for range clients {
		s.do("c, addr = accept s")
		first := data(t, s.do("data = recv c 1024"))
		s.do("send c Got it")
		var i int
		if _, err := fmt.Sscanf(first, "I am %d", &i); err != nil || seen[first] {
			t.Fatalf("the client says %q", first)
		}
		seen[first] = true
		c := clients[i]
		c.says("answer: Got it\n")
		for _, word := range []string{"再说一句", strings.Repeat("long ", 150)} {
			c.types(word + "\n")
			s.gives("data = recv c 1024", word)
			s.do("sendall c " + `"ok: $data"`)
			c.says("answer: ok: " + regexp.QuoteMeta(word) + "\n")
		}
		c.types("\n")
		if a := s.do("recv c 1024"); data(t, a) != "" || a.notes() != "eof" {
			t.Errorf("the end of a client: %+v", a)
		}
		s.do("close c")
		if status := c.ends(); status != 0 {
			t.Errorf("client.py ended with %d: %s", status, c.stderr())
		}
	}
	s.do("close s")
	s.leave()
}

func TestClientsOfPythonServer(t *testing.T) {
	dir := t.TempDir()
	server := python(t, dir, "server.py", "0")
	port := server.says(`waiting: (\d+)`)[1]
	k := open(t, dir)
	for range 3 {
		k.do("k = connect tcp 127.0.0.1:" + port)
		for _, word := range []string{"hello", "你好"} {
			k.do("sendall k " + word)
			k.gives("recv k 1024", "Got it")
			server.says("received: " + word + "\n")
		}
		k.do("close k")
	}
	server.says(`(?s)(client: .*received: hello\nreceived: 你好\ngone\n){3}`)

	// The server dies in the midst of it: the shell is told, and lives on.
	k.all("k = connect tcp 127.0.0.1:"+port, "sendall k hello")
	k.gives("recv k 1024", "Got it")
	server.kill()
	k.gives("recv k 1024", "")
	k.do("send k anybody?")
	k.do("!EPIPE send k anybody?")
	k.do("close k")
	k.do("!ECONNREFUSED k = connect tcp 127.0.0.1:" + port)
	k.leave()
}

func TestUnixWithPython(t *testing.T) {
	dir := t.TempDir()

	// sockstep serves: a file is in the way, then two clients come.
	s := open(t, dir)
	s.all("old = socket unix", "bind old ./sock --unlink", "close old", "s = socket AF_UNIX SOCK_STREAM", "!EADDRINUSE bind s ./sock", "bind s ./sock --unlink", "listen s 5")
	for range 2 {
		client := python(t, dir, "unix_client.py", "./sock")
		s.do("c, addr = accept s")
		for _, word := range []string{"hello", "你好"} {
			client.types(word + "\n")
			s.gives("recv c 1024", word)
		}
		client.types("\n")
		s.gives("recv c 1024", "")
		s.do("close c")
		if status := client.ends(); status != 0 {
			t.Errorf("unix_client.py ended with %d: %s", status, client.stderr())
		}
	}
	s.do("close s")
	s.leave()

	// Python serves, over the file that is left.
	server := python(t, dir, "unix_server.py", "./sock")
	server.says("waiting")
	k := open(t, dir)
	for range 2 {
		k.all("k = socket AF_UNIX SOCK_STREAM", "connect k ./sock", "send k 你好", "close k")
	}
	server.says(`(?s)(client: ''\nreceived: 你好\ngone\n){2}`)
	k.leave()
}

func TestUDPWithPython(t *testing.T) {
	dir := t.TempDir()
	u := open(t, dir)
	u.all("u = socket udp", "bind u 127.0.0.1:0")
	sender := python(t, dir, "udp.py", "send", u.port("u"))
	for _, word := range []string{"one", "", "三"} {
		sender.types(word + "\n")
		u.gives("data, addr = recvfrom u 1024", word)
		u.do("sendto u $addr got $data")
		sender.says("answer: " + regexp.QuoteMeta(u.do("print "+pyBytes("got "+word)).Value.Text) + " from")
	}
	_ = sender.stdin.Close()
	sender.ends()
	u.do("close u")
	u.leave()

	receiver := python(t, dir, "udp.py", "receive", "0")
	port := receiver.says(`waiting: (\d+)`)[1]
	v := open(t, dir)
	v.do("v = socket udp")
	for _, word := range []string{"hello", "b'\\x00\\xff'"} {
		v.do("sendto v 127.0.0.1:" + port + " " + word)
		v.do("data, addr = recvfrom v")
		v.do("expect --contains 'thanks for '")
		v.do("print $addr")
		v.do("expect ('127.0.0.1', " + port + ")")
	}
	v.do("w = connect udp 127.0.0.1:" + port)
	v.all("send w hello", "recv w", "expect thanks for hello")
	receiver.kill()
	v.all("send w hello", "poll w --timeout 10", "!ECONNREFUSED recv w", "close all")
	v.leave()
}

// pyBytes is a bytes literal as sockstep and Python print it.
func pyBytes(s string) string {
	var b strings.Builder
	for _, c := range []byte(s) {
		if c >= 0x20 && c < 0x7f {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, `\x%02x`, c)
		}
	}
	return `"b'` + strings.ReplaceAll(b.String(), `\`, `\\`) + `'"`
}
