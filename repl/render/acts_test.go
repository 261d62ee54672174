package render_test

import (
	"errors"
	"net/netip"
	"strings"
	"time"

	"sockstep/sockets"
	"sockstep/sockets/names"
)

var (
	here       = sockets.IPAddress(netip.MustParseAddr("127.0.0.1"), 8888)
	client     = sockets.IPAddress(netip.MustParseAddr("127.0.0.1"), 40022)
	errRefused = errors.New("connection refused")
)

const us = time.Microsecond

// A sample is one act with a name, for the goldens.
type sample struct {
	name string
	act  *sockets.Act
}

func samples() []sample {
	return []sample{
		{"bind", &sockets.Act{Seq: 2, Line: "bind s :8888", Python: "s.bind(('', 8888))", Steps: []sockets.Step{
			sockets.Call{Op: "bind", Args: "3, 0.0.0.0:8888", Took: 6 * us},
			sockets.Call{Op: "getsockname", Args: "3", Took: 2 * us, Scaffold: true},
			sockets.Change{Socket: "s", Field: "address", Now: "0.0.0.0:8888"},
			sockets.Note{ID: "public-address", Text: names.T(
				"bound to every interface: anyone who can reach this machine may connect. Bind to 127.0.0.1 to keep it to yourself.",
				"已绑定到所有网络接口：凡是能访问这台机器的人都可以连接。若只想自己使用，请绑定到 127.0.0.1（本机回环地址）。")},
		}}},
		{"socket", &sockets.Act{Seq: 1, Line: "socket tcp", Python: "s1 = socket(AF_INET, SOCK_STREAM)", Value: sockets.Value{
			Type: sockets.SocketValue, Text: "s1", Fields: []sockets.Field{{Name: "fd", Value: sockets.IntOf(3)}},
		}, Steps: []sockets.Step{
			sockets.Call{Op: "socket", Args: "AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP", Ret: 3, Took: 11400 * time.Nanosecond},
		}}},
		{"refused", &sockets.Act{Seq: 3, Line: "connect s 127.0.0.1:9", Python: "s.connect(('127.0.0.1', 9))", Steps: []sockets.Step{
			sockets.Call{Op: "connect", Args: "3, 127.0.0.1:9", Ret: -1, Errno: "ECONNREFUSED", Took: 41 * us},
			sockets.Packet{Source: "captured", Proto: "tcp", From: "127.0.0.1:40022", To: "127.0.0.1:9", Flags: "S", Options: []string{"mss 65495", "sackOK", "ts", "wscale 7"}},
			sockets.Packet{Source: "captured", Proto: "tcp", From: "127.0.0.1:9", To: "127.0.0.1:40022", Flags: "R.", Ack: 1, After: 9 * us},
		}, Err: &sockets.Error{Op: "connect", Errno: "ECONNREFUSED", Err: errRefused,
			Message: names.T("nothing listens at 127.0.0.1:9", "127.0.0.1:9 上没有程序在监听"),
			Why:     names.T("the machine is there and answered with a reset at once: no socket is in LISTEN on that port.", "对方主机在线，并立即以 RST 回应：该端口上没有处于 LISTEN 状态的套接字。"),
			Fix:     names.T("listen tcp 127.0.0.1:9", "listen tcp 127.0.0.1:9")}}},
		{"expected", &sockets.Act{Seq: 4, Line: "!ECONNREFUSED connect s 127.0.0.1:9", Expected: true, Err: &sockets.Error{Op: "connect", Errno: "ECONNREFUSED",
			Message: names.T("nothing listens at 127.0.0.1:9", "127.0.0.1:9 上没有程序在监听"),
			Fix:     names.T("listen tcp 127.0.0.1:9", "listen tcp 127.0.0.1:9")}}},
		{"handshake", &sockets.Act{Seq: 5, Line: "c = connect tcp 127.0.0.1:8888", Steps: []sockets.Step{
			sockets.Call{Op: "socket", Args: "AF_INET, SOCK_STREAM|SOCK_CLOEXEC, IPPROTO_IP", Ret: 4, Took: 8 * us},
			sockets.Call{Op: "connect", Args: "4, 127.0.0.1:8888", Took: 1240 * us},
			sockets.Packet{Source: "captured", Proto: "tcp", From: "127.0.0.1:40022", To: "127.0.0.1:8888", Flags: "S", After: 12 * us},
			sockets.Packet{Source: "captured", Proto: "tcp", From: "127.0.0.1:8888", To: "127.0.0.1:40022", Flags: "S.", Ack: 1, After: 20 * us},
			sockets.Packet{Source: "cable", Proto: "tcp", From: "127.0.0.1:40022", To: "127.0.0.1:8888", Flags: ".", Seq: 1, Ack: 1, After: 24 * us, Lost: true, Retransmission: true, Marks: []string{"retransmission"}, Socket: "c", Sent: true},
			sockets.Change{Socket: "c", Field: "state", Was: "CLOSE", Now: "ESTABLISHED"},
			sockets.Change{Socket: "c", Field: "address", Now: "127.0.0.1:40022"},
			sockets.Change{Socket: "c", Field: "peer", Now: "127.0.0.1:8888"},
			sockets.Change{Socket: "server", Field: "recvq", Was: "0", Now: "1"},
		}, Value: sockets.Value{Type: sockets.SocketValue, Text: "c", Fields: []sockets.Field{{Name: "fd", Value: sockets.IntOf(4)}}}}},
		{"recvfrom", &sockets.Act{Seq: 6, Line: "data = recvfrom u", Value: func() sockets.Value {
			v := sockets.BytesOf([]byte("hello \x1b[31m\xe4\xbd\xa0"))
			v.Fields = []sockets.Field{{Name: "from", Value: client.Value()}}
			return v
		}(), Steps: []sockets.Step{sockets.Call{Op: "recvfrom", Args: `5, "hello \33[31m\344\275\240", 1024, 0, {sa_family=AF_INET, sin_port=htons(40022), sin_addr=inet_addr("127.0.0.1")}, [16]`, Ret: 14, Took: 2350 * time.Millisecond}}}},
		{"http", &sockets.Act{Seq: 7, Line: "req = recv c 4096", Value: sockets.BytesOf([]byte("GET / HTTP/1.1\r\nHost: 127.0.0.1:8000\r\nUser-Agent: curl/8.14.1\r\nAccept: */*\r\n\r\n")), Steps: []sockets.Step{
			sockets.Call{Op: "recvfrom", Args: `4, "GET / HTTP/1.1\r\nHost: 127.0.0.1"..., 4096, 0, NULL, NULL`, Ret: 81, Took: 14 * us}}}},
		{"another script", &sockets.Act{Seq: 7, Line: "recv c", Value: sockets.BytesOf([]byte("收到了你的消息\n")), Steps: []sockets.Step{
			sockets.Call{Op: "stat", Args: `"./sock", {st_mode=S_IFSOCK|0755, st_size=0, st_ino=1234567890, st_nlink=1, st_uid=1000, st_gid=1000}, 0`, Took: 4 * us}}}},
		{"prose beside", &sockets.Act{Seq: 7, Line: "sockopt s SO_REUSEADDR", Value: func() sockets.Value {
			v := sockets.IntOf(1)
			v.Fields = []sockets.Field{{Name: "meaning", Value: sockets.TextOf("bind may take a port that is only in TIME_WAIT, if the old socket had set it, too; no effect on AF_UNIX")}}
			return v
		}()}},
		{"long", &sockets.Act{Seq: 8, Line: "data, addr = recvfrom u 65536", Value: sockets.BytesOf([]byte(strings.Repeat("sockstep\x00", 1500)))}},
		{"long unnamed", &sockets.Act{Seq: 8, Line: "recv c 65536", Value: sockets.BytesOf([]byte(strings.Repeat("a line\n", 40)))}},
		{"long list", &sockets.Act{Seq: 8, Line: "all = getaddrinfo 主机", Value: func() sockets.Value {
			var vs []sockets.Value
			for i := range 900 {
				vs = append(vs, sockets.TupleOf(sockets.TextOf("主机"), sockets.IntOf(int64(i))))
			}
			return sockets.ListOf(vs...)
		}()}},
		{"lists in a card", &sockets.Act{Seq: 8, Line: "inspect s", Value: sockets.CardOf(
			sockets.Field{Name: "addresses", Value: sockets.ListOf(here.Value(), client.Value(), sockets.CardOf(sockets.Field{Name: "fd", Value: sockets.IntOf(3)}))},
			sockets.Field{Name: "data", Value: sockets.BytesOf([]byte(strings.Repeat("x", 5000)))},
		)}},
		{"merged", &sockets.Act{Seq: 9, Line: "send c --fill 268435456", Value: sockets.IntOf(268435456), Steps: []sockets.Step{
			sockets.Call{Op: "sendto", Args: `4, "........"..., 65536, 0, NULL, 0`, Ret: 268435456, Times: 4096, Took: 71 * time.Millisecond}}}},
		{"interrupted", &sockets.Act{Seq: 10, Line: "accept s", Steps: []sockets.Step{
			sockets.Call{Op: "accept4", Args: "3, 0x0, 0x0, SOCK_CLOEXEC", Ret: -1, Errno: "EINTR", Took: 12400 * time.Millisecond, Interrupted: true},
		}, Err: &sockets.Error{Op: "accept", Errno: "EINTR", Kind: "cancelled", Message: names.T("you ended it; the socket is as it was", "你中断了它；套接字保持原样")}}},
		{"usage", &sockets.Act{Seq: 11, Line: "bnd s 127.0.0.1:8888", Err: sockets.Usage(names.T(`no command is called "bnd"`, "没有名为“bnd”的命令")).At(0, 3).Hint(names.T("bind s 127.0.0.1:8888", "bind s 127.0.0.1:8888"))}},
		{"usage missing", &sockets.Act{Seq: 11, Line: "bind s", Err: sockets.Usage(names.T("bind needs an address", "bind 需要一个地址")).At(6, 1).Hint(names.T("bind s 127.0.0.1:8888", "bind s 127.0.0.1:8888"))}},
		{"usage chinese", &sockets.Act{Seq: 11, Line: "send c '你好，世界' --pek 你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好你好", Err: sockets.Usage(names.T(`send has no flag "--pek"`, "send 没有标志“--pek”")).At(strings.Index("send c '你好，世界' --pek", "--pek"), 5).Hint(names.T("did you mean --peek, which recv has?", "是不是想用 recv 的 --peek？"))}},
		{"text", &sockets.Act{Seq: 12, Line: "help send", Value: sockets.TextOf("send S MSG      write bytes to a connected socket\n\n  --oob         urgent data, a single byte of it, which the other side reads with --oob as well\n  --fill N\tN bytes\n\n例：send c '你好'")}},
		{"gethostname", &sockets.Act{Seq: 13, Line: "gethostname", Python: "gethostname()", Value: sockets.TextOf("tedu")}},
		{"tuple", &sockets.Act{Seq: 14, Line: "inspect s sockname", Value: here.Value()}},
		{"sockets", &sockets.Act{Seq: 15, Line: "sockets", Value: sockets.ListOf(
			card("s", 3, "tcp", here, sockets.Value{}, "LISTEN", 1, 5, "accept"),
			card("c", 4, "tcp", client, here.Value(), "ESTABLISHED", 0, 0, "write"),
			card("中文", 12, "unix", sockets.Address{Family: sockets.UNIX, Path: "/run/user/1000/sockstep/a-long-directory/server.sock"}, sockets.Value{}, "", 0, 213, "read write"),
		)}},
		{"inspect", &sockets.Act{Seq: 16, Line: "inspect c", Value: sockets.CardOf(
			sockets.Field{Name: "name", Value: sockets.TextOf("c")},
			sockets.Field{Name: "type", Value: sockets.TextOf("SocketKind.SOCK_STREAM")},
			sockets.Field{Name: "sockname", Value: client.Value()},
			sockets.Field{Name: "timeout", Value: sockets.Value{}},
			sockets.Field{Name: "blocking", Value: sockets.BoolOf(true)},
			sockets.Field{Name: "comment", Value: sockets.TextOf("连接已经建立，正在等待对方发送数据；对方尚未调用 accept，但三次握手早已由内核完成。")},
			sockets.Field{Name: "options", Value: sockets.CardOf(sockets.Field{Name: "SO_RCVBUF", Value: sockets.IntOf(131072)}, sockets.Field{Name: "SO_LINGER", Value: sockets.CardOf()})},
			sockets.Field{Name: "peers", Value: sockets.ListOf(card("s", 3, "tcp", here, sockets.Value{}, "LISTEN", 1, 5, "accept"))},
		)}},
		{"udp packet", &sockets.Act{Seq: 17, Line: "sendto u [::1]:9999 hi", Steps: []sockets.Step{
			sockets.Packet{Source: "inferred", Proto: "udp", From: "[::1]:55555", To: "[::1]:9999", Len: 2},
			sockets.Packet{Proto: "icmp6", From: "[::1]", To: "[::1]", Len: 50, Duplicate: true, OutOfOrder: true, Marks: []string{"duplicate", "out-of-order"}},
		}}},
		{"odd packets", &sockets.Act{Line: "", Steps: []sockets.Step{
			sockets.Packet{Source: "cable", Proto: "tcp", From: "10.0.0.1:40022", To: "10.0.0.2:7000", Flags: "A", Seq: 1, Ack: 1, Len: 1448, Retransmission: true, Marks: []string{"retransmission", "fast-retransmission"}, Window: 65536},
			sockets.Packet{Source: "cable", Proto: "tcp", From: "10.0.0.1:40022", To: "10.0.0.2:7000", Flags: "A", Ack: 1, Lost: true, Marks: []string{"keepalive"}, Window: 65536},
			sockets.Packet{Source: "cable", Proto: "tcp", From: "10.0.0.2:7000", To: "10.0.0.1:40022", Flags: "A", Seq: 1, Ack: 1449, Marks: []string{"zero-window", "window-probe-ack", "of tomorrow"}},
		}}},
		{"hostile", &sockets.Act{Seq: 18, Line: "print \x1b]0;owned\a \u202e", Python: "print('\x1b')", Value: sockets.TextOf("\x1b[2J\x9b31m\u202egnp.exe\r\nsecond \u009b line \xff"), Err: errors.New("a \x1b[31mforeign\x07 error")}},
		{"job", &sockets.Act{Job: 1, Line: "c = accept s &", Value: sockets.Value{Type: sockets.SocketValue, Text: "c"}, Steps: []sockets.Step{
			sockets.Call{Op: "accept4", Args: "3", Ret: 4}}}},
		{"job failed", &sockets.Act{Job: 2, Line: "data = recv c 1024 &", Steps: []sockets.Step{
			sockets.Note{ID: "reset", Text: names.T("the peer closed with data unread, and its kernel sent a reset", "对方关闭时仍有数据未读，其内核发送了 RST")},
		}, Err: &sockets.Error{Op: "recv", Errno: "ECONNRESET", Message: names.T("the connection was reset by the peer", "连接被对方重置")}}},
		{"arrival", &sockets.Act{Steps: []sockets.Step{
			sockets.Change{Socket: "c", Field: "recvq", Was: "0", Now: "5"},
			sockets.Note{ID: "arrived", Text: names.T("5 bytes are waiting at c", "c 上有 5 个字节等待读取")},
			sockets.Packet{Source: "captured", Proto: "tcp", From: "127.0.0.1:8888", To: "127.0.0.1:40022", Flags: "P.", Seq: 1, Ack: 1, Len: 5},
		}}},
	}
}

func card(name string, fd int64, kind string, local sockets.Address, peer sockets.Value, state string, recvq, sendq int64, ready string) sockets.Value {
	return sockets.CardOf(
		sockets.Field{Name: "name", Value: sockets.TextOf(name)},
		sockets.Field{Name: "fd", Value: sockets.IntOf(fd)},
		sockets.Field{Name: "type", Value: sockets.TextOf(kind)},
		sockets.Field{Name: "local", Value: local.Value()},
		sockets.Field{Name: "peer", Value: peer},
		sockets.Field{Name: "state", Value: sockets.TextOf(state)},
		sockets.Field{Name: "recvq", Value: sockets.IntOf(recvq)},
		sockets.Field{Name: "sendq", Value: sockets.IntOf(sendq)},
		sockets.Field{Name: "ready", Value: sockets.TextOf(ready)},
	)
}
