package names

import "strings"

// State is what a socket is in the middle of.
type State struct {
	Name    string // as the kernel calls it: "ESTABLISHED", "FIN_WAIT1"
	Number  int    // the kernel's number of a TCP state; 0 if it has none
	RFC     string // as RFC 9293 writes it; "" if it is not of the RFC
	Meaning Text
}

var tcpStates = []State{
	{"ESTABLISHED", 1, "ESTABLISHED", T("connected: both sides may send", "已连接：双方都可以发送")},
	{"SYN_SENT", 2, "SYN-SENT", T("connect has sent its SYN and waits for the answer", "connect 已发出 SYN，等待应答")},
	{"SYN_RECV", 3, "SYN-RECEIVED", T("a SYN came and was answered; the last ACK of the handshake is missing", "收到 SYN 并已应答，还差握手的最后一个 ACK")},
	{"FIN_WAIT1", 4, "FIN-WAIT-1", T("this side has sent FIN; it is not acknowledged yet", "本端已发 FIN，尚未被确认")},
	{"FIN_WAIT2", 5, "FIN-WAIT-2", T("our FIN is acknowledged; the peer may still send", "本端的 FIN 已被确认，对端仍可发送")},
	{"TIME_WAIT", 6, "TIME-WAIT", T("both have finished; the side that closed first waits 60 s for late packets", "双方都已结束；先关闭的一方再等 60 秒，防迟到的报文")},
	{"CLOSE", 7, "CLOSED", T("no connection: not yet, or no more", "没有连接：尚未建立，或已经结束")},
	{"CLOSE_WAIT", 8, "CLOSE-WAIT", T("the peer has sent FIN; this side may still send and has not closed", "对端已发 FIN；本端还没有关闭，仍可发送")},
	{"LAST_ACK", 9, "LAST-ACK", T("the peer closed first, now our FIN is out and waits for its ACK", "对端先关闭，本端的 FIN 也已发出，等待确认")},
	{"LISTEN", 10, "LISTEN", T("takes new connections and queues them for accept", "接受新连接，排队等 accept")},
	{"CLOSING", 11, "CLOSING", T("both sent FIN at the same time; ours is not acknowledged yet", "双方同时发出 FIN，本端的尚未被确认")},
	{"NEW_SYN_RECV", 12, "SYN-RECEIVED", T("a half-open connection as Linux keeps it: SYN answered, no socket made yet", "Linux 内部的半连接：已应答 SYN，尚未创建套接字")},
	{"BOUND_INACTIVE", 13, "", T("bound to a port, neither listening nor connected", "已绑定端口，既没有监听也没有连接")},
}

// plainStates are those of datagram and unix sockets, and sockstep's own
// words for what no kernel gives a name.
var plainStates = []State{
	{"UNCONN", 0, "", T("no peer is set; each message names its own", "没有设定对端，每条消息各写地址")},
	{"CONNECTED", 0, "", T("a peer is set: send needs no address", "已设定对端：send 不必写地址")},
	{"BOUND", 0, "", T("has an address, is neither listening nor connected", "有了地址，既没有监听也没有连接")},
	{"SHUT_RD", 0, "", T("this side waits for no more data", "本端不再等待数据")},
	{"SHUT_WR", 0, "", T("this side sends no more", "本端不再发送")},
	{"SHUT_RDWR", 0, "", T("shut down in both directions, the descriptor is still open", "两个方向都已关闭，描述符还在")},
	{"RESET", 0, "", T("was connected; the connection was broken off", "曾经连接，连接已被中断")},
	{"OVER", 0, "", T("was connected; the connection is at its end", "曾经连接，连接已经结束")},
}

// TCPStates gives the states of TCP in the order of the kernel's numbers.
func TCPStates() []State { return append([]State(nil), tcpStates...) }

// States gives all states: those of TCP, then those of other sockets.
func States() []State { return append(TCPStates(), plainStates...) }

// TCPState finds a state of TCP by the kernel's number, as TCP_INFO and
// sock_diag give it.
func TCPState(number int) (State, bool) {
	for _, s := range tcpStates {
		if s.Number == number {
			return s, true
		}
	}
	return State{}, false
}

// LookupState finds a state by its name in any spelling: "FIN_WAIT1",
// "fin-wait-1", "TCP_ESTABLISHED", "ESTAB".
func LookupState(name string) (State, bool) {
	want := stateKey(name)
	for _, s := range States() {
		if want == stateKey(s.Name) || s.RFC != "" && want == stateKey(s.RFC) {
			return s, true
		}
	}
	return State{}, false
}

func stateKey(name string) string {
	key := strings.NewReplacer("_", "", "-", "", " ", "").Replace(strings.ToUpper(name))
	key = strings.TrimPrefix(key, "TCP")
	if key == "ESTAB" {
		return "ESTABLISHED"
	}
	return key
}
