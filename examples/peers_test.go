//go:build unix

package examples

import (
	"encoding/base64"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
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

const page = "<h1>By hand</h1>\n"

func TestHTTPWithCurl(t *testing.T) {
	curl := peer(t, "curl")
	dir := t.TempDir()
	s := open(t, dir)
	s.all("s = socket", "sockopt s SOL_SOCKET SO_REUSEADDR 1", "bind s 127.0.0.1:0", "listen s 3")
	get := func(path string) *program {
		c := start(t, dir, curl, "--silent", "--show-error", "--max-time", "60", "--noproxy", "*", "--write-out", "[%{http_code} %{size_download}]", "http://127.0.0.1:"+s.port("s")+path)
		s.do("c, addr = accept s")
		request := data(t, s.do(`request = recv c 4096 --until '\r\n\r\n'`))
		if !strings.HasPrefix(request, "GET "+path+" HTTP/1.1\r\n") || !strings.Contains(request, "\r\nHost: 127.0.0.1:") {
			t.Errorf("curl asks %q", request)
		}
		return c
	}
	ended := func(c *program, want string, status int) {
		t.Helper()
		if got := c.ends(); got != status || c.stdout() != want {
			t.Errorf("curl ended with %d, not %d, and saw %q, not %q; %s", got, status, c.stdout(), want, c.stderr())
		}
	}
	line := func(head string, body string) string {
		q := strings.NewReplacer("\n", `\n`, "\r", `\r`)
		return `sendall c "` + q.Replace(head+"\r\n\r\n"+body) + `"`
	}

	// Content-Length: curl knows the end, while the connection is still open.
	c := get("/")
	s.do(line(fmt.Sprintf("HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: %d", len(page)), page))
	ended(c, page+"[200 17]", 0)
	s.do("close c")

	// Another path.
	c = get("/nowhere")
	s.do(line("HTTP/1.1 404 Not Found\r\nContent-Type: text/html\r\nContent-Length: 17", page))
	ended(c, page+"[404 17]", 0)
	s.do("close c")

	// No Content-Length: curl has the page, and waits for more until the server closes.
	c = get("/")
	s.do(line("HTTP/1.1 200 OK\r\nContent-Type: text/html", page))
	s.do("!timed-out recv c --timeout 0.1") // curl has not hung up
	select {
	case <-c.ended:
		t.Error("curl did not wait for the end of the page")
	default:
	}
	s.do("close c")
	ended(c, page+"[200 17]", 0)

	// Too little of what Content-Length promised, and no answer at all.
	c = get("/")
	s.do(line("HTTP/1.1 200 OK\r\nContent-Length: 100", page))
	s.do("close c")
	ended(c, page+"[200 17]", 18) // CURLE_PARTIAL_FILE
	c = get("/")
	s.do("close c")
	ended(c, "[000 0]", 52) // CURLE_GOT_NOTHING

	// What no HTTP says breaks nothing here.
	nc := open(t, dir)
	nc.all("k = connect tcp 127.0.0.1:"+s.port("s"), `sendall k b'\x00\xff\x1b[2J\r\n'`, "close k")
	s.do("c, addr = accept s")
	s.gives("recv c 4096", "\x00\xff\x1b[2J\r\n")
	s.all("close c", "close s")
	nc.leave()
	s.leave()
}

func TestHTTPClientOfPython(t *testing.T) {
	dir := t.TempDir()
	server := python(t, dir, "http_server.py", "0")
	port := server.says(`waiting: (\d+)`)[1]
	b := open(t, dir)
	for path, want := range map[string]string{"/": "HTTP/1.1 200 OK\r\n", "/nowhere": "HTTP/1.1 404 Not Found\r\n"} {
		b.do("b = connect tcp 127.0.0.1:" + port)
		b.do(`sendall b "GET ` + path + ` HTTP/1.1\r\nHost: localhost\r\n\r\n"`)
		head := data(t, b.do(`head = recv b --until '\r\n\r\n'`))
		length := regexp.MustCompile(`Content-Length: (\d+)`).FindStringSubmatch(head)
		if !strings.HasPrefix(head, want) || length == nil {
			t.Fatalf("%s: %q", path, head)
		}
		if body := data(t, b.do("body = recv b --exactly "+length[1])); !strings.HasPrefix(body, "<h1>") || !strings.HasSuffix(body, "</h1>\n") {
			t.Errorf("%s: %q", path, body)
		}
		b.gives("recv b", "")
		b.do("close b")
		server.says("asked for: " + path + "\n")
	}
	b.leave()

	// And to curl this server of a few lines is a web server, too: the sample of the textbook.
	if curl, err := exec.LookPath("curl"); err == nil {
		out, err := exec.Command(curl, "--silent", "--noproxy", "*", "http://127.0.0.1:"+port+"/").Output()
		if err != nil || string(out) != "<h1>Hello from a socket</h1>\n" {
			t.Errorf("curl: %q %v", out, err)
		}
	}
}

// tool is one way to be a client or a server: ncat and socat speak what they read from stdin, and print what they hear.
type tool struct {
	name, over     string // the program, the protocol
	client, server []string
	address        string // in sockstep's words
}

func tools(dir string) []tool {
	const port = "7777"
	path := filepath.Join(dir, "tool.sock")
	ip := "127.0.0.1:" + port
	return []tool{
		{"ncat", "tcp", []string{"127.0.0.1", port}, []string{"-l", "127.0.0.1", port}, ip},
		{"ncat", "tcp6", []string{"-6", "::1", port}, []string{"-6", "-l", "::1", port}, "[::1]:" + port},
		{"ncat", "unix", []string{"-U", path}, []string{"-U", "-l", path}, path},
		{"ncat", "udp", []string{"-u", "127.0.0.1", port}, []string{"-u", "-l", "127.0.0.1", port}, ip},
		{"socat", "tcp", []string{"-", "TCP:" + ip}, []string{"-", "TCP-LISTEN:" + port + ",bind=127.0.0.1,reuseaddr"}, ip},
		{"socat", "tcp6", []string{"-", "TCP6:[::1]:" + port}, []string{"-", "TCP6-LISTEN:" + port + ",bind=[::1],reuseaddr"}, "[::1]:" + port},
		{"socat", "unix", []string{"-", "UNIX-CONNECT:" + path}, []string{"-", "UNIX-LISTEN:" + path + ",unlink-early"}, path},
		{"socat", "unix-seqpacket", []string{"-", "UNIX-CONNECT:" + path + ",type=5"}, []string{"-", "UNIX-LISTEN:" + path + ",type=5,unlink-early"}, path},
		{"socat", "udp", []string{"-", "UDP:" + ip}, []string{"-", "UDP-LISTEN:" + port + ",bind=127.0.0.1"}, ip},
	}
}

func TestTools(t *testing.T) {
	for _, x := range tools(t.TempDir()) {
		kind := strings.TrimSuffix(x.over, "6")
		six := ""
		if kind != x.over {
			six = " -6"
		}
		path := ""
		if strings.HasPrefix(x.address, "/") {
			path = x.address
		}
		t.Run(x.name+"/"+x.over+"/client", func(t *testing.T) {
			program := peer(t, x.name)
			s := open(t, t.TempDir())
			s.do("s = socket " + kind + six)
			unlink := ""
			switch {
			case path != "":
				unlink = " --unlink"
			case kind == "tcp":
				s.do("sockopt s SO_REUSEADDR 1")
			}
			s.do("bind s " + x.address + unlink)
			if kind == "udp" {
				c := start(t, t.TempDir(), program, x.client...)
				c.types("hello\n")
				s.gives("data, addr = recvfrom s", "hello\n")
				s.do("sendto s $addr b'answer\\n'")
				c.says("answer\n")
				c.kill()
				s.do("close s")
				s.leave()
				return
			}
			s.do("listen s")
			c := start(t, t.TempDir(), program, x.client...)
			c.types("hello\n")
			s.do("c, addr = accept s")
			s.gives("recv c", "hello\n")
			s.do("send c b'answer\\n'")
			c.says("answer\n")
			_ = c.stdin.Close() // its end: ncat and socat shut their writing side down
			s.gives("recv c", "")
			s.all("close c", "close s")
			c.ends()
			s.leave()
		})
		t.Run(x.name+"/"+x.over+"/server", func(t *testing.T) {
			program := peer(t, x.name)
			if path != "" {
				_ = os.Remove(path)
			}
			server := start(t, t.TempDir(), program, x.server...)
			k := open(t, t.TempDir())
			connect := "k = connect " + kind + six + " " + x.address
			if kind == "udp" {
				// Nothing tells whether a UDP server is there yet but the ICMP of a port where none is.
				k.do("k = connect udp " + x.address)
				until(t, "the server has the datagram", func() bool {
					k.begin("send k hello")
					k.finished()
					k.begin("recv k --timeout 0.02")
					k.finished()
					return strings.Contains(server.stdout(), "hello")
				})
				server.types("answer\n")
				k.gives("recv k", "answer\n")
			} else {
				until(t, "the server listens", func() bool {
					k.begin(connect)
					return *k.finished().OK
				})
				k.do("send k b'hello\\n'")
				server.says("hello\n")
				server.types("answer\n")
				k.gives("recv k", "answer\n")
				k.do("shutdown k wr")
				_ = server.stdin.Close()
				k.gives("recv k", "")
			}
			k.do("close k")
			server.kill()
			_ = k.stdin.Close()
			if status := k.ends(); status > 1 || k.stderr() != "" { // 1: it knocked before the server was there
				t.Errorf("exit status %d, stderr %q", status, k.stderr())
			}
		})
	}
}
