package names

// pythonLines are the lines of Python that students bring along, each beside the one that does it here.
const pythonLines = `
s = socket(AF_INET, SOCK_STREAM)             s = socket tcp
s = socket(AF_UNIX, SOCK_STREAM)             s = socket unix
s.setsockopt(SOL_SOCKET, SO_REUSEADDR, 1)    sockopt s SO_REUSEADDR 1
s.bind(('127.0.0.1', 8000))                  bind s 127.0.0.1:8000
s.listen(5)                                  listen s 5
c, addr = s.accept()                         c, addr = accept s
c.connect(('127.0.0.1', 8000))               connect c 127.0.0.1:8000
data = c.recv(1024)                          data = recv c 1024
c.send(data)   c.sendall(b'hello')           send c $data   sendall c hello
u.sendto(b'hello', ('127.0.0.1', 9999))      sendto u 127.0.0.1:9999 hello
data, addr = u.recvfrom(1024)                data, addr = recvfrom u 1024
s.getsockname()                              inspect s sockname
c.getpeername()                              inspect c peername
s.settimeout(2.5)                            settimeout s 2.5
c.shutdown(SHUT_WR)   s.close()              shutdown c wr   close s
`

var toolTopics = []Topic{
	{"python", T("Python's line, and the line here", "Python 的一行，在这里怎么写"), page(pythonLines+`
Each line here shows the Python that does the same. A line of the left side
is answered by that of the right.
`, pythonLines+`
这里的每一行都会显示做同一件事的 Python 代码。
输入左边的写法，会得到右边的写法作为提示。
`)},
	{"packets", T("to see what went over the wire", "看线上走过的报文"), page(`
Each line shows the packets that it caused. What comes later, as the peer's
FIN or a retransmission, is shown above the prompt.

wire               the ladder so far: both ends, packets as arrows between
wire s             of one socket
wire --follow      and go on as they come, until a key
layers 3           take packet 3 apart: every header, its fields, its bytes
states s           the TCP states that s has gone through, drawn
wire save x.pcapng a file for Wireshark; each packet names its line
wire off           no packets       wire on      packets again

seq and ack are counted from the connection's start, as Wireshark does.
To see packets needs CAP_NET_RAW: root, or the lab, which needs no rights:
    $ sockstep lab
Without it they are inferred from the kernel's counters, and labelled so.
AF_UNIX has no packets: wire shows queues.
`, `
每一行都会显示它引起的报文。之后才来的，例如对端的 FIN 或重传，
显示在提示符上方。

wire               到目前为止的时序图：两端，中间用箭头表示报文
wire s             只看一个套接字
wire --follow      随着报文到来继续画，按键结束
layers 3           拆开第 3 个报文：每个首部、各个字段、对应的字节
states s           画出 s 走过的 TCP 状态
wire save x.pcapng 存成 Wireshark 能打开的文件，每个报文注明来自哪一行
wire off           不看报文         wire on      重新看报文

seq 和 ack 从连接开始处计数，和 Wireshark 一样。
看报文需要 CAP_NET_RAW：root 用户，或者不需要任何权限的实验网络：
    $ sockstep lab
没有权限时，由内核的计数推断，并且标明。AF_UNIX 没有报文：wire 显示队列。
`)},
	{"lab", T("a network of your own", "自己的一个网络"), page(`
$ sockstep lab          two hosts, left and right, and a cable between them;
                        no root needed, nothing of it stays behind
$ sockstep lab join     another terminal in the same network
$ sockstep lab --at right -- COMMAND    any program at the other host

You sit at left (10.0.0.1); right is 10.0.0.2. Both are names there.

s = at right listen tcp right:7000      a server at the other host
c = connect tcp right:7000              from here
k = accept s                            s stays at right, without at

cable                   what is set, and what went over it
cable drop next syn     lose the next SYN; the kernel repeats it
cable loss 20%          cable delay 50ms       cable rate 1mbit
cable cut               cable mend             cable mtu 1400
cable reset             as new
`, `
$ sockstep lab          两台主机 left 和 right，中间一根网线；
                        不需要 root，退出后什么也不留下
$ sockstep lab join     另一个终端进入同一个网络
$ sockstep lab --at right -- 命令       在另一台主机上运行任何程序

你坐在 left（10.0.0.1），right 是 10.0.0.2。在里面两个都可以当主机名用。

s = at right listen tcp right:7000      在另一台主机上的服务器
c = connect tcp right:7000              从这里连接
k = accept s                            s 一直属于 right，不必再写 at

cable                   现在的设置，以及走过多少帧
cable drop next syn     丢掉下一个 SYN，内核会重发
cable loss 20%          cable delay 50ms       cable rate 1mbit
cable cut               cable mend             cable mtu 1400
cable reset             恢复原样
`)},
	{"keys", T("keys at the prompt", "提示符下的按键"), page(`
Tab                   complete what is begun, or show what may follow
Enter                 run the line as it stands
Ctrl-C                end what is waiting; at the prompt, drop the line
Ctrl-D                leave, on an empty line
Up, Down              older and newer lines, of earlier sessions too
Ctrl-R                search them; again: older ones; Ctrl-G gives up
Ctrl-A, Ctrl-E        to the start, to the end
Alt-B, Alt-F          a word back, a word on
Ctrl-W, Alt-D         delete the word before, or after
Ctrl-U, Ctrl-K        cut to the start, to the end; Ctrl-Y puts it back
Alt-.                 the last word of the line before
Ctrl-_                undo
Ctrl-L                clear the screen

A pasted block runs line by line. What comes while you type is shown above
the prompt, and your line stays as it is.
`, `
Tab                   补全正在输入的词，或列出后面可以写什么
Enter                 按现在的样子执行这一行
Ctrl-C                结束正在等待的操作；在提示符下，放弃这一行
Ctrl-D                在空行上：退出
上、下                更早、更晚的行，包括以前会话的
Ctrl-R                在其中搜索；再按一次找更早的；Ctrl-G 放弃
Ctrl-A、Ctrl-E        到行首、行尾
Alt-B、Alt-F          后退、前进一个词
Ctrl-W、Alt-D         删除前一个、后一个词
Ctrl-U、Ctrl-K        剪切到行首、行尾；Ctrl-Y 放回来
Alt-.                 上一行的最后一个词
Ctrl-_                撤销
Ctrl-L                清屏

粘贴的多行会逐行执行。你输入时到来的内容显示在提示符上方，
正在输入的行保持不变。
`)},
}
