package commands

import (
	"slices"

	"sockstep/repl"
	"sockstep/sockets"
	"sockstep/sockets/names"
	"sockstep/sockets/sys"
)

// A field is one thing that inspect can tell of a socket.
type field struct {
	name   string
	means  names.Text // one line
	python string     // the expression in Python, %s being the socket; "" where Python has none
	group  int        // of the groups below
	of     sights     // which sockets have it
	calm   sights     // which of these show it without --all
	get    func(l *look) (sockets.Value, error)
	told   func(l *look, v sockets.Value) names.Text // how a card tells it; nil, or a zero text, for the value itself
}

// The groups that --all shows the fields in.
const (
	theSocket = iota
	theQueues
	theTimes
	theCongestion
	theTraffic
	theOwner
)

var groups = [...]names.Text{
	theSocket:     names.T("socket", "套接字"),
	theQueues:     names.T("state and queues", "状态与队列"),
	theTimes:      names.T("round trip", "往返时间"),
	theCongestion: names.T("congestion control", "拥塞控制"),
	theTraffic:    names.T("segments and bytes", "报文段与字节"),
	theOwner:      names.T("owner", "归属"),
}

// inMicros ends the meaning of a time, whose plain number is in this unit.
var inMicros = names.T(", in µs", "，微秒")

var none = sockets.Value{Type: sockets.NoValue, Text: "None"}

func fields() []field {
	return slices.Concat(socketFields(), queueFields(), timeFields(), congestionFields(), trafficFields(), ownerFields(), structFields())
}

func text(f func(k *sockets.Socket) string) func(*look) (sockets.Value, error) {
	return func(l *look) (sockets.Value, error) { return sockets.TextOf(f(l.k)), nil }
}

func number(f func(k *sockets.Socket) int64) func(*look) (sockets.Value, error) {
	return func(l *look) (sockets.Value, error) { return sockets.IntOf(f(l.k)), nil }
}

// socketFields are what a socket is.
func socketFields() []field {
	return []field{
		{"name", names.T("its name in this session", "在本会话里的名字"), "", theSocket, onOpen | onClosed, onOpen | onClosed, text(func(k *sockets.Socket) string { return k.Name }), nil},
		{"kind", names.T("tcp, udp, unix …", "种类：tcp、udp、unix …"), "", theSocket, onOpen | onClosed, onOpen | onClosed, text(typeWord), nil},
		{"family", names.T("address family", "地址族"), "%s.family", theSocket, onOpen | onClosed, onOpen | onClosed, text(func(k *sockets.Socket) string { return "AddressFamily." + string(k.Family) }), nil},
		{"type", names.T("stream, datagram …", "流式、数据报 …"), "%s.type", theSocket, onOpen | onClosed, onOpen | onClosed, text(func(k *sockets.Socket) string { return "SocketKind." + string(k.Kind) }), nil},
		{"proto", names.T("protocol number", "协议号"), "%s.proto", theSocket, onOpen, onOpen, number(func(k *sockets.Socket) int64 { return int64(k.Proto) }), nil},
		{"fileno", names.T("file descriptor; -1 once closed", "文件描述符；关闭后为 -1"), "%s.fileno()", theSocket, onOpen | onClosed, onOpen | onClosed, number(func(k *sockets.Socket) int64 { return int64(k.FD) }), nil},
		{"sockname", names.T("its own address", "本地地址"), "%s.getsockname()", theSocket, onOpen | onClosed, onOpen | onClosed, func(l *look) (sockets.Value, error) {
			if l.card && l.k.FD < 0 {
				return l.k.Local.Value(), nil
			}
			a, err := l.c.Getsockname(l.k.FD)
			return a.Value(), l.Fail("getsockname", l.k, err)
		}, nil},
		{"peername", names.T("its peer's address", "对端地址"), "%s.getpeername()", theSocket, onOpen | onClosed, onOpen | onClosed, func(l *look) (sockets.Value, error) {
			if l.card && l.k.FD < 0 {
				return l.k.Peer.Value(), nil
			}
			a, err := l.c.Getpeername(l.k.FD)
			return a.Value(), l.Fail("getpeername", l.k, err)
		}, func(l *look, v sockets.Value) names.Text {
			if v.Addr == nil || l.k.Partner == nil {
				return names.Text{}
			}
			return names.T(v.Addr.String()+" ("+l.k.Partner.Name+")", v.Addr.String()+"（"+l.k.Partner.Name+"）")
		}},
		{"backlog", names.T("as given to listen", "listen 时给出的值"), "", theSocket, onOpen, onOpen, func(l *look) (sockets.Value, error) {
			on, err := l.c.Accepting(l.k.FD)
			if err != nil || !on {
				return none, l.Fail("getsockopt", l.k, err, "opt", "SO_ACCEPTCONN")
			}
			return sockets.IntOf(int64(l.k.Backlog)), nil
		}, nil},
		{"blocking", names.T("does a call wait", "调用是否等待"), "%s.getblocking()", theSocket, onOpen, onOpen, func(l *look) (sockets.Value, error) {
			on, err := l.c.Blocking(l.k.FD)
			return sockets.BoolOf(on || l.k.Timeout > 0), l.Fail("fcntl", l.k, err)
		}, nil},
		{"timeout", names.T("of settimeout, in seconds", "settimeout 的秒数"), "%s.gettimeout()", theSocket, onOpen, onOpen, func(l *look) (sockets.Value, error) {
			if l.k.Blocking {
				return none, nil
			}
			return sockets.TextOf(repl.PythonTimeout(l.k)), nil
		}, nil},
		{"sent", names.T("bytes sent by this session", "本会话发送的字节数"), "", theSocket, onOpen, onOpen, number(func(k *sockets.Socket) int64 { return int64(k.Sent) }), nil},
		{"received", names.T("bytes received by this session", "本会话接收的字节数"), "", theSocket, onOpen, onOpen, number(func(k *sockets.Socket) int64 { return int64(k.Received) }), nil},
	}
}

// structFields are structs of many members, which stand on no card.
func structFields() []field {
	return []field{
		{"options", names.T("every option", "所有选项"), "", theSocket, 0, 0, func(l *look) (sockets.Value, error) {
			return optionCard(l.Env, l.c, l.k), nil
		}, nil},
		{"tcp_info", names.T("struct tcp_info of the kernel", "内核的 struct tcp_info"), "%s.getsockopt(IPPROTO_TCP, TCP_INFO, 256)", theSocket, 0, 0, func(l *look) (sockets.Value, error) {
			o, _ := names.LookupOption("TCP_INFO")
			v, err := l.c.Getsockopt(l.k.FD, o)
			return v, l.Fail("getsockopt", l.k, err, "opt", "TCP_INFO")
		}, nil},
	}
}

// queueFields are the state, and what waits in the socket.
func queueFields() []field {
	return []field{
		{"state", names.T("TCP state; of other sockets, whether they have an address or a peer", "TCP 状态；其他套接字则是有没有地址或对端"), "", theQueues, onOpen | onClosed, onOpen | onClosed, func(l *look) (sockets.Value, error) {
			if l.k.FD < 0 && l.Followed(l.k) {
				if t, err := l.tcp(); err == nil && t != nil {
					return sockets.TextOf(t.State), nil
				}
			}
			if l.k.KindName() == "tcp" {
				s, err := l.c.State(l.k.FD)
				if s == "CLOSE" && !l.k.Peer.IsZero() { // of a connection that waits, the descriptor knows nothing more
					if t, err := l.tcp(); err == nil && t != nil && t.State == "TIME_WAIT" {
						s = t.State
					}
				}
				return sockets.TextOf(s), l.Fail("getsockopt", l.k, err, "opt", "TCP_INFO")
			}
			return sockets.TextOf(stateWord(l.k)), nil
		}, nil},
		{"ready", names.T("what can be done without waiting", "不必等待就能做什么"), "", theQueues, onOpen, onOpen, func(l *look) (sockets.Value, error) {
			entries := []sys.PollEntry{{FD: l.k.FD, Read: true, Write: true}}
			_, err := l.c.Poll(entries, 0)
			return sockets.TextOf(readyWords(l.k, entries[0].Got)), l.Fail("poll", l.k, err)
		}, nil},
		{"recvq", names.T("bytes to read, of datagrams those of the next one; of a listener, clients to accept", "待读字节数，数据报则是下一个的大小；监听套接字上是待 accept 的客户端数"), "", theQueues, onOpen | onClosed, onOpen | onClosed, receiveQueue, receiveQueueTold},
		{"syn_queue", names.T("handshakes with a listener that are half done", "监听套接字上半完成的握手数"), "", theQueues, onListener, onListener, func(l *look) (sockets.Value, error) {
			t, err := l.tcp()
			if err != nil || t == nil {
				return none, err
			}
			kernel, err := l.asking.Kernel(l.k)
			if err != nil {
				return none, err
			}
			n, err := kernel.SynQueue(t.Local)
			return sockets.IntOf(int64(n)), err
		}, func(l *look, v sockets.Value) names.Text {
			return names.T(grouped(v.Int)+" half open, of "+grouped(places(l)), grouped(v.Int)+" 个半连接，上限 "+grouped(places(l)))
		}},
		{"rcvmem", names.T("memory that the bytes to read take, overhead counted", "待读数据占用的内存，含开销"), "", theQueues, onAnyTCP | onUDP | onAnyUnix, onTCP | onUDP,
			memory(func(m *sockets.Mem) uint32 { return m.Received }), func(l *look, v sockets.Value) names.Text {
				return ofSize(v.Int, int64(memOf(l).RecvBuf))
			}},
		{"rcvbuf", names.T("room for the bytes to read: SO_RCVBUF", "接收缓冲区大小：SO_RCVBUF"), "", theQueues, onAnyTCP | onUDP | onAnyUnix, 0, memory(func(m *sockets.Mem) uint32 { return m.RecvBuf }), bytesTold},
		{"sendq", names.T("bytes not yet acknowledged; AF_UNIX counts memory; of a listener, the backlog", "尚未确认的字节数；AF_UNIX 上是内存；监听套接字上是 backlog"), "", theQueues, onOpen | onClosed, onOpen | onClosed, sendQueue, sendQueueTold},
		{"sndmem", names.T("memory that the bytes to send take", "待发数据占用的内存"), "", theQueues, onAnyTCP | onUDP | onAnyUnix, onTCP | onUDP | onUnix,
			sendMemory, func(l *look, v sockets.Value) names.Text {
				return ofSize(v.Int, int64(memOf(l).SendBuf))
			}},
		{"sndbuf", names.T("room for the bytes to send: SO_SNDBUF", "发送缓冲区大小：SO_SNDBUF"), "", theQueues, onAnyTCP | onUDP | onAnyUnix, 0, memory(func(m *sockets.Mem) uint32 { return m.SendBuf }), bytesTold},
		{"unacked", names.T("segments sent and not acknowledged", "已发送、尚未确认的报文段"), pythonMember("tcpi_unacked"), theQueues, onTCP | onIdle, onTCP, member("tcpi_unacked"),
			func(l *look, v sockets.Value) names.Text {
				n, err := l.unackedBytes()
				if err != nil {
					return names.Text{}
				}
				return names.T(counted(v.Int, "segment")+", "+octets(n), grouped(v.Int)+" 段，"+octets(n))
			}},
		{"unacked_bytes", names.T("bytes sent and not acknowledged", "已发送、尚未确认的字节数"), "", theQueues, onTCP | onIdle, 0, func(l *look) (sockets.Value, error) {
			n, err := l.unackedBytes()
			return sockets.IntOf(n), err
		}, bytesTold},
		{"unsent", names.T("bytes in the send buffer that were not sent yet", "在发送缓冲区里、尚未发出的字节数"), pythonMember("tcpi_notsent_bytes"), theQueues, onTCP | onIdle, onTCP, member("tcpi_notsent_bytes"), bytesTold},
		{"drops", names.T("packets thrown away on arrival: no room, or no use for them", "到达后被丢弃的报文：没有空间，或者用不上"), "", theQueues, onAnyTCP | onUDP | onAnyUnix, onUDP, memory(func(m *sockets.Mem) uint32 { return m.Drops }), nil},
		{"pending", names.T("clients of an AF_UNIX listener that wait for accept", "在等待 accept 的 AF_UNIX 客户端"), "", theQueues, onUnixListener, onUnixListener, pendingClients, nil},
	}
}

// timeFields are round trips and timers. Times are whole microseconds, as struct tcp_info has them.
func timeFields() []field {
	took := func(_ *look, v sockets.Value) names.Text { return same(tookMicros(v.Int)) }
	timer := func(f func(sockets.Timer) sockets.Value) func(*look) (sockets.Value, error) {
		return func(l *look) (sockets.Value, error) {
			t, err := l.tcp()
			if err != nil || t == nil || t.Timer.Kind == "" {
				return none, err
			}
			return f(t.Timer), nil
		}
	}
	return []field{
		{"rtt", names.T("round trip time, smoothed, in µs", "往返时间（平滑值），微秒"), pythonMember("tcpi_rtt"), theTimes, onTCP | onIdle, onTCP, member("tcpi_rtt"), func(l *look, v sockets.Value) names.Text {
			return same(tookMicros(v.Int) + " ± " + tookMicros(l.number("tcpi_rttvar")))
		}},
		{"rttvar", names.T("how much the round trip time varies, in µs", "往返时间的波动，微秒"), pythonMember("tcpi_rttvar"), theTimes, onTCP | onIdle, 0, member("tcpi_rttvar"), took},
		{"min_rtt", names.T("the shortest round trip time lately, in µs", "近期最短的往返时间，微秒"), pythonMember("tcpi_min_rtt"), theTimes, onTCP | onIdle, 0, func(l *look) (sockets.Value, error) {
			v, err := l.member("tcpi_min_rtt")
			if v.Int == 1<<32-1 { // none was measured
				v = none
			}
			return v, err
		}, took},
		{"rto", names.T("how long an ACK is waited for before a segment is sent again, in µs", "等多久没有 ACK 就重传，微秒"), pythonMember("tcpi_rto"), theTimes, onTCP | onIdle, 0, member("tcpi_rto"), took},
		{"timer", names.T("what the kernel waits for: retransmit, keepalive, time-wait or probe", "内核在等什么：重传、保活、time-wait 或窗口探测"), "", theTimes, onTCP | onIdle | onClosed, onTCP | onClosed,
			timer(func(t sockets.Timer) sockets.Value { return sockets.TextOf(t.Kind) }), func(l *look, v sockets.Value) names.Text {
				if v.Type == sockets.NoValue {
					return names.T("none", "无")
				}
				return timerTold(l.known.TCP.Timer)
			}},
		{"timer_left", names.T("until the timer goes off, in µs", "距定时器到期还有多久，微秒"), "", theTimes, onTCP | onIdle | onClosed, 0, timer(func(t sockets.Timer) sockets.Value { return sockets.IntOf(t.Left.Microseconds()) }), took},
		{"timer_tries", names.T("retransmissions or probes without an answer so far", "至今没有应答的重传或探测次数"), "", theTimes, onTCP | onIdle | onClosed, 0, timer(func(t sockets.Timer) sockets.Value { return sockets.IntOf(int64(t.Tries)) }), nil},
	}
}

func member(name string) func(*look) (sockets.Value, error) {
	return func(l *look) (sockets.Value, error) { return l.member(name) }
}

func memory(of func(*sockets.Mem) uint32) func(*look) (sockets.Value, error) {
	return func(l *look) (sockets.Value, error) {
		m, err := l.mem()
		if err != nil || m == nil {
			return none, err
		}
		return sockets.IntOf(int64(of(m))), nil
	}
}

func memOf(l *look) sockets.Mem {
	if m, err := l.mem(); err == nil && m != nil {
		return *m
	}
	return sockets.Mem{}
}

func bytesTold(_ *look, v sockets.Value) names.Text { return same(octets(v.Int)) }

// counted is a number of things in English.
func counted(n int64, what string) string {
	if n != 1 {
		what += "s"
	}
	return grouped(n) + " " + what
}

func fieldChoices() (all []repl.Choice) {
	for _, f := range fields() {
		all = append(all, repl.Choice{Word: f.name, Meaning: f.means})
	}
	return all
}
