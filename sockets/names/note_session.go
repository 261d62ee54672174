package names

// sessionNotes tell of the session itself: arrivals, jobs, names.
var sessionNotes = []note{
	{"arrived", T("{n} bytes arrived at {s}.", "{s} 收到了 {n} 字节。")},
	{"peer-reset", T("{peer} broke the connection of {s} off with RST.", "{peer} 用 RST 中断了 {s} 的连接。")},
	{"job-started", T("job {job} runs beside the prompt; `wait {job}` waits for it, `cancel {job}` ends it.",
		"作业 {job} 在后台运行；`wait {job}` 等待它，`cancel {job}` 结束它。")},
	{"job-cancelled", T("job {job} was ended; its socket is as it was.", "作业 {job} 已结束；它的套接字保持原样。")},
	{"jobs-left", T("still running when the script ended, and not waited for: job {jobs}.", "脚本结束时仍在运行、没有等待的作业：{jobs}。")},
	{"maybe-cut", T("the datagram filled exactly the room asked for: whether it was longer, and lost its end, this call does not tell. Ask for more.",
		"数据报正好填满了要求的字节数：它是否更长、尾部是否丢失，这次调用无从得知。请多要一些。")},
	{"rebound", T("{s} named another open socket. Now nothing names that one, so it is closed, as Python does.",
		"{s} 原来是另一个打开的套接字的名字。现在没有名字指向它，所以和 Python 一样把它关闭。")},
	{"bare-escape", T(`{word} went as it stands: only in quotes does a backslash begin an escape, as in '\r\n'.`,
		`{word} 按原样发送：只有在引号里，反斜杠才表示转义，例如 '\r\n'。`)},
	{"bare-name", T("{word} is the word itself; what is kept under that name is ${word}.",
		"{word} 就是这个词本身；这个名字保存的值要写 ${word}。")},
	{"nothing-ready", T("{t} s went by and no socket became ready: poll returned 0.", "{t} 秒过去了，没有套接字就绪：poll 返回 0。")},
	{"no-sockets", T("no socket is open. `s = socket tcp` makes one.", "没有打开的套接字。用 `s = socket tcp` 创建一个。")},
	{"passed-socket", T("{s} came beside the bytes (SCM_RIGHTS): a new descriptor, {n}, for the very socket that the sender has.",
		"{s} 随消息传来（SCM_RIGHTS）：新描述符 {n}，指向发送方的同一个套接字。")},
	{"passed-lost", T("descriptors came beside the bytes that this process has no room for: the kernel closed them (MSG_CTRUNC). `sockets` shows what could be closed here.",
		"随消息传来的描述符在本进程里放不下，内核已将它们关闭（MSG_CTRUNC）。用 `sockets` 看看这里有哪些可以关闭。")},
	{"not-a-socket", T("descriptor {n} came beside the bytes and is no socket; it was closed.", "随消息传来的描述符 {n} 不是套接字，已将它关闭。")},
	{"sendq-memory", T("for AF_UNIX the kernel counts the memory that unread messages take, not their bytes.",
		"对 AF_UNIX，内核统计的是未读消息占用的内存，而不是字节数。")},
}
