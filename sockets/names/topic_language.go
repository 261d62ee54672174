package names

var languageTopics = []Topic{
	{"addresses", T("how to write an address", "地址的写法"), page(`
127.0.0.1:8888     host and port; "127.0.0.1 8888" means the same
localhost:http     a name, and a service instead of a number
:8888  *:8888      every interface of this machine (0.0.0.0)
[::1]:8888         IPv6 goes in brackets
[fe80::1%eth0]:80  a link-local address needs its interface
127.0.0.1:0        port 0: the kernel chooses a free one, which is shown
./sock  /tmp/sock  a path with a slash is AF_UNIX
unix:sock          AF_UNIX without a slash
@sock              AF_UNIX, abstract: a name without a file (Linux)

bind and listen take an own address, connect and sendto the other side's.
127.0.0.1 is reached from this machine only; :8888 is reached by everybody
who reaches this machine.
`, `
127.0.0.1:8888     主机和端口；写成 "127.0.0.1 8888" 也一样
localhost:http     用名字，用服务名代替端口号
:8888  *:8888      本机的所有接口（0.0.0.0）
[::1]:8888         IPv6 地址放在方括号里
[fe80::1%eth0]:80  链路本地地址要写明接口
127.0.0.1:0        端口 0：由内核选一个空闲端口，sockstep 会显示出来
./sock  /tmp/sock  带斜杠的路径是 AF_UNIX
unix:sock          不带斜杠的 AF_UNIX
@sock              抽象的 AF_UNIX：有名字，没有文件（Linux）

bind 和 listen 用自己的地址，connect 和 sendto 用对方的地址。
127.0.0.1 只有本机能访问；:8888 则是能访问这台机器的人都能访问。
`)},
	{"strings", T("how to write a message", "消息的写法"), page(`
send c hello world          bare words are joined by one blank
send c "hello\r\nworld"     quoted with " or ', with Python's escapes
send c b'\x00\xff'          a leading b is allowed: bytes
send c '你好'               text goes as UTF-8: 6 bytes here
send c "name=$x"            $x and ${x} stand for a kept value ...
send c 'name=$x'            ... but not between single quotes
send c --file photo.jpg     a file
send c --fill 100000        so many bytes to fill a buffer with
send c -- --peek            after -- nothing is a flag

Escapes: \n \r \t \0 \\ \' \" \a \b \f \v, \xff, \777, \u4f60, \U0001f600.
A socket carries bytes, not text: what a byte means is agreed by both ends.
What a peer sends is shown with its control characters escaped.
`, `
send c hello world          不加引号的词之间用一个空格连接
send c "hello\r\nworld"     用 " 或 ' 括起来，转义同 Python
send c b'\x00\xff'          前面可以加 b：字节串
send c '你好'               文本按 UTF-8 发送：这里是 6 个字节
send c "name=$x"            $x 和 ${x} 代表保存过的值……
send c 'name=$x'            ……但在单引号里不替换
send c --file photo.jpg     发送文件
send c --fill 100000        发送这么多字节，用来填满缓冲区
send c -- --peek            -- 之后的都不是选项

转义：\n \r \t \0 \\ \' \" \a \b \f \v、\xff、\777、\u4f60、\U0001f600。
套接字传的是字节，不是文本：每个字节的含义由两端约定。
对端发来的控制字符会转义后再显示。
`)},
	{"names", T("names and kept values", "名字和保存的值"), page(`
s = socket tcp            s is now this socket
c, addr = accept s        a socket and where it comes from
data = recv c 1024        the bytes that came
a, b = socketpair         two sockets that are connected to each other
host = print 127.0.0.1    a value of your own
send c $data              a kept value is used with $
print ${addr[0]}          an element of a list: here the host

Without a name, sockets are called s1, s2, ... and accepted ones c1, c2, ...
The socket may be left out: then the current one is meant, which the prompt
shows (the last one used). A dot names it: close .
A first word that names a socket is that socket: c send hello
print $data shows a value; sockets lists the sockets.
Commands may be shortened while they stay unambiguous: conn, acc, recvf.
`, `
s = socket tcp            从此 s 就是这个套接字
c, addr = accept s        一个套接字，以及它来自哪里
data = recv c 1024        收到的字节
a, b = socketpair         一对互相连接的套接字
host = print 127.0.0.1    自己的值
send c $data              用 $ 引用保存的值
print ${addr[0]}          列表里的一个元素：这里是主机

不起名字时，套接字依次叫 s1、s2……，accept 得到的叫 c1、c2……
套接字可以省略：指的是当前套接字，即提示符里显示的那个（最近用过的）。
点号也代表它：close .
第一个词是套接字的名字时，就是对它操作：c send hello
print $data 显示一个值；sockets 列出所有套接字。
命令可以缩写，只要没有歧义：conn、acc、recvf。
`)},
	{"jobs", T("commands that wait", "会等待的命令"), page(`
accept, recv and connect wait inside the kernel, like in any program.
Ctrl-C ends the wait within 50 ms and leaves the socket as it was.

c = accept s &     waits in the background; the prompt stays free
jobs               what is still waiting
wait 1             wait for job 1 here
cancel 1           end it, as Ctrl-C would

The end of a job is announced above the line that you are typing.
So one terminal can play both sides.
`, `
accept、recv、connect 会在内核里等待，和任何程序一样。
Ctrl-C 在 50 毫秒内结束等待，套接字保持原样。

c = accept s &     在后台等待，提示符仍然可用
jobs               还有哪些在等待
wait 1             在这里等作业 1 结束
cancel 1           结束它，和 Ctrl-C 一样

作业结束时，会在你正在输入的那一行上方通知。
所以一个终端就能扮演两端。
`)},
	{"scripts", T("lines from a file", "把命令写进文件"), page(`
sockstep run FILE        play a file of lines; - is standard input
sockstep -c 'LINE'       play a line, and may be repeated
run FILE                 the same from the prompt

A script stops at the first line that fails; --keep-going goes on.
    ! connect tcp 127.0.0.1:1              must fail
    !ECONNREFUSED connect tcp 127.0.0.1:1  must fail so
    data = recv c                          keep the value
    expect hello                           the last value must be this
    sleep 0.1                              wait (seconds)
# begins a comment. & leaves a line running in the background; a script that
ends does not wait for it, and says so.

Exit status: 0 all held, 1 a line failed, 2 wrongly called.
`, `
sockstep run 文件        执行文件里的每一行；- 表示标准输入
sockstep -c '一行'       执行一行，可以重复给出
run 文件                 在提示符下执行

脚本遇到失败的行就停止；--keep-going 则继续。
    ! connect tcp 127.0.0.1:1              必须失败
    !ECONNREFUSED connect tcp 127.0.0.1:1  必须以这个错误失败
    data = recv c                          保存结果
    expect hello                           上一个值必须是这个
    sleep 0.1                              等待（秒）
# 之后是注释。行尾的 & 让这一行在后台运行；脚本结束时不会等它，
但会说明。

退出状态：0 全部成功，1 有一行失败，2 用法错误。
`)},
}
