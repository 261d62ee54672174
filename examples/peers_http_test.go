//go:build unix

package examples

import (
	"fmt"
	"os/exec"
	"regexp"
	"strings"
	"testing"
)

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
