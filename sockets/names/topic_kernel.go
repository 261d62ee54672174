package names

var kernelTopics = []Topic{
	{"tcp", T("a TCP conversation", "一次 TCP 通信"), page(`
server                            client
s = socket tcp                    c = socket tcp
bind s 127.0.0.1:8888
listen s                          connect c 127.0.0.1:8888
k = accept s                      send c hello
recv k                            recv c
close k                           close c

The kernel does the handshake (SYN, SYN+ACK, ACK) as soon as s listens:
connect returns before accept. accept sends nothing, it takes a finished
connection from the queue. listen(n) has room for n+1.
TCP carries a stream of bytes: one send may need two recvs, two sends may
come in one. The end is a recv of 0 bytes.
Closing with unread data sends RST, and the peer gets ECONNRESET.
Whoever closes first keeps the port in TIME_WAIT for 60 s. A server that
sets SO_REUSEADDR before bind, each time it runs, can start again at once.
`, `
服务器                            客户端
s = socket tcp                    c = socket tcp
bind s 127.0.0.1:8888
listen s                          connect c 127.0.0.1:8888
k = accept s                      send c hello
recv k                            recv c
close k                           close c

从 s 监听起，握手（SYN、SYN+ACK、ACK）就由内核完成：connect 在 accept
之前就返回。accept 不发任何报文，只是从队列里取出已建立的连接。
listen(n) 能容纳 n+1 个。
TCP 传的是字节流：一次 send 可能要两次 recv，两次 send 可能合在一次
recv 里。recv 得到 0 字节就是结束。
还有未读数据时关闭会发送 RST，对端得到 ECONNRESET。
先关闭的一方，端口会在 TIME_WAIT 停留 60 秒。服务器每次运行都在 bind
之前设置 SO_REUSEADDR，就能马上重新启动。
`)},
	{"udp", T("datagrams", "数据报"), page(`
receiver                          sender
u = socket udp                    v = socket udp
bind u 127.0.0.1:9999
recvfrom u                        sendto v 127.0.0.1:9999 hello

No connection, no listen, no accept: each datagram stands alone.
One recv takes one datagram; what does not fit is lost, not kept.
0 bytes is an empty datagram, not the end.
Datagrams may be lost, doubled or overtaken, and nobody is told.
At most 65507 bytes over IPv4; above the MTU they are cut into fragments.

connect on UDP sends nothing: it notes the peer, so that send works and
only the peer's datagrams come in. To a dead port the first send succeeds;
the ICMP answer makes the next call fail with ECONNREFUSED.
`, `
接收方                            发送方
u = socket udp                    v = socket udp
bind u 127.0.0.1:9999
recvfrom u                        sendto v 127.0.0.1:9999 hello

没有连接，没有 listen 和 accept：每个数据报都是独立的。
一次 recv 取一个数据报；放不下的部分就丢了，不会保留。
0 字节是空数据报，不是结束。
数据报可能丢失、重复、乱序，而且没有人会通知你。
IPv4 上最多 65507 字节；超过 MTU 会被分片。

UDP 的 connect 什么也不发，只是记下对端：此后可以用 send，并且只接收
对端的数据报。发往死端口时第一次 send 成功；返回的 ICMP 让下一次调用报
ECONNREFUSED。
`)},
	{"unix", T("sockets on one machine", "本机之内的套接字"), page(`
s = listen unix ./sock --unlink   c = connect unix ./sock
k = accept s                      send c hello

The address is a path. bind makes the file, and close does not remove it:
the next bind says EADDRINUSE. --unlink removes a stale file first.
@name is abstract: no file, gone with its socket (Linux).

unix             a stream, like TCP
unix-dgram       messages, in order, none lost: a full queue makes you wait
unix-seqpacket   messages over a connection, with an end

A client that did not bind has no address. Who it is tells SO_PEERCRED:
    sockopt k SO_PEERCRED
Open descriptors can be passed: sendmsg. There are no packets to be seen;
sockstep shows the queues instead.
`, `
s = listen unix ./sock --unlink   c = connect unix ./sock
k = accept s                      send c hello

地址是一个路径。bind 会创建文件，而 close 不会删除它：下次 bind 就报
EADDRINUSE。--unlink 先删除残留的文件。
@name 是抽象名字：没有文件，随套接字一起消失（Linux）。

unix             流，类似 TCP
unix-dgram       消息，按序、不丢：队列满时发送方等待
unix-seqpacket   有连接的消息，有结束

没有 bind 的客户端没有地址。它是谁，由 SO_PEERCRED 给出：
    sockopt k SO_PEERCRED
可以传递打开的描述符：sendmsg。没有报文可看，sockstep 改为显示队列。
`)},
	{"tcp-states", T("the states of a TCP connection", "TCP 连接的状态"), page(`
CLOSE        no connection        LISTEN      takes connections
SYN_SENT     connect is waiting   SYN_RECV    the last ACK is missing
ESTABLISHED  both may send

who closes first                  the other side
FIN_WAIT1    FIN sent             CLOSE_WAIT  FIN came, not closed yet
FIN_WAIT2    FIN acknowledged     LAST_ACK    FIN sent, too
TIME_WAIT    60 s for late ones   CLOSE
CLOSING      both closed at once

Many CLOSE_WAIT: your program forgot to close. Many TIME_WAIT: normal for
the side that closes first. LISTEN: recvq counts the clients that wait for
accept, sendq is the backlog.

inspect s state    one socket     sockets    all of yours
states s           the way that it went, drawn
`, `
CLOSE        没有连接             LISTEN      接受连接
SYN_SENT     connect 在等应答     SYN_RECV    还差最后一个 ACK
ESTABLISHED  双方都可以发送

先关闭的一方                      另一方
FIN_WAIT1    已发 FIN             CLOSE_WAIT  收到 FIN，还没有关闭
FIN_WAIT2    FIN 已被确认         LAST_ACK    也已发出 FIN
TIME_WAIT    等迟到的报文 60 秒   CLOSE
CLOSING      双方同时关闭

CLOSE_WAIT 很多：你的程序忘了 close。TIME_WAIT 很多：对先关闭的一方是
正常的。LISTEN 状态下，recvq 是等待 accept 的客户端数，sendq 是 backlog。

inspect s state    看一个         sockets    看所有
states s           画出它走过的路
`)},
	{"options", T("socket options", "套接字选项"), page(`
sockopt s                        all options that s has, with their values
sockopt s SO_RCVBUF              read one
sockopt s SO_RCVBUF 4096         set one; what became of it is shown
sockopt s so_rcvbuf              any case; the level may stand before it
sockopt s SO_LINGER on 5         a struct takes its fields in order
sockopt s IP_ADD_MEMBERSHIP 239.1.1.1 127.0.0.1

Worth knowing first:
SO_REUSEADDR   bind a port in TIME_WAIT, if its old socket had it, too
SO_RCVBUF      the kernel doubles the number
SO_RCVTIMEO    how long recv waits; settimeout s 2.5 is easier
SO_LINGER      on with 0: close sends RST
SO_KEEPALIVE   find out that a silent peer is gone
TCP_NODELAY    do not wait to gather small pieces
SO_BROADCAST   needed to send to everybody
`, `
sockopt s                        列出 s 的所有选项和值
sockopt s SO_RCVBUF              读取一个
sockopt s SO_RCVBUF 4096         设置一个；内核实际采用的值会显示出来
sockopt s so_rcvbuf              不分大小写；前面可以写层名
sockopt s SO_LINGER on 5         结构体按字段顺序给出
sockopt s IP_ADD_MEMBERSHIP 239.1.1.1 127.0.0.1

最先该知道的：
SO_REUSEADDR   端口还在 TIME_WAIT 也能 bind，旧套接字也设置过才行
SO_RCVBUF      内核会把数值加倍
SO_RCVTIMEO    recv 等多久；用 settimeout s 2.5 更方便
SO_LINGER      打开且为 0：close 发送 RST
SO_KEEPALIVE   发现悄悄消失的对端
TCP_NODELAY    不等着把小数据攒在一起
SO_BROADCAST   向所有主机发送时需要
`)},
}
