package names

var outputTopics = []Topic{
	{"truth", T("what a shown call means", "显示出来的调用意味着什么"), page(`
Every call that is shown was really made, with these arguments, this result
and this errno. strace beside sockstep tells the same story.

What sockstep needs for itself (a poll, a getsockname to find the port) is
hidden, and marked when you ask for it: show calls all

A blocking socket blocks in the kernel. EAGAIN appears only where you asked
not to wait: blocking s off, settimeout, --dontwait.

A packet is labelled by how sockstep knows of it:
    captured   seen on an interface of this machine
    cable      carried by sockstep's own network cable in the lab
    inferred   concluded from the kernel's counters, not seen

A refusal by the kernel is a result: read its errno, the reason and the fix.
`, `
显示出来的每个调用都真的执行过，参数、结果、errno 都是真实的。
在旁边运行 strace，看到的是同样的过程。

sockstep 自己需要的调用（poll，或用 getsockname 查端口）默认不显示，
要看时会带标记：show calls all

阻塞的套接字真的阻塞在内核里。只有你要求不等待时才会出现 EAGAIN：
blocking s off、settimeout、--dontwait。

报文都标明 sockstep 是怎么知道的：
    captured   在本机的接口上看到
    cable      由实验网络里 sockstep 自己的网线传送
    inferred   由内核的计数推断，没有看到

内核的拒绝也是一种结果：看它的 errno、原因和解决办法。
`)},
	{"notes", T("what notes are", "什么是说明"), page(`
A note says what other tools pass over in silence: that 0 bytes is the end,
that one recv took two sends, that a value was changed by the kernel, that a
socket is open to everybody.

show notes off     no notes
show notes on      with notes
why                the last error or odd result in full

Each note has an id, as "eof", "coalesced" or "value-adjusted"; with --json
it is the key "id" of a step of kind "note". A script can rely on the id,
not on the words.
`, `
说明讲的是别的工具不会讲的事：0 字节表示结束，一次 recv 取走了两次 send，
内核改动了你设的值，套接字对所有人开放。

show notes off     不显示说明
show notes on      显示说明
why                把上一个错误或异常结果说完整

每条说明都有编号，如 eof、coalesced、value-adjusted；用 --json 时它是
类型为 note 的步骤里的 id。脚本可以依赖编号，不要依赖文字。
`)},
	{"json", T("output for programs", "给程序用的输出"), page(`
sockstep run FILE --json      one JSON object an act, nothing else on stdout

    act      number of the act; 0 is what belongs to none
    line     what was typed
    ok       whether it went as it should
    steps    calls, packets, changes and notes, in the order they happened
    value    type, text, and base64 for bytes, int, list or fields
    error    op, errno, message, why, fix
    python   the line in Python

A key may be added later; none is renamed. What is absent is empty.
A failure that was expected (! in front) has ok true and keeps its error.
Sequence numbers of packets are relative; us is in microseconds.
`, `
sockstep run 文件 --json      每个动作一个 JSON 对象，标准输出没有别的内容

    act      动作的序号；0 表示不属于任何动作
    line     输入的那一行
    ok       是否如愿
    steps    调用、报文、变化和说明，按发生的顺序
    value    type、text；字节还有 base64；以及 int、list 或 fields
    error    op、errno、message、why、fix
    python   等价的 Python 代码

以后可能增加键，但不会改名。没有出现的就是空。
预期的失败（前面有 !）ok 为 true，并保留 error。
报文的序号是相对的；us 的单位是微秒。
`)},
	{"errors", T("how to read an error", "怎样看懂错误"), page(`
connect tcp 127.0.0.1:1
    error   ECONNREFUSED, the name of the number that the kernel gave,
            and what the number means
    why     the usual cause in this situation
    try     what to type next

why says it again, in full.

ECONNREFUSED  nobody listens there     EADDRINUSE    the port is taken
ECONNRESET    the peer broke off       EADDRNOTAVAIL not an own address
EPIPE         cannot send any more     ENOTCONN      no connection
EAGAIN        not now                  EISCONN       connected already
EINVAL        not in this state        ETIMEDOUT     no answer

Not every system gives the same one: send on a fresh TCP socket is EPIPE on
Linux, ENOTCONN on macOS and the BSDs.
`, `
connect tcp 127.0.0.1:1
    错误  ECONNREFUSED：内核给出的错误码的名字，和它的含义
    原因  在这种情况下常见的原因
    试试  接下来该输入什么

输入 why 可以再看一遍完整的说明。

ECONNREFUSED  那里没有人监听           EADDRINUSE    端口被占用
ECONNRESET    对端中断了连接           EADDRNOTAVAIL 不是本机的地址
EPIPE         不能再发送               ENOTCONN      没有连接
EAGAIN        现在不行                 EISCONN       已经连接
EINVAL        当前状态下不允许         ETIMEDOUT     没有应答

各系统给出的不一定相同：对新建的 TCP 套接字 send，Linux 报 EPIPE，
macOS 和 BSD 报 ENOTCONN。
`)},
}
