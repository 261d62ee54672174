//go:build unix

package examples

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

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
